"""T peak and T end of an averaged beat, over all leads."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles
from cineviewer.signal.medianbeat import Average

# Constants from coarse grids over LUDB; chosen on its odd records and checked on the even ones, and the other way
# round, T ends have 12.4 and 12.7 ms SD, T peaks 10.8 and 16.4.
_PEAK_S, _PEAK_POWER, _WIDE_QRS = 0.336, 0.4, 0.6
_USUAL_QRS_S = 0.10
_PEAK_SPREAD_S = 0.085
_BEND_SHARE = 0.6  # how much the bend counts beside the height
_LONGEST_S = 0.60
_CURVE_S = 0.024
_LEAST_MV = 0.012  # root mean square over leads; under it nobody could point at a T wave
_TANGENT_S = 0.020  # readers put the end past the foot of the steepest tangent
_TAIL_S = 0.18  # from the peak on; what lies further is a U or P wave
_END_SHARE = 0.6


def peak_and_end(beat: Average, rate_hz: float, onset: int, end: int) -> tuple[int | None, int | None]:
    """T peak and T end.

    Parameters
    ----------
    onset, end
        QRS onset and J point, samples of the averaged beat.

    Returns
    -------
    tuple
        Samples of the averaged beat; None where there is no T wave or the next beat comes before its end.
    """
    rough = _place(beat, rate_hz, onset, end)
    if rough is None:
        return None, None
    smooth = _gauss(beat.signal_mv, rate_hz, 0.008)
    peak = _peak(smooth, rate_hz, rough, end)
    foot = tangent_foot(smooth, rate_hz, peak, min(beat.stop, peak + round(_TAIL_S * rate_hz)), _END_SHARE)
    if foot is None:
        return peak, None
    t_end = foot + round(_TANGENT_S * rate_hz)
    return peak, t_end if t_end < beat.signal_mv.shape[1] else None


def tangent_foot(signal_mv: Doubles, rate_hz: float, peak: int, stop: int, share: float) -> int | None:
    """Where the steepest tangents behind a wave's peak meet the level behind it (Lepeschkin and Surawicz 1952).

    Parameters
    ----------
    signal_mv
        (leads, samples), smooth.
    stop
        Sample at which the wave is certainly over; may lie before `peak`, for the foot in front of it.
    share
        Of the leads, weighed by the root of their steepness, whose foot comes first.
    """
    step = 1 if stop > peak else -1
    tail = signal_mv[:, peak:stop:step].copy()
    if tail.shape[1] < 0.06 * rate_hz:
        return None
    near = round(0.04 * rate_hz)
    falls = np.sign(tail[:, :near].mean(axis=1) - tail[:, -near:].mean(axis=1))
    tail *= np.where(falls == 0, 1.0, falls)[:, None]
    slope = np.asarray(-np.gradient(tail, axis=1))
    # The steepest place lies within 90 ms of the peak, and not at it.
    steepest = np.argmax(slope[:, 3 : min(round(0.09 * rate_hz), slope.shape[1] - 5)], axis=1) + 3
    rows = np.arange(tail.shape[0])
    steep = np.maximum(slope[rows, steepest], 1e-9)
    behind = np.arange(tail.shape[1]) >= np.minimum(steepest + near, tail.shape[1] - 8)[:, None]
    level = np.array([np.median(row[mask]) for row, mask in zip(tail, behind, strict=True)])
    foot = np.clip(steepest + (tail[rows, steepest] - level) / steep, steepest, tail.shape[1] - 1)
    return round(peak + step * weighted_quantile(foot, np.sqrt(steep), share))


def weighted_quantile(values: Doubles, weights: Doubles, share: float) -> float:
    """The value under which `share` of the weight lies."""
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    return float(values[order][min(values.size - 1, int(np.searchsorted(below, share * below[-1])))])


def _place(beat: Average, rate_hz: float, onset: int, end: int) -> int | None:
    """Roughly where the T wave is: far from the PQ level, bent, and at a time at which T waves come."""
    interval_s = float(np.clip(beat.interval_s, 0.4, 1.5))
    first = end + round(0.07 * rate_hz * min(1.0, interval_s))
    latest = onset + round((_LONGEST_S * interval_s**_PEAK_POWER) * rate_hz)
    last = min(beat.stop - round(0.02 * rate_hz), latest, beat.signal_mv.shape[1] - 2)
    if last - first < 0.04 * rate_hz:
        return None
    bend = np.sqrt(np.mean(np.square(_gauss(beat.signal_mv, rate_hz, _CURVE_S, order=2)), axis=0))[first:last]
    quiet = slice(max(0, onset - round(0.016 * rate_hz)), max(1, onset - round(0.004 * rate_hz)))
    level = np.median(beat.signal_mv[:, quiet], axis=1, keepdims=True)
    height = np.sqrt(np.mean(np.square(_gauss(beat.signal_mv, rate_hz, 0.01) - level), axis=0))[first:last]
    if float(height.max()) < _LEAST_MV:
        return None
    qrs_s = (end - onset) / rate_hz
    expected_s = _PEAK_S * interval_s**_PEAK_POWER + _WIDE_QRS * (qrs_s - _USUAL_QRS_S)
    late_s = (np.arange(first, last) - onset) / rate_hz - expected_s
    likely = bend**_BEND_SHARE * height ** (1 - _BEND_SHARE) * np.exp(-0.5 * np.square(late_s / _PEAK_SPREAD_S))
    return first + int(np.argmax(likely))


def _peak(smooth: Doubles, rate_hz: float, rough: int, end: int) -> int:
    """Median over leads of where each is furthest from the chord under the wave."""
    first, last = max(end, rough - round(0.12 * rate_hz)), min(smooth.shape[1] - 1, rough + round(0.12 * rate_hz))
    wave = smooth[:, first : last + 1]
    share = np.linspace(0.0, 1.0, wave.shape[1])
    lift = np.abs(wave - wave[:, :1] * (1 - share) - wave[:, -1:] * share)
    reach = round(0.03 * rate_hz)
    left, right = max(0, rough - reach - first), min(wave.shape[1] - 1, rough + reach - first)
    lift = lift[:, left : right + 1]
    top = np.argmax(lift, axis=1)
    weight = np.sqrt(lift.max(axis=1))
    weight[(top == 0) | (top == lift.shape[1] - 1)] *= 0.2  # no peak of its own here
    if not weight.any():
        return rough
    return first + left + round(weighted_quantile(top.astype(np.float64), weight, 0.5))


def _gauss(signal_mv: npt.NDArray[np.float64], rate_hz: float, width_s: float, order: int = 0) -> Doubles:
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(signal_mv, width_s * rate_hz, axis=1, order=order, truncate=3.0))
