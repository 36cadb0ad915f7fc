"""`cineviewer landmarks`: the beats of records and where their waves begin, peak and end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.text import Text

from cineviewer import records
from cineviewer.ecg import Delineation, Landmarks, Measurement, Record
from cineviewer.errors import InputError

_MANY = 50


def command(
    paths: Annotated[list[Path], typer.Argument(help="Records or folders of records.")],
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Find beats and their landmarks: P onset and end, QRS onset, R peak, J point, T peak, T end.

    Landmarks are of all leads together, in samples of the record; a wave that is not there has none.
    Folders are searched with all below them. Exit code 1: a record could not be used; the reason is on stderr.

    Example: cineviewer landmarks records500/06000/06154_hr --json
    """
    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    found = records.find(paths)
    quiet = len(found) < _MANY or not errors.is_terminal
    documents = []
    for document, delineation in track(_analysed(found), total=len(found), console=errors, disable=quiet):
        documents.append(document)
        if document["error"]:
            errors.print(Text(document["error"]["message"]))
        elif not json_output:
            _say(document, delineation)
    if json_output:
        typer.echo(json.dumps({"schema": 1, "records": documents}, allow_nan=False))
    if any(document["error"] for document in documents):
        raise typer.Exit(1)


def record_document(path: str, record: Record, delineation: Delineation) -> dict[str, Any]:
    """Return what `landmarks --json` says of one record."""
    beats = [asdict(beat.landmarks) for beat in delineation.beats]
    return {"path": path, "rate_hz": record.rate_hz, "beats": beats, "error": None}


def _analysed(found: list[records.Found]) -> Iterator[tuple[dict[str, Any], Delineation | None]]:
    from cineviewer import signal

    for one in found:
        try:
            record = records.read(one.path)
        except InputError as error:
            reason = {"code": error.code, "message": str(error), "repair": error.repair}
            yield {"path": str(one.path), "rate_hz": None, "beats": [], "error": reason}, None
        else:
            delineation = signal.analyse(record)
            yield record_document(str(one.path), record, delineation), delineation


def _say(document: dict[str, Any], delineation: Delineation | None) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.print(Text(document["path"], "bold"))
    if delineation is None or not delineation.beats:
        console.print("  no beats were found")
        return
    rate_hz = document["rate_hz"]
    console.print("  beat      R s  P on  P off  QRS on    J  T peak  T end   (ms from R)")
    for number, beat in enumerate(delineation.beats, start=1):
        marks = beat.landmarks
        cells = "".join(_from_r(marks, name, rate_hz, width) for name, width in _COLUMNS)
        aberrant = f"   cluster {beat.cluster}" if beat.cluster else ""
        console.print(f"  {number:4d} {marks.r / rate_hz:8.3f}{cells}{aberrant}")
    every = asdict(delineation.measurements)
    for name in every:
        measured: Measurement = getattr(delineation.measurements, name)
        value = f"not measurable: {measured.reason}" if measured.value is None else f"{measured.value:.0f}"
        console.print(f"  {_TITLES[name]}: {value} ({measured.method}, {measured.n_beats} beats)", markup=False)


_COLUMNS = (("p_on", 6), ("p_off", 7), ("qrs_on", 8), ("qrs_off", 5), ("t_peak", 8), ("t_end", 7))
_TITLES = {
    "hr_bpm": "rate bpm",
    "pr_ms": "PR ms",
    "qrs_ms": "QRS ms",
    "qt_ms": "QT ms",
    "qtcb_ms": "QTcB ms",
    "qtcf_ms": "QTcF ms",
    "qrs_axis_deg": "QRS axis degrees",
    "t_axis_deg": "T axis degrees",
}


def _from_r(marks: Landmarks, name: str, rate_hz: float, width: int) -> str:
    at: int | None = getattr(marks, name)
    return f"{'-' if at is None else round((at - marks.r) * 1000 / rate_hz):>{width}}"
