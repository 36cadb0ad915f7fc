"""A scenario and a seed become a Record and the truth behind it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from cineviewer.cine.leads import COLUMNS
from cineviewer.ecg import LEADS, Doubles, Floats, Landmarks, Record
from cineviewer.errors import InputError
from cineviewer.records.reading import sha256_of
from cineviewer.simulate.loops import (
    FIRST_MS,
    LAST_MS,
    Loops,
    Pulse,
    landmark_times,
    leads_mv,
    vector_mv,
)
from cineviewer.simulate.noise import lead_noise_mv
from cineviewer.simulate.rhythm import Breathing, Onset, onsets
from cineviewer.simulate.scenarios import SCENARIOS, Scenario

GENERATOR: Final = "vector loops 1"
"""Name and version of the generator; a record of another version may differ for the same seed."""

RATE_HZ: Final = 500.0
DURATION_S: Final = 10.0
_BREATH_GAIN: Final = 0.04
_BREATH_SWING_DEG: Final = 2.5
_FORMAT: Final = "WFDB 16"


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is known of a simulated record.

    Attributes
    ----------
    landmarks, ectopic
        Of each beat whose QRS lies in the record, in samples; None for a wave that is not there or not inside.
    vector_mv
        (3, n) heart vector without noise: X left, Y inferior, Z posterior.
    clean_mv
        (12, n) the leads without noise.
    """

    scenario: str
    seed: int
    landmarks: tuple[Landmarks, ...]
    ectopic: tuple[bool, ...]
    vector_mv: Doubles
    clean_mv: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """A record that no person ever had, with its truth."""

    record: Record
    truth: Truth


def record(scenario: str, seed: int = 1) -> Record:
    """Return a simulated 10 s record at 500 Hz; see `simulate`."""
    return simulate(scenario, seed).record


def simulate(scenario: str, seed: int = 1) -> Simulated:
    """Simulate 10 s of 12 leads at 500 Hz.

    Parameters
    ----------
    scenario
        One of SCENARIOS.
    seed
        Same scenario and seed give the same samples.

    Raises
    ------
    InputError
        If there is no such scenario.
    """
    if scenario not in SCENARIOS:
        raise InputError(
            "no-scenario", f"there is no scenario {scenario!r}", repair=f"choose one of {', '.join(SCENARIOS)}"
        )
    kind = SCENARIOS[scenario]
    random = np.random.default_rng([seed, *scenario.encode()])
    breathing = Breathing(float(random.uniform(0.20, 0.28)), float(random.uniform(0.0, 2 * np.pi)))
    time_s = np.arange(round(DURATION_S * RATE_HZ)) / RATE_HZ
    beats = onsets(kind, breathing, DURATION_S, random)
    vector, clean = _heart(kind, beats, breathing, time_s)
    noisy = clean + lead_noise_mv(time_s.size, RATE_HZ, breathing, random)
    signal_mv = _twelve(np.round(noisy * 1000.0))
    seen = [(beat, found) for beat in beats if (found := _landmarks(kind, beat, time_s.size)) is not None]
    truth = Truth(
        scenario=scenario,
        seed=seed,
        landmarks=tuple(found for _, found in seen),
        ectopic=tuple(beat.ectopic for beat, _ in seen),
        vector_mv=vector,
        clean_mv=_twelve(clean * 1000.0, whole=False),
    )
    return Simulated(_as_record(scenario, signal_mv), truth)


def _heart(kind: Scenario, beats: list[Onset], breathing: Breathing, time_s: Doubles) -> tuple[Doubles, Doubles]:
    """Return (3, n) vectors and (8, n) leads of all beats, which breathing makes larger, smaller and turns."""
    vector = np.zeros((3, time_s.size))
    leads = np.zeros((len(COLUMNS), time_s.size))
    for beat in beats:
        inside = (time_s > beat.time_s + FIRST_MS / 1000.0) & (time_s < beat.time_s + LAST_MS / 1000.0)
        after_ms = (time_s[inside] - beat.time_s) * 1000.0
        breath = float(breathing.at(np.array([beat.time_s]))[0])
        pulses = tuple(_breathed(pulse, breath) for pulse in _pulses(_loops(kind, beat)))
        vector[:, inside] += vector_mv(pulses, after_ms)
        leads[:, inside] += leads_mv(pulses, after_ms)
    return vector, leads


def _loops(kind: Scenario, beat: Onset) -> Loops:
    if not beat.ectopic:
        return kind.loops
    assert kind.ectopic is not None
    return kind.ectopic


def _pulses(loops: Loops) -> tuple[Pulse, ...]:
    return loops.p + loops.qrs + loops.st


def _breathed(pulse: Pulse, breath: float) -> Pulse:
    """Return a pulse as it is at a depth of breath: smaller when the lungs are full, turned in the frontal plane."""
    gain = 1.0 - _BREATH_GAIN * breath
    angle = np.radians(_BREATH_SWING_DEG * breath)
    x, y, z = pulse.vector_mv
    turned = (x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle), z)
    a, b, c = (float(gain * part) for part in turned)
    v1, v2, v3, v4, v5, v6 = (gain * part for part in pulse.chest_mv)
    return Pulse(pulse.peak_ms, pulse.rise_ms, pulse.fall_ms, (a, b, c), (v1, v2, v3, v4, v5, v6))


def _twelve(leads_uv: Doubles, *, whole: bool = True) -> Floats:
    """Return (12, n) mV from the eight independent leads in microvolt, in whole microvolts as files hold them."""
    rows = dict(zip(COLUMNS, leads_uv, strict=True))
    first, second = rows["I"], rows["II"]
    rows |= {
        "III": second - first,
        "aVR": -(first + second) / 2,
        "aVL": first - second / 2,
        "aVF": second - first / 2,
    }
    twelve = np.stack([rows[lead] for lead in LEADS])
    # Adding zero makes -0.0, which no integer file holds, 0.0: the signal's hash is of its bytes.
    return (((np.round(twelve) if whole else twelve) + 0.0) / 1000.0).astype(np.float32)


def _landmarks(kind: Scenario, beat: Onset, n_samples: int) -> Landmarks | None:
    times = landmark_times(_loops(kind, beat))
    r, on, off = (_sample(beat, ms, n_samples) for ms in (times.r_ms, times.qrs_on_ms, times.qrs_off_ms))
    if r is None or on is None or off is None:
        return None
    return Landmarks(
        r=r,
        qrs_on=on,
        qrs_off=off,
        p_on=_sample(beat, times.p_on_ms, n_samples),
        p_off=_sample(beat, times.p_off_ms, n_samples),
        t_peak=_sample(beat, times.t_peak_ms, n_samples),
        t_end=_sample(beat, times.t_end_ms, n_samples),
    )


def _sample(beat: Onset, after_ms: float | None, n_samples: int) -> int | None:
    if after_ms is None:
        return None
    sample = round((beat.time_s + after_ms / 1000.0) * RATE_HZ)
    return sample if 0 <= sample < n_samples else None


def _as_record(scenario: str, signal_mv: Floats) -> Record:
    return Record(
        path=Path(scenario),
        rate_hz=RATE_HZ,
        signal_mv=signal_mv,
        leads=LEADS,
        derived_leads=(),
        format=_FORMAT,
        sha256=sha256_of(signal_mv, RATE_HZ),
        simulated=True,
    )
