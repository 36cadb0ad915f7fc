"""The timeline pane: the profile over the window, its segments, and the transport that moves the cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cineviewer.paint import paper, timeline
from cineviewer.paint.fonts import MEDIUM, SEMIBOLD, font
from cineviewer.paint.layout import Area
from cineviewer.paint.tokens import SPACE, TYPE, Tokens
from cineviewer.session import (
    PLAYBACK_RATES,
    ColourScale,
    Cursor,
    Look,
    Overlay,
    Paper,
    Playback,
    Selection,
    Session,
    Shown,
)
from cineviewer.ui import deeds, theme
from cineviewer.ui.traces_controls import Badge, IconButton, Line, PlayButton, Segments, ground
from cineviewer.ui.traces_screen import ASSUMED_PX_PER_MM, Ruler
from cineviewer.ui.traces_sheet import Sheet, Strip, whole
from cineviewer.ui.traces_view import TracesView, gather

COMPACT_PX = 176
"""Below this height the transport joins the head."""
_FINE_PX = 620
_RATES_PX = 470
_CLOCK_PX = 150


class TimelinePane(QWidget):
    """Head, curve and transport; all three only read and set parts of the session."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAccessibleName("Timeline")
        self.setMinimumSize(320, 120)
        self._session = session
        self._view: TracesView | None = None
        self._head, self._curve, self._transport = Head(), Curve(session), Transport(session)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._head)
        self._column.addWidget(self._curve, 1)
        self._column.addWidget(self._transport)
        session.on(Shown, self._follow_shown)
        for kind in (Selection, Paper, Overlay, ColourScale, Look):
            session.on(kind, self._follow)
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the transport join the head where the pane is low."""
        super().resizeEvent(event)
        self._compose()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill with the panel's colour: what the children leave."""
        QPainter(self).fillRect(self.rect(), QColor(theme.tokens_of(self._session).panel))

    def _follow_shown(self, shown: Shown) -> None:
        view = self._view
        if view is None or view.case is not shown.case or view.shown.stale != shown.stale:
            self._follow()
        elif view.shown.activity != shown.activity:
            self._view = replace(view, shown=shown)
            self._curve.show_view(self._view)

    def _follow(self, _part: object = None) -> None:
        self._view = gather(self._session, Ruler(ASSUMED_PX_PER_MM, trusted=False))
        self._curve.show_view(self._view)
        self._head.show_view(self._view, self._curve.sheet, theme.tokens_of(self._session))
        self._transport.show_view(self._view, theme.tokens_of(self._session))
        self._compose()
        self.update()

    def _compose(self) -> None:
        compact = self.height() < COMPACT_PX
        self._head.set_room(self.width(), compact=compact)
        if compact and self._transport.parent() is not self._head:
            self._head.take(self._transport)
        elif not compact and self._transport.parent() is self._head:
            self._column.addWidget(self._transport)
        self._transport.set_room(self.width(), compact=compact)
        self._transport.show()


class Head(QWidget):
    """What the curve is, and where half of the evidence lies."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("timelineHead")
        self.setFixedHeight(SPACE.head_timeline)
        self._title, self._what, self._half = Line("title", 64), Line("second"), Line("strong", 100)
        self._title.setText("Timeline")
        self._what.setText("profile: sum over leads, scaled to its largest value")
        self._stale = Badge(
            "Stale", "grey", "Settings changed; the profile is of the old ones until the new one is there"
        )
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE.padding_wide, 0, SPACE.padding_wide, 0)
        self._row.setSpacing(SPACE.padding)
        for widget in (self._title, self._what, self._stale):
            self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addStretch(1)
        self._row.addWidget(self._half)

    def show_view(self, view: TracesView | None, sheet: timeline.TimelineSheet | None, look: Tokens) -> None:
        """Say the span that holds half of the evidence, or why there is none."""
        self._half.setText(half_words(view, sheet))
        self._stale.setVisible(view is not None and view.shown.stale)
        self._stale.tint(look)
        ground(self, look, "bottom")

    def set_room(self, width_px: int, *, compact: bool) -> None:
        """Leave the explanation out where the words would not fit."""
        self._what.setVisible(width_px >= _FINE_PX and not compact)
        self._half.setVisible(not compact or width_px >= _FINE_PX)
        self.setFixedHeight(SPACE.head if compact else SPACE.head_timeline)

    def take(self, transport: QWidget) -> None:
        """Put the transport between title and sentence."""
        self._row.insertWidget(3, transport)


class Curve(Sheet):
    """The profile with the cursor on it."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "Profile of the evidence over the window; drag to move the time cursor")
        self.sheet: timeline.TimelineSheet | None = None
        self._frame: timeline.Frame | None = None
        self.setMinimumHeight(60)

    def show_view(self, view: TracesView | None) -> None:
        """Draw another window's profile."""
        self.sheet = None
        if view is not None and view.window is not None:
            found = view.evidence
            profile = found.profile if found is not None else None
            fade, final = (found.fade, found.final) if found else (1.0, True)
            self.sheet = timeline.TimelineSheet(view.window, profile, fade, final)
        super().show_view(view)

    def tokens(self, view: TracesView) -> Tokens:
        """Return the frame's colours: the timeline is a panel, no paper."""
        return replace(view.look, paper=view.look.panel)

    def arrange(self) -> None:
        """Lay the curve out."""
        self._frame = None if self.sheet is None else timeline.frame(whole(self), self.sheet)

    def paint_layer(self, painter: QPainter, view: TracesView) -> None:
        """Draw curve and bands, or say why there is no curve."""
        look = self.tokens(view)
        if self.sheet is not None:
            timeline.draw(painter, whole(self), self.sheet, look)
        if self.sheet is None or self.sheet.profile is None:
            _draw_silence(painter, whole(self), view, look)

    def strips(self, t_ms: float) -> tuple[Strip, ...]:
        """Return one line with a dot on the curve and a tag on the axis."""
        place, sheet = self._frame, self.sheet
        if place is None or sheet is None or not 0.0 <= t_ms <= place.end_ms:
            return ()
        x = place.x_of(t_ms)
        dots: tuple[tuple[float, float], ...] = ()
        if sheet.profile is not None:
            sample = min(round(t_ms * sheet.window.rate_hz / 1000.0), sheet.profile.size - 1)
            dots = ((x, place.y_of(float(sheet.profile[sample]))),)
        return (Strip(x, 2.0, place.bands.bottom + 1.0, dots, place.bands.bottom + 1.0),)

    def time_ms(self, at: QPointF) -> float | None:
        """Return the instant under a point, inside the window."""
        return None if self._frame is None else self._frame.time_at(at.x())


class Transport(QWidget):
    """To the start, play, to the end, repeat; how fast; and where the cursor is, in words."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._back = IconButton("player-skip-back", "To QRS onset", "To QRS onset (Home)")
        self._play = PlayButton()
        self._on = IconButton("player-skip-forward", "To the window's end", "To the window's end (End)")
        self._loop = IconButton("repeat", "Repeat", "Begin again at QRS onset", checkable=True)
        rates = tuple((f"{rate:g}", f"{rate:g}×", f"Play at {rate:g} of real time") for rate in PLAYBACK_RATES)
        self._rates = Segments("Speed", rates, lambda value: self._put(rate=float(value)))
        self._clock = Clock(session)
        self._on_click(self._back, lambda: deeds.cursor_to_start(session))
        self._on_click(self._on, lambda: deeds.cursor_to_end(session))
        self._on_click(self._play, lambda: self._put(playing=not session.get(Playback).playing))
        self._on_click(self._loop, lambda: self._put(loop=not session.get(Playback).loop))
        self._row = QHBoxLayout(self)
        self._row.setSpacing(SPACE.unit)
        for button in (self._back, self._play, self._on, self._loop):
            self._row.addWidget(button)
        self._row.addSpacing(SPACE.padding)
        self._row.addWidget(self._rates)
        self._row.addWidget(self._clock, 1)
        session.on(Playback, self._follow)

    def show_view(self, view: TracesView | None, look: Tokens) -> None:
        """Take another case or theme."""
        for button in (self._back, self._on, self._loop):
            button.tint(look)
        for widget in (self._back, self._play, self._on):
            widget.setEnabled(view is not None and view.window is not None)
        self._clock.show_view(view, look)
        self._follow(self._session.get(Playback))

    def set_room(self, width_px: int, *, compact: bool) -> None:
        """Take less room inside the head; in a narrow pane leave the speeds to their menu."""
        self._rates.setVisible(width_px >= _RATES_PX)
        side, high = (0, 0) if compact else (SPACE.padding_wide - SPACE.unit, SPACE.unit)
        self._row.setContentsMargins(side, high, side if compact else SPACE.padding_wide, high)
        self._clock.setVisible(not compact)
        self.setMaximumHeight(SPACE.head if compact else SPACE.bar)

    def _follow(self, playback: Playback) -> None:
        self._play.show_state(playing=playback.playing, look=theme.tokens_of(self._session))
        self._loop.setChecked(playback.loop)
        self._rates.set_value(f"{playback.rate:g}")

    def _put(self, **changes: object) -> None:
        self._session.set(replace(self._session.get(Playback), **changes))  # type: ignore[arg-type]

    @staticmethod
    def _on_click(button: IconButton | PlayButton, deed: Callable[[], None]) -> None:
        button.clicked.connect(lambda _=False: deed())


class Clock(QWidget):
    """The cursor's time in the beat, semibold, and in the record, grey; painted, for it changes with every move."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._view: TracesView | None = None
        self._look: Tokens = theme.tokens_of(session)
        self.setMinimumWidth(_CLOCK_PX)
        session.on(Cursor, self._follow)

    def show_view(self, view: TracesView | None, look: Tokens) -> None:
        """Take another case or theme."""
        self._view, self._look = view, look
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write both times at the right; the record's gives way where there is no room."""
        view = self._view
        if view is None or view.window is None:
            return
        beat, record = clock_words(view, self._session.get(Cursor).t_ms)
        strong, plain = font(TYPE.title, SEMIBOLD), font(TYPE.body)
        painter = QPainter(self)
        right, base = float(self.width()), self.height() / 2.0 + 4.5
        beat_px, record_px = paper.text_width(beat, strong), paper.text_width(record, plain)
        if record and beat_px + record_px + 14.0 <= right:
            paper.draw_text(painter, QPointF(right - record_px, base), record, plain, self._look.text_third)
            right -= record_px + 14.0
        paper.draw_text(painter, QPointF(right - beat_px, base), beat, strong, self._look.text)
        painter.end()

    def _follow(self, _cursor: Cursor) -> None:
        if self.isVisible():
            self.update()


def clock_words(view: TracesView, t_ms: float) -> tuple[str, str]:
    """Return the cursor's time in the beat and in the record, as words."""
    beat = f"{t_ms:.0f} ms after QRS onset" if t_ms >= 0.0 else f"{-t_ms:.0f} ms before QRS onset"
    if not view.placed:
        return beat, ""
    place = "in record" if view.beat_index is not None else "in the beat most like it"
    return beat, f"{view.start_s + t_ms / 1000.0:.3f} s {place}"


def half_words(view: TracesView | None, sheet: timeline.TimelineSheet | None) -> str:
    """Return the sentence at the head's right."""
    if view is None or sheet is None or view.evidence is None or view.shown.stale:
        return ""
    if not view.evidence.final:
        return "coarse, will sharpen"
    span = timeline.half_span_ms(sheet)
    return "no evidence either way" if span is None else f"half of the evidence in {span[0]:.0f}–{span[1]:.0f} ms"


def _draw_silence(painter: QPainter, area: Area, view: TracesView, look: Tokens) -> None:
    words = view.reason or (f"{view.shown.activity}…" if view.shown.activity else "No evidence yet")
    face = font(TYPE.body, MEDIUM)
    at = QPointF(area.x + (area.width - paper.text_width(words, face)) / 2.0, area.y + area.height / 2.0 - 20.0)
    paper.draw_text(painter, at, words, face, look.text_second, look.panel)
