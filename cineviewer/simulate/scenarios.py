"""The scenarios: how each disease changes the way in which the ventricles are excited, and how fast the heart beats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

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
    """Excite the right ventricle first, by its free wall; the left one is reached through the septum, slowly."""
    person, left = own.person, own.tissue.left
    septum, free_wall = _right_layers(own)
    return Excitation(
        (
            _site(own, septum, replace(_moved(person.right_septal, -14.0, 0.16, 0.0), ms=14.0)),
            _site(own, free_wall, replace(_moved(person.right, -19.0, -0.04, 0.0), ms=0.0)),
        ),
        _slow_layers(own, 0.79, 1.44),
        slowness=np.where(left, 1.42, 1.0),
        memory=0.57,
        strength=np.where(left, 1.05, 1.0),
        pr_ms=person.pr_ms + 15.0,
    )


def right_block(own: Body) -> Excitation:
    """Excite the left ventricle first; the right one is reached through the septum, and its Purkinje fibres late."""
    left, (_, free_wall) = own.tissue.left, _right_layers(own)
    late = _site(own, free_wall, replace(own.person.right, ms=98.0))
    return Excitation(
        (*_left_sites(own), late),
        _slow_layers(own, 1.0, 2.13),
        slowness=np.where(left, 1.0, 2.75),
        layer=own.tissue.left_layer | free_wall,
        memory=0.4,
        strength=np.where(left, 0.72, 1.45),
        pr_ms=own.person.pr_ms + 5.0,
    )


def left_anterior_block(own: Body) -> Excitation:
    """Excite the left ventricle without its anterior fascicle."""
    person, layer = own.person, own.tissue.left_layer
    septal = _site(own, layer, _moved(person.septal, 14.0, 0.08, 0.0))
    posterior = _site(own, layer, _moved(person.posterior, 20.0, 0.06, 2.5))
    return Excitation((septal, posterior, *_right_sites(own)), _slow_layers(own, 0.89), memory=0.42, pr_ms=person.pr_ms)


def left_posterior_block(own: Body) -> Excitation:
    """Excite the left ventricle without its posterior fascicle: the anterior one alone feeds the lateral wall too."""
    person, layer = own.person, own.tissue.left_layer
    anterior = _site(own, layer, _moved(person.anterior, 45.0, -0.02, 0.7))
    lateral = _site(own, layer, Fascicle(134.0, 0.3, 14.0))
    septal = _site(own, layer, _moved(person.septal, 9.0, 0.14, 1.0))
    right = tuple((node, ms + 12.5) for node, ms in _right_sites(own))
    layers = _slow_layers(own, 0.82, 0.81)
    return Excitation((anterior, lateral, septal, *right), layers, memory=1.0, pr_ms=person.pr_ms)


def outflow_ectopic(own: Body) -> Excitation:
    """Excite the ventricles from the outflow tract's septal side."""
    site = own.tissue.nearest(_right_layers(own)[0], 60.0, 0.9)
    return Excitation(((site, 0.0),), _slow_layers(own, 0.62, 0.8))


def apical_paced(own: Body) -> Excitation:
    """Excite the ventricles from a lead in the right ventricle's apex."""
    site = own.tissue.nearest(own.tissue.right_layer & ~own.tissue.left, -2.0, 0.13)
    return Excitation(((site, 0.0),), _slow_layers(own, 0.66, 0.7), memory=0.7, pr_ms=own.person.pr_ms)


def lateral_pathway(own: Body) -> Excitation:
    """Excite the left lateral base from outside, through an accessory pathway, before the bundles."""
    tissue = own.tissue
    insertion = (
        _around(own, 165.0, 25.0) & (tissue.depth > 0.75) & (tissue.apicobasal > 0.6) & (tissue.apicobasal < 0.97)
    )
    usual = tuple((node, ms + 45.0) for node, ms in _left_sites(own) + _right_sites(own))
    sites = tuple((int(node), 0.0) for node in np.flatnonzero(insertion))
    return Excitation(sites + usual, _conduction(own), memory=0.8, pr_ms=own.person.pr_ms - 58.0)


def anterior_infarct(own: Body) -> Excitation:
    """Leave a scar in the anterior wall, septum and apex."""
    where = (_around(own, 56.0, 58.5) & (own.tissue.apicobasal < 0.83)) | (own.tissue.apicobasal < 0.16)
    return _infarct(own, where, depth=0.86, slowness=1.6, border_ms=45.0)


def inferior_infarct(own: Body) -> Excitation:
    """Leave a scar in the inferior wall; the posterior fascicle reaches living muscle beside it, and later."""
    where = _around(own, -98.7, 55.6) & (own.tissue.apicobasal < 0.9)
    how = _infarct(own, where, depth=0.93, slowness=1.39, border_ms=40.0)
    assert how.scar is not None
    beside = _site(own, own.tissue.left_layer & ~how.scar, Fascicle(-159.5, 0.583, 31.9))
    return replace(how, sites=(*how.sites, beside))


def brugada(own: Body) -> Excitation:
    """Give the outer muscle before and in the outflow tract a deep notch, a late recovery and slow conduction."""
    how, tissue = normal(own), own.tissue
    right, anterior = tissue.points_mm[:, 0] > 35.0, tissue.points_mm[:, 1] > 5.0
    outflow = ~tissue.left & right & anterior & (tissue.apicobasal > 0.6) & (tissue.apicobasal < 1.1)
    outer = np.where(outflow, np.clip(tissue.depth / 0.5, 0.0, 1.0), 0.0)
    return replace(how, notch=0.42 * outer, longer_ms=28.0 * outer, slowness=np.where(outflow, 2.2, 1.0))


def hypertrophy(own: Body) -> Excitation:
    """Thicken the left ventricle: more current, later, and a recovery from within that ends in the lateral wall."""
    how = normal(own)
    tissue, left = own.tissue, own.tissue.left
    lateral = np.clip(np.cos(np.radians(tissue.angle_deg - 120.0)), 0.0, 1.0)
    return replace(
        how,
        strength=np.where(left, 1.69, 1.0),
        slowness=np.where(left, 1.133, 1.0),
        longer_ms=np.where(left, 20.5 * tissue.depth + 16.0 * lateral, 0.0),
    )


# The constants of each excitation and these turns are fitted, in physiological ranges, to the checklist of the disease
# and to the waves of people who have it (tests/simulate).
def _turned(turn_deg: Three) -> Person:
    return replace(_GENERIC, turn_deg=turn_deg)


SCENARIOS: Final[dict[str, Scenario]] = {
    "normal": Scenario("Normal sinus rhythm", 66.0, normal),
    "lbbb": Scenario("Left bundle branch block", 72.0, left_block, _turned((7.0, -13.0, -13.7))),
    "rbbb": Scenario("Right bundle branch block", 68.0, right_block, _turned((1.5, -5.0, -7.0))),
    "lafb": Scenario("Left anterior fascicular block", 64.0, left_anterior_block, _turned((7.0, -8.0, -2.0))),
    "lpfb": Scenario(
        "Left posterior fascicular block",
        66.0,
        left_posterior_block,
        replace(_turned((-4.4, 24.1, -3.0)), gain=0.58),
    ),
    "anterior-mi": Scenario("Anterior myocardial infarction", 76.0, anterior_infarct, _turned((5.0, 1.0, -6.6))),
    "inferior-mi": Scenario("Inferior myocardial infarction", 62.0, inferior_infarct, _turned((-0.7, 2.5, 5.0))),
    "lvh": Scenario("Left ventricular hypertrophy with strain", 70.0, hypertrophy, _turned((15.3, 7.3, -5.5))),
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


def _moved(branch: Fascicle, by_deg: float, up: float, ms: float) -> Fascicle:
    return Fascicle(branch.angle_deg + by_deg, branch.apicobasal + up, ms)


def _around(own: Body, angle_deg: float, reach_deg: float) -> Mask:
    """Return the left ventricle's nodes within some degrees of an angle."""
    away = np.mod(own.tissue.angle_deg - angle_deg + 180.0, 360.0) - 180.0
    return np.asarray(own.tissue.left & (np.abs(away) < reach_deg))


def _infarct(own: Body, where: Mask, *, depth: float, slowness: float, border_ms: float) -> Excitation:
    """Leave a scar from the endocardium to a depth; outside of it muscle is slow and recovers late."""
    how = normal(own)
    scar = where & (own.tissue.depth < depth)
    sites = tuple(site for site in how.sites if not scar[site[0]])
    return replace(
        how,
        sites=sites,
        scar=scar,
        slowness=np.where(where, slowness, 1.0),
        longer_ms=np.where(where, border_ms, 0.0),
    )
