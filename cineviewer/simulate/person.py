"""A person who never was: how the heart lies, where electrodes were placed, how cells are excited."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np

from cineviewer import heart
from cineviewer.ecg import Doubles
from cineviewer.heart import Heart
from cineviewer.simulate import leadfield, torso
from cineviewer.simulate.recovery import Durations
from cineviewer.simulate.tissue import Mask, Tissue, tissue

_CONDUCTIVITY_S_M: Final = 0.1
_BREATH_MM: Final = 7.0
_BREATH_DEG: Final = 2.5
_BREATH_GAIN: Final = 0.04
"""A deep breath moves the heart down and turns it upright, and the lungs between it and the skin weaken its potentials;
each way from the middle."""

Six = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Person:
    """One virtual person; the defaults are the generic one.

    Attributes
    ----------
    turn_deg
        Of the heart about the left, posterior and superior axes.
    shift_mm
        Of the heart to left, posterior and superior.
    chest_up_mm, chest_around_mm
        Of the electrodes V1..V6 from their right places, upwards and towards the left along the skin.
    gain
        Of all potentials: body size and conductivities.
    layer_m_s, right_layer_m_s
        Speed in the layers that Purkinje fibres feed.
    tissue_speed
        Factor on the speed in muscle.
    anterior_ms, septal_ms, posterior_ms, right_ms
        When the left bundle's three fascicles and the right bundle reach the muscle.
    durations
        Of action potentials.
    pr_ms, p_gain
        P wave.
    """

    turn_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    chest_up_mm: Six = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    chest_around_mm: Six = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    gain: float = 1.0
    layer_m_s: float = 1.1
    right_layer_m_s: float = 1.0
    tissue_speed: float = 0.9
    anterior_ms: float = 2.0
    septal_ms: float = 0.0
    posterior_ms: float = 3.0
    right_ms: float = 8.0
    durations: Durations = field(default_factory=Durations)
    pr_ms: float = 155.0
    p_gain: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A person's heart in the person's chest.

    Attributes
    ----------
    fields
        Lead fields at rest and at the depth of a breath.
    """

    person: Person
    heart: Heart
    tissue: Tissue
    rest: leadfield.Field
    full: leadfield.Field

    def transfer(self, strength: Doubles | None = None, scar: Mask | None = None) -> Doubles:
        """Return what each node's action potential causes: (19, n).

        Rows: eight leads in mV at rest, their change by a full breath, and the dipole moment in LPS scaled to mV as
        Frank's leads are.

        Parameters
        ----------
        strength
            (n,) factor on the currents at a node.
        scar
            (n,) nodes without cells.
        """
        n = len(self.tissue.points_mm)
        conductivity = _CONDUCTIVITY_S_M * self.person.gain * (np.ones(n) if strength is None else strength)
        rest, full = (
            leadfield.leads(leadfield.transfer(self.tissue, field, conductivity, scar=scar))
            for field in (self.rest, self.full)
        )
        moments = leadfield.moments(self.tissue, self.rest.to_torso, conductivity, scar=scar)
        return np.concatenate([rest, (1.0 - _BREATH_GAIN) * full - rest, FRANK_MV * moments])


FRANK_MV: Final = 0.0115
"""Frank's leads in mV per mA mm of dipole: the torso's lead vectors beside Dower's (see the tests)."""


@lru_cache(maxsize=8)
def body(person: Person) -> Body:
    """Return a person's body, solved; the last few are kept."""
    ventricles = heart.load()
    muscle = tissue(ventricles)
    return Body(
        person, ventricles, muscle, _field(ventricles, muscle, person, 0.0), _field(ventricles, muscle, person, 1.0)
    )


def _field(ventricles: Heart, muscle: Tissue, person: Person, breath: float) -> leadfield.Field:
    turn = _rotation(person.turn_deg) @ _rotation((0.0, _BREATH_DEG * breath, 0.0))
    place = np.array(torso.HEART_MM) + person.shift_mm - (0.0, 0.0, _BREATH_MM * breath)
    return leadfield.field(
        muscle.points_mm.min(axis=0),
        muscle.points_mm.max(axis=0),
        ventricles.centroid_mm,
        ventricles.axes @ turn.T,
        place,
        torso.electrodes(person.chest_up_mm, person.chest_around_mm),
    )


def _rotation(turn_deg: tuple[float, float, float]) -> Doubles:
    """Return the rotation about an axis whose components are its angles."""
    vector = np.radians(turn_deg)
    angle = float(np.linalg.norm(vector))
    if angle == 0.0:
        return np.eye(3)
    x, y, z = vector / angle
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + np.sin(angle) * skew + (1.0 - np.cos(angle)) * skew @ skew)
