"""The P wave: two dipoles, the right atrium's and then the left's, that wax and wane where the atria lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.heart import Heart, load
from cineviewer.simulate import leadfield
from cineviewer.simulate.recovery import times_ms


@dataclass(frozen=True, slots=True)
class _Atrium:
    """Above which valve it lies (offset in heart coordinates), its dipole in LPS (mA mm), when it peaks."""

    valve: str
    offset_mm: tuple[float, float, float]
    moment: tuple[float, float, float]
    peak_ms: float
    width_ms: float


_ATRIA: Final = (
    _Atrium("tricuspid", (2.0, -4.0, 20.0), (1.0, -1.0, -1.1), 36.0, 15.0),
    _Atrium("mitral", (0.0, -8.0, 18.0), (2.2, 0.9, -0.7), 64.0, 17.0),
)
"""Vectors as measured in normal P loops: first anterior, inferior and left, then left and posterior."""
P_MS: Final = 104.0
"""From P onset to its end, as the sum of both can be seen."""


def p_wave(heart: Heart, pose: leadfield.Pose, onset_ms: float, gain: float) -> tuple[Doubles, Doubles]:
    """Return the (8, t) leads in mV and the (3, t) moment in LPS of a P wave that begins `onset_ms` after QRS onset."""
    time = times_ms()
    leads, moment = np.zeros((8, time.size)), np.zeros((3, time.size))
    for atrium in _ATRIA:
        # Where a person's surfaces have no valves: heart coordinates put the generic ones into the same plane.
        place = heart.annuli_mm.get(atrium.valve, load().annuli_mm[atrium.valve]) + atrium.offset_mm
        vector = gain * np.array(atrium.moment)
        length = float(np.linalg.norm(vector))
        ends = place + np.outer((0.5, -0.5), vector / length) @ pose.axes.T  # 1 mm apart
        ahead, behind = leadfield.leads(length * pose.potentials(ends)).T
        course = np.exp(-0.5 * ((time - onset_ms - atrium.peak_ms) / atrium.width_ms) ** 2)
        leads += np.outer(ahead - behind, course)
        moment += np.outer(vector, course)
    return leads, moment
