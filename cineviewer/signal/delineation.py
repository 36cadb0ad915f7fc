"""A record becomes its beats, median beat, measurements and quality: the room's steps in order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cineviewer.ecg import LEADS, Beat, Delineation, Doubles, Landmarks, MedianBeat, Quality, Record
from cineviewer.signal import clusters, medianbeat, quality, rpeaks, waves
from cineviewer.signal.filters import band_pass, fill_gaps, resample
from cineviewer.signal.measurements import measure

WORKING_HZ = 500.0
_BAND_HZ = (0.5, 150.0)
_NAMES = ("r", "qrs_on", "qrs_off", "p_on", "p_off", "t_peak", "t_end")


def analyse(record: Record) -> Delineation:
    """Find everything that signal processing says about a record.

    Parameters
    ----------
    record
        At any rate from 100 to 1000 Hz and of any length; leads of NaN are left out.

    Returns
    -------
    Delineation
        Landmarks in samples of the record; without beats, an empty one whose measurements say so.
    """
    verdicts = quality.judge(record)
    usable = [row for row, lead in enumerate(LEADS) if verdicts[lead] not in (Quality.MISSING, Quality.FLAT)]
    raw = resample(record.signal_mv[usable], record.rate_hz, WORKING_HZ)
    signal, _ = fill_gaps(band_pass(raw, WORKING_HZ, *_BAND_HZ))
    r = rpeaks.peaks(signal, WORKING_HZ, rpeaks.find(signal, WORKING_HZ))
    if r.size == 0:
        return Delineation((), None, measure(None, np.zeros(0)), verdicts)
    labels, anchors = clusters.sort(signal, WORKING_HZ, r)
    usual_s = float(np.median(np.diff(r))) / WORKING_HZ if r.size > 1 else 0.8
    marks = _landmarks(signal, r, labels, anchors, usual_s)
    beats = tuple(Beat(_at_rate(m, record), int(k)) for m, k in zip(marks, labels, strict=True))
    median = _median(record, anchors[labels == 0], usual_s, signal)
    return Delineation(beats, median, measure(median, r / WORKING_HZ), verdicts)


def _landmarks(
    signal: Doubles, r: rpeaks.Samples, labels: rpeaks.Samples, anchors: rpeaks.Samples, usual_s: float
) -> list[Landmarks]:
    marks: list[Landmarks] = [Landmarks(int(x)) for x in r]
    for label in range(int(labels.max()) + 1):
        own = np.flatnonzero(labels == label)
        beat = medianbeat.average(signal, WORKING_HZ, anchors[own], usual_s)
        if beat is None:
            continue
        shared = waves.delineate(beat, WORKING_HZ)
        for k in own.tolist():
            marks[k] = _moved(shared, int(anchors[k]) - beat.anchor, int(r[k]), signal.shape[1])
    return marks


def _moved(marks: Landmarks, by: int, r: int, n: int) -> Landmarks:
    """The landmarks of an average laid on one beat; what falls off the record's edge is absent."""
    moved = {name: None if (at := getattr(marks, name)) is None else at + by for name in _NAMES[1:]}
    return Landmarks(r, **{name: at if at is not None and 0 <= at < n else None for name, at in moved.items()})


def _at_rate(marks: Landmarks, record: Record) -> Landmarks:
    ratio, last = record.rate_hz / WORKING_HZ, record.n_samples - 1
    there = {name: min(last, round(at * ratio)) for name in _NAMES if (at := getattr(marks, name)) is not None}
    return replace(marks, **there)


def _median(record: Record, anchors: rpeaks.Samples, usual_s: float, signal: Doubles) -> MedianBeat | None:
    shared = medianbeat.average(signal, WORKING_HZ, anchors, usual_s)
    if shared is None:
        return None
    marks = waves.delineate(shared, WORKING_HZ)
    own, missing = fill_gaps(band_pass(record.signal_mv, record.rate_hz, _BAND_HZ[0], _BAND_HZ[1]))
    at = np.rint(anchors * record.rate_hz / WORKING_HZ).astype(np.intp)
    beat = medianbeat.average(own, record.rate_hz, at, usual_s)
    if beat is None:
        return None
    voltage = beat.signal_mv.astype(np.float32)
    if missing is not None:
        voltage[missing.all(axis=1)] = np.nan
    ratio = record.rate_hz / WORKING_HZ
    there = {
        name: round((value - shared.anchor) * ratio) + beat.anchor
        for name in _NAMES
        if (value := getattr(marks, name)) is not None
    }
    return MedianBeat(voltage, record.rate_hz, replace(marks, **there), beat.n_beats)
