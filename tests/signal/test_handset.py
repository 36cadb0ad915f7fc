"""A landmark that the reader moved: what follows it, and what stays as it was."""

from __future__ import annotations

import pytest

from cineviewer import records, resources, signal
from cineviewer.ecg import Delineation, HandSet, MedianBeat

MS = 2  # of a record at 500 Hz


@pytest.fixture(scope="module")
def measured() -> Delineation:
    return signal.analyse(records.read(resources.folder("demo") / "lbbb"))


def median_of(delineation: Delineation) -> MedianBeat:
    assert delineation.median is not None
    return delineation.median


def moved(measured: Delineation, landmark: str, by: int, beat: int | None = None) -> tuple[HandSet, ...]:
    marks = median_of(measured).landmarks if beat is None else measured.beats[beat].landmarks
    return signal.place(measured, (), beat, landmark, getattr(marks, landmark) + by)


def test_intervals_follow_the_moved_landmark_and_no_other_does(measured: Delineation) -> None:
    before = measured.measurements

    after = signal.with_hand_set(measured, moved(measured, "qrs_off", 7)).measurements

    assert before.qrs_ms.value is not None
    assert after.qrs_ms.value is not None
    assert after.qrs_ms.value == pytest.approx(before.qrs_ms.value + 7 * MS)
    assert (after.pr_ms, after.qt_ms, after.qtcb_ms.value, after.hr_bpm) == (
        before.pr_ms, before.qt_ms, pytest.approx(before.qtcb_ms.value), before.hr_bpm,
    )  # fmt: skip


def test_qt_and_its_corrections_follow_the_end_of_t(measured: Delineation) -> None:
    after = signal.with_hand_set(measured, moved(measured, "t_end", -10)).measurements

    qt_ms, rate = after.qt_ms.value, after.hr_bpm.value
    assert qt_ms is not None
    assert rate is not None
    assert measured.measurements.qt_ms.value is not None
    assert qt_ms == pytest.approx(measured.measurements.qt_ms.value - 10 * MS)
    assert after.qtcb_ms.value == pytest.approx(qt_ms / (60.0 / rate) ** 0.5)


def test_what_is_moved_in_the_median_moves_in_the_beats_that_it_stands_for(measured: Delineation) -> None:
    after = signal.with_hand_set(measured, moved(measured, "qrs_on", -4))

    for old, new in zip(measured.beats, after.beats, strict=True):
        assert old.landmarks.qrs_on is not None
        assert new.landmarks.qrs_on is not None
        assert new.landmarks.qrs_on - old.landmarks.qrs_on == (-4 if old.cluster == 0 else 0)
        assert new.landmarks.r == old.landmarks.r


def test_a_beat_moved_by_itself_does_not_follow_the_median(measured: Delineation) -> None:
    onset = measured.beats[1].landmarks.qrs_on
    assert onset is not None
    own = moved(measured, "qrs_on", 3, beat=1)
    median_onset = median_of(measured).landmarks.qrs_on
    assert median_onset is not None

    after = signal.with_hand_set(measured, signal.place(measured, own, None, "qrs_on", median_onset - 5))

    assert after.beats[1].landmarks.qrs_on == onset + 3
    assert median_of(after).landmarks.qrs_on == median_onset - 5
    assert after.measurements.qrs_ms != measured.measurements.qrs_ms


def test_one_that_is_put_back_where_it_was_measured_is_not_hand_set(measured: Delineation) -> None:
    there = moved(measured, "t_peak", 6)
    assert len(there) == 1
    at = median_of(measured).landmarks.t_peak
    assert at is not None

    assert signal.place(measured, there, None, "t_peak", at) == ()


def test_moving_twice_remembers_where_it_was_measured_first(measured: Delineation) -> None:
    at = median_of(measured).landmarks.qrs_off
    assert at is not None
    twice = signal.place(measured, moved(measured, "qrs_off", 6), None, "qrs_off", at + 9)

    (only,) = twice
    r = median_of(measured).landmarks.r
    assert (only.measured, only.placed) == (at - r, at + 9 - r)


def test_a_landmark_has_room_between_its_neighbours(measured: Delineation) -> None:
    median = median_of(measured)
    marks, n = median.landmarks, median.signal_mv.shape[1]

    assert signal.room(marks, "qrs_off", n) == (marks.r + 1, (marks.t_peak or 0) - 1)
    assert signal.room(marks, "t_end", n) == ((marks.t_peak or 0) + 1, n - 1)
    assert signal.room(marks, "p_on", n) == (0, (marks.p_off or 0) - 1)


def test_a_wave_that_a_beat_does_not_have_is_not_made(measured: Delineation) -> None:
    stray = HandSet("p_on", 10_000_000, -90, -80)

    assert signal.with_hand_set(measured, (stray,)).beats == measured.beats
