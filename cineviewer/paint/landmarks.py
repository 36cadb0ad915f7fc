"""The landmarks of the shown beat as ticks, and the whole beat that they lie in: P wave to end of T."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainter

from cineviewer.analysis.case import Case
from cineviewer.analysis.provenance import LANDMARK_NAMES
from cineviewer.ecg import LEADS, WINDOW_MS, Floats, Landmarks, Window
from cineviewer.paint import paper
from cineviewer.paint.excerpt import explanation_of, pq_level_mv, selected_beat, start_of
from cineviewer.paint.fonts import MEDIUM, font
from cineviewer.paint.layout import Cell, Plan
from cineviewer.paint.tokens import TYPE, Tokens, with_type
from cineviewer.session import Selection

_LETTERS = {"p_on": "P", "qrs_on": "QRS", "qrs_off": "J", "t_peak": "T", "t_end": "T end"}
TICK_PX = 7.0
_HAND_SET_PX = 2.0
_BEFORE_MS, _AFTER_MS = 20.0, 60.0
_LEAST_BEFORE_MS = 200.0
_STEP_BEFORE_MS, _STEP_AFTER_MS = 100.0, 20.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A landmark of the shown beat, `t_ms` after the instant at which the sheet's time is 0."""

    landmark: str
    t_ms: float
    hand_set: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class WholeBeat:
    """A beat from its P wave to the end of T: (12, n) millivolt from `start_ms` after QRS onset, PQ level at zero."""

    signal_mv: Floats
    rate_hz: float
    start_ms: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return float(self.signal_mv.shape[1] / self.rate_hz)


def marks_of(case: Case, selection: Selection) -> Landmarks | None:
    """Return the landmarks of the shown beat or median beat, in samples of the record or of the median beat."""
    delineation, beat = case.delineation, selected_beat(case, selection)
    if delineation is None:
        return None
    if beat is not None:
        return delineation.beats[beat].landmarks
    return delineation.median.landmarks if delineation.median is not None else None


def moved_onset_ms(case: Case, selection: Selection) -> float:
    """Return by how much QRS onset now lies after the beginning of the window that was explained.

    It is 0 but for the moment between the reader's move and the model's answer, in which the old window is shown.
    """
    found, delineation = explanation_of(case, selection), case.delineation
    if found is None or delineation is None:
        return 0.0
    onsets = [
        beat.landmarks.qrs_on / case.record.rate_hz
        for k, beat in enumerate(delineation.beats)
        if beat.landmarks.qrs_on is not None and (k == found.window.beat if found.window.beat is not None else True)
    ]
    start_s = found.window.start_s
    moved_s = min((onset - start_s for onset in onsets), key=abs, default=0.0)
    return 1000.0 * moved_s if abs(moved_s) < WINDOW_MS / 1000.0 else 0.0


def ticks(case: Case, selection: Selection) -> tuple[Tick, ...]:
    """Return the ticks of the shown beat; on the whole beat time 0 is QRS onset, else the shown window's beginning."""
    marks = marks_of(case, selection)
    if marks is None or marks.qrs_on is None:
        return ()
    zero_ms = 0.0 if selection.whole else moved_onset_ms(case, selection)
    found = []
    for name in LANDMARK_NAMES:
        sample: int | None = getattr(marks, name)
        if sample is not None:
            t_ms = zero_ms + (sample - marks.qrs_on) * 1000.0 / case.record.rate_hz
            found.append(Tick(name, t_ms, is_hand_set(case, selection, name)))
    return tuple(found)


def is_hand_set(case: Case, selection: Selection, landmark: str) -> bool:
    """Return whether the reader set this landmark of the shown beat, alone or with those of the median beat."""
    beat = selected_beat(case, selection)
    if not case.hand_set or case.delineation is None or case.measured is None:
        return False
    if beat is None:
        return any(one.landmark == landmark and one.beat_r is None for one in case.hand_set)
    now, before = case.delineation.beats[beat].landmarks, case.measured.beats[beat].landmarks
    return bool(getattr(now, landmark) != getattr(before, landmark))


def whole_beat(case: Case, selection: Selection, *, filtered: bool = True) -> WholeBeat | None:
    """Return the shown beat with P wave and T; the median beat as its landmarks were found on it."""
    marks, beat = marks_of(case, selection), selected_beat(case, selection)
    if marks is None or marks.qrs_on is None or case.delineation is None:
        return None
    signal_mv, rate_hz = case.record.signal_mv, case.record.rate_hz
    if beat is None:
        assert case.delineation.median is not None
        signal_mv = case.delineation.median.signal_mv
    elif filtered and case.filtered_mv is not None:
        signal_mv = case.filtered_mv
    per_ms = rate_hz / 1000.0
    first = min(v for v in (marks.p_on, marks.p_off, marks.qrs_on) if v is not None)
    last = max(v for v in (marks.qrs_off, marks.t_peak, marks.t_end, marks.qrs_on) if v is not None)
    before_ms = max(_LEAST_BEFORE_MS, (marks.qrs_on - first) / per_ms + _BEFORE_MS)
    after_ms = max(WINDOW_MS, (last - marks.qrs_on) / per_ms + _AFTER_MS)
    start_ms = -math.ceil(before_ms / _STEP_BEFORE_MS) * _STEP_BEFORE_MS
    end_ms = math.ceil(after_ms / _STEP_AFTER_MS) * _STEP_AFTER_MS
    start, n = marks.qrs_on + round(start_ms * per_ms), round((end_ms - start_ms) * per_ms)
    cut = np.full((len(LEADS), n), np.nan, dtype=np.float32)
    low, high = max(0, start), min(signal_mv.shape[1], start + n)
    cut[:, low - start : high - start] = signal_mv[:, low:high]
    return WholeBeat(cut - pq_level_mv(signal_mv, rate_hz, marks.qrs_on), rate_hz, start_ms)


def of_window(window: Window) -> tuple[Tick, ...]:
    """Return the J point of a window, where nothing else is known of it."""
    return () if window.j_ms is None else (Tick("qrs_off", window.j_ms),)


def is_ticked(tick: Tick, *, whole: bool) -> bool:
    """Return whether a landmark has a tick: QRS onset needs none where the window, and with it the heat, begins."""
    return whole or tick.landmark != "qrs_on" or tick.hand_set


def draw_ticks(
    painter: QPainter, plan: Plan, cell: Cell, found: tuple[Tick, ...], look: Tokens, *, whole: bool
) -> None:
    """Draw a cell's ticks at its top, the reader's in teal; on a whole beat with their names in the first cell."""
    for tick in found:
        time_s = tick.t_ms / 1000.0
        if not cell.start_s <= time_s <= cell.start_s + cell.seconds or not is_ticked(tick, whole=whole):
            continue
        x, colour = plan.x_of(cell, time_s), look.teal if tick.hand_set else look.text_second
        painter.setPen(paper.pen(colour, _HAND_SET_PX if tick.hand_set else 1.0))
        painter.drawLine(QLineF(x, cell.area.y + 2.0, x, cell.area.y + 2.0 + TICK_PX))
        if whole and cell.row == 0 and cell.column == 0 and tick.landmark in _LETTERS:
            words, face = _LETTERS[tick.landmark], font(TYPE.axis, MEDIUM)
            at = QPointF(x - paper.text_width(words, face) / 2.0, cell.area.y + 2.0 + TICK_PX + with_type(10.0))
            paper.draw_text(painter, at, words, face, colour, look.paper)


def start_s_of(case: Case, selection: Selection) -> float | None:
    """Return the record's second at which the sheet's time is 0."""
    start_s = start_of(case, selection)
    if start_s is None or not selection.whole:
        return start_s
    return start_s + moved_onset_ms(case, selection) / 1000.0
