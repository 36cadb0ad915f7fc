"""Verdicts on leads whose faults were put in on purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cineviewer.ecg import LEADS, Quality, Record
from cineviewer.signal import quality

RATE_HZ = 500.0


def made(signal_mv: np.ndarray, rate_hz: float = RATE_HZ) -> Record:
    return Record(Path("made"), rate_hz, signal_mv.astype(np.float32), LEADS, (), "made", sha256="")


@pytest.fixture
def clean() -> np.ndarray:
    """Ten seconds of beats in all leads, with the noise of a good recording."""
    time_s = np.arange(5000) / RATE_HZ
    beat = sum(
        1.2 * np.exp(-0.5 * ((time_s - k) / 0.012) ** 2) + 0.3 * np.exp(-0.5 * ((time_s - k - 0.3) / 0.04) ** 2)
        for k in np.arange(0.5, 10, 0.8)
    )
    return np.tile(beat, (12, 1)) + np.random.default_rng(1).normal(0, 0.01, (12, 5000))


def test_a_good_recording_is_good(clean: np.ndarray) -> None:
    judged = quality.judge(made(clean))
    assert set(judged.leads.values()) == {Quality.GOOD}
    assert judged.stretches == ()


def test_each_fault_is_named_in_its_lead_alone(clean: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    clean[0] = 0.0
    clean[1] += rng.normal(0, 0.15, 5000)
    clean[2] = np.clip(clean[2] * 4, -1, 2.0)
    clean[3] = np.nan
    judged = quality.judge(made(clean)).leads
    assert [judged[lead] for lead in LEADS[:4]] == [Quality.FLAT, Quality.NOISY, Quality.SATURATED, Quality.MISSING]
    assert {judged[lead] for lead in LEADS[4:]} == {Quality.GOOD}


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("flat", lambda part: part * 0),
        ("noisy", lambda part: part + np.random.default_rng(2).normal(0, 0.2, part.size)),
        ("unsteady", lambda part: part + 3.0 * np.linspace(0, 1, part.size)),
        ("saturated", lambda part: np.full(part.size, 5.0)),
    ],
)
def test_a_bad_part_is_a_stretch_with_its_time_and_lead(clean: np.ndarray, kind: str, spoil) -> None:
    clean[7, 2000:3000] = spoil(clean[7, 2000:3000])
    if kind == "saturated":
        clean[7, 2000:3000:100] -= 0.02  # a saturated amplifier still twitches: it is not flat
    judged = quality.judge(made(clean))
    found = [stretch for stretch in judged.stretches if stretch.kind == kind]
    assert len(found) == 1
    assert found[0].leads == ("V2",)
    assert found[0].start_s == pytest.approx(4.0, abs=0.5)
    assert found[0].end_s == pytest.approx(6.0, abs=0.5)
    assert judged.leads["V1"] is Quality.GOOD


@pytest.mark.parametrize("rate_hz", [100.0, 1000.0])
def test_verdicts_do_not_depend_on_the_rate(clean: np.ndarray, rate_hz: float) -> None:
    from cineviewer import signal

    clean[1] += 0.15 * np.sin(2 * np.pi * 31.0 * np.arange(5000) / RATE_HZ)
    clean[5] = 0.0
    judged = quality.judge(made(signal.resample(clean, RATE_HZ, rate_hz), rate_hz)).leads
    assert judged["II"] is Quality.NOISY
    assert judged["aVF"] is Quality.FLAT
    assert sum(verdict is Quality.GOOD for verdict in judged.values()) == 10


def test_an_empty_record_is_missing_everywhere() -> None:
    assert set(quality.judge(made(np.zeros((12, 0)))).leads.values()) == {Quality.MISSING}
