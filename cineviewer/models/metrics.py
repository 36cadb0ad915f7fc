"""How often a verdict is right, and how sure one may be of that: figures with bootstrap intervals over patients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles
from cineviewer.models.card import Figures, Interval

RESAMPLES = 2000
BINS = 10
_CHUNK = 50

Labels = npt.NDArray[np.integer]


def figures(
    labels: Labels,
    p_abnormal: Doubles,
    patients: npt.NDArray[Any],
    *,
    threshold: float = 0.5,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Figures:
    """Measure predictions against labels.

    Parameters
    ----------
    labels
        (n,) 0 normal, 1 abnormal.
    p_abnormal
        (n,) calibrated probabilities.
    patients
        (n,) whose each is; intervals are 95 % percentiles over resampled patients.
    """
    truth = np.asarray(labels, dtype=bool)
    said = np.asarray(p_abnormal) >= threshold
    ranked = ranking(truth, np.asarray(p_abnormal, dtype=np.float64))
    measures: dict[str, Callable[[Doubles], Doubles]] = {
        "accuracy": lambda w: _share(w, said == truth, np.ones_like(truth)),
        "macro_f1": lambda w: (_f1(w, truth, said) + _f1(w, ~truth, ~said)) / 2.0,
        "auroc": ranked,
        "sensitivity": lambda w: _share(w, said & truth, truth),
        "specificity": lambda w: _share(w, ~said & ~truth, ~truth),
    }
    found = intervals(measures, patients, resamples=resamples, seed=seed)
    return Figures(n=truth.size, ece=calibration_error(truth, p_abnormal), **found)


def intervals(
    measures: dict[str, Callable[[Doubles], Doubles]],
    patients: npt.NDArray[Any],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Interval]:
    """Evaluate measures on all and on resampled patients.

    Parameters
    ----------
    measures
        Each maps weights (resamples, n) to values (resamples,), NaN where undefined.

    Returns
    -------
    dict
        The value on all, and the 2.5th and 97.5th percentile over those resamples where the measure is defined.
    """
    names, owner = np.unique(patients, return_inverse=True)
    random = np.random.default_rng(seed)
    whole = np.ones((1, owner.size))
    values = {name: float(measure(whole)[0]) if owner.size else np.nan for name, measure in measures.items()}
    drawn: dict[str, list[Doubles]] = {name: [] for name in measures}
    for start in range(0, resamples if owner.size else 0, _CHUNK):
        count = min(_CHUNK, resamples - start)
        times = random.multinomial(names.size, np.full(names.size, 1.0 / names.size), size=count)
        weights = times[:, owner].astype(np.float64)
        for name, measure in measures.items():
            drawn[name].append(measure(weights))
    return {name: _interval(value, drawn[name]) for name, value in values.items()}


def ranking(truth: npt.NDArray[np.bool_], score: Doubles) -> Callable[[Doubles], Doubles]:
    """Return the area under the receiver operating characteristic as a function of weights (resamples, n).

    It is the weighted share of (abnormal, normal) pairs in which the abnormal one scores higher; equal scores count
    half.
    """
    order = np.argsort(score, kind="stable")
    positive = truth[order]
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) > 0]) if score.size else np.zeros(0, dtype=np.intp)

    def area(weights: Doubles) -> Doubles:
        ordered = weights[:, order]
        up = np.add.reduceat(ordered * positive, starts, axis=1)
        down = np.add.reduceat(ordered * ~positive, starts, axis=1)
        below = np.cumsum(down, axis=1) - down / 2.0
        return _divide((up * below).sum(axis=1), up.sum(axis=1) * down.sum(axis=1))

    return area


def auroc(labels: Labels, score: npt.NDArray[np.floating]) -> float:
    """Return the area under the receiver operating characteristic; NaN with one class alone."""
    truth = np.asarray(labels, dtype=bool)
    return float(ranking(truth, np.asarray(score, dtype=np.float64))(np.ones((1, truth.size)))[0])


def calibration_error(labels: npt.NDArray[Any], p_abnormal: Doubles, bins: int = BINS) -> float | None:
    """Return the expected calibration error over equal-width bins of p_abnormal; None of nothing.

    Source: Naeini et al. 2015, AAAI, for one class's probability.
    """
    p = np.asarray(p_abnormal, dtype=np.float64)
    if p.size == 0:
        return None
    which = np.minimum((p * bins).astype(np.intp), bins - 1)
    gap = np.bincount(which, p - np.asarray(labels, dtype=np.float64), minlength=bins)
    return float(np.abs(gap).sum() / p.size)


def brier(labels: npt.NDArray[Any], p_abnormal: Doubles) -> float:
    """Return the mean squared difference of probability and label."""
    return float(np.mean(np.square(np.asarray(p_abnormal) - np.asarray(labels, dtype=np.float64))))


def cross_entropy(labels: npt.NDArray[Any], logits: npt.NDArray[np.floating]) -> float:
    """Return the mean negative log likelihood of labels under sigmoid(logits)."""
    signs = 2.0 * np.asarray(labels, dtype=np.float64) - 1.0
    return float(np.mean(np.logaddexp(0.0, -signs * np.asarray(logits, dtype=np.float64))))


def _interval(value: float, drawn: list[Doubles]) -> Interval:
    if not np.isfinite(value):
        return Interval(value=None)
    defined = np.concatenate(drawn) if drawn else np.zeros(0)
    defined = defined[np.isfinite(defined)]
    if defined.size < 2:
        return Interval(value=value)
    low, high = np.percentile(defined, [2.5, 97.5])
    return Interval(value=value, low=float(low), high=float(high))


def _share(weights: Doubles, part: npt.NDArray[np.bool_], of: npt.NDArray[np.bool_]) -> Doubles:
    return _divide(weights @ part.astype(np.float64), weights @ of.astype(np.float64))


def _f1(weights: Doubles, truth: npt.NDArray[np.bool_], said: npt.NDArray[np.bool_]) -> Doubles:
    both = weights @ (truth & said).astype(np.float64)
    return _divide(2.0 * both, weights @ truth.astype(np.float64) + weights @ said.astype(np.float64))


def _divide(above: Doubles, below: Doubles) -> Doubles:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
