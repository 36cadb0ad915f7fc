"""The ventricles in 3D: the camera against VTK's own, the path's colours against the map, blending against peeling."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cineviewer import cine
from cineviewer.ecg import LEADS, Attribution, Explanation, Method, Window
from cineviewer.heart import Heart, load
from cineviewer.heart.axes import VIEWS
from cineviewer.paint import scene_picture
from cineviewer.paint.colourmap import lut, sample
from cineviewer.paint.scene import Scene
from cineviewer.paint.scene_camera import ANGLE_DEG, View, camera_of, view_of
from cineviewer.paint.scene_path import PathShape, path_shape
from cineviewer.paint.scene_picture import picture
from cineviewer.paint.tokens import tokens
from cineviewer.session import Camera

INK = "#101215"


@pytest.fixture(scope="module")
def heart() -> Heart:
    return load()


def explanation(
    heart: Heart, *, j_ms: float | None = 120.0, t_end_ms: float = 360.0, rate_hz: float = 500.0
) -> Explanation:
    """A vector that turns from left-front to left-back; for normal before 40 ms, for abnormal after."""
    time_ms = np.arange(int(0.4 * rate_hz)) * 1000.0 / rate_hz
    x, y, z = np.exp(-(((time_ms - 60) / 30) ** 2)), 0.2 * np.exp(-(((time_ms - 40) / 30) ** 2)), 0.01 * time_ms / 4
    dower = {
        "I": (0.632, -0.235, 0.059), "II": (0.235, 1.066, -0.132), "V1": (-0.515, 0.157, -0.917),
        "V2": (0.044, 0.164, -1.387), "V3": (0.882, 0.098, -1.277), "V4": (1.213, 0.127, -0.601),
        "V5": (1.125, 0.127, -0.086), "V6": (0.831, 0.076, 0.230),
    }  # fmt: skip
    leads = {lead: a * x + b * y + c * z for lead, (a, b, c) in dower.items()}
    leads |= {
        "III": leads["II"] - leads["I"],
        "aVR": -(leads["I"] + leads["II"]) / 2,
        "aVL": leads["I"] - leads["II"] / 2,
        "aVF": leads["II"] - leads["I"] / 2,
    }
    signal = np.stack([leads[lead] for lead in LEADS]).astype(np.float32)
    window = Window(None, signal, rate_hz, 0.0, j_ms=j_ms, t_peak_ms=300.0, t_end_ms=t_end_ms)
    path = cine.path(window, heart)
    profile = np.where(time_ms < 40.0, -1.0, 1.0)
    nearest = cine.nearest(path, heart)
    phi = Attribution(np.zeros((12, len(time_ms)), dtype=np.float32), Method())
    return Explanation(window, 1.0, 0.9, phi, profile, path, nearest, "LV free wall", ())


@pytest.fixture(scope="module")
def shape(heart: Heart) -> PathShape:
    return path_shape(explanation(heart), heart, INK, dark=False)


@pytest.fixture
def scene(heart: Heart) -> Iterator[Scene]:
    made = Scene(heart, tokens(dark=False))
    yield made
    made.close()


def test_anterior_view_shows_the_patients_left_at_the_right_and_up_above(heart: Heart) -> None:
    view = view_of(Camera("anterior"), heart, 300, 300)
    here, left, up = (view.focus + np.array(step) for step in ([0, 0, 0], [10, 0, 0], [0, 0, 10]))
    places, _ = view.project(np.stack([here, left, up]), 300, 300)
    assert places[1, 0] > places[0, 0] + 5
    assert places[2, 1] < places[0, 1] - 5
    assert view.position[1] < view.focus[1]  # the camera stands in front


@pytest.mark.parametrize(
    ("name", "side"),
    [("lao", (1, -1, 0)), ("rao", (-1, -1, 0)), ("left-lateral", (1, 0, 0)), ("posterior", (0, 1, 0))],
)
def test_oblique_views_stand_on_the_side_that_names_them(heart: Heart, name: str, side: tuple[int, int, int]) -> None:
    view = view_of(Camera(name), heart, 300, 300)
    for towards, wanted in zip(view.basis[2], side, strict=True):
        assert np.sign(round(towards, 9)) == wanted


@settings(max_examples=40)
@given(st.sampled_from(VIEWS), st.integers(200, 1200), st.integers(200, 1200))
def test_named_views_hold_the_whole_heart(name: str, width: int, height: int) -> None:
    heart = load()
    points = heart.surfaces["epicardium"].vertices_mm @ heart.axes
    places, _ = view_of(Camera(name), heart, width, height).project(points, width, height)
    assert places.min() >= 0
    assert places[:, 0].max() <= width
    assert places[:, 1].max() <= height


@given(st.floats(-180, 180), st.floats(-180, 180))
def test_turning_keeps_distance_and_right_angles(azimuth: float, elevation: float) -> None:
    view = View(np.array([10.0, -400.0, 20.0]), np.array([5.0, 5.0, 5.0]), np.array([0.0, 0.0, 1.0]))
    turned = view.turned(azimuth, elevation)
    assert turned.distance == pytest.approx(view.distance)
    np.testing.assert_allclose(np.stack(turned.basis) @ np.stack(turned.basis).T, np.eye(3), atol=1e-9)


def test_free_camera_survives_the_session(heart: Heart) -> None:
    view = view_of(Camera(), heart, 300, 200).turned(33, 12).nearer(1.4)
    again = view_of(camera_of(view, heart), heart, 900, 500)
    np.testing.assert_allclose(again.position, view.position, atol=1e-6)
    np.testing.assert_allclose(again.basis, view.basis, atol=1e-9)


def test_projection_agrees_with_vtk(heart: Heart) -> None:
    from vtkmodules.vtkRenderingCore import vtkCamera

    view, width, height = view_of(Camera("lao"), heart, 640, 480), 640, 480
    camera = vtkCamera()
    camera.SetViewAngle(ANGLE_DEG)
    camera.SetPosition(*view.position)
    camera.SetFocalPoint(*view.focus)
    camera.SetViewUp(*view.up)
    matrix = camera.GetCompositeProjectionTransformMatrix(width / height, -1, 1)
    rows = np.array([[matrix.GetElement(i, j) for j in range(4)] for i in range(4)])
    points = heart.surfaces["epicardium"].vertices_mm[::50] @ heart.axes
    clip = np.c_[points, np.ones(len(points))] @ rows.T
    expected = np.stack([(clip[:, 0] / clip[:, 3] + 1) * width / 2, (1 - clip[:, 1] / clip[:, 3]) * height / 2], axis=1)
    np.testing.assert_allclose(view.project(points, width, height)[0], expected, atol=0.01)


def test_path_has_the_maps_colours_and_ends_where_t_ends(shape: PathShape) -> None:
    assert shape.time_ms[-1] == pytest.approx(360, abs=2)
    assert shape.time_ms[shape.n_qrs - 1] == pytest.approx(120, abs=2)
    np.testing.assert_array_equal(shape.colours[0], lut(False)[0])
    np.testing.assert_array_equal(shape.colours[-1], lut(False)[-1])
    np.testing.assert_array_equal(shape.colours, sample(np.where(shape.time_ms < 40, -1.0, 1.0), 1.0, False))


def test_labels_count_forty_milliseconds_and_name_what_ends(heart: Heart, shape: PathShape) -> None:
    assert [mark.text for mark in shape.marks] == ["0 ms", "40", "80", "J", "T end"]
    cut = path_shape(explanation(heart, t_end_ms=430.0, j_ms=None), heart, INK, dark=False)
    assert [mark.text for mark in cut.marks][-1] == "window ends"
    assert "J" not in [mark.text for mark in cut.marks]


@pytest.mark.parametrize("rate_hz", [100.0, 500.0])
def test_bead_lies_on_the_path_and_nowhere_outside_the_window(heart: Heart, rate_hz: float) -> None:
    told = explanation(heart, rate_hz=rate_hz)
    shape = path_shape(told, heart, INK, dark=False)
    last_ms = 400.0 - 1000.0 / rate_hz
    for t_ms in (0.0, 60.0, 200.0, last_ms):
        sample_at = round(t_ms * rate_hz / 1000.0)
        expected = told.path.points_mm[sample_at] @ heart.axes
        assert np.linalg.norm(shape.at(t_ms) - expected) < 2.0
    assert shape.at(-1.0) is None
    assert shape.at(last_ms + 1.0) is None


def test_tube_is_drawn_in_the_colours_of_its_evidence(heart: Heart, scene: Scene, shape: PathShape) -> None:
    view = view_of(Camera("lao"), heart, 500, 460)
    scene.set_path(shape)
    pixels = scene.render(view, 500, 460).astype(int)
    places, _ = view.project(shape.points, 500, 460)
    for t_ms, for_abnormal in ((26, False), (34, False), (66, True), (74, True)):
        x, y = np.rint(places[int(t_ms / 2)]).astype(int)
        red, _, blue, _ = pixels[y, x]
        expected = lut(False)[-1 if for_abnormal else 0].astype(int)
        assert (red > blue + 60) if for_abnormal else (blue > red + 60)
        assert np.abs(pixels[y, x, :3] - expected[:3]).max() < 40


def test_stale_path_is_faint(heart: Heart, scene: Scene, shape: PathShape) -> None:
    view = view_of(Camera("lao"), heart, 300, 280)
    bare = scene.render(view, 300, 280).astype(int)
    scene.set_path(shape)
    drawn = np.abs(scene.render(view, 300, 280).astype(int) - bare).sum()
    scene.set_path(shape, stale=True)
    faint = np.abs(scene.render(view, 300, 280).astype(int) - bare).sum()
    assert 0.2 * drawn < faint < 0.8 * drawn


def test_walls_sorted_by_depth_look_as_if_peeled(heart: Heart, scene: Scene) -> None:
    view = view_of(Camera("rao"), heart, 320, 300)
    ours = scene.render(view, 320, 300).astype(int)
    scene._walls_renderer.SetUseDepthPeeling(True)
    scene._walls_renderer.SetMaximumNumberOfPeels(12)
    scene._walls_renderer.SetOcclusionRatio(0.0)
    peeled = scene.render(view, 320, 300).astype(int)
    away = np.abs(ours - peeled)[..., :3].max(axis=2)
    assert np.abs(peeled - peeled[0, 0]).max() > 60  # there is a heart
    assert np.percentile(away, 99) <= 12


def test_rims_are_darker_than_the_middle(heart: Heart, scene: Scene) -> None:
    view = view_of(Camera("apex"), heart, 300, 300)
    grey = scene.render(view, 300, 300)[..., :3].mean(axis=2)
    (apex,), _ = view.project((np.array([[0.0, 0.0, -95.0]]) @ heart.axes), 300, 300)
    x, y = np.rint(apex).astype(int)
    row = grey[y]
    inside = np.flatnonzero(np.abs(row - row[0]) > 12)
    assert row[inside[:6]].mean() < grey[y - 3 : y + 3, x - 3 : x + 3].mean() - 15


def test_refining_smooths_edges_and_changes_nothing_else(heart: Heart, scene: Scene, shape: PathShape) -> None:
    view = view_of(Camera(), heart, 240, 220)
    scene.set_path(shape)
    plain = scene.render(view, 240, 220).astype(int)
    *_, fine = scene.refine(view, 240, 220)
    away = np.abs(fine.astype(int) - plain)[..., :3].max(axis=2)
    assert np.median(away) <= 2
    assert (away > 20).mean() < 0.15


@pytest.mark.parametrize("name", ["anterior", "left-lateral", "base"])
def test_quick_frame_shows_the_same_heart_with_fewer_triangles(
    heart: Heart, scene: Scene, shape: PathShape, name: str
) -> None:
    view = view_of(Camera(name), heart, 320, 300)
    scene.set_path(shape)
    quick = scene.render(view, 320, 300, quick=True).astype(int)
    assert len(scene._walls.centres) < 0.5 * len(scene._all_walls.centres)
    whole = scene.render(view, 320, 300).astype(int)
    away = np.abs(quick - whole)[..., :3].max(axis=2)
    assert np.percentile(away, 90) <= 12
    assert (away > 40).mean() < 0.02


@pytest.mark.parametrize("dark", [False, True])
def test_picture_without_a_window_moves_only_bead_and_readout(heart: Heart, qapp: object, dark: bool) -> None:
    told = explanation(heart)

    def drawn(cursor_ms: float) -> np.ndarray:
        image = picture(heart, told, 420, 460, dark=dark, cursor_ms=cursor_ms)
        return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)

    away = np.abs(drawn(20.0) - drawn(110.0)).max(axis=2) > 8
    assert 0 < away.mean() < 0.12
    assert not away[-70:].any()
    assert not away[:36].any()


def test_picture_of_the_heart_alone(heart: Heart, qapp: object) -> None:
    image = picture(heart, None, 300, 300)
    assert (image.width(), image.height()) == (300, 300)
    assert image.pixelColor(150, 160) != image.pixelColor(4, 60)


def test_picture_without_opengl_is_flat_and_still_shows_the_path(heart: Heart, qapp: object, monkeypatch) -> None:
    monkeypatch.setattr(scene_picture, "fault", lambda: "OpenGL is not installed")
    monkeypatch.setattr(scene_picture, "Scene", lambda *_: pytest.fail("VTK was asked"))
    image = picture(heart, explanation(heart), 420, 460, camera=Camera("lao"))
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(460, 420, 4).astype(int)
    assert (pixels[..., 2] - pixels[..., 0] > 100).sum() > 50  # orange
    assert (pixels[..., 0] - pixels[..., 2] > 80).sum() > 50  # blue
