"""Filters against the closed form of their gain, and against what must not change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cineviewer import signal

RATE_HZ = 500.0


def sine(hertz: float, seconds: float = 20.0, rate_hz: float = RATE_HZ) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate_hz)) / rate_hz)[None, :]


def butterworth_gain(hertz: float, low_hz: float, high_hz: float, rate_hz: float) -> float:
    """Gain of a second-order Butterworth band-pass (bilinear) run both ways: its squared magnitude."""
    warped, low, high = (np.tan(np.pi * f / rate_hz) for f in (hertz, low_hz, high_hz))
    ratio = (warped**2 - low * high) / (warped * (high - low))
    return float(1 / (1 + ratio**4))


def amplitude_and_delay(filtered: np.ndarray, hertz: float) -> tuple[float, float]:
    middle = slice(round(5 * RATE_HZ), round(15 * RATE_HZ))
    time_s = np.arange(filtered.size)[middle] / RATE_HZ
    turn = np.exp(-2j * np.pi * hertz * time_s)
    found = 2j * np.mean(filtered[middle] * turn)
    return abs(found), -np.angle(found) / (2 * np.pi * hertz)


@pytest.mark.parametrize("hertz", [0.5, 1.0, 5.0, 20.0, 40.0, 60.0])
def test_band_pass_has_the_gain_of_a_butterworth_run_twice_and_no_delay(hertz: float) -> None:
    amplitude, delay_s = amplitude_and_delay(signal.band_pass(sine(hertz), RATE_HZ, 0.5, 40.0)[0], hertz)
    assert amplitude == pytest.approx(butterworth_gain(hertz, 0.5, 40.0, RATE_HZ), abs=0.01)
    assert abs(delay_s) < 1e-4


def test_band_pass_gain_is_one_half_at_its_edges() -> None:
    assert butterworth_gain(40.0, 0.5, 40.0, RATE_HZ) == pytest.approx(0.5)
    amplitude, _ = amplitude_and_delay(signal.band_pass(sine(40.0), RATE_HZ, 0.5, 40.0)[0], 40.0)
    assert amplitude == pytest.approx(0.5, abs=0.005)


def test_a_pulse_stays_where_it_is() -> None:
    pulse = np.exp(-0.5 * ((np.arange(5000) - 2345) / 15) ** 2)[None, :]
    assert np.argmax(signal.band_pass(pulse, RATE_HZ, 0.5, 40.0)) == 2345


def test_missing_samples_stay_missing_and_do_not_spread() -> None:
    whole = sine(5.0)
    holed = whole.copy()
    holed[0, 4000:4010] = np.nan
    filtered = signal.band_pass(holed, RATE_HZ, 0.5, 40.0)[0]
    assert np.flatnonzero(np.isnan(filtered)).tolist() == list(range(4000, 4010))
    far = np.r_[0:3000, 5000:10000]
    np.testing.assert_allclose(filtered[far], signal.band_pass(whole, RATE_HZ, 0.5, 40.0)[0][far], atol=0.01)


def test_a_missing_lead_leaves_the_others_alone() -> None:
    two = np.concatenate([sine(5.0), np.full((1, 10000), np.nan)])
    filtered = signal.band_pass(two, RATE_HZ, 0.5, 40.0)
    np.testing.assert_array_equal(filtered[0], signal.band_pass(two[:1], RATE_HZ, 0.5, 40.0)[0])
    assert np.isnan(filtered[1]).all()


@pytest.mark.parametrize(("rate_hz", "target_hz"), [(100.0, 500.0), (1000.0, 500.0), (257.0, 500.0), (500.0, 100.0)])
def test_resampling_keeps_each_instant_of_a_sine(rate_hz: float, target_hz: float) -> None:
    moved = signal.resample(sine(7.0, 10.0, rate_hz), rate_hz, target_hz)[0]
    expected = sine(7.0, 10.0, target_hz)[0]
    assert moved.size == expected.size
    inner = slice(round(0.3 * target_hz), -round(0.3 * target_hz))
    np.testing.assert_allclose(moved[inner], expected[inner], atol=0.005)


def test_resampling_does_not_fold_what_the_lower_rate_cannot_hold() -> None:
    assert np.abs(signal.resample(sine(90.0), RATE_HZ, 100.0)[0, 50:-50]).max() < 0.01


def test_resampling_keeps_gaps() -> None:
    holed = sine(5.0, 2.0, 100.0)
    holed[0, 100:120] = np.nan
    moved = signal.resample(holed, 100.0, 500.0)[0]
    missing = np.flatnonzero(np.isnan(moved))
    assert abs(missing[0] - 500) <= 3
    assert abs(missing[-1] - 597) <= 3


@settings(max_examples=40)
@given(n=st.integers(0, 40), rate_hz=st.floats(100, 1000), nan_from=st.integers(0, 40))
def test_short_signals_keep_their_length(n: int, rate_hz: float, nan_from: int) -> None:
    short = np.ones((2, n), dtype=np.float32)
    short[0, nan_from:] = np.nan
    filtered = signal.band_pass(short, rate_hz, 0.5, 40.0)
    assert filtered.shape == short.shape
    np.testing.assert_array_equal(np.isnan(filtered), np.isnan(short))
