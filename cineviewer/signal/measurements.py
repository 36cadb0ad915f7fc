"""Rate, intervals and axes, each with its method, or with the reason why there is none."""

from __future__ import annotations

from math import atan2, degrees, sqrt

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import LEADS, Doubles, Floats, Measurement, Measurements, MedianBeat

_GLOBAL = "median beat, all leads together"
_AXIS = "net area in I and aVF, median beat"
_NO_BEATS = "no beats were found"
LEAST_MEAN_MV = 0.01  # a mean vector shorter than this has no direction
LEAST_NET_SHARE = 0.10  # of the area that the wave covers; under it the axis is indeterminate
_T_RISE = 1.2  # a T wave rises this much longer than it falls


def measure(median: MedianBeat | None, r_s: npt.NDArray[np.float64]) -> Measurements:
    """Measure a record.

    Parameters
    ----------
    median
        Its median beat with landmarks; None when the record has no beats.
    r_s
        All its R peaks in seconds.
    """
    rr_s = float(np.mean(np.diff(r_s))) if r_s.size > 1 else None
    few = _NO_BEATS if r_s.size == 0 else "one beat has no rate"
    rate = Measurement(
        None if rr_s is None else 60.0 / rr_s, "bpm", "mean RR interval", int(r_s.size), few if rr_s is None else None
    )
    if median is None:
        none = Measurement(None, "ms", _GLOBAL, 0, _NO_BEATS)
        axis = Measurement(None, "deg", _AXIS, 0, _NO_BEATS)
        return Measurements(
            rate, none, none, none, _corrected(none, rr_s, "Bazett"), _corrected(none, rr_s, "Fridericia"), axis, axis
        )
    marks = median.landmarks
    qt = _interval(median, marks.qrs_on, marks.t_end, "the T wave's end is not to be seen")
    t_start = None
    if marks.t_peak is not None and marks.t_end is not None:
        t_start = max(marks.qrs_off or 0, round(marks.t_peak - _T_RISE * (marks.t_end - marks.t_peak)))
    return Measurements(
        hr_bpm=rate,
        pr_ms=_interval(median, marks.p_on, marks.qrs_on, "no P wave leads the QRS"),
        qrs_ms=_interval(median, marks.qrs_on, marks.qrs_off, "the QRS has no clear edges"),
        qt_ms=qt,
        qtcb_ms=_corrected(qt, rr_s, "Bazett"),
        qtcf_ms=_corrected(qt, rr_s, "Fridericia"),
        qrs_axis_deg=_axis(median, marks.qrs_on, marks.qrs_off, "QRS"),
        t_axis_deg=_axis(median, t_start, marks.t_end, "T wave"),
    )


def pq_level(signal_mv: npt.NDArray[np.floating], rate_hz: float, qrs_on: int) -> Floats:
    """Voltage of each lead at rest, between the P wave and the QRS.

    Parameters
    ----------
    signal_mv
        (leads, samples).
    qrs_on
        Sample of QRS onset.

    Returns
    -------
    Floats
        (leads,) median of the 20 ms before the onset, NaN for missing leads.
    """
    first = max(0, qrs_on - max(1, round(0.02 * rate_hz)))
    return np.asarray(np.median(signal_mv[:, first : max(qrs_on, first + 1)], axis=1), dtype=np.float32)


def _interval(median: MedianBeat, start: int | None, end: int | None, reason: str) -> Measurement:
    if start is None or end is None:
        return Measurement(None, "ms", _GLOBAL, median.n_beats, reason)
    return Measurement((end - start) * 1000.0 / median.rate_hz, "ms", _GLOBAL, median.n_beats)


def _corrected(qt: Measurement, rr_s: float | None, formula: str) -> Measurement:
    """QT divided by the square (Bazett 1920) or cube root (Fridericia 1920) of the mean RR interval in seconds."""
    method = f"{formula}, mean RR interval"
    if qt.value is None or rr_s is None:
        return Measurement(None, "ms", method, qt.n_beats, qt.reason or "one beat has no rate")
    return Measurement(qt.value / rr_s ** (1 / 2 if formula == "Bazett" else 1 / 3), "ms", method, qt.n_beats)


def _axis(median: MedianBeat, start: int | None, end: int | None, wave: str) -> Measurement:
    """Direction of the mean vector in the frontal plane, 0 to the left, 90 down."""

    def none(reason: str) -> Measurement:
        return Measurement(None, "deg", _AXIS, median.n_beats, reason)

    qrs_on = median.landmarks.qrs_on
    if start is None or end is None or qrs_on is None or end <= start:
        return none(f"the {wave} was not found")
    limb: Doubles = median.signal_mv[[LEADS.index("I"), LEADS.index("aVF")]].astype(np.float64)
    if not np.isfinite(limb[:, start:end]).all():
        return none("lead I or aVF is missing")
    part = limb[:, start:end] - pq_level(limb, median.rate_hz, qrs_on)[:, None]
    # An augmented lead is sqrt(3)/2 times as long as a bipolar one.
    part[1] *= 2.0 / sqrt(3.0)
    across, down = part.mean(axis=1).tolist()
    covered = float(np.mean(np.hypot(part[0], part[1])))
    if np.hypot(across, down) < max(LEAST_MEAN_MV, LEAST_NET_SHARE * covered):
        return none(f"the net {wave} is near zero in the frontal plane")
    return Measurement(degrees(atan2(down, across)), "deg", _AXIS, median.n_beats)
