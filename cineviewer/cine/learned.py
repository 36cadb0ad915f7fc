"""The learned path: where the front's centroid was in simulated beats whose leads looked like these.

A small network, taught by `simulate.prior` on hearts, persons and ways of excitation that never were, reads the heart
vector and the eight leads over QRS and answers in a heart's own measure, so that its answer can be drawn in any heart:
as deviations from the centroid of the muscle, in units of the muscle's spread along each of the heart's axes. Five such
networks differ in their seed: the mean of their answers is the path, their spread a part of its uncertainty.

Experimental: on simulated beats it is nearer to the truth than the other methods, and on people it is not known to be.
A beat whose features are far from all it was taught is said to be unlike them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cineviewer import resources
from cineviewer.cine.leads import COLUMNS, vectors_of
from cineviewer.ecg import LEADS, Doubles, Window
from cineviewer.errors import InputError

if TYPE_CHECKING:
    from cineviewer.heart import Heart

READ: Final = 24
"""QRS is read at so many even instants from onset to J."""
DRAWN: Final = 21
"""Its path is answered at so many."""
_QUIET_MV: Final = 1e-6
_ROWS: Final = [LEADS.index(lead) for lead in COLUMNS]


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What was learned: m networks of l layers.

    Attributes
    ----------
    mean, deviation
        (f,) of the features among what was taught.
    weights, biases
        l arrays (m, outputs, inputs) and (m, outputs); between layers negative values become zero.
    basis, variance
        (f, k) principal directions of standardised features, and the variance (k,) along them.
    apart, centres
        (f, j) directions in which beats of no scenario differ most from those of one, in units of how far beats of one
        scenario differ, and where the (c, j) taught scenarios have their middle.
    farthest
        (2,) distances from all that was taught, and from the nearest scenario, that usual beats do not exceed.
    widening
        Factor on the networks' spread so that two thirds of points of hearts that they never saw lie within.
    """

    mean: Doubles
    deviation: Doubles
    weights: tuple[Doubles, ...]
    biases: tuple[Doubles, ...]
    basis: Doubles
    variance: Doubles
    apart: Doubles
    centres: Doubles
    farthest: Doubles
    widening: float

    def answers(self, standard: Doubles) -> Doubles:
        """Return the (m, n, DRAWN, 3) answers to (n, f) standardised features, in units of a heart's measure."""
        state = np.broadcast_to(standard, (len(self.biases[0]), *standard.shape))
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            state = state @ weight.transpose(0, 2, 1) + bias[:, None]
            if k + 1 < len(self.weights):
                state = np.maximum(state, 0.0)
        return np.asarray(state.reshape(*state.shape[:2], DRAWN, 3))

    def standard(self, features: Doubles) -> Doubles:
        """Return (n, f) features in standard deviations from their mean."""
        return np.asarray((features - self.mean) / self.deviation)

    def distances(self, standard: Doubles) -> Doubles:
        """Return (n, 2) distances of standardised features: from all that was taught, and from the nearest scenario."""
        along = standard @ self.basis
        rest = (standard**2).sum(axis=1) - (along**2).sum(axis=1)
        from_all = np.sqrt(((along**2 / self.variance).sum(axis=1) + rest) / (len(self.variance) + 1.0))
        away = (standard @ self.apart)[:, None] - self.centres
        return np.stack([from_all, np.linalg.norm(away, axis=2).min(axis=1)], axis=1)

    def unlike(self, standard: Doubles) -> npt.NDArray[np.bool_]:
        """Return which of (n, f) standardised features are unlike what was taught."""
        return np.asarray((self.distances(standard) > self.farthest).any(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The learned path through QRS: (n, 3) points, (n,) uncertainty, and whether the beat is unlike what was taught."""

    points_mm: Doubles
    uncertainty_mm: Doubles
    unlike: bool


def course(window: Window, heart: Heart, n_qrs: int) -> Course:
    """Draw the QRS part of a window's learned path in a heart.

    Parameters
    ----------
    n_qrs
        Samples from QRS onset to the J point.

    Raises
    ------
    ValueError
        When one of the eight independent leads is missing.
    """
    known = prior()
    features = known.standard(of_window(window, heart, n_qrs)[None])
    answers = known.answers(features)[:, 0]
    centre, scale = measure(heart)
    middle = answers.mean(axis=0)
    spread = np.sqrt((((answers - middle) * scale) ** 2).sum(axis=2).mean(axis=0))
    share, at = np.linspace(0.0, 1.0, n_qrs), np.linspace(0.0, 1.0, DRAWN)
    points = centre + scale * middle
    return Course(
        points_mm=np.stack([np.interp(share, at, column) for column in points.T], axis=1),
        uncertainty_mm=known.widening * np.interp(share, at, spread),
        unlike=bool(known.unlike(features)[0]),
    )


def measure(heart: Heart) -> tuple[Doubles, Doubles]:
    """Return the centroid of a heart's muscle and its spread along the heart's axes, each (3,) mm."""
    return np.asarray(heart.centroid_mm, dtype=np.float64), _spread(heart)


def of_window(window: Window, heart: Heart, n_qrs: int) -> Doubles:
    """Return the (f,) features of a window for a heart."""
    leads = np.asarray(window.signal_mv, dtype=np.float64)[_ROWS]
    at = np.linspace(0.0, n_qrs - 1.0, READ)
    samples = np.arange(leads.shape[1])
    read = np.stack([np.interp(at, samples, row) for row in leads])
    qrs_ms = (n_qrs - 1) * 1000.0 / window.rate_hz
    vectors = heart.from_lps(vectors_of(read))
    (found,) = features(read[None], vectors[None], np.array([qrs_ms]))
    return np.asarray(found)


def features(leads_mv: Doubles, vectors_mv: Doubles, qrs_ms: Doubles) -> Doubles:
    """Return what the networks read: forms, not heights.

    Parameters
    ----------
    leads_mv
        (n, 8, READ), in the order of `leads.COLUMNS`.
    vectors_mv
        (n, READ, 3) heart vectors along the heart's axes.
    qrs_ms
        (n,).

    Returns
    -------
    (n, f).
    """
    length = np.linalg.norm(vectors_mv, axis=2).max(axis=1)
    size = np.sqrt((leads_mv**2).mean(axis=(1, 2)))
    parts = (
        (vectors_mv / np.maximum(length, _QUIET_MV)[:, None, None]).reshape(len(leads_mv), -1),
        (leads_mv / np.maximum(size, _QUIET_MV)[:, None, None]).reshape(len(leads_mv), -1),
        np.log(qrs_ms / 100.0)[:, None],
    )
    return np.concatenate(parts, axis=1)


@lru_cache(maxsize=1)
def prior() -> Prior:
    """Read what was learned from resources/path.

    Raises
    ------
    InputError
        If the file is missing or damaged.
    """
    path = resources.folder("path") / "learned.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            parts = {key: file[key].astype(np.float64) for key in file.files}
        layers = sum(key.startswith("weight") for key in parts)
        return Prior(
            mean=parts["mean"],
            deviation=parts["deviation"],
            weights=tuple(parts[f"weight{k}"] for k in range(layers)),
            biases=tuple(parts[f"bias{k}"] for k in range(layers)),
            basis=parts["basis"],
            variance=parts["variance"],
            apart=parts["apart"],
            centres=parts["centres"],
            farthest=parts["farthest"],
            widening=float(parts["widening"]),
        )
    except (OSError, KeyError, ValueError) as error:
        repair = "install cineviewer again, or learn anew with `make path-prior`"
        raise InputError(
            "path-prior", f"what was learned cannot be read ({error})", where=path, repair=repair
        ) from error


@lru_cache(maxsize=8)
def _spread(heart: Heart) -> Doubles:
    return np.asarray(heart.walls_mm.astype(np.float64).std(axis=0), dtype=np.float64)
