from __future__ import annotations

import numpy as np
import pytest

from cineviewer import simulate
from cineviewer.cine.leads import COLUMNS
from cineviewer.simulate.noise import lead_noise_mv
from cineviewer.simulate.rhythm import Breathing, onsets

CALM = Breathing(0.25, 0.0)


def test_the_rate_follows_the_breath():
    found = onsets(simulate.SCENARIOS["normal"], CALM, 120.0, np.random.default_rng(0))
    times = np.array([onset.time_s for onset in found])
    correlation = np.corrcoef(np.diff(times), CALM.at(times[:-1]))[0, 1]
    assert correlation < -0.8, "the heart is faster when the lungs are full"


def test_an_ectopic_beat_is_early_and_the_pause_after_it_makes_up_for_it():
    found = onsets(simulate.SCENARIOS["rvot"], CALM, 60.0, np.random.default_rng(1))
    times = np.array([onset.time_s for onset in found])
    gaps = np.diff(times)
    for k in [k for k, onset in enumerate(found) if onset.ectopic and 0 < k < len(gaps)]:
        assert gaps[k - 1] < 0.75 * np.median(gaps)
        assert gaps[k] > 1.2 * np.median(gaps)
        assert gaps[k - 1] + gaps[k] == pytest.approx(2 * np.median(gaps), rel=0.12)


def test_no_beat_of_the_record_is_missing_at_its_ends():
    for seed in range(20):
        found = onsets(simulate.SCENARIOS["normal"], CALM, 10.0, np.random.default_rng(seed))
        assert found[0].time_s <= 0.0
        assert found[-1].time_s >= 10.0


def test_noise_is_wander_and_mains_and_muscle_each_in_its_band():
    rate_hz, n = 500.0, 30_000
    noise = lead_noise_mv(n, rate_hz, CALM, np.random.default_rng(2))
    assert noise.shape == (len(COLUMNS), n)
    spectrum = np.abs(np.fft.rfft(noise, axis=1)).mean(axis=0)
    hz = np.fft.rfftfreq(n, 1 / rate_hz)

    def level(low: float, high: float) -> float:
        return float(spectrum[(hz >= low) & (hz < high)].mean())

    assert level(0.05, 0.6) > 10 * level(2, 10), "wander is slow"
    assert level(49.99, 50.01) > 8 * level(40, 48), "mains at 50 Hz"
    assert level(20, 48) > 1.5 * level(170, 240), "muscle above the amplifier's floor"
