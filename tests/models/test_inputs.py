"""The input chain on analytic beats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cineviewer.ecg import LEADS, Beat
from cineviewer.models.card import Input
from cineviewer.models.inputs import cut_window, level, median_window, windows

CARD = Input()


def test_window_starts_at_qrs_onset(analytic):
    record, delineation = analytic(500.0)
    found = windows(record, delineation, CARD)
    assert [w.start_s for w in found] == pytest.approx(0.6 + 0.8 * np.arange(10))
    window = found[3]
    assert window.signal_mv.shape == (12, 200)
    assert np.argmax(window.signal_mv[-1]) * 2.0 == pytest.approx(50.0, abs=2.0)  # R 50 ms after onset
    assert (window.j_ms, window.t_peak_ms, window.t_end_ms) == pytest.approx((100.0, 260.0, 380.0))


def test_pq_level_is_zero(analytic):
    record, delineation = analytic(500.0, offset_mv=0.7)
    for window in windows(record, delineation, CARD):
        assert np.abs(window.signal_mv[:, 0]).max() < 0.01
        assert window.signal_mv[-1].max() == pytest.approx(1.5, rel=0.15)


def test_level_subtracts_exactly_the_mean_before_onset():
    raw = np.arange(24, dtype=np.float32).reshape(2, 12)
    form = Input(length=4, pq_ms=16.0)
    assert level(raw, form) == pytest.approx(raw[:, 8:] - raw[:, :8].mean(axis=1, keepdims=True))


@pytest.mark.parametrize("rate_hz", [100.0, 250.0, 1000.0])
def test_rate_hardly_changes_the_window(analytic, rate_hz):
    reference = windows(*analytic(500.0), CARD)
    found = windows(*analytic(rate_hz), CARD)
    assert len(found) == len(reference) == 10
    for mine, theirs in zip(found, reference, strict=True):
        assert np.abs(mine.signal_mv - theirs.signal_mv).max() < 0.02  # of 1.5 mV


def test_what_lies_outside_the_band_is_gone(analytic):
    record, delineation = analytic(500.0)
    t = np.arange(record.n_samples) / record.rate_hz
    hum = (0.5 * np.sin(2 * np.pi * 100.0 * t) + 0.5 * np.sin(2 * np.pi * 0.05 * t)).astype(np.float32)
    noisy = replace(record, signal_mv=record.signal_mv + hum)
    clean, heard = (windows(r, delineation, CARD)[5].signal_mv for r in (record, noisy))
    assert np.abs(clean - heard).max() < 0.03


def test_ectopic_beats_have_windows_but_not_in_the_median(analytic):
    record, delineation = analytic(500.0)
    signal = record.signal_mv.copy()
    signal[:, round(2.1 * 500) : round(2.6 * 500)] *= -1.0  # the beat at 2.2 s is upside down
    odd = tuple(Beat(b.landmarks, cluster=1 if k == 2 else 0) for k, b in enumerate(delineation.beats))
    delineation = replace(delineation, beats=odd)
    found = windows(replace(record, signal_mv=signal), delineation, CARD)
    assert [w.beat for w in found] == list(range(10))
    median = median_window(replace(record, signal_mv=signal), delineation, CARD)
    assert median is not None
    assert median.beat is None
    assert np.corrcoef(median.signal_mv[-1], found[4].signal_mv[-1])[0, 1] > 0.999
    assert np.corrcoef(median.signal_mv[-1], found[2].signal_mv[-1])[0, 1] < -0.9


def test_a_beat_without_room_or_onset_has_no_window(analytic):
    record, delineation = analytic(500.0)
    late = replace(delineation.beats[9].landmarks, qrs_on=record.n_samples - 100)
    early = replace(delineation.beats[0].landmarks, qrs_on=2)
    none = replace(delineation.beats[4].landmarks, qrs_on=None)
    beats = list(delineation.beats)
    beats[0], beats[4], beats[9] = Beat(early), Beat(none), Beat(late)
    found = windows(record, replace(delineation, beats=tuple(beats)), CARD)
    assert [w.beat for w in found] == [1, 2, 3, 5, 6, 7, 8]


def test_missing_lead_gives_no_window(analytic):
    record, delineation = analytic(500.0)
    signal = record.signal_mv.copy()
    signal[LEADS.index("V3")] = np.nan
    assert windows(replace(record, signal_mv=signal), delineation, CARD) == ()
    assert median_window(replace(record, signal_mv=signal), delineation, CARD) is None


def test_a_missing_sample_costs_only_the_beats_around_it(analytic):
    record, delineation = analytic(500.0)
    signal = record.signal_mv.copy()
    signal[0, round(2.3 * 500)] = np.nan
    assert [w.beat for w in windows(replace(record, signal_mv=signal), delineation, CARD)] == [
        0,
        1,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
    ]


def test_window_fits_to_the_last_sample():
    signal = np.zeros((12, 300), dtype=np.float32)
    assert cut_window(signal, 100, CARD) is not None
    assert cut_window(signal, 101, CARD) is None
    assert cut_window(signal, 8, CARD) is not None
    assert cut_window(signal, 7, CARD) is None
