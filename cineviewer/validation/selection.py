"""Chooses the virtual persons who together measure as people with normal records do (resources/people).

Persons are drawn in wide ranges, simulated and measured. From how measures go together with traits, an ensemble Kalman
step (Evensen, Ocean Dyn 2003;53:343) moves each towards measures such as people have, and again from there. Of all
rounds persons are chosen by how much likelier a classifier finds such a record among people. People are those with even
ecg_ids. `python -m cineviewer.validation.selection FOLDER WORK` takes half an hour; what it has simulated lies in
the file WORK, from which a run that was interrupted goes on.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Final

import numpy as np

from cineviewer import resources, simulate
from cineviewer.atomic import write_atomically
from cineviewer.ecg import Doubles
from cineviewer.records import read_table
from cineviewer.signal import analyse
from cineviewer.simulate.population import TRAITS, person
from cineviewer.simulate.tissue import Mask
from cineviewer.validation.likeness import FEATURES, log_ratio, people, waves

ROUNDS: Final = (400, 400, 400, 400, 400, 400)
CHOSEN: Final = 160
_N_PEOPLE: Final = 600
_SEED: Final = 1
_STORE_EVERY: Final = 50
_RIDGE: Final = 6.0
_NEVER: Final = -50.0
_PEOPLE_PERCENT: Final = (0.3, 99.7)
_SHARPEST: Final = 4.0
"""No person is preferred by more than e to this power: few would take the place of many."""
_MISSED: Final = 0.3
"""How far a person may stay from the measures that he is moved towards, in standard deviations of people's."""
_SMOOTHED: Final = 0.25
_WIDEST: Final = 3.0
"""No trait lies further from the mean, in its standard deviations."""


def choose(deviations: Doubles, ratio: Doubles, n: int, random: np.random.Generator) -> Doubles:
    """Draw n persons without replacement, the chance of each in proportion to its ratio."""
    race = random.exponential(size=len(ratio)) / np.exp(np.clip(ratio, _NEVER, _SHARPEST))
    return deviations[np.argsort(race)[:n]]


def moved(deviations: Doubles, features: Doubles, wanted: Doubles) -> Doubles:
    """Move persons towards measures, as far as traits and measures go together among them.

    Parameters
    ----------
    deviations, features
        (n, traits) and (n, features) of persons who were measured.
    wanted
        (n, features) what each should measure; features and this in people's standard deviations.
    """
    apart, seen = deviations - deviations.mean(axis=0), features - features.mean(axis=0)
    together, own = apart.T @ seen / len(apart), seen.T @ seen / len(seen)
    gain = np.linalg.solve(own + _MISSED**2 * np.eye(len(own)), together.T).T
    return np.clip(deviations + (wanted - features) @ gain.T, -_WIDEST, _WIDEST)


def like(real: Doubles, n: int, random: np.random.Generator) -> Doubles:
    """Return (n, features) such as people's, none of them a person's own: each is drawn beside one of them."""
    beside = random.standard_normal((n, real.shape[1])) @ np.linalg.cholesky(np.cov(real.T)).T
    middle = real.mean(axis=0)
    around = real[random.integers(len(real), size=n)] - middle
    return np.asarray(middle + np.sqrt(1.0 - _SMOOTHED**2) * around + _SMOOTHED * beside)


def select(folder: Path, work: Path) -> Doubles:
    """Return (CHOSEN, traits) persons in standard deviations, after ROUNDS beside a PTB-XL folder's people."""
    real = np.stack([wave.features for wave in people(read_table(folder), "NORM", _N_PEOPLE, ids="even")])
    middle, spread = np.nanmedian(real, axis=0), np.nanstd(real, axis=0)

    def scaled(features: Doubles) -> Doubles:
        return np.asarray(np.clip(np.nan_to_num((features - middle) / spread), -4.0, 4.0))

    drawn, features = _stored(work)
    first = 0
    for number, n in enumerate(ROUNDS):
        random = np.random.default_rng([_SEED, number])
        if number == 0:
            aims = random.standard_normal((n, len(TRAITS)))
        else:
            # A step is learned where it begins: among the persons of the round before.
            before = slice(first - ROUNDS[number - 1], first)
            chosen = np.resize(np.flatnonzero(np.isfinite(features[before]).any(axis=1)), n)
            wanted = like(scaled(real), n, random)
            aims = moved(drawn[before][chosen], scaled(features[before])[chosen], wanted)
        while len(drawn) < first + n:
            new = aims[len(drawn) - first :][:_STORE_EVERY]
            seen = measured(new, 100_000 + len(drawn))
            drawn, features = np.concatenate([drawn, new]), np.concatenate([features, seen])
            _store(work, drawn, features)
        first += n
    whole = np.isfinite(features).any(axis=1)
    drawn, features = drawn[whole], features[whole]
    ratio = np.where(_possible(features, real), log_ratio(real, features, _RIDGE)[len(real) :], _NEVER)
    return choose(drawn, ratio, CHOSEN, np.random.default_rng(_SEED))


def measured(deviations: Doubles, first_seed: int) -> Doubles:
    """Simulate a normal record of each person and measure it: (persons, features), NaN where it could not be."""
    found = np.full((len(deviations), len(FEATURES)), np.nan)
    for row, (values, seed) in enumerate(zip(deviations, range(first_seed, first_seed + len(found)), strict=True)):
        seen = waves(analyse(simulate.record("normal", seed, person(values))))
        if seen is not None:
            found[row] = seen.features
    return found


def write(deviations: Doubles, path: Path) -> None:
    """Write the persons, with the traits' names beside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = np.array([trait.name for trait in TRAITS])
    np.savez_compressed(path, deviations=deviations.astype(np.float32), traits=names)


def _possible(features: Doubles, real: Doubles) -> Mask:
    """Say of which persons every feature lies where people's do: a classifier knows nothing of what lies beyond."""
    low, high = np.nanpercentile(real, _PEOPLE_PERCENT, axis=0)
    return np.asarray((np.isnan(features) | ((features >= low) & (features <= high))).all(axis=1))


def _stored(work: Path) -> tuple[Doubles, Doubles]:
    if not work.is_file():
        return np.empty((0, len(TRAITS))), np.empty((0, len(FEATURES)))
    with np.load(work, allow_pickle=False) as file:
        return file["deviations"], file["features"]


def _store(work: Path, deviations: Doubles, features: Doubles) -> None:
    content = io.BytesIO()
    np.savez(content, deviations=deviations, features=features)
    write_atomically(work, content.getvalue())


if __name__ == "__main__":
    write(select(Path(sys.argv[1]), Path(sys.argv[2])), resources.folder("people") / "population.npz")
