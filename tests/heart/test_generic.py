"""The shipped heart against anatomy: an adult's ventricles at end-diastole."""

from __future__ import annotations

import numpy as np
import pytest

from cineviewer.heart import SURFACES, Heart, Surface, load

DENSITY_G_ML = 1.05


@pytest.fixture(scope="module")
def heart() -> Heart:
    return load()


def volume_ml(surface: Surface) -> float:
    a, b, c = (surface.vertices_mm[surface.triangles[:, k]].astype(float) for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6000.0)


def mass_g(heart: Heart, chosen: np.ndarray) -> float:
    return float(chosen.sum() * heart.spacing_mm**3 / 1000.0 * DENSITY_G_ML)


def named(heart: Heart, word: str) -> np.ndarray:
    wanted = [i for i, name in enumerate(heart.label_names) if word in name.split()]
    return np.isin(heart.wall_labels, wanted)


def edges_of(surface: Surface) -> tuple[np.ndarray, np.ndarray]:
    t = surface.triangles
    directed = np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
    return np.unique(np.sort(directed, axis=1), axis=0, return_counts=True)


def thickness_mm(heart: Heart, at: tuple[float, float, float], towards: tuple[float, float, float]) -> float:
    """How much of a ray lies in the wall, counted on the grid of labels."""
    from scipy.spatial import cKDTree

    ray = np.array(at) + np.arange(0.0, 110.0, 0.1)[:, None] * np.array(towards) / np.linalg.norm(towards)
    away, index = cKDTree(heart.interior_mm).query(ray)
    tree = cKDTree(heart.walls_mm)
    in_wall = (tree.query(heart.interior_mm[index])[0] < 1e-6) & (away < 0.9 * heart.spacing_mm)
    first = int(np.argmax(in_wall))
    last = first + int(np.argmin(in_wall[first:]))
    return 0.1 * (last - first)


@pytest.mark.parametrize(("name", "low", "high"), [("lv_endocardium", 125, 175), ("rv_endocardium", 130, 190)])
def test_cavities_hold_an_adults_volume(heart: Heart, name: str, low: float, high: float) -> None:
    assert low <= volume_ml(heart.surfaces[name]) <= high


def test_left_ventricle_with_septum_weighs_110_to_170_g(heart: Heart) -> None:
    assert 110 <= mass_g(heart, named(heart, "LV")) <= 170


def test_right_free_wall_weighs_30_to_50_g(heart: Heart) -> None:
    assert 30 <= mass_g(heart, named(heart, "RV") | named(heart, "RVOT")) <= 50


def test_left_ventricle_is_90_to_105_mm_long_and_45_to_52_mm_wide_at_its_base(heart: Heart) -> None:
    assert 90 <= -heart.surfaces["epicardium"].vertices_mm[:, 2].min() <= 105
    inner = heart.surfaces["lv_endocardium"].vertices_mm
    basal = inner[(inner[:, 2] > -8) & (inner[:, 2] < -4)]
    assert 45 <= 2 * np.median(np.hypot(basal[:, 0], basal[:, 1])) <= 52  # the outflow bulges


@pytest.mark.parametrize(
    ("at", "towards", "low", "high"),
    [
        ((0, 0, -45), (1, 0, 0), 7, 11),
        ((0, 0, -45), (-1, 0, 0), 6, 10),
        ((0, 0, -40), (0, 0, -1), 3, 6),
        ((45, 0, -30), (1, 0, 0), 3, 5),
    ],
    ids=["septum", "lateral", "apex", "right"],
)
def test_walls_are_as_thick_as_an_adults(heart: Heart, at, towards, low: float, high: float) -> None:
    grid_mm = 0.5 * heart.spacing_mm
    assert low - grid_mm <= thickness_mm(heart, at, towards) <= high + grid_mm


def test_right_ventricle_is_65_to_80_mm_long_and_33_to_41_mm_wide_and_ends_10_to_20_mm_before_the_left(
    heart: Heart,
) -> None:
    right, left = heart.surfaces["rv_endocardium"].vertices_mm, heart.surfaces["lv_endocardium"].vertices_mm
    assert 65 <= -right[:, 2].min() <= 80
    assert 10 <= right[:, 2].min() - left[:, 2].min() <= 20
    level = right[(np.abs(right[:, 2] + 8) < 2.5) & (np.abs(right[:, 1] + 5) < 6)]
    assert 33 <= level[:, 0].max() - level[:, 0].min() <= 41


@pytest.mark.parametrize(
    ("name", "low", "high"), [("mitral", 30, 36), ("tricuspid", 33, 40), ("aortic", 21, 25), ("pulmonary", 22, 26)]
)
def test_valve_rings_have_an_adults_diameter(heart: Heart, name: str, low: float, high: float) -> None:
    rings = heart.surfaces["annuli"].vertices_mm.reshape(4, -1, 3)
    away = np.linalg.norm(rings[list(heart.annuli_mm).index(name)] - heart.annuli_mm[name], axis=1)
    assert low <= away.max() + away.min() <= high


def test_pulmonary_valve_is_above_and_before_the_aortic_one_which_lies_between_the_inlets(heart: Heart) -> None:
    mitral, tricuspid, aortic, pulmonary = (
        heart.annuli_mm[name] for name in ("mitral", "tricuspid", "aortic", "pulmonary")
    )
    left, posterior, superior = heart.to_lps((pulmonary - aortic)[None])[0]
    assert 10 <= pulmonary[2] <= 20
    assert left > 0
    assert posterior < 0
    assert superior > 0
    assert mitral[0] < aortic[0] < tricuspid[0]


def test_axes_are_right_handed_and_the_long_axis_lies_as_in_people(heart: Heart) -> None:
    np.testing.assert_allclose(heart.axes @ heart.axes.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(np.cross(heart.axes[0], heart.axes[1]), heart.axes[2], atol=1e-12)
    expected = np.array([0.66, -0.56, -0.50])
    apexward = -heart.axes[2]
    assert apexward @ expected / np.linalg.norm(expected) > np.cos(np.radians(12))
    assert heart.axes[0] @ [-1, -1, 0] > 1.0  # the right ventricle lies to the right and in front


@pytest.mark.parametrize("name", ["epicardium", "lv_endocardium", "rv_endocardium"])
def test_surface_is_one_closed_sheet_whose_normals_point_out(heart: Heart, name: str) -> None:
    surface = heart.surfaces[name]
    edges, counts = edges_of(surface)
    assert (counts == 2).all()
    assert len(surface.vertices_mm) - len(edges) + len(surface.triangles) == 2
    assert volume_ml(surface) > 0
    corners = surface.vertices_mm[surface.triangles].astype(float)
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    smooth = surface.normals[surface.triangles].mean(axis=1)
    area = np.linalg.norm(facing, axis=1)
    agree = np.einsum("ij,ij->i", facing, smooth) > 0.5 * area * np.linalg.norm(smooth, axis=1)
    assert area[~agree].sum() < 0.01 * area.sum()


def test_cavities_lie_inside_the_epicardium(heart: Heart) -> None:
    from scipy.spatial import cKDTree

    outer = heart.surfaces["epicardium"]
    tree = cKDTree(outer.vertices_mm)
    for name in ("lv_endocardium", "rv_endocardium"):
        points = heart.surfaces[name].vertices_mm
        _, nearest = tree.query(points)
        out = np.einsum("ij,ij->i", points - outer.vertices_mm[nearest], outer.normals[nearest])
        assert out.max() < 0.0, name


def test_all_surfaces_together_have_at_most_40000_triangles(heart: Heart) -> None:
    assert set(heart.surfaces) == set(SURFACES)
    assert sum(len(surface.triangles) for surface in heart.surfaces.values()) <= 40_000


def test_points_of_the_path_lie_in_the_heart(heart: Heart) -> None:
    inner = heart.surfaces["lv_endocardium"].vertices_mm
    assert np.linalg.norm(inner - heart.septum_mm, axis=1).min() < 3.0
    assert heart.septum_mm[0] > 15
    np.testing.assert_allclose(heart.centroid_mm, heart.walls_mm.mean(axis=0), atol=0.1)
    assert len(heart.interior_mm) > len(heart.walls_mm) > 10_000


@pytest.mark.parametrize("name", ["epicardium", "lv_endocardium", "rv_endocardium"])
def test_surface_does_not_intersect_itself(heart: Heart, name: str) -> None:
    from scipy.spatial import cKDTree

    surface = heart.surfaces[name]
    t, corners = surface.triangles, surface.vertices_mm[surface.triangles].astype(float)
    reach = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max()
    pairs = cKDTree(corners.mean(axis=1)).query_pairs(reach, output_type="ndarray")
    apart = ~(t[pairs[:, 0]][:, :, None] == t[pairs[:, 1]][:, None, :]).any(axis=(1, 2))
    pairs = np.concatenate([pairs[apart], pairs[apart][:, ::-1]])
    first, second = corners[pairs[:, 0]], corners[pairs[:, 1]]
    for k in range(3):
        assert not pierces(first[:, k], first[:, (k + 1) % 3], second).any()


def pierces(start: np.ndarray, end: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Which segments go through which triangles (Möller and Trumbore 1997)."""
    along, u_edge = end - start, triangles[:, 1] - triangles[:, 0]
    v_edge = triangles[:, 2] - triangles[:, 0]
    p = np.cross(along, v_edge)
    size = np.einsum("ij,ij->i", u_edge, p)
    size = np.where(np.abs(size) < 1e-12, np.inf, size)
    away = start - triangles[:, 0]
    u = np.einsum("ij,ij->i", away, p) / size
    q = np.cross(away, u_edge)
    v, t = np.einsum("ij,ij->i", along, q) / size, np.einsum("ij,ij->i", v_edge, q) / size
    return (u > 0) & (v > 0) & (u + v < 1) & (t > 0) & (t < 1)


def test_piercing_is_noticed() -> None:
    triangle = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]]], dtype=float)
    assert pierces(np.array([[0.2, 0.2, -1.0]]), np.array([[0.2, 0.2, 1.0]]), triangle).all()
    assert not pierces(np.array([[0.9, 0.9, -1.0]]), np.array([[0.9, 0.9, 1.0]]), triangle).any()
