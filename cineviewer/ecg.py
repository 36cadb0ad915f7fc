"""The nouns that every room shares: immutable data classes over numpy arrays, with units in their names.

Arrays are (leads, samples), in the order of LEADS, float32 at rest. Nothing here knows torch, Qt or files' formats.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path as FilePath
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Halves = npt.NDArray[np.float16]
Mask = npt.NDArray[np.bool_]

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
WINDOW_MS = 400.0
MEDIAN_BAND_HZ = (0.5, 150.0)
"""What is kept of a median beat: up to 150 Hz, from 0.67 Hz or below where a filter has no phase (Kligfield 2007)."""


class Quality(StrEnum):
    """Verdict on one lead's signal."""

    GOOD = "good"
    NOISY = "noisy"
    FLAT = "flat"
    SATURATED = "saturated"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that came with the record (SCP or SNOMED code); `likelihood` in percent, None when unknown."""

    code: str
    text: str = ""
    likelihood: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One recording.

    Attributes
    ----------
    path
        The file, without suffix for WFDB.
    signal_mv
        (12, n) millivolt, in the order of LEADS; NaN where the file holds no value (a missing lead is a row of NaN).
    leads, derived_leads
        Which of LEADS the file holds, and which were computed from others (III and the augmented leads).
    format
        As a reader would name it: "WFDB 16".
    warnings
        Sentences on what is wrong but did not prevent reading.
    sha256
        Of the signal (its float32 bytes and rate), so that marks stay with their recording when files move.
    statements
        The data set's own statements; hidden in blind study mode.
    simulated
        True for a record that no person ever had.
    """

    path: FilePath
    rate_hz: float
    signal_mv: Floats
    leads: tuple[str, ...]
    derived_leads: tuple[str, ...]
    format: str
    sha256: str
    warnings: tuple[str, ...] = ()
    age_years: float | None = None
    sex: str | None = None
    statements: tuple[Statement, ...] = ()
    simulated: bool = False

    @property
    def name(self) -> str:
        """The file's name without folder."""
        return self.path.name

    @property
    def n_samples(self) -> int:
        """Samples a lead."""
        return int(self.signal_mv.shape[1])

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.rate_hz

    @property
    def missing_leads(self) -> tuple[str, ...]:
        """Leads that are neither in the file nor derived."""
        return tuple(lead for lead in LEADS if lead not in self.leads and lead not in self.derived_leads)


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Global landmarks (all leads together) of one beat, in samples; None where absent or not measurable."""

    r: int
    qrs_on: int | None = None
    qrs_off: int | None = None
    p_on: int | None = None
    p_off: int | None = None
    t_peak: int | None = None
    t_end: int | None = None


@dataclass(frozen=True, slots=True)
class HandSet:
    """One landmark that the reader moved.

    Attributes
    ----------
    landmark
        The name of a field of Landmarks.
    beat_r
        The beat, by the sample of its R peak; None for the median beat, and with it every beat of its cluster.
    measured, placed
        Where signal processing put it and where the reader did, in samples of the record after the beat's R peak.
    when, version
        The time (ISO 8601, UTC) and the version of cineviewer that measured.
    """

    landmark: str
    beat_r: int | None
    measured: int
    placed: int
    when: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Beat:
    """One beat of a record; cluster 0 is the dominant one, others are ectopic or aberrant."""

    landmarks: Landmarks
    cluster: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class MedianBeat:
    """The dominant cluster averaged: `signal_mv` (12, n) at the record's rate, landmarks in samples of it."""

    signal_mv: Floats
    rate_hz: float
    landmarks: Landmarks
    n_beats: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number with what it rests on; `value` None means not measurable, and `reason` says why."""

    value: float | None
    unit: str
    method: str
    n_beats: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Measurements:
    """The record's measurements, global over leads, from the median beat."""

    hr_bpm: Measurement
    pr_ms: Measurement
    qrs_ms: Measurement
    qt_ms: Measurement
    qtcb_ms: Measurement
    qtcf_ms: Measurement
    qrs_axis_deg: Measurement
    t_axis_deg: Measurement


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the record in which some leads cannot be trusted ("unsteady", "saturated", "noisy", "flat")."""

    leads: tuple[str, ...]
    start_s: float
    end_s: float
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Delineation:
    """What signal processing found in a record: beats, the median beat, measurements and each lead's quality."""

    beats: tuple[Beat, ...]
    median: MedianBeat | None
    measurements: Measurements
    quality: dict[str, Quality]
    stretches: tuple[Stretch, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What a model reads: 400 ms from QRS onset, PQ level subtracted.

    Attributes
    ----------
    beat
        Index into the delineation's beats; None for the median beat.
    signal_mv
        (12, T) millivolt at `rate_hz`, after the model's band-limit, before its scaling.
    start_s
        QRS onset in the record; for the median beat that of the beat most like it.
    j_ms, t_peak_ms, t_end_ms
        Landmarks after QRS onset, None where absent; they may lie behind the window's end.
    """

    beat: int | None
    signal_mv: Floats
    rate_hz: float
    start_s: float
    j_ms: float | None = None
    t_peak_ms: float | None = None
    t_end_ms: float | None = None

    @property
    def time_ms(self) -> Doubles:
        """(T,) milliseconds after QRS onset."""
        return np.arange(self.signal_mv.shape[1], dtype=np.float64) * np.float64(1000.0 / self.rate_hz)


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which network spoke, and how often it is known to be wrong (`known_error`: fraction of test records)."""

    name: str
    version: str
    sha256: str
    threshold: float
    known_error: float | None
    tested_on: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The model's word on a record: the mean logit over the beats of the dominant cluster, calibrated.

    `label` is "normal" or "abnormal"; `target` names the logit that is explained. `n_beats` logits were averaged;
    `beat_logits` has one entry a beat of the delineation, None where the beat gave no window.
    """

    model: ModelIdentity
    p_abnormal: float
    logit: float
    label: str
    n_beats: int
    beat_logits: tuple[float | None, ...] = ()
    target: str = "abnormal - normal"


@dataclass(frozen=True, slots=True)
class Method:
    """An attribution method with every parameter that its result depends on."""

    name: str = "ig"
    steps: int = 50
    samples: int = 40
    sigma: float = 0.15
    seed: int = 0
    reference: str = "mean-normal"


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """A number per lead and sample, in logit units of (abnormal - normal) / 2.

    Attributes
    ----------
    phi
        (12, T), Eq. 1: positive speaks for abnormal.
    standard_error
        (12, T) where sampled, else None.
    completeness_gap
        |sum phi - (f(x) - f(reference))| / |f(x) - f(reference)|; None before the final value.
    evaluations, seconds
        Network evaluations and time spent so far.
    final
        False while better values are still coming.
    """

    phi: Floats
    method: Method
    standard_error: Floats | None = None
    completeness_gap: float | None = None
    evaluations: int = 0
    seconds: float = 0.0
    final: bool = True


PathMethod = Literal["recipe", "centred", "learned"]
"""How an activation path is made (cine/path.py)."""


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The activation path (CineECG-style) in heart coordinates.

    Attributes
    ----------
    points_mm
        (T, 3), one point a sample of the window: x from LV to RV, y anterior, z apex to base.
    method
        "recipe", "centred" or "learned".
    speed_m_s
        Speed along the QRS part; None where the method has none.
    uncertainty_mm
        (T,) radius within which another defensible choice would have put the point.
    heart_sha256
        Hash of the heart that it was made in, "" where that was not kept: in another one it means nothing.
    unlike
        Whether the beat is unlike those that `learned` was taught; None for the other methods.
    """

    points_mm: Doubles
    method: str
    speed_m_s: float | None
    uncertainty_mm: Doubles
    heart_sha256: str = ""
    unlike: bool | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """One window's own verdict, attribution and path: all that the panes draw of it.

    Attributes
    ----------
    profile
        (T,), Eq. 2, in [-1, 1].
    nearest
        For each sample the wall nearest to the path (geometry, not a claim); None for `centred`, and for `learned`
        where the beat is unlike all that it was taught.
    terminal_region
        A claim, by `recipe` only: where the QRS ends, or "undetermined"; None for the other methods.
    top_leads
        (lead, share of the sum of |phi|), largest first.
    evidence_share
        Share of the evidence that fell while the path was nearest to a wall; None where `nearest` says nothing.
    """

    window: Window
    logit: float
    p_abnormal: float
    attribution: Attribution
    profile: Doubles
    path: Path
    nearest: tuple[str | None, ...]
    terminal_region: str | None
    top_leads: tuple[tuple[str, float], ...]
    evidence_share: dict[str, float] | None = field(default=None)
