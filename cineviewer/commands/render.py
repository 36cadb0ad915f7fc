"""`cineviewer render`: the page of one record as a picture, without a window."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cineviewer import records
from cineviewer.analysis import Settings, complete, read_case
from cineviewer.atomic import write_atomically
from cineviewer.ecg import Method, PathMethod


def command(
    path: Annotated[Path, typer.Argument(help="A record, or a bundled case (.npz).")],
    out: Annotated[Path, typer.Option(help="Picture to write: .png, .svg or .pdf.")],
    model: Annotated[str, typer.Option(help="Model; see `cineviewer models`.")] = "resnet1d",
    path_method: Annotated[
        PathMethod, typer.Option("--path", help="How the path is made; learned is experimental.")
    ] = "recipe",
    reference: Annotated[
        Literal["mean-normal", "zeros"], typer.Option(help="Baseline of the attribution.")
    ] = "mean-normal",
    landmarks: Annotated[
        Path | None, typer.Option(help="Folder of landmarks set by hand in the window; measured ones if absent.")
    ] = None,
    heart: Annotated[
        Path | None, typer.Option(help="Folder of surfaces to draw the path in; the generic heart if absent.")
    ] = None,
    beat: Annotated[int | None, typer.Option(min=0, help="Beat to explain, from 0; the median beat if absent.")] = None,
) -> None:
    """Draw the panes of one record on an A4 page, true to scale: traces, evidence, heart, profile.

    Example: cineviewer render records500/06000/06154_hr --out 6154.pdf
    """
    from cineviewer.commands.explain import say_of_heart
    from cineviewer.report import pictures

    settings = Settings(
        model=model, method=Method(reference=reference), path=path_method, beat=beat, landmarks=landmarks, heart=heart
    )
    say_of_heart(settings)
    bundled = path.suffix == ".npz"
    if bundled and settings == Settings():
        case = read_case(path)
    else:
        case = complete(records.read(path.with_suffix("") if bundled else path), settings)
    write_atomically(out, pictures.render(case, out.suffix.lower()))
    for notice in case.notices:
        typer.echo(notice, err=True)
    typer.echo(f"{out}: {case.record.name}", err=True)
    if case.explanation is None:
        raise typer.Exit(1)
