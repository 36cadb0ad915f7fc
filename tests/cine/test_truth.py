"""A path and its evidence beside simulated truth: on beats made by hand, where the answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cineviewer import cine
from cineviewer.ecg import Attribution, Explanation, Method, Path, Window
from cineviewer.heart import Heart, load
from cineviewer.truth import TrueBeat, Truth

RATE_HZ = 500.0


@pytest.fixture(scope="module")
def heart() -> Heart:
    return load()


def beat(heart: Heart, *, ectopic: bool = False, step_mm: float = 0.5) -> TrueBeat:
    """A plane wave that comes from the apex at 1 mm a ms; its front's centroid runs along z by `step_mm` a ms."""
    active = (heart.walls_mm[:, 2] - heart.walls_mm[:, 2].min()).astype(np.float16)
    front_ms = np.arange(0.0, 100.0, 2.0)
    return TrueBeat(
        ectopic=ectopic,
        activation_ms=active,
        recovery_ms=active + np.float16(250.0),
        front_ms=front_ms,
        front_mm=np.stack([0 * front_ms, 0 * front_ms, -70.0 + step_mm * front_ms], axis=1),
        active_ms=np.linspace(0.0, 100.0, 101),
        recovered_ms=np.linspace(250.0, 350.0, 101),
        changed=0.25,
        region="mid RV free wall",
    )


def truth(heart: Heart) -> Truth:
    differs = np.zeros((12, 5000), dtype=bool)
    differs[6, 510:560] = True  # V1, from 20 to 120 ms after the first beat's onset
    onsets, kinds = np.array([1.0, 2.0, 3.0]), (beat(heart), beat(heart, ectopic=True))
    return Truth("lbbb", 1, "activation 1", RATE_HZ, onsets, np.array([False, True, False]), differs, kinds)


def window(start_s: float) -> Window:
    return Window(None, np.zeros((12, 200), dtype=np.float32), RATE_HZ, start_s, j_ms=100.0)


def explanation(phi: np.ndarray, points_mm: np.ndarray, method: str = "recipe") -> Explanation:
    path = Path(points_mm, method, 0.7, np.ones(200))
    told = Attribution(phi.astype(np.float32), Method())
    return Explanation(window(1.0), 0.0, 0.5, told, phi.sum(axis=0), path, (None,) * 200, None, ())


def test_window_shows_the_beat_whose_onset_is_nearest(heart: Heart) -> None:
    known = truth(heart)
    early, late = cine.true_window(known, window(1.98)), cine.true_window(known, window(3.01))
    assert early is not None
    assert late is not None
    assert early.beat.ectopic
    assert not late.beat.ectopic
    assert early.shift_ms == pytest.approx(-20.0)
    assert late.shift_ms == pytest.approx(10.0)
    assert cine.true_window(known, window(1.5)) is None


def test_front_and_shares_follow_the_cursor_through_the_shift(heart: Heart) -> None:
    found = cine.true_window(truth(heart), window(1.01))
    assert found is not None
    front = found.front_mm(30.0)  # 40 ms after the first muscle's activation
    assert front is not None
    np.testing.assert_allclose(front, [0.0, 0.0, -50.0], atol=1e-9)
    assert found.active(30.0) == pytest.approx(0.40)
    assert found.recovered(30.0) == 0.0
    assert found.recovered(290.0) == pytest.approx(0.5)
    assert found.front_mm(-11.0) is None
    assert found.front_mm(200.0) is None


def test_mask_is_that_of_the_windows_own_samples(heart: Heart) -> None:
    found = cine.true_window(truth(heart), window(1.0))
    assert found is not None
    expected = np.zeros((12, 200), dtype=bool)
    expected[6, 10:60] = True
    np.testing.assert_array_equal(found.differs, expected)


def test_evidence_inside_the_mask_is_weighed_against_chance(heart: Heart) -> None:
    found = cine.true_window(truth(heart), window(1.0))
    assert found is not None
    even, points = np.ones((12, 200)), np.zeros((200, 3))
    chance = cine.beside(found, explanation(-even, points), heart)
    assert chance.inside == pytest.approx(chance.chance)
    assert chance.chance == pytest.approx(50 / 2400)
    assert chance.span_ms == (20.0, 118.0)
    sharp = np.where(found.differs, 2.0, 0.0)
    sharp[0, 0] = -100.0 / 3.0
    assert cine.beside(found, explanation(sharp, points), heart).inside == pytest.approx(0.75)


def test_path_is_as_far_from_the_true_front_as_it_was_put(heart: Heart) -> None:
    found = cine.true_window(truth(heart), window(1.0))
    assert found is not None
    time_ms = np.arange(200) * 2.0
    points = np.stack([np.full(200, 9.0), np.full(200, 12.0), -70.0 + 0.5 * time_ms], axis=1)
    told = explanation(np.ones((12, 200)), points)
    compared = cine.beside(found, told, heart)
    assert compared.apart_mm == pytest.approx(15.0)
    assert "15 mm" in cine.describe_truth(found, told)[1]
    assert cine.beside(found, replace(told, path=replace(told.path, method="centred")), heart).path_ends is None


def test_places_are_named_where_the_wave_begins_and_ends(heart: Heart) -> None:
    found = cine.true_window(truth(heart), window(1.0))
    assert found is not None
    compared = cine.beside(found, explanation(np.ones((12, 200)), np.zeros((200, 3))), heart)
    assert compared.begins == "LV apex"
    ends = found.beat.front_mm[37:].mean(axis=0)
    nearest = heart.wall_labels[np.linalg.norm(heart.walls_mm - ends, axis=1).argmin()]
    assert compared.ends == heart.label_names[nearest]


def test_truth_fits_the_heart_that_it_was_simulated_in_alone(heart: Heart) -> None:
    own = beat(heart)
    assert cine.fits(own, heart)
    assert not cine.fits(own, replace(heart, generic=False))
    fewer = replace(own, activation_ms=own.activation_ms[:-1], recovery_ms=own.recovery_ms[:-1])
    assert not cine.fits(fewer, heart)


def test_septum_is_named_with_the_side_that_is_first(heart: Heart) -> None:
    found = cine.true_window(truth(heart), window(1.0))
    assert found is not None
    told = explanation(np.ones((12, 200)), np.zeros((200, 3)))
    septal = np.flatnonzero(heart.wall_labels == heart.label_names.index("mid inferoseptal LV"))
    from_right = heart.walls_mm[septal][:, 0].argsort()  # x runs from the left ventricle to the right one
    for first, side in ((septal[from_right[0]], "left"), (septal[from_right[-1]], "right")):
        active = found.beat.activation_ms.copy()
        active[first] = -5.0
        begun = replace(found, beat=replace(found.beat, activation_ms=active))
        assert cine.beside(begun, told, heart).begins == f"mid inferoseptal wall, on its {side} side"


def test_scar_is_named_among_what_is_drawn(heart: Heart) -> None:
    own = beat(heart)
    scarred, recovery = own.activation_ms.copy(), own.recovery_ms.copy()
    scarred[:50] = recovery[:50] = np.inf
    known = truth(heart)
    kinds = (replace(own, activation_ms=scarred, recovery_ms=recovery), known.kinds[1])
    found = cine.true_window(replace(known, kinds=kinds), window(1.0))
    plain = cine.true_window(known, window(1.0))
    assert found is not None
    assert plain is not None
    told = explanation(np.ones((12, 200)), np.zeros((200, 3)))
    assert "scar" in cine.describe_truth(found, told)[0]
    assert "scar" not in cine.describe_truth(plain, told)[0]
