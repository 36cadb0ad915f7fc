"""The path: its length, its place, what it must not depend on, and its uncertainty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial import cKDTree

from cineviewer.cine import path
from cineviewer.cine.interior import interior

UNIT = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1)
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


def constant(direction, n: int = 200) -> np.ndarray:
    return np.tile(np.asarray(direction, dtype=float), (n, 1))


def qrs_then(direction, after, j: int = 50, n: int = 200) -> np.ndarray:
    vector = constant(direction, n)
    vector[j + 1 :] = after
    return vector


def to_and_fro(n: int = 200) -> np.ndarray:
    """A vector that never carries the path to a wall."""
    return np.where(np.arange(n)[:, None] // 5 % 2 == 0, 1.0, -1.0) * np.array([0.8, 0.5, 0.3])


def test_depth_agrees_with_the_ellipsoids(heart) -> None:
    points = np.random.default_rng(0).uniform(-80, 80, (4000, 3))
    depth = interior(heart).depth(points)
    lv = ((points - [0, 0, -35]) ** 2 / np.array([32, 32, 48]) ** 2).sum(1) <= 1
    rv = ((points - [30, 5, -25]) ** 2 / np.array([30, 34, 42]) ** 2).sum(1) <= 1
    assert (lv | rv)[depth > 2.0].all()
    assert not (lv | rv)[depth < -2.0].any()


@relaxed
@given(hnp.arrays(np.float64, (8, 3), elements=st.floats(-1, 1)), st.sampled_from([40.0, 120.0, 390.0]))
def test_recipe_stays_inside_whatever_the_vector_does(heart, window_of, corners, j_ms: float) -> None:
    vector = np.repeat(corners, 25, axis=0)
    points = path(window_of(vector, j_ms=j_ms), heart).points_mm
    distance, _ = cKDTree(heart.interior_mm).query(points)
    assert distance.max() <= 2.0
    assert np.isfinite(points).all()


@relaxed
@given(UNIT, st.floats(0.05, 20))
def test_the_path_does_not_depend_on_gain(heart, window_of, direction, gain: float) -> None:
    vector = qrs_then(direction, 0.2 * np.asarray(direction))
    plain = path(window_of(vector), heart).points_mm
    assert path(window_of(gain * vector), heart).points_mm == pytest.approx(plain, abs=1e-2)


def test_recipe_starts_at_the_left_septum(heart, window_of) -> None:
    assert path(window_of(constant((1, 0, 0))), heart).points_mm[0] == pytest.approx(heart.septum_mm)


def test_recipe_runs_at_seven_tenths_of_a_metre_a_second(heart, window_of) -> None:
    drawn = path(window_of(to_and_fro(), j_ms=80.0), heart)
    length = np.linalg.norm(np.diff(drawn.points_mm[:41], axis=0), axis=1).sum()
    assert length == pytest.approx(0.7 * 80.0, rel=1e-3)
    assert drawn.speed_m_s == 0.7


def test_recipe_goes_where_the_vector_points(heart, window_of) -> None:
    drawn = path(window_of(constant((1, 0, 0)), j_ms=40.0), heart)
    moved = drawn.points_mm[20] - drawn.points_mm[0]
    assert moved[0] < -20  # left in the body is towards negative x of this heart


def test_at_the_wall_the_path_slides_on_instead_of_freezing(heart, window_of) -> None:
    oblique = path(window_of(constant((1.0, 0.0, -0.5)), j_ms=150.0), heart).points_mm[:76]
    step = np.linalg.norm(np.diff(oblique, axis=0), axis=1)
    met = int(np.argmax(step < 1.3))
    assert 0 < met < 50
    assert step[met : met + 5].min() > 0.2
    assert oblique[-1, 2] < oblique[met, 2] - 4  # on towards the apex, along the wall


def test_a_smaller_vector_after_the_j_point_draws_a_shorter_path(heart, window_of) -> None:
    vector = to_and_fro()
    vector[51:] *= 0.2
    points = path(window_of(vector, j_ms=100.0), heart).points_mm
    step = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert step[52:].mean() == pytest.approx(0.2 * step[5:50].mean(), rel=1e-3)


@relaxed
@given(hnp.arrays(np.float64, (8, 3), elements=st.floats(-1, 1)), st.sampled_from([60.0, 100.0, 160.0]))
def test_centred_has_the_centroid_as_its_mean_over_qrs(heart, window_of, corners, j_ms: float) -> None:
    drawn = path(window_of(np.repeat(corners, 25, axis=0), j_ms=j_ms), heart, "centred")
    n = round(j_ms / 2) + 1
    assert drawn.points_mm[:n].mean(axis=0) == pytest.approx(heart.centroid_mm, abs=1e-6)


def test_centred_is_shrunk_into_the_heart_and_says_at_which_speed(heart, window_of) -> None:
    drawn = path(window_of(constant((1, 0, 0)), j_ms=180.0), heart, "centred")
    assert interior(heart).depth(drawn.points_mm[:91]).min() >= -1e-9
    length = np.linalg.norm(np.diff(drawn.points_mm[:91], axis=0), axis=1).sum()
    assert drawn.speed_m_s is not None
    assert drawn.speed_m_s < 0.7
    assert length == pytest.approx(drawn.speed_m_s * 180.0, rel=1e-3)


@pytest.mark.parametrize("method", ["recipe", "centred"])
def test_uncertainty_is_one_number_a_sample_and_grows_from_the_anchor(heart, window_of, method: str) -> None:
    drawn = path(window_of(constant((0.6, 0.3, -0.4))), heart, method)
    assert drawn.uncertainty_mm.shape == (200,)
    assert (drawn.uncertainty_mm >= 0).all()
    if method == "recipe":
        assert drawn.uncertainty_mm[0] == 0
        assert drawn.uncertainty_mm[4] == pytest.approx(0.7 * 8.0, rel=0.25)  # an onset 8 ms late has not moved yet


def test_without_a_j_point_the_first_100_ms_are_drawn_as_qrs(heart, window_of) -> None:
    vector = qrs_then((1, 0.2, -0.3), (0.1, 0.02, -0.03))
    unknown = path(window_of(vector, j_ms=None), heart).points_mm
    assert unknown == pytest.approx(path(window_of(vector, j_ms=100.0), heart).points_mm)


def test_an_unknown_method_is_refused_with_the_known_ones(heart, window_of) -> None:
    with pytest.raises(ValueError, match="recipe, centred, learned"):
        path(window_of(constant((1, 0, 0))), heart, "straight")
