"""Doubts about a signal that could be read: voltages no heart makes, limb leads that disagree, arms swapped.

Each check sees the leads of the file only (never derived ones) and answers with a sentence or None.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cineviewer.ecg import Doubles, Floats
from cineviewer.records.leads import IN_I_AND_II, LIMB

HIGHEST_MV = 15.0
"""Median over leads of the swing within a second; the largest QRS of published 12-lead records stay below 10 mV."""
IMPOSSIBLE_MV = 50.0
LOWEST_MV = 0.01
LAW_TOLERANCE_MV = 0.05
LAW_TOLERANCE_SHARE = 0.1
"""Limb leads disagree where the 95th percentile of the law's residual exceeds both."""
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
        allowed = max(LAW_TOLERANCE_MV, LAW_TOLERANCE_SHARE * max(_spread(leads[lead]), _spread(expected)))
        if residual > allowed and residual / allowed > worst_excess:
            worst, worst_excess, worst_lead = residual, residual / allowed, lead
    if not worst_lead:
        return None
    return (
        f"The limb leads disagree: {worst_lead} is {worst:.2f} mV away from what {first} and {second} make it "
        "(Einthoven's law), so their gains are wrong or a lead is misnamed"
    )


def arms_swapped(leads: Mapping[str, Floats], rate_hz: float) -> str | None:
    """Check for right and left arm electrodes swapped: lead I upside down against V6 and aVR upright."""
    if not {"I", "aVR", "V6"} <= leads.keys():
        return None
    names = tuple(leads)
    coarse = _coarse(np.stack([leads[name] for name in names]), rate_hz)
    if coarse is None:
        return None
    signal, step_s = coarse
    i, avr, v6 = (signal[names.index(name)] for name in ("I", "aVR", "V6"))
    qrs = _qrs(signal, step_s)
    if not 0 < qrs.mean() < 0.5:
        return None
    upside_down = i[qrs].mean() < 0 < avr[qrs].mean() and v6[qrs].mean() > 0
    if upside_down and _correlation(i[qrs], v6[qrs]) < -0.5 and _correlation(i[~qrs], v6[~qrs]) < -0.3:
        return (
            "Right and left arm electrodes may be swapped: lead I is upside down against V6, and aVR is upright "
            "(dextrocardia looks alike, but V6 is small then)"
        )
    return None


def _spread(signal_mv: Floats) -> float:
    """Return the 95th percentile of the distance from the median, blind to an electrode's offset and to NaN."""
    finite = signal_mv[np.isfinite(signal_mv)]
    if not finite.size:
        return 0.0
    finite = finite[:: max(1, finite.size // 20_000)]
    return float(np.percentile(np.abs(finite - np.median(finite)), 95))


def _coarse(signal_mv: Floats, rate_hz: float) -> tuple[Doubles, float] | None:
    """Return the first minute in steps of about 8 ms, each lead without its slow drift; None if it is too short."""
    step = max(1, round(_STEP_S * rate_hz))
    step_s = step / rate_hz
    n = min(signal_mv.shape[1], round(60 * rate_hz)) // step * step
    signal = np.nan_to_num(signal_mv[:, :n].astype(np.float64)).reshape(len(signal_mv), -1, step).mean(axis=2)
    second = round(1 / step_s)
    if signal.shape[1] < 2 * second:
        return None
    signal = signal[:, : signal.shape[1] // second * second].reshape(len(signal), -1, second)
    return (signal - np.median(signal, axis=2, keepdims=True)).reshape(len(signal), -1), step_s


def _qrs(signal: Doubles, step_s: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Mark where all leads together change fast: around the QRS complexes."""
    speed = np.abs(np.gradient(signal, axis=1)).sum(axis=0)
    width = max(1, round(_QRS_S / step_s))
    smooth = np.convolve(speed, np.ones(width) / width, mode="same")
    return np.asarray(smooth > 0.4 * np.percentile(smooth, 98))


def _correlation(a: Doubles, b: Doubles) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else 0.0
