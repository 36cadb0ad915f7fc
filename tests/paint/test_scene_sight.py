"""How the bead is seen: walls in front of it against what VTK lets through, the path's depth against its geometry."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from cineviewer import resources
from cineviewer.analysis.store import read_case
from cineviewer.heart import Heart, load
from cineviewer.paint.scene import Scene
from cineviewer.paint.scene_camera import view_of
from cineviewer.paint.scene_path import QRS_RADIUS_MM, PathShape, path_shape
from cineviewer.paint.scene_sight import OWN_TUBE_MM, clearness, hidden, veil
from cineviewer.paint.tokens import tokens
from cineviewer.session import Camera

SIDE = 300


@pytest.fixture(scope="module")
def heart() -> Heart:
    return load()


@pytest.fixture(scope="module")
def shape(heart: Heart) -> PathShape:
    explanation = read_case(resources.folder("demo") / "lbbb.npz").explanation
    assert explanation is not None
    return path_shape(explanation, heart, "#101215", dark=False)


@pytest.fixture
def scene(heart: Heart) -> Iterator[Scene]:
    made = Scene(heart, tokens(dark=False))
    yield made
    made.close()


def test_nothing_dims_what_lies_in_front_of_the_heart(heart: Heart) -> None:
    view = view_of(Camera("lao"), heart, SIDE, SIDE)
    front, beside = view.focus + 120.0 * view.basis[2], view.focus + 300.0 * view.basis[0]
    np.testing.assert_array_equal(clearness(heart, view, np.stack([front, beside])), 1.0)
    assert veil(1.0) == 0.0
    assert len(clearness(heart, view, np.zeros((0, 3)))) == 0


@pytest.mark.parametrize("name", ["anterior", "left-lateral"])
def test_walls_let_through_as_much_as_vtk_draws(heart: Heart, scene: Scene, name: str) -> None:
    view = view_of(Camera(name), heart, SIDE, SIDE)
    for solid in scene._solids.values():
        solid.actor.SetVisibility(False)
    grounds = []
    for level in (0.0, 1.0):
        scene._walls_renderer.SetBackground(level, level, level)
        scene._walls_renderer.SetBackground2(level, level, level)
        grounds.append(scene.render(view, SIDE, SIDE)[..., 0].astype(float))
    drawn = (grounds[1] - grounds[0]) / 255.0
    right, up, back = view.basis
    behind = np.array(
        [view.focus - 100.0 * back + x * right + y * up for x in range(-30, 31, 15) for y in (-20, 0, 20)]
    )
    places, _ = view.project(behind, SIDE, SIDE)
    columns, rows = np.floor(places).astype(int).T
    found = clearness(heart, view, behind)
    assert found.min() < 0.6  # there are walls
    assert np.median(np.abs(found - drawn[rows, columns])) < 0.02
    assert np.percentile(np.abs(found - drawn[rows, columns]), 80) < 0.06


def test_depth_of_the_path_is_that_of_its_tube(heart: Heart, scene: Scene, shape: PathShape) -> None:
    view = view_of(Camera("anterior"), heart, SIDE, SIDE)
    scene.set_path(shape)
    scene.render(view, SIDE, SIDE)
    depth = scene.path_depth()
    places, _ = view.project(shape.points[: shape.n_qrs], SIDE, SIDE)
    columns, rows = np.floor(places).astype(int).T
    in_front = view.depth(shape.points[: shape.n_qrs]) - depth[rows, columns]
    assert np.median(in_front) == pytest.approx(QRS_RADIUS_MM, abs=1.5)
    assert in_front.min() > -0.2  # the first lies on the flat end of the tube
    assert np.isinf(depth[0]).all()
    scene.set_path(None)
    scene.render(view, SIDE, SIDE)
    assert np.isinf(scene.path_depth()).all()


def test_only_a_nearer_stretch_hides_the_bead() -> None:
    tube = np.full((40, 60), np.inf, dtype=np.float32)
    tube[:, 30:] = 100.0
    own, beyond = 100.0 + QRS_RADIUS_MM, 100.0 + OWN_TUBE_MM + 1.0
    assert not hidden(tube, 30.0, 20.0, 5, own).any()
    found = hidden(tube, 30.0, 20.0, 5, beyond)
    assert found.shape == (10, 10)
    assert not found[:, :5].any()
    assert found[:, 5:].all()
    assert not hidden(tube, 2.0, 38.0, 5, beyond).any()  # at the picture's corner
