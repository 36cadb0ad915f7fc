"""Zero-phase filters and band-limited resampling of (leads, samples), which leave missing samples missing."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Floats

_ORDER = 2  # run forwards and backwards, which doubles it and cancels the phase


def band_pass(signal_mv: npt.NDArray[Any], rate_hz: float, low_hz: float, high_hz: float) -> Floats:
    """Keep what lies between two frequencies, without moving anything in time.

    A second-order Butterworth run forwards and backwards: the gain at `low_hz` and `high_hz` is one half.

    Parameters
    ----------
    signal_mv
        (..., samples); NaN stays NaN and does not spread.
    low_hz, high_hz
        Zero as `low_hz` keeps everything below; a `high_hz` at or above the Nyquist frequency keeps everything above.

    Returns
    -------
    Floats
        As long as `signal_mv`, millivolt.
    """
    low = low_hz if low_hz > 0 else None
    high = high_hz if high_hz < 0.5 * rate_hz else None
    if low is None and high is None:
        return np.asarray(signal_mv, dtype=np.float32)
    sections = _butterworth(low, high, rate_hz)
    settle_s = 1.0 / low if low is not None else 4.0 / (high or 1.0)
    return _around_gaps(signal_mv, lambda filled: _both_ways(sections, filled, ceil(settle_s * rate_hz)))


def resample(signal_mv: npt.NDArray[Any], rate_hz: float, target_hz: float) -> Floats:
    """Bring a signal to another rate; nothing above the lower Nyquist frequency is kept or invented.

    Parameters
    ----------
    signal_mv
        (..., samples); samples nearer to a NaN than to a value become NaN.

    Returns
    -------
    Floats
        (..., round(samples * target_hz / rate_hz)); its sample k lies at k / target_hz seconds.
    """
    from scipy.signal import resample_poly

    signal = np.asarray(signal_mv)
    if rate_hz == target_hz:
        return np.asarray(signal, dtype=np.float32)
    n = max(1, round(signal.shape[-1] * target_hz / rate_hz))
    ratio = Fraction(target_hz / rate_hz).limit_denominator(2000)
    filled, missing = fill_gaps(signal)
    # The line from the first to the last sample is taken out first, so that the edges do not ring.
    moved = resample_poly(filled, ratio.numerator, ratio.denominator, axis=-1, padtype="line")
    moved = moved[..., :n].astype(np.float32)
    if moved.shape[-1] < n:
        moved = np.concatenate([moved, np.repeat(moved[..., -1:], n - moved.shape[-1], axis=-1)], axis=-1)
    if missing is not None:
        nearest = np.minimum(np.rint(np.arange(n) * rate_hz / target_hz).astype(np.intp), signal.shape[-1] - 1)
        moved[missing[..., nearest]] = np.nan
    return np.asarray(moved, dtype=np.float32)


def fill_gaps(signal_mv: npt.NDArray[Any]) -> tuple[Doubles, npt.NDArray[np.bool_] | None]:
    """Bridge missing samples by straight lines (a lead without any value becomes zero), and say which they were.

    Returns
    -------
    tuple
        The signal as float64, and a mask of what was missing or None when nothing was.
    """
    filled = np.array(signal_mv, dtype=np.float64)
    missing = ~np.isfinite(filled)
    if not missing.any():
        return filled, None
    rows, gaps = filled.reshape(-1, filled.shape[-1]), missing.reshape(-1, filled.shape[-1])
    for row, gap in zip(rows, gaps, strict=True):
        known = np.flatnonzero(~gap)
        row[gap] = np.interp(np.flatnonzero(gap), known, row[known]) if known.size else 0.0
    return filled, missing


def _around_gaps(signal_mv: npt.NDArray[Any], run: Callable[[Doubles], Doubles]) -> Floats:
    filled, missing = fill_gaps(signal_mv)
    result = run(filled).astype(np.float32)
    if missing is not None:
        result[missing] = np.nan
    return result


def _both_ways(sections: Doubles, signal: Doubles, settle: int) -> Doubles:
    from scipy.signal import sosfiltfilt

    if signal.shape[-1] < 2:
        return np.zeros_like(signal)
    padding = min(signal.shape[-1] - 1, settle)
    return np.asarray(sosfiltfilt(sections, signal, axis=-1, padtype="odd", padlen=padding), dtype=np.float64)


@lru_cache(maxsize=64)
def _butterworth(low_hz: float | None, high_hz: float | None, rate_hz: float) -> Doubles:
    from scipy.signal import butter

    kind: Literal["bandpass", "highpass", "lowpass"]
    if low_hz is not None and high_hz is not None:
        kind, edges = "bandpass", [low_hz, high_hz]
    elif low_hz is not None:
        kind, edges = "highpass", [low_hz]
    else:
        assert high_hz is not None
        kind, edges = "lowpass", [high_hz]
    return np.asarray(butter(_ORDER, edges if len(edges) > 1 else edges[0], kind, fs=rate_hz, output="sos"))
