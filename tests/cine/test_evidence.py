"""Eq. 1, Eq. 2, the post-processings and the span that holds half of the evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cineviewer.cine import half_evidence, post_process, profile, unify

PHI = hnp.arrays(np.float64, (12, 20), elements=st.floats(-1e3, 1e3, width=32))


def test_eq_1_by_hand() -> None:
    assert unify([[3.0, 1.0]], [[1.0, 4.0]]) == pytest.approx(np.array([[1.0, -1.5]]))


def test_eq_2_by_hand() -> None:
    phi = np.array([[1.0, -3.0, 0.0], [1.0, -1.0, 1.0]])
    assert profile(phi) == pytest.approx([0.5, -1.0, 0.25])


def test_eq_2_of_nothing_is_nothing_and_not_nan() -> None:
    assert (profile(np.zeros((12, 5))) == 0).all()
    assert (profile(np.array([[1.0, -2.0], [-1.0, 2.0]])) == 0).all()


@given(PHI, st.floats(1e-3, 1e3))
def test_the_profile_lies_in_minus_one_to_one_and_knows_no_unit(phi: np.ndarray, unit: float) -> None:
    value = profile(phi)
    assert np.abs(value).max() == pytest.approx(1.0) or (value == 0).all()
    assert profile(unit * phi) == pytest.approx(value, abs=1e-6)


def test_post_processings_by_hand() -> None:
    phi = np.array([[-2.0, 0.0], [1.0, 2.0]])
    assert post_process(phi, "signed") == pytest.approx(phi)
    assert post_process(phi, "scaled") == pytest.approx(np.array([[0.0, 0.5], [0.75, 1.0]]))
    assert post_process(phi, "absolute") == pytest.approx(np.array([[2.0, 0.0], [1.0, 2.0]]))
    assert post_process(phi, "positive") == pytest.approx(np.array([[0.0, 0.0], [1.0, 2.0]]))
    assert (post_process(np.ones((2, 2)), "scaled") == 0).all()


def test_an_unknown_post_processing_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="signed, scaled, absolute, positive"):
        post_process(np.zeros((1, 1)), "relative")


def test_half_of_the_evidence_is_found_where_it_lies() -> None:
    value = np.zeros(200)
    value[25:49] = -1.0
    value[150:152] = 0.5
    start, end = half_evidence(value, 2.0 * np.arange(200)) or (None, None)
    assert (start, end) == (50.0, 76.0)  # 13 of the 24 samples hold half of 25


def test_no_evidence_has_no_span() -> None:
    assert half_evidence(np.zeros(10), np.arange(10.0)) is None


@given(hnp.arrays(np.float64, st.integers(2, 40), elements=st.floats(-1, 1, width=32)))
def test_no_shorter_span_holds_half(value: np.ndarray) -> None:
    time = np.arange(value.size, dtype=float)
    span = half_evidence(value, time)
    total = np.abs(value).sum()
    if span is None:
        assert total == 0
        return
    start, end = int(span[0]), int(span[1])
    assert np.abs(value[start:end]).sum() >= total / 2 * (1 - 1e-9)
    shorter = end - start - 1
    sums = [np.abs(value[k : k + shorter]).sum() for k in range(value.size - shorter + 1)]
    assert max(sums, default=0.0) < total / 2 * (1 + 1e-9)
