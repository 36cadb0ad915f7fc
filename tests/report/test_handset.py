"""Landmarks set by hand stand in every result, and a result is made again when they have changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cineviewer import records, report, resources, signal
from cineviewer.analysis import Case, Settings, complete, landmarks
from cineviewer.analysis.provenance import provenance


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds a J point moved by 12 ms in the bundled record."""
    made = tmp_path_factory.mktemp("landmarks")
    record = records.read(resources.folder("demo") / "lbbb")
    measured = signal.analyse(record)
    assert measured.median is not None
    j = (measured.median.landmarks.qrs_off or 0) + 6
    placed = signal.place(measured, (), None, "qrs_off", j, when="2026-01-02T03:04:05+00:00", version="0")
    landmarks.write(landmarks.file_of(made, record.sha256), record.sha256, placed)
    return made


@pytest.fixture(scope="module")
def case(folder: Path) -> Case:
    return complete(records.read(resources.folder("demo") / "lbbb"), Settings(landmarks=folder))


def test_result_summary_and_provenance_say_what_was_set_by_hand(case: Case, tmp_path: Path) -> None:
    report.write_arrays(case, tmp_path)
    document = json.loads((tmp_path / "result.json").read_text())

    (only,) = document["hand_set"]
    assert (only["landmark"], only["beat_r"], only["to"] - only["from"]) == ("qrs_off", None, 6)
    assert document["signal_sha256"] == case.record.sha256
    assert report.summary_row(document)["hand_set"] == "qrs_off"
    assert "landmarks set by hand: J (median beat)" in provenance(case)
    assert "set by hand" not in provenance(replace(case, hand_set=()))


def test_a_result_is_kept_only_while_its_landmarks_are_those_of_the_folder(
    case: Case, folder: Path, tmp_path: Path
) -> None:
    report.write_arrays(case, tmp_path)
    document = report.read_result(tmp_path)
    assert document is not None
    assert case.verdict is not None
    sha256 = case.verdict.model.sha256

    assert report.belongs_to(document, Settings(landmarks=folder), sha256)
    assert not report.belongs_to(document, Settings(), sha256)
    assert not report.belongs_to(document, Settings(landmarks=tmp_path / "none"), sha256)
