"""A case says what is missing of it and why, and nothing that is not so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cineviewer import resources
from cineviewer.analysis import Settings
from cineviewer.analysis.case import Case, question, read, with_beats


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
