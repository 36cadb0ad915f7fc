"""A frame of the ventricles: what was ordered, and the picture of all that does not follow the cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from cineviewer.cine import TrueWindow
from cineviewer.ecg import Doubles, Explanation, Floats
from cineviewer.heart import Heart
from cineviewer.paint import fonts, scene_labels, scene_sight
from cineviewer.paint.paper import draw_text, text_width
from cineviewer.paint.scene_bead import Bead
from cineviewer.paint.scene_camera import View
from cineviewer.paint.scene_cut import CutPlane
from cineviewer.paint.scene_path import PathShape
from cineviewer.paint.tokens import SPACE, TYPE, Tokens
from cineviewer.session import Camera, Cut

NARROW_PX = 460


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """What is to be drawn.

    Attributes
    ----------
    number
        Counts orders: a frame with a lower number is not the newest.
    heart
        What to draw; None for the generic heart.
    camera, view
        Where from; `view` None fits the session's camera to the size.
    width, height, ratio
        Logical px, and device px a logical one.
    moving
        The hand moves the camera: fewer pixels will do.
    cut
        Where the heart is cut open.
    truth, t_ms
        What is true of the shown beat and is to be drawn, None for nothing; and the cursor, which the walls follow.
    playing
        Nothing has changed but the cursor.
    """

    number: int
    explanation: Explanation | None
    stale: bool
    look: Tokens
    camera: Camera
    view: View | None
    width: int
    height: int
    ratio: float
    moving: bool
    heart: Heart | None = None
    cut: Cut = field(default_factory=Cut)
    truth: TrueWindow | None = None
    t_ms: float = 0.0
    playing: bool = False

    def device_size(self, coarseness: float = 1.0) -> tuple[int, int]:
        """Return device px, at least 2 x 2."""
        ratio = self.ratio * coarseness
        return max(2, round(self.width * ratio)), max(2, round(self.height * ratio))


@dataclass(frozen=True, eq=False)
class Frame:
    """A finished picture and what lies where on it.

    Attributes
    ----------
    image
        All that does not follow the cursor.
    labels
        The path's; they give way to the bead, so they are no part of the image.
    tube_mm
        (rows, columns) distance of the path from the camera's plane; None where it is not known.
    clear
        How much of each of `shape.points` gets through the walls.
    fine
        Nothing better follows for this order.
    plane
        Where the heart is cut; None where it is whole, or drawn flat.
    truth
        That of the order, where it fits the heart.
    """

    order: Order
    heart: Heart
    image: QImage
    view: View
    shape: PathShape | None
    labels: tuple[scene_labels.Label, ...]
    tube_mm: Floats | None
    clear: Doubles
    fine: bool
    plane: CutPlane | None = None
    truth: TrueWindow | None = None

    @cached_property
    def line(self) -> Doubles:
        """The path in px, (n, 2)."""
        return np.zeros((0, 2)) if self.shape is None else self._project(self.shape.points)

    @cached_property
    def walls(self) -> tuple[Doubles, Doubles]:
        """The myocardium's points in px (n, 2), and px a millimetre there (n,)."""
        return self.view.project(self.heart.walls_mm @ self.heart.axes, self.order.width, self.order.height)

    @cached_property
    def kept(self) -> npt.NDArray[np.bool_]:
        """Which of the myocardium's points are not cut away, (n,)."""
        if self.plane is None:
            return np.ones(len(self.heart.walls_mm), dtype=np.bool_)
        return ~self.plane.leaves_out(self.heart.walls_mm @ self.heart.axes, self.view)

    @cached_property
    def _track(self) -> Doubles:
        """Where the bead is over time: ms, x and y in px, depth in mm, share that gets through the walls; (5, n)."""
        assert self.shape is not None
        shape = self.shape
        behind = shape.sample_ms > shape.time_ms[-1]
        points = np.concatenate([shape.points, shape.samples[behind]])
        time_ms = np.concatenate([shape.time_ms, shape.sample_ms[behind]])
        clear = np.interp(time_ms, shape.time_ms, self.clear) if len(self.clear) else np.ones(len(time_ms))
        return np.stack([time_ms, *self._project(points).T, self.view.depth(points), clear])

    def bead(self, t_ms: float) -> Bead | None:
        """Return where the bead is at an instant; None outside the window, and on a stale path."""
        shape = self.shape
        if shape is None or self.order.stale or not shape.sample_ms[0] <= t_ms <= shape.sample_ms[-1]:
            return None
        x, y, depth_mm, clear = (float(np.interp(t_ms, self._track[0], row)) for row in self._track[1:])
        return Bead(QPointF(x, y), depth_mm, scene_sight.veil(clear))

    def true_front(self, t_ms: float) -> tuple[QPointF, float | None] | None:
        """Return where the true front is seen, and how far it is from the path in mm; None while there is no front."""
        front = self.truth.front_mm(t_ms) if self.truth is not None else None
        if front is None:
            return None
        lps = front @ self.heart.axes
        ((x, y),) = self._project(lps[None])
        point = self.shape.at(t_ms) if self.shape is not None else None
        return QPointF(float(x), float(y)), None if point is None else float(np.linalg.norm(point - lps))

    def _project(self, points: Doubles) -> Doubles:
        return self.view.project(points, self.order.width, self.order.height)[0]


def compose(order: Order, rendered: QImage, over: Callable[[QPainter], None]) -> QImage:
    """Paint what lies over the rendered scene upon it."""
    width, height, look = order.width, order.height, order.look
    image = QImage(*order.device_size(), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(order.ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, rendered.size() != image.size())
    painter.drawImage(QRectF(0.0, 0.0, width, height), rendered)
    over(painter)
    for y in (0, height - 1):
        painter.fillRect(QRectF(0.0, y, width, 1.0), QColor(look.line))
    painter.end()
    return image


def paint_over(
    painter: QPainter,
    order: Order,
    heart: Heart,
    view: View,
    shape: PathShape | None,
    plane: CutPlane | None,
    truth: TrueWindow | None,
    flat_reason: str | None,
) -> None:
    """Paint what is written and drawn over the rendered scene, but for what follows the cursor."""
    width, height, look = order.width, order.height, order.look
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if shape is not None and not (order.stale or order.moving):
        scene_labels.draw_halo(painter, shape, view, width, height, look)
    scene_labels.draw_anatomy(painter, heart, shape, view, width, height, look, plane)
    scene_labels.draw_cube(painter, QPointF(40.0, height - 40.0), view, look)
    if truth is not None:
        if flat_reason is not None:
            scene_labels.draw_true_way(painter, truth.beat, heart, view, width, height, look)
        elif width >= NARROW_PX:
            scene_labels.draw_times(painter, QPointF(84.0, height - 36.0), truth.beat, look)
    _draw_texts(painter, order, shape, plane, flat_reason)


def kept(order: Order, over: Callable[[QPainter], None]) -> QImage:
    """Return what lies over the scene as a picture of its own, to be painted once while only the cursor moves."""
    image = QImage(*order.device_size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(order.ratio)
    image.fill(0)
    painter = QPainter(image)
    over(painter)
    painter.end()
    return image


def draw_badge(painter: QPainter, at: QPointF, text: str, look: Tokens) -> None:
    """Draw a word on grey: a state."""
    face = fonts.font(TYPE.caption, fonts.SEMIBOLD)
    box = QRectF(at.x(), at.y(), text_width(text, face) + 16.0, 20.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.line))
    painter.drawRoundedRect(box, SPACE.radius_badge, SPACE.radius_badge)
    draw_text(painter, QPointF(box.left() + 8.0, box.bottom() - 6.0), text, face, look.text_second)


def _draw_texts(
    painter: QPainter, order: Order, shape: PathShape | None, plane: CutPlane | None, flat_reason: str | None
) -> None:
    face, look, narrow = fonts.font(TYPE.secondary), order.look, order.width < NARROW_PX
    explanation = order.explanation
    y = 50.0 if narrow else 26.0
    if shape is not None and explanation is not None and not order.stale:
        draw_text(painter, QPointF(12.0, y), scene_labels.halo_text(shape), face, look.text_second, look.panel)
        said = explanation.terminal_region if explanation.attribution.final else None
        y += 17.0 if narrow else 22.0  # below the readout, which may reach far to the left
        scene_labels.draw_terminal(painter, QPointF(12.0, y), said, look, below=narrow)
        y += 17.0
    if plane is not None and not narrow:
        draw_text(painter, QPointF(12.0, y), plane.words, face, look.text_second, look.panel)
    if flat_reason is not None:
        text = f"Flat picture: {flat_reason}."
        draw_text(painter, QPointF(80.0, order.height - 44.0), text, face, look.text_second, look.panel)
