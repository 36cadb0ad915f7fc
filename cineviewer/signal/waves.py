"""Global landmarks of one averaged beat: where its QRS, T and P waves begin, peak and end, over all leads."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Landmarks
from cineviewer.signal.medianbeat import Average

_ONSET_LEVEL, _END_LEVEL = 0.06, 0.05
_ONSET_LEAD_S = 0.011  # readers see the QRS begin before its speed stands out


def delineate(beat: Average, rate_hz: float) -> Landmarks:
    """Find the landmarks of an averaged beat, in samples of it."""
    speed = _speed(beat.signal_mv, rate_hz)
    on, off = _qrs(speed, beat, rate_hz)
    t_peak, t_end = _t_wave(beat, off, rate_hz)
    p_on, p_off = _p_wave(beat, on, rate_hz)
    return Landmarks(beat.anchor, on, off, p_on, p_off, t_peak, t_end)


def _speed(signal_mv: Doubles, rate_hz: float) -> Doubles:
    """Length of the change of all leads together, mV/s, smoothed over 8 ms."""
    from scipy.ndimage import uniform_filter1d

    speed = np.sqrt(np.mean(np.square(np.gradient(signal_mv, axis=1)), axis=0)) * rate_hz
    return np.asarray(uniform_filter1d(speed, max(1, round(0.008 * rate_hz))))


def _qrs(speed: Doubles, beat: Average, rate_hz: float) -> tuple[int, int]:
    reach = round(0.06 * rate_hz)
    near = speed[beat.anchor - reach : beat.anchor + reach]
    top = float(near.max())
    steep = beat.anchor - reach + np.flatnonzero(near > 0.3 * top)
    rest = float(np.percentile(speed[beat.start : beat.stop], 20))
    on = _quiet(speed, int(steep[0]), -1, rest + _ONSET_LEVEL * top, rate_hz)
    off = _quiet(speed, int(steep[-1]), 1, rest + _END_LEVEL * top, rate_hz)
    return max(0, on - round(_ONSET_LEAD_S * rate_hz)), off


def _quiet(speed: Doubles, start: int, step: int, level: float, rate_hz: float) -> int:
    """Walk from `start` until the speed stays under `level` for 12 ms."""
    need = round(0.012 * rate_hz)
    low, sample = 0, start
    while 0 < sample < speed.size - 1 and low < need and abs(sample - start) < 0.14 * rate_hz:
        sample += step
        low = low + 1 if speed[sample] < level else 0
    return sample - step * low


def _t_wave(beat: Average, off: int, rate_hz: float) -> tuple[int | None, int | None]:
    start = off + round(0.06 * rate_hz)
    stop = min(beat.stop, off + round(0.5 * rate_hz))
    if stop - start < 0.1 * rate_hz:
        return None, None
    part = _smooth(beat.signal_mv[:, start:stop], rate_hz, 0.03)
    line = np.linspace(0, 1, part.shape[1])
    flat = part - part[:, :1] - (part[:, -1:] - part[:, :1]) * line
    size = np.sqrt(np.mean(np.square(flat), axis=0))
    peak = int(np.argmax(size))
    after = size[peak:]
    # The point that spans the largest area with a far point behind it: where the wave bends into the baseline.
    far = min(after.size - 1, round(0.25 * rate_hz))
    if far < 0.03 * rate_hz:
        return start + peak, None
    steepest = int(np.argmax(-np.gradient(after[: far + 1])))
    area = np.cumsum(after[: far + 1] - after[far])
    t = np.arange(steepest, far + 1)
    end = t[np.argmax([(after[steepest] - after[k]) * (2 * far - steepest - k) for k in t])]
    del area
    return start + peak, int(start + peak + end)


def _p_wave(beat: Average, on: int, rate_hz: float) -> tuple[int | None, int | None]:
    start = max(beat.start, on - round(0.30 * rate_hz))
    stop = on - round(0.02 * rate_hz)
    if stop - start < 0.08 * rate_hz:
        return None, None
    part = _smooth(beat.signal_mv[:, start:stop], rate_hz, 0.02)
    flat = part - np.median(part, axis=1, keepdims=True)
    size = np.sqrt(np.mean(np.square(flat), axis=0))
    peak = int(np.argmax(size))
    if size[peak] < 0.03:
        return None, None
    half = 0.25 * size[peak]
    left = peak
    while left > 0 and size[left] > half:
        left -= 1
    right = peak
    while right < size.size - 1 and size[right] > half:
        right += 1
    return start + left, start + right


def _smooth(signal_mv: npt.NDArray[np.float64], rate_hz: float, width_s: float) -> Doubles:
    from scipy.ndimage import uniform_filter1d

    width = max(1, round(width_s * rate_hz))
    return np.asarray(uniform_filter1d(uniform_filter1d(signal_mv, width, axis=1), width, axis=1))
