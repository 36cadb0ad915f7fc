"""Calipers on a sheet: two time lines and two voltage lines, dragged one by one, read in ms, per minute and mV."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from cineviewer.paint import paper
from cineviewer.paint.fonts import SEMIBOLD, font, number
from cineviewer.paint.layout import Cell, Plan
from cineviewer.paint.tokens import SPACE, TYPE, Tokens, with_type
from cineviewer.session import Calipers

Which = Literal["t0_s", "t1_s", "v0_mv", "v1_mv"]
_RATE_FROM_MS = 250.0
"""A rate is read from beat to beat; shorter distances lie within one beat."""


class Handle(NamedTuple):
    """One line of the calipers in one cell."""

    which: Which
    cell: Cell
    line: QLineF


def handles(plan: Plan, calipers: Calipers, first_s: float) -> tuple[Handle, ...]:
    """Return every line that the sheet shows; `first_s` is the record's time at which the cells' time is 0."""
    if calipers.lead is None:
        return ()
    found = []
    for which, time_s in (("t0_s", calipers.t0_s), ("t1_s", calipers.t1_s)):
        if time_s is not None:
            for cell in plan.holding(time_s - first_s):
                x = plan.x_of(cell, time_s - first_s)
                found.append(Handle(which, cell, QLineF(x, cell.area.y, x, cell.area.bottom)))  # type: ignore[arg-type]
    for which, voltage in (("v0_mv", calipers.v0_mv), ("v1_mv", calipers.v1_mv)):
        if voltage is not None:
            for cell in (c for c in plan.cells if c.lead == calipers.lead):
                y = plan.y_of(cell, voltage)
                found.append(Handle(which, cell, QLineF(cell.area.x, y, cell.area.right, y)))  # type: ignore[arg-type]
    return tuple(found)


def grab(lines: tuple[Handle, ...], at: QPointF) -> Handle | None:
    """Return the line within 9 px of a point, the nearest if there are several."""

    def distance(handle: Handle) -> float:
        line = handle.line
        if line.dx() == 0.0:
            inside = line.y1() <= at.y() <= line.y2()
            return abs(at.x() - line.x1()) if inside else float("inf")
        inside = line.x1() <= at.x() <= line.x2()
        return abs(at.y() - line.y1()) if inside else float("inf")

    nearest = min(lines, key=distance, default=None)
    return nearest if nearest is not None and distance(nearest) <= SPACE.hit_line else None


def moved(plan: Plan, calipers: Calipers, handle: Handle, at: QPointF, first_s: float) -> Calipers:
    """Return the calipers with one line taken to a point, to a whole millisecond or hundredth of a millivolt."""
    if handle.which in ("t0_s", "t1_s"):
        time_s = round(plan.time_at(handle.cell, at.x()) + first_s, 3)
        return replace(calipers, t0_s=time_s) if handle.which == "t0_s" else replace(calipers, t1_s=time_s)
    voltage = round(plan.voltage_at(handle.cell, at.y()), 2)
    return replace(calipers, v0_mv=voltage) if handle.which == "v0_mv" else replace(calipers, v1_mv=voltage)


def reading(calipers: Calipers) -> str:
    """Return what the calipers measure: "128 ms · 0.84 mV in V6", with a rate from beat to beat."""
    words = []
    if calipers.t0_s is not None and calipers.t1_s is not None:
        width_ms = abs(calipers.t1_s - calipers.t0_s) * 1000.0
        words.append(f"{width_ms:.0f} ms")
        if width_ms >= _RATE_FROM_MS:
            words.append(f"{60000.0 / width_ms:.0f} bpm")
    if calipers.v0_mv is not None and calipers.v1_mv is not None:
        words.append(f"{number(calipers.v1_mv - calipers.v0_mv, 2)} mV in {calipers.lead}")
    return " · ".join(words)


def draw(painter: QPainter, lines: tuple[Handle, ...], calipers: Calipers, look: Tokens) -> None:
    """Draw the lines dashed in teal, the reader's colour, and the reading in a chip at the first voltage cell."""
    if not lines:
        return
    painter.setPen(paper.pen(look.teal, 1.25, line=Qt.PenStyle.DashLine))
    painter.drawLines([handle.line for handle in lines])
    cell = next((handle.cell for handle in lines if handle.cell.lead == calipers.lead), lines[0].cell)
    face = font(TYPE.caption, SEMIBOLD)
    words = reading(calipers)
    width = paper.text_width(words, face) + 14.0
    right = max((handle.line.x1() for handle in lines if handle.line.dx() == 0.0), default=cell.zero_x)
    left = min(max(right + 6.0, 2.0), painter.window().width() - width - 4.0)
    chip = QRectF(left, cell.area.y + 4.0, width, with_type(18.0))
    painter.setPen(paper.pen(look.teal))
    painter.setBrush(QColor(look.teal_wash))
    painter.drawRoundedRect(chip, SPACE.radius_tag, SPACE.radius_tag)
    painter.setFont(face)
    painter.setPen(QColor(look.text))
    painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), words)
