"""P onset and end of an averaged beat, over all leads, or that no P wave leads this QRS."""

from __future__ import annotations

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.signal.medianbeat import Average
from cineviewer.signal.twave import tangent_foot

_LONGEST_S = 0.30  # from P peak to QRS onset
_SHORTEST_S = 0.024
_USUAL_S, _SPREAD_S = 0.105, 0.06
_CURVE_S = 0.016
_HALF_S = 0.06
_HALF_WAVE_S = 0.05
# The same wave in each beat: the share of the beats' power that they have in common.
_IRREGULAR = 0.12
_COMMON, _COMMON_IRREGULAR = 0.50, 0.77
_PROMINENCE, _PROMINENCE_IRREGULAR = 1.15, 1.5  # times more bent than what is around
_PROMINENCE_ALONE = 2.2  # where there is but one beat to look at
_LEAST_MV, _LEAST_ALONE_MV = 0.010, 0.040
_FOOT_S = 0.014  # readers put the onset before the foot of the steepest tangent


def edges(
    beat: Average, rate_hz: float, onset: int, t_end: int | None, irregularity: float, spike: int | None = None
) -> tuple[int | None, int | None]:
    """P onset and end.

    Parameters
    ----------
    onset, t_end
        QRS onset and T end of the averaged beat, in samples of it; a P wave follows the T wave of the beat before.
    irregularity
        SD of the record's RR intervals divided by their mean; where it is large, fibrillation must not pass for P.
    spike
        Sample of the pacing spike that starts this beat.

    Returns
    -------
    tuple
        Samples of the averaged beat; None where no P wave leads the QRS.
    """
    before_t = beat.anchor - round(beat.before_s * rate_hz) + ((t_end or onset) - beat.anchor) - round(0.01 * rate_hz)
    first = max(round(0.02 * rate_hz), onset - round(_LONGEST_S * rate_hz), before_t)
    last = (onset if spike is None else min(onset, spike - round(0.02 * rate_hz))) - round(_SHORTEST_S * rate_hz)
    if last - first < 0.03 * rate_hz:
        return None, None
    bend = np.sqrt(np.mean(np.square(_gauss(beat.signal_mv, rate_hz, _CURVE_S, order=2)), axis=0))[first:last]
    early_s = (onset - np.arange(first, last)) / rate_hz - _USUAL_S
    best = int(np.argmax(bend * np.exp(-0.5 * np.square(early_s / _SPREAD_S))))
    peak = first + best
    prominence = float(bend[best] / max(float(np.median(bend)), 1e-9))
    if not _is_wave(beat, rate_hz, peak, last, prominence, irregularity):
        return None, None
    smooth = _gauss(beat.signal_mv, rate_hz, 0.006)
    reach = round(0.11 * rate_hz)
    begins = tangent_foot(smooth, rate_hz, peak, max(first - round(0.03 * rate_hz), peak - reach, 0), 0.6)
    ends = tangent_foot(smooth, rate_hz, peak, min(onset, peak + reach), 0.6)
    # Where a T wave or the QRS comes too close to see the foot, the wave is taken to be as long as P waves are.
    begins = peak - round(_HALF_WAVE_S * rate_hz) if begins is None else begins - round(_FOOT_S * rate_hz)
    ends = peak + round(_HALF_WAVE_S * rate_hz) if ends is None else ends
    return max(0, begins), min(ends, onset)


def _is_wave(beat: Average, rate_hz: float, peak: int, last: int, prominence: float, irregularity: float) -> bool:
    half = round(_HALF_S * rate_hz)
    part = slice(max(0, peak - half), min(peak + half, last + round(0.02 * rate_hz)))
    height = float(np.sqrt(np.mean(np.square(_level(beat.signal_mv[:, part])), axis=0)).max())
    if beat.before_mv.shape[1] < 3:
        return prominence >= _PROMINENCE_ALONE and height >= _LEAST_ALONE_MV
    irregular = irregularity > _IRREGULAR
    common = _common_share(_level(_gauss(beat.before_mv, rate_hz, 0.006)[:, :, part]))
    return (
        prominence >= (_PROMINENCE_IRREGULAR if irregular else _PROMINENCE)
        and common >= (_COMMON_IRREGULAR if irregular else _COMMON)
        and height >= _LEAST_MV
    )


def _common_share(beats_mv: Doubles) -> float:
    """Mean product of two different beats, divided by the mean power of one: 1 if all are alike, 0 if unrelated."""
    flat = beats_mv.transpose(1, 0, 2).reshape(beats_mv.shape[1], -1)
    products = flat @ flat.T
    n = flat.shape[0]
    power = float(np.trace(products)) / n
    return (float(products.sum()) / n - power) / (n - 1) / max(power, 1e-12)


def _level(part_mv: Doubles) -> Doubles:
    """Minus the line from the part's begin to its end."""
    share = np.linspace(0.0, 1.0, part_mv.shape[-1])
    start, end = part_mv[..., :3].mean(axis=-1, keepdims=True), part_mv[..., -3:].mean(axis=-1, keepdims=True)
    return np.asarray(part_mv - start * (1 - share) - end * share)


def _gauss(signal_mv: Doubles, rate_hz: float, width_s: float, order: int = 0) -> Doubles:
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(signal_mv, width_s * rate_hz, axis=-1, order=order, truncate=3.0))
