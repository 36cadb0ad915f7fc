"""Playback: moves the session's cursor by the clock while the session says that it plays."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer

from cineviewer.session import Cursor, Playback, Session
from cineviewer.ui.deeds import cursor_range_ms

TICK_MS = 16


class Player(QObject):
    """Plays from the cursor to the window's end, again and again if asked; a drag while it plays is followed."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._at_s = 0.0
        session.on(Playback, self._follow)

    def _follow(self, playback: Playback) -> None:
        if not playback.playing:
            self._timer.stop()
        elif not self._timer.isActive():
            _, last = cursor_range_ms(self._session)
            if self._session.get(Cursor).t_ms >= last:
                self._session.set(Cursor(0.0))
            self._at_s = time.perf_counter()
            self._timer.start()

    def _tick(self) -> None:
        playback = self._session.get(Playback)
        now_s = time.perf_counter()
        t_ms = self._session.get(Cursor).t_ms + 1000.0 * (now_s - self._at_s) * playback.rate
        self._at_s = now_s
        _, last = cursor_range_ms(self._session)
        if t_ms >= last and not playback.loop:
            self._session.set(Cursor(last))
            self._session.set(replace(playback, playing=False))
            return
        self._session.set(Cursor(t_ms if t_ms < last else 0.0))
