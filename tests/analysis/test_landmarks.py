"""Landmarks set by hand, kept as files: they stay with their signal, and nothing else is taken for them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from cineviewer import records, resources, signal
from cineviewer.analysis import Settings, complete, landmarks
from cineviewer.ecg import HandSet, Record
from cineviewer.errors import InputError

J = HandSet("qrs_off", None, 30, 37, "2026-01-02T03:04:05+00:00", "1.0")


@pytest.fixture(scope="module")
def record() -> Record:
    return records.read(resources.folder("demo") / "lbbb")


def test_what_is_written_is_read_for_the_same_signal_only(record: Record, tmp_path: Path) -> None:
    of_beat = dataclasses.replace(J, beat_r=4711)
    landmarks.write(landmarks.file_of(tmp_path, record.sha256), record.sha256, (J, of_beat))

    assert landmarks.read(record, tmp_path) == (J, of_beat)
    assert landmarks.read(dataclasses.replace(record, sha256="0" * 64), tmp_path) == ()
    assert [path.name for path in tmp_path.iterdir()] == [f"{record.sha256}.json"]


def test_where_nothing_is_set_by_hand_no_file_is_left(record: Record, tmp_path: Path) -> None:
    file = landmarks.file_of(tmp_path, record.sha256)
    landmarks.write(file, record.sha256, (J,))
    landmarks.write(file, record.sha256, ())
    landmarks.write(file, record.sha256, ())

    assert list(tmp_path.iterdir()) == []


def test_beside_the_record_they_are_read_only_where_that_is_wanted(record: Record, tmp_path: Path) -> None:
    there = dataclasses.replace(record, path=tmp_path / "copied")
    landmarks.write(landmarks.file_beside(there), there.sha256, (J,))
    folder = tmp_path / "folder"

    assert landmarks.file_beside(there).name == "copied.landmarks.json"
    assert landmarks.read(there, folder) == ()
    assert landmarks.read(there, folder, beside=True) == (J,)


@pytest.mark.parametrize("text", ["", "{}", '{"schema": 1, "sha256": "x", "landmarks": 3}', "[1]", "\0"])
def test_a_damaged_file_is_said_and_not_used(record: Record, tmp_path: Path, text: str) -> None:
    file = landmarks.file_of(tmp_path, record.sha256)
    file.write_text(text.replace('"x"', f'"{record.sha256}"'))

    with pytest.raises(InputError, match="damaged"):
        landmarks.read(record, tmp_path)


def test_a_case_explains_the_window_that_begins_where_the_reader_put_qrs_onset(record: Record, tmp_path: Path) -> None:
    plain = complete(record)
    assert plain.delineation is not None
    assert plain.delineation.median is not None
    onset = plain.delineation.median.landmarks.qrs_on
    assert onset is not None
    by = round(0.012 * record.rate_hz)
    placed = signal.place(plain.delineation, (), None, "qrs_on", onset - by)
    landmarks.write(landmarks.file_of(tmp_path, record.sha256), record.sha256, placed)

    case = complete(record, Settings(landmarks=tmp_path))

    assert case.hand_set == placed
    assert case.measured is not None
    assert case.explanation is not None
    assert plain.explanation is not None
    assert plain.verdict is not None
    assert case.verdict is not None
    assert case.measured.beats == plain.delineation.beats
    assert case.explanation.window.j_ms == pytest.approx((plain.explanation.window.j_ms or 0.0) + 12.0, abs=1.0)
    assert case.verdict.logit != plain.verdict.logit
    assert complete(record, Settings()).hand_set == ()


def test_a_damaged_file_costs_a_warning_and_not_the_case(record: Record, tmp_path: Path) -> None:
    landmarks.file_of(tmp_path, record.sha256).write_text("{")

    case = complete(record, Settings(landmarks=tmp_path))

    assert case.explanation is not None
    assert case.delineation is not None
    assert any("hand-set" in warning for warning in case.delineation.warnings)
