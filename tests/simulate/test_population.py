from __future__ import annotations

import numpy as np
import pytest

from cineviewer import simulate
from cineviewer.simulate import SCENARIOS, Person
from cineviewer.simulate.population import TRAITS, person


def test_nobody_deviates_is_the_generic_person_but_for_the_rate():
    usual, generic = person(np.zeros(len(TRAITS))), Person()
    assert usual.durations == generic.durations
    assert usual.turn_deg == generic.turn_deg
    assert usual.layer_m_s == pytest.approx(generic.layer_m_s)
    assert (usual.anterior, usual.right) == (generic.anterior, generic.right)


def test_one_deviation_changes_its_own_trait():
    names = [trait.name for trait in TRAITS]
    deviations = np.zeros(len(TRAITS))
    deviations[names.index("shift z")] = 1.0
    deviations[names.index("up V3")] = -1.0
    moved = person(deviations)
    x, y, z = Person().shift_mm
    assert moved.shift_mm == (x, y, z + TRAITS[names.index("shift z")].spread)
    assert moved.chest_up_mm[2] == -TRAITS[names.index("up V3")].spread
    assert moved.gain == pytest.approx(Person().gain)


def test_drawn_persons_differ_and_the_same_seed_draws_the_same():
    first, again, other = (simulate.draw(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_scenario_s_own_person_turns_the_drawn_one():
    plain = simulate.draw(np.random.default_rng(7))
    turned = simulate.draw(np.random.default_rng(7), SCENARIOS["lpfb"].person)
    extra = np.subtract(turned.turn_deg, plain.turn_deg)
    np.testing.assert_allclose(extra, np.subtract(SCENARIOS["lpfb"].person.turn_deg, Person().turn_deg))


def test_persons_give_records_of_their_own():
    records = [simulate.record("normal", 1, simulate.draw(np.random.default_rng(seed))) for seed in (1, 2)]
    assert np.abs(records[0].signal_mv - records[1].signal_mv).max() > 0.2
    assert all(0.5 < np.ptp(record.signal_mv[9]) < 6 for record in records)


def test_more_gain_makes_all_potentials_larger_alike():
    from dataclasses import replace

    from cineviewer.simulate.beat import beat
    from cineviewer.simulate.scenarios import normal

    one, two = (beat(normal, normal, replace(Person(), gain=gain), 60.0) for gain in (0.5, 1.0))
    np.testing.assert_allclose(two.leads_mv, 2.0 * one.leads_mv, atol=1e-9)
