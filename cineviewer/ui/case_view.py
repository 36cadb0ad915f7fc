"""What traces, timeline and transport show of the case now, gathered from the session in one immutable value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cineviewer.analysis.case import Case
from cineviewer.cine import TrueWindow, true_window
from cineviewer.ecg import LEADS, WINDOW_MS, Explanation, Landmarks, Quality, Window
from cineviewer.paint.excerpt import Evidence, chosen_window, evidence, explanation_of, selected_beat, start_of
from cineviewer.paint.landmarks import Tick, WholeBeat, moved_onset_ms, start_s_of, ticks, whole_beat
from cineviewer.paint.tokens import Tokens, tokens
from cineviewer.paint.traces import BeatSheet, RecordSheet
from cineviewer.session import ColourScale, Look, Overlay, Paper, Reveal, Scale, Selection, Session, Shown
from cineviewer.session.parts import View as Kind
from cineviewer.ui import theme
from cineviewer.ui.screen import Ruler


@dataclass(frozen=True, slots=True, eq=False)
class CaseView:
    """All that sheets, heads, foot and transport need.

    `kind` is what can be shown: the record where no beat is known yet. `start_s` is the chosen window's place in the
    record, 0 while that is unknown (`placed` False). `look` colours the frame, `sheet_look` the paper, which may be
    light in a dark window.
    `truth` is what is true of the window's beat, where the record is simulated and that is to be shown.
    """

    shown: Shown
    case: Case
    kind: Kind
    beat_index: int | None
    start_s: float
    placed: bool
    paper: Paper
    overlay: Overlay
    ruler: Ruler
    window: Window | None
    evidence: Evidence | None
    explanation: Explanation | None
    beat: BeatSheet | None
    record: RecordSheet
    look: Tokens
    sheet_look: Tokens
    truth: TrueWindow | None = None

    @property
    def window_ms(self) -> float:
        """Length of the chosen window."""
        if self.window is None:
            return WINDOW_MS
        return float(self.window.signal_mv.shape[1] * 1000.0 / self.window.rate_hz)

    @property
    def whole(self) -> WholeBeat | None:
        """The beat from P to the end of T, where that is shown and not the window alone."""
        return self.beat.whole if self.beat is not None else None

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The shown beat's landmarks."""
        return self.beat.ticks if self.beat is not None else ()

    @property
    def extent_ms(self) -> tuple[float, float]:
        """What of the beat its sheet shows, after QRS onset."""
        if self.whole is None:
            return 0.0, self.window_ms
        return self.whole.start_ms, self.whole.start_ms + 1000.0 * self.whole.seconds

    @property
    def beat_scale(self) -> Scale:
        """Speed and gain of the beat's sheet."""
        return self.paper.beat if self.whole is None else self.paper.whole

    @property
    def scale(self) -> Scale:
        """Speed and gain of what is shown: the record's or the beat's."""
        return self.paper.record if self.kind == "record" else self.beat_scale

    @property
    def duration_s(self) -> float:
        """Length of the record."""
        return self.case.record.duration_s

    @property
    def is_filtered(self) -> bool:
        """Whether what is drawn went through the filter that the case names; a median beat always did."""
        if self.kind != "record" and self.beat_index is None:
            return True
        return self.paper.filtered and (self.case.filtered_mv is not None or self.explanation is not None)

    @property
    def cursor_in_record(self) -> bool:
        """Whether the cursor has a place in the record: not while the median beat's own place is unknown."""
        return self.placed or self.window is None

    @property
    def reason(self) -> str | None:
        """Why there is no evidence, where the case says so."""
        return self.case.notices[-1] if self.evidence is None and self.case.notices else None


def gather(session: Session, ruler: Ruler) -> CaseView | None:
    """Return what is to be shown, or None while no case is open."""
    shown, look = session.shown, session.get(Look)
    case = shown.case
    if case is None:
        return None
    selection, paper, overlay = session.get(Selection), session.get(Paper), session.get(Overlay)
    window = chosen_window(case, selection, filtered=paper.filtered)
    found = evidence(shown, selection, overlay, session.get(ColourScale))
    truth = _truth(session, case, window)
    missing = tuple(
        lead
        for lead in LEADS
        if lead in case.record.missing_leads
        or (case.delineation is not None and case.delineation.quality.get(lead) == Quality.MISSING)
    )
    return CaseView(
        shown=shown,
        case=case,
        kind="record" if window is None else selection.view,
        beat_index=selected_beat(case, selection),
        start_s=start_s_of(case, selection) or 0.0,
        placed=start_of(case, selection) is not None,
        paper=paper,
        overlay=overlay,
        ruler=ruler,
        window=window,
        evidence=found,
        explanation=explanation_of(case, selection),
        beat=None if window is None else _beat_sheet(case, window, found, selection, paper, overlay, missing, truth),
        record=_record_sheet(case, window, found, selection, paper, overlay, missing),
        look=tokens(theme.is_dark(look)),
        sheet_look=tokens(theme.is_dark(look) and not look.light_paper),
        truth=truth,
    )


def _truth(session: Session, case: Case, window: Window | None) -> TrueWindow | None:
    selection = session.get(Selection)
    # Before it is explained the median beat has no place in the record.
    placed = start_of(case, selection) is not None
    if case.truth is None or window is None or not placed or not session.get(Reveal).truth:
        return None
    return true_window(case.truth, window)


def _beat_sheet(
    case: Case,
    window: Window,
    found: Evidence | None,
    selection: Selection,
    paper: Paper,
    overlay: Overlay,
    missing: tuple[str, ...],
    truth: TrueWindow | None,
) -> BeatSheet:
    whole = whole_beat(case, selection, filtered=paper.filtered) if selection.whole else None
    window_ms = -moved_onset_ms(case, selection) if whole is not None else 0.0
    differs = truth.differs if truth is not None else None
    return BeatSheet(window, found, overlay.style, missing, ticks(case, selection), whole, window_ms, differs)


def _record_sheet(
    case: Case,
    window: Window | None,
    found: Evidence | None,
    selection: Selection,
    paper: Paper,
    overlay: Overlay,
    missing: tuple[str, ...],
) -> RecordSheet:
    delineation, record = case.delineation, case.record
    beats = delineation.beats if delineation else ()
    start_s = start_of(case, selection)
    length_s = WINDOW_MS / 1000.0 if window is None else window.signal_mv.shape[1] / window.rate_hz
    filtered = paper.filtered and case.filtered_mv is not None
    signal_mv = case.filtered_mv if filtered and case.filtered_mv is not None else record.signal_mv
    return RecordSheet(
        signal_mv=signal_mv,
        rate_hz=record.rate_hz,
        stretches=delineation.stretches if delineation else (),
        beats_s=tuple(beat.landmarks.r / record.rate_hz for beat in beats if beat.cluster == 0),
        odd_s=tuple(beat.landmarks.r / record.rate_hz for beat in beats if beat.cluster != 0),
        window_s=None if start_s is None else (start_s, start_s + length_s),
        waves_s=tuple(wave for beat in beats for wave in _waves(beat.landmarks, record.rate_hz)),
        # The median beat's map belongs to no single beat: its window is only shaded.
        evidence=found if selected_beat(case, selection) is not None else None,
        style=overlay.style,
        missing=missing,
    )


def _waves(marks: Landmarks, rate_hz: float) -> Iterator[tuple[str, float, float]]:
    """Yield the waves of one beat whose both ends were found; a T wave is as wide before its peak as behind it."""
    t_start = None if marks.t_peak is None or marks.t_end is None else 2 * marks.t_peak - marks.t_end
    if t_start is not None and marks.qrs_off is not None:
        t_start = max(t_start, marks.qrs_off)
    for name, start, end in (
        ("P", marks.p_on, marks.p_off),
        ("QRS", marks.qrs_on, marks.qrs_off),
        ("T", t_start, marks.t_end),
    ):
        if start is not None and end is not None and end > start:
            yield name, start / rate_hz, end / rate_hz


def nearest_beat(case: Case, time_s: float) -> int | None:
    """Return the beat whose R peak is nearest to a time of the record."""
    beats = case.delineation.beats if case.delineation else ()
    if not beats:
        return None
    return min(range(len(beats)), key=lambda k: abs(beats[k].landmarks.r / case.record.rate_hz - time_s))
