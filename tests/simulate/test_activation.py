"""Activation and recovery of the muscle against what geometry, fibres and Durrer's heart say."""

from __future__ import annotations

import numpy as np
import pytest

from cineviewer import heart, simulate
from cineviewer.simulate.activation import ACROSS_M_S, ALONG_M_S, Conduction, activation_ms
from cineviewer.simulate.beat import beat
from cineviewer.simulate.person import Person
from cineviewer.simulate.recovery import Durations, durations_ms, fall, rise, times_ms
from cineviewer.simulate.scenarios import SCENARIOS, normal
from cineviewer.simulate.tissue import tissue

PLAIN = Conduction(None, None)


@pytest.fixture(scope="module")
def muscle():
    return tissue(heart.load())


@pytest.fixture(scope="module")
def sinus():
    return beat(normal, normal, Person(), 60.0)


def test_wave_is_neither_faster_than_along_the_fibres_nor_slower_than_across(muscle):
    site = muscle.nearest(muscle.left, 180.0, 0.5)
    found = activation_ms(muscle, ((site, 0.0),), PLAIN)
    away = np.linalg.norm(muscle.points_mm - muscle.points_mm[site], axis=1)
    near = (away > 4) & (away < 20) & muscle.left
    speed = away[near] / found[near]
    assert speed.max() <= ALONG_M_S * 1.001
    assert speed.min() >= ACROSS_M_S * 0.93, "a graph's detours stay small"
    assert np.quantile(speed, 0.95) > 0.6
    assert np.quantile(speed, 0.05) < 0.5


def test_fibres_turn_through_the_wall_from_plus_to_minus_sixty_degrees(muscle):
    wall = muscle.left & (muscle.apicobasal > 0.4) & (muscle.apicobasal < 0.7) & (np.abs(muscle.angle_deg) > 120)
    helix = np.degrees(np.arcsin(muscle.fibres[:, 2]))
    around = np.stack([-muscle.points_mm[:, 1], muscle.points_mm[:, 0]], axis=1)
    turned = np.where(np.einsum("ni,ni->n", around, muscle.fibres[:, :2]) > 0, helix, -helix)
    assert 40 < np.median(turned[wall & (muscle.depth < 0.15)]) < 62
    assert -62 < np.median(turned[wall & (muscle.depth > 0.85)]) < -40
    assert abs(np.median(turned[wall & (np.abs(muscle.depth - 0.5) < 0.1)])) < 12
    np.testing.assert_allclose(np.linalg.norm(muscle.fibres, axis=1), 1.0)


def test_wave_goes_round_a_scar_and_never_through_a_block(muscle):
    site = muscle.nearest(muscle.left_layer, 0.0, 0.5)
    blocked = np.where(muscle.apicobasal < 0.3, np.inf, 1.0)
    found = activation_ms(muscle, ((site, 0.0),), PLAIN, slowness=blocked)
    free = activation_ms(muscle, ((site, 0.0),), PLAIN)
    assert np.isinf(found[muscle.apicobasal < 0.3]).all()
    assert (found >= free - 1e-9).all()


def test_sites_begin_at_their_times_even_before_zero(muscle):
    first, second = (muscle.nearest(muscle.left_layer, angle, 0.5) for angle in (90.0, -90.0))
    found = activation_ms(muscle, ((first, -5.0), (second, 20.0)), Conduction(1.0, 1.0))
    assert found[first] == pytest.approx(-5.0, abs=0.01)
    assert found[second] <= 20.0 + 0.01
    assert found.min() == found[first]


def test_normal_heart_is_activated_as_durrer_measured(muscle, sinus):
    first, last = np.percentile(sinus.activation_ms, [0.5, 99.5])
    assert 55 < last - first < 85
    septum = muscle.left & (np.abs(muscle.angle_deg) < 40) & (muscle.apicobasal > 0.2) & (muscle.apicobasal < 0.8)
    left, right = septum & muscle.left_layer, septum & (muscle.depth > 0.6)
    assert np.median(sinus.activation_ms[left]) < np.median(sinus.activation_ms[right]), "septum: left to right"
    free = muscle.left & (np.abs(muscle.angle_deg) > 120)
    inner, outer = free & (muscle.depth < 0.2), free & (muscle.depth > 0.8)
    assert np.median(sinus.activation_ms[outer]) - np.median(sinus.activation_ms[inner]) > 6, "from within"
    late = muscle.points_mm[sinus.activation_ms > np.percentile(sinus.activation_ms, 98)]
    assert np.median(late[:, 2]) > -35, "the base is last"


def test_recovery_ends_first_where_it_began_last_so_that_t_is_concordant(muscle, sinus):
    lasts = sinus.recovery_ms - sinus.activation_ms
    assert np.corrcoef(lasts, sinus.activation_ms)[0, 1] < 0
    spread = np.percentile(sinus.recovery_ms, 95) - np.percentile(sinus.recovery_ms, 5)
    assert 15 < spread < 70


def test_action_potentials_shorten_with_the_rate_as_fridericia_s_qt(muscle, sinus):
    slow, fast = (durations_ms(muscle, sinus.activation_ms, Durations(), rate).mean() for rate in (50.0, 100.0))
    assert slow / fast == pytest.approx(2 ** (1 / 3), rel=0.03)


def test_gathered_nodes_cause_what_each_of_them_would():
    random = np.random.default_rng(0)
    matrix, when = random.normal(size=(2, 30)), random.uniform(0, 60, 30)
    one_by_one = sum(rise(matrix[:, [k]], when[[k]]) for k in range(30))
    np.testing.assert_allclose(rise(matrix, when), one_by_one, atol=1e-9)
    after = times_ms() > 120
    np.testing.assert_allclose(rise(matrix, when)[:, after], matrix.sum(axis=1, keepdims=True) * np.ones(after.sum()))
    begun, over = fall(matrix, when + 280)[:, times_ms() < 0], fall(matrix, when + 280)[:, -1]
    assert np.abs(begun).max() < 0.01
    np.testing.assert_allclose(over, -matrix.sum(axis=1), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_beat_ends_where_it_began_and_fits_its_window(name):
    kind = SCENARIOS[name]
    for excite in filter(None, (kind.excite, kind.ectopic)):
        made = beat(excite, normal, kind.person, kind.rate_bpm)
        assert np.abs(made.leads_mv[:, [0, -1]]).max() < 2e-3
        reached = np.isfinite(made.activation_ms)
        assert (reached | made.scar).all(), "all living muscle is reached"


@pytest.mark.parametrize(
    ("name", "begins", "ends"),
    [
        ("normal", "LV", "basal"),
        ("lbbb", "RV", "lateral"),
        ("rbbb", "LV", "RV"),
        ("lafb", "LV", "anter"),
        ("lpfb", "LV", "infero"),
        ("rvot", "anteroseptal", "LV"),
        ("apical-paced", "apical RV", "basal"),
        ("wpw", "lateral", ""),
    ],
)
def test_path_begins_and_ends_where_the_disease_makes_it(name, begins, ends):
    known = simulate.simulate(name).truth.kinds[-1]
    ventricles = heart.load()
    names = np.array(ventricles.label_names)[ventricles.wall_labels]
    assert begins in names[known.activation_ms.argmin()]
    own = tissue(ventricles).left if name in ("lafb", "lpfb") else np.ones(len(names), bool)
    last = own & (known.activation_ms > np.percentile(known.activation_ms[own], 97))
    share = np.mean([ends in label for label in names[last]])
    assert share > 0.4, sorted(set(names[last]))


def test_left_bundle_branch_block_crosses_the_septum_from_right_to_left(muscle):
    active = simulate.simulate("lbbb").truth.kinds[0].activation_ms
    septum = muscle.left & (np.abs(muscle.angle_deg) < 40) & (muscle.apicobasal > 0.2) & (muscle.apicobasal < 0.8)
    left, right = septum & muscle.left_layer, septum & muscle.right_layer
    assert np.median(active[left]) - np.median(active[right]) > 8
    last = muscle.points_mm[active > np.percentile(active, 98)]
    assert np.median(last[:, 0]) < 0, "the lateral wall is last"


def test_normal_wave_ends_at_the_left_posterior_base(muscle, sinus):
    own = muscle.left
    last = own & (sinus.activation_ms > np.percentile(sinus.activation_ms[own], 97))
    assert np.median(muscle.apicobasal[last]) > 0.6
    assert np.median(muscle.points_mm[last, 1]) < 0, "posterior"


def test_qrs_does_not_begin_suddenly(sinus):
    size_mv = np.sqrt(np.mean(sinus.qrs_mv**2, axis=0))
    first, later = (times_ms()[np.flatnonzero(size_mv > level)[0]] for level in (0.005, 0.05))
    assert 6.5 < later - first < 16


def test_infarct_is_silent_and_named():
    for name, wall in (("anterior-mi", "ante"), ("inferior-mi", "infer")):
        known = simulate.simulate(name).truth.kinds[0]
        assert np.isinf(known.activation_ms[known.scar]).all()
        assert known.difference.region is not None
        assert wall in known.difference.region
    away = simulate.simulate("anterior-mi").truth.kinds[0].front
    twin = simulate.simulate("normal").truth.kinds[0].front
    assert away.centroid_mm[:8, 1].mean() < twin.centroid_mm[:8, 1].mean(), "first away from the anterior wall"


def test_front_s_centroid_times_its_mass_is_the_muscle_s_centroid(muscle, sinus):
    from cineviewer.simulate.truth import front

    path = front(sinus.activation_ms, muscle.points_mm)
    mean = (path.centroid_mm * path.mass[:, None]).sum(axis=0) / path.mass.sum()
    np.testing.assert_allclose(mean, muscle.points_mm.mean(axis=0), atol=2.0)
    assert path.mass.sum() * 2.0 == pytest.approx(0.97, abs=0.03)
