"""The bead on a frame: dimmed by the walls in front of it, cut where a nearer stretch of the path hides it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from cineviewer.paint import scene_labels, scene_sight
from cineviewer.paint.tokens import Tokens
from cineviewer.ui.ventricles.frame import Bead, Frame


def draw_bead(painter: QPainter, frame: Frame, bead: Bead, look: Tokens) -> None:
    """Draw as much of the bead as is seen."""
    ratio = frame.order.ratio
    reach = math.ceil((scene_labels.BEAD_PX + 2.0) * ratio)
    hidden = None
    if frame.tube_mm is not None:
        x, y = bead.place.x() * ratio, bead.place.y() * ratio
        hidden = scene_sight.hidden(frame.tube_mm, x, y, reach, bead.depth_mm)
    painter.setOpacity(bead.opacity)
    if hidden is None or not hidden.any():
        scene_labels.draw_bead(painter, bead.place, look)
    elif not hidden.all():
        left, top = round(bead.place.x() * ratio) - reach, round(bead.place.y() * ratio) - reach
        painter.drawImage(QPointF(left / ratio, top / ratio), _cut(hidden, look, ratio))
    painter.setOpacity(1.0)


def _cut(hidden: scene_sight.Mask, look: Tokens, ratio: float) -> QImage:
    """Return the bead without its hidden px."""
    image = _whole(look, ratio, len(hidden)).copy()
    pixels = np.frombuffer(image.bits(), np.uint32).reshape(hidden.shape)
    pixels[hidden] = 0
    return image


@lru_cache(maxsize=4)
def _whole(look: Tokens, ratio: float, side: int) -> QImage:
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    scene_labels.draw_bead(painter, QPointF(side / ratio / 2.0, side / ratio / 2.0), look)
    painter.end()
    return image
