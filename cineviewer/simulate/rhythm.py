"""When the beats come: a rate that breathes, wanders a little, and may be interrupted by an early beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.simulate.scenarios import Scenario

_BREATHING_SHARE: Final = 0.025
_WANDER_SHARE: Final = 0.008
_EARLY: Final = 0.62
"""An ectopic beat comes after this share of the interval; the pause after it makes up for it."""


@dataclass(frozen=True, slots=True)
class Breathing:
    """One person's breathing during the record: the heart's rate, position and the electrodes follow it."""

    rate_hz: float
    phase_rad: float

    def at(self, time_s: Doubles) -> Doubles:
        """Return the (n,) depth of breath at some instants, from -1 to 1."""
        return np.sin(2 * np.pi * self.rate_hz * time_s + self.phase_rad)


@dataclass(frozen=True, slots=True)
class Onset:
    """Where the QRS of one beat begins."""

    time_s: float
    ectopic: bool


def onsets(scenario: Scenario, breathing: Breathing, duration_s: float, random: np.random.Generator) -> list[Onset]:
    """Return the QRS onsets of a record, beats that it cuts at either end included."""
    interval_s = 60.0 / scenario.rate_bpm
    time_s = -float(random.uniform(0.0, interval_s))
    found: list[Onset] = []
    while time_s < duration_s + interval_s:
        early = scenario.ectopic is not None and len(found) % scenario.ectopic_every == scenario.ectopic_every - 1
        found.append(Onset(time_s - (1.0 - _EARLY) * interval_s if early else time_s, early))
        breath = float(breathing.at(np.array([time_s]))[0])
        time_s += interval_s * (1.0 - _BREATHING_SHARE * breath + _WANDER_SHARE * float(random.standard_normal()))
    return found
