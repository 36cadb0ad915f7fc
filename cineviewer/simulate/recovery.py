"""The action potential of each node, and what all of them together cause at the electrodes.

Where a node's action potential is the product of a rise and a fall that do not overlap, the leads are sums over nodes
of one and the same two curves, shifted in time: nodes are gathered by their times and the sums become convolutions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.simulate.tissue import Tissue

FIRST_MS: Final = -320.0
LAST_MS: Final = 680.0
STEP_MS: Final = 0.5
_RISE_MS: Final = 2.6
"""Standard deviation of the rise as seen from the chest: wave front and grid spacing together."""
_PLATEAU_PER_MS: Final = 0.028
_FALL_PER_MS: Final = 0.075
"""Slopes of the fall's slow beginning and fast end; their ratio makes T rise longer than it falls. Source of the form:
van Oosterom and Jacquemet, IEEE Trans Biomed Eng 2005;52:1755."""
_NOTCH_RISE_MS: Final = 8.0
_NOTCH_FALL_MS: Final = 95.0


@dataclass(frozen=True, slots=True)
class Durations:
    """How long action potentials last: a mean and its gradients, in ms.

    Attributes
    ----------
    mean_ms
        At a node that is activated 30 ms after QRS onset and lies half way in every direction, at a rate of 60.
    to_epicardium_ms, to_base_ms, to_posterior_ms, to_right_ms
        Change from endocardium to epicardium, apex to AV plane, anterior to posterior wall, left to right ventricle.
    late
        Change per ms of later activation in sinus rhythm: early muscle rests longer.
    """

    mean_ms: float = 303.3
    to_epicardium_ms: float = -12.3
    to_base_ms: float = 20.3
    to_posterior_ms: float = 15.3
    to_right_ms: float = 33.5
    late: float = -0.545


def durations_ms(tissue: Tissue, sinus_ms: Doubles, kind: Durations, rate_bpm: float) -> Doubles:
    """Return the (n,) durations of a person's action potentials.

    Parameters
    ----------
    sinus_ms
        (n,) the same person's activation without any block.
    rate_bpm
        The mean changes with the cube root of the interval, as Fridericia's QT does.
    """
    posterior = 0.5 - tissue.points_mm[:, 1] / 80.0
    return np.asarray(
        kind.mean_ms * np.cbrt(60.0 / rate_bpm)
        + kind.to_epicardium_ms * (tissue.depth - 0.5)
        + kind.to_base_ms * (np.clip(tissue.apicobasal, 0.0, 1.0) - 0.5)
        + kind.to_posterior_ms * (np.clip(posterior, 0.0, 1.0) - 0.5)
        + kind.to_right_ms * (np.where(tissue.left, 0.0, 1.0) - 0.5)
        + kind.late * (sinus_ms - 30.0)
    )


def times_ms() -> Doubles:
    """Return the instants of a beat at which potentials are computed, after QRS onset."""
    return np.arange(FIRST_MS, LAST_MS, STEP_MS)


def rise(matrix: Doubles, activation_ms: Doubles) -> Doubles:
    """Return the (r, t) potentials of the nodes' rises."""
    from scipy.special import ndtr

    return _gathered(matrix, activation_ms, lambda ms: ndtr(ms / _RISE_MS))


def fall(matrix: Doubles, recovery_ms: Doubles) -> Doubles:
    """Return the (r, t) potentials of the nodes' falls: negative where a rise is positive."""

    def curve(ms: Doubles) -> Doubles:
        slow, fast = np.exp(_PLATEAU_PER_MS * np.minimum(ms, 500.0)), np.exp(_FALL_PER_MS * np.minimum(ms, 500.0))
        return 1.0 / ((1.0 + slow) * (1.0 + fast)) - 1.0

    return _gathered(matrix, recovery_ms, curve)


def notch(matrix: Doubles, activation_ms: Doubles) -> Doubles:
    """Return the (r, t) potentials of a notch after the rise: a dip that fills up again, its depth in the matrix."""

    def curve(ms: Doubles) -> Doubles:
        after = np.maximum(ms, 0.0)
        return -(1.0 - np.exp(-((after / _NOTCH_RISE_MS) ** 2))) * np.exp(-((after / _NOTCH_FALL_MS) ** 2))

    return _gathered(matrix, activation_ms, curve)


def _gathered(matrix: Doubles, when_ms: Doubles, curve: Callable[[Doubles], Doubles]) -> Doubles:
    """Return sum over nodes of matrix[:, n] * curve(t - when[n]) at `times_ms()`."""
    from scipy.signal import fftconvolve

    alive = np.isfinite(when_ms)
    n = times_ms().size
    position = np.clip((when_ms[alive] - FIRST_MS) / STEP_MS, 0.0, n - 1.001)
    first = position.astype(np.intp)
    part = position - first
    bins = np.stack([
        np.bincount(first, row * (1.0 - part), minlength=n) + np.bincount(first + 1, row * part, minlength=n)
        for row in matrix[:, alive]
    ])  # fmt: skip
    kernel = curve(STEP_MS * np.arange(-(n - 1), n, dtype=np.float64))
    return np.asarray(fftconvolve(bins, kernel[None], axes=1)[:, n - 1 : 2 * n - 1])
