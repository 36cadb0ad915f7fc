"""`cineviewer validate-landmarks`: our landmarks against the marks of LUDB's cardiologists."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from time import process_time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from cineviewer.ecg import Landmarks
from cineviewer.errors import InputError

# Mean within, standard deviation within (milliseconds); sensitivity, predictivity and P wave at least.
_BARS_MS: dict[str, tuple[float, float]] = {
    "qrs_on": (4.0, 10.0),
    "qrs_off": (4.0, 10.0),
    "t_peak": (8.0, 12.0),
    "t_end": (8.0, 22.0),
}
_TABLE_WIDTH = 100
_BARS = {"sensitivity": 0.997, "predictivity": 0.995, "p_right": 0.90}
_TITLES = {
    "qrs_on": "QRS onset",
    "qrs_off": "J point",
    "t_peak": "T peak",
    "t_end": "T end",
    "p_on": "P onset",
    "p_off": "P end",
    "r": "R peak",
}


def command(
    folder: Annotated[Path, typer.Argument(help="LUDB: records with marks of each lead.")],
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure how well our landmarks agree with those of LUDB's cardiologists.

    All records, and the odd and the even ones apart: how much the figures depend on the records.
    Exit code 1: the folder holds no such records.

    Example: cineviewer validate-landmarks ludb/data
    """
    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        document = _measured(folder, errors)
    except InputError as error:
        errors.print(Text(str(error)))
        raise typer.Exit(1) from None
    if json_output:
        typer.echo(json.dumps(document, allow_nan=False))
    else:
        _print(document)


def _measured(folder: Path, errors: Console) -> dict[str, Any]:
    from cineviewer import signal
    from cineviewer.validation import landmarks

    pairs: dict[str, tuple[tuple[Landmarks, ...], tuple[Landmarks, ...]]] = {}
    seconds = []
    rate_hz = 500.0
    for path in track(landmarks.names(folder), console=errors, disable=not errors.is_terminal):
        record = landmarks.read(path)
        rate_hz = record.rate_hz
        began = process_time()
        delineation = signal.analyse(record)
        seconds.append(process_time() - began)
        pairs[path.name] = landmarks.truth(path, rate_hz), tuple(beat.landmarks for beat in delineation.beats)
    odd = [pair for name, pair in pairs.items() if name[-1:] in "13579"]
    even = [pair for name, pair in pairs.items() if name[-1:] in "02468"]
    sets = {"all": list(pairs.values()), "odd": odd, "even": even}
    return {
        "schema": 1,
        "folder": str(folder),
        "sets": {name: asdict(landmarks.score(chosen, rate_hz)) for name, chosen in sets.items()},
        "bars": {**_BARS, **{name: {"mean_ms": mean, "sd_ms": sd} for name, (mean, sd) in _BARS_MS.items()}},
        "median_ms_per_record": 1000.0 * sorted(seconds)[len(seconds) // 2],
    }


def _print(document: dict[str, Any]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.width = max(console.width, _TABLE_WIDTH)
    every = document["sets"]["all"]
    table = Table(title=f"ours minus the cardiologists', ms ({every['n_records']} records, {every['n_beats']} beats)")
    for column in ("", "all: mean ± SD", "odd", "even", "median |error|", "beats", "bar"):
        table.add_column(column, justify="left" if not column else "right")
    for row in every["deviations"]:
        name = row["name"]
        bar = _BARS_MS.get(name)
        cells = [_cell(document["sets"][which]["deviations"], name) for which in ("all", "odd", "even")]
        limit = "" if bar is None else f"±{bar[0]:g} ± {bar[1]:g}"
        table.add_row(_TITLES[name], *cells, f"{row['median_abs_ms']:.0f}", str(row["n"]), limit)
    console.print(table)
    for name, title in (
        ("sensitivity", "QRS found"),
        ("predictivity", "found and marked"),
        ("p_right", "P wave rightly present or absent"),
        ("p_right_after_first", "the same without first marked beats, whose P wave LUDB leaves unmarked"),
    ):
        bar_text = f" (bar {_BARS[name]:g})" if name in _BARS else ""
        shares = ", ".join(f"{which} {document['sets'][which][name]:.4f}" for which in ("all", "odd", "even"))
        console.print(f"{title}: {shares}{bar_text}")
    console.print(f"{document['median_ms_per_record']:.0f} ms of one core a record (median)")


def _cell(deviations: list[dict[str, Any]], name: str) -> str:
    return next((f"{row['mean_ms']:+.1f} ± {row['sd_ms']:.1f}" for row in deviations if row["name"] == name), "-")
