"""The scenarios: how each disease changes the way in which the ventricles are excited, and how fast the heart beats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.simulate.activation import ACROSS_M_S, ALONG_M_S, Conduction
from cineviewer.simulate.beat import Excitation, Excite
from cineviewer.simulate.person import Body, Fascicle, Person, Three
from cineviewer.simulate.tissue import Mask

_GENERIC: Final = Person()
Sites = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of record.

    Attributes
    ----------
    title
        As a cardiologist would name it.
    excite
        The dominant beat.
    person
        Who has it if nobody else is named: hearts lie differently in those who have the disease.
    ectopic, ectopic_every
        Another beat, without P, that comes early in place of each n-th one; None where there is none.
    """

    title: str
    rate_bpm: float
    excite: Excite
    person: Person = _GENERIC
    ectopic: Excite | None = None
    ectopic_every: int = 0


def normal(own: Body) -> Excitation:
    """Excite both ventricles through both bundles."""
    return Excitation(_left_sites(own) + _right_sites(own), _conduction(own), pr_ms=own.person.pr_ms)


def left_block(own: Body) -> Excitation:
    """Excite the right ventricle first; the left one is reached through the septum, in slow muscle."""
    person, left = own.person, own.tissue.left
    septum, free_wall = _right_layers(own)
    first = _site(own, septum, replace(person.right_septal, ms=0.0))
    return Excitation(
        (first, _site(own, free_wall, replace(person.right, ms=20.0))),
        _slow_layers(own, 0.6, 1.0),
        slowness=np.where(left, 1.05, 1.0),
        memory=0.6,
        strength=np.where(left, 1.4, 1.0),
        pr_ms=person.pr_ms + 15.0,
    )


def right_block(own: Body) -> Excitation:
    """Excite the left ventricle first; the right one is reached through the septum, and its Purkinje fibres late."""
    left, (_, free_wall) = own.tissue.left, _right_layers(own)
    late = _site(own, free_wall, replace(own.person.right, ms=100.0))
    return Excitation(
        (*_left_sites(own), late),
        _slow_layers(own, 1.0, 2.1),
        slowness=np.where(left, 1.0, 2.1),
        layer=own.tissue.left_layer | free_wall,
        strength=np.where(left, 0.85, 2.4),
        pr_ms=own.person.pr_ms + 5.0,
    )


def left_anterior_block(own: Body) -> Excitation:
    """Excite the left ventricle without its anterior fascicle."""
    person, layer = own.person, own.tissue.left_layer
    septal = _site(own, layer, replace(person.septal, angle_deg=5.0))
    posterior = _site(own, layer, replace(person.posterior, ms=0.0))
    return Excitation((septal, posterior, *_right_sites(own)), _slow_layers(own, 0.9), pr_ms=person.pr_ms)


def left_posterior_block(own: Body) -> Excitation:
    """Excite the left ventricle without its posterior fascicle."""
    anterior, septal, _ = _left_sites(own)
    right = tuple((node, ms + 6.0) for node, ms in _right_sites(own))
    return Excitation((anterior, septal, *right), _slow_layers(own, 0.9), pr_ms=own.person.pr_ms)


def outflow_ectopic(own: Body) -> Excitation:
    """Excite the ventricles from the outflow tract's septal side."""
    site = own.tissue.nearest(_right_layers(own)[0], 60.0, 0.9)
    return Excitation(((site, 0.0),), _slow_layers(own, 0.62, 0.8))


def apical_paced(own: Body) -> Excitation:
    """Excite the ventricles from a lead in the right ventricle's apex."""
    site = own.tissue.nearest(own.tissue.right_layer & ~own.tissue.left, -10.0, 0.12)
    return Excitation(((site, 0.0),), _slow_layers(own, 0.7), memory=0.7, pr_ms=own.person.pr_ms)


def lateral_pathway(own: Body) -> Excitation:
    """Excite the left lateral base from outside, through an accessory pathway, before the bundles."""
    tissue = own.tissue
    insertion = (
        _around(own, 165.0, 25.0) & (tissue.depth > 0.75) & (tissue.apicobasal > 0.6) & (tissue.apicobasal < 0.97)
    )
    usual = tuple((node, ms + 45.0) for node, ms in _left_sites(own) + _right_sites(own))
    sites = tuple((int(node), 0.0) for node in np.flatnonzero(insertion))
    return Excitation(sites + usual, _conduction(own), pr_ms=own.person.pr_ms - 58.0)


def anterior_infarct(own: Body) -> Excitation:
    """Leave a scar in the anterior wall, septum and apex."""
    return _infarct(
        own, (_around(own, 55.0, 62.0) & (own.tissue.apicobasal < 0.72)) | (own.tissue.apicobasal < 0.16), 0.85
    )


def inferior_infarct(own: Body) -> Excitation:
    """Leave a scar in the inferior wall."""
    return _infarct(own, _around(own, -105.0, 38.0) & (own.tissue.apicobasal < 0.95), 0.8)


def brugada(own: Body) -> Excitation:
    """Give the outflow tract's outer muscle a deep notch, and slow conduction."""
    how = normal(own)
    tissue = own.tissue
    outflow = ~tissue.left & (tissue.apicobasal > 0.7) & (tissue.points_mm[:, 1] > 15.0)
    outer = np.where(outflow, np.clip(tissue.depth / 0.5, 0.0, 1.0), 0.0)
    return replace(how, notch=0.5 * outer, longer_ms=70.0 * outer, slowness=np.where(outflow, 1.9, 1.0))


def hypertrophy(own: Body) -> Excitation:
    """Thicken the left ventricle: more current, later, and recovery from within."""
    how = normal(own)
    left = own.tissue.left
    return replace(
        how,
        conduction=_slow_layers(own, 0.95),
        strength=np.where(left, 2.05, 1.0),
        slowness=np.where(left, 1.2, 1.0),
        longer_ms=np.where(left, 45.0 * (own.tissue.depth - 0.25), 0.0),
    )


def _turned(turn_deg: Three) -> Person:
    return replace(_GENERIC, turn_deg=turn_deg)


SCENARIOS: Final[dict[str, Scenario]] = {
    "normal": Scenario("Normal sinus rhythm", 66.0, normal),
    "lbbb": Scenario("Left bundle branch block", 72.0, left_block, _turned((3.0, -14.0, -14.0))),
    "rbbb": Scenario("Right bundle branch block", 68.0, right_block),
    "lafb": Scenario("Left anterior fascicular block", 64.0, left_anterior_block, _turned((10.0, 2.0, -1.0))),
    "lpfb": Scenario("Left posterior fascicular block", 66.0, left_posterior_block, _turned((-4.0, 36.0, -14.0))),
    "anterior-mi": Scenario("Anterior myocardial infarction", 76.0, anterior_infarct),
    "inferior-mi": Scenario("Inferior myocardial infarction", 62.0, inferior_infarct),
    "lvh": Scenario("Left ventricular hypertrophy with strain", 70.0, hypertrophy, _turned((3.0, -10.0, -1.0))),
    "wpw": Scenario("Pre-excitation by a left lateral pathway", 74.0, lateral_pathway),
    "rvot": Scenario(
        "Ectopic beats from the right ventricular outflow tract", 70.0, normal, _GENERIC, outflow_ectopic, 4
    ),
    "apical-paced": Scenario("Pacing from the right ventricle's apex", 70.0, apical_paced),
    "brugada": Scenario("Brugada-like ST elevation", 72.0, brugada),
}
"""Every scenario by name; a new one is one more way of excitation and one more line here."""


def _conduction(own: Body) -> Conduction:
    person = own.person
    speed = person.tissue_speed
    return Conduction(person.layer_m_s, person.right_layer_m_s, speed * ALONG_M_S, speed * ACROSS_M_S)


def _slow_layers(own: Body, left: float, right: float | None = None) -> Conduction:
    """Return a conduction whose layers are entered from muscle: slower than by their own bundle, by these factors."""
    usual = _conduction(own)
    assert usual.left_layer_m_s is not None
    assert usual.right_layer_m_s is not None
    right = left if right is None else right
    return replace(usual, left_layer_m_s=left * usual.left_layer_m_s, right_layer_m_s=right * usual.right_layer_m_s)


def _left_sites(own: Body) -> Sites:
    person, layer = own.person, own.tissue.left_layer
    return tuple(_site(own, layer, branch) for branch in (person.anterior, person.septal, person.posterior))


def _right_sites(own: Body) -> Sites:
    septum, free_wall = _right_layers(own)
    return _site(own, septum, own.person.right_septal), _site(own, free_wall, own.person.right)


def _right_layers(own: Body) -> tuple[Mask, Mask]:
    """Return the right fast layer's two parts: the septum's and the free wall's."""
    layer, left = own.tissue.right_layer, own.tissue.left
    return layer & left, layer & ~left


def _site(own: Body, inside: Mask, branch: Fascicle) -> tuple[int, float]:
    return own.tissue.nearest(inside, branch.angle_deg, branch.apicobasal), branch.ms


def _around(own: Body, angle_deg: float, reach_deg: float) -> Mask:
    """Return the left ventricle's nodes within some degrees of an angle."""
    away = np.mod(own.tissue.angle_deg - angle_deg + 180.0, 360.0) - 180.0
    return np.asarray(own.tissue.left & (np.abs(away) < reach_deg))


def _infarct(own: Body, where: Mask, depth: float) -> Excitation:
    """Leave a scar from the endocardium to a depth; around it muscle is slow and recovers late."""
    how = normal(own)
    scar = where & (own.tissue.depth < depth)
    sites = tuple(site for site in how.sites if not scar[site[0]])
    return replace(how, sites=sites, scar=scar, slowness=np.where(where, 1.6, 1.0), longer_ms=_border_ms(where))


def _border_ms(where: Mask) -> Doubles:
    return np.where(where, 45.0, 0.0)
