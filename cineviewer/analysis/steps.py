"""The way of one record through the house, as code: from file to finished case, better and better."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cineviewer.analysis.case import Case, Settings, Step, with_hand_set, with_notice
from cineviewer.analysis.hearts import in_heart
from cineviewer.analysis.question import answers, question
from cineviewer.analysis.store import read_case
from cineviewer.ecg import Record
from cineviewer.errors import InputError
from cineviewer.truth import Truth

DISPLAY_BAND_HZ = (0.5, 40.0)


def complete(record: Record, settings: Settings | None = None) -> Case:
    """Return the finished case of a record."""
    case = Case(record)
    for step in steps(record, settings or Settings()):
        case = step.case
    return case


def open_steps(path: Path, settings: Settings) -> Iterator[Step]:
    """Read a record and yield its case, better and better; raises InputError if it cannot be read."""
    yield from _steps(read(path), settings)


def steps(record: Record, settings: Settings) -> Iterator[Step]:
    """Yield the case of a record, better and better; whoever stops iterating stops the work."""
    yield from _steps(Case(record), settings)


def read(path: Path) -> Case:
    """Return the case of a record of which nothing is known but its file; raises InputError if it cannot be read."""
    from cineviewer import records

    started = time.perf_counter()
    return _timed(with_truth(Case(records.read(path))), "read", started)


def with_truth(case: Case) -> Case:
    """Return a simulated record's case with the truth beside it; where that cannot be used, with a warning."""
    from cineviewer import records

    if not case.record.simulated:
        return case
    try:
        return replace(case, truth=records.read_truth(case.record) or _stored_truth(case.record))
    except InputError as error:
        return replace(case, record=replace(case.record, warnings=(*case.record.warnings, str(error))))


def with_beats(case: Case) -> Case:
    """Return a case with its record filtered for display and its beats found."""
    from cineviewer import signal

    started = time.perf_counter()
    low_hz, high_hz = DISPLAY_BAND_HZ
    filtered = signal.band_pass(case.record.signal_mv, case.record.rate_hz, low_hz, high_hz)
    delineation = signal.analyse(case.record)
    found = replace(
        case,
        filtered_mv=filtered,
        filter_text=f"{low_hz:g}–{high_hz:g} Hz, zero phase",
        delineation=delineation,
    )
    return _timed(found, "beats", started)


def explained(case: Case, settings: Settings) -> Iterator[Step]:
    """Yield a case whose beats are known with its verdict, then with its explanation, better and better."""
    asked = question(case, settings)
    if isinstance(asked, str):
        yield Step(with_notice(case, asked), 1.0, "")
        return
    for answer in answers(asked):
        yield answer.completing(case)


def as_the_reader_set(case: Case, settings: Settings) -> Case:
    """Return a case whose beats are known with the landmarks that the reader set for its signal."""
    from cineviewer.analysis import landmarks

    if settings.landmarks is None:
        return with_hand_set(case, ())
    try:
        return with_hand_set(case, landmarks.read(case.record, settings.landmarks, beside=settings.beside_record))
    except InputError as error:
        case = with_hand_set(case, ())
        assert case.delineation is not None
        warnings = dict.fromkeys((*case.delineation.warnings, str(error)))
        return replace(case, delineation=replace(case.delineation, warnings=tuple(warnings)))


def _steps(case: Case, settings: Settings) -> Iterator[Step]:
    yield Step(case, 0.05, "Finding beats")
    case = in_heart(as_the_reader_set(with_beats(case), settings), settings)
    yield Step(case, 0.15, f"Asking {settings.model}")
    yield from explained(case, settings)


def _stored_truth(record: Record) -> Truth | None:
    """Return the truth that a finished case of the same recording, stored beside it, knows: the bundled ones do."""
    path = record.path.with_suffix(".npz")
    if not path.is_file():
        return None
    try:
        stored = read_case(path)
    except InputError:
        return None
    return stored.truth if stored.record.sha256 == record.sha256 else None


def _timed(case: Case, stage: str, started: float) -> Case:
    return replace(case, seconds={**case.seconds, stage: time.perf_counter() - started})
