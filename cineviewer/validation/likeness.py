"""Simulated beats beside people's: durations, axes, the signs of waves, and a classifier that tries to tell them apart.

Both sides are measured by the same analysis of whole records. The simulator's constants and its persons were chosen
beside people with even ecg_ids (resources/people).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

import numpy as np

from cineviewer.ecg import LEADS, Delineation, Doubles, Landmarks
from cineviewer.errors import InputError
from cineviewer.models import spread
from cineviewer.records import Table, read, read_table
from cineviewer.signal import analyse, pq_level
from cineviewer.validation.people import Ids

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

CLASSES: Final = {"normal": "NORM", "lbbb": "CLBBB", "rbbb": "CRBBB"}
"""Scenarios beside PTB-XL's statements."""

N_PEOPLE: Final = 600
N_SIMULATED: Final = {"normal": 200, "lbbb": 60, "rbbb": 60}
"""At most so many records of each class; all are persons of their own."""
FEWEST: Final = 10
_ST_MS: Final = 40.0
_AGREED: Final = 0.8
"""A lead's sign counts where so large a share of people agree on it."""
_FOLDS: Final = 5
_RIDGES: Final = (3.0, 30.0, 300.0)


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
        Whether the mean frontal vectors of QRS and T are less than 90 degrees apart.
    """

    r_mv: Doubles
    s_mv: Doubles
    t_mv: Doubles
    features: Doubles
    concordant: bool


Rule = Literal["apart by at most", "at least", "at most"]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of a class of simulated records beside people's.

    Attributes
    ----------
    scenario, label
        The simulator's name and PTB-XL's statement.
    figure
        What is measured, with its unit.
    people, simulated
        None where one side has nothing to measure it by.
    bar, rule, met
        Which the simulated figure must keep to: its distance from people's, or its own size.
    """

    scenario: str
    label: str
    figure: str
    n_people: int
    n_simulated: int
    people: float | None
    simulated: float | None
    rule: Rule
    bar: float
    met: bool


def people(table: Table, code: str, limit: int, *, ids: Ids = "all", workers: int = 1) -> list[Waves]:
    """Measure people whose records at 500 Hz carry a statement; NORM: and nothing but normal.

    Parameters
    ----------
    limit
        The first so many are asked for; those that cannot be measured are left out.
    ids
        Which ecg_ids: the simulator is fitted on even ones and reported on odd ones.
    workers
        Processes; 0: one a processor.
    """
    paths = []
    for row in np.flatnonzero(table.here_500):
        given = {statement.code for statement in table.statements[row]}
        alone = code != "NORM" or table.superclasses[row] == ("NORM",)
        if code in given and alone and (ids == "all" or int(table.names[row]) % 2 == (ids == "odd")):
            paths.append(table.folder / table.paths_500[row])
    return [found for found in spread.in_order(_of_record, paths[:limit], workers) if found is not None]


def simulated(scenario: str, n: int, first_seed: int = 1000, *, workers: int = 1) -> list[Waves]:
    """Measure records of a scenario, each of another person of the population; see `people`."""
    seeds = range(first_seed, first_seed + n)
    return [found for found in spread.in_order(partial(_of_seed, scenario), seeds, workers) if found is not None]


def measured(
    folder: Path, *, ids: Ids = "all", workers: int = 0, report: Callable[[int, int], None] = lambda _done, _of: None
) -> tuple[Row, ...]:
    """Put each class of a PTB-XL folder beside the simulator's; a class of fewer than FEWEST people is left out.

    Parameters
    ----------
    report
        Is told how many classes are done, of how many.
    """
    table, found = read_table(folder), list[Row]()
    for done, (scenario, label) in enumerate(CLASSES.items()):
        report(done, len(CLASSES))
        real = people(table, label, N_PEOPLE, ids=ids, workers=workers)
        if len(real) >= FEWEST:
            found += compare(scenario, label, real, simulated(scenario, N_SIMULATED[scenario], workers=workers))
    return tuple(found)


def _of_record(path: Path) -> Waves | None:
    try:
        return waves(analyse(read(path)))
    except InputError:
        return None


def _of_seed(scenario: str, seed: int) -> Waves | None:
    from cineviewer import simulate

    who = simulate.draw(np.random.default_rng(seed), simulate.SCENARIOS[scenario].person)
    return waves(analyse(simulate.record(scenario, seed, who)))


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
    concordant = _frontal(qrs) @ _frontal(t) > 0.0
    return Waves(r, s, heights["T"], np.array(features), bool(concordant))


def compare(scenario: str, label: str, people: Sequence[Waves], simulated: Sequence[Waves]) -> tuple[Row, ...]:
    """Put a class of simulated records beside people's; the classifier is asked of normal beats alone."""
    x, y = (np.stack([wave.features for wave in part]) for part in (people, simulated))

    def row(figure: str, values: tuple[float, float], rule: Rule, bar: float) -> Row:
        ours, theirs = (value if np.isfinite(value) else None for value in reversed(values))
        return Row(
            scenario,
            label,
            figure,
            len(people),
            len(simulated),
            theirs,
            ours,
            rule,
            bar,
            _met(theirs, ours, rule, bar, angle=figure.endswith(" deg")),
        )

    qrs, axis = FEATURES.index("qrs_ms"), FEATURES.index("qrs_axis_deg")
    low, high = _axes(x[:, axis], y[:, axis])
    rows = [
        row(
            "QRS duration, mean ms", (float(np.nanmean(x[:, qrs])), float(np.nanmean(y[:, qrs]))), "apart by at most", 5
        ),
        row("frontal axis, 10th percentile deg", low, "apart by at most", 15),
        row("frontal axis, 90th percentile deg", high, "apart by at most", 15),
        row("leads with people's sign of QRS, share", _signs(people, simulated), "at least", 0.9),
        row("T goes with QRS, share", (_concordant(people), _concordant(simulated)), "apart by at most", 0.1),
    ]
    if label == "NORM":
        rows.append(row("told apart by 20 features, AUROC", (0.5, auroc(x, y)), "at most", 0.85))
    return tuple(rows)


def auroc(people: Doubles, simulated: Doubles) -> float:
    """Return how well a classifier tells two sets of features apart: 0.5 is not at all.

    Logistic regression on the features, their squares and their products, five folds; the best of several ridges, so
    that few records are no excuse. Missing values are replaced by the median of both sets.

    Parameters
    ----------
    people, simulated
        (n, features) and (m, features).
    """
    found = []
    for ridge in _RIDGES:
        scores = log_ratio(people, simulated, ridge)
        found.append(_area(scores[len(people) :], scores[: len(people)]))
    return max(found)


def log_ratio(people: Doubles, simulated: Doubles, ridge: float) -> Doubles:
    """Return the (n + m,) log of how much likelier each row is people's than simulated, from the other folds."""
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
        scores[held] = -x[held] @ _logistic(x[rest], y[rest], ridge)
    return scores


def _logistic(x: Doubles, y: Doubles, ridge: float) -> Doubles:
    """Fit weights by Newton's method; both classes weigh the same, and a ridge keeps the weights small."""
    share = y.mean()
    weight = np.where(y == 1, 0.5 / share, 0.5 / (1.0 - share))
    coefficients = np.zeros(x.shape[1])
    for _ in range(12):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ coefficients, -30.0, 30.0)))
        slope = x.T @ (weight * (y - p)) - ridge * coefficients
        curve = (x * (weight * p * (1.0 - p) + 1e-9)[:, None]).T @ x + ridge * np.eye(x.shape[1])
        coefficients = coefficients + np.linalg.solve(curve, slope)
    return coefficients


def _area(low: Doubles, high: Doubles) -> float:
    """Return the share of pairs in which the second set's score is higher (area under the ROC curve)."""
    ranks = np.argsort(np.argsort(np.concatenate([low, high]))) + 1.0
    return float((ranks[len(low) :].sum() - len(high) * (len(high) + 1) / 2) / (len(low) * len(high)))


def _met(theirs: float | None, ours: float | None, rule: Rule, bar: float, *, angle: bool) -> bool:
    if ours is None:
        return False
    match rule:
        case "apart by at most":
            return theirs is not None and abs(_upright(ours - theirs) if angle else ours - theirs) <= bar
        case "at least":
            return ours >= bar
        case "at most":
            return ours <= bar


def _axes(people_deg: Doubles, simulated_deg: Doubles) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return both sides' 10th and 90th percentile, angles counted from people's middle direction."""
    turns = np.exp(1j * np.radians(people_deg[np.isfinite(people_deg)]))
    middle = float(np.degrees(np.angle(turns.mean()))) if turns.size else 0.0
    around = (np.mod(side - middle + 180.0, 360.0) - 180.0 + middle for side in (people_deg, simulated_deg))
    (low, high), (lower, higher) = (np.nanpercentile(side, [10, 90]) for side in around)
    return (_upright(low), _upright(lower)), (_upright(high), _upright(higher))


def _upright(angle_deg: float) -> float:
    """Return an angle between -180 and 180 degrees."""
    return float(np.mod(angle_deg + 180.0, 360.0) - 180.0)


def _signs(people: Sequence[Waves], simulated: Sequence[Waves]) -> tuple[float, float]:
    """Return how often each side's larger wave (R or S) is people's, in the leads where people agree on it."""
    real, made = (np.stack([wave.r_mv > wave.s_mv for wave in part]) for part in (people, simulated))
    upward = real.mean(axis=0)
    agreed = np.maximum(upward, 1.0 - upward) >= _AGREED
    if not agreed.any():
        return float("nan"), float("nan")
    theirs, ours = (np.mean(side[:, agreed] == (upward > 0.5)[agreed]) for side in (real, made))
    return float(theirs), float(ours)


def _concordant(side: Sequence[Waves]) -> float:
    return float(np.mean([wave.concordant for wave in side]))


def _frontal(values: Doubles) -> Doubles:
    """Return the mean vector to the left and down; an augmented lead is sqrt(3)/2 times as long as a bipolar one."""
    return np.array([values[LEADS.index("I")].sum(), 2.0 / np.sqrt(3.0) * values[LEADS.index("aVF")].sum()])


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
