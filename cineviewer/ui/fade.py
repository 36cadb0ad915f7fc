"""A soft change from one picture to the next: what has only become sharper does not jump."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget

FADE_MS = 120
STEPS = 4
"""Few: each is a repaint of the whole widget."""

Picture = TypeVar("Picture", QImage, QPixmap)


class Fade(Generic[Picture]):
    """Keeps the picture before for as long as it fades; the widget paints it, then the new one at `share`."""

    def __init__(self, widget: QWidget) -> None:
        self.before: Picture | None = None
        self._widget = widget
        self._step = 0
        self._timer = QTimer(widget, interval=FADE_MS // STEPS)
        self._timer.timeout.connect(self._go_on)

    @property
    def share(self) -> float:
        """How much of the new picture is seen, 0-1."""
        return self._step / STEPS

    def begin(self, before: Picture) -> None:
        """Fade from this picture."""
        self.before, self._step = before, 1
        self._timer.start()
        self._widget.update()

    def drop(self) -> None:
        """Show the new picture alone."""
        self.before = None
        self._timer.stop()

    def _go_on(self) -> None:
        self._step += 1
        if self._step >= STEPS:
            self.drop()
        self._widget.update()
