"""ECG paper, true to scale: ground, heat of the evidence, millimetre grid over both, calibration pulse, hatch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPaintEngine,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTransform,
)

from cineviewer.ecg import Floats
from cineviewer.paint import colourmap
from cineviewer.paint.fonts import font
from cineviewer.paint.layout import Area, Plan
from cineviewer.paint.tokens import WIDTH, Tokens

FADE_FROM_PX, FADE_TO_PX = 4.0, 2.0
"""The 1 mm grid fades where a millimetre is smaller than 4 px and is gone at 2: it would only grey the paper."""
PULSE_S = 0.2
HALO_PX = 3.0
_STRAIGHT = (QTransform.TransformationType.TxNone, QTransform.TransformationType.TxTranslate)
_HATCH_PX = 6.0
_VECTOR_STEPS = 8


def box(area: Area) -> QRectF:
    """Return Qt's rectangle of an area."""
    return QRectF(area.x, area.y, area.width, area.height)


def pen(
    colour: str | QColor,
    width: float = 1.0,
    *,
    line: Qt.PenStyle = Qt.PenStyle.SolidLine,
    cap: Qt.PenCapStyle = Qt.PenCapStyle.FlatCap,
    join: Qt.PenJoinStyle = Qt.PenJoinStyle.RoundJoin,
) -> QPen:
    """Return a pen."""
    return QPen(QColor(colour), width, line, cap, join)


def trace_pen(colour: str, width: float, *, joins: bool = True) -> QPen:
    """Return a pen for signals; bevelled joins cost a third of round ones and look the same on dense samples."""
    join = Qt.PenJoinStyle.RoundJoin if joins else Qt.PenJoinStyle.BevelJoin
    return pen(colour, width, cap=Qt.PenCapStyle.RoundCap, join=join)


def draw_ground(painter: QPainter, area: Area, look: Tokens) -> None:
    """Fill with bare paper."""
    painter.fillRect(box(area), QColor(look.paper))


def heat(values: Floats, limit: float, look: Tokens, fade: float = 1.0) -> QImage:
    """Return attribution (rows, T) as an image of as many px, coloured as it looks on paper."""
    pixels = np.ascontiguousarray(colourmap.laid_on(values, limit, look.dark, look.paper, fade))
    rows, n = pixels.shape[:2]
    return QImage(pixels.data, n, rows, 4 * n, QImage.Format.Format_RGBA8888).copy()


def draw_heat_row(painter: QPainter, target: QRectF, image: QImage, row: int) -> None:
    """Draw one row of a heat image as full-height columns, one a sample: no glow that favours steep traces."""
    columns = image.copy(0, row, image.width(), 1)
    if not _is_raster(painter):
        columns = columns.scaled(_VECTOR_STEPS * image.width(), _VECTOR_STEPS)  # readers of SVG and PDF blur px
    painter.drawImage(target, columns)


def draw_grid(painter: QPainter, area: Area, px_per_mm: float, anchor: tuple[float, float], look: Tokens) -> None:
    """Draw the 1 mm and 5 mm grid over paper and heat, thick lines through the anchor, as ink and never opaque."""
    to_px = painter.deviceTransform()
    if not _is_raster(painter) or to_px.isRotating():
        _draw_grid_lines(painter, area, px_per_mm, anchor, look)
        return
    target = to_px.mapRect(box(area)).toAlignedRect()
    across = (area.x, area.right, anchor[0], to_px.m11(), to_px.dx(), target.left(), target.width())
    down = (area.y, area.bottom, anchor[1], to_px.m22(), to_px.dy(), target.top(), target.height())
    modes = QPainter.CompositionMode
    painter.save()
    painter.setClipRect(box(area), Qt.ClipOperation.IntersectClip)
    painter.resetTransform()
    painter.scale(1.0 / painter.device().devicePixelRatioF(), 1.0 / painter.device().devicePixelRatioF())
    painter.setCompositionMode(modes.CompositionMode_Screen if look.dark else modes.CompositionMode_Multiply)
    painter.drawImage(target, _grid_image(across, down, px_per_mm, look))
    painter.restore()


def draw_pulses(painter: QPainter, plan: Plan, look: Tokens) -> None:
    """Draw each row's calibration pulse: 1 mV for 200 ms, so 10 x 5 mm at the standard scale."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen(look.trace, WIDTH.trace_record))
    foot, wide, high = plan.px_per_mm, PULSE_S * plan.px_per_s, plan.px_per_mv
    for x, y in plan.pulses:
        steps = [(0.0, 0.0), (foot, 0.0), (foot, high), (foot + wide, high), (foot + wide, 0.0), (2 * foot + wide, 0.0)]
        painter.drawPolyline(QPolygonF([QPointF(x - foot + dx, y - dy) for dx, dy in steps]))
    painter.restore()


def draw_hatch(painter: QPainter, area: Area, colour: str) -> None:
    """Hatch what cannot be trusted."""
    painter.save()
    painter.setClipRect(box(area), Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    faint = QColor(colour)
    faint.setAlphaF(0.55)
    painter.setPen(pen(faint))
    first = math.floor((area.x - area.height) / _HATCH_PX) * _HATCH_PX
    count = max(0, math.ceil((area.right - first) / _HATCH_PX))
    lines = [QLineF(x, area.bottom, x + area.height, area.y) for x in (first + _HATCH_PX * k for k in range(count))]
    painter.drawLines(lines)
    painter.restore()


def draw_text(painter: QPainter, at: QPointF, text: str, face: QFont, colour: str, halo: str | None = None) -> None:
    """Write on the baseline `at`, with a 3 px halo in the ground's colour where a trace may run below."""
    if halo is not None and painter.worldTransform().type() in _STRAIGHT and _is_raster(painter):
        ratio = painter.device().devicePixelRatioF()
        image, left, top = _halo(text, face.pixelSize(), face.weight(), halo, ratio)
        painter.drawImage(QPointF(at.x() + left, at.y() + top), image)
    elif halo is not None:
        path = QPainterPath()
        path.addText(at, face, text)
        painter.strokePath(path, pen(halo, HALO_PX))
    painter.setFont(face)
    painter.setPen(QColor(colour))
    painter.drawText(at, text)


def text_width(text: str, face: QFont) -> float:
    """Return how many px a text takes."""
    return _text_width(text, face.pixelSize(), face.weight())


@lru_cache(maxsize=2048)
def _text_width(text: str, size_px: int, weight: int) -> float:
    return QFontMetricsF(font(size_px, weight)).horizontalAdvance(text)


@lru_cache(maxsize=1024)
def _halo(text: str, size_px: int, weight: int, colour: str, ratio: float) -> tuple[QImage, float, float]:
    """Return a text's halo and where it lies from the text's beginning; to stroke it takes ten times as long."""
    path = QPainterPath()
    path.addText(QPointF(0.0, 0.0), font(size_px, weight), text)
    edge = path.boundingRect().adjusted(-HALO_PX, -HALO_PX, HALO_PX, HALO_PX)
    left, top = math.floor(edge.left()), math.floor(edge.top())
    width, height = math.ceil((edge.right() - left) * ratio), math.ceil((edge.bottom() - top) * ratio)
    image = QImage(max(1, width), max(1, height), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-left, -top)
    painter.strokePath(path, pen(colour, HALO_PX))
    painter.end()
    return image, float(left), float(top)


def _is_raster(painter: QPainter) -> bool:
    return painter.paintEngine().type() == QPaintEngine.Type.Raster


_Axis = tuple[float, float, float, float, float, int, int]
"""Low and high edge, anchor, scale and shift to device px, first device px, number of them."""


@lru_cache(maxsize=16)
def _grid_image(across: _Axis, down: _Axis, px_per_mm: float, look: Tokens) -> QImage:
    """Return the grid as ink to be multiplied (light) or screened (dark): forty times faster than lines."""
    rows, columns = (_ink_along(axis, px_per_mm, look)[..., np.newaxis, :] for axis in (down, across))
    ink = rows * columns.swapaxes(0, 1)
    pixels = np.full((*ink.shape[:2], 4), 255, dtype=np.uint8)
    pixels[..., :3] = np.rint(255.0 * (1.0 - ink if look.dark else ink))
    return QImage(
        pixels.data, ink.shape[1], ink.shape[0], 4 * ink.shape[1], QImage.Format.Format_RGBX8888
    ).convertToFormat(QImage.Format.Format_RGB32)


def _ink_along(axis: _Axis, px_per_mm: float, look: Tokens) -> Floats:
    """Return (n, 3): the share of light that each device px of one axis lets through (on dark: does not add)."""
    low, high, anchor, scale, shift, first, n = axis
    passed = np.ones((n, 3), dtype=np.float32)
    for colour, width, opacity, thick in _kinds(px_per_mm, look):
        ink = QColor(colour)
        taken = np.array([ink.redF(), ink.greenF(), ink.blueF()])
        taken = opacity * (taken if look.dark else 1.0 - taken)
        centres = np.array(list(_places(low, high, anchor, px_per_mm, thick=thick))) * scale + shift - first
        coverage = np.zeros(n)
        for offset in range(-1, math.ceil(width * scale) + 1):
            pixel = np.floor(centres - width * scale / 2.0).astype(int) + offset
            overlap = np.minimum(centres + width * scale / 2.0, pixel + 1) - np.maximum(
                centres - width * scale / 2.0, pixel
            )
            inside = (pixel >= 0) & (pixel < n) & (overlap > 0.0)
            np.add.at(coverage, pixel[inside], overlap[inside])
        passed *= (1.0 - np.minimum(coverage, 1.0)[:, np.newaxis] * taken).astype(np.float32)
    return passed


def _draw_grid_lines(
    painter: QPainter, area: Area, px_per_mm: float, anchor: tuple[float, float], look: Tokens
) -> None:
    """Draw the grid as lines, for devices that cannot multiply (SVG, PDF)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width, opacity, thick in _kinds(px_per_mm, look):
        painter.setOpacity(opacity)
        painter.setPen(pen(_translucent(colour, look), width))
        painter.drawLines(_lines(area, px_per_mm, anchor, thick=thick))
    painter.restore()


def _kinds(px_per_mm: float, look: Tokens) -> Iterator[tuple[str, float, float, bool]]:
    """Yield (colour, width, opacity, thick) of the grids that are visible at this scale."""
    fine = min(1.0, max(0.0, (px_per_mm - FADE_TO_PX) / (FADE_FROM_PX - FADE_TO_PX)))
    if fine > 0.0:
        yield look.grid_1mm, WIDTH.grid_1mm, fine, False
    yield look.grid_5mm, WIDTH.grid_5mm, 1.0, True


def _translucent(colour: str, look: Tokens) -> QColor:
    """Return the ink that on bare paper gives what multiplying (or screening) gives, and nearly so on heat."""
    ink = QColor(colour)
    channels = np.array([ink.redF(), ink.greenF(), ink.blueF()])
    alpha = channels.max() if look.dark else 1.0 - channels.min()
    pure = channels / alpha if look.dark else (channels - (1.0 - alpha)) / alpha
    red, green, blue = (float(c) for c in np.clip(pure, 0.0, 1.0))
    return QColor.fromRgbF(red, green, blue, float(alpha))


def _lines(area: Area, px_per_mm: float, anchor: tuple[float, float], *, thick: bool) -> list[QLineF]:
    """Grid lines inside an area; every fifth from the anchor is a thick one."""
    columns = _places(area.x, area.right, anchor[0], px_per_mm, thick=thick)
    rows = _places(area.y, area.bottom, anchor[1], px_per_mm, thick=thick)
    return [QLineF(x, area.y, x, area.bottom) for x in columns] + [QLineF(area.x, y, area.right, y) for y in rows]


def _places(low: float, high: float, anchor: float, px_per_mm: float, *, thick: bool) -> Iterator[float]:
    first = math.ceil((low - anchor) / px_per_mm - 1e-9)
    last = math.floor((high - anchor) / px_per_mm + 1e-9)
    for k in range(first, last + 1):
        if (k % 5 == 0) == thick:
            yield anchor + k * px_per_mm
