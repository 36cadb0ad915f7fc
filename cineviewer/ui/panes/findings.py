"""The pane of findings: verdict, measurements, where the model looked, quality, trust, the data set's statement."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolTip, QVBoxLayout, QWidget

from cineviewer.analysis.case import Case
from cineviewer.session import Look, Reveal, Session, Shown
from cineviewer.ui import rounds, theme
from cineviewer.ui.findings.sheet import STALE_OPACITY, Sheet, draw


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
    """Keeps the column as a picture and answers with tooltips what its numbers rest on.

    The picture is drawn in a round of its own, after the traces; until then another case's is faded.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._sheet = Sheet()
        self._layer: QPixmap | None = None
        self._of: Case | None = None
        self._tall = 800.0  # room for a usual column, in px
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        session.on(Shown, self._change)
        session.on(Look, self._change)
        session.on(Reveal, self._change)
        self._draw()

    def sizeHint(self) -> QSize:
        """Return the column's own height."""
        return QSize(332, round(self._sheet.height))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Copy the picture."""
        layer = self._layer
        if layer is None or layer.devicePixelRatio() != self.devicePixelRatioF():
            layer = self._draw()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.tokens_of(self._session).panel)
        painter.setOpacity(STALE_OPACITY if self._is_of_another() else 1.0)
        painter.drawPixmap(0, 0, layer)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the column out for another width."""
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self._draw()

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

    def _is_of_another(self) -> bool:
        case = self._session.shown.case
        return self._of is not None and (case is None or case.record.sha256 != self._of.record.sha256)

    def _change(self, _part: object = None) -> None:
        self.update()
        rounds.later(self._draw)

    def _draw(self) -> QPixmap:
        """Draw the column; it is as high as it turns out."""
        shown = self._session.shown
        layer = self._drawn(shown, self._tall)
        if self._sheet.height > self._tall:
            self._tall = self._sheet.height
            layer = self._drawn(shown, self._tall)
        self._layer, self._of = layer, shown.case
        self.setMinimumHeight(round(self._sheet.height))
        self.setAccessibleDescription("\n".join(self._sheet.words))
        self.update()
        return layer

    def _drawn(self, shown: Shown, height: float) -> QPixmap:
        colours, ratio = theme.tokens_of(self._session), self.devicePixelRatioF()
        layer = QPixmap(round(self.width() * ratio), math.ceil(height * ratio))
        layer.setDevicePixelRatio(ratio)
        layer.fill(colours.panel)
        painter = QPainter(layer)
        self._sheet = draw(painter, self.width(), shown, colours, truth_first=self._session.get(Reveal).truth)
        painter.end()
        return layer
