"""`cineviewer validate-path`: how far paths are from simulated truth, and what they say of people whom readers know."""

from __future__ import annotations

import json
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cineviewer.heart import Heart
from cineviewer.simulate.lessons import UNSEEN
from cineviewer.validation import hearts, likeness
from cineviewer.validation.hearts import Bar
from cineviewer.validation.people import PUBLISHED, Ids, Row
from cineviewer.validation.vectors import NormalVector

_TABLE_WIDTH = 120
_LEFT_AND_INFERIOR = 0.94


def command(
    people: Annotated[Path | None, typer.Option("--people", help="A PTB-XL folder with records at 500 Hz.")] = None,
    heart: Annotated[
        list[Path] | None, typer.Option("--heart", help="A folder of somebody's ventricles; may be repeated.")
    ] = None,
    ids: Annotated[
        Ids, typer.Option(help="Which ecg_ids: methods are chosen on even ones, reported on odd ones.")
    ] = "all",
    draws: Annotated[int, typer.Option(min=1, help="How often each scenario is seen in a heart.")] = hearts.DRAWS,
    workers: Annotated[int, typer.Option(min=0, help="Processes that read people; 0: one a processor.")] = 0,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure paths in millimetres on simulated beats, and whether they end where people's conduction disorders do.

    Our own heart is measured, and each --heart. A statement is no path: nothing that is said of people speaks of
    millimetres. Points that never move stand beside each method. Beside people also stands the simulator: durations,
    axes and waves of virtual persons, each figure with its bar.

    Example: cineviewer validate-path --heart my/ventricles --people ptb-xl --ids odd
    """
    tables = [_measured(one, draws) for one in _hearts(heart or [])]
    rows, normal = ((), None) if people is None else _of_people(people, ids, workers)
    alike = () if people is None else _of_simulator(people, ids, workers)
    if json_output:
        document = _document(tables, rows, normal) | {"simulator": [asdict(row) for row in alike]}
        print(json.dumps(document, allow_nan=False))
        return
    console = Console(soft_wrap=True, highlight=False)
    console.width = max(console.width, _TABLE_WIDTH)
    for table in tables:
        _show_heart(table, console)
    if people is not None:
        _show_people(rows, normal, console)
        _show_simulator(alike, console)


def _hearts(folders: list[Path]) -> list[Heart]:
    from cineviewer.heart import load
    from cineviewer.heart.person import read

    return [load(), *map(read, folders)]


def _measured(heart: Heart, draws: int) -> hearts.Table:
    with _progress() as progress:
        task = progress.add_task(f"beats in {heart.name}", total=draws)
        return hearts.measured(heart, draws=draws, report=lambda done, _of: progress.update(task, completed=done))


def _of_people(folder: Path, ids: Ids, workers: int) -> tuple[tuple[Row, ...], NormalVector | None]:
    from cineviewer.heart import load
    from cineviewer.models import load as load_model
    from cineviewer.validation import people
    from cineviewer.validation.vectors import normal_vector

    with _progress() as progress:
        task = progress.add_task("median beats")
        found = people.read(
            folder,
            load_model().card,
            ids=ids,
            workers=workers,
            report=lambda done, of: progress.update(task, completed=done, total=of),
        )
    return people.rows(found, load()), normal_vector(found)


def _of_simulator(folder: Path, ids: Ids, workers: int) -> tuple[likeness.Row, ...]:
    with _progress() as progress:
        task = progress.add_task("simulated records beside people's")
        return likeness.measured(
            folder, ids=ids, workers=workers, report=lambda done, of: progress.update(task, completed=done, total=of)
        )


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _document(tables: list[hearts.Table], rows: tuple[Row, ...], normal: NormalVector | None) -> dict[str, Any]:
    return {
        "schema": 1,
        "hearts": [
            {
                "name": table.name,
                "rows": [asdict(row) for row in table.rows],
                "unlike": asdict(table.unlike),
                "bars": [asdict(bar) | {"met": bar.met} for bar in hearts.bars(table)],
            }
            for table in tables
        ],
        "people": [asdict(row) for row in rows],
        "normal_vector": None if normal is None else asdict(normal),
    }


def _show_heart(measured: hearts.Table, console: Console) -> None:
    table = Table(title=f"heart “{measured.name}”: simulated beats, turned heart, slipped electrodes, noise")
    for column in ("beats", "method", "n", "mean mm", "95 % mm", "last quarter mm", "cosine", "region of 6 %",
                   "side %", "LBBB %", "RBBB %"):  # fmt: skip
        words = column in ("beats", "method")
        table.add_column(column, justify="left" if words else "right", no_wrap=words)
    kind = ""
    for row in measured.rows:
        if row.beats != kind:
            table.add_section()
        told = "" if row.beats == kind else row.beats
        distances = (f"{value:.1f}" for value in (row.mean_mm, row.p95_mm, row.last_quarter_mm))
        cosine = "–" if row.cosine is None else f"{row.cosine:.2f}"
        shares = (_percent(value) for value in (row.region, row.side, row.lbbb_region, row.rbbb_region))
        table.add_row(told, row.method, str(row.n), *distances, cosine, *shares)
        kind = row.beats
    console.print(table)
    console.print(f"unseen: {', '.join(UNSEEN)}, which `learned` is not trained on; known: all other scenarios")
    known, unseen, wrong = (_percent(share) for share in astuple(measured.unlike))
    console.print(
        f"`learned` calls unlike what it was taught: {known} % of known beats, {unseen} % of unseen ones, "
        f"{wrong} % of unseen ones whose region is wrong"
    )
    for bar in hearts.bars(measured):
        console.print(_told(bar))


def _told(bar: Bar) -> str:
    asked = f"at {'least' if bar.least else 'most'} {bar.limit:g}"
    return f"{bar.what}: {bar.value:.2f} ({asked}): {'met' if bar.met else 'MISSED'}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}"


def _show_people(rows: tuple[Row, ...], normal: NormalVector | None, console: Console) -> None:
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
    if normal is not None:
        for way, share in (("left", normal.left), ("inferior", normal.inferior)):
            bar = Bar(f"normal mean QRS vector points {way}, n={normal.n}", share, _LEFT_AND_INFERIOR, least=True)
            console.print(_told(bar))


def _show_simulator(rows: tuple[likeness.Row, ...], console: Console) -> None:
    table = Table(title="simulator against people")
    for column in ("class", "figure", "people", "simulated", "bar", "met"):
        table.add_column(column, justify="right" if column in ("people", "simulated") else "left")
    told = ""
    for row in rows:
        name = f"{row.scenario} ({row.label}), {row.n_people} people, {row.n_simulated} simulated"
        if name != told:
            table.add_section()
        met = "yes" if row.met else "NO"
        table.add_row(
            name if name != told else "",
            row.figure,
            *(
                "–" if value is None else f"{value:.{1 if abs(value) > 2 else 2}f}"
                for value in (row.people, row.simulated)
            ),
            f"{row.rule} {row.bar:g}",
            met,
        )
        told = name
    console.print(table)
