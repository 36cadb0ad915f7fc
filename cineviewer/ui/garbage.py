"""Garbage is collected by the window's thread alone, between events.

Python looks for dead cycles in whichever thread happens to make objects. A cycle may hold what belongs to Qt, and what
dies in the thread that draws the ventricles, while the window's thread is inside Qt, takes the process with it.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 500


class Collector(QObject):
    """From now on Python collects nothing by itself; what is due is collected by this object's thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self, interval=EVERY_MS)
        timer.timeout.connect(collect_due)
        timer.start()

    def spare(self) -> None:
        """Never again look through what lives now: a window's own parts live as long as it does."""
        gc.freeze()


def collect_due() -> None:
    """Collect the oldest generation that is due by Python's own thresholds."""
    levels = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [generation for generation, (count, threshold) in enumerate(levels) if count > threshold > 0]
    if due:
        gc.collect(due[-1])
