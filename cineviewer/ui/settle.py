"""Tells when a window has settled: nothing computes, every pane is painted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from cineviewer.ui.window import MainWindow

QUIET_S = 0.6
"""So long nothing may change."""


def when_settled(window: MainWindow, tell: Callable[[bool], None], limit_s: float) -> None:
    """Call `tell(True)` once the window has settled, `tell(False)` when it has not after `limit_s`."""
    started = time.monotonic()
    quiet_since = started

    def look() -> None:
        nonlocal quiet_since
        now = time.monotonic()
        if window.is_busy() or not window.is_drawn():
            quiet_since = now
        if now - quiet_since >= QUIET_S or now - started >= limit_s:
            timer.stop()
            tell(now - started < limit_s)

    timer = QTimer(window)
    timer.timeout.connect(look)
    timer.start(50)
