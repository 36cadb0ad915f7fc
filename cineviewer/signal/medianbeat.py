"""The beats of one cluster averaged into one, free of most of what was not the heart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles
from cineviewer.signal.rpeaks import Samples

_BEFORE_S, _AFTER_S = 0.45, 0.75
_QRS_S = 0.16  # from the anchor on this belongs to the QRS whatever comes next
_MOST = 50


@dataclass(frozen=True, slots=True, eq=False)
class Average:
    """Median over beats.

    Attributes
    ----------
    signal_mv
        (leads, samples).
    anchor
        Sample of `signal_mv` that lies on the beats' anchors.
    start, stop
        The part that belongs to this beat: beyond it are the neighbours.
    before_mv
        (leads, beats, samples) up to the QRS of the single beats that the first part was taken from.
    before_s, interval_s
        Shortest time from the beat before, of those; usual time to the next beat.
    n_beats
        How many beats were averaged.
    """

    signal_mv: Doubles
    anchor: int
    start: int
    stop: int
    before_mv: Doubles
    before_s: float
    interval_s: float
    n_beats: int


def average(signal_mv: Doubles, rate_hz: float, anchors: Samples, before: Samples, after: Samples) -> Average:
    """Median of the beats that lie on `anchors`.

    Where intervals vary, the part before the QRS is taken from beats that come late and the part after it from beats
    that are followed late, so that neither P nor T waves drown in a neighbour.

    Parameters
    ----------
    signal_mv
        (leads, samples), no NaN, without baseline wander.
    anchors
        One sample a beat, at least one beat.
    before, after
        Samples from the beat before and to the next one.
    """
    lead_in, lead_out, qrs = (round(s * rate_hz) for s in (_BEFORE_S, _AFTER_S, _QRS_S))
    early = _chosen(anchors, before, anchors >= lead_in // 2)
    late = _chosen(anchors, after, anchors + lead_out // 2 < signal_mv.shape[1])
    first = _cut(signal_mv, anchors[early], -lead_in, qrs)
    second = _cut(signal_mv, anchors[late], qrs, lead_out)
    middle = np.concatenate([np.median(first, axis=1), np.median(second, axis=1)], axis=1)
    return Average(
        signal_mv=middle,
        anchor=lead_in,
        start=max(0, lead_in - round(0.75 * float(before[early].min()))),
        stop=min(lead_in + lead_out, lead_in + round(0.92 * float(after[late].min()))),
        before_mv=first[:, :, :lead_in],
        before_s=float(before[early].min()) / rate_hz,
        interval_s=float(np.median(after)) / rate_hz,
        n_beats=int(np.union1d(early, late).size),
    )


def _chosen(anchors: Samples, intervals: Samples, whole: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Beats whole in the record whose interval is not much shorter than usual, at most `_MOST`."""
    usable = np.flatnonzero(whole)
    if usable.size == 0:
        usable = np.arange(anchors.size)
    long_enough = usable[intervals[usable] >= 0.9 * np.median(intervals[usable])]
    step = np.linspace(0, long_enough.size - 1, min(_MOST, long_enough.size))
    return np.asarray(long_enough[np.unique(step.astype(np.intp))])


def _cut(signal_mv: Doubles, at: Samples, start: int, stop: int) -> Doubles:
    around = np.clip(at[:, None] + np.arange(start, stop), 0, signal_mv.shape[1] - 1)
    return np.asarray(signal_mv[:, around], dtype=np.float64)
