"""What of a case lies on the sheet: the chosen window, and the evidence that belongs to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cineviewer.analysis.case import Case
from cineviewer.ecg import LEADS, WINDOW_MS, Doubles, Explanation, Floats, Landmarks, Window
from cineviewer.session import ColourScale, Overlay, Selection, Shown

STALE_FADE = 0.35
COARSE_MS = 20.0
_PQ_MS = 16.0
_NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """An attribution as it is drawn.

    Attributes
    ----------
    phi
        (12, T) logit per sample; in steps of 20 ms while it is coarse.
    profile
        (T,) in [-1, 1].
    limit
        The value at the map's ends, after the strength slider.
    shares
        Each lead's share of the sum of |phi|; None while the map is coarse or stale.
    fade
        1, or less for a stale map.
    final
        False while a better map is on its way.
    locked
        Whether the limit is kept from case to case.
    """

    phi: Floats
    profile: Doubles
    rate_hz: float
    limit: float
    shares: dict[str, float] | None
    fade: float
    final: bool
    locked: bool


def chosen_window(case: Case, selection: Selection, *, filtered: bool = True) -> Window | None:
    """Return the window that is to be shown, as the model reads it where that is known.

    Before the model has spoken, and for the unfiltered view of a beat, it is cut from the record (PQ level
    subtracted in the same way); None while no beat is known.
    """
    beat = selected_beat(case, selection)
    found = explanation_of(case, selection)
    if found is not None and (filtered or beat is None):
        return found.window
    delineation = case.delineation
    if delineation is None:
        return None
    if beat is None:
        median = delineation.median
        return None if median is None else _cut(median.signal_mv, median.rate_hz, median.landmarks, None)
    signal_mv = case.filtered_mv if filtered and case.filtered_mv is not None else case.record.signal_mv
    return _cut(signal_mv, case.record.rate_hz, delineation.beats[beat].landmarks, beat)


def selected_beat(case: Case, selection: Selection) -> int | None:
    """Return the chosen beat's index; None for the median beat, or where the case has no such beat."""
    beats = case.delineation.beats if case.delineation else ()
    if selection.view == "median" or selection.beat is None:
        return None
    return selection.beat if 0 <= selection.beat < len(beats) else None


def explanation_of(case: Case, selection: Selection) -> Explanation | None:
    """Return the case's explanation if it is one of the chosen window, else None: maps stay with their beat."""
    found = case.explanation
    return found if found is not None and found.window.beat == selected_beat(case, selection) else None


def evidence(shown: Shown, selection: Selection, overlay: Overlay, scale: ColourScale) -> Evidence | None:
    """Return the evidence to be drawn on the chosen window, or None where there is none."""
    found = explanation_of(shown.case, selection) if shown.case else None
    if found is None:
        return None
    attribution = found.attribution
    fixed = scale.limit if scale.locked else None
    rate_hz = found.window.rate_hz
    coarse = not attribution.final
    return Evidence(
        phi=_coarse(attribution.phi, rate_hz).astype(np.float32) if coarse else attribution.phi,
        profile=_coarse(found.profile[np.newaxis], rate_hz)[0] if coarse else found.profile,
        rate_hz=rate_hz,
        limit=(fixed or limit_of(attribution.phi)) / max(overlay.strength, 1e-3),
        shares=dict(found.top_leads) if attribution.final and not shown.stale else None,
        fade=STALE_FADE if shown.stale else 1.0,
        final=attribution.final,
        locked=bool(fixed),
    )


def limit_of(phi: Floats) -> float:
    """Return the map's end for one case: the 99.5th percentile of |phi|, rounded up to a figure one can read."""
    # Not np.quantile: its first call imports numpy.ma, a tenth of the time to the first picture.
    largest = float(np.sort(np.abs(phi), axis=None)[round(0.995 * (phi.size - 1))]) if phi.size else 0.0
    if not largest > 0.0:
        return 1.0
    decade = 10.0 ** math.floor(math.log10(largest))
    return next(step for step in _NICE if step * decade >= largest * (1.0 - 1e-9)) * decade


def start_of(case: Case, selection: Selection) -> float | None:
    """Return the second of the record at which the chosen window begins; None where it has no known place.

    The median beat stands where the beat most like it does, which only its explanation tells.
    """
    found = explanation_of(case, selection)
    if found is not None:
        return found.window.start_s
    beat = selected_beat(case, selection)
    if beat is None or case.delineation is None:
        return None
    onset = case.delineation.beats[beat].landmarks.qrs_on
    return None if onset is None else onset / case.record.rate_hz


def pq_level_mv(signal_mv: Floats, rate_hz: float, onset: int) -> Floats:
    """Return each lead's level before QRS onset, (12, 1); zero where there is no signal before it."""
    before = signal_mv[:, max(0, onset - max(1, round(_PQ_MS * rate_hz / 1000.0))) : onset]
    if not before.shape[1]:
        return np.zeros((signal_mv.shape[0], 1), dtype=np.float32)
    return np.asarray(np.median(before, axis=1, keepdims=True), dtype=np.float32)


def _cut(signal_mv: Floats, rate_hz: float, marks: Landmarks, beat: int | None) -> Window | None:
    if marks.qrs_on is None:
        return None
    onset, n = marks.qrs_on, round(WINDOW_MS * rate_hz / 1000.0)
    cut = np.full((len(LEADS), n), np.nan, dtype=np.float32)
    piece = signal_mv[:, onset : onset + n]
    cut[:, : piece.shape[1]] = piece
    cut -= pq_level_mv(signal_mv, rate_hz, onset)

    def after_onset_ms(sample: int | None) -> float | None:
        return None if sample is None else (sample - onset) * 1000.0 / rate_hz

    return Window(
        beat=beat,
        signal_mv=cut,
        rate_hz=rate_hz,
        start_s=onset / rate_hz,
        j_ms=after_onset_ms(marks.qrs_off),
        t_peak_ms=after_onset_ms(marks.t_peak),
        t_end_ms=after_onset_ms(marks.t_end),
    )


def _coarse(values: Floats | Doubles, rate_hz: float) -> Doubles:
    """Average over steps of 20 ms: a map that is not final must not look finer than it is."""
    step = max(1, round(COARSE_MS * rate_hz / 1000.0))
    edges = np.arange(0, values.shape[1], step)
    lengths = np.diff(np.append(edges, values.shape[1]))
    means = np.add.reduceat(values.astype(np.float64), edges, axis=1) / lengths
    return np.asarray(np.repeat(means, lengths, axis=1))
