"""The ventricles without OpenGL: the outline and the path projected flat, by QPainter alone."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from cineviewer.ecg import Doubles
from cineviewer.heart import Heart
from cineviewer.paint import scene_labels
from cineviewer.paint.scene import STALE
from cineviewer.paint.scene_camera import View
from cineviewer.paint.scene_path import OUTLINE_MM, QRS_RADIUS_MM, ST_RADIUS_MM, PathShape
from cineviewer.paint.tokens import Tokens

_PARTS = (("great_vessels", 0.35), ("epicardium", 1.0))


def picture(
    heart: Heart, shape: PathShape | None, view: View, size: tuple[int, int], look: Tokens, *, stale: bool
) -> QImage:
    """Draw heart and path flat.

    Parameters
    ----------
    heart, shape
        What is drawn.
    view, size, look
        From where, px wide and high, in which colours.
    stale
        Draw the path faded.
    """
    width, height = size
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    scene_labels.ground(painter, QRectF(0.0, 0.0, width, height), look)
    for name, strength in _PARTS:
        _draw_surface(painter, heart, name, strength, view, size, look)
    if shape is not None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(STALE if stale else 1.0)
        _draw_path(painter, shape, view, size, look)
    painter.end()
    return image


def _draw_surface(
    painter: QPainter, heart: Heart, name: str, strength: float, view: View, size: tuple[int, int], look: Tokens
) -> None:
    """Fill what faces the viewer, darker towards the rim."""
    surface = heart.surfaces[name]
    vertices = surface.vertices_mm @ heart.axes
    places, _ = view.project(vertices, *size)
    normals = (surface.normals @ heart.axes)[surface.triangles].mean(axis=1)
    towards = view.position - vertices[surface.triangles].mean(axis=1)
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    along = np.einsum("ij,ij->i", normals, towards)
    rim = np.clip(1.0 - np.abs(along), 0.0, 1.0)
    levels = np.rint(8 * rim**2).astype(int)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    base, over = _rgb(look.panel), _rgb(look.rose)
    for level in range(9):
        share = strength * (0.25 + 0.75 * level / 8.0)
        colour = QColor(*(int(c) for c in base + (over - base) * share))
        painter.setBrush(colour)
        painter.setPen(QPen(colour, 0.8))
        for corners in places[surface.triangles[(levels == level) & (along > 0.0)]]:
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def _draw_path(painter: QPainter, shape: PathShape, view: View, size: tuple[int, int], look: Tokens) -> None:
    places, scale = view.project(shape.points, *size)
    for start, end, radius in ((shape.n_qrs - 1, len(places), ST_RADIUS_MM), (0, shape.n_qrs, QRS_RADIUS_MM)):
        part, px = places[start:end], float(scale.mean())
        if len(part) < 2:
            continue
        _stroke(painter, part, QColor(look.trace), 2.0 * (radius + OUTLINE_MM) * px)
        for k in range(len(part) - 1):
            _stroke(painter, part[k : k + 2], QColor(*(int(c) for c in shape.colours[start + k])), 2.0 * radius * px)


def _stroke(painter: QPainter, places: Doubles, colour: QColor, width: float) -> None:
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF([QPointF(float(x), float(y)) for x, y in places]))


def _rgb(colour: str) -> Doubles:
    return np.array(list(bytes.fromhex(colour.removeprefix("#"))), dtype=np.float64)
