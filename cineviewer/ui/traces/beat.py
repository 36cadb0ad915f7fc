"""The beat's sheet: twelve leads of one window with the evidence behind them, a ruler below; and the butterfly."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QColor, QMouseEvent, QPainter

from cineviewer.ecg import LEADS
from cineviewer.paint import butterfly, paper, traces
from cineviewer.paint.fonts import font, number
from cineviewer.paint.layout import Area, Cell, beat_plan
from cineviewer.paint.tokens import SPACE, TYPE
from cineviewer.session import Session
from cineviewer.ui.traces.plans import PlannedSheet
from cineviewer.ui.traces.sheet import Sheet, Strip, cell_strips, whole
from cineviewer.ui.traces.view import TracesView

RULER_PX = 16
_LABEL_ROOM_PX = 34.0


class BeatTraces(PlannedSheet):
    """Twelve leads x 400 ms."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "Twelve leads of the chosen beat, with the evidence behind the traces")
        self._over_j = False

    @property
    def first_s(self) -> float:
        """QRS onset in the record."""
        return self.view.start_s if self.view else 0.0

    def arrange(self) -> None:
        """Lay the cells out: whole millimetres, QRS onset on a thick line."""
        view = self.view
        assert view is not None
        if view.window is None:
            self.plan = None
            return
        self.plan = beat_plan(
            self._paper(),
            view.ruler.px_per_mm,
            view.paper.beat,
            view.paper.layout,
            view.paper.order,
            seconds=view.window_ms / 1000.0,
            signal_mv=view.window.signal_mv,
        )

    def paint_layer(self, painter: QPainter, view: TracesView) -> None:
        """Draw paper, heat, traces and the ruler."""
        if self.plan is None or view.beat is None:
            return
        traces.draw_beat(painter, self.plan, view.beat, view.sheet_look)
        self._draw_ruler(painter, view)

    def paint_over(self, painter: QPainter, view: TracesView) -> None:
        """Draw the J point's full line while the pointer is on its tick, and the calipers."""
        if self._over_j and self.plan is not None and view.window is not None and view.window.j_ms is not None:
            painter.setPen(paper.pen(view.sheet_look.text_second))
            for cell in self.plan.cells:
                x = self.plan.x_of(cell, view.window.j_ms / 1000.0)
                painter.drawLine(QLineF(x, cell.area.y, x, cell.area.bottom))
        super().paint_over(painter, view)

    def strips(self, t_ms: float) -> tuple[Strip, ...]:
        """Return a line a column, a dot on every lead, a tag in the ruler."""
        view = self.view
        if view is None or view.window is None or self.plan is None or not 0.0 <= t_ms <= view.window_ms:
            return ()
        window, top = view.window, float(self.height() - RULER_PX)
        found = cell_strips(self.plan, self.plan.cells, t_ms / 1000.0, window.signal_mv, window.rate_hz, 0.0)
        return tuple(strip._replace(bottom=top, tag_top=top + 1.0) for strip in found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Notice the pointer over a J tick."""
        super().mouseMoveEvent(event)
        if not event.buttons() and self._near_j(event.position()) != self._over_j:
            self._over_j = not self._over_j
            self.update()

    def read_out(self, cell: Cell, time_s: float) -> str:
        """Return lead, time, voltage and evidence."""
        view = self.view
        if view is None or view.window is None:
            return ""
        row, sample = LEADS.index(cell.lead), round(time_s * view.window.rate_hz)
        if not 0 <= sample < view.window.signal_mv.shape[1]:
            return ""
        voltage = float(view.window.signal_mv[row, sample])
        words = [f"{cell.lead} at {1000.0 * time_s:.0f} ms"]
        words.append(f"{number(voltage, 2)} mV" if np.isfinite(voltage) else traces.MISSING)
        if view.evidence is not None and view.evidence.final:
            value = float(view.evidence.phi[row, min(sample, view.evidence.phi.shape[1] - 1)])
            words.append(f"evidence {number(value, 3)} for {'abnormal' if value >= 0 else 'normal'}")
        j_ms = view.window.j_ms
        if j_ms is not None and abs(1000.0 * time_s - j_ms) < 4.0:
            words.append(f"J point {j_ms:.0f} ms after QRS onset")
        return ", ".join(words)

    def _paper(self) -> Area:
        return Area(0.0, 0.0, float(self.width()), float(max(1, self.height() - RULER_PX)))

    def _near_j(self, at: QPointF) -> bool:
        view = self.view
        if self.plan is None or view is None or view.window is None or view.window.j_ms is None:
            return False
        cell = self.plan.cell_at(at.x(), at.y())
        x = self.plan.x_of(cell, view.window.j_ms / 1000.0)
        return abs(at.x() - x) <= SPACE.hit_line and at.y() - cell.area.y <= 2 * SPACE.hit_line

    def _draw_ruler(self, painter: QPainter, view: TracesView) -> None:
        assert self.plan is not None
        top = float(self.height() - RULER_PX)
        painter.fillRect(paper.box(Area(0.0, top, float(self.width()), RULER_PX)), QColor(view.look.panel))
        face = font(TYPE.axis)
        px_per_ms = self.plan.px_per_s / 1000.0
        step = next((s for s in (50, 100, 200, 400) if s * px_per_ms >= _LABEL_ROOM_PX), 400)
        for cell in (c for c in self.plan.cells if c.row == 0):
            for t in range(0, int(view.window_ms) + 1, step):
                x = cell.zero_x + t * px_per_ms
                painter.setPen(paper.pen(view.look.text_third))
                painter.drawLine(QLineF(x, top, x, top + 3.0))
                words = f"{t}"
                left = min(x - paper.text_width(words, face) / 2.0, self.width() - paper.text_width(words, face) - 2.0)
                paper.draw_text(painter, QPointF(left, top + 13.0), words, face, view.look.text_third)


class ButterflyTraces(Sheet):
    """Twelve leads on one zero line, beside the record on large screens."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "Butterfly: twelve leads of the chosen beat superimposed")

    def arrange(self) -> None:
        """Lay the one cell out."""
        view = self.view
        assert view is not None
        self.plan = butterfly.plan(whole(self), view.ruler.px_per_mm, view.paper.beat, view.window_ms / 1000.0)

    def paint_layer(self, painter: QPainter, view: TracesView) -> None:
        """Draw the superimposed leads."""
        if view.beat is not None:
            butterfly.draw(painter, self.plan, view.beat, view.sheet_look)

    def strips(self, t_ms: float) -> tuple[Strip, ...]:
        """Return one line through all leads."""
        if self.view is None or self.view.window is None or not 0.0 <= t_ms <= self.view.window_ms:
            return ()
        x = self.plan.x_of(self.plan.cells[0], t_ms / 1000.0)
        return (Strip(x, butterfly.TITLE_PX, float(self.height())),)

    def time_ms(self, at: QPointF) -> float | None:
        """Return the instant under a point, inside the window."""
        if self.view is None or self.view.window is None:
            return None
        return min(max(1000.0 * self.plan.time_at(self.plan.cells[0], at.x()), 0.0), self.view.window_ms)
