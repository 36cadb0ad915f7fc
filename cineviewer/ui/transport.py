"""The transport under the timeline: where the cursor is, in words, and what moves it; it owns no clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cineviewer.paint import paper
from cineviewer.paint.fonts import SEMIBOLD, font
from cineviewer.paint.tokens import SPACE, TYPE, Tokens, with_type
from cineviewer.session import PLAYBACK_RATES, Cursor, Playback, Session
from cineviewer.ui import deeds, theme
from cineviewer.ui.case_view import CaseView
from cineviewer.ui.controls import IconButton, PlayButton, Segments

_RATES_PX = 470
_CLOCK_PX = 150


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

    def show_view(self, view: CaseView | None, look: Tokens) -> None:
        """Take another case or theme."""
        for button in (self._back, self._on, self._loop):
            button.tint(look)
        for widget in (self._back, self._play, self._on):
            widget.setEnabled(view is not None and view.window is not None)
        self._clock.show_view(view, look)
        self._follow(self._session.get(Playback))

    def set_room(self, width_px: int, *, compact: bool) -> None:
        """Take less room inside the head; in a narrow pane leave the speeds to their menu."""
        self._rates.setVisible(width_px >= with_type(_RATES_PX))
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
        self._view: CaseView | None = None
        self._look: Tokens = theme.tokens_of(session)
        self.setMinimumWidth(round(with_type(_CLOCK_PX)))
        session.on(Cursor, self._follow)

    def show_view(self, view: CaseView | None, look: Tokens) -> None:
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
        right, base = float(self.width()), self.height() / 2.0 + with_type(4.5)
        beat_px, record_px = paper.text_width(beat, strong), paper.text_width(record, plain)
        if record and beat_px + record_px + 14.0 <= right:
            paper.draw_text(painter, QPointF(right - record_px, base), record, plain, self._look.text_third)
            right -= record_px + 14.0
        paper.draw_text(painter, QPointF(right - beat_px, base), beat, strong, self._look.text)
        painter.end()

    def _follow(self, _cursor: Cursor) -> None:
        if self.isVisible():
            self.update()


def clock_words(view: CaseView, t_ms: float) -> tuple[str, str]:
    """Return the cursor's time in the beat and in the record, as words."""
    beat = f"{t_ms:.0f} ms after QRS onset" if t_ms >= 0.0 else f"{-t_ms:.0f} ms before QRS onset"
    if not view.placed:
        return beat, ""
    place = "in record" if view.beat_index is not None else "in the beat most like it"
    return beat, f"{view.start_s + t_ms / 1000.0:.3f} s {place}"
