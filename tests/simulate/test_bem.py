"""The boundary-element method against solid geometry and the analytic sphere."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import eval_legendre

from cineviewer.simulate import bem
from cineviewer.simulate.torso import sphere

RADIUS_MM = 100.0
S_M = 0.2


@pytest.fixture(scope="module")
def ball():
    vertices, triangles = sphere(3)
    return bem.Boundary(RADIUS_MM * vertices, triangles, S_M, 0.0)


def test_a_closed_surface_fills_the_whole_angle_from_inside_and_none_from_outside(ball):
    seen = bem.linear_angles(
        np.array([[10.0, -30.0, 50.0], [0.0, 0.0, 0.0], [250.0, 10.0, 0.0]]), ball.vertices_mm[ball.triangles]
    )
    np.testing.assert_allclose(seen.sum(axis=(1, 2)), [4 * np.pi, 4 * np.pi, 0.0], atol=1e-9)


def test_linear_angles_are_the_integrals_of_their_functions():
    corners = np.array([[1.0, 0.0, 0.0], [0.0, 1.2, 0.1], [0.1, 0.2, 1.0]])
    point = np.array([0.1, -0.2, 0.05])
    share = (np.arange(300) + 0.5) / 300
    u, v = (grid.ravel() for grid in np.meshgrid(np.sqrt(share), share))
    functions = np.stack([1 - u, u * (1 - v), u * v], axis=1)
    away = functions @ corners - point
    normal = np.cross(corners[1] - corners[0], corners[2] - corners[0]) / 2
    kernel = away @ normal / np.linalg.norm(away, axis=1) ** 3
    expected = (functions * kernel[:, None]).mean(axis=0)
    np.testing.assert_allclose(bem.linear_angles(point[None], corners[None])[0, 0], expected, rtol=1e-3)


@pytest.mark.parametrize("source_mm", [(0.5, 0.0, 0.0), (30.0, 20.0, 10.0), (0.0, 60.0, 0.0)])
def test_dipole_in_a_homogeneous_sphere_is_the_analytic_one(ball, source_mm):
    weights = bem.reciprocal((ball,))[::20]
    skin_m = ball.vertices_mm[::20] / 1000.0
    for direction in np.eye(3):
        ends = np.array(source_mm) + 0.5 * np.array([direction, -direction])
        found = bem.potentials((ball,), weights, ends) @ [1000.0, -1000.0]
        expected = _surface_potential(skin_m, np.array(source_mm) / 1000.0, direction)
        found, expected = found - found.mean(), expected - expected.mean()
        assert np.linalg.norm(found - expected) < 0.02 * np.linalg.norm(expected)


def test_a_better_conductor_outside_a_ball_of_tissue_changes_nothing_when_it_conducts_alike(ball):
    inner = bem.Boundary(0.6 * ball.vertices_mm, ball.triangles, S_M, S_M)
    ends = np.array([[0.0, 0.0, 10.0], [0.0, 0.0, 9.0]])
    alone, both = ((ball,), (ball, inner))
    one, two = (bem.potentials(parts, bem.reciprocal(parts)[::40], ends) @ [1.0, -1.0] for parts in (alone, both))
    np.testing.assert_allclose(two - two.mean(), one - one.mean(), rtol=1e-3, atol=1e-4 * np.abs(one).max())


def _surface_potential(skin_m, source_m, direction):
    """Series for a unit dipole: gradient of the potential of a unit source with an even drain over the surface."""
    radius = RADIUS_MM / 1000.0

    def source(place):
        share = np.linalg.norm(place) / radius
        cosine = skin_m @ place / (radius * np.linalg.norm(place))
        terms = [(2 * n + 1) / n * share**n * eval_legendre(n, cosine) for n in range(1, 120)]
        return np.sum(terms, axis=0) / (4 * np.pi * S_M * radius)

    step = 1e-6 * direction
    return (source(source_m + step) - source(source_m - step)) / 2e-6
