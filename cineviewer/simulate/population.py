"""Virtual persons as people differ: how hearts lie, how electrodes are placed, how cells conduct and recover."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from cineviewer import resources
from cineviewer.ecg import Doubles
from cineviewer.simulate.person import Fascicle, Person, Six, Three
from cineviewer.simulate.recovery import Durations


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing in which people differ: what is usual, and how far one standard deviation goes."""

    name: str
    mean: float
    spread: float


_GENERIC: Final = Person()
TRAITS: Final = (
    *(Trait(f"turn {axis}", mean, 7.0) for axis, mean in zip("xyz", _GENERIC.turn_deg, strict=True)),
    *(Trait(f"shift {axis}", mean, 7.0) for axis, mean in zip("xyz", _GENERIC.shift_mm, strict=True)),
    *(Trait(f"up V{k}", 0.0, 10.0) for k in range(1, 7)),
    *(Trait(f"around V{k}", 0.0, 10.0) for k in range(1, 7)),
    Trait("log gain", float(np.log(_GENERIC.gain)), 0.22),
    Trait("log limb gain", float(np.log(_GENERIC.limb_gain)), 0.2),
    Trait("log left gain", float(np.log(_GENERIC.left_gain)), 0.12),
    Trait("log layer", float(np.log(_GENERIC.layer_m_s)), 0.15),
    Trait("log right layer", float(np.log(_GENERIC.right_layer_m_s)), 0.18),
    Trait("log tissue speed", float(np.log(_GENERIC.tissue_speed)), 0.08),
    *(
        Trait(f"{branch} {what}", mean, spread)
        for branch in ("anterior", "septal", "posterior", "right_septal", "right")
        for what, mean, spread in (
            ("angle", getattr(_GENERIC, branch).angle_deg, 14.0),
            ("height", getattr(_GENERIC, branch).apicobasal, 0.09),
            ("ms", getattr(_GENERIC, branch).ms, 3.0),
        )
    ),
    Trait("mean_ms", _GENERIC.durations.mean_ms, 14.0),
    Trait("to_epicardium_ms", _GENERIC.durations.to_epicardium_ms, 8.0),
    Trait("to_base_ms", _GENERIC.durations.to_base_ms, 12.0),
    Trait("to_posterior_ms", _GENERIC.durations.to_posterior_ms, 10.0),
    Trait("to_right_ms", _GENERIC.durations.to_right_ms, 12.0),
    Trait("late", _GENERIC.durations.late, 0.15),
    Trait("pr_ms", _GENERIC.pr_ms, 22.0),
    Trait("log p_gain", 0.0, 0.3),
    Trait("rate_bpm", 68.0, 11.0),
)
"""In anatomical and physiological ranges; who is likely is learned (see resources/people)."""

_APART: Final = 0.05


def person(deviations: Doubles) -> Person:
    """Return the person whose traits deviate so much; (traits,) in standard deviations, as TRAITS."""
    value = {trait.name: trait.mean + trait.spread * float(z) for trait, z in zip(TRAITS, deviations, strict=True)}

    def branch(name: str) -> Fascicle:
        return Fascicle(value[f"{name} angle"], value[f"{name} height"], max(0.0, value[f"{name} ms"]))

    return Person(
        turn_deg=(value["turn x"], value["turn y"], value["turn z"]),
        shift_mm=(value["shift x"], value["shift y"], value["shift z"]),
        chest_up_mm=_six(value, "up"),
        chest_around_mm=_six(value, "around"),
        gain=float(np.exp(value["log gain"])),
        limb_gain=float(np.exp(value["log limb gain"])),
        left_gain=float(np.exp(value["log left gain"])),
        layer_m_s=float(np.exp(value["log layer"])),
        right_layer_m_s=float(np.exp(value["log right layer"])),
        tissue_speed=float(np.exp(value["log tissue speed"])),
        anterior=branch("anterior"),
        septal=branch("septal"),
        posterior=branch("posterior"),
        right_septal=branch("right_septal"),
        right=branch("right"),
        durations=Durations(
            value["mean_ms"],
            value["to_epicardium_ms"],
            value["to_base_ms"],
            value["to_posterior_ms"],
            value["to_right_ms"],
            value["late"],
        ),
        pr_ms=float(np.clip(value["pr_ms"], 115.0, 240.0)),
        p_gain=float(np.exp(value["log p_gain"])),
        rate_bpm=float(np.clip(value["rate_bpm"], 45.0, 110.0)),
    )


def draw(random: np.random.Generator, usual: Person = _GENERIC) -> Person:
    """Return one virtual person, whose records are `record(scenario, seed, person)` and `simulate(...)`.

    One of the persons in resources/people, who together measure as people with normal records do, and a little of
    each trait's spread, so that no two are alike.

    Parameters
    ----------
    usual
        Turns and shifts the heart from the generic person's as far as this one's lies: a scenario's own person.
    """
    known = _known()
    chosen = known[int(random.integers(len(known)))] + _APART * random.standard_normal(len(TRAITS))
    found = person(chosen)
    turn, shift = (
        _apart(found.turn_deg, usual.turn_deg, _GENERIC.turn_deg),
        _apart(found.shift_mm, usual.shift_mm, _GENERIC.shift_mm),
    )
    return replace(found, turn_deg=turn, shift_mm=shift)


@lru_cache(maxsize=1)
def _known() -> Doubles:
    """Return the (persons, traits) deviations of resources/people."""
    with np.load(resources.folder("people") / "population.npz", allow_pickle=False) as file:
        if tuple(str(name) for name in file["traits"]) != tuple(trait.name for trait in TRAITS):
            raise ValueError("resources/people/population.npz holds other traits")
        return np.asarray(file["deviations"], dtype=np.float64)


def _apart(found: Three, usual: Three, generic: Three) -> Three:
    x, y, z = (a + b - c for a, b, c in zip(found, usual, generic, strict=True))
    return x, y, z


def _six(value: dict[str, float], what: str) -> Six:
    a, b, c, d, e, f = (value[f"{what} V{k}"] for k in range(1, 7))
    return a, b, c, d, e, f
