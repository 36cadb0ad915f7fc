"""Beats that are seen by a chest nobody knows: what is drawn anew, and what stays true of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cineviewer import heart
from cineviewer.cine import vectors
from cineviewer.heart import Heart
from cineviewer.simulate import perturbed
from cineviewer.simulate.beat import beat, landmark_times
from cineviewer.simulate.person import Person, body
from cineviewer.simulate.recovery import times_ms
from cineviewer.simulate.scenarios import SCENARIOS, normal


@pytest.fixture(scope="module")
def ours() -> Heart:
    return heart.load()


def test_hearts_and_electrodes_are_displaced_as_said(ours: Heart) -> None:
    random = np.random.default_rng(0)
    people = [perturbed.displaced(Person(), random) for _ in range(400)]
    assert np.std([person.turn_deg for person in people]) == pytest.approx(12.0, rel=0.1)
    slips = [(person.chest_up_mm, person.chest_around_mm) for person in people]
    assert np.std(slips) == pytest.approx(10.0, rel=0.05)
    assert abs(np.mean([person.turn_deg for person in people])) < 1.5


def test_a_beat_in_its_usual_place_shows_what_the_record_shows(ours: Heart) -> None:
    own = body(Person(), ours)
    wave = perturbed.of("normal", ours)
    potentials = own.rest.potentials(own.tissue.points_mm)
    shown = perturbed.seen(wave, own, potentials, np.random.default_rng(0))
    expected = beat(normal, normal, Person(), 66.0)
    np.testing.assert_allclose(wave.activation_ms, expected.activation_ms)
    times = landmark_times(expected)
    assert shown.onset_ms == times.qrs_on_ms
    assert shown.window.j_ms == times.qrs_off_ms - times.qrs_on_ms
    at = np.stack([np.interp(times.qrs_on_ms + shown.window.time_ms, times_ms(), row) for row in expected.qrs_mv])
    noise = shown.window.signal_mv[[6, 7, 8, 9, 10, 11, 0, 1]] - at  # V1 to V6, I, II
    assert noise.std() == pytest.approx(0.02, rel=0.1)
    assert abs(noise).max() < 0.12


def test_the_same_seed_draws_the_same_window(ours: Heart) -> None:
    own = body(Person(), ours)
    potentials = own.rest.potentials(own.tissue.points_mm)
    wave = perturbed.of("lbbb", ours)
    first, second = (perturbed.seen(wave, own, potentials, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first.window.signal_mv, second.window.signal_mv)
    assert first.window.j_ms is not None
    assert 120.0 < first.window.j_ms < 175.0


def test_instants_of_the_front_run_through_qrs(ours: Heart) -> None:
    own = body(Person(), ours)
    seen = perturbed.seen(
        perturbed.of("rbbb", ours), own, own.rest.potentials(own.tissue.points_mm), np.random.default_rng(0)
    )
    time, front = seen.front_mm(51)
    assert seen.window.j_ms is not None
    assert -5.0 < time[0] < 15.0
    assert seen.window.j_ms - 30.0 < time[-1] < seen.window.j_ms + 5.0
    assert front[-1, 0] > front[0, 0] + 20.0  # a right bundle branch block ends on the right


def test_the_ectopic_beat_is_the_scenarios(ours: Heart) -> None:
    wave = perturbed.of("rvot", ours)
    first = own_wall(ours, int(np.argmin(wave.activation_ms)))
    assert "RV" in first or "anteroseptal" in first


def own_wall(heart: Heart, node: int) -> str:
    return heart.label_names[int(heart.wall_labels[node])]


def test_a_larger_heart_lies_in_a_larger_chest(ours: Heart) -> None:
    """Everything twice as large: the same current shows half the potential, 0.1 V of double layer the same one."""
    large = replace(
        ours,
        walls_mm=2.0 * ours.walls_mm,
        spacing_mm=2.0 * ours.spacing_mm,
        centroid_mm=2.0 * ours.centroid_mm,
        surfaces={name: replace(s, vertices_mm=2.0 * s.vertices_mm) for name, s in ours.surfaces.items()},
    )
    small, big = body(Person(), ours), body(Person(), large)
    assert big.rest.size == pytest.approx(2.0)
    leads = [own.transfer()[:8] for own in (small, big)]
    np.testing.assert_allclose(leads[1], leads[0], atol=1e-3 * np.abs(leads[0]).max())


def test_a_persons_heart_without_valves_has_a_p_wave(ours: Heart) -> None:
    bare = replace(ours, annuli_mm={})
    own = body(Person(), bare)
    from cineviewer.simulate.atria import p_wave

    p, _ = p_wave(bare, own.rest, -160.0, 1.0)
    usual, _ = p_wave(ours, own.rest, -160.0, 1.0)
    np.testing.assert_allclose(p, usual)


def test_every_scenario_can_be_seen(ours: Heart) -> None:
    own = body(Person(), ours)
    potentials = own.rest.potentials(own.tissue.points_mm)
    for name in SCENARIOS:
        seen = perturbed.seen(perturbed.of(name, ours), own, potentials, np.random.default_rng(1))
        assert np.isfinite(vectors(seen.window)).all()
        assert seen.window.j_ms is not None
        assert 60.0 < seen.window.j_ms < 200.0
