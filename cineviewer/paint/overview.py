"""The whole record as one strip of lead II, with its beats, what cannot be trusted, and the window."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QColor, QPainter

from cineviewer.ecg import LEADS, Floats
from cineviewer.paint import curves, paper
from cineviewer.paint.fonts import MEDIUM, font
from cineviewer.paint.layout import Area
from cineviewer.paint.tokens import TYPE, Tokens, with_type
from cineviewer.paint.traces import RecordSheet

NAME_PX = 34.0
RULER_PX = 13.0
_STEPS_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
_MANY_LEADS = 6
_TRUSTED = (0.005, 0.995)


def strip(area: Area) -> Area:
    """Return where the trace lies: right of the lead's name, above the ruler."""
    name = with_type(NAME_PX)
    return Area(area.x + name, area.y, max(1.0, area.width - name - 8.0), area.height - with_type(RULER_PX))


def x_of(area: Area, duration_s: float, time_s: float) -> float:
    """Return the px at which a time of the record lies."""
    inner = strip(area)
    return inner.x + time_s / max(duration_s, 1e-9) * inner.width


def time_at(area: Area, duration_s: float, x: float) -> float:
    """Return the time under a px, inside the record."""
    inner = strip(area)
    return min(max((x - inner.x) / inner.width, 0.0), 1.0) * duration_s


def draw(
    painter: QPainter, area: Area, sheet: RecordSheet, look: Tokens, visible_s: tuple[float, float] | None = None
) -> None:
    """Draw the strip; `visible_s` outlines what the record view shows of it. Not to scale: it is a map, not paper."""
    inner, duration_s = strip(area), sheet.signal_mv.shape[1] / sheet.rate_hz
    paper.draw_ground(painter, area, look)
    painter.save()
    painter.setClipRect(paper.box(area))
    lead = _lead(sheet)
    _draw_shades(painter, area, sheet, look, visible_s)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _draw_trace(painter, inner, sheet.signal_mv[LEADS.index(lead)], look)
    _draw_beats(painter, area, sheet, look)
    face = font(TYPE.caption, MEDIUM)
    paper.draw_text(
        painter, QPointF(area.x + 12.0, inner.y + inner.height / 2.0 + with_type(4.0)), lead, face, look.text_second
    )
    _draw_ruler(painter, area, duration_s, look)
    painter.restore()


def _lead(sheet: RecordSheet) -> str:
    """Lead II, or the first lead that the file holds."""
    return next((lead for lead in ("II", *LEADS) if lead not in sheet.missing), "II")


def _draw_shades(
    painter: QPainter, area: Area, sheet: RecordSheet, look: Tokens, visible_s: tuple[float, float] | None
) -> None:
    inner, duration_s = strip(area), sheet.signal_mv.shape[1] / sheet.rate_hz
    teal = QColor(look.teal)
    for span, alpha in ((visible_s, 0.07), (sheet.window_s, 0.28)):
        if span is not None:
            left, right = (x_of(area, duration_s, min(max(t, 0.0), duration_s)) for t in span)
            teal.setAlphaF(alpha)
            painter.fillRect(paper.box(Area(left, inner.y, max(2.0, right - left), inner.height)), teal)
    lead = _lead(sheet)
    for stretch in (s for s in sheet.stretches if lead in s.leads or len(s.leads) >= _MANY_LEADS):
        left, right = x_of(area, duration_s, stretch.start_s), x_of(area, duration_s, stretch.end_s)
        paper.draw_hatch(painter, Area(left, inner.y, max(1.0, right - left), inner.height), look.text_third)


def _draw_trace(painter: QPainter, inner: Area, signal: Floats, look: Tokens) -> None:
    finite = signal[np.isfinite(signal)]
    if not finite.size:
        return
    # Not np.quantile: its first call imports numpy.ma, a tenth of the time to the first picture.
    ordered = np.sort(finite[:: max(1, finite.size // 20000)])
    low, high = (float(ordered[round(share * (ordered.size - 1))]) for share in _TRUSTED)
    low, high = min(low, -0.2), max(high, 0.5)
    per_px = signal.size / inner.width
    at, values = curves.decimate(signal, per_px)
    x = inner.x + at / per_px
    y = inner.y + inner.height - 3.0 - (values - low) / (high - low) * (inner.height - 9.0)
    painter.setPen(paper.pen(look.text_second))
    curves.draw(painter, x, np.clip(y, inner.y - 4.0, inner.y + inner.height + 4.0))


def _draw_beats(painter: QPainter, area: Area, sheet: RecordSheet, look: Tokens) -> None:
    duration_s = sheet.signal_mv.shape[1] / sheet.rate_hz
    inner = strip(area)
    if len(sheet.beats_s) > inner.width / 6.0:
        return
    for times, width in ((sheet.beats_s, 1.0), (sheet.odd_s, 3.0)):
        painter.setPen(paper.pen(look.text_third, width))
        painter.drawLines([QLineF(x, inner.y, x, inner.y + 4.0) for x in (x_of(area, duration_s, t) for t in times)])


def _draw_ruler(painter: QPainter, area: Area, duration_s: float, look: Tokens) -> None:
    inner = strip(area)
    step = next((s for s in _STEPS_S if duration_s / s * with_type(64.0) <= inner.width), _STEPS_S[-1])
    face = font(TYPE.axis)
    for k in range(int(duration_s / step + 1e-6) + 1):
        words = _clock(k * step, duration_s)
        width = paper.text_width(words, face)
        x = x_of(area, duration_s, k * step)
        left = min(max(x - width / 2.0, inner.x - 4.0), area.right - width - 6.0)
        paper.draw_text(painter, QPointF(left, area.bottom - 3.0), words, face, look.text_third)


def _clock(time_s: float, duration_s: float) -> str:
    if duration_s <= 120.0:
        return f"{time_s:g} s"
    return f"{int(time_s // 60)}:{int(time_s % 60):02d}"
