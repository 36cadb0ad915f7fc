"""Figures against cases worked out by hand, and intervals against what theory says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, rankdata

from cineviewer.models.calibration import calibrate
from cineviewer.models.metrics import auroc, brier, calibration_error, cross_entropy, figures, intervals


def test_figures_of_a_case_counted_by_hand():
    truth = np.array([1, 1, 1, 0, 0])
    p = np.array([0.9, 0.8, 0.2, 0.6, 0.1])
    found = figures(truth, p, np.arange(5), resamples=200)
    assert found.n == 5
    assert found.accuracy.value == pytest.approx(3 / 5)
    assert found.sensitivity.value == pytest.approx(2 / 3)
    assert found.specificity.value == pytest.approx(1 / 2)
    assert found.macro_f1.value == pytest.approx((2 * 2 / (3 + 3) + 2 * 1 / (2 + 2)) / 2)
    assert found.auroc.value == pytest.approx(5 / 6)
    # bins of a tenth: .1 -> 0, .2 -> 1, .6 -> 0, .8 -> 1, .9 -> 1
    assert found.ece == pytest.approx((0.1 + 0.8 + 0.6 + 0.2 + 0.1) / 5)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_auroc_is_the_rank_sum_with_half_for_ties(pairs):
    truth = np.array([int(t) for t, _ in pairs])
    score = np.array([float(s) for _, s in pairs])
    ones, zeros = truth.sum(), len(truth) - truth.sum()
    if not ones or not zeros:
        assert np.isnan(auroc(truth, score))
        return
    u = rankdata(score)[truth == 1].sum() - ones * (ones + 1) / 2
    assert auroc(truth, score) == pytest.approx(u / (ones * zeros))


def test_interval_of_a_share_is_the_binomial_one():
    right = np.arange(1000) < 860
    truth = np.where(np.arange(1000) % 2, 1, 0)
    p = np.where(right, truth, 1 - truth).astype(float)
    found = figures(truth, p, np.arange(1000)).accuracy
    half = norm.ppf(0.975) * np.sqrt(0.86 * 0.14 / 1000)
    assert found.low == pytest.approx(0.86 - half, abs=0.004)
    assert found.high == pytest.approx(0.86 + half, abs=0.004)


def test_patients_are_resampled_not_windows():
    """Ten equal windows of each patient say no more than one: the interval must not shrink."""
    random = np.random.default_rng(1)
    truth = random.integers(0, 2, 200)
    p = np.clip(0.5 + 0.25 * (2 * truth - 1) + random.normal(0, 0.3, 200), 0, 1)
    one = figures(truth, p, np.arange(200)).auroc
    ten = figures(np.repeat(truth, 10), np.repeat(p, 10), np.repeat(np.arange(200), 10)).auroc
    assert ten.value == pytest.approx(one.value)
    assert ten.high - ten.low == pytest.approx(one.high - one.low, rel=0.1)


def test_what_is_not_defined_is_none():
    found = figures(np.ones(4, dtype=int), np.full(4, 0.9), np.arange(4), resamples=50)
    assert found.auroc.value is None
    assert found.specificity.value is None
    assert found.sensitivity.value == 1.0
    assert figures(np.zeros(0, dtype=int), np.zeros(0), np.zeros(0), resamples=50).accuracy.value is None


def test_intervals_are_the_same_with_the_same_seed():
    values = np.random.default_rng(0).normal(size=50)
    measures = {"mean": lambda w: w @ values / w.sum(axis=1)}
    first, second = (intervals(measures, np.arange(50), resamples=300, seed=3) for _ in range(2))
    assert first == second
    assert first["mean"] != intervals(measures, np.arange(50), resamples=300, seed=4)["mean"]


def test_calibrated_draws_have_no_calibration_error():
    random = np.random.default_rng(0)
    p = random.uniform(size=200_000)
    truth = random.uniform(size=p.size) < p
    assert calibration_error(truth, p) < 0.005
    assert calibration_error(truth, np.full(p.size, 0.5)) < 0.005
    assert brier(truth, p) == pytest.approx(1 / 6, abs=0.002)


@pytest.mark.parametrize(("temperature", "offset"), [(0.5, 0.0), (1.0, -0.8), (2.5, 1.5)])
def test_temperature_and_offset_are_found_again(temperature, offset):
    random = np.random.default_rng(2)
    honest = random.normal(0, 2, 100_000)
    truth = (random.uniform(size=honest.size) < 1 / (1 + np.exp(-honest))).astype(int)
    found = calibrate([(truth, honest * temperature + offset)])
    assert found == pytest.approx((temperature, offset), rel=0.03, abs=0.03)


def test_cross_entropy_does_not_overflow():
    assert cross_entropy(np.array([1, 0]), np.array([1e4, -1e4])) == pytest.approx(0.0)
    assert cross_entropy(np.array([0]), np.array([1e4])) == pytest.approx(1e4)
