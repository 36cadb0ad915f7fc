"""`cineviewer evaluate`: how often a model is right on labelled recordings, with intervals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cineviewer.models.card import Evaluation, Interval, write_card
from cineviewer.models.evaluation import Answers, Labelled, Split, ask, evaluations, labelled
from cineviewer.models.labels import PTBXL_RULE, SNOMED_RULE
from cineviewer.models.model import Model, load, model_folder
from cineviewer.records.ptbxl import DATABASE

_ROWS = (
    ("accuracy", "accuracy"),
    ("macro F1", "macro_f1"),
    ("AUROC", "auroc"),
    ("sensitivity", "sensitivity"),
    ("specificity", "specificity"),
)


def command(
    model: Annotated[str, typer.Argument(help="Model; see `cineviewer models`.")],
    data: Annotated[list[Path], typer.Argument(help="A PTB-XL folder, or folders of WFDB records with #Dx codes.")],
    split: Annotated[Split, typer.Option(help="Folds 1-8, 9, 10 of PTB-XL, or all records.")] = "all",
    seeds: Annotated[bool, typer.Option("--seeds", help="Also the other seeds, and all of them together.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Write the figures into the model's card.")] = False,
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0: one a processor.")] = 0,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure a model on labelled records, per window and per record, with 95 % intervals over patients.

    A record's verdict is the mean logit over the beats of its dominant cluster; these beats are its windows.

    Example: cineviewer evaluate resnet1d ptb-xl --split test
    """
    first = load(model)
    members = range(len(first.card.members)) if seeds else range(1)
    models = [first, *(load(model, member=index) for index in members[1:])]
    asked = [one for folder in data for one in labelled(folder, split)]
    answers = _ask(models, asked, workers)
    name = " + ".join(map(str, data))
    each, together = evaluations(models, answers, " + ".join(map(_named, data)), split)
    if keep:
        _keep(first, model, each)
    if json_output:
        print(json.dumps(_document(model, name, split, each, together), indent=1))
    else:
        _show(each, together, len(asked) - answers.answered.size)
        for rule in sorted({PTBXL_RULE if _is_ptbxl(folder) else SNOMED_RULE for folder in data}):
            typer.echo(f"labels: {rule}")


def _named(folder: Path) -> str:
    return "PTB-XL" if _is_ptbxl(folder) else folder.resolve().name


def _is_ptbxl(folder: Path) -> bool:
    return (folder / DATABASE).is_file()


def _ask(models: list[Model], asked: list[Labelled], workers: int) -> Answers:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Asking", total=len(asked))
        return ask(models, asked, workers=workers, report=lambda done, _of: progress.update(task, completed=done))


def _keep(model: Model, name: str, each: tuple[Evaluation, ...]) -> None:
    new = {(one.data, one.split, one.seed) for one in each}
    old = tuple(one for one in model.card.evaluations if (one.data, one.split, one.seed) not in new)
    write_card(model.card.model_copy(update={"evaluations": (*old, *each)}), model_folder(name))


def _document(
    model: str, data: str, split: Split, each: tuple[Evaluation, ...], together: Evaluation | None
) -> dict[str, Any]:
    document: dict[str, Any] = {"schema": 1, "model": model, "data": data, "split": split, **_figures(each[0])}
    if together is not None:
        document["seeds"] = [{"seed": one.seed, **_figures(one)} for one in each]
        document["together"] = _figures(together)
    return document


def _figures(one: Evaluation) -> dict[str, Any]:
    return one.model_dump(include={"per_window", "per_record"})


def _show(each: tuple[Evaluation, ...], together: Evaluation | None, silent: int) -> None:
    """Print a table a seed, narrow enough for any terminal."""
    console = Console()
    for one in (*each, together):
        if one is None:
            continue
        who = f"seed {one.seed}" if one is not together else "all seeds together"
        table = Table("", "per window", "per record", title=f"{one.data}, {one.split}: {who}")
        table.add_row("n", str(one.per_window.n), str(one.per_record.n))
        for heading, name in _ROWS:
            table.add_row(heading, *(_spell(getattr(figures, name)) for figures in (one.per_window, one.per_record)))
        table.add_row("ECE", *("–" if f.ece is None else f"{f.ece:.3f}" for f in (one.per_window, one.per_record)))
        console.print(table)
    if silent:
        Console(stderr=True).print(f"{silent} records gave no window and are not counted")


def _spell(interval: Interval) -> str:
    if interval.value is None:
        return "–"
    if interval.low is None or interval.high is None:
        return f"{interval.value:.3f}"
    return f"{interval.value:.3f} ({interval.low:.3f}–{interval.high:.3f})"
