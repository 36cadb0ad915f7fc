"""The generator makes what is shipped, and tubes that enclose what they should."""

from __future__ import annotations

import numpy as np
import pytest

from cineviewer import resources
from cineviewer.errors import InputError
from cineviewer.heart import Morph, generator, load
from cineviewer.heart.coronaries import Artery, Line
from cineviewer.heart.grooves import groove
from cineviewer.heart.shape import Shape
from cineviewer.heart.tube import tube


def test_generator_rebuilds_the_shipped_file() -> None:
    built = generator.build()
    with np.load(resources.folder("heart") / "generic.npz") as shipped:
        assert set(shipped.files) == set(built)
        for key in shipped.files:
            if key.endswith("_mm"):
                assert built[key].shape == shipped[key].shape, key
                np.testing.assert_allclose(built[key], shipped[key], atol=0.01, err_msg=key)
            else:
                differing = np.mean(np.asarray(built[key] != shipped[key]))
                assert differing <= 0.001, key


@pytest.mark.parametrize(
    "morph", [Morph(lv_wall_mm=5.0, rv_size=1.2), Morph(lv_wall_mm=-1.5, lv_size=1.2, rv_size=0.9)]
)
def test_a_heart_that_differs_is_still_three_closed_surfaces(morph: Morph) -> None:
    drawn = generator.surfaces(Shape.of(morph))
    for name in ("epicardium", "lv_endocardium", "rv_endocardium"):
        triangles = drawn[name].triangles
        edges = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        unique, counts = np.unique(edges, axis=0, return_counts=True)
        assert (counts == 2).all()
        assert len(drawn[name].vertices_mm) - len(unique) + len(triangles) == 2


def test_left_anterior_descending_runs_in_front_and_to_the_apex() -> None:
    anterior, posterior = groove(Shape(), 1.0), groove(Shape(), -1.0)
    assert (anterior[:, 1] > 0).all()
    assert (posterior[:, 1] < 0).all()
    assert anterior[-1, 2] < -60 < anterior[0, 2]


@pytest.mark.parametrize("closed", [False, True])
def test_tube_has_the_volume_of_its_curve_and_radius(closed: bool) -> None:
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    ring = np.stack([30 * np.cos(angle), 30 * np.sin(angle), 0 * angle], axis=1)
    curve = ring if closed else np.linspace([0, 0, 0], [0, 0, 60.0], 50)
    vertices, triangles, normals = tube(curve, 3.0, 48, closed=closed, caps=not closed)
    a, b, c = (vertices[triangles[:, k]].astype(float) for k in range(3))
    length = 2 * np.pi * 30 if closed else 60.0
    volume = np.einsum("ij,ij->", a, np.cross(b, c)) / 6
    assert volume == pytest.approx(np.pi * 9 * length, rel=0.01)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-5)


def test_tube_survives_a_curve_that_stands_still_and_turns_back() -> None:
    curve = np.array([[0, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0], [0, 0, 1.0]])
    vertices, _, _ = tube(curve, 1.0)
    assert np.isfinite(vertices).all()
    assert np.isfinite(tube(np.zeros((4, 3)), 1.0)[0]).all()


def test_unknown_heart_is_a_sentence() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load("nobody")


def test_an_artery_narrows_to_a_point_unless_others_go_on_from_its_end() -> None:
    course = np.linspace([0.0, 0.0, 0.0], [0.0, 0.0, -60.0], 12)
    radius = Line.of(Artery(course, 1.8, 0.6)).radius_mm
    assert (np.diff(radius) < 0.0).all()
    assert radius[0] == pytest.approx(1.8)
    assert radius[-1] < 0.15
    assert Line.of(Artery(course, 1.8, 0.6, tapers=False)).radius_mm[-1] == pytest.approx(0.6)
