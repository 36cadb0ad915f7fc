"""Landmarks set by hand: what the reader moved takes the place of what was measured, and measurements follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cineviewer.ecg import Beat, Delineation, HandSet, Landmarks, Measurements, MedianBeat
from cineviewer.signal.measurements import measure

MOVABLE = ("p_on", "p_off", "qrs_on", "qrs_off", "t_peak", "t_end")
"""In the order in which they follow each other; the R peak, on which beats are found, stays."""
_ORDER = ("p_on", "p_off", "qrs_on", "r", "qrs_off", "t_peak", "t_end")
_SAME_BEAT_S = 0.06  # an R peak found anew lies within this of where another version found it


def with_hand_set(measured: Delineation, hand_set: tuple[HandSet, ...]) -> Delineation:
    """Return a delineation with these landmarks in the place of the measured ones.

    The beats of a cluster share the landmarks of their average, so one that is moved in the median beat moves by as
    much in every beat of the dominant cluster, but for beats in which it was moved by itself. Rate and rhythm do not
    depend on it. What belongs to no beat of this delineation, or to a wave that the beat does not have, is left out.
    """
    if measured.median is None:
        return measured
    rate_hz = measured.median.rate_hz
    of_median = {one.landmark: one for one in hand_set if one.beat_r is None}
    beats = []
    for beat in measured.beats:
        own = {one.landmark: one for one in hand_set if _is_of(one, beat, rate_hz)}
        shared = of_median if beat.cluster == 0 else {}
        marks = _moved(beat.landmarks, {name: one for name, one in shared.items() if name not in own})
        beats.append(replace(beat, landmarks=_placed(marks, own)))
    median = replace(measured.median, landmarks=_placed(measured.median.landmarks, of_median))
    return replace(
        measured, beats=tuple(beats), median=median, measurements=_measured_again(median, measured.measurements)
    )


def place(
    measured: Delineation,
    hand_set: tuple[HandSet, ...],
    beat: int | None,
    landmark: str,
    sample: int,
    *,
    when: str = "",
    version: str = "",
) -> tuple[HandSet, ...]:
    """Return `hand_set` with one landmark put at a sample; one that is put where it was measured is not hand-set.

    Parameters
    ----------
    beat
        Index into the delineation's beats; None for the median beat.
    landmark
        One of MOVABLE that the beat has.
    sample
        Of the record, or of the median beat.
    """
    marks = _marks(measured, beat)
    beat_r = None if beat is None else marks.r
    rate_hz = measured.median.rate_hz if measured.median else 1.0
    others = tuple(
        one
        for one in hand_set
        if one.landmark != landmark
        or (one.beat_r is not None if beat is None else not _is_of(one, measured.beats[beat], rate_hz))
    )
    # As the shared landmarks were moved, a single beat's own may lie elsewhere than measured: that is its beginning.
    shared = _marks(with_hand_set(measured, others), beat)
    beginning: int | None = getattr(shared, landmark)
    if beginning is None:
        raise ValueError(f"this beat has no {landmark}")
    if sample == beginning:
        return others
    return (*others, HandSet(landmark, beat_r, beginning - marks.r, sample - marks.r, when, version))


def room(marks: Landmarks, landmark: str, n_samples: int) -> tuple[int, int]:
    """Return the first and the last sample at which a landmark may lie: between its neighbours, in the signal."""
    at = _ORDER.index(landmark)
    before = [value for name in _ORDER[:at] if (value := getattr(marks, name)) is not None]
    after = [value for name in _ORDER[at + 1 :] if (value := getattr(marks, name)) is not None]
    return max(before, default=-1) + 1, min(after, default=n_samples) - 1


def _marks(delineation: Delineation, beat: int | None) -> Landmarks:
    if beat is not None:
        return delineation.beats[beat].landmarks
    assert delineation.median is not None
    return delineation.median.landmarks


def _is_of(one: HandSet, beat: Beat, rate_hz: float) -> bool:
    return one.beat_r is not None and abs(one.beat_r - beat.landmarks.r) <= _SAME_BEAT_S * rate_hz


def _placed(marks: Landmarks, hand_set: dict[str, HandSet]) -> Landmarks:
    there = {name: marks.r + one.placed for name, one in hand_set.items() if _has(marks, name)}
    return replace(marks, **there)


def _moved(marks: Landmarks, hand_set: dict[str, HandSet]) -> Landmarks:
    there = {
        name: max(0, getattr(marks, name) + one.placed - one.measured)
        for name, one in hand_set.items()
        if _has(marks, name)
    }
    return replace(marks, **there)


def _has(marks: Landmarks, name: str) -> bool:
    return name in MOVABLE and getattr(marks, name) is not None


def _measured_again(median: MedianBeat, before: Measurements) -> Measurements:
    rate = before.hr_bpm
    r_s = np.arange(rate.n_beats, dtype=np.float64) * (60.0 / rate.value if rate.value else 0.0)
    return replace(measure(median, r_s), hr_bpm=rate)
