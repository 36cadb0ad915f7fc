"""A case says what is missing of it and why, and nothing that is not so."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cineviewer import cine, resources, simulate
from cineviewer.analysis import Settings
from cineviewer.analysis.case import Case
from cineviewer.analysis.hearts import heart_of, in_heart, load_heart
from cineviewer.analysis.question import Question, question
from cineviewer.analysis.steps import read, with_beats
from cineviewer.errors import InputError


@pytest.fixture(scope="module")
def normal() -> Case:
    return with_beats(read(resources.folder("demo") / "normal"))


def test_a_lead_without_values_in_any_beat_is_named(normal: Case) -> None:
    signal = normal.record.signal_mv.copy()
    assert normal.delineation is not None
    for beat in normal.delineation.beats:
        signal[8, beat.landmarks.r : beat.landmarks.r + 5] = np.nan
    gap = replace(normal, record=replace(normal.record, signal_mv=signal))

    assert question(gap, Settings()) == "No verdict: no beat has all its samples, values of V3 are missing"


def test_a_record_that_ends_before_its_beats_windows_do_says_so(normal: Case) -> None:
    assert normal.delineation is not None
    first = next(beat for beat in normal.delineation.beats if beat.landmarks.qrs_on is not None)
    alone = replace(normal.delineation, beats=(first,))
    signal = normal.record.signal_mv[:, : (first.landmarks.qrs_on or 0) + 100]
    short = replace(normal, record=replace(normal.record, signal_mv=signal), delineation=alone)

    assert question(short, Settings()) == "No verdict: no beat has 400 ms after its QRS onset in the record"


def test_a_beat_at_the_records_end_is_named_where_others_have_their_window(normal: Case) -> None:
    assert normal.delineation is not None
    *others, last = normal.delineation.beats
    end = normal.record.n_samples - 50
    late = replace(last, landmarks=replace(last.landmarks, r=end + 20, qrs_on=end))
    case = replace(normal, delineation=replace(normal.delineation, beats=(*others, late)))

    reason = question(case, Settings(beat=len(others)))

    assert reason == f"No verdict: beat {len(others) + 1} has no 400 ms after its QRS onset in the record"


def test_a_simulated_record_comes_with_the_truth_beside_it_and_says_where_it_cannot(tmp_path: Path) -> None:
    path = simulate.write(simulate.simulate("lbbb", 5), tmp_path)
    known = read(path)
    assert known.truth is not None
    assert (known.truth.scenario, known.truth.seed) == ("lbbb", 5)
    other = simulate.write(simulate.simulate("rbbb", 5), tmp_path / "rbbb")
    shutil.copy(tmp_path / "truth.npz", other.parent)
    wrong = read(other)
    assert wrong.truth is None
    assert "that of another recording" in wrong.record.warnings[-1]


def test_the_path_is_drawn_in_the_heart_that_was_given(normal: Case, heart_folder: Path) -> None:
    settings = Settings(heart=heart_folder)
    given = in_heart(normal, settings)
    assert given.heart is not None
    ours, theirs = question(normal, Settings()), question(given, settings)
    assert isinstance(ours, Question)
    assert isinstance(theirs, Question)
    np.testing.assert_array_equal(ours.window.signal_mv, theirs.window.signal_mv)
    assert np.abs(ours.path.points_mm - theirs.path.points_mm).max() > 1.0
    assert theirs.path.heart_sha256 == given.heart.sha256 != ours.path.heart_sha256 == heart_of(normal).sha256
    depth = cine.interior.interior(given.heart).depth(theirs.path.points_mm)
    assert depth.min() > 0.0
    assert in_heart(given, Settings()).heart is None


def test_a_heart_is_read_once_and_again_when_its_files_change(heart_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "heart"
    shutil.copytree(heart_folder, folder)
    first = load_heart(folder)
    assert load_heart(folder) is first
    (folder / "frame.json").unlink()
    assert load_heart(folder).sha256 != first.sha256


def test_a_folder_without_a_heart_is_refused(normal: Case, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="neither epi"):
        in_heart(normal, Settings(heart=tmp_path))
