"""A person who never was: how the heart lies, where electrodes were placed, how cells are excited."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np

from cineviewer import heart
from cineviewer.cine.leads import COLUMNS
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

Three = tuple[float, float, float]
Six = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Fascicle:
    """Where a branch of the bundles first reaches muscle, and when.

    Attributes
    ----------
    angle_deg, apicobasal
        As in `Tissue`: 0 septum, 90 anterior; 0 apex, 1 AV plane.
    ms
        After the first node of the ventricles.
    """

    angle_deg: float
    apicobasal: float
    ms: float


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
    limb_gain
        Of the limb leads against the chest leads: how broad and long the trunk is for its depth.
    layer_m_s, right_layer_m_s
        Speed in the layers that Purkinje fibres feed.
    tissue_speed
        Factor on the speed in muscle.
    anterior, septal, posterior, right_septal, right
        Where Purkinje fibres first reach muscle. Source: Durrer et al., Circulation 1970;41:899: high on the anterior
        paraseptal wall, in the middle of the left septum, on the posterior paraseptal wall a third from the apex; on
        the right at the foot of the anterior papillary muscle, 5 to 10 ms later.
    durations
        Of action potentials.
    left_gain
        Of the left ventricle's currents: how thick it is.
    pr_ms, p_gain
        P wave.
    rate_bpm
        None: the scenario's.
    """

    turn_deg: Three = (5.6, 4.4, 1.5)
    shift_mm: Three = (-0.9, 5.1, 0.1)
    chest_up_mm: Six = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    chest_around_mm: Six = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    gain: float = 0.7556
    limb_gain: float = 1.1
    left_gain: float = 1.1195
    layer_m_s: float = 1.221
    right_layer_m_s: float = 1.105
    tissue_speed: float = 0.9326
    anterior: Fascicle = Fascicle(40.4, 0.91, 2.1)
    septal: Fascicle = Fascicle(9.2, 0.51, 0.0)
    posterior: Fascicle = Fascicle(-86.4, 0.28, 8.9)
    right_septal: Fascicle = Fascicle(-12.6, 0.583, 4.7)
    right: Fascicle = Fascicle(18.8, 0.472, 6.6)
    durations: Durations = field(default_factory=Durations)
    pr_ms: float = 160.0
    p_gain: float = 1.0
    rate_bpm: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A person's heart in the person's chest.

    Attributes
    ----------
    rest, full
        How the heart lies at rest, and at the depth of a breath.
    """

    person: Person
    heart: Heart
    tissue: Tissue
    rest: leadfield.Pose
    full: leadfield.Pose

    def conductivity_s_m(self, strength: Doubles | None = None) -> Doubles:
        """Return the (n,) conductivity of the muscle's cells; `strength` is a factor on the currents at a node."""
        own = np.where(self.tissue.left, self.person.left_gain, 1.0)
        return np.asarray(_CONDUCTIVITY_S_M * self.person.gain * own * (1.0 if strength is None else strength))

    def proportioned(self, leads_mv: Doubles) -> Doubles:
        """Return the (8, ...) leads that the standard trunk shows as this person's trunk does."""
        own = leads_mv.copy()
        own[[COLUMNS.index("I"), COLUMNS.index("II")]] *= self.person.limb_gain
        return own

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
        if strength is None and scar is None:
            return _healthy(self)
        return _solved(self, strength, scar)


FRANK_MV: Final = 0.066
"""Frank's leads in mV per mA mm of dipole: the torso's lead vectors beside Dower's (see the tests)."""


@lru_cache(maxsize=8)
def body(person: Person, ventricles: Heart | None = None) -> Body:
    """Return a person's body, with the generic heart unless another is given; the last few are kept."""
    own = ventricles or heart.load()
    return Body(person, own, tissue(own), _pose(own, person, 0.0), _pose(own, person, 1.0))


@lru_cache(maxsize=4)
def _healthy(own: Body) -> Doubles:
    return _solved(own, None, None)


def _solved(own: Body, strength: Doubles | None, scar: Mask | None) -> Doubles:
    conductivity = own.conductivity_s_m(strength)
    rest, full = (leadfield.transfer(own.tissue, pose, conductivity, scar=scar) for pose in (own.rest, own.full))
    leads, breathed = (own.proportioned(leadfield.leads(seen[:9])) for seen in (rest, full))
    return np.concatenate([leads, (1.0 - _BREATH_GAIN) * breathed - leads, FRANK_MV * rest[9:]])


def _pose(ventricles: Heart, person: Person, breath: float) -> leadfield.Pose:
    turn = _rotation(person.turn_deg) @ _rotation((0.0, _BREATH_DEG * breath, 0.0))
    return leadfield.Pose(
        ventricles.axes @ turn.T,
        ventricles.centroid_mm,
        np.array(torso.HEART_MM) + person.shift_mm - (0.0, 0.0, _BREATH_MM * breath),
        torso.electrodes(person.chest_up_mm, person.chest_around_mm),
        max(1.0, _reach_mm(ventricles) / _reach_mm(heart.load())),
    )


@lru_cache(maxsize=8)
def _reach_mm(ventricles: Heart) -> float:
    """Return how far muscle lies from its centroid (root mean square): a larger heart needs a larger chest."""
    away = ventricles.walls_mm - ventricles.centroid_mm
    return float(np.sqrt(np.mean(np.sum(away**2, axis=1))))


def _rotation(turn_deg: Three) -> Doubles:
    """Return the rotation about an axis whose components are its angles."""
    vector = np.radians(turn_deg)
    angle = float(np.linalg.norm(vector))
    if angle == 0.0:
        return np.eye(3)
    x, y, z = vector / angle
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + np.sin(angle) * skew + (1.0 - np.cos(angle)) * skew @ skew)
