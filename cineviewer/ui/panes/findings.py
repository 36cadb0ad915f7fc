"""The pane of findings: verdict, measurements, where the model looked, quality, trust, the data set's statement."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPicture, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolTip, QVBoxLayout, QWidget

from cineviewer.session import Look, Session, Shown
from cineviewer.ui import theme
from cineviewer.ui.findings.sheet import Sheet, draw


class FindingsPane(QWidget):
    """One column of words and numbers; it scrolls where the pane is short."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.page = _Page(session)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        area.setWidget(self.page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)


class _Page(QWidget):
    """Paints the column and answers with tooltips what its numbers rest on."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._sheet = Sheet()
        session.on(Shown, self._change)
        session.on(Look, self._change)
        self._change()

    def sizeHint(self) -> QSize:
        """Return the column's own height."""
        return QSize(332, round(self._sheet.height))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the column."""
        painter = QPainter(self)
        self._sheet = draw(painter, self.width(), self._session.shown, theme.tokens_of(self._session))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the column out for another width."""
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._measure()

    def event(self, event: QEvent) -> bool:
        """Say what the number under the mouse rests on."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self._sheet.tip_at(event.pos())
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _change(self, _part: object = None) -> None:
        self._measure()
        self.setAccessibleDescription("\n".join(self._sheet.words))
        self.update()

    def _measure(self) -> None:
        picture = QPicture()
        painter = QPainter(picture)
        self._sheet = draw(painter, self.width(), self._session.shown, theme.tokens_of(self._session))
        painter.end()
        self.setMinimumHeight(round(self._sheet.height))
