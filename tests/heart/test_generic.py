"""The shipped heart against anatomy: an adult's ventricles at end-diastole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cineviewer import resources
from cineviewer.heart import SURFACES, Heart, Surface, load
from cineviewer.heart.anatomy import FIGURES, Figure, crossings_mm, volume_ml
from cineviewer.heart.surface import contour, grid

CLOSED = ("epicardium", "lv_endocardium", "rv_endocardium")


@pytest.fixture(scope="module")
def heart() -> Heart:
    return load()


def edges_of(triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    directed = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    return np.unique(np.sort(directed, axis=1), axis=0, return_counts=True)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_heart_measures_as_an_adults(heart: Heart, figure: Figure) -> None:
    assert figure.low <= figure.measure(heart) <= figure.high


def test_figures_are_those_of_anatomy() -> None:
    """Written here once more, so that a range is not widened in passing."""
    assert {(figure.low, figure.high) for figure in FIGURES[:4]} == {(125, 175), (130, 190), (110, 170), (30, 50)}
    assert [(figure.low, figure.high) for figure in FIGURES[4:9]] == [(90, 105), (45, 52), (7, 11), (6, 10), (3, 6)]
    assert [(figure.low, figure.high) for figure in FIGURES[9:14]] == [(3, 5), (3, 5), (33, 41), (65, 80), (10, 20)]
    rings = [(figure.low, figure.high) for figure in FIGURES[14:19]]
    assert rings == [(30, 36), (33, 40), (21, 25), (22, 26), (10, 20)]
    assert [(figure.low, figure.high) for figure in FIGURES[19:]] == [(0, 12), (1, 40_000)]


def test_measures_of_a_sphere_are_right() -> None:
    sphere = ball(20.0)
    assert volume_ml(sphere) == pytest.approx(4 / 3 * np.pi * 8, rel=0.01)
    np.testing.assert_allclose(crossings_mm(sphere, (0.0, 0.0, 0.0), (1.0, 2.0, 2.0)), [20.0], atol=0.1)
    np.testing.assert_allclose(crossings_mm(sphere, (-50.0, 0.5, 0.3), (1.0, 0.0, 0.0)), [30.0, 70.0], atol=0.1)


def ball(radius_mm: float) -> Surface:
    points = grid((-24.0, -24.0, -24.0), (24.0, 24.0, 24.0), 2.0)
    mesh = contour(lambda p: np.linalg.norm(p, axis=-1) - radius_mm, points)
    return Surface(
        mesh.vertices_mm.astype(np.float32), mesh.triangles.astype(np.int32), mesh.normals.astype(np.float32)
    )


def test_pulmonary_valve_is_above_and_before_the_aortic_one_which_lies_between_the_inlets(heart: Heart) -> None:
    mitral, tricuspid, aortic, pulmonary = (
        heart.annuli_mm[name] for name in ("mitral", "tricuspid", "aortic", "pulmonary")
    )
    left, posterior, superior = heart.to_lps((pulmonary - aortic)[None])[0]
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


@pytest.mark.parametrize("name", CLOSED)
def test_surface_is_one_closed_sheet_whose_normals_point_out(heart: Heart, name: str) -> None:
    surface = heart.surfaces[name]
    edges, counts = edges_of(surface.triangles)
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


@pytest.mark.parametrize(
    ("name", "valves"),
    [
        ("lv_endocardium", ("mitral", "aortic")),
        ("rv_endocardium", ("tricuspid", "pulmonary")),
        ("epicardium", ("mitral", "tricuspid", "aortic", "pulmonary")),
    ],
)
def test_valves_are_open_where_lids_are_left_out(heart: Heart, name: str, valves: tuple[str, ...]) -> None:
    surface = heart.surfaces[name]
    edges, counts = edges_of(surface.open_triangles)
    assert set(counts) == {1, 2}
    rim = surface.vertices_mm[np.unique(edges[counts == 1])]
    rings = heart.surfaces["annuli"].vertices_mm.reshape(4, -1, 3)
    near = np.stack([np.linalg.norm(rim[:, None] - rings[i][None], axis=2).min(axis=1) for i in range(4)])
    assert {list(heart.annuli_mm)[i] for i in np.unique(near.argmin(axis=0))} == set(valves)
    assert near.min(axis=0).max() < 5.5


def test_no_triangle_of_the_ventricles_is_a_needle_that_shows(heart: Heart) -> None:
    for name in CLOSED:
        surface = heart.surfaces[name]
        corners = surface.vertices_mm[surface.triangles].astype(float)
        assert np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max() < 10.0


def test_surfaces_curve_smoothly_but_in_grooves_and_margins(heart: Heart) -> None:
    """No pits, no spikes: from corner to corner of a triangle the normal hardly turns."""
    for names, most_creased, most_sharp in ((CLOSED, 0.04, 0.012), (("atria", "great_vessels"), 0.09, 0.02)):
        for name in names:
            surface = heart.surfaces[name]
            normals = surface.normals[surface.open_triangles]
            turn = np.einsum("mij,mij->mi", normals, np.roll(normals, 1, axis=1)).min(axis=1)
            assert np.mean(turn < np.cos(np.radians(40))) < most_creased, name
            assert np.mean(turn < np.cos(np.radians(75))) < most_sharp, name


def test_every_surface_is_there_and_every_normal_has_length_one(heart: Heart) -> None:
    assert set(heart.surfaces) == set(SURFACES)
    for name, surface in heart.surfaces.items():
        assert np.isfinite(surface.vertices_mm).all(), name
        assert surface.triangles.max() == len(surface.vertices_mm) - 1, name
        np.testing.assert_allclose(np.linalg.norm(surface.normals, axis=1), 1.0, atol=0.02, err_msg=name)


def test_arteries_lie_on_the_epicardium_not_in_the_muscle_nor_in_the_air(heart: Heart) -> None:
    from scipy.spatial import cKDTree

    outer = heart.surfaces["epicardium"]
    points = heart.surfaces["coronaries"].vertices_mm
    low = points[points[:, 2] < -12.0]
    distance, nearest = cKDTree(outer.vertices_mm).query(low)
    above = np.einsum("ij,ij->i", low - outer.vertices_mm[nearest], outer.normals[nearest])
    assert above.min() > -3.0
    assert above.max() < 4.5
    assert distance.max() < 5.5


def test_atria_lie_above_the_ventricles_and_reach_down_to_them(heart: Heart) -> None:
    from scipy.spatial import cKDTree

    atria = heart.surfaces["atria"].vertices_mm
    assert atria[:, 2].min() > -12.0
    tree = cKDTree(atria)
    for name in ("mitral", "tricuspid"):
        ring = heart.surfaces["annuli"].vertices_mm.reshape(4, -1, 3)[list(heart.annuli_mm).index(name)]
        assert np.median(tree.query(ring)[0]) < 18.0
    lps = heart.to_lps(atria)
    assert lps[:, 1].max() > heart.to_lps(heart.surfaces["epicardium"].vertices_mm)[:, 1].max()  # behind


def test_points_of_the_path_lie_in_the_heart(heart: Heart) -> None:
    inner = heart.surfaces["lv_endocardium"].vertices_mm
    assert np.linalg.norm(inner - heart.septum_mm, axis=1).min() < 3.0
    assert heart.septum_mm[0] > 15
    np.testing.assert_allclose(heart.centroid_mm, heart.walls_mm.mean(axis=0), atol=0.1)
    assert len(heart.interior_mm) > len(heart.walls_mm) > 10_000


@pytest.mark.parametrize("name", CLOSED)
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


@pytest.mark.parametrize(("changed", "is_same"), [("atria_vertices_mm", True), ("voxels", False), ("septum_mm", False)])
def test_the_hash_is_of_what_a_path_depends_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str, is_same: bool
) -> None:
    with np.load(resources.folder("heart") / "generic.npz") as shipped:
        parts = {key: shipped[key] for key in shipped.files}
    part = parts[changed].copy()
    part.flat[part.size // 2] += 1
    np.savez(tmp_path / f"{changed}.npz", **{**parts, changed: part})  # type: ignore[arg-type]
    monkeypatch.setattr(resources, "folder", lambda _name: tmp_path)
    assert (load(changed).sha256 == load().sha256) == is_same


def test_papillary_muscles_stand_on_the_walls_and_reach_into_the_cavities(heart: Heart) -> None:
    from scipy.spatial import cKDTree

    muscles = heart.surfaces["papillary_muscles"].vertices_mm.astype(float)
    septum_x = 30.0
    for name, chosen in (
        ("lv_endocardium", muscles[:, 0] < septum_x - 8),
        ("rv_endocardium", muscles[:, 0] > septum_x),
    ):
        wall, own = heart.surfaces[name], muscles[chosen]
        away, nearest = cKDTree(wall.vertices_mm).query(own)
        above = np.einsum("ij,ij->i", wall.vertices_mm[nearest] - own, wall.normals[nearest])
        assert above.min() > -0.5, name  # none sticks in the muscle or out of it
        assert np.quantile(above, 0.05) < 1.5, name  # feet
        assert above.max() > 7.0, name  # tips
        assert away.max() < 20.0, name
    left = muscles[muscles[:, 0] < septum_x - 8]
    assert (left[:, 1] > 4.0).any()  # anterolateral
    assert (left[:, 1] < -10.0).any()  # posteromedial
    assert not ((left[:, 1] > -6.0) & (left[:, 1] < 0.0)).any()  # and nothing between them
