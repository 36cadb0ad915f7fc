"""Doubts about a signal that could be read: voltages no heart makes, limb leads that disagree, arms swapped.

Each check sees the leads of the file only (never derived ones) and answers with a sentence or None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cineviewer.ecg import Doubles, Floats
from cineviewer.records.leads import IN_I_AND_II, LIMB

HIGHEST_MV = 15.0
"""Median over leads of the swing within a second; the largest QRS of published 12-lead records stay below 10 mV."""
IMPOSSIBLE_MV = 50.0
LOWEST_MV = 0.01
LAW_TOLERANCE_MV = 0.015
LAW_TOLERANCE_SHARE = 0.1
"""Limb leads disagree where the 95th percentile of the law's residual exceeds both.

In PTB-XL, CPSC 2018, Georgia, Chapman and PTB it stays below 0.003 mV; under LUDB's own headers, whose gains are
wrong, it is 0.017 mV and a share of 0.13 or more in all 200 records.
"""
_STEP_S = 0.008
_QRS_S = 0.08


def swing_mv(leads: Mapping[str, Floats], rate_hz: float) -> float:
    """Return how far a typical lead swings within a typical second, in mV; 0 if all leads are flat."""
    swings = []
    for lead in leads.values():
        n = max(1, min(round(rate_hz), lead.size))
        seconds = lead[: lead.size // n * n].reshape(-1, n)
        swing = seconds.max(axis=1) - seconds.min(axis=1)
        swing = swing[np.isfinite(swing) & (swing > 0)]
        if swing.size:
            swings.append(float(np.median(swing)))
    return float(np.median(swings)) if swings else 0.0


def limb_leads_disagree(leads: Mapping[str, Floats]) -> str | None:
    """Check Einthoven's law and Goldberger's definitions among the limb leads that the file holds."""
    known = [lead for lead in LIMB if lead in leads]
    if len(known) < 3:
        return None
    first, second = known[:2]
    matrix = np.linalg.inv(np.array([IN_I_AND_II[first], IN_I_AND_II[second]]))
    worst, worst_excess, worst_lead = 0.0, 0.0, ""
    for lead in known[2:]:
        a, b = np.asarray(IN_I_AND_II[lead]) @ matrix
        expected = np.float32(a) * leads[first] + np.float32(b) * leads[second]
        residual = _spread(leads[lead] - expected)
        if residual <= LAW_TOLERANCE_MV:
            continue
        allowed = max(LAW_TOLERANCE_MV, LAW_TOLERANCE_SHARE * max(_spread(leads[lead]), _spread(expected)))
        if residual > allowed and residual / allowed > worst_excess:
            worst, worst_excess, worst_lead = residual, residual / allowed, lead
    if not worst_lead:
        return None
    return (
        f"The limb leads disagree: {worst_lead} is {1000 * worst:.0f} µV away from what {first} and {second} make it "
        "(Einthoven's law), so their gains are wrong or a lead is misnamed"
    )


def arms_swapped(leads: Mapping[str, Floats], rate_hz: float) -> str | None:
    """Check for right and left arm electrodes swapped: lead I upside down against an upright V6, QRS, P and T alike.

    On 2,964 records of PTB-XL at 500 Hz this suspects 1, and 87 of 100 of the same with arms swapped by computation.
    """
    if not {"I", "V6"} <= leads.keys():
        return None
    names = ("I", "V6", *(name for name in leads if name not in ("I", "V6")))
    coarse = _coarse([leads[name] for name in names], rate_hz)
    if coarse is None:
        return None
    signal, step_s = coarse
    i, v6 = _level(signal[:2], step_s)
    qrs = _qrs(signal, step_s)
    if not 0 < qrs.mean() < 0.5:
        return None
    upside_down = i[qrs].mean() < 0 < v6[qrs].mean() and _correlation(i[qrs], v6[qrs]) < -0.3
    if upside_down and _correlation(i[~qrs], v6[~qrs]) < 0:
        return "Right and left arm electrodes may be swapped: lead I is upside down against V6"
    return None


def _spread(signal_mv: Floats) -> float:
    """Return the 95th percentile of the distance from the median, blind to an electrode's offset and to NaN."""
    finite = signal_mv[np.isfinite(signal_mv)]
    if not finite.size:
        return 0.0
    finite = finite[:: max(1, finite.size // 2_500)]
    return float(np.percentile(np.abs(finite - np.median(finite)), 95))


def _coarse(leads: Sequence[Floats], rate_hz: float) -> tuple[Floats, float] | None:
    """Return the first minute in steps of about 8 ms and the step; None if there are less than two seconds."""
    step = max(1, round(_STEP_S * rate_hz))
    second = round(rate_hz / step)
    n = min(leads[0].size, round(60 * rate_hz)) // (step * second) * (step * second)
    if n < 2 * step * second:
        return None
    signal = np.nan_to_num(np.stack([lead[:n] for lead in leads])).reshape(len(leads), -1, step)
    return np.asarray(signal.sum(axis=2) / np.float32(step), dtype=np.float32), step / rate_hz


def _level(signal: Floats, step_s: float) -> Doubles:
    """Take from each second its median: the slow drift, about the PQ level."""
    seconds = signal.astype(np.float64).reshape(len(signal), -1, round(1 / step_s))
    return (seconds - np.median(seconds, axis=2, keepdims=True)).reshape(len(signal), -1)


def _qrs(signal: Floats, step_s: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Mark where all leads together change fast: around the QRS complexes."""
    speed = np.abs(np.diff(signal, axis=1, prepend=signal[:, :1])).sum(axis=0)
    width = max(1, round(_QRS_S / step_s))
    smooth = np.convolve(speed, np.ones(width) / width, mode="same")
    return np.asarray(smooth > 0.4 * np.percentile(smooth, 98))


def _correlation(a: Doubles, b: Doubles) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else 0.0
