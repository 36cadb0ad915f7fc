"""The one input chain: a record becomes the windows that a model reads, in training, in the window and in the batch.

Bring to the card's rate, band-limit, cut from QRS onset, subtract the PQ level. The scaling by the card's standard
deviations is the model's own last step, so that windows stay in millivolt wherever they are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cineviewer.ecg import LEADS, Beat, Delineation, Floats, Landmarks, Record, Window

if TYPE_CHECKING:
    from cineviewer.models.card import Input

MOST_MEDIAN_BEATS = 60


def prepare(record: Record, card: Input) -> Floats:
    """Return the whole record as the model hears it: (12, n) millivolt at the card's rate and in its band.

    The rate is changed first, so that one and the same filter runs on records of every rate.
    """
    from cineviewer.signal import band_pass, resample

    rows = [LEADS.index(lead) for lead in card.leads]
    moved = resample(record.signal_mv[rows], record.rate_hz, card.rate_hz)
    return band_pass(moved, card.rate_hz, card.low_hz, card.high_hz)


def windows(record: Record, delineation: Delineation, card: Input) -> tuple[Window, ...]:
    """Cut the window of every beat, ectopic ones included, whose PQ level and whole length lie in the record.

    Parameters
    ----------
    card
        The model's card, or its inputs alone.

    Returns
    -------
    tuple of Window
        In the order of beats; none of a beat without QRS onset or with a missing sample, so none at all of a record
        that lacks one of the card's leads.
    """
    signal = prepare(record, card)
    found = []
    for index, beat in enumerate(delineation.beats):
        cut = cut_window(signal, onset_sample(beat, record.rate_hz, card), card)
        if cut is not None and beat.landmarks.qrs_on is not None:
            found.append(_window(index, cut, beat.landmarks, record.rate_hz, card))
    return tuple(found)


def median_window(record: Record, delineation: Delineation, card: Input) -> Window | None:
    """Return the sample-by-sample median of the dominant cluster's windows; None where there is no such window."""
    return median_of(windows(record, delineation, card), delineation)


def median_of(found: tuple[Window, ...], delineation: Delineation) -> Window | None:
    """Return the median of the dominant windows among `found`.

    Its landmarks and start are those of the beat most like it. The beats of a cluster share one QRS onset, found on
    their average, so they lie on one another; of long records beats spread over the whole length are enough.
    """
    own = dominant(found, delineation)
    if not own:
        return None
    places = np.unique(np.linspace(0, len(own) - 1, min(len(own), MOST_MEDIAN_BEATS)).round().astype(np.intp))
    stack = np.stack([own[k].signal_mv for k in places])
    middle = np.median(stack, axis=0).astype(np.float32)
    nearest = own[places[int(np.argmin(np.square(stack - middle).sum(axis=(1, 2))))]]
    return Window(
        beat=None,
        signal_mv=middle,
        rate_hz=nearest.rate_hz,
        start_s=nearest.start_s,
        j_ms=nearest.j_ms,
        t_peak_ms=nearest.t_peak_ms,
        t_end_ms=nearest.t_end_ms,
    )


def dominant(found: tuple[Window, ...], delineation: Delineation) -> tuple[Window, ...]:
    """Return those windows whose beats belong to the record's dominant cluster: the ones that a verdict averages."""
    return tuple(w for w in found if w.beat is not None and delineation.beats[w.beat].cluster == 0)


def onset_sample(beat: Beat, rate_hz: float, card: Input) -> int | None:
    """Return the beat's QRS onset as a sample at the card's rate."""
    onset = beat.landmarks.qrs_on
    return None if onset is None else round(onset * card.rate_hz / rate_hz)


def cut_window(signal_mv: Floats, onset: int | None, card: Input) -> Floats | None:
    """Cut one window from QRS onset with its PQ level at zero; None where it does not fit or a sample is missing."""
    if onset is None:
        return None
    raw = cut(signal_mv, onset - card.pq_samples, card.pq_samples + card.length)
    return None if raw is None else level(raw, card)


def cut(signal_mv: Floats, start: int, size: int) -> Floats | None:
    """Return `size` samples from `start`; None where they do not lie in the signal or one is missing."""
    if start < 0 or start + size > signal_mv.shape[1]:
        return None
    piece = signal_mv[:, start : start + size]
    return piece if np.isfinite(piece).all() else None


def level(raw_mv: Floats, card: Input) -> Floats:
    """Take the PQ level, the mean of the samples before QRS onset, off (..., 12, PQ + T) and drop those samples."""
    before = card.pq_samples
    return np.asarray(raw_mv[..., before:] - raw_mv[..., :before].mean(axis=-1, keepdims=True), dtype=np.float32)


def _window(index: int, cut: Floats, marks: Landmarks, rate_hz: float, card: Input) -> Window:
    assert marks.qrs_on is not None
    onset = marks.qrs_on

    def after_ms(sample: int | None) -> float | None:
        return None if sample is None else (sample - onset) * 1000.0 / rate_hz

    return Window(
        beat=index,
        signal_mv=cut,
        rate_hz=card.rate_hz,
        start_s=onset / rate_hz,
        j_ms=after_ms(marks.qrs_off),
        t_peak_ms=after_ms(marks.t_peak),
        t_end_ms=after_ms(marks.t_end),
    )
