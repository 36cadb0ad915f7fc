"""Simulated truth in a cut: a wave that climbs a millimetre a millisecond is seen in the muscle as high as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from cineviewer.ecg import WALLS, TrueBeat
from cineviewer.heart import Heart, load
from cineviewer.paint.scene import Scene
from cineviewer.paint.scene_camera import view_of
from cineviewer.paint.scene_cut import cut_plane
from cineviewer.paint.scene_cutwave import wave
from cineviewer.paint.tokens import tokens
from cineviewer.session import Camera, Cut

SIDE = 300
HALFWAY_MS = 45.0


@pytest.fixture(scope="module")
def heart() -> Heart:
    return load()


@pytest.fixture(scope="module")
def low_mm(heart: Heart) -> float:
    return min(float(heart.surfaces[wall].vertices_mm[:, 2].min()) for wall in WALLS)


@pytest.fixture(scope="module")
def beat(heart: Heart, low_mm: float) -> TrueBeat:
    active = {wall: (heart.surfaces[wall].vertices_mm[:, 2] - low_mm).astype(np.float16) for wall in WALLS}
    last = max(float(values.max()) for values in active.values())
    return TrueBeat(
        ectopic=False,
        activation_ms=active,
        recovery_ms={wall: values + np.float16(250.0) for wall, values in active.items()},
        front_ms=np.array([0.0, 60.0]),
        front_mm=np.array([[0.0, 0.0, -75.0], [0.0, 0.0, -20.0]]),
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


def test_muscle_between_the_walls_is_activated_between_them(heart: Heart, beat: TrueBeat, low_mm: float) -> None:
    points = heart.walls_mm[::50].astype(float)
    told = wave(beat, heart, points @ heart.axes)
    assert np.percentile(np.abs(told[:, 0] - (points[:, 2] - low_mm)), 95) < 3.0
    np.testing.assert_allclose(told[:, 1] - told[:, 0], 250.0, atol=0.5)
    assert (told[:, 2] == 1.0).all()


def test_scar_is_scar_through_the_wall_and_what_is_far_is_no_muscle(heart: Heart, beat: TrueBeat) -> None:
    at_apex = {wall: heart.surfaces[wall].vertices_mm[:, 2] < -40.0 for wall in WALLS}
    dead, never = (
        {wall: np.where(at_apex[wall], np.float16(np.inf), values) for wall, values in times.items()}
        for times in (beat.activation_ms, beat.recovery_ms)
    )
    scarred = replace(beat, activation_ms=dead, recovery_ms=never)
    middle = heart.walls_mm[heart.walls_mm[:, 2] < -60.0][:1].astype(float) @ heart.axes
    assert wave(scarred, heart, middle)[0, 2] == 0.0
    assert wave(beat, heart, middle + 200.0)[0, 2] == -1.0


def test_the_cut_muscle_is_coloured_as_high_as_the_wave_has_come(
    heart: Heart, beat: TrueBeat, low_mm: float, scene: Scene
) -> None:
    plane, view = cut_plane(Cut(on=True), heart), view_of(Camera("four-chamber"), heart, SIDE, SIDE)
    assert plane is not None
    scene.set_cut(plane)
    plain = scene.render(view, SIDE, SIDE).astype(int)
    scene.set_truth(beat)
    scene.set_moment(HALFWAY_MS)
    drawn = scene.render(view, SIDE, SIDE).astype(int)
    walls = heart.walls_mm[np.abs(plane.before(heart.walls_mm @ heart.axes, view)) < 0.5 * heart.spacing_mm]
    height = walls[:, 2] - low_mm
    x, y = view.project(walls @ heart.axes, SIDE, SIDE)[0].astype(int).T
    changed = np.abs(drawn - plain)[y, x].max(axis=1) > 12
    reached, ahead = height < HALFWAY_MS - 8.0, (height > HALFWAY_MS + 14.0) & (height < 85.0)
    assert changed[reached].mean() > 0.9
    assert changed[ahead].mean() < 0.25
    scene.set_truth(None)
    np.testing.assert_array_equal(scene.render(view, SIDE, SIDE), plain)
