"""Landmarks of records that were composed of waves with written-down begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import atan2, degrees
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cineviewer import signal
from cineviewer.ecg import LEADS, Delineation, Floats, Record

# Projections of the frontal and horizontal planes on the leads: x left, y down, z back.
_DIRECTIONS = {
    "I": (1, 0, 0), "II": (0.5, 0.866, 0), "III": (-0.5, 0.866, 0), "aVR": (-0.75, -0.433, 0), "aVL": (0.75, -0.433, 0),
    "aVF": (0, 0.866, 0), "V1": (-0.5, 0, -0.8), "V2": (0, 0, -1), "V3": (0.3, 0, -0.9), "V4": (0.7, 0.2, -0.5),
    "V5": (0.9, 0.2, 0), "V6": (0.9, 0.2, 0.3),
}  # fmt: skip
MATRIX = np.array([_DIRECTIONS[lead] for lead in LEADS], dtype=np.float64)


@dataclass(frozen=True)
class Wave:
    """A bump of compact support (cosine squared), so that it begins and ends where it says, after the beat's start."""

    start_s: float
    end_s: float
    vector_mv: tuple[float, float, float]


P = Wave(-0.160, -0.060, (0.10, 0.12, 0.0))
Q = Wave(0.000, 0.030, (-0.10, 0.10, -0.30))
R = Wave(0.015, 0.070, (1.00, 0.80, 0.20))
S = Wave(0.055, 0.096, (0.10, -0.20, 0.40))
T = Wave(0.200, 0.380, (0.30, 0.25, -0.15))
SINUS = (P, Q, R, S, T)
PVC = (Wave(0.0, 0.090, (-0.9, 0.9, 0.4)), Wave(0.060, 0.170, (-0.8, 1.2, -0.3)), Wave(0.260, 0.470, (0.5, -0.5, 0.2)))


def trace(waves: tuple[Wave, ...], starts_s: npt.ArrayLike, n: int, rate_hz: float) -> Floats:
    """(12, n) millivolt: the waves of a beat at each start."""
    time_s = np.arange(n) / rate_hz
    heart = np.zeros((3, n))
    for start_s in np.atleast_1d(starts_s):
        for wave in waves:
            phase = (time_s - start_s - wave.start_s) / (wave.end_s - wave.start_s)
            bump = np.where((phase > 0) & (phase < 1), np.sin(np.pi * np.clip(phase, 0, 1)) ** 2, 0)
            heart += np.outer(wave.vector_mv, bump)
    return np.asarray(MATRIX @ heart, dtype=np.float32)


def make_record(signal_mv: npt.NDArray[np.floating], rate_hz: float = 500.0) -> Record:
    return Record(Path("made"), rate_hz, np.asarray(signal_mv, dtype=np.float32), LEADS, (), "made", sha256="")


STARTS_S = np.arange(0.5, 9.6, 0.8)


@pytest.fixture
def noise() -> Callable[..., Floats]:
    def make(shape: tuple[int, ...], rms_mv: float, seed: int = 0) -> Floats:
        return np.asarray(np.random.default_rng(seed).normal(0, rms_mv, shape), dtype=np.float32)

    return make


@pytest.fixture
def sinus(noise: Callable[..., Floats]) -> Record:
    """75 beats a minute, starts at `STARTS_S`, 5 uV of noise."""
    return make_record(trace(SINUS, STARTS_S, 5000, 500.0) + noise((12, 5000), 0.005))


NAMES = ("r", "qrs_on", "qrs_off", "p_on", "p_off", "t_peak", "t_end")


def offsets_ms(delineation: Delineation, name: str, rate_hz: float = 500.0) -> np.ndarray:
    """Of each beat, after its start."""
    found = []
    for beat in delineation.beats:
        at = getattr(beat.landmarks, name)
        assert at is not None
        found.append(1000 * (at / rate_hz - STARTS_S[np.argmin(np.abs(STARTS_S - beat.landmarks.r / rate_hz))]))
    return np.array(found)


def landmarks(delineation: Delineation) -> list[tuple[int | None, ...]]:
    return [tuple(getattr(beat.landmarks, name) for name in NAMES) for beat in delineation.beats]


def test_every_beat_is_found_once(sinus: Record) -> None:
    found = signal.analyse(sinus)
    r_s = [beat.landmarks.r / 500 for beat in found.beats]
    assert found.warnings == ()
    np.testing.assert_allclose(r_s, STARTS_S + 0.0425, atol=0.012)


@pytest.mark.parametrize(
    ("name", "expected_ms", "within_ms"),
    # Our edges follow cardiologists, who put them a little outside of where a wave begins and ends by its formula.
    [
        ("qrs_on", -8, 8),
        ("qrs_off", 100, 8),
        ("t_peak", 290, 8),
        ("t_end", 372, 20),
        ("p_on", -152, 16),
        ("p_off", -66, 16),
    ],
)
def test_landmarks_lie_where_the_waves_were_put(sinus: Record, name: str, expected_ms: float, within_ms: float) -> None:
    assert np.abs(offsets_ms(signal.analyse(sinus), name) - expected_ms).max() <= within_ms


def test_the_qrs_goes_on_while_v1_alone_still_sees_it(noise: Callable[..., Floats]) -> None:
    """The late R' of a right bundle branch block, up and down in V1 while all other leads have come to rest."""
    waves = trace(SINUS, STARTS_S, 5000, 500.0) + noise((12, 5000), 0.005)
    late = trace((Wave(0.085, 0.150, (0.0, 0.0, -1.0)),), STARTS_S, 5000, 500.0)
    waves[LEADS.index("V1")] += late[LEADS.index("V1")]
    found = signal.analyse(make_record(waves))
    assert offsets_ms(found, "qrs_off").min() >= 135
    assert offsets_ms(found, "qrs_off").max() <= 158


def test_gain_does_not_move_a_landmark(sinus: Record) -> None:
    double = make_record(2 * sinus.signal_mv)
    assert landmarks(signal.analyse(double)) == landmarks(signal.analyse(sinus))


def test_baseline_does_not_move_a_landmark(sinus: Record) -> None:
    lifted = make_record(sinus.signal_mv + np.float32(3.0))
    for a, b in zip(landmarks(signal.analyse(lifted)), landmarks(signal.analyse(sinus)), strict=True):
        np.testing.assert_allclose(np.array(a, dtype=float), np.array(b, dtype=float), atol=1)


def test_a_later_start_moves_every_landmark_alike(sinus: Record) -> None:
    later = make_record(np.roll(sinus.signal_mv, 37, axis=1))
    first, second = signal.analyse(sinus), signal.analyse(later)
    for a, b in zip(landmarks(first)[1:-1], landmarks(second)[1:-1], strict=True):
        np.testing.assert_allclose(np.array(b, dtype=float) - 37, np.array(a, dtype=float), atol=2)


def test_the_order_of_beats_and_leads_in_time_is_ascending(sinus: Record) -> None:
    for beat in signal.analyse(sinus).beats:
        m = beat.landmarks
        order = [m.p_on, m.p_off, m.qrs_on, m.r, m.qrs_off, m.t_peak, m.t_end]
        assert order == sorted(order)  # type: ignore[type-var]


def test_a_missing_lead_hardly_moves_a_landmark(sinus: Record) -> None:
    holed = sinus.signal_mv.copy()
    holed[LEADS.index("V3")] = np.nan
    found = signal.analyse(make_record(holed))
    assert found.quality["V3"] == "missing"
    assert found.median is not None
    assert np.isnan(found.median.signal_mv[LEADS.index("V3")]).all()
    for a, b in zip(landmarks(found), landmarks(signal.analyse(sinus)), strict=True):
        np.testing.assert_allclose(np.array(a, dtype=float), np.array(b, dtype=float), atol=4)


@pytest.mark.parametrize("rate_hz", [100.0, 250.0, 360.0, 1000.0])
def test_other_rates_give_the_same_landmarks_in_their_own_samples(rate_hz: float, noise: Callable[..., Floats]) -> None:
    n = round(10 * rate_hz)
    record = make_record(trace(SINUS, STARTS_S, n, rate_hz) + noise((12, n), 0.005), rate_hz)
    found = signal.analyse(record)
    assert len(found.beats) == STARTS_S.size
    for name, expected_ms, within_ms in (
        ("qrs_on", -8, 13),
        ("qrs_off", 100, 13),
        ("t_peak", 290, 12),
        ("t_end", 372, 20),
    ):
        assert np.abs(offsets_ms(found, name, rate_hz) - expected_ms).max() <= within_ms


def test_beats_without_p_have_none(noise: Callable[..., Floats]) -> None:
    waves = tuple(wave for wave in SINUS if wave is not P)
    found = signal.analyse(make_record(trace(waves, STARTS_S, 5000, 500.0) + noise((12, 5000), 0.005)))
    assert all(beat.landmarks.p_on is None and beat.landmarks.p_off is None for beat in found.beats)
    assert found.measurements.pr_ms.value is None
    assert found.measurements.pr_ms.reason


def test_fibrillation_gets_no_p(noise: Callable[..., Floats]) -> None:
    rng = np.random.default_rng(3)
    starts_s = np.cumsum(rng.uniform(0.55, 1.15, 10)) + 0.1
    waves = tuple(wave for wave in SINUS if wave is not P)
    clean = trace(waves, starts_s, 5000, 500.0)
    time_s = np.arange(5000) / 500
    fibrillation = 0.08 * np.sin(2 * np.pi * np.cumsum(rng.normal(6.0, 1.0, 5000)) / 500 + time_s)
    clean += np.outer(trace((P,), 5.0, 5000, 500.0).max(axis=1), fibrillation).astype(np.float32) * 5
    found = signal.analyse(make_record(clean + noise((12, 5000), 0.005)))
    assert found.measurements.pr_ms.value is None


def test_no_t_wave_gives_no_qt(noise: Callable[..., Floats]) -> None:
    waves = tuple(wave for wave in SINUS if wave is not T)
    found = signal.analyse(make_record(trace(waves, STARTS_S, 5000, 500.0) + noise((12, 5000), 0.003)))
    assert found.measurements.qt_ms.value is None
    assert found.measurements.qtcb_ms.reason == found.measurements.qt_ms.reason


def test_an_ectopic_beat_stands_in_a_cluster_of_its_own(noise: Callable[..., Floats]) -> None:
    regular = np.delete(STARTS_S, 5)
    clean = trace(SINUS, regular, 5000, 500.0) + trace(PVC, STARTS_S[5] - 0.15, 5000, 500.0)
    found = signal.analyse(make_record(clean + noise((12, 5000), 0.005)))
    assert [beat.cluster for beat in found.beats] == [0] * 5 + [1] + [0] * 6
    assert found.median is not None
    assert found.median.n_beats == 11
    ectopic = found.beats[5].landmarks
    assert ectopic.qrs_on is not None
    assert ectopic.qrs_off is not None
    assert (ectopic.qrs_off - ectopic.qrs_on) * 2 == pytest.approx(170, abs=24)


def test_in_bigeminy_the_narrow_beats_are_dominant(noise: Callable[..., Floats]) -> None:
    clean = trace(SINUS, STARTS_S[::2], 5000, 500.0) + trace(PVC, STARTS_S[1::2] - 0.2, 5000, 500.0)
    found = signal.analyse(make_record(clean + noise((12, 5000), 0.005)))
    assert [beat.cluster for beat in found.beats] == [0, 1] * 6
    assert found.measurements.qrs_ms.value == pytest.approx(112, abs=14)


def test_atrial_spikes_are_no_beats(noise: Callable[..., Floats]) -> None:
    paced = trace(SINUS, STARTS_S, 5000, 500.0)
    paced[:, np.rint((STARTS_S - 0.19) * 500).astype(int)] += 1.0
    found = signal.analyse(make_record(paced + noise((12, 5000), 0.005)))
    assert found.measurements.hr_bpm.value == pytest.approx(75, abs=0.5)


def test_pacing_spikes_are_not_the_onset(noise: Callable[..., Floats]) -> None:
    paced = trace(PVC, STARTS_S, 5000, 500.0)
    at = np.rint((STARTS_S - 0.012) * 500).astype(int)
    paced[:, at] += 1.5
    found = signal.analyse(make_record(paced + noise((12, 5000), 0.005)))
    assert len(found.beats) == STARTS_S.size
    assert found.warnings == ("12 pacing spikes; landmarks are of what follows them",)
    onset_ms = offsets_ms(found, "qrs_on")
    assert onset_ms.min() > -8
    assert onset_ms.max() < 16


def test_the_median_beat_is_the_beat_without_its_noise(noise: Callable[..., Floats]) -> None:
    clean = trace(SINUS, STARTS_S, 5000, 500.0)
    found = signal.analyse(make_record(clean + noise((12, 5000), 0.03)))
    median = found.median
    assert median is not None
    assert median.n_beats == STARTS_S.size
    on = median.landmarks.qrs_on
    assert on is not None
    part = median.signal_mv[:, on : on + 200] - signal.pq_level(median.signal_mv, 500.0, on)[:, None]
    start = round(STARTS_S[5] * 500)
    errors = [np.abs(part - clean[:, start + k : start + k + 200]).mean() for k in range(-6, 7)]
    assert min(errors) < 0.02


def test_rate_and_axes_are_those_of_the_vectors(sinus: Record) -> None:
    found = signal.analyse(sinus).measurements
    assert found.hr_bpm.value == pytest.approx(75.0, abs=0.2)
    across, down = T.vector_mv[:2]
    assert found.t_axis_deg.value == pytest.approx(degrees(atan2(down, across)), abs=3)
    areas = [(w.end_s - w.start_s, w.vector_mv) for w in SINUS if w not in (P, T)]
    net_x, net_y = (sum(width * vector[k] for width, vector in areas) for k in (0, 1))
    assert found.qrs_axis_deg.value == pytest.approx(degrees(atan2(net_y, net_x)), abs=3)


def test_corrected_qt_follows_bazett_and_fridericia(sinus: Record) -> None:
    found = signal.analyse(sinus).measurements
    assert found.qt_ms.value is not None
    assert found.qtcb_ms.value == pytest.approx(found.qt_ms.value / np.sqrt(0.8), rel=0.003)
    assert found.qtcf_ms.value == pytest.approx(found.qt_ms.value / np.cbrt(0.8), rel=0.003)
    assert "Bazett" in found.qtcb_ms.method
    assert "Fridericia" in found.qtcf_ms.method


def test_without_limb_leads_there_is_no_axis(sinus: Record) -> None:
    chest = sinus.signal_mv.copy()
    chest[:6] = np.nan
    found = signal.analyse(make_record(chest)).measurements
    assert found.qrs_axis_deg.value is None
    assert "missing" in (found.qrs_axis_deg.reason or "")
    assert found.qrs_ms.value is not None


def test_one_beat_has_intervals_and_no_rate(sinus: Record) -> None:
    found = signal.analyse(make_record(sinus.signal_mv[:, 150:650]))
    assert len(found.beats) == 1
    assert found.warnings == ("landmarks rest on one beat only",)
    assert found.measurements.hr_bpm.value is None
    assert found.measurements.qtcb_ms.value is None
    assert found.measurements.qrs_ms.value == pytest.approx(100, abs=20)


def test_two_seconds_are_enough(sinus: Record) -> None:
    found = signal.analyse(make_record(sinus.signal_mv[:, :1000]))
    assert len(found.beats) == 2
    assert found.measurements.qrs_ms.value == pytest.approx(100, abs=20)


def test_thirty_minutes_give_every_beat(sinus: Record) -> None:
    long = np.tile(sinus.signal_mv[:, 50:4850], (1, 30))  # 12 whole intervals of 0.8 s, so that no seam shows
    found = signal.analyse(make_record(long))
    assert len(found.beats) == 12 * 30
    assert found.measurements.hr_bpm.value == pytest.approx(75.0, abs=0.2)


@pytest.mark.parametrize("n", [0, 1, 2, 10, 100, 400])
@pytest.mark.parametrize("kind", ["flat", "missing", "noise", "infinite"])
def test_what_holds_no_beats_says_so(n: int, kind: str, noise: Callable[..., Floats]) -> None:
    made = {
        "flat": np.zeros((12, n)),
        "missing": np.full((12, n), np.nan),
        "noise": noise((12, n), 0.002),
        "infinite": np.full((12, n), np.inf),
    }[kind]
    found = signal.analyse(make_record(made))
    if not found.beats:
        assert found.median is None
        assert found.measurements.hr_bpm.value is None
        assert found.measurements.qrs_ms.reason == "no beats were found"


@settings(max_examples=25)
@given(
    seed=st.integers(0, 1000),
    n=st.integers(50, 3000),
    rate_hz=st.sampled_from([100.0, 257.3, 500.0, 1000.0]),
    missing=st.sets(st.integers(0, 11), max_size=12),
    scale=st.sampled_from([0.01, 1.0, 50.0]),
)
def test_noise_never_breaks_it_and_stays_inside_the_record(
    seed: int, n: int, rate_hz: float, missing: set[int], scale: float
) -> None:
    rng = np.random.default_rng(seed)
    made = np.cumsum(rng.normal(0, scale / 10, (12, n)), axis=1) + rng.normal(0, scale, (12, n))
    made[list(missing)] = np.nan
    made[0, n // 3 : n // 2] = np.nan
    found = signal.analyse(make_record(made, rate_hz))
    assert set(found.quality) == set(LEADS)
    for beat in found.beats:
        for name in NAMES:
            at = getattr(beat.landmarks, name)
            assert at is None or 0 <= at < n


def test_lead_order_is_the_records_business_and_each_lead_counts_alike(sinus: Record) -> None:
    turned = replace(sinus, signal_mv=np.ascontiguousarray(sinus.signal_mv[::-1]))
    assert landmarks(signal.analyse(turned)) == landmarks(signal.analyse(sinus))
