"""The heart cut open: lines of a sphere, muscle against its voxels, what is left out, and where the plane stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from cineviewer import resources
from cineviewer.analysis.store import read_case
from cineviewer.heart import Heart, Surface, load
from cineviewer.heart.axes import VIEWS, four_chamber, long_axis
from cineviewer.paint import scene_labels, scene_picture
from cineviewer.paint.scene import Scene
from cineviewer.paint.scene_camera import view_of
from cineviewer.paint.scene_cut import DEEPEST_MM, PX_MM, cut_face, cut_plane, facing, loops, moved
from cineviewer.paint.scene_path import path_shape
from cineviewer.paint.scene_sight import clearness
from cineviewer.paint.tokens import tokens
from cineviewer.session import Camera, Cut

SIDE = 240
ACROSS = (0.0, 0.0, 1.0)
NOTHING = Surface(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32), np.zeros((0, 3), np.float32))


@pytest.fixture(scope="module")
def heart() -> Heart:
    return load()


@pytest.fixture
def scene(heart: Heart) -> Iterator[Scene]:
    made = Scene(heart, tokens(dark=False))
    yield made
    made.close()


def _sphere(n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """A sphere of 10 mm about the origin, its poles on z; the poles are open."""
    up, round_ = np.meshgrid(np.linspace(0.02, np.pi - 0.02, n), np.linspace(0, 2 * np.pi, 2 * n, endpoint=False))
    points = 10.0 * np.stack([np.sin(up) * np.cos(round_), np.sin(up) * np.sin(round_), np.cos(up)], -1)
    index = np.arange(2 * n * n).reshape(2 * n, n)
    beyond = np.roll(index, -1, axis=0)
    a, b, c, d = index[:, :-1], index[:, 1:], beyond[:, 1:], beyond[:, :-1]
    triangles = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    return points.reshape(-1, 3), triangles.astype(np.int32)


@pytest.mark.parametrize("height", [0.3, -6.1])
def test_a_plane_meets_a_sphere_in_a_circle(height: float) -> None:
    points, triangles = _sphere()
    ((line, closed),) = loops(points, triangles, points[:, 2] - height)
    assert closed
    np.testing.assert_allclose(np.hypot(line[:, 0], line[:, 1]), np.sqrt(100.0 - height**2), atol=0.05)


def test_where_a_mesh_is_open_its_lines_are_too() -> None:
    points, triangles = _sphere()
    lines = loops(points, triangles, points[:, 0] - 0.01)  # through both open poles
    assert [closed for _, closed in lines] == [False, False]
    assert sum(np.linalg.norm(np.diff(line, axis=0), axis=1).sum() for line, _ in lines) == pytest.approx(62.0, abs=1.0)


def test_beside_a_mesh_there_are_no_lines() -> None:
    points, triangles = _sphere()
    assert loops(points, triangles, points[:, 2] - 11.0) == []


@pytest.mark.parametrize("depth_mm", [-10.0, 0.0, 10.0])
def test_the_cut_shows_as_much_muscle_as_lies_there(heart: Heart, depth_mm: float) -> None:
    """Across the ventricles, where no sheets are: against the voxels of the walls, to which nothing inside belongs."""
    bare = replace(heart, surfaces={**heart.surfaces, "papillary_muscles": NOTHING})
    plane = cut_plane(Cut(on=True, normal=ACROSS, depth_mm=depth_mm), bare)
    assert plane is not None
    face = cut_face(plane, bare, tokens(dark=False))
    assert face is not None
    shown_mm2 = (face.pixels[..., 3] > 127).sum() / PX_MM**2
    z_mm = (plane.origin @ heart.axes.T)[2]
    near = np.abs(heart.walls_mm[:, 2] - z_mm) < heart.spacing_mm
    assert shown_mm2 == pytest.approx(near.sum() * heart.spacing_mm**2 / 2.0, rel=0.06)


def test_valves_stay_open_in_the_cut(heart: Heart) -> None:
    """Along four chambers nothing but leaflets lies between ventricle and atrium."""
    plane = cut_plane(Cut(on=True), heart)
    assert plane is not None
    face = cut_face(plane, heart, tokens(dark=False))
    assert face is not None
    apex, base = (point @ heart.axes for point in long_axis(heart))
    steps = np.linspace(0.15, 1.1, 200)[:, None]
    way = apex + steps * (base - apex) - face.corner
    column, row = (
        ((way @ edge) / (edge @ edge) * count).astype(int)
        for edge, count in ((face.along, face.pixels.shape[1]), (face.up, face.pixels.shape[0]))
    )
    assert (face.pixels[row, column, 3] > 127).mean() < 0.05


@pytest.mark.parametrize("name", VIEWS)
def test_a_cut_that_faces_the_viewer_leaves_out_what_is_before_it(heart: Heart, name: str) -> None:
    view = view_of(Camera(name), heart, SIDE, SIDE)
    plane = cut_plane(facing(view, heart), heart)
    assert plane is not None
    assert plane.towards(view) @ view.basis[2] > 0.5
    assert ("short axis" in plane.words) == (name in ("base", "apex", "lao"))
    out = plane.leaves_out(heart.walls_mm @ heart.axes, view)
    assert 0.2 < out.mean() < 0.8
    assert view.depth(heart.walls_mm[out] @ heart.axes).mean() < view.depth(heart.walls_mm[~out] @ heart.axes).mean()


def test_four_chambers_are_cut_through_apex_and_both_valves(heart: Heart) -> None:
    normal, (apex, base) = four_chamber(heart), long_axis(heart)
    for point in (base, heart.annuli_mm["tricuspid"]):
        assert (point - apex) @ normal == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("name", ["anterior", "posterior"])
def test_deeper_is_away_from_the_viewer_and_ends_somewhere(heart: Heart, name: str) -> None:
    view = view_of(Camera(name), heart, SIDE, SIDE)
    start = Cut(on=True, normal=(0.0, 1.0, 0.0))
    deeper = moved(start, 4.0, view, heart)
    before, after = cut_plane(start, heart), cut_plane(deeper, heart)
    assert before is not None
    assert after is not None
    assert (after.origin - before.origin) @ before.towards(view) == pytest.approx(-4.0)
    assert abs(moved(start, 500.0, view, heart).depth_mm) == DEEPEST_MM
    assert moved(Cut(), 4.0, view, heart) == Cut()


@pytest.mark.parametrize("normal", [(0.0, 0.0, 0.0), (1e300, 0.0, 0.0)])
def test_a_normal_that_is_none_cuts_along_four_chambers(heart: Heart, normal: tuple[float, float, float]) -> None:
    plane = cut_plane(Cut(on=True, normal=normal), heart)
    assert plane is not None
    np.testing.assert_allclose(plane.normal, four_chamber(heart) @ heart.axes)


def test_muscle_is_drawn_in_its_colour_and_a_closed_heart_is_as_before(heart: Heart, scene: Scene) -> None:
    look, view = tokens(dark=False), view_of(Camera("apex"), heart, SIDE, SIDE)
    whole = scene.render(view, SIDE, SIDE)
    plane = cut_plane(Cut(on=True, normal=ACROSS), heart)
    assert plane is not None
    scene.set_cut(plane)
    opened = scene.render(view, SIDE, SIDE)
    inside = heart.wall_coordinates[:, 1]
    z_mm = (plane.origin @ heart.axes.T)[2]
    middle = np.flatnonzero((np.abs(heart.walls_mm[:, 2] - z_mm) < heart.spacing_mm) & (np.abs(inside - 0.5) < 0.15))
    on_plane = heart.walls_mm[middle].astype(float)
    on_plane[:, 2] = z_mm
    places = view.project(on_plane @ heart.axes, SIDE, SIDE)[0].astype(int)
    muscle = np.array(list(bytes.fromhex(look.muscle.removeprefix("#"))))
    near = np.abs(opened[places[:, 1], places[:, 0], :3].astype(int) - muscle).max(axis=1) < 25
    assert near.mean() > 0.9
    scene.set_cut(None)
    np.testing.assert_array_equal(scene.render(view, SIDE, SIDE), whole)


def test_no_wall_that_is_cut_away_dims_the_bead(heart: Heart) -> None:
    view = view_of(Camera("anterior"), heart, SIDE, SIDE)
    plane = cut_plane(facing(view, heart), heart)
    assert plane is not None
    just_before = plane.origin + 1.0 * plane.towards(view) + np.array([[0.0, 0.0, 0.0]])
    assert clearness(heart, view, just_before)[0] < 0.95
    assert clearness(heart, view, just_before, plane)[0] == 1.0


def test_the_halo_promises_nothing_below_ten_millimetres() -> None:
    explanation = read_case(resources.folder("demo") / "lbbb.npz").explanation
    assert explanation is not None
    shape = path_shape(explanation, load(), "#101215", dark=False)
    largest = float(np.hypot(10.0, shape.uncertainty_mm[: shape.n_qrs].max()))
    assert largest > 10.0
    assert scene_labels.halo_text(shape) == f"halo ± {largest:.0f} mm"


def test_an_exported_picture_is_cut_as_it_is_told(heart: Heart) -> None:
    whole, opened = (
        scene_picture.picture(heart, None, SIDE, SIDE, camera=Camera("apex"), cut=cut) for cut in (None, Cut(on=True))
    )
    closed = scene_picture.picture(heart, None, SIDE, SIDE, camera=Camera("apex"), cut=Cut())
    assert opened != whole
    assert closed == whole
