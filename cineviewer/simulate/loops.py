"""Vector loops: P, QRS and T as sums of smooth pulses in Frank's axes, and the eight independent leads they cause.

This is the only module that knows how a beat comes about; a simulator of the activation itself can take its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cineviewer.cine.leads import COLUMNS, DOWER
from cineviewer.ecg import Doubles

FIRST_MS: Final = -320.0
LAST_MS: Final = 640.0
"""Every loop is zero outside this span around QRS onset, to a tenth of a microvolt."""

_QRS_ENDS_MV: Final = 0.01
_P_ENDS: Final = 0.10
_T_ENDS: Final = 0.05
_LIMB: Final = len(COLUMNS) - 6


@dataclass(frozen=True, slots=True)
class Pulse:
    """One smooth bump of the heart vector: a Gaussian whose rise and fall differ.

    Attributes
    ----------
    peak_ms
        After QRS onset.
    rise_ms, fall_ms
        Standard deviations before and after the peak.
    vector_mv
        X left, Y inferior, Z posterior at the peak.
    chest_mv
        What V1..V6 show beyond the dipole: their electrodes lie close to the heart.
    """

    peak_ms: float
    rise_ms: float
    fall_ms: float
    vector_mv: tuple[float, float, float]
    chest_mv: tuple[float, float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Loops:
    """The pulses of one beat by wave; `p` is empty in a beat that no atrium began."""

    p: tuple[Pulse, ...]
    qrs: tuple[Pulse, ...]
    st: tuple[Pulse, ...]


@dataclass(frozen=True, slots=True)
class LandmarkTimes:
    """When the waves of one beat begin, peak and end, in ms after QRS onset's nominal instant."""

    r_ms: float
    qrs_on_ms: float
    qrs_off_ms: float
    t_peak_ms: float
    t_end_ms: float
    p_on_ms: float | None
    p_off_ms: float | None


def vector_mv(pulses: tuple[Pulse, ...], time_ms: Doubles) -> Doubles:
    """Return the (3, n) heart vector of some pulses at (n,) instants: X left, Y inferior, Z posterior."""
    return _sum([pulse.vector_mv for pulse in pulses], pulses, time_ms, rows=3)


def leads_mv(pulses: tuple[Pulse, ...], time_ms: Doubles) -> Doubles:
    """Return the (8, n) independent leads, in the order of `cine.leads.COLUMNS`, that some pulses cause.

    Source of the dipole's share: Dower et al., J Electrocardiol 1980;13:319.
    """
    heights = [DOWER @ pulse.vector_mv + (*pulse.chest_mv, *[0.0] * _LIMB) for pulse in pulses]
    return _sum(heights, pulses, time_ms, rows=len(COLUMNS))


def landmark_times(loops: Loops) -> LandmarkTimes:
    """Return when each wave can first and last be seen in the eight leads together, without noise.

    QRS: their root mean square above 10 microvolt; P and T: above a tenth and a twentieth of its own peak.
    """
    time_ms = np.arange(FIRST_MS, LAST_MS, 0.5)
    qrs, st, p = (np.sqrt(np.mean(leads_mv(wave, time_ms) ** 2, axis=0)) for wave in (loops.qrs, loops.st, loops.p))
    qrs_on, qrs_off = _span(time_ms, qrs, _QRS_ENDS_MV)
    p_on, p_off = _span(time_ms, p, _P_ENDS * p.max()) if loops.p else (None, None)
    return LandmarkTimes(
        r_ms=float(time_ms[qrs.argmax()]),
        qrs_on_ms=qrs_on,
        qrs_off_ms=qrs_off,
        t_peak_ms=float(time_ms[st.argmax()]),
        t_end_ms=_span(time_ms, st, _T_ENDS * st.max())[1],
        p_on_ms=p_on,
        p_off_ms=p_off,
    )


def _span(time_ms: Doubles, size_mv: Doubles, threshold_mv: float) -> tuple[float, float]:
    above = np.flatnonzero(size_mv > threshold_mv)
    return float(time_ms[above[0]]), float(time_ms[above[-1]])


def _sum(
    heights: Sequence[Doubles | tuple[float, ...]], pulses: tuple[Pulse, ...], time_ms: Doubles, *, rows: int
) -> Doubles:
    total = np.zeros((rows, time_ms.size))
    for height, pulse in zip(heights, pulses, strict=True):
        width_ms = np.where(time_ms < pulse.peak_ms, pulse.rise_ms, pulse.fall_ms)
        total += np.outer(np.asarray(height), np.exp(-0.5 * ((time_ms - pulse.peak_ms) / width_ms) ** 2))
    return total
