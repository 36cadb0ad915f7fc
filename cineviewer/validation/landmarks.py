"""Our landmarks against LUDB, whose cardiologists marked P, QRS and T in each lead of 200 records.

Source: Kalyakulina et al. 2020, "LUDB: A New Open-Access Validation Tool for Electrocardiogram Delineation Algorithms",
doi 10.1109/ACCESS.2020.3029211.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from cineviewer.ecg import LEADS, Landmarks, Record
from cineviewer.errors import InputError

_SAME_WAVE_S = 0.08  # marks of one wave in different leads lie within this of their median
_QRS_LEADS, _WAVE_LEADS, _EDGE_LEADS = 6, 4, 3  # in fewer leads the beat, the wave, its edge counts as absent
_ONSET_PERCENTILE, _END_PERCENTILE = 25.0, 75.0
_SAME_BEAT_S = 0.15
_UNITS_PER_MV = 1000.0
NAMES = ("qrs_on", "qrs_off", "t_peak", "t_end", "p_on", "p_off", "r")


@dataclass(frozen=True, slots=True)
class Mark:
    """One wave in one lead, samples; an edge that was not marked is None."""

    onset: int | None
    peak: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far a landmark of ours lies behind the cardiologists', over `n` beats."""

    name: str
    mean_ms: float
    sd_ms: float
    median_abs_ms: float
    n: int


@dataclass(frozen=True, slots=True)
class Score:
    """All landmarks of a set of records.

    Attributes
    ----------
    sensitivity, predictivity
        Share of the marked beats that were found, and of the found ones that are marked.
    p_right, p_right_after_first
        Share of beats whose P wave was rightly called present or absent; and without each record's first marked beat,
        whose P wave LUDB leaves unmarked.
    """

    n_records: int
    n_beats: int
    sensitivity: float
    predictivity: float
    p_right: float
    p_right_after_first: float
    deviations: tuple[Deviation, ...]


def names(folder: Path) -> list[Path]:
    """LUDB's records in a folder (its own or the one above), without suffix, in the order of their numbers.

    Raises
    ------
    InputError
        If there is none.
    """
    for place in (folder, folder / "data"):
        found = [path.with_suffix("") for path in place.glob("*.hea") if path.with_suffix(".v6").is_file()]
        if found:
            return sorted(found, key=lambda path: (len(path.name), path.name))
    raise InputError(
        "no-marks",
        "holds no records with marks of each lead (.hea with .i to .v6)",
        where=folder,
        repair="give the folder of LUDB's records (physionet.org/content/ludb)",
    )


def read(path: Path) -> Record:
    """Read a record of LUDB at one scale for all leads.

    The gains in LUDB's headers give each lead a range of 1 mV; its numbers obey Einthoven's law at 1 uV a unit.
    """
    header = _call("rdrecord", str(path), physical=False)
    order = [[name.lower() for name in header.sig_name].index(lead.lower()) for lead in LEADS]
    signal_mv = (header.d_signal.T[order] / _UNITS_PER_MV).astype(np.float32)
    return Record(path, float(header.fs), signal_mv, LEADS, (), "WFDB 16", sha256="")


def truth(path: Path, rate_hz: float) -> tuple[Landmarks, ...]:
    """Global landmarks of a record from the leads' marks.

    An onset is the 25th percentile over the leads, an end the 75th, a peak the median: the earliest and latest of
    twelve readings are extremes of their noise.
    """
    marks: dict[str, list[Mark]] = {"p": [], "N": [], "t": []}
    for lead in LEADS:
        for kind, mark in _marks(path, lead.lower()):
            marks[kind].append(mark)
    reach = _SAME_WAVE_S * rate_hz
    waves = {kind: [wave for wave in _waves(own, reach) if len(wave) >= _WAVE_LEADS] for kind, own in marks.items()}
    beats = [wave for wave in waves["N"] if len(wave) >= _QRS_LEADS]
    peaks = [_middle(wave) for wave in beats]
    return tuple(
        _beat(wave, waves, peaks[k - 1] if k else -np.inf, peaks[k + 1] if k + 1 < len(peaks) else np.inf)
        for k, wave in enumerate(beats)
    )


def score(records: Iterable[tuple[Sequence[Landmarks], Sequence[Landmarks]]], rate_hz: float) -> Score:
    """Compare (truth, ours) of records; only what lies between the first and the last marked beat counts."""
    errors: dict[str, list[float]] = {name: [] for name in NAMES}
    n_records = n_true = n_hit = n_extra = 0
    p_right: list[bool] = []
    p_after: list[bool] = []
    for true, ours in records:
        n_records += 1
        n_true += len(true)
        pairs, extra = _paired(true, ours, _SAME_BEAT_S * rate_hz)
        n_hit += len(pairs)
        n_extra += extra
        for marked, found in pairs:
            right = (marked.p_on is None) == (found.p_on is None)
            p_right.append(right)
            if marked is not true[0]:
                p_after.append(right)
            for name in NAMES:
                there, here = getattr(marked, name), getattr(found, name)
                if there is not None and here is not None:
                    errors[name].append((here - there) * 1000.0 / rate_hz)
    return Score(
        n_records=n_records,
        n_beats=n_true,
        sensitivity=n_hit / max(1, n_true),
        predictivity=n_hit / max(1, n_hit + n_extra),
        p_right=float(np.mean(p_right)) if p_right else 0.0,
        p_right_after_first=float(np.mean(p_after)) if p_after else 0.0,
        deviations=tuple(_deviation(name, errors[name]) for name in NAMES if errors[name]),
    )


def _deviation(name: str, errors_ms: list[float]) -> Deviation:
    errors = np.array(errors_ms)
    return Deviation(name, float(errors.mean()), float(errors.std()), float(np.median(np.abs(errors))), errors.size)


def _paired(
    true: Sequence[Landmarks], ours: Sequence[Landmarks], reach: float
) -> tuple[list[tuple[Landmarks, Landmarks]], int]:
    """Each true beat with the nearest of ours, and how many of ours are left over."""
    if not true:
        return [], 0
    left = [beat for beat in ours if true[0].r - reach <= beat.r <= true[-1].r + reach]
    pairs = []
    for beat in true:
        nearest = min(left, key=lambda own: abs(own.r - beat.r), default=None)
        if nearest is not None and abs(nearest.r - beat.r) <= reach:
            left.remove(nearest)
            pairs.append((beat, nearest))
    return pairs, len(left)


def _call(function: str, *arguments: str, **options: bool) -> Any:
    """Call wfdb without its remarks on newer versions of pandas, which the user cannot mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb

        return getattr(wfdb, function)(*arguments, **options)


def _marks(path: Path, lead: str) -> Iterator[tuple[str, Mark]]:
    """Waves of one lead as (p, N or t; mark)."""
    annotation = _call("rdann", str(path), lead)
    symbols, samples = annotation.symbol, annotation.sample.tolist()
    for k, symbol in enumerate(symbols):
        if symbol in ("p", "N", "t"):
            onset = samples[k - 1] if k and symbols[k - 1] == "(" else None
            end = samples[k + 1] if k + 1 < len(symbols) and symbols[k + 1] == ")" else None
            yield symbol, Mark(onset, samples[k], end)


def _waves(marks: list[Mark], reach: float) -> list[list[Mark]]:
    """Marks of one kind over all leads, gathered into waves."""
    waves: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda mark: mark.peak):
        if waves and mark.peak - _middle(waves[-1]) <= reach:
            waves[-1].append(mark)
        else:
            waves.append([mark])
    return waves


def _middle(wave: list[Mark]) -> float:
    return float(np.median([mark.peak for mark in wave]))


def _across(edges: list[int | None], percentile: float) -> int | None:
    marked = [edge for edge in edges if edge is not None]
    return round(float(np.percentile(marked, percentile))) if len(marked) >= _EDGE_LEADS else None


def _onset(wave: list[Mark]) -> int | None:
    return _across([mark.onset for mark in wave], _ONSET_PERCENTILE)


def _end(wave: list[Mark]) -> int | None:
    return _across([mark.end for mark in wave], _END_PERCENTILE)


def _beat(qrs: list[Mark], waves: dict[str, list[list[Mark]]], before: float, after: float) -> Landmarks:
    """The last P wave between the beat before and this one, this QRS, and the first T wave before the next."""
    r = _middle(qrs)
    beat = Landmarks(int(r), _onset(qrs), _end(qrs))
    p = [wave for wave in waves["p"] if before < _middle(wave) < r]
    t = [wave for wave in waves["t"] if r < _middle(wave) < after]
    if p:
        beat = replace(beat, p_on=_onset(p[-1]), p_off=_end(p[-1]))
    if t:
        beat = replace(beat, t_peak=int(_middle(t[0])), t_end=_end(t[0]))
    return beat
