"""The beats of one cluster averaged into one, free of most of what was not the heart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles
from cineviewer.signal.rpeaks import Samples

_BEFORE_S, _AFTER_S = 0.45, 0.80
_MOST = 60


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
        Part that belongs to this beat: beyond it are the neighbours.
    noise_mv
        (leads,) what is left of the noise after averaging, as a standard deviation.
    """

    signal_mv: Doubles
    anchor: int
    start: int
    stop: int
    noise_mv: Doubles
    n_beats: int


def average(signal_mv: Doubles, rate_hz: float, anchors: Samples, interval_s: float) -> Average | None:
    """Median of the beats that lie on `anchors`; None when none of them lies whole in the record.

    Parameters
    ----------
    signal_mv
        (leads, samples), no NaN, without baseline wander.
    interval_s
        Usual time from one of these beats to the next; bounds what belongs to the beat.
    """
    before, after = round(_BEFORE_S * rate_hz), round(_AFTER_S * rate_hz)
    whole = anchors[(anchors >= before // 2) & (anchors < signal_mv.shape[1] - after // 2)]
    if whole.size == 0:
        whole = anchors
    if whole.size == 0:
        return None
    some = whole[np.unique(np.linspace(0, whole.size - 1, min(_MOST, whole.size)).astype(np.intp))]
    around = some[:, None] + np.arange(-before, after)
    cuts = signal_mv[:, np.clip(around, 0, signal_mv.shape[1] - 1)]
    middle = np.median(cuts, axis=1)
    interval = interval_s * rate_hz
    return Average(
        signal_mv=middle,
        anchor=before,
        start=max(0, before - round(0.62 * interval)),
        stop=min(before + after, before + round(0.88 * interval)),
        noise_mv=_noise(cuts, middle),
        n_beats=int(some.size),
    )


def _noise(cuts: npt.NDArray[np.float64], middle: Doubles) -> Doubles:
    spread = np.median(np.abs(cuts - middle[:, None, :]), axis=(1, 2)) * 1.4826
    return np.asarray(spread / np.sqrt(max(1, cuts.shape[1] - 1)))
