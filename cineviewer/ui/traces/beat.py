"""The beat's sheet: twelve leads of one window with the evidence behind them, a ruler below; and the butterfly."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QMouseEvent, QPainter

from cineviewer.ecg import LEADS
from cineviewer.paint import butterfly, paper, traces
from cineviewer.paint.fonts import font, number
from cineviewer.paint.landmarks import marks_of
from cineviewer.paint.layout import Area, Cell, beat_plan
from cineviewer.paint.tokens import SPACE, TYPE, with_type
from cineviewer.session import Grip, Selection, Session
from cineviewer.ui import landmarks
from cineviewer.ui.case_view import CaseView
from cineviewer.ui.cursor_sheet import Sheet, Strip, cell_strips, whole
from cineviewer.ui.traces import handles
from cineviewer.ui.traces.plans import PlannedSheet

_LABEL_ROOM_PX = 34.0
_SETTLE_MS = 700
"""A landmark that was moved by keys is set when they rest this long: each step alone would ask the model anew."""


class BeatTraces(PlannedSheet):
    """Twelve leads x 400 ms, or the whole beat; its landmarks can be dragged."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "Twelve leads of the chosen beat, with the evidence behind the traces")
        self._over: handles.Over | None = None
        self._taken: handles.Over | None = None
        self._rest = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._rest.timeout.connect(self._set_down)
        session.on(Grip, self._follow_grip)

    @property
    def first_s(self) -> float:
        """QRS onset in the record."""
        return self.view.start_s if self.view else 0.0

    def arrange(self) -> None:
        """Lay the cells out: whole millimetres, QRS onset on a thick line."""
        view = self.view
        assert view is not None
        if view.beat is None:
            self.plan = None
            return
        start_ms, end_ms = view.extent_ms
        self.plan = beat_plan(
            self._paper(),
            view.ruler.px_per_mm,
            view.beat_scale,
            view.paper.layout,
            view.paper.order,
            seconds=(end_ms - start_ms) / 1000.0,
            start_s=start_ms / 1000.0,
            signal_mv=view.beat.signal_mv,
        )

    def paint_layer(self, painter: QPainter, view: CaseView) -> None:
        """Draw paper, heat, traces and the ruler."""
        if self.plan is None or view.beat is None:
            return
        traces.draw_beat(painter, self.plan, view.beat, view.sheet_look)
        self._draw_ruler(painter, view)

    def paint_above(self, painter: QPainter, view: CaseView) -> None:
        """Draw the full line of the landmark in hand or under the pointer, with what it says."""
        if self.plan is not None:
            handles.draw(painter, self.plan, view, self._over, self.session)

    def strips(self, t_ms: float) -> tuple[Strip, ...]:
        """Return a line a column, a dot on every lead, a tag in the ruler."""
        view = self.view
        if view is None or view.beat is None or self.plan is None:
            return ()
        start_ms, end_ms = view.extent_ms
        if not start_ms <= t_ms <= end_ms:
            return ()
        sheet, top = view.beat, float(self.height() - SPACE.ruler)
        found = cell_strips(self.plan, self.plan.cells, t_ms / 1000.0, sheet.signal_mv, sheet.rate_hz, sheet.first_s)
        return tuple(strip._replace(bottom=top, tag_top=top + 1.0) for strip in found)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the landmark under the pointer, else let go and move the cursor."""
        over = self._tick_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if over is not None:
            landmarks.set_down(self.session)
            landmarks.hold(self.session, over.landmark)
            self._taken = over
            return
        landmarks.set_down(self.session)
        landmarks.let_go(self.session)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the landmark along, or notice the pointer over one."""
        if self._taken is not None and event.buttons() & Qt.MouseButton.LeftButton:
            sample = self._sample_at(event.position(), self._taken)
            if sample is not None and landmarks.held(self.session) is not None:
                landmarks.move_to(self.session, sample)
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            over = self._tick_at(event.position())
            if over is not None:
                self.setCursor(Qt.CursorShape.SplitHCursor)
            if (over and over[:2]) != (self._over and self._over[:2]):
                self._over = over
                self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Set the landmark that was dragged; it stays in hand for the arrow keys."""
        if self._taken is not None:
            self._taken = None
            landmarks.set_down(self.session)
            return
        super().mouseReleaseEvent(event)

    def show_view(self, view: CaseView | None) -> None:
        """Draw another view; what was moved in another case is set before that is gone."""
        old = self.view
        if old is not None and (view is None or view.case.record.sha256 != old.case.record.sha256):
            landmarks.set_down(self.session, old.case)
            self.session.set(Grip())
        super().show_view(view)

    def hideEvent(self, event: QHideEvent) -> None:
        """Set what was moved: nothing that the reader did is lost."""
        super().hideEvent(event)
        landmarks.set_down(self.session)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the pointer."""
        super().leaveEvent(event)
        self._over = None
        self.update()

    def read_out(self, cell: Cell, time_s: float) -> str:
        """Return lead, time, voltage and evidence."""
        view = self.view
        if view is None or view.beat is None:
            return ""
        sheet, row = view.beat, LEADS.index(cell.lead)
        sample = round((time_s - sheet.first_s) * sheet.rate_hz)
        if not 0 <= sample < sheet.signal_mv.shape[1]:
            return ""
        voltage = float(sheet.signal_mv[row, sample])
        words = [f"{cell.lead} at {number(1000.0 * time_s)} ms"]
        words.append(f"{number(voltage, 2)} mV" if np.isfinite(voltage) else traces.MISSING)
        if view.evidence is not None and view.evidence.final:
            at = round((time_s - sheet.window_ms / 1000.0) * view.evidence.rate_hz)
            if 0 <= at < view.evidence.phi.shape[1]:
                value = float(view.evidence.phi[row, at])
                words.append(f"evidence {number(value, 3)} for {'abnormal' if value >= 0 else 'normal'}")
        return ", ".join([*words, *handles.words_at(view, 1000.0 * time_s)])

    def _paper(self) -> Area:
        return Area(0.0, 0.0, float(self.width()), float(max(1, self.height() - SPACE.ruler)))

    def _tick_at(self, at: QPointF) -> handles.Over | None:
        if self.plan is None or self.view is None or self._held is not None:
            return None
        return handles.grab(self.plan, self.view.ticks, at)

    def _sample_at(self, at: QPointF, dragged: handles.Over) -> int | None:
        view, grip = self.view, landmarks.held(self.session)
        if self.plan is None or view is None or grip is None:
            return None
        tick = next((tick for tick in view.ticks if tick.landmark == grip.landmark), None)
        marks = marks_of(view.case, self.session.get(Selection))
        if tick is None or marks is None or grip.landmark is None:
            return None
        by_ms = 1000.0 * self.plan.time_at(dragged.cell, at.x() - dragged.beside_px) - tick.t_ms
        lies: int = getattr(marks, grip.landmark)
        return lies + round(by_ms * view.case.record.rate_hz / 1000.0)

    def _follow_grip(self, grip: Grip) -> None:
        if grip.sample is not None and self._taken is None:
            self._rest.start()
        else:
            self._rest.stop()
        self.setAccessibleDescription(landmarks.reading(self.session))
        self.update()

    def _set_down(self) -> None:
        landmarks.set_down(self.session)

    def _draw_ruler(self, painter: QPainter, view: CaseView) -> None:
        assert self.plan is not None
        top = float(self.height() - SPACE.ruler)
        painter.fillRect(paper.box(Area(0.0, top, float(self.width()), SPACE.ruler)), QColor(view.look.panel))
        face = font(TYPE.axis)
        px_per_ms = self.plan.px_per_s / 1000.0
        step = next((s for s in (50, 100, 200, 400) if s * px_per_ms >= with_type(_LABEL_ROOM_PX)), 400)
        start_ms, end_ms = view.extent_ms
        for cell in (c for c in self.plan.cells if c.row == 0):
            for t in range(math.ceil(start_ms / step) * step, int(end_ms) + 1, step):
                x = self.plan.x_of(cell, t / 1000.0)
                painter.setPen(paper.pen(view.look.text_third))
                painter.drawLine(QLineF(x, top, x, top + 3.0))
                words = number(t)
                left = min(x - paper.text_width(words, face) / 2.0, self.width() - paper.text_width(words, face) - 2.0)
                paper.draw_text(painter, QPointF(left, top + with_type(13.0)), words, face, view.look.text_third)


class ButterflyTraces(Sheet):
    """Twelve leads on one zero line, beside the record on large screens."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "Butterfly: twelve leads of the chosen beat superimposed")

    def arrange(self) -> None:
        """Lay the one cell out."""
        view = self.view
        assert view is not None
        self.plan = butterfly.plan(whole(self), view.ruler.px_per_mm, view.paper.beat, view.window_ms / 1000.0)

    def paint_layer(self, painter: QPainter, view: CaseView) -> None:
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
