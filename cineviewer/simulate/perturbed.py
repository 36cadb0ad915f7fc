"""Beats of known course, seen from a chest in which nobody knows how the heart lies or where electrodes slipped to.

What is done to a beat: the heart is turned by an unknown angle (12 degrees, one standard deviation about each axis),
each chest electrode is 10 mm off upwards and along the skin, and every lead has 20 microvolt of white noise. Windows
begin and end where QRS can first and last be seen without noise (`beat.QRS_ENDS_MV`): a delineator's error is not in
them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cineviewer.cine.leads import COLUMNS
from cineviewer.ecg import LEADS, Doubles, Window
from cineviewer.heart import Heart
from cineviewer.records.leads import derived
from cineviewer.simulate import beat, leadfield, recovery, truth
from cineviewer.simulate.activation import activation_ms
from cineviewer.simulate.beat import Excitation
from cineviewer.simulate.person import Body, Person, body
from cineviewer.simulate.scenarios import SCENARIOS

TURN_DEG: Final = 12.0
SLIP_MM: Final = 10.0
NOISE_MV: Final = 0.02
RATE_HZ: Final = 500.0
WINDOW_MS: Final = 400.0


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """One beat's course through a heart, before anybody sees it.

    Attributes
    ----------
    scenario
        Its name.
    activation_ms
        (n,) of each node; infinite where the wave does not come.
    conductivity_s_m
        (n,) of each node's cells.
    front
        Where it is, at each instant after the first node's activation.
    """

    scenario: str
    excitation: Excitation
    activation_ms: Doubles
    conductivity_s_m: Doubles
    front: truth.Front


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A wave as leads show it.

    Attributes
    ----------
    window
        400 ms at 500 Hz from the first visible instant of QRS; without ST and T.
    onset_ms
        That instant, after the first node's activation.
    """

    wave: Wave
    window: Window
    onset_ms: float

    def front_mm(self, n: int) -> tuple[Doubles, Doubles]:
        """Return n even instants from 1 to 98 % of the muscle's activation (ms in the window), and (n, 3) the front."""
        front = self.wave.front
        time = np.linspace(front.time_ms[0], front.time_ms[-1], n)
        at = np.stack([np.interp(time, front.time_ms, column) for column in front.centroid_mm.T], axis=1)
        return time - self.onset_ms, at


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """(8, t) leads at `recovery.times_ms()`, without noise, ST and T; when QRS is first visible, and for how long."""

    leads_mv: Doubles
    onset_ms: float
    qrs_ms: float

    def at(self, time_ms: Doubles) -> Doubles:
        """Return the (8, n) leads at instants after QRS onset."""
        return np.stack([np.interp(self.onset_ms + time_ms, recovery.times_ms(), row) for row in self.leads_mv])


def of(scenario: str, heart: Heart, person: Person | None = None) -> Wave:
    """Return a scenario's beat in a heart: its ectopic one where there is one."""
    kind = SCENARIOS[scenario]
    own = body(person or kind.person, heart)
    return wave(own, scenario, (kind.ectopic or kind.excite)(own))


def wave(own: Body, scenario: str, how: Excitation) -> Wave:
    """Let an excitation run through a body's heart."""
    active = activation_ms(own.tissue, how.sites, how.conduction, slowness=how.slowness, layer=how.layer)
    if how.scar is not None:
        active = np.where(how.scar, np.inf, active)
    return Wave(
        scenario=scenario,
        excitation=how,
        activation_ms=active,
        conductivity_s_m=own.conductivity_s_m(how.strength),
        front=truth.front(active, own.tissue.points_mm),
    )


def displaced(person: Person, random: np.random.Generator) -> Person:
    """Return the same person with a heart that lies otherwise, and electrodes that slipped."""
    turn, up, around = (random.normal(0.0, size, n).tolist() for size, n in ((TURN_DEG, 3), (SLIP_MM, 6), (SLIP_MM, 6)))
    return replace(person, turn_deg=tuple(turn), chest_up_mm=tuple(up), chest_around_mm=tuple(around))


def seen(wave: Wave, own: Body, potentials: Doubles, random: np.random.Generator) -> Seen:
    """Return what a body's nine electrodes see of a wave.

    Parameters
    ----------
    potentials
        (9, n) from `leadfield.Pose.potentials` at the nodes of the body's muscle.
    """
    shown = show(wave, own, potentials)
    window_ms = np.arange(0.0, WINDOW_MS, 1000.0 / RATE_HZ)
    noisy = shown.at(window_ms)
    noisy += random.normal(0.0, NOISE_MV, noisy.shape)
    return Seen(wave, _window(noisy, shown.qrs_ms), shown.onset_ms)


def show(wave: Wave, own: Body, potentials: Doubles) -> Shown:
    """Return the leads of a wave without noise, as `seen` takes them."""
    how, time = wave.excitation, recovery.times_ms()
    rows = leadfield.leads(leadfield.shares(own.tissue, potentials, wave.conductivity_s_m, scar=how.scar))
    rows = own.proportioned(rows)
    clean = recovery.rise(rows, wave.activation_ms)
    on, off = beat.span(time, np.sqrt(np.mean(clean**2, axis=0)), beat.QRS_ENDS_MV)
    if how.notch is not None:
        clean = clean + recovery.notch(rows * how.notch, wave.activation_ms)
    return Shown(clean, on, off - on)


def _window(eight_mv: Doubles, qrs_ms: float) -> Window:
    rows = {lead: row.astype(np.float32) for lead, row in zip(COLUMNS, eight_mv, strict=True)}
    rows |= derived(rows)
    return Window(
        beat=None,
        signal_mv=np.stack([rows[lead] for lead in LEADS]),
        rate_hz=RATE_HZ,
        start_s=0.0,
        j_ms=qrs_ms,
    )
