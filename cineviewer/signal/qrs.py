"""QRS onset and J point of an averaged beat, over all leads."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles
from cineviewer.signal.medianbeat import Average
from cineviewer.signal.twave import weighted_quantile

# Constants from coarse grids over LUDB (Kalyakulina et al. 2020, doi 10.1109/ACCESS.2020.3029211): chosen on its odd
# records and checked on the even ones they give 6.0 and 8.5 ms SD, the other way round 6.8 and 7.1.
# Each edge is the mean of two readings: of the speed of all leads together, and of the leads' own edges. A speed is
# smoothed, so that its edges lie outside the wave's by a constant that is taken back.
_SMOOTH_S = 0.014
_ALL_LEVEL = 0.08  # of the largest speed
_ALL_ONSET_S, _ALL_END_S = -0.008, 0.006
_LEAD_ONSET_LEVEL, _LEAD_END_LEVEL = 0.15, 0.10
_LEAD_ONSET_S, _LEAD_END_S = -0.014, 0.004
_ONSET_SHARE, _END_SHARE = 25.0, 75.0  # percentile of the leads: neither the first nor the last to see it
_SLOWEST_S, _TURN = 0.1, 3.0
_STEEP = 0.3  # of the largest speed: certainly inside the QRS
_NO_RIPPLE = 0.5  # of the leads' median: below it, what is steep may be noise or T
_BEFORE_S, _AFTER_S = 0.06, 0.11
_EARLIEST_S, _LATEST_S = 0.16, 0.24
_REST_S = 0.014  # the QRS goes on after a shorter rest
_SPIKE_S = 0.008  # a paced QRS begins no sooner after its spike


def edges(beat: Average, rate_hz: float, spike: int | None = None) -> tuple[int, int]:
    """QRS onset and J point.

    Parameters
    ----------
    spike
        Sample of the pacing spike that starts this beat.

    Returns
    -------
    tuple
        Samples of the averaged beat.
    """
    slope = np.gradient(beat.signal_mv, axis=1) * rate_hz
    together = _smooth(np.sqrt(np.mean(np.square(slope), axis=0, keepdims=True)), rate_hz)
    alone = _smooth(np.abs(slope), rate_hz)
    onset = 0.5 * (
        _edge(together, beat.anchor, rate_hz, -1, _ALL_LEVEL)[0]
        + _ALL_ONSET_S * rate_hz
        + np.percentile(_edge(alone, beat.anchor, rate_hz, -1, _LEAD_ONSET_LEVEL), _ONSET_SHARE)
        + _LEAD_ONSET_S * rate_hz
    )
    end = 0.5 * (
        _edge(together, beat.anchor, rate_hz, 1, _ALL_LEVEL)[0]
        + _ALL_END_S * rate_hz
        + np.percentile(_edge(alone, beat.anchor, rate_hz, 1, _LEAD_END_LEVEL), _END_SHARE)
        + _LEAD_END_S * rate_hz
    )
    end = max(end, _last_steep(alone, beat.anchor, rate_hz))
    if spike is not None and abs(onset - spike) < _BEFORE_S * rate_hz:
        onset = max(onset, spike + _SPIKE_S * rate_hz)
    earliest, latest = beat.anchor - round(_EARLIEST_S * rate_hz), beat.anchor + round(_LATEST_S * rate_hz)
    return max(round(onset), earliest), min(round(end), latest)


def peak(beat: Average, onset: int, end: int) -> int:
    """R peak: where the leads are furthest from their level at onset, their median, the higher leads counting more."""
    wave = np.abs(beat.signal_mv[:, onset : end + 1] - beat.signal_mv[:, onset : onset + 1])
    return onset + round(weighted_quantile(np.argmax(wave, axis=1).astype(np.float64), wave.max(axis=1), 0.5))


def _smooth(speed: Doubles, rate_hz: float) -> Doubles:
    from scipy.ndimage import uniform_filter1d

    return np.asarray(uniform_filter1d(speed, max(1, round(_SMOOTH_S * rate_hz)), axis=1))


def _last_steep(speed: Doubles, anchor: int, rate_hz: float) -> int:
    """The last sample that is certainly inside the QRS of some lead whose QRS is no ripple.

    A right bundle branch block may end in V1 alone, long after the other leads have turned slow.
    """
    first, near, top = _near(speed, anchor, rate_hz)
    largest = near.max(axis=1)  # a late R' may itself lie behind what `top` looks at
    own = largest >= _NO_RIPPLE * np.median(largest)
    return first + int(np.flatnonzero((near[own] > _STEEP * top[own, None]).any(axis=0)).max(initial=0))


def _near(speed: Doubles, anchor: int, rate_hz: float) -> tuple[int, Doubles, Doubles]:
    """The first sample of where a QRS may lie, the speed there, and each row's largest in the QRS."""
    first, last = max(0, anchor - round(_BEFORE_S * rate_hz)), anchor + round(_AFTER_S * rate_hz)
    near = speed[:, first:last]
    return first, near, np.maximum(near[:, : 2 * (anchor - first)].max(axis=1), 1e-9)


def _edge(speed: Doubles, anchor: int, rate_hz: float, step: int, level: float) -> npt.NDArray[np.intp]:
    """For each row the sample where, going out from the QRS, the speed comes to rest under `level` of its largest."""
    from scipy.ndimage import binary_closing

    first, near, top = _near(speed, anchor, rate_hz)
    steep = near > _STEEP * top[:, None]
    steep[:, anchor - first] |= ~steep.any(axis=1)
    start = first + (np.argmax(steep, axis=1) if step < 0 else steep.shape[1] - 1 - np.argmax(steep[:, ::-1], axis=1))
    limit = level * top[:, None]
    if step > 0:
        # An ST segment that climbs straight into the T wave never rests: there the QRS ends where it turns slow.
        after = np.clip(start[:, None] + np.arange(round(_SLOWEST_S * rate_hz)), 0, speed.shape[1] - 1)
        limit = np.maximum(limit, _TURN * np.take_along_axis(speed, after, axis=1).min(axis=1, keepdims=True))
    moving = binary_closing(speed > limit, structure=np.ones((1, round(_REST_S * rate_hz) | 1), dtype=np.bool_))
    sample = np.arange(speed.shape[1])
    outside = ~moving & ((sample < start[:, None]) if step < 0 else (sample > start[:, None]))
    if step < 0:
        return np.asarray(np.where(outside.any(axis=1), sample.size - 1 - np.argmax(outside[:, ::-1], axis=1), 0))
    return np.asarray(np.where(outside.any(axis=1), np.argmax(outside, axis=1), sample.size - 1))
