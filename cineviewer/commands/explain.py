"""`cineviewer explain`: one record or folders of thousands, each explained into a folder of its own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cineviewer import records, report
from cineviewer.analysis import Settings
from cineviewer.analysis.batch import Job, explain_all
from cineviewer.analysis.hearts import load_heart
from cineviewer.atomic import write_atomically
from cineviewer.ecg import Method, PathMethod
from cineviewer.errors import InputError


def command(
    paths: Annotated[list[Path], typer.Argument(help="Records or folders of records.")],
    out: Annotated[Path, typer.Option(help="Folder for the results, one folder a record, and summary.csv.")],
    method: Annotated[str, typer.Option(help="Attribution method.")] = "ig",
    model: Annotated[str, typer.Option(help="Model; see `cineviewer models`.")] = "resnet1d",
    path: Annotated[
        PathMethod, typer.Option(help="How the activation path is made; learned is experimental.")
    ] = "recipe",
    reference: Annotated[
        Literal["mean-normal", "zeros"], typer.Option(help="Baseline of the attribution.")
    ] = "mean-normal",
    seed: Annotated[int, typer.Option(help="Seed of the attribution's noise.")] = 0,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0: one a processor.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Keep results that are already there.")] = False,
    landmarks: Annotated[
        Path | None, typer.Option(help="Folder of landmarks set by hand in the window; measured ones if absent.")
    ] = None,
    heart: Annotated[
        Path | None, typer.Option(help="Folder of surfaces to draw the path in; the generic heart if absent.")
    ] = None,
    pictures: Annotated[bool, typer.Option(help="Draw traces.png and ventricles.png.")] = True,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Explain records: verdict, attribution, activation path and pictures, one folder a record.

    Example: cineviewer explain records500 --out results --workers 2 --resume
    """
    if method != "ig":
        raise InputError("no-method", f"there is no attribution method {method}", repair="choose ig")
    chosen = Method(name=method, seed=seed, reference=reference)
    settings = Settings(model=model, method=chosen, path=path, landmarks=landmarks, heart=heart)
    say_of_heart(settings)
    jobs = list(_jobs(paths, out))
    open_jobs = jobs
    if resume:
        from cineviewer import models

        sha256 = models.load(model).identity.sha256
        open_jobs = [job for job in jobs if not _is_done(job, settings, sha256)]
    failed = dict(_run(open_jobs, settings, workers or os.cpu_count() or 1, pictures=pictures))
    documents = {job.folder: report.read_result(job.folder) for job in jobs if job.folder not in failed}
    rows = [_row(job, documents.get(job.folder), failed.get(job.folder)) for job in jobs]
    write_atomically(out / "summary.csv", report.summary_csv(rows).encode())
    silent = {str(row["path"]): str(row["error"]) for row in rows if row["error"]}
    for name, error in silent.items():
        print(error if error.startswith(name) else f"{name}: {error}", file=sys.stderr)
    if json_output:
        results = [document for document in documents.values() if document is not None and document["verdict"]]
        failures = [{"path": path, "error": error} for path, error in silent.items()]
        json.dump({"schema": 1, "results": results, "failed": failures}, sys.stdout, allow_nan=False)
        print()
    else:
        print(f"{len(jobs) - len(silent)} of {len(jobs)} records explained, results in {out}")
    if silent:
        raise typer.Exit(1)


def say_of_heart(settings: Settings) -> None:
    """Say on stderr what was found of a heart that somebody gives; raises InputError if it cannot be used."""
    if settings.heart is not None:
        from cineviewer.heart.words import account

        print(account(load_heart(settings.heart)), file=sys.stderr)


def _jobs(paths: list[Path], out: Path) -> Iterator[Job]:
    for record in records.find(paths):
        yield Job(record.path, out / record.relative)


def _is_done(job: Job, settings: Settings, model_sha256: str) -> bool:
    document = report.read_result(job.folder)
    return document is not None and report.belongs_to(document, settings, model_sha256)


def _run(jobs: list[Job], settings: Settings, workers: int, *, pictures: bool) -> Iterator[tuple[Path, InputError]]:
    """Explain the jobs under a progress bar; yield what failed, by folder."""
    writer = report.write_files if pictures else report.write_arrays
    columns = (
        TextColumn("explaining"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("explain", total=len(jobs), last="")
        for outcome in explain_all(jobs, settings, writer, min(workers, max(1, len(jobs)))):
            bar.update(task, advance=1, last=outcome.job.path.name)
            if outcome.error is not None:
                yield outcome.job.folder, outcome.error


def _row(job: Job, document: report.Document | None, error: InputError | None) -> dict[str, object]:
    if document is not None:
        return report.summary_row(document)
    return {"path": str(job.path), "error": str(error) if error else "no result was written"}
