"""`cineviewer validate-path`: where the methods' paths end, against what readers said of people."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cineviewer.validation.people import PUBLISHED, Ids, Row

_TABLE_WIDTH = 120


def command(
    people: Annotated[Path, typer.Option("--people", help="A PTB-XL folder with records at 500 Hz.")],
    ids: Annotated[
        Ids, typer.Option(help="Which ecg_ids: methods are chosen on even ones, reported on odd ones.")
    ] = "all",
    workers: Annotated[int, typer.Option(min=0, help="Processes; 0: one a processor.")] = 0,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure whether paths end where the conduction disorder that a reader named lets QRS end.

    A statement is no path: nothing here speaks of millimetres. Points that never move stand beside each method.

    Example: cineviewer validate-path --people ptb-xl --ids odd
    """
    rows = _measured(people, ids, workers)
    if json_output:
        print(json.dumps({"schema": 1, "hearts": [], "people": [asdict(row) for row in rows]}, allow_nan=False))
    else:
        _show(rows)


def _measured(folder: Path, ids: Ids, workers: int) -> tuple[Row, ...]:
    from cineviewer import heart, models
    from cineviewer.validation import people

    form = models.load().card
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("median beats")
        found = people.read(
            folder,
            form,
            ids=ids,
            workers=workers,
            report=lambda done, of: progress.update(task, completed=done, total=of),
        )
    return people.rows(found, heart.load())


def _show(rows: tuple[Row, ...]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.width = max(console.width, _TABLE_WIDTH)
    table = Table(title="where the last quarter of QRS is drawn, % right of those named [95 %]")
    for column in ("", "method", "n", "right", "undetermined", "answers"):
        table.add_column(column, justify="right" if column in ("n", "right", "undetermined") else "left")
    asks = ""
    for row in rows:
        if row.asks != asks:
            table.add_section()
        said = (
            f"{100 * row.right:.0f} [{100 * row.low:.0f}–{100 * row.high:.0f}]"
            if row.right is not None and row.low is not None and row.high is not None
            else "–"
        )
        answers = ", ".join(f"{answer} {count}" for answer, count in row.answers.items())
        table.add_row(
            row.asks if row.asks != asks else "",
            row.method,
            str(row.n),
            said,
            f"{100 * row.undetermined:.0f} %",
            answers,
        )
        asks = row.asks
    console.print(table)
    for label, (right, n) in PUBLISHED.items():
        console.print(f"published for CineECG, {label}: {right} of {n} (van Dam et al. 2020)")
