"""The bead of the time cursor in the ventricles: veiled by the walls in front, cut where a nearer path hides it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRadialGradient

from cineviewer.ecg import Floats
from cineviewer.paint.scene_sight import Mask, hidden
from cineviewer.paint.tokens import Tokens

BEAD_PX = 8.5
_EDGE_PX = 1.6
_VEIL_STEPS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Bead:
    """Where the bead is: in px, how far from the camera's plane, and how much of it walls in front take away."""

    place: QPointF
    depth_mm: float
    veil: float


def draw_bead(painter: QPainter, bead: Bead, tube_mm: Floats | None, ratio: float, look: Tokens) -> None:
    """Draw as much of the bead as is seen.

    Parameters
    ----------
    bead
        Where it is.
    tube_mm, ratio
        Distance of the path from the camera's plane in device px, None where it is not known; and how many of these
        are one of the painter's.
    look
        Colours.
    """
    reach = math.ceil((BEAD_PX + _EDGE_PX) * ratio)
    x, y = bead.place.x() * ratio, bead.place.y() * ratio
    mask = None if tube_mm is None else hidden(tube_mm, x, y, reach, bead.depth_mm)
    if mask is None or not mask.any():
        _draw(painter, bead.place, bead.veil, look)
    elif not mask.all():
        at = QPointF((round(x) - reach) / ratio, (round(y) - reach) / ratio)
        painter.drawImage(at, _cut(mask, round(bead.veil * _VEIL_STEPS), look, ratio))


def _draw(painter: QPainter, at: QPointF, veil: float, look: Tokens) -> None:
    """Draw a small ball with a casing that shows on every ground; the veil has the colour of the walls."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#ffffff"), _EDGE_PX))
    shade = QRadialGradient(at - QPointF(2.6, 3.0), 1.5 * BEAD_PX)
    teal = QColor(look.teal)
    shade.setColorAt(0.0, teal.lighter(175))
    shade.setColorAt(0.35, teal.lighter(112))
    shade.setColorAt(1.0, teal.darker(150))
    painter.setBrush(shade)
    painter.drawEllipse(at, BEAD_PX, BEAD_PX)
    if veil > 0.0:
        wall = QColor(look.rose)
        wall.setAlphaF(min(veil, 1.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(wall)
        reach = BEAD_PX + 0.5 * _EDGE_PX
        painter.drawEllipse(at, reach, reach)
    painter.restore()


def _cut(mask: Mask, veil_step: int, look: Tokens, ratio: float) -> QImage:
    """Return the bead without its hidden px."""
    image = _whole(veil_step, look, ratio, len(mask)).copy()
    pixels = np.frombuffer(image.bits(), np.uint32).reshape(mask.shape)
    pixels[mask] = 0
    return image


@lru_cache(maxsize=2 * _VEIL_STEPS)
def _whole(veil_step: int, look: Tokens, ratio: float, side: int) -> QImage:
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    _draw(painter, QPointF(side / ratio / 2.0, side / ratio / 2.0), veil_step / _VEIL_STEPS, look)
    painter.end()
    return image
