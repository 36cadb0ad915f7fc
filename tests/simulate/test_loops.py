from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cineviewer import simulate
from cineviewer.cine.leads import COLUMNS, DOWER, INVERSE_DOWER
from cineviewer.simulate.loops import FIRST_MS, LAST_MS, Loops, Pulse, landmark_times, leads_mv, vector_mv

millivolts = st.floats(-2.0, 2.0)


@given(vector=st.tuples(millivolts, millivolts, millivolts), peak_ms=st.floats(0.0, 300.0))
def test_without_chest_share_a_pulse_is_a_dipole_that_inverse_dower_finds_again(vector, peak_ms):
    time_ms = np.array([peak_ms])
    leads = leads_mv((Pulse(peak_ms, 10, 10, vector),), time_ms)
    np.testing.assert_allclose(INVERSE_DOWER @ leads, np.array([vector]).T, atol=0.01)
    np.testing.assert_allclose(vector_mv((Pulse(peak_ms, 10, 10, vector),), time_ms).T, [vector], atol=1e-12)


def test_chest_share_changes_its_own_lead_alone():
    time_ms = np.array([40.0])
    plain = leads_mv((Pulse(40, 8, 8, (1.0, 0.5, 0.2)),), time_ms)
    local = leads_mv((Pulse(40, 8, 8, (1.0, 0.5, 0.2), (0, 0, 0.3, 0, 0, 0)),), time_ms)
    changed = {COLUMNS[k]: float(value) for k, value in enumerate((local - plain)[:, 0]) if abs(value) > 1e-12}
    assert changed == {"V3": pytest.approx(0.3)}


def test_landmarks_are_where_a_gaussian_crosses_its_threshold():
    width_ms, x_mv = 9.0, 1.4
    qrs = Pulse(50, width_ms, 2 * width_ms, (x_mv, 0.0, 0.0))
    wave = Pulse(300, 40, 30, (0.4, 0.0, 0.0))
    size_mv = x_mv * np.sqrt(np.mean(DOWER[:, 0] ** 2))
    reach = np.sqrt(2 * np.log(size_mv / 0.010))
    times = landmark_times(Loops(p=(), qrs=(qrs,), st=(wave,)))
    assert times.r_ms == pytest.approx(50, abs=0.5)
    assert times.qrs_on_ms == pytest.approx(50 - reach * width_ms, abs=0.5)
    assert times.qrs_off_ms == pytest.approx(50 + reach * 2 * width_ms, abs=0.5)
    assert times.t_peak_ms == pytest.approx(300, abs=0.5)
    assert times.t_end_ms == pytest.approx(300 + 30 * np.sqrt(2 * np.log(20)), abs=0.5)
    assert times.p_on_ms is None
    assert times.p_off_ms is None


@pytest.mark.parametrize("name", simulate.SCENARIOS)
def test_beats_are_over_before_they_are_cut(name):
    scenario = simulate.SCENARIOS[name]
    edges = np.array([FIRST_MS, LAST_MS])
    for loops in filter(None, (scenario.loops, scenario.ectopic)):
        assert np.abs(leads_mv(loops.p + loops.qrs + loops.st, edges)).max() < 1e-4
