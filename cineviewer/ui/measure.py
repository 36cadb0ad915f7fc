"""What `--measure` prints: when the window reached its milestones, counted from the start of its process."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from cineviewer.session import Shown

if TYPE_CHECKING:
    from cineviewer.ui.window import MainWindow

HEAVY = (
    "torch",
    "captum",
    "wfdb",
    "scipy",
    "vtkmodules",
    "pyvista",
    "pyqtgraph",
    "pandas",
    "matplotlib",
    "pydantic",
    "typer",
)
LIMIT_MS = 60_000


class Milestones(QObject):
    """Notes when traces, ventricles and explanation were there; prints them as JSON and ends the application.

    Parameters
    ----------
    started_s
        `time.monotonic()` of whoever started the process, just before.
    """

    def __init__(self, window: MainWindow, started_s: float) -> None:
        super().__init__(window)
        self._started_s = started_s
        self._window = window
        self._seconds: dict[str, float] = {}
        self._loaded: list[str] = []
        self._cpu_s = 0.0
        self._notice: str | None = None
        window.painted.connect(self._painted)
        if window.is_complete:
            self._watch_ventricles()
        else:
            window.completed.connect(self._watch_ventricles)
        window.session.on(Shown, self._shown)
        QTimer.singleShot(LIMIT_MS, self._finish)

    def _watch_ventricles(self) -> None:
        view: Any = self._window.arrangement.pane("ventricles").view  # type: ignore[attr-defined]
        view.drawn.connect(lambda: self._note("ventricles"))

    def _painted(self) -> None:
        self._loaded = [name for name in HEAVY if name in sys.modules]
        self._cpu_s = time.process_time()
        self._note("window")
        if self._window.session.shown.case is not None:
            self._note("traces")
        self._shown(self._window.session.shown)

    def _shown(self, shown: Shown) -> None:
        case = shown.case
        if case is None or "window" not in self._seconds:
            return
        # What was shown is painted when the events that it caused are done.
        QTimer.singleShot(0, lambda: self._note("traces"))
        if shown.notice is not None:
            self._notice = shown.notice
            self._finish()
            return
        final = case.explanation is not None and case.explanation.attribution.final and shown.progress is None
        if final and not shown.stale:
            QTimer.singleShot(0, lambda: self._note("explanation"))

    def _note(self, what: str) -> None:
        self._seconds.setdefault(what, time.monotonic() - self._started_s)
        if {"traces", "ventricles", "explanation"} <= set(self._seconds):
            self._finish()

    def _finish(self) -> None:
        heavy_now = [name for name in ("torch", "captum") if name in sys.modules]
        result = {
            "notice": self._notice,
            "seconds": self._seconds,
            "cpu_to_first_paint_s": self._cpu_s,
            "heavy_at_first_paint": self._loaded,
            "heavy_at_the_end": heavy_now,
        }
        print(json.dumps(result), flush=True)
        self._window.close()
        QCoreApplication.quit()
