"""Rate, intervals and axes, each with its method, or with the reason why there is none."""

from __future__ import annotations

from math import atan2, degrees

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import LEADS, Landmarks, Measurement, Measurements, MedianBeat

_GLOBAL = "median beat, all leads"
_NO_BEATS = "no beats were found"


def measure(median: MedianBeat | None, r_s: npt.NDArray[np.float64]) -> Measurements:
    """Measure a record.

    Parameters
    ----------
    median
        Its median beat with landmarks.
    r_s
        All its R peaks in seconds.
    """
    intervals = np.diff(r_s)
    rr_s = float(np.mean(intervals)) if intervals.size else None
    marks = median.landmarks if median else Landmarks(0)
    rate = median.rate_hz if median else 1.0
    n = median.n_beats if median else 0
    qt = _span(marks.qrs_on, marks.t_end, rate, n, "no T end", bool(median))
    return Measurements(
        hr_bpm=Measurement(
            None if rr_s is None else 60.0 / rr_s,
            "bpm",
            "mean RR interval",
            int(r_s.size),
            "fewer than two beats" if rr_s is None else None,
        ),
        pr_ms=_span(marks.p_on, marks.qrs_on, rate, n, "no P wave", bool(median)),
        qrs_ms=_span(marks.qrs_on, marks.qrs_off, rate, n, "no QRS", bool(median)),
        qt_ms=qt,
        qtcb_ms=_corrected(qt, rr_s, 1 / 2, "Bazett"),
        qtcf_ms=_corrected(qt, rr_s, 1 / 3, "Fridericia"),
        qrs_axis_deg=_axis(median, marks.qrs_on, marks.qrs_off),
        t_axis_deg=_axis(median, marks.qrs_off, marks.t_end),
    )


def _span(start: int | None, end: int | None, rate_hz: float, n: int, reason: str, found: bool) -> Measurement:
    if start is None or end is None:
        return Measurement(None, "ms", _GLOBAL, n, reason if found else _NO_BEATS)
    return Measurement((end - start) * 1000.0 / rate_hz, "ms", _GLOBAL, n)


def _corrected(qt: Measurement, rr_s: float | None, power: float, name: str) -> Measurement:
    if qt.value is None or rr_s is None:
        return Measurement(None, "ms", name, qt.n_beats, qt.reason or "fewer than two beats")
    return Measurement(qt.value / rr_s**power, "ms", name, qt.n_beats)


def _axis(median: MedianBeat | None, start: int | None, end: int | None) -> Measurement:
    method = "net area in I and aVF"
    if median is None or start is None or end is None:
        return Measurement(None, "deg", method, median.n_beats if median else 0, "wave not found")
    part = median.signal_mv[:, start:end]
    x, y = part[LEADS.index("I")].sum(), part[LEADS.index("aVF")].sum()
    if not np.isfinite(x + y):
        return Measurement(None, "deg", method, median.n_beats, "lead I or aVF is missing")
    return Measurement(degrees(atan2(2.0 / np.sqrt(3.0) * y, x)), "deg", method, median.n_beats)
