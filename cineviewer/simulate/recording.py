"""A scenario and a seed become a Record and the truth behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from cineviewer.cine.leads import COLUMNS
from cineviewer.ecg import LEADS, Doubles, Floats, Landmarks, Record
from cineviewer.errors import InputError
from cineviewer.records.reading import sha256_of
from cineviewer.simulate.beat import Beat, beat, landmark_times
from cineviewer.simulate.noise import lead_noise_mv
from cineviewer.simulate.person import Person, body
from cineviewer.simulate.recovery import FIRST_MS, LAST_MS, STEP_MS
from cineviewer.simulate.rhythm import Breathing, Onset, onsets
from cineviewer.simulate.scenarios import SCENARIOS, Scenario, normal
from cineviewer.simulate.truth import DIFFERENT_MV, Known, known

GENERATOR: Final = "activation 2"
"""Name and version of the generator; a record of another version may differ for the same seed."""

RATE_HZ: Final = 500.0
DURATION_S: Final = 10.0
_FORMAT: Final = "WFDB 16"


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is known of a simulated record.

    Attributes
    ----------
    landmarks, ectopic
        Of each beat whose QRS lies in the record, in samples; None for a wave that is not there or not inside.
    onset_s
        When the first muscle of each of these beats is activated, in seconds of the record.
    vector_mv
        (3, n) heart vector without noise: X left, Y inferior, Z posterior.
    clean_mv
        (12, n) the leads without noise.
    differs
        (n,) where the leads differ from those of the same person without the disease.
    lead_differs
        (12, n) the same of each lead: by more than 50 microvolt.
    nodes_mm
        (k, 3) where the muscle's nodes lie, heart coordinates.
    kinds
        What is true of the dominant beat, then of the ectopic one if there is one.
    """

    scenario: str
    seed: int
    landmarks: tuple[Landmarks, ...]
    ectopic: tuple[bool, ...]
    onset_s: tuple[float, ...]
    vector_mv: Doubles
    clean_mv: Floats
    differs: npt.NDArray[np.bool_]
    lead_differs: npt.NDArray[np.bool_]
    nodes_mm: Doubles
    kinds: tuple[Known, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """A record that no person ever had, with its truth."""

    record: Record
    truth: Truth


def record(scenario: str, seed: int = 1, person: Person | None = None) -> Record:
    """Return a simulated 10 s record at 500 Hz without its truth, which takes longer; see `simulate`."""
    return _as_record(scenario, _drawn(scenario, seed, person).signal_mv)


def simulate(scenario: str, seed: int = 1, person: Person | None = None) -> Simulated:
    """Simulate 10 s of 12 leads at 500 Hz.

    Parameters
    ----------
    scenario
        One of SCENARIOS.
    seed
        Same scenario, seed and person give the same samples.
    person
        Whose heart and chest; the scenario's own if left out.

    Raises
    ------
    InputError
        If there is no such scenario.
    """
    drawn = _drawn(scenario, seed, person)
    n = drawn.time_s.size
    seen = [(onset, found) for onset in drawn.beats if (found := _landmarks(drawn.kind, drawn.person, onset, n))]
    kinds = _kinds(drawn.kind, drawn.person)
    truth = Truth(
        scenario=scenario,
        seed=seed,
        landmarks=tuple(found for _, found in seen),
        ectopic=tuple(onset.ectopic for onset, _ in seen),
        onset_s=tuple(float(onset.time_s) for onset, _ in seen),
        vector_mv=drawn.vector_mv,
        clean_mv=_twelve(drawn.clean_mv * 1000.0, whole=False),
        differs=_differs(kinds, drawn.beats, drawn.time_s),
        lead_differs=_lead_differs(kinds, drawn.beats, drawn.time_s),
        nodes_mm=body(drawn.person).tissue.points_mm,
        kinds=kinds,
    )
    return Simulated(_as_record(scenario, drawn.signal_mv), truth)


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """A record's parts: (3, n) vectors and (8, n) leads without noise, (12, n) leads with it."""

    kind: Scenario
    person: Person
    beats: list[Onset]
    time_s: Doubles
    vector_mv: Doubles
    clean_mv: Doubles
    signal_mv: Floats


def _drawn(scenario: str, seed: int, person: Person | None) -> _Drawn:
    if scenario not in SCENARIOS:
        raise InputError(
            "no-scenario", f"there is no scenario {scenario!r}", repair=f"choose one of {', '.join(SCENARIOS)}"
        )
    kind = SCENARIOS[scenario]
    who = person or kind.person
    if who.rate_bpm is not None:
        kind = replace(kind, rate_bpm=who.rate_bpm)
    random = np.random.default_rng([seed, *scenario.encode()])
    breathing = Breathing(float(random.uniform(0.20, 0.28)), float(random.uniform(0.0, 2 * np.pi)))
    time_s = np.arange(round(DURATION_S * RATE_HZ)) / RATE_HZ
    beats = onsets(kind, breathing, DURATION_S, random)
    vector, clean = _heart(kind, who, beats, breathing, time_s)
    noisy = clean + lead_noise_mv(time_s.size, RATE_HZ, breathing, random)
    return _Drawn(kind, who, beats, time_s, vector, clean, _twelve(np.round(noisy * 1000.0)))


def _heart(
    kind: Scenario, person: Person, beats: list[Onset], breathing: Breathing, time_s: Doubles
) -> tuple[Doubles, Doubles]:
    """Return (3, n) vectors and (8, n) leads of all beats, which breathing changes."""
    vector = np.zeros((3, time_s.size))
    leads = np.zeros((len(COLUMNS), time_s.size))
    for onset in beats:
        known = _beat(kind, person, onset)
        inside = (time_s > onset.time_s + FIRST_MS / 1000.0) & (time_s < onset.time_s + LAST_MS / 1000.0)
        after_ms = (time_s[inside] - onset.time_s) * 1000.0
        breath = float(breathing.at(np.array([onset.time_s]))[0])
        vector[:, inside] += _at(known.vector_mv, after_ms)
        leads[:, inside] += _at(known.leads_mv + breath * known.breath_mv, after_ms)
    return vector, leads


def _kinds(kind: Scenario, person: Person) -> tuple[Known, ...]:
    """Return what is true of the scenario's one or two kinds of beat."""
    ventricles, twin = body(person).heart, beat(normal, normal, person, kind.rate_bpm)
    excited = [(kind.excite, False)] + ([] if kind.ectopic is None else [(kind.ectopic, True)])
    return tuple(
        known(beat(excite, normal, person, kind.rate_bpm), twin, ventricles, ectopic=early) for excite, early in excited
    )


def _differs(kinds: tuple[Known, ...], beats: list[Onset], time_s: Doubles) -> npt.NDArray[np.bool_]:
    masks = {kind.ectopic: kind.difference.differs[np.newaxis] for kind in kinds}
    return np.asarray(_in_record(masks, kinds, beats, time_s)[0])


def _lead_differs(kinds: tuple[Known, ...], beats: list[Onset], time_s: Doubles) -> npt.NDArray[np.bool_]:
    masks = {
        kind.ectopic: np.abs(_twelve(kind.difference.leads_mv * 1000.0, whole=False)) > DIFFERENT_MV for kind in kinds
    }
    return _in_record(masks, kinds, beats, time_s)


def _in_record(
    masks: dict[bool, npt.NDArray[np.bool_]], kinds: tuple[Known, ...], beats: list[Onset], time_s: Doubles
) -> npt.NDArray[np.bool_]:
    """Lay each beat's (rows, t) mask, by whether it is ectopic, where the beat is in the record."""
    grid = kinds[0].difference.time_ms
    found = np.zeros((len(masks[False]), time_s.size), dtype=bool)
    for onset in beats:
        after_ms = (time_s - onset.time_s) * 1000.0
        at = np.rint((after_ms - grid[0]) / STEP_MS).astype(np.intp)
        inside = np.flatnonzero((at >= 0) & (at < grid.size))
        found[:, inside] |= masks[onset.ectopic][:, at[inside]]
    return found


def _at(rows_mv: Doubles, after_ms: Doubles) -> Doubles:
    """Interpolate rows at `recovery.times_ms()` to other instants, which follow one another evenly."""
    position = np.clip((after_ms - FIRST_MS) / STEP_MS, 0.0, rows_mv.shape[1] - 1.001)
    first = position.astype(np.intp)
    part = position - first
    return np.asarray(rows_mv[:, first] * (1.0 - part) + rows_mv[:, first + 1] * part)


def _beat(kind: Scenario, person: Person, onset: Onset) -> Beat:
    if not onset.ectopic:
        return beat(kind.excite, normal, person, kind.rate_bpm)
    assert kind.ectopic is not None
    return beat(kind.ectopic, normal, person, kind.rate_bpm)


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


def _landmarks(kind: Scenario, person: Person, onset: Onset, n_samples: int) -> Landmarks | None:
    times = landmark_times(_beat(kind, person, onset))
    r, on, off = (_sample(onset, ms, n_samples) for ms in (times.r_ms, times.qrs_on_ms, times.qrs_off_ms))
    if r is None or on is None or off is None:
        return None
    return Landmarks(
        r=r,
        qrs_on=on,
        qrs_off=off,
        p_on=_sample(onset, times.p_on_ms, n_samples),
        p_off=_sample(onset, times.p_off_ms, n_samples),
        t_peak=_sample(onset, times.t_peak_ms, n_samples),
        t_end=_sample(onset, times.t_end_ms, n_samples),
    )


def _sample(onset: Onset, after_ms: float | None, n_samples: int) -> int | None:
    if after_ms is None:
        return None
    sample = round((onset.time_s + after_ms / 1000.0) * RATE_HZ)
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
