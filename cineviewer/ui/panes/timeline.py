"""The timeline pane: the profile over the window, its segments, and the transport that moves the cursor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cineviewer.paint import paper, timeline
from cineviewer.paint.fonts import MEDIUM, font
from cineviewer.paint.layout import Area
from cineviewer.paint.tokens import SPACE, TYPE, Tokens, with_type
from cineviewer.session import (
    ColourScale,
    Look,
    Overlay,
    Paper,
    Reveal,
    Selection,
    Session,
    Shown,
)
from cineviewer.ui import theme
from cineviewer.ui.case_view import CaseView, gather
from cineviewer.ui.controls import Badge, Line, ground
from cineviewer.ui.cursor_sheet import Sheet, Strip, whole
from cineviewer.ui.screen import ASSUMED_PX_PER_MM, Ruler
from cineviewer.ui.transport import Transport

COMPACT_PX = 176
"""Below this height the transport joins the head."""
_FINE_PX = 620


class TimelinePane(QWidget):
    """Head, curve and transport; all three only read and set parts of the session."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAccessibleName("Timeline")
        self.setMinimumSize(320, 120)
        self._session = session
        self._view: CaseView | None = None
        self._head, self._curve, self._transport = Head(), Curve(session), Transport(session)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._head)
        self._column.addWidget(self._curve, 1)
        self._column.addWidget(self._transport)
        session.on(Shown, self._follow_shown)
        for kind in (Selection, Paper, Overlay, ColourScale, Look, Reveal):
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
        compact = self.height() < with_type(COMPACT_PX)
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
        self._title, self._what, self._half = (
            Line("title", round(with_type(64))),
            Line("second"),
            Line("strong", round(with_type(100))),
        )
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

    def show_view(self, view: CaseView | None, sheet: timeline.TimelineSheet | None, look: Tokens) -> None:
        """Say the span that holds half of the evidence, or why there is none."""
        self._half.setText(half_words(view, sheet))
        self._stale.setVisible(view is not None and view.shown.stale)
        self._stale.tint(look)
        ground(self, look, "bottom")

    def set_room(self, width_px: int, *, compact: bool) -> None:
        """Leave the explanation out where the words would not fit."""
        self._what.setVisible(width_px >= with_type(_FINE_PX) and not compact)
        self._half.setVisible(not compact or width_px >= with_type(_FINE_PX))
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

    def show_view(self, view: CaseView | None) -> None:
        """Draw another window's profile."""
        self.sheet = None
        if view is not None and view.window is not None:
            found = view.evidence
            profile = found.profile if found is not None else None
            fade, final = (found.fade, found.final) if found else (1.0, True)
            differs = np.asarray(view.truth.differs.any(axis=0)) if view.truth is not None else None
            self.sheet = timeline.TimelineSheet(view.window, profile, fade, final, differs)
        super().show_view(view)

    def tokens(self, view: CaseView) -> Tokens:
        """Return the frame's colours: the timeline is a panel, no paper."""
        return replace(view.look, paper=view.look.panel)

    def arrange(self) -> None:
        """Lay the curve out."""
        self._frame = None if self.sheet is None else timeline.frame(whole(self), self.sheet)

    def paint_layer(self, painter: QPainter, view: CaseView) -> None:
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


def half_words(view: CaseView | None, sheet: timeline.TimelineSheet | None) -> str:
    """Return the sentence at the head's right."""
    if view is None or sheet is None or view.evidence is None or view.shown.stale:
        return ""
    if not view.evidence.final:
        return "coarse, will sharpen"
    span = timeline.half_span_ms(sheet)
    return "no evidence either way" if span is None else f"half of the evidence in {span[0]:.0f}–{span[1]:.0f} ms"


def _draw_silence(painter: QPainter, area: Area, view: CaseView, look: Tokens) -> None:
    words = view.reason or (f"{view.shown.activity}…" if view.shown.activity else "No evidence yet")
    face = font(TYPE.body, MEDIUM)
    at = QPointF(area.x + (area.width - paper.text_width(words, face)) / 2.0, area.y + area.height / 2.0 - 20.0)
    paper.draw_text(painter, at, words, face, look.text_second, look.panel)
