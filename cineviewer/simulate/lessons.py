"""Beats of which the learned path is taught: many hearts, persons, ways of excitation, and places of the electrodes.

Half of them are scenarios by name (UNSEEN are left out) in persons who together measure as people do. The others are no
disease in particular: one site anywhere, a sinus beat that meets another site's wave, bundles whose branches fail or
come late. In any of them a part of the muscle may be slow or dead, and all of it faster or slower.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Floats
from cineviewer.heart import Heart
from cineviewer.simulate import family, perturbed, population
from cineviewer.simulate.beat import Excitation
from cineviewer.simulate.person import Body, Person, body
from cineviewer.simulate.perturbed import Wave
from cineviewer.simulate.scenarios import SCENARIOS
from cineviewer.simulate.tissue import Tissue

UNSEEN: Final = ("apical-paced", "inferior-mi")
"""Scenarios that are never taught."""
KNOWN: Final = tuple(name for name in SCENARIOS if name not in UNSEEN)
KINDS: Final = (*KNOWN, "focal", "fusion", "partial")
_SHARES: Final = (*(0.55 / len(KNOWN) for _ in KNOWN), 0.17, 0.14, 0.14)

_GROUNDS: Final = ("normal", "normal", "lbbb", "rbbb", "lafb")
"""What fusion beats and failing branches are made of."""

BEFORE_MS: Final = 20.0
AFTER_MS: Final = 260.0
STEP_MS: Final = 2.0
INSTANTS: Final = 31
WAVES, POSES = 48, 8
_ELECTRODES, _VIEWS = 3, 6
"""A pose: so many places of the electrodes; a wave: seen in so many of all these."""


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """All beats of one heart, without noise.

    Attributes
    ----------
    leads_mv
        (n, 8, t) every STEP_MS from BEFORE_MS before the first visible instant of QRS.
    qrs_ms
        (n,) from the first to the last visible instant.
    span_ms, front_mm
        (n, 2) and (n, INSTANTS, 3): the front's centroid at even instants between two, after the first visible one.
    kind
        (n,) index into KINDS.
    centre_mm, scale_mm
        (3,) of the muscle: its centroid and its spread along the axes.
    axes
        (3, 3) of the heart: rows in LPS.
    """

    leads_mv: Floats
    qrs_ms: Floats
    span_ms: Floats
    front_mm: Floats
    kind: npt.NDArray[np.uint8]
    centre_mm: Doubles
    scale_mm: Doubles
    axes: Doubles


def of_family(seed: int, *, waves: int = WAVES, poses: int = POSES) -> Lessons:
    """Return the beats of one heart of the family; each seed another.

    Parameters
    ----------
    waves
        How many ways of excitation.
    poses
        In how many ways the heart lies.
    """
    random = np.random.default_rng([seed, 7])
    heart = family.member(random)
    views = tuple(_views(heart, poses, random))
    beats = []
    for _ in range(waves):
        kind = int(random.choice(len(KINDS), p=_SHARES))
        wave = _wave(KINDS[kind], heart, random)
        chosen = random.choice(len(views), _VIEWS, replace=False)
        beats += [(kind, *_seen(wave, views[view])) for view in chosen]
    kinds, leads, qrs, span, front = zip(*beats, strict=True)
    return Lessons(
        leads_mv=np.array(leads, dtype=np.float32),
        qrs_ms=np.array(qrs, dtype=np.float32),
        span_ms=np.array(span, dtype=np.float32),
        front_mm=np.array(front, dtype=np.float32),
        kind=np.array(kinds, dtype=np.uint8),
        centre_mm=np.asarray(heart.centroid_mm, dtype=np.float64),
        scale_mm=heart.walls_mm.astype(np.float64).std(axis=0),
        axes=heart.axes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A body, and the (9, n) potentials that its electrodes see of its nodes."""

    own: Body
    potentials: Doubles


def _views(heart: Heart, poses: int, random: np.random.Generator) -> Iterator[_View]:
    """Yield several poses of a heart, each with several places of the electrodes."""
    usual = [SCENARIOS[name].person for name in KNOWN]
    for k in range(poses):
        lain = population.draw(random, usual[int(random.integers(len(usual)))])
        # Half of the hearts lie as people's do, half anywhere within reach.
        about, spread_deg = (lain.turn_deg, 7.0) if k % 2 else (Person().turn_deg, perturbed.TURN_DEG)
        turn = np.array(about) + random.normal(0.0, spread_deg, 3)
        shift = np.array(lain.shift_mm) + random.normal(0.0, 5.0, 3)
        lain = replace(lain, turn_deg=tuple(turn.tolist()), shift_mm=tuple(shift.tolist()))
        slipped = [perturbed.displaced(lain, random) for _ in range(_ELECTRODES)]
        own = body(lain, heart)
        electrodes = np.concatenate([body(one, heart).rest.electrodes_mm for one in slipped])
        size = own.rest.size * random.uniform(0.95, 1.1)
        pose = replace(own.rest, electrodes_mm=electrodes, size=size)
        for potentials in pose.potentials(own.tissue.points_mm).reshape(_ELECTRODES, 9, -1):
            yield _View(own, potentials)


def _wave(kind: str, heart: Heart, random: np.random.Generator) -> Wave:
    scenario = SCENARIOS[
        kind if kind in SCENARIOS else str(random.choice(("normal", "normal", "lbbb", "rbbb", "lafb")))
    ]
    own = body(population.draw(random, scenario.person), heart)
    match kind:
        case "focal":
            how = _focal(own, random)
        case "fusion":
            how = scenario.excite(own)
            begins = float(random.uniform(-40.0, 30.0))
            how = replace(how, sites=(*how.sites, (int(random.integers(len(own.tissue.points_mm))), begins)))
        case "partial":
            how = _partial(scenario.excite(own), random)
        case _:
            how = (scenario.ectopic or scenario.excite)(own)
    return perturbed.wave(own, kind, _injured(how, own.tissue, random))


def _focal(own: Body, random: np.random.Generator) -> Excitation:
    """Excite from one site anywhere; Purkinje fibres are entered late, if at all."""
    usual = SCENARIOS["normal"].excite(own).conduction
    assert usual.left_layer_m_s is not None
    assert usual.right_layer_m_s is not None
    slower = random.uniform(0.5, 1.0, 2)
    conduction = replace(
        usual,
        left_layer_m_s=usual.left_layer_m_s * float(slower[0]),
        right_layer_m_s=usual.right_layer_m_s * float(slower[1]),
    )
    return Excitation(((int(random.integers(len(own.tissue.points_mm))), 0.0),), conduction)


def _partial(how: Excitation, random: np.random.Generator) -> Excitation:
    """Let branches fail or come late, and the layers they feed be slower."""
    sites = [(node, ms + abs(float(random.normal(0.0, 12.0)))) for node, ms in how.sites]
    kept = [site for site in sites if random.random() > 0.3] or sites[:1]
    left, right = (_slowed(speed, random) for speed in (how.conduction.left_layer_m_s, how.conduction.right_layer_m_s))
    return replace(
        how, sites=tuple(kept), conduction=replace(how.conduction, left_layer_m_s=left, right_layer_m_s=right)
    )


def _slowed(speed_m_s: float | None, random: np.random.Generator) -> float | None:
    return None if speed_m_s is None else speed_m_s * float(random.uniform(0.6, 1.1))


def _injured(how: Excitation, tissue: Tissue, random: np.random.Generator) -> Excitation:
    """Make a part of the muscle slow or dead in one beat of four, and all of it faster or slower."""
    n = len(tissue.points_mm)
    slowness = np.ones(n) if how.slowness is None else how.slowness.copy()
    slowness *= random.uniform(0.85, 1.2)
    scar = how.scar
    if random.random() < 0.25:
        away = np.linalg.norm(tissue.points_mm - tissue.points_mm[random.integers(n)], axis=1)
        part = away < random.uniform(12.0, 32.0)
        slowness[part] *= random.uniform(1.2, 2.2)
        if random.random() < 0.5 and not part[[node for node, _ in how.sites]].any():
            scar = part & (tissue.depth < random.uniform(0.6, 1.0)) | (False if scar is None else scar)
    return replace(how, slowness=slowness, scar=scar)


def _seen(wave: Wave, view: _View) -> tuple[Doubles, float, tuple[float, float], Doubles]:
    """Return a beat's leads, QRS duration, and the front with its two instants."""
    shown = perturbed.show(wave, view.own, view.potentials)
    front = wave.front
    instants = np.linspace(front.time_ms[0], front.time_ms[-1], INSTANTS)
    course = np.stack([np.interp(instants, front.time_ms, column) for column in front.centroid_mm.T], axis=1)
    span = float(instants[0] - shown.onset_ms), float(instants[-1] - shown.onset_ms)
    return shown.at(np.arange(-BEFORE_MS, AFTER_MS, STEP_MS)), shown.qrs_ms, span, course
