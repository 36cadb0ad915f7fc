"""`cineviewer render`: the page of one record as a picture, without a window."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cineviewer import records
from cineviewer.analysis import Settings, complete, read_case
from cineviewer.atomic import write_atomically
from cineviewer.ecg import Method


def command(
    path: Annotated[Path, typer.Argument(help="A record, or a bundled case (.npz).")],
    out: Annotated[Path, typer.Option(help="Picture to write: .png, .svg or .pdf.")],
    model: Annotated[str, typer.Option(help="Model; see `cineviewer models`.")] = "resnet1d",
    path_method: Annotated[
        Literal["recipe", "centred"], typer.Option("--path", help="How the path is made.")
    ] = "recipe",
    reference: Annotated[
        Literal["mean-normal", "zeros"], typer.Option(help="Baseline of the attribution.")
    ] = "mean-normal",
    landmarks: Annotated[
        Path | None, typer.Option(help="Folder of landmarks set by hand in the window; measured ones if absent.")
    ] = None,
    beat: Annotated[int | None, typer.Option(min=0, help="Beat to explain, from 0; the median beat if absent.")] = None,
) -> None:
    """Draw the panes of one record on an A4 page, true to scale: traces, evidence, heart, profile.

    Example: cineviewer render records500/06000/06154_hr --out 6154.pdf
    """
    from cineviewer.report import pictures

    settings = Settings(
        model=model, method=Method(reference=reference), path=path_method, beat=beat, landmarks=landmarks
    )
    stored = path.suffix == ".npz" and settings == Settings()
    case = read_case(path) if stored else complete(records.read(path), settings)
    write_atomically(out, pictures.render(case, out.suffix.lower()))
    for notice in case.notices:
        typer.echo(notice, err=True)
    typer.echo(f"{out}: {case.record.name}", err=True)
    if case.explanation is None:
        raise typer.Exit(1)
