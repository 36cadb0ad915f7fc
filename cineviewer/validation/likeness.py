"""Simulated beats beside people's: durations, axes, the signs of waves, and a classifier that tries to tell them apart.

Both sides are measured by the same analysis of whole records. Nothing here looks at single persons' identities.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from cineviewer.ecg import LEADS, Delineation, Doubles, Landmarks
from cineviewer.signal import pq_level

FEATURES: Final = (
    "qrs_ms",
    "pr_ms",
    "qtcf_ms",
    "qrs_axis_deg",
    "t_axis_deg",
    *(f"R {lead}" for lead in ("I", "aVF", "V1", "V2", "V4", "V6")),
    *(f"S {lead}" for lead in ("V1", "V2", "V3", "V5")),
    *(f"T {lead}" for lead in ("II", "V2", "V4", "V6")),
    "P II",
)
"""Twenty plain features: three intervals, two axes, heights of waves in millivolt."""

_ST_MS: Final = 40.0
_AGREED: Final = 0.8
"""A lead's sign counts where so large a share of people agree on it."""
_FOLDS: Final = 5
_RIDGE: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """One record's dominant beat in numbers.

    Attributes
    ----------
    r_mv, s_mv, t_mv
        (12,) height of the largest upward and depth of the largest downward deflection of QRS, T's largest value.
    features
        (20,) FEATURES, NaN where there is none.
    concordant
        Whether the mean vectors of QRS and T, over the eight independent leads, are less than 90 degrees apart.
    """

    r_mv: Doubles
    s_mv: Doubles
    t_mv: Doubles
    features: Doubles
    concordant: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """One class of simulated records beside people's.

    Attributes
    ----------
    people_qrs_ms, simulated_qrs_ms
        Mean and standard deviation.
    people_axis_deg, simulated_axis_deg
        10th, 50th and 90th percentile of the QRS's frontal axis.
    signs
        Share of simulated leads whose larger wave (R or S) is the one that at least 80 percent of people have there.
    n_leads
        In how many leads people agree so far.
    people_concordant, simulated_concordant
        Share of records whose T goes with QRS.
    auroc
        How well the features tell simulated from people's records, cross-validated; None where it was not asked.
    """

    name: str
    n_people: int
    n_simulated: int
    people_qrs_ms: tuple[float, float]
    simulated_qrs_ms: tuple[float, float]
    people_axis_deg: tuple[float, float, float]
    simulated_axis_deg: tuple[float, float, float]
    signs: float
    n_leads: int
    people_concordant: float
    simulated_concordant: float
    auroc: float | None


def waves(found: Delineation) -> Waves | None:
    """Measure the median beat; None where QRS or T has no edges."""
    beat = found.median
    if beat is None or beat.landmarks.qrs_on is None or beat.landmarks.qrs_off is None or beat.landmarks.t_end is None:
        return None
    marks = beat.landmarks
    rest = beat.signal_mv - pq_level(beat.signal_mv, beat.rate_hz, beat.landmarks.qrs_on)[:, None]
    values = rest.astype(np.float64)
    qrs = values[:, beat.landmarks.qrs_on : beat.landmarks.qrs_off + 1]
    t = values[:, beat.landmarks.qrs_off + round(_ST_MS * beat.rate_hz / 1000.0) : beat.landmarks.t_end]
    if t.shape[1] < 10 or not np.isfinite(values).all():
        return None
    r, s = np.maximum(qrs.max(axis=1), 0.0), np.maximum(-qrs.min(axis=1), 0.0)
    heights = {"R": r, "S": s, "T": t[np.arange(12), np.abs(t).argmax(axis=1)], "P": _p_height(values, marks)}
    known = found.measurements
    features = [_feature(name, heights, known) for name in FEATURES]
    independent = [LEADS.index(lead) for lead in ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")]
    concordant = float(qrs.sum(axis=1)[independent] @ t.sum(axis=1)[independent]) > 0.0
    return Waves(r, s, heights["T"], np.array(features), concordant)


def compare(name: str, people: Iterable[Waves], simulated: Iterable[Waves], *, classify: bool = False) -> Likeness:
    """Put a class of simulated records beside people's."""
    real, made = list(people), list(simulated)
    agreed, signs = _signs(real, made)
    x, y = (np.stack([wave.features for wave in part]) for part in (real, made))
    qrs, axis = FEATURES.index("qrs_ms"), FEATURES.index("qrs_axis_deg")
    return Likeness(
        name=name,
        n_people=len(real),
        n_simulated=len(made),
        people_qrs_ms=_mean_and_spread(x[:, qrs]),
        simulated_qrs_ms=_mean_and_spread(y[:, qrs]),
        people_axis_deg=_range(x[:, axis]),
        simulated_axis_deg=_range(y[:, axis]),
        signs=signs,
        n_leads=agreed,
        people_concordant=float(np.mean([wave.concordant for wave in real])),
        simulated_concordant=float(np.mean([wave.concordant for wave in made])),
        auroc=auroc(x, y) if classify else None,
    )


def auroc(people: Doubles, simulated: Doubles) -> float:
    """Return how well a classifier tells two sets of features apart: 0.5 is not at all.

    Logistic regression on the features, their squares and their products, ridge-regularised, five folds; values that
    are missing are replaced by the median of both sets.

    Parameters
    ----------
    people, simulated
        (n, features) and (m, features).
    """
    x = np.concatenate([people, simulated])
    y = np.concatenate([np.zeros(len(people)), np.ones(len(simulated))])
    x = np.where(np.isfinite(x), x, np.nanmedian(x, axis=0))
    x = np.clip((x - x.mean(axis=0)) / x.std(axis=0), -4.0, 4.0)
    first, second = np.triu_indices(x.shape[1])
    x = np.concatenate([x, x[:, first] * x[:, second]], axis=1)
    order = np.random.default_rng(0).permutation(len(x))
    scores = np.empty(len(x))
    for fold in range(_FOLDS):
        held = order[fold::_FOLDS]
        rest = np.setdiff1d(order, held)
        scores[held] = x[held] @ _logistic(x[rest], y[rest])
    return _area(scores[y == 0], scores[y == 1])


def _logistic(x: Doubles, y: Doubles) -> Doubles:
    """Fit weights by Newton's method; both classes weigh the same, and a ridge keeps the weights small."""
    share = y.mean()
    weight = np.where(y == 1, 0.5 / share, 0.5 / (1.0 - share))
    coefficients = np.zeros(x.shape[1])
    for _ in range(12):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ coefficients, -30.0, 30.0)))
        slope = x.T @ (weight * (y - p)) - _RIDGE * coefficients
        curve = (x * (weight * p * (1.0 - p) + 1e-9)[:, None]).T @ x + _RIDGE * np.eye(x.shape[1])
        coefficients = coefficients + np.linalg.solve(curve, slope)
    return coefficients


def _area(low: Doubles, high: Doubles) -> float:
    """Return the share of pairs in which the second set's score is higher (area under the ROC curve)."""
    ranks = np.argsort(np.argsort(np.concatenate([low, high]))) + 1.0
    return float((ranks[len(low) :].sum() - len(high) * (len(high) + 1) / 2) / (len(low) * len(high)))


def _signs(people: list[Waves], simulated: list[Waves]) -> tuple[int, float]:
    real, made = (np.stack([wave.r_mv > wave.s_mv for wave in part]) for part in (people, simulated))
    upward = real.mean(axis=0)
    agreed = np.maximum(upward, 1.0 - upward) >= _AGREED
    if not agreed.any():
        return 0, float("nan")
    return int(agreed.sum()), float(np.mean(made[:, agreed] == (upward > 0.5)[agreed]))


def _feature(name: str, heights: dict[str, Doubles], known: object) -> float:
    if " " in name:
        wave, lead = name.split()
        return float(heights[wave][LEADS.index(lead)])
    value = getattr(known, name).value
    return float("nan") if value is None else float(value)


def _p_height(values: Doubles, marks: Landmarks) -> Doubles:
    if marks.p_on is None or marks.p_off is None or marks.p_off <= marks.p_on:
        return np.full(12, np.nan)
    return np.asarray(values[:, marks.p_on : marks.p_off].max(axis=1))


def _mean_and_spread(values: Doubles) -> tuple[float, float]:
    return float(np.nanmean(values)), float(np.nanstd(values))


def _range(values: Doubles) -> tuple[float, float, float]:
    low, middle, high = np.nanpercentile(values, [10, 50, 90])
    return float(low), float(middle), float(high)
