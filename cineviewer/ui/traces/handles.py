"""The landmarks as handles on the beat's sheet: which one a pointer takes, its full line, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from cineviewer.analysis.provenance import LANDMARK_NAMES
from cineviewer.paint import paper
from cineviewer.paint.fonts import SEMIBOLD, font, number
from cineviewer.paint.landmarks import Tick
from cineviewer.paint.layout import Cell, Plan
from cineviewer.paint.tokens import SPACE, TYPE, Tokens, with_type
from cineviewer.session import Session
from cineviewer.ui import landmarks
from cineviewer.ui.case_view import CaseView

_DEEP_PX = 2.0 * SPACE.hit_line
_CHIP_PX, _CHIP_TOP_PX = 18.0, 24.0
_NEAR_MS = 4.0


class Over(NamedTuple):
    """A landmark under the pointer, the cell in which it is, and how far beside its tick the pointer is."""

    landmark: str
    cell: Cell
    beside_px: float = 0.0


def grab(plan: Plan, ticks: tuple[Tick, ...], at: QPointF) -> Over | None:
    """Return the landmark whose tick is within 9 px of a point at the top of a cell, the nearest of several."""
    near: list[tuple[float, Over]] = []
    for cell in plan.cells:
        if not cell.area.y <= at.y() <= cell.area.y + _DEEP_PX:
            continue
        for tick in _inside(ticks, cell):
            beside = at.x() - plan.x_of(cell, tick.t_ms / 1000.0)
            if abs(beside) <= SPACE.hit_line:
                near.append((abs(beside), Over(tick.landmark, cell, beside)))
    return min(near, key=lambda one: one[0])[1] if near else None


def words_at(view: CaseView, t_ms: float) -> Iterator[str]:
    """Yield the names of the landmarks that lie at an instant."""
    for tick in view.ticks:
        if abs(tick.t_ms - t_ms) < _NEAR_MS:
            yield f"{LANDMARK_NAMES[tick.landmark]}{', set by hand' if tick.hand_set else ''}"


def draw(painter: QPainter, plan: Plan, view: CaseView, over: Over | None, session: Session) -> None:
    """Draw the landmark in hand with what it reads, and that under the pointer with its name and time."""
    grip, look = landmarks.held(session), view.sheet_look
    if grip is not None:
        held = next((tick for tick in view.ticks if tick.landmark == grip.landmark), None)
        if held is not None:
            t_ms = held.t_ms + landmarks.moved_ms(session)
            cell = over.cell if over is not None else plan.cells[0]
            _draw_line(painter, plan, t_ms, look.teal, 1.5)
            _draw_chip(painter, plan, cell, t_ms, landmarks.reading(session), look, held=True)
            return
    tick = next((tick for tick in view.ticks if over is not None and tick.landmark == over.landmark), None)
    if tick is not None and over is not None:
        _draw_line(painter, plan, tick.t_ms, look.teal if tick.hand_set else look.text_second, 1.0)
        words = f"{LANDMARK_NAMES[tick.landmark]} {number(tick.t_ms)} ms" + (" · set by hand" if tick.hand_set else "")
        _draw_chip(painter, plan, over.cell, tick.t_ms, words, look, held=False)


def _inside(ticks: tuple[Tick, ...], cell: Cell) -> Iterator[Tick]:
    for tick in ticks:
        if cell.start_s <= tick.t_ms / 1000.0 <= cell.start_s + cell.seconds:
            yield tick


def _draw_line(painter: QPainter, plan: Plan, t_ms: float, colour: str, width: float) -> None:
    painter.setPen(paper.pen(colour, width))
    for cell in plan.cells:
        x = plan.x_of(cell, t_ms / 1000.0)
        if cell.area.x <= x <= cell.area.right:
            painter.drawLine(QLineF(x, cell.area.y, x, cell.area.bottom))


def _draw_chip(painter: QPainter, plan: Plan, cell: Cell, t_ms: float, words: str, look: Tokens, *, held: bool) -> None:
    face = font(TYPE.caption, SEMIBOLD)
    width, high = paper.text_width(words, face) + 14.0, with_type(_CHIP_PX)
    x = plan.x_of(cell, t_ms / 1000.0)
    left = x + 6.0 if x + 6.0 + width <= plan.area.right - 2.0 else max(2.0, x - 6.0 - width)
    chip = QRectF(round(left), round(cell.area.y + with_type(_CHIP_TOP_PX)), round(width), round(high))
    painter.setPen(paper.pen(look.teal if held else look.line))
    painter.setBrush(QColor(look.teal_wash if held else look.paper))
    painter.drawRoundedRect(chip, SPACE.radius_tag, SPACE.radius_tag)
    painter.setFont(face)
    painter.setPen(QColor(look.text))
    painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), words)
