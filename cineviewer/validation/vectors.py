"""Which way the mean heart vector of normal people points: a check of leads, matrices and axes, and of no path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cineviewer.cine import vectors
from cineviewer.cine.path import qrs_samples
from cineviewer.validation.people import Person

_BLOCKS = frozenset({"IRBBB", "CRBBB", "CLBBB", "ILBBB"})


@dataclass(frozen=True, slots=True)
class NormalVector:
    """Share of n people with a normal ECG whose mean QRS vector (Kors) points left, and inferior."""

    n: int
    left: float
    inferior: float


def normal_vector(people: Sequence[Person]) -> NormalVector | None:
    """Return where the mean QRS vectors of those read as normal point; None where nobody is."""
    normal = [person.window for person in people if "NORM" in person.codes and not person.codes & _BLOCKS]
    if not normal:
        return None
    means = np.array([vectors(window)[: qrs_samples(window)].mean(axis=0) for window in normal])
    return NormalVector(len(normal), float(np.mean(means[:, 0] > 0.0)), float(np.mean(means[:, 2] < 0.0)))
