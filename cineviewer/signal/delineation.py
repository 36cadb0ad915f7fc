"""A record becomes its beats, median beat, measurements and quality: the room's steps in order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cineviewer.ecg import LEADS, MEDIAN_BAND_HZ, Beat, Delineation, Doubles, Landmarks, MedianBeat, Quality, Record
from cineviewer.signal import clusters, medianbeat, pacing, quality, rpeaks, waves
from cineviewer.signal.filters import band_pass, fill_gaps, resample
from cineviewer.signal.measurements import measure
from cineviewer.signal.rpeaks import Samples

WORKING_HZ = 500.0  # whatever the record's rate, so that one set of constants serves all
_LOW_HZ, _HIGH_HZ = MEDIAN_BAND_HZ
_HIGH_SHARE = 0.4  # of the rate: what lies next to half the rate is mostly ringing
_SPIKES_SHOW_HZ = 400.0
_UNKNOWN_INTERVAL_S = 0.8
_ENOUGH_LEADS = 3
_PACED, _FEW_BEATS = 3, 3
_NAMES = ("r", "qrs_on", "qrs_off", "p_on", "p_off", "t_peak", "t_end")


def analyse(record: Record) -> Delineation:
    """Find everything that signal processing says about a record.

    Each beat's landmarks are those of its cluster's average, laid on the beat: what the beats share is found where
    noise is least.

    Parameters
    ----------
    record
        At any rate from 100 to 1000 Hz and of any length; leads of NaN are left out.

    Returns
    -------
    Delineation
        Landmarks in samples of the record; without beats, an empty one whose measurements say so.
    """
    judgement = quality.judge(record)
    signal, spikes = _working(record, _usable(judgement.leads))
    r = rpeaks.peaks(signal, WORKING_HZ, rpeaks.find(signal, WORKING_HZ))
    r = pacing.ventricular(signal, WORKING_HZ, r, spiked=spikes.size > 0)
    if r.size == 0:
        return Delineation((), None, measure(None, np.zeros(0)), judgement.leads, judgement.stretches)
    labels, anchors = clusters.sort(signal, WORKING_HZ, r)
    averages, shared = _averages(signal, spikes, r, labels, anchors)
    marks = [
        _moved(shared[k], int(at) - averages[k].anchor, signal.shape[1])
        for k, at in zip(labels.tolist(), anchors, strict=True)
    ]
    beats = tuple(
        Beat(_at_rate(mark, record), cluster) for mark, cluster in zip(_apart(marks), labels.tolist(), strict=True)
    )
    median = _median(record, anchors[labels == 0], shared[0], averages[0].anchor)
    r_s = np.array([mark.r for mark in marks]) / WORKING_HZ
    warnings = _warnings(len(spikes), median)
    return Delineation(beats, median, measure(median, r_s), judgement.leads, judgement.stretches, warnings)


def _warnings(n_spikes: int, median: MedianBeat) -> tuple[str, ...]:
    said = []
    if n_spikes >= _PACED:
        said.append(f"{n_spikes} pacing spikes; landmarks are of what follows them")
    if median.n_beats < _FEW_BEATS:
        beats = "one beat" if median.n_beats == 1 else f"{median.n_beats} beats"
        said.append(f"landmarks rest on {beats} only")
    return tuple(said)


def _usable(leads: dict[str, Quality]) -> list[int]:
    """Rows of the leads worth looking at: the good ones, and the others too where good ones are few."""
    good = [row for row, lead in enumerate(LEADS) if leads[lead] is Quality.GOOD]
    if len(good) >= _ENOUGH_LEADS:
        return good
    return [row for row, lead in enumerate(LEADS) if leads[lead] not in (Quality.MISSING, Quality.FLAT)]


def _working(record: Record, rows: list[int]) -> tuple[Doubles, Samples]:
    """Those leads at `WORKING_HZ` without gaps, wander and pacing spikes, and where the spikes were."""
    raw, _ = fill_gaps(resample(record.signal_mv[rows], record.rate_hz, WORKING_HZ))
    spikes: Samples = np.zeros(0, dtype=np.intp)
    if record.rate_hz >= _SPIKES_SHOW_HZ:
        spikes = pacing.spikes(raw, WORKING_HZ)
        raw = pacing.without(raw, WORKING_HZ, spikes)
    return band_pass(raw, WORKING_HZ, _LOW_HZ, min(_HIGH_HZ, _HIGH_SHARE * record.rate_hz)).astype(np.float64), spikes


def _averages(
    signal: Doubles, spikes: Samples, r: Samples, labels: Samples, anchors: Samples
) -> tuple[list[medianbeat.Average], list[Landmarks]]:
    """One average a cluster, and its landmarks."""
    intervals = np.diff(r)
    usual = int(np.median(intervals)) if intervals.size else round(_UNKNOWN_INTERVAL_S * WORKING_HZ)
    before, after = np.concatenate([[usual], intervals]), np.concatenate([intervals, [usual]])
    irregularity = float(np.std(intervals) / np.mean(intervals)) if intervals.size > 1 else 0.0
    averages, shared = [], []
    for own in (labels == k for k in range(int(labels.max()) + 1)):
        beat = medianbeat.average(signal, WORKING_HZ, anchors[own], before[own], after[own])
        spike = pacing.of_beats(spikes, anchors[own], beat.anchor)
        averages.append(beat)
        shared.append(waves.delineate(beat, WORKING_HZ, irregularity, spike))
    return averages, shared


def _moved(marks: Landmarks, by: int, n: int) -> Landmarks:
    """The landmarks of an average laid on one beat; what falls off the record's edge is absent."""
    moved = {name: None if (at := getattr(marks, name)) is None else at + by for name in _NAMES[1:]}
    r = min(max(marks.r + by, 0), n - 1)
    return Landmarks(r, **{name: at if at is not None and 0 <= at < n else None for name, at in moved.items()})


def _apart(marks: list[Landmarks]) -> list[Landmarks]:
    """A wave that the neighbouring beat's QRS runs into is absent: nobody saw it."""
    before = [None, *(mark.qrs_off for mark in marks[:-1])]
    after = [*(mark.qrs_on for mark in marks[1:]), None]
    return [_between(*beat) for beat in zip(marks, before, after, strict=True)]


def _between(mark: Landmarks, before: int | None, after: int | None) -> Landmarks:
    if before is not None and mark.p_on is not None and mark.p_on <= before:
        mark = replace(mark, p_on=None, p_off=None)
    if after is not None and mark.t_end is not None and mark.t_end >= after:
        mark = replace(mark, t_end=None)
    if after is not None and mark.t_peak is not None and mark.t_peak >= after:
        mark = replace(mark, t_peak=None)
    return mark


def _at_rate(marks: Landmarks, record: Record) -> Landmarks:
    ratio, last = record.rate_hz / WORKING_HZ, record.n_samples - 1
    there = {name: min(last, round(at * ratio)) for name in _NAMES if (at := getattr(marks, name)) is not None}
    return replace(marks, **there)


def _median(record: Record, anchors: Samples, marks: Landmarks, anchor: int) -> MedianBeat:
    """The dominant cluster's average at the record's own rate and with all its leads, spikes included."""
    own, missing = fill_gaps(band_pass(record.signal_mv, record.rate_hz, _LOW_HZ, _HIGH_HZ))
    ratio = record.rate_hz / WORKING_HZ
    at = np.rint(anchors * ratio).astype(np.intp)
    far = np.full(at.size, record.n_samples, dtype=np.intp)
    beat = medianbeat.average(own, record.rate_hz, at, far, far)
    voltage = beat.signal_mv.astype(np.float32)
    if missing is not None:
        voltage[missing.mean(axis=1) > 0.5] = np.nan
    there = {
        name: round((value - anchor) * ratio) + beat.anchor
        for name in _NAMES
        if (value := getattr(marks, name)) is not None
    }
    return MedianBeat(voltage, record.rate_hz, replace(marks, **there), beat.n_beats)
