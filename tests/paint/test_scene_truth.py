"""Simulated truth in 3D: each wall has the colour that its own activation, recovery or scar asks for at the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from cineviewer.heart import Heart, load
from cineviewer.paint import scene_truth
from cineviewer.paint.scene import Scene
from cineviewer.paint.scene_camera import View, view_of
from cineviewer.paint.scene_cut import cut_plane, facing
from cineviewer.paint.tokens import tokens
from cineviewer.session import Camera
from cineviewer.truth import TrueBeat

SIDE = 300


@pytest.fixture(scope="module")
def heart() -> Heart:
    return load()


@pytest.fixture(scope="module")
def beat(heart: Heart) -> TrueBeat:
    """From apex to base at 1 mm a ms, in 100 ms or so; everything has recovered 250 ms later."""
    active = (heart.walls_mm[:, 2] - heart.walls_mm[:, 2].min()).astype(np.float16)
    last = float(active.max())
    front_ms = np.arange(0.0, 60.0, 2.0)
    return TrueBeat(
        ectopic=False,
        activation_ms=active,
        recovery_ms=active + np.float16(250.0),
        front_ms=front_ms,
        front_mm=np.stack([0 * front_ms, 0 * front_ms, front_ms - 75.0], axis=1),
        active_ms=np.linspace(0.0, last, 101),
        recovered_ms=np.linspace(250.0, 250.0 + last, 101),
        changed=0.0,
        region=None,
    )


@pytest.fixture
def scene(heart: Heart) -> Iterator[Scene]:
    made = Scene(heart, tokens(dark=False))
    yield made
    made.close()


@pytest.fixture(scope="module")
def view(heart: Heart) -> View:
    return view_of(Camera("anterior"), heart, SIDE, SIDE)


def drawn(scene: Scene, view: View, t_ms: float, *, quick: bool = False) -> np.ndarray:
    scene.set_moment(t_ms)
    return scene.render(view, SIDE, SIDE, quick=quick).astype(int)[..., :3]


def violet(pixels: np.ndarray) -> np.ndarray:
    """How much more blue than green a px is: rose and grey are not."""
    return pixels[..., 2] - pixels[..., 1]


def seen(heart: Heart, view: View, low_ms: float, high_ms: float, beat: TrueBeat) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and columns where the epicardium that is activated in between is seen, away from the rims."""
    surface = heart.surfaces["epicardium"]
    normals = surface.normals @ heart.axes
    times = surface.vertices_mm[:, 2] - heart.walls_mm[:, 2].min()
    facing = (normals @ view.basis[2] > 0.8) & (times > low_ms) & (times < high_ms)
    places, _ = view.project(surface.vertices_mm[facing] @ heart.axes, SIDE, SIDE)
    x, y = np.rint(places).astype(int).T
    return y, x


def test_muscle_is_coloured_behind_the_front_and_plain_before_it(heart, beat, scene, view) -> None:
    scene.set_truth(beat)
    scene.set_path(None)
    plain, now = drawn(scene, view, -50.0), drawn(scene, view, 50.0)
    active, resting = seen(heart, view, 12.0, 36.0, beat), seen(heart, view, 64.0, 80.0, beat)
    assert np.median(violet(now)[active] - violet(plain)[active]) > 15
    assert abs(np.median(violet(now)[resting] - violet(plain)[resting])) < 6


def test_front_at_the_cursor_is_the_strongest(heart, beat, scene, view) -> None:
    scene.set_truth(beat)
    now = drawn(scene, view, 50.0)
    front, behind = seen(heart, view, 49.0, 51.0, beat), seen(heart, view, 15.0, 35.0, beat)
    assert np.median(violet(now)[front]) > np.median(violet(now)[behind]) + 25


def test_recovered_muscle_is_plain_again(heart, beat, scene, view) -> None:
    scene.set_truth(beat)
    plain, full, over = (drawn(scene, view, t) for t in (-50.0, 200.0, 450.0))
    where = seen(heart, view, 10.0, 80.0, beat)
    assert np.median(violet(full)[where] - violet(plain)[where]) > 12
    assert abs(np.median(violet(over)[where] - violet(plain)[where])) < 4


def test_every_twenty_milliseconds_have_a_line(heart, beat, scene, view) -> None:
    scene.set_truth(beat)
    now = drawn(scene, view, 150.0)
    on = [seen(heart, view, t - 0.6, t + 0.6, beat) for t in (20.0, 40.0, 60.0)]
    off = [seen(heart, view, t - 0.6, t + 0.6, beat) for t in (30.0, 50.0, 70.0)]
    light = now.sum(axis=2) / 3.0
    assert np.median(np.concatenate([light[w] for w in on])) < np.median(np.concatenate([light[w] for w in off])) - 8


def test_scar_is_striped_and_never_activated(heart, beat, scene, view) -> None:
    dead = heart.surfaces["epicardium"].vertices_mm[:, 2] < -50.0
    scar = heart.walls_mm[:, 2] < -45.0
    active, recovery = (np.where(scar, np.float16(np.inf), times) for times in (beat.activation_ms, beat.recovery_ms))
    where = seen(heart, view, 5.0, 30.0, beat)
    scene.set_truth(beat)
    alive = drawn(scene, view, 100.0)
    scene.set_truth(replace(beat, activation_ms=active, recovery_ms=recovery))
    scarred = drawn(scene, view, 100.0)
    assert np.median(violet(scarred)[where]) < np.median(violet(alive)[where]) - 8
    across = heart.surfaces["epicardium"].vertices_mm.sum(axis=1) % 5.0  # a stripe each 5 mm, in its middle
    facing = (heart.surfaces["epicardium"].normals @ heart.axes @ view.basis[2] > 0.8) & dead
    on, off = (
        view.project(heart.surfaces["epicardium"].vertices_mm[facing & chosen] @ heart.axes, SIDE, SIDE)[0]
        for chosen in (np.abs(across - 2.5) < 0.4, np.abs(across - 2.5) > 2.0)
    )
    light = scarred.mean(axis=2)
    inside, outside = (light[tuple(np.rint(places).astype(int).T[::-1])] for places in (on, off))
    assert np.median(inside) < np.median(outside) - 8


def test_heart_is_plain_without_a_truth_and_after_it(beat, scene, view) -> None:
    before = drawn(scene, view, 60.0)
    scene.set_truth(beat)
    assert np.abs(drawn(scene, view, 60.0) - before).max() > 60
    scene.set_truth(None)
    np.testing.assert_array_equal(drawn(scene, view, 60.0), before)


def test_quick_frame_shows_the_same_wave(beat, scene, view) -> None:
    scene.set_truth(beat)
    whole, quick = drawn(scene, view, 45.0), drawn(scene, view, 45.0, quick=True)
    away = np.abs(violet(whole) - violet(quick))
    assert np.percentile(away, 90) <= 16
    assert abs(float(violet(whole).mean() - violet(quick).mean())) < 2.0


def test_other_theme_has_other_colours_at_once(heart, beat, scene, view) -> None:
    scene.set_truth(beat)
    light = drawn(scene, view, 50.0)
    scene.set_look(tokens(dark=True))
    dark = drawn(scene, view, 50.0)
    front = seen(heart, view, 49.0, 51.0, beat)
    assert light[front].mean() < 130
    assert dark[front].mean() > 150


def test_way_of_the_front_is_dashes_that_follow_it(heart, beat) -> None:
    line, casing = scene_truth.front_mesh(beat, heart, tokens(dark=False))
    points = beat.front_mm @ heart.axes
    away = np.linalg.norm(line.vertices[:, None] - points[None], axis=2).min(axis=1)
    assert away.max() < scene_truth.RADIUS_MM + 1.1  # the front's points are 2 mm apart
    assert len(np.unique(line.colours, axis=0)) == len(np.unique(casing.colours, axis=0)) == 1
    along = np.sort((line.vertices - points[0]) @ ((points[-1] - points[0]) / np.linalg.norm(points[-1] - points[0])))
    gaps = np.diff(along)
    assert (gaps > 0.7 * scene_truth.GAP_MM).sum() >= 5


def test_times_are_handed_to_the_shader_as_they_are_where_no_grid_disturbs_them(heart, beat) -> None:
    for name in scene_truth.MUSCLE:
        told = scene_truth.wave(beat, heart, name)
        used = np.unique(heart.surfaces[name].open_triangles)
        expected = heart.surfaces[name].vertices_mm[used, 2] - heart.walls_mm[:, 2].min()
        away = np.abs(told[used, 0] - expected)
        assert np.median(away) < 1.0
        assert np.quantile(away, 0.95) < 3.0  # surfaces lie beside the muscle's grid, at the base beyond it
        np.testing.assert_allclose(told[used, 1] - told[used, 0], 250.0, atol=0.2)
        assert (told[used, 2] == 1.0).all()
    for name in ("atria", "papillary_muscles"):
        assert (scene_truth.wave(beat, heart, name)[:, 2] == -1.0).all()


def test_muscle_inside_is_told_its_own_times_and_what_is_far_from_all_muscle_none(heart, beat) -> None:
    inside = heart.walls_mm[::50].astype(float)
    told = scene_truth.waves_at(beat, heart, inside)
    away = np.abs(told[:, 0] - (inside[:, 2] - heart.walls_mm[:, 2].min()))
    assert np.quantile(away, 0.95) < 1.5  # evened out at apex and base
    np.testing.assert_allclose(told[:, 1] - told[:, 0], 250.0, atol=0.2)
    assert (told[:, 2] == 1.0).all()
    scar = heart.walls_mm[:, 2] < -60.0
    dead, never = (np.where(scar, np.float16(np.inf), times) for times in (beat.activation_ms, beat.recovery_ms))
    scarred = replace(beat, activation_ms=dead, recovery_ms=never)
    deep = heart.walls_mm[heart.walls_mm[:, 2] < -66.0].astype(float)
    assert (scene_truth.waves_at(scarred, heart, deep)[:, 2] == 0.0).all()
    assert (scene_truth.waves_at(beat, heart, inside + 200.0)[:, 0] > 1e4).all()


def test_cut_muscle_is_coloured_as_it_is_activated_and_thin_sheets_are_not(heart, beat, scene, view) -> None:
    plane = cut_plane(facing(view, heart), heart)
    assert plane is not None
    scene.set_cut(plane)
    before = drawn(scene, view, 50.0)
    scene.set_truth(beat)
    now = drawn(scene, view, 50.0)
    in_plane = np.abs(heart.walls_mm @ heart.axes @ plane.normal - plane.origin @ plane.normal) < 1.0
    # Well inside the muscle: no cavity and no edge within reach.
    inner = in_plane & (np.abs(heart.wall_coordinates[:, 1] - 0.5) < 0.2)
    times = beat.activation_ms.astype(float)
    for low_ms, high_ms, least, most in ((10.0, 36.0, 30.0, 255.0), (64.0, 85.0, -5.0, 5.0)):
        chosen = inner & (times > low_ms) & (times < high_ms)
        places = view.project(heart.walls_mm[chosen] @ heart.axes, SIDE, SIDE)[0]
        x, y = np.rint(places).astype(int).T
        assert least < np.median(violet(now)[y, x] - violet(before)[y, x]) < most
    scene.set_truth(None)
    np.testing.assert_array_equal(drawn(scene, view, 50.0), before)
    sheets = heart.surfaces["atria"].vertices_mm
    near = np.abs(sheets @ heart.axes @ plane.normal - plane.origin @ plane.normal) < 0.7
    x, y = np.rint(view.project(sheets[near & (sheets[:, 2] > 12.0)] @ heart.axes, SIDE, SIDE)[0]).astype(int).T
    inside = (x >= 0) & (x < SIDE) & (y >= 0) & (y < SIDE)
    assert np.median(np.abs(now - before).max(axis=2)[y[inside], x[inside]]) < 3
