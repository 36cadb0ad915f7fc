"""Where the heart beat: QRS complexes found in all leads together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles
from cineviewer.signal.filters import band_pass

Samples = npt.NDArray[np.intp]

_BAND_HZ = (5.0, 25.0)  # where QRS complexes have more energy than P and T waves
_SMOOTH_S = 0.08
_REFRACTORY_S = 0.24
_NEIGHBOURHOOD_S = 1.8  # holds one beat at 33 bpm
_FRACTION = 0.30  # of the usual height, for a beat to count
_FRACTION_BACK = 0.16  # where beats seem to be missing
_T_WAVE_S = 0.40
_FRACTION_T = 0.50  # of the beat before, within the time of its T wave


def find(signal_mv: Doubles, rate_hz: float) -> Samples:
    """Find QRS complexes.

    Parameters
    ----------
    signal_mv
        (leads, samples), no NaN; only leads worth looking at.

    Returns
    -------
    Samples
        Sample of the steepest part of each QRS, ascending; refine with `peaks`.
    """
    if signal_mv.shape[0] == 0 or signal_mv.shape[1] < 0.5 * rate_hz:
        return np.zeros(0, dtype=np.intp)
    activity = _activity(signal_mv, rate_hz)
    candidates, usual = _candidates(activity, rate_hz)
    if candidates.size == 0:
        return candidates
    strong = candidates[activity[candidates] > _FRACTION * usual]
    strong = _without_t_waves(strong, activity, rate_hz)
    return _search_back(strong, candidates, activity, usual, rate_hz)


def peaks(signal_mv: Doubles, rate_hz: float, near: Samples) -> Samples:
    """Move each sample to the largest deflection, over all leads, within 60 ms of it.

    Parameters
    ----------
    signal_mv
        (leads, samples) without baseline wander.
    """
    if near.size == 0:
        return near
    reach = round(0.06 * rate_hz)
    magnitude = np.sqrt(np.mean(np.square(signal_mv), axis=0))
    around = np.clip(near[:, None] + np.arange(-reach, reach + 1), 0, magnitude.size - 1)
    best = np.argmax(magnitude[around], axis=1)
    return np.unique(around[np.arange(near.size), best])


def _activity(signal_mv: Doubles, rate_hz: float) -> Doubles:
    """Speed of the signal in the QRS band, over all leads, smoothed to one hump a QRS."""
    from scipy.ndimage import uniform_filter1d

    banded = band_pass(signal_mv, rate_hz, *_BAND_HZ)
    speed = np.abs(np.diff(banded, axis=1, prepend=banded[:, :1]))
    # A lead counts by its own usual QRS, so that one noisy or high lead does not outvote the others.
    height = np.percentile(speed, 98, axis=1, keepdims=True)
    total = np.mean(np.minimum(speed / np.maximum(height, 1e-6), 3.0), axis=0)
    smooth = uniform_filter1d(total.astype(np.float64), max(1, round(_SMOOTH_S * rate_hz)))
    return np.asarray(uniform_filter1d(smooth, max(1, round(0.5 * _SMOOTH_S * rate_hz))))


def _candidates(activity: Doubles, rate_hz: float) -> tuple[Samples, float]:
    from scipy.signal import find_peaks

    found, _ = find_peaks(activity, distance=max(1, round(_REFRACTORY_S * rate_hz)))
    if found.size == 0:
        return found.astype(np.intp), 0.0
    step = max(1, round(_NEIGHBOURHOOD_S * rate_hz))
    starts = np.arange(0, max(1, activity.size - step // 2), step)
    usual = float(np.median(np.maximum.reduceat(activity, starts)))
    return found.astype(np.intp), usual


def _without_t_waves(found: Samples, activity: Doubles, rate_hz: float) -> Samples:
    kept: list[int] = []
    for sample in found.tolist():
        soon = bool(kept) and sample - kept[-1] < _T_WAVE_S * rate_hz
        if not (soon and activity[sample] < _FRACTION_T * activity[kept[-1]]):
            kept.append(sample)
    return np.array(kept, dtype=np.intp)


def _search_back(found: Samples, candidates: Samples, activity: Doubles, usual: float, rate_hz: float) -> Samples:
    """Accept smaller complexes where the rhythm leaves a hole."""
    if found.size < 3:
        return found
    intervals = np.diff(found)
    hole = 1.6 * float(np.median(intervals))
    added: list[int] = []
    for left in np.flatnonzero(intervals > hole).tolist():
        start, end = found[left] + _T_WAVE_S * rate_hz, found[left + 1] - _T_WAVE_S * rate_hz
        inside = candidates[(candidates > start) & (candidates < end)]
        inside = inside[activity[inside] > _FRACTION_BACK * usual]
        if inside.size:
            added.append(int(inside[np.argmax(activity[inside])]))
    return np.sort(np.concatenate([found, np.array(added, dtype=np.intp)]))
