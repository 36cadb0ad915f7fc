"""One heart beat from excitation to leads, with everything that is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.simulate import atria, recovery
from cineviewer.simulate.activation import Conduction, activation_ms
from cineviewer.simulate.person import FRANK_MV, Body, Person, body
from cineviewer.simulate.tissue import Mask

QRS_ENDS_MV: Final = 0.005
"""Root mean square over leads below which QRS cannot be seen."""
_P_ENDS: Final = 0.10
_T_ENDS: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Excitation:
    """How the ventricles are excited in one beat.

    Attributes
    ----------
    sites
        Nodes and the ms at which each begins.
    conduction, slowness, layer
        As `activation.activation_ms` takes them.
    scar
        (n,) nodes without cells.
    longer_ms
        (n,) change of the action potential's duration.
    memory
        How far action potentials have adapted to this order of activation instead of sinus rhythm's, 0 to 1: in a
        lasting block T is less discordant than in its first beats (Rosenbaum et al., Am J Cardiol 1982;50:213).
    strength
        (n,) factor on the currents that flow at a node: thicker muscle than the heart's own.
    notch
        (n,) depth of a notch after the rise, a fraction of the action potential.
    pr_ms
        From P onset to QRS onset; None where no atrium began the beat.
    """

    sites: tuple[tuple[int, float], ...]
    conduction: Conduction
    slowness: Doubles | None = None
    layer: Mask | None = None
    scar: Mask | None = None
    longer_ms: Doubles | None = None
    memory: float = 0.0
    strength: Doubles | None = None
    notch: Doubles | None = None
    pr_ms: float | None = None


Excite = Callable[[Body], Excitation]


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


@dataclass(frozen=True, slots=True, eq=False)
class Beat:
    """One beat at `recovery.times_ms()` after the first node's activation.

    Attributes
    ----------
    p_mv, qrs_mv, st_mv
        (8, t) leads in the order of `cine.leads.COLUMNS`: atria, rises of action potentials, and their falls.
    breath_mv
        (8, t) what a full breath adds to all of them.
    vector_mv
        (3, t) heart vector: X left, Y inferior, Z posterior.
    activation_ms, recovery_ms
        (n,) of each node; infinite where the wave does not come.
    scar
        (n,) nodes without cells.
    """

    p_mv: Doubles
    qrs_mv: Doubles
    st_mv: Doubles
    breath_mv: Doubles
    vector_mv: Doubles
    activation_ms: Doubles
    recovery_ms: Doubles
    scar: Mask

    @property
    def leads_mv(self) -> Doubles:
        """(8, t) all waves together, at rest."""
        return self.p_mv + self.qrs_mv + self.st_mv


@lru_cache(maxsize=32)
def beat(excite: Excite, sinus: Excite, person: Person, rate_bpm: float) -> Beat:
    """Return one beat of a person.

    Parameters
    ----------
    excite
        How this beat is excited.
    sinus
        How the same person's heart is excited without disease: action potentials have the durations that go with it.
    """
    own = body(person)
    how = excite(own)
    n = len(own.tissue.points_mm)
    active = _activation(own, how)
    usual = active if excite is sinus else _activation(own, sinus(own))
    scar = np.zeros(n, dtype=bool) if how.scar is None else how.scar
    reached = np.isfinite(active)
    usual = np.where(reached, usual + how.memory * (np.where(reached, active, 0.0) - usual), usual)
    lasts = recovery.durations_ms(own.tissue, usual, person.durations, rate_bpm)
    recovered = active + lasts + (0.0 if how.longer_ms is None else how.longer_ms)
    rows = own.transfer(how.strength, how.scar)
    rise, fall = recovery.rise(rows, active), recovery.fall(rows, recovered)
    if how.notch is not None:
        fall = fall + recovery.notch(rows * how.notch, active)
    p = p_breath = np.zeros_like(rise[:8])
    p_moment = np.zeros_like(rise[:3])
    if how.pr_ms is not None:
        gain = person.gain * person.p_gain
        p, p_moment = atria.p_wave(own.heart, own.rest, -how.pr_ms, gain)
        p, breathed = own.proportioned(p), own.proportioned(atria.p_wave(own.heart, own.full, -how.pr_ms, gain)[0])
        p_breath = breathed - p
    x, y, z = rise[16:] + fall[16:] + FRANK_MV * p_moment
    return Beat(
        p_mv=p,
        qrs_mv=rise[:8],
        st_mv=fall[:8],
        breath_mv=rise[8:16] + fall[8:16] + p_breath,
        vector_mv=np.stack([x, -z, y]),
        activation_ms=active,
        recovery_ms=recovered,
        scar=scar,
    )


def landmark_times(beat: Beat) -> LandmarkTimes:
    """Return when each wave can first and last be seen in the eight leads together, without noise.

    QRS: their root mean square above 5 microvolt; P and T: above a tenth and a twentieth of its own peak.
    R: where leads are highest or deepest, their median, higher leads counting more.
    """
    time = recovery.times_ms()
    qrs, st, p = (np.sqrt(np.mean(wave**2, axis=0)) for wave in (beat.qrs_mv, beat.qrs_mv + beat.st_mv, beat.p_mv))
    qrs_on, qrs_off = span(time, qrs, QRS_ENDS_MV)
    after = np.where(time > qrs_off + 40.0, st, 0.0)
    has_p = bool(p.any())
    p_on, p_off = span(time, p, _P_ENDS * p.max()) if has_p else (None, None)
    return LandmarkTimes(
        r_ms=_highest_ms(time, np.abs(beat.qrs_mv)),
        qrs_on_ms=qrs_on,
        qrs_off_ms=qrs_off,
        t_peak_ms=float(time[after.argmax()]),
        t_end_ms=span(time, after, _T_ENDS * after.max())[1],
        p_on_ms=p_on,
        p_off_ms=p_off,
    )


def span(time_ms: Doubles, size_mv: Doubles, threshold_mv: float) -> tuple[float, float]:
    """Return when a size is first and last above a threshold."""
    above = np.flatnonzero(size_mv > threshold_mv)
    return float(time_ms[above[0]]), float(time_ms[above[-1]])


def _highest_ms(time_ms: Doubles, size_mv: Doubles) -> float:
    peaks = size_mv.argmax(axis=1)
    order = np.argsort(peaks)
    weight = np.cumsum(size_mv.max(axis=1)[order])
    return float(time_ms[peaks[order][np.searchsorted(weight, weight[-1] / 2.0)]])


def _activation(own: Body, how: Excitation) -> Doubles:
    active = activation_ms(own.tissue, how.sites, how.conduction, slowness=how.slowness, layer=how.layer)
    if how.scar is not None:
        active = np.where(how.scar, np.inf, active)
    return active
