"""Sheets with a plan: what the beat's and the record's sheet share, which is calipers and reading a point."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip

from cineviewer.paint.layout import Cell, Plan
from cineviewer.session import Calipers, Session
from cineviewer.ui.case_view import CaseView
from cineviewer.ui.cursor_sheet import Sheet
from cineviewer.ui.traces import calipers


class PlannedSheet(Sheet):
    """A sheet whose cells come from a plan; `first_s` is the record's time at which the cells' time is 0."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__(session, name)
        self.plan: Plan | None = None
        self._held: calipers.Handle | None = None
        self._calipers = session.get(Calipers)
        self._dragged: Cell | None = None
        session.on(Calipers, self._follow_calipers)

    @property
    def first_s(self) -> float:
        """The record's time at the cells' time 0."""
        return 0.0

    def read_out(self, cell: Cell, time_s: float) -> str:
        """Return what a pointer over a cell wants to know."""
        raise NotImplementedError

    def time_ms(self, at: QPointF) -> float | None:
        """Return the instant under a point; while dragging the cell of the press is kept, so nothing jumps."""
        if self.plan is None or self.view is None:
            return None
        cell = self._dragged or self.plan.cell_at(at.x(), at.y())
        time_s = min(max(self.plan.time_at(cell, at.x()), cell.start_s), cell.start_s + cell.seconds)
        return 1000.0 * (time_s + self.first_s - self.view.start_s)

    def paint_over(self, painter: QPainter, view: CaseView) -> None:
        """Draw the calipers."""
        if self.plan is not None and self._calipers.lead is not None:
            lines = calipers.handles(self.plan, self._calipers, self.first_s)
            calipers.draw(painter, lines, self._calipers, view.sheet_look)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a caliper line, else move the cursor."""
        if event.button() != Qt.MouseButton.LeftButton or self.plan is None:
            return
        self._held = self._line_at(event.position())
        if self._held is None:
            self._dragged = self.plan.cell_at(event.position().x(), event.position().y())
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the caliper line or the cursor along."""
        if self._held is not None and self.plan is not None:
            self._calipers = calipers.moved(self.plan, self._calipers, self._held, event.position(), self.first_s)
            self.update()
            return
        if not event.buttons():
            over = self._line_at(event.position())
            shapes = Qt.CursorShape
            shape = shapes.CrossCursor if over is None else shapes.SplitHCursor
            self.setCursor(shapes.SplitVCursor if over is not None and over.which.startswith("v") else shape)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go; a caliper line that was dragged is one step for undo."""
        if self._held is not None:
            self._held = None
            self.session.set(self._calipers)
        self._dragged = None

    def event(self, event: QEvent) -> bool:
        """Say in a tooltip which lead, time, voltage and evidence lie under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.plan is not None:
            at = event.pos()
            cell = self.plan.cell_at(at.x(), at.y())
            time_s = self.plan.time_at(cell, at.x())
            inside = cell.start_s <= time_s <= cell.start_s + cell.seconds
            QToolTip.showText(event.globalPos(), self.read_out(cell, time_s) if inside else "", self)
            return True
        return super().event(event)

    def _line_at(self, at: QPointF) -> calipers.Handle | None:
        if self.plan is None or self._calipers.lead is None:
            return None
        return calipers.grab(calipers.handles(self.plan, self._calipers, self.first_s), at)

    def _follow_calipers(self, calipers: Calipers) -> None:
        self._calipers = calipers
        self.update()
