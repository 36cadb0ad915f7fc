"""Twelve leads of one window on one zero line: the three with the most evidence dark, the others faint."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from cineviewer.ecg import LEADS
from cineviewer.paint import curves, paper
from cineviewer.paint.fonts import REGULAR, SEMIBOLD, font
from cineviewer.paint.layout import BASELINE, Area, Cell, Plan
from cineviewer.paint.tokens import TYPE, WIDTH, Tokens, with_type
from cineviewer.paint.traces import BeatSheet
from cineviewer.session import SPEEDS_MM_S, Scale

N_DARK = 3
TITLE_PX = 22.0


def plan(area: Area, px_per_mm: float, scale: Scale, seconds: float) -> Plan:
    """Return the one cell of the butterfly: the beat's gain, and its speed or the fastest one that has room."""
    room_mm = area.width / px_per_mm - 2.0
    speed = next((s for s in reversed(SPEEDS_MM_S) if s <= scale.speed_mm_s and s * seconds <= room_mm), SPEEDS_MM_S[0])
    spare_mm = max(1.0, (room_mm - speed * seconds) / 2.0)
    zero_x = area.x + round(spare_mm) * px_per_mm
    zero_y = area.y + round(BASELINE * area.height / px_per_mm) * px_per_mm
    cell = Cell("II", "", 1, area, zero_x, zero_y, 0.0, seconds, 0, 0)
    return Plan(area, px_per_mm, Scale(speed, scale.gain_mm_mv), (cell,), area.height / px_per_mm)


def draw(painter: QPainter, plan: Plan, sheet: BeatSheet, look: Tokens) -> None:
    """Draw all leads superimposed on paper, strongest evidence last; without evidence all are alike."""
    paper.draw_ground(painter, plan.area, look)
    cell = plan.cells[0]
    paper.draw_grid(painter, plan.area, plan.px_per_mm, (cell.zero_x, cell.zero_y), look)
    painter.save()
    painter.setClipRect(paper.box(plan.area), Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    top = _top(sheet)
    faint = QColor(look.trace)
    faint.setAlphaF(0.38)
    x = cell.zero_x + np.arange(sheet.window.signal_mv.shape[1]) / sheet.window.rate_hz * plan.px_per_s
    for lead in (*(name for name in LEADS if name not in top), *reversed(top)):
        y = cell.zero_y - sheet.window.signal_mv[LEADS.index(lead)].astype(np.float64) * plan.px_per_mv
        ink = paper.pen(look.trace, WIDTH.trace_beat) if lead in top else paper.pen(faint)
        painter.setPen(ink)
        curves.draw(painter, x, y)
    _draw_words(painter, plan, top, look)
    painter.restore()


def _top(sheet: BeatSheet) -> tuple[str, ...]:
    shares = sheet.evidence.shares if sheet.evidence else None
    return tuple(sorted(shares, key=lambda lead: -shares[lead])[:N_DARK]) if shares else ()


def _draw_words(painter: QPainter, plan: Plan, top: tuple[str, ...], look: Tokens) -> None:
    title = font(TYPE.body, SEMIBOLD)
    at = QPointF(plan.area.x + 10.0, plan.area.y + with_type(17.0))
    paper.draw_text(painter, at, "Butterfly", title, look.text, look.paper)
    words = f"12 leads, dark: {', '.join(top)}" if top else "12 leads"
    at.setX(at.x() + paper.text_width("Butterfly", title) + 8.0)
    paper.draw_text(painter, at, words, font(TYPE.caption, REGULAR), look.text_second, look.paper)
    scale = f"{plan.scale.speed_mm_s:g} mm/s · {plan.scale.gain_mm_mv:g} mm/mV"
    at = QPointF(plan.area.x + 10.0, plan.area.bottom - 7.0)
    paper.draw_text(painter, at, scale, font(TYPE.axis), look.text_second, look.paper)
