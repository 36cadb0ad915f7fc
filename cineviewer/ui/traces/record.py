"""The record's sheets: the record on paper, scrolled by the wheel; and the overview strip of all of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QWheelEvent

from cineviewer.ecg import LEADS
from cineviewer.paint import overview, paper, traces
from cineviewer.paint.fonts import font, number
from cineviewer.paint.layout import Area, Cell, record_plan
from cineviewer.paint.tokens import SPACE, TYPE, with_type
from cineviewer.session import Cursor, Selection, Session, Span
from cineviewer.ui.case_view import CaseView, nearest_beat
from cineviewer.ui.cursor_sheet import Sheet, Strip, cell_strips, whole
from cineviewer.ui.traces.plans import PlannedSheet

_NOTCH = 120.0
_SCROLL_SHARE = 0.15


class RecordTraces(PlannedSheet):
    """The record as paper recorders print it: consecutive columns, lead II below."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "The record on ECG paper, twelve leads")

    def arrange(self) -> None:
        """Lay the cells out from what of the record is visible."""
        view = self.view
        assert view is not None
        area = Area(0.0, 0.0, float(self.width()), float(max(1, self.height() - SPACE.ruler)))
        options = (area, view.ruler.px_per_mm, view.paper.record, view.paper.layout, view.paper.order)
        first = record_plan(*options)
        visible_s = first.span_s[1]
        start_s = min(max(self.session.get(Span).start_s, 0.0), max(0.0, view.duration_s - visible_s))
        self.plan = record_plan(*options, start_s=start_s)

    def paint_layer(self, painter: QPainter, view: CaseView) -> None:
        """Draw paper, traces and the ruler in seconds of the record."""
        if self.plan is None:
            return
        traces.draw_record(painter, self.plan, view.record, view.sheet_look)
        self._draw_ruler(painter, view)

    def strips(self, t_ms: float) -> tuple[Strip, ...]:
        """Return a line in each cell that shows the cursor's time; the tag under the lowest."""
        view = self.view
        if view is None or self.plan is None or not view.cursor_in_record:
            return ()
        time_s = view.start_s + t_ms / 1000.0
        cells = self.plan.holding(time_s)
        if not cells:
            return ()
        lowest = max(cell.row for cell in self.plan.cells)
        split = [tuple(c for c in cells if c.row < lowest), tuple(c for c in cells if c.row == lowest)]
        top = float(self.height() - SPACE.ruler)
        found = [
            strip
            for part in split
            for strip in cell_strips(self.plan, part, time_s, view.record.signal_mv, view.record.rate_hz, 0.0)
        ]
        return (*found[:-1], found[-1]._replace(bottom=top, tag_top=top + 1.0))

    def time_ms(self, at: QPointF) -> float | None:
        """Return the instant under a point; None while the cursor has no place here."""
        return super().time_ms(at) if self.view is not None and self.view.cursor_in_record else None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Explain the beat under the pointer."""
        if self.view is not None and self.plan is not None:
            cell = self.plan.cell_at(event.position().x(), event.position().y())
            choose_beat(self.session, self.view, self.plan.time_at(cell, event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the record."""
        if self.plan is None or self.view is None:
            return
        delta = event.angleDelta()
        turns = (delta.y() or delta.x()) / _NOTCH
        low, high = self.plan.span_s
        last = max(0.0, self.view.duration_s - (high - low))
        start_s = min(max(low - turns * _SCROLL_SHARE * (high - low), 0.0), last)
        self.session.set(Span(round(start_s, 3)))
        event.accept()

    def read_out(self, cell: Cell, time_s: float) -> str:
        """Return lead, time and voltage."""
        view = self.view
        sample = round(time_s * view.record.rate_hz) if view else -1
        if view is None or not 0 <= sample < view.record.signal_mv.shape[1]:
            return ""
        voltage = float(view.record.signal_mv[LEADS.index(cell.lead), sample])
        words = f"{number(voltage, 2)} mV" if np.isfinite(voltage) else traces.MISSING
        return f"{cell.lead} at {time_s:.3f} s, {words}; double-click explains the beat"

    def _draw_ruler(self, painter: QPainter, view: CaseView) -> None:
        """Write the seconds of the lowest row, or each column's beginning where the rows differ in time."""
        assert self.plan is not None
        top = float(self.height() - SPACE.ruler)
        painter.fillRect(paper.box(Area(0.0, top, float(self.width()), SPACE.ruler)), QColor(view.look.panel))
        lowest = max(self.plan.cells, key=lambda cell: (cell.row, cell.seconds))
        cells = [cell for cell in self.plan.cells if cell.row == lowest.row]
        face = font(TYPE.axis)
        for cell in cells:
            step = next((s for s in (0.5, 1.0, 2.0, 5.0, 10.0) if s * self.plan.px_per_s >= with_type(44.0)), 10.0)
            first = int(np.ceil(cell.start_s / step - 1e-9))
            for k in range(first, int((cell.start_s + cell.seconds) / step) + 1):
                x = self.plan.x_of(cell, k * step)
                words = f"{k * step:g} s"
                if x + paper.text_width(words, face) / 2.0 > cell.area.right and cell is not cells[-1]:
                    continue
                painter.setPen(paper.pen(view.look.text_third))
                painter.drawLine(QLineF(x, top, x, top + 3.0))
                at = QPointF(x - paper.text_width(words, face) / 2.0, top + with_type(13.0))
                paper.draw_text(painter, at, words, face, view.look.text_third)


class Overview(Sheet):
    """The whole record as one strip of lead II; a map, not to scale."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "Overview: lead II of the whole record, beats ticked, window shaded")
        self.setToolTip("The whole record. Drag moves the cursor; double-click explains the beat here.")
        self.visible_s: tuple[float, float] | None = None
        session.on(Span, self._follow_span)

    def paint_layer(self, painter: QPainter, view: CaseView) -> None:
        """Draw the strip."""
        overview.draw(painter, whole(self), view.record, view.sheet_look)

    def paint_over(self, painter: QPainter, view: CaseView) -> None:
        """Outline what the record view shows."""
        if self.visible_s is None or view.kind != "record":
            return
        left, right = (overview.x_of(whole(self), view.duration_s, t) for t in self.visible_s)
        painter.setPen(paper.pen(view.sheet_look.teal))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inner = overview.strip(whole(self))
        painter.drawRect(paper.box(Area(left, inner.y + 1.0, right - left, inner.height - 1.0)))

    def strips(self, t_ms: float) -> tuple[Strip, ...]:
        """Return one short line."""
        view = self.view
        if view is None or not view.cursor_in_record:
            return ()
        x = overview.x_of(whole(self), view.duration_s, view.start_s + t_ms / 1000.0)
        inner = overview.strip(whole(self))
        return (Strip(x, inner.y + 1.0, inner.bottom),)

    def time_ms(self, at: QPointF) -> float | None:
        """Return the instant under a point."""
        view = self.view
        if view is None or not view.cursor_in_record:
            return None
        return 1000.0 * (overview.time_at(whole(self), view.duration_s, at.x()) - view.start_s)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Explain the beat under the pointer."""
        if self.view is not None:
            time_s = overview.time_at(whole(self), self.view.duration_s, event.position().x())
            choose_beat(self.session, self.view, time_s)

    def _move_cursor(self, at: QPointF) -> None:
        """Move the cursor, and in the record view bring that place on screen."""
        super()._move_cursor(at)
        view = self.view
        if view is not None and view.kind == "record" and self.visible_s is not None:
            low, high = self.visible_s
            time_s = overview.time_at(whole(self), view.duration_s, at.x())
            if not low <= time_s <= high:
                last = max(0.0, view.duration_s - (high - low))
                self.session.set(Span(round(min(max(time_s - (high - low) / 2.0, 0.0), last), 3)))

    def _follow_span(self, _span: Span) -> None:
        self.update()


def choose_beat(session: Session, view: CaseView, time_s: float) -> None:
    """Explain the beat nearest to a time of the record, and put the cursor on its QRS onset."""
    beat = nearest_beat(view.case, time_s)
    if beat is not None:
        selection = session.get(Selection)
        kind = "beat" if selection.view == "median" else selection.view
        session.set(replace(selection, view=kind, beat=beat))
        session.set(Cursor(0.0))
