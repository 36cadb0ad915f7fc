"""A combo box in the theme's look: Qt's style sheets know no tinted arrow, so it is drawn here."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from cineviewer.session import Session
from cineviewer.ui import icons, theme

ARROW_PX = 14


class Choice(QComboBox):
    """A combo box with a chevron of the second text colour."""

    def __init__(self, session: Session, tip: str) -> None:
        super().__init__()
        self._session = session
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        # Keys belong to the cursor: a box that took the arrows after a click would change the model instead.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, then its arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        colour = theme.tokens_of(self._session).text_second
        arrow = icons.pixmap("chevron-down", colour, ARROW_PX, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(self.width() - ARROW_PX - 7, (self.height() - ARROW_PX) // 2), arrow)
