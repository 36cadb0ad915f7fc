"""The profile over the window: filled with the map under an ink line, with QRS, ST and T as bands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath

from cineviewer.cine import half_evidence
from cineviewer.ecg import Doubles, Mask, Window
from cineviewer.paint import curves, paper
from cineviewer.paint.colourmap import laid_on
from cineviewer.paint.fonts import MEDIUM, font, number
from cineviewer.paint.layout import Area
from cineviewer.paint.tokens import TYPE, WIDTH, Tokens, with_type

LEFT_PX, RIGHT_PX, TOP_PX = 92.0, 16.0, 6.0
BAND_PX, AXIS_PX, GAP_PX = 15.0, 17.0, 4.0
ABOVE, BELOW = 1.06, -0.53
"""Zero lies at two thirds of the height; a deeper profile gets the room that it needs."""
T_HALF_MS = 80.0
TRUTH_PX = 4.0
DIFFERS = "differs from the same heart without the disease (simulated truth)"
DIFFERS_NOWHERE = "nowhere different from the same heart without a disease (simulated truth)"


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the curve lies, and which values its edges mean."""

    curve: Area
    bands: Area
    end_ms: float
    low: float
    high: float = ABOVE

    def x_of(self, time_ms: float) -> float:
        """Return the px of a time after QRS onset."""
        return self.curve.x + time_ms / self.end_ms * self.curve.width

    def time_at(self, x: float) -> float:
        """Return the time at a px, inside the window."""
        return min(max((x - self.curve.x) / self.curve.width, 0.0), 1.0) * self.end_ms

    def y_of(self, value: float) -> float:
        """Return the px of a value of the profile."""
        return self.curve.y + (self.high - value) / (self.high - self.low) * self.curve.height


@dataclass(frozen=True, slots=True, eq=False)
class TimelineSheet:
    """What the timeline shows; `profile` is None while there is no evidence, `final` False while it is coarse.

    `differs` (T,) marks when a lead differs from that of the same heart without the disease; None shows nothing of it.
    """

    window: Window
    profile: Doubles | None = None
    fade: float = 1.0
    final: bool = True
    differs: Mask | None = None


def frame(area: Area, sheet: TimelineSheet) -> Frame:
    """Return where the curve and its bands lie in an area."""
    lowest = float(sheet.profile.min(initial=0.0)) if sheet.profile is not None else 0.0
    left, band = with_type(LEFT_PX), with_type(BAND_PX)
    below = TOP_PX + GAP_PX + band + with_type(AXIS_PX)
    curve = Area(area.x + left, area.y + TOP_PX, area.width - left - RIGHT_PX, max(20.0, area.height - below))
    bands = Area(curve.x, curve.bottom + GAP_PX, curve.width, band)
    end_ms = sheet.window.signal_mv.shape[1] * 1000.0 / sheet.window.rate_hz
    return Frame(curve, bands, end_ms, min(BELOW, 1.06 * lowest))


def half_span_ms(sheet: TimelineSheet) -> tuple[float, float] | None:
    """Return the shortest span that holds half of the evidence; None where there is none, or it is not final."""
    return None if sheet.profile is None or not sheet.final else half_evidence(sheet.profile, sheet.window.time_ms)


def segments(window: Window) -> tuple[tuple[str, float, float], ...]:
    """Return (name, start ms, end ms) of QRS, ST and T inside the window, as far as their landmarks are known.

    The T wave has no measured onset: its bar starts as far before the peak as it ends behind it, or 80 ms.
    """
    end_ms = window.signal_mv.shape[1] * 1000.0 / window.rate_hz
    if window.j_ms is None:
        return ()
    bars = [("QRS", 0.0, window.j_ms)]
    if window.t_peak_ms is not None:
        half = window.t_end_ms - window.t_peak_ms if window.t_end_ms is not None else T_HALF_MS
        t_start = max(window.j_ms, window.t_peak_ms - half)
        t_end = window.t_end_ms if window.t_end_ms is not None else window.t_peak_ms + half
        bars += [("ST", window.j_ms, t_start), ("T", t_start, t_end)]
    else:
        bars.append(("ST–T", window.j_ms, end_ms))
    return tuple((name, start, min(end, end_ms)) for name, start, end in bars if min(end, end_ms) - start > 1.0)


def draw(painter: QPainter, area: Area, sheet: TimelineSheet, look: Tokens) -> None:
    """Draw the timeline on the panel's ground."""
    painter.fillRect(paper.box(area), QColor(look.panel))
    place = frame(area, sheet)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _draw_half(painter, place, sheet, look)
    _draw_axes(painter, place, look)
    _draw_bands(painter, place, sheet.window, look)
    if sheet.profile is not None:
        _draw_profile(painter, place, sheet, look)
    if sheet.differs is not None:
        _draw_truth(painter, place, sheet.differs, sheet.window, look)
    painter.restore()


def _draw_half(painter: QPainter, place: Frame, sheet: TimelineSheet, look: Tokens) -> None:
    span = half_span_ms(sheet) if sheet.fade == 1.0 else None
    if span is not None:
        left, right = (place.x_of(t) for t in span)
        shade = QColor(look.hairline if not look.dark else look.fill)
        painter.fillRect(QRectF(left, place.curve.y - TOP_PX + 2.0, right - left, place.bands.y - place.curve.y), shade)


def _draw_axes(painter: QPainter, place: Frame, look: Tokens) -> None:
    painter.setPen(paper.pen(look.hairline))
    face = font(TYPE.axis)
    px_per_ms = place.curve.width / place.end_ms
    step = next((s for s in (50.0, 100.0) if s * px_per_ms >= with_type(34.0)), 200.0)
    times = [k * step for k in range(int(place.end_ms / step) + 1)]
    painter.drawLines([QLineF(place.x_of(t), place.curve.y, place.x_of(t), place.curve.bottom) for t in times[1:-1]])
    for t in times:
        words = f"{t:.0f}"
        x = place.x_of(t) - paper.text_width(words, face) / 2.0
        paper.draw_text(painter, QPointF(x, place.bands.bottom + with_type(12.0)), words, face, look.text_third)
    unit_x = place.curve.x - with_type(32.0)
    paper.draw_text(painter, QPointF(unit_x, place.bands.bottom + with_type(12.0)), "ms", face, look.text_third)
    for value in (1.0, 0.0, -0.5 if place.low > -0.8 else -1.0):
        words = {1.0: "+1", 0.0: "0"}.get(value, number(value, 0 if value == -1.0 else 1))
        x = place.curve.x - 8.0 - paper.text_width(words, face)
        paper.draw_text(painter, QPointF(x, place.y_of(value) + with_type(4.0)), words, face, look.text_third)
    side = font(TYPE.caption, MEDIUM)
    for word, value in (("abnormal", 0.5), ("normal", place.low / 2.0)):
        at = QPointF(place.curve.x - with_type(LEFT_PX) + 12.0, place.y_of(value) + with_type(4.0))
        paper.draw_text(painter, at, word, side, look.text_second)
    painter.setPen(paper.pen(look.text_third))
    zero = place.y_of(0.0)
    painter.drawLine(QLineF(place.curve.x, zero, place.curve.right, zero))


def _draw_bands(painter: QPainter, place: Frame, window: Window, look: Tokens) -> None:
    face = font(TYPE.axis, MEDIUM)
    painter.save()
    for name, start, end in segments(window):
        bar = QRectF(place.x_of(start), place.bands.y, place.x_of(end) - place.x_of(start) - 1.0, place.bands.height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.fill if name.startswith("ST") else look.line))
        painter.drawRoundedRect(bar, 2.0, 2.0)
        width = paper.text_width(name, face)
        if width + 4.0 < bar.width():
            at = QPointF(bar.center().x() - width / 2.0, bar.bottom() - with_type(4.0))
            paper.draw_text(painter, at, name, face, look.text_second)
    painter.restore()
    if window.j_ms is None:
        words = "QRS end not measurable"
        paper.draw_text(
            painter, QPointF(place.bands.x, place.bands.bottom - with_type(4.0)), words, face, look.text_third
        )


def _draw_truth(painter: QPainter, place: Frame, differs: Mask, window: Window, look: Tokens) -> None:
    """Mark in violet when a lead differs, at the foot of the curve, and say what that means."""
    step, top = 1000.0 / window.rate_hz, place.curve.bottom - TRUTH_PX
    for run in curves.runs(differs):
        left, right = place.x_of(run.start * step), place.x_of(run.stop * step)
        painter.fillRect(QRectF(left, top, right - left, TRUTH_PX), QColor(look.truth))
    words, face = DIFFERS if differs.any() else DIFFERS_NOWHERE, font(TYPE.axis, MEDIUM)
    at = QPointF(place.curve.x + 4.0, top - 4.0)
    paper.draw_text(painter, at, words, face, look.truth, look.panel)


def _draw_profile(painter: QPainter, place: Frame, sheet: TimelineSheet, look: Tokens) -> None:
    assert sheet.profile is not None
    values = np.asarray(sheet.profile, dtype=np.float64)
    times = sheet.window.time_ms
    x = place.curve.x + times / place.end_ms * place.curve.width
    y = place.curve.y + (place.high - values) / (place.high - place.low) * place.curve.height
    zero = place.y_of(0.0)
    shape = QPainterPath(QPointF(float(x[0]), zero))
    shape.addPolygon(curves.polygon(np.r_[x[0], x, x[-1]], np.r_[zero, y, zero]))
    shade = QLinearGradient(float(x[0]), 0.0, float(x[-1]), 0.0)
    for at, (r, g, b, _) in zip(
        (times / times[-1]).tolist(),
        laid_on(values, 1.0, look.dark, look.panel, sheet.fade).tolist(),
        strict=True,
    ):
        shade.setColorAt(at, QColor(r, g, b))
    painter.fillPath(shape, shade)
    line = QColor(look.trace)
    line.setAlphaF(1.0 if sheet.fade == 1.0 else 0.5)
    painter.setPen(paper.pen(line, WIDTH.profile))
    curves.draw(painter, x, y)
