"""The picture of the ventricles: VTK's frame cached as a pixmap, bead and readout painted over it.

Moving the time cursor renders nothing: a few small rectangles are painted again. While the camera moves a plain frame
is drawn, at fewer pixels where the machine is slow; once the hand rests the edges are smoothed frame by frame, and
never while the cursor moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from cineviewer.ecg import Doubles, Explanation
from cineviewer.heart import Heart, load
from cineviewer.paint import fonts, scene_flat, scene_labels
from cineviewer.paint.paper import draw_text, text_width
from cineviewer.paint.scene import Pixels, Scene
from cineviewer.paint.scene_camera import View, camera_of, view_of
from cineviewer.paint.scene_path import PathShape, path_shape
from cineviewer.paint.tokens import SPACE, TYPE, Tokens
from cineviewer.session import Camera, Cursor, Look, Session, Shown
from cineviewer.ui import theme
from cineviewer.ui.ventricles import gl

REST_MS = 120
COMING_MS = 15
"""After which new colours of the same path are drawn: by then the other panes have painted theirs."""
STILL_S = 0.15
"""How long the cursor must have stood still before a frame is refined."""
SLOW_MS, FAST_MS, COARSEST = 20.0, 12.0, 0.5
NARROW_PX = 460
CHIP_WIDEST_PX = 330


class VentriclesPicture(QWidget):
    """The ventricles and the path, from where the session's camera stands.

    Parameters
    ----------
    session
        Cursor, camera, look, and the explanation shown.
    three_d
        False for the flat projection.
    """

    drawn = Signal()
    """A first 3D frame is on screen, or it is known that there will be none."""

    def __init__(self, session: Session, *, three_d: bool = True) -> None:
        super().__init__()
        self._session = session
        self._three_d = three_d
        self._heart: Heart | None = None
        self._scene: Scene | None = None
        self._flat_reason: str | None = None
        self._look = theme.tokens_of(session)
        self._shape: PathShape | None = None
        self._explanation: Explanation | None = None
        self._stale = False
        self._view: View | None = None
        self._picture: QPixmap | None = None
        self._labels: tuple[scene_labels.Label, ...] = ()
        self._line = np.zeros((0, 2))
        self._walls: tuple[Doubles, Doubles] | None = None
        self._hovered: str | None = None
        self._bead: QPointF | None = None
        self._chip = QRectF()
        self._moving = False  # whether the hand is moving the camera
        self._coarseness = 0.8
        self._moved_at = 0.0
        self._steps: Iterator[Pixels] | None = None
        self._asked = False
        self._by_keyboard = False
        self._closed = False
        self._resting, self._refining = QTimer(self, singleShot=True, interval=REST_MS), QTimer(self, singleShot=True)
        # New colours of the same path wait for an event of their own: drawn with the other panes' they would hold the
        # cursor up.
        self._coming = QTimer(self, singleShot=True, interval=COMING_MS)
        self._coming.timeout.connect(self._redraw)
        self._resting.timeout.connect(self._begin_refining)
        self._refining.timeout.connect(self._refine)
        self._set_up()

    def _set_up(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Activation path in a generic heart")
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close_scene)
        self._session.on(Cursor, self._move_bead)
        self._session.on(Camera, self._aim)
        self._session.on(Shown, self._take)
        self._session.on(Look, self._restyle)

    # What the pane asks

    @property
    def flat_reason(self) -> str | None:
        """Why the heart is drawn flat; None in 3D."""
        return self._flat_reason

    def load(self) -> None:
        """Make the scene, once; called by the first paint, after the window is on screen."""
        if self._heart is not None or self._closed:
            return
        self._asked = True
        self._heart = load()
        self._flat_reason = gl.fault() if self._three_d else "3D is switched off"
        if self._flat_reason is None:
            marker = gl.begin()
            self._flat_reason = self._make_scene()
            self._begin()
            gl.end(marker)
        else:
            self._begin()
        self.drawn.emit()

    def _begin(self) -> None:
        """Draw the first frame."""
        shown = self._session.shown
        self._explanation, self._stale = shown.case.explanation if shown.case else None, shown.stale
        self._redraw()

    def close_scene(self) -> None:
        """Give VTK's window back; afterwards nothing is rendered."""
        self._closed = True
        self._coming.stop()
        self._resting.stop()
        self._refining.stop()
        self._steps = None
        if self._scene is not None:
            self._scene.close()
            self._scene = None

    def is_fine(self) -> bool:
        """Return whether the picture is finished: nothing moves, nothing is refined."""
        timers = (self._coming, self._resting, self._refining)
        waiting = any(timer.isActive() for timer in timers) or self._steps is not None
        return self._picture is not None and not waiting

    # What the session tells

    def _move_bead(self, cursor: Cursor) -> None:
        self._moved_at = perf_counter()
        old = self._bead
        self._bead = self._bead_at(cursor.t_ms)
        self._repaint_round(old, self._bead)

    def _aim(self, _camera: Camera) -> None:
        if self._heart is not None and not self._moving:
            self._view = None
            self._draw()
            self._resting.start()

    def _take(self, shown: Shown) -> None:
        explanation = shown.case.explanation if shown.case is not None else None
        if self._heart is None or (explanation is self._explanation and shown.stale == self._stale):
            return
        same_path = _is_same_path(explanation, self._explanation)
        self._explanation, self._stale = explanation, shown.stale
        if same_path:
            self._stop_refining()
            self._resting.stop()
            self._coming.start()
        else:
            self._redraw()

    def _redraw(self) -> None:
        if self._closed:
            return
        self._shape_path()
        self._draw()
        self._resting.start()

    def _restyle(self, _look: Look | None = None) -> None:
        look = theme.tokens_of(self._session)
        if look.dark == self._look.dark:
            return
        self._look = look
        if self._scene is not None:
            self._scene.set_look(look)
        if self._heart is not None:
            self._redraw()

    # Drawing

    def _make_scene(self) -> str | None:
        assert self._heart is not None
        try:
            self._scene = Scene(self._heart, self._look)
        except (ImportError, RuntimeError) as error:
            return f"VTK cannot be used ({error})"
        if self._scene.works:
            return None
        self._scene.close()
        self._scene = None
        return "OpenGL is not available"

    def _shape_path(self) -> None:
        assert self._heart is not None
        self._shape = None
        if self._explanation is not None:
            self._shape = path_shape(self._explanation, self._heart, self._look.trace, dark=self._look.dark)
        if self._scene is not None:
            self._scene.set_path(self._shape, stale=self._stale)

    def _draw(self) -> None:
        """Draw one plain frame now, and place what is painted over it."""
        if self._heart is None or self._closed or self.width() < 2 or self.height() < 2:
            return
        self._stop_refining()
        if self._view is None:
            self._view = view_of(self._session.get(Camera), self._heart, self.width(), self.height())
        view = self._view
        if self._scene is not None:
            started = perf_counter()
            ratio = self.devicePixelRatioF() * (self._coarseness if self._moving else 1.0)
            self._compose(self._scene.render(view, *self._device_size(ratio)))
            self._adapt(1000.0 * (perf_counter() - started))
        else:
            size = self._device_size(1.0)
            flat = scene_flat.picture(self._heart, self._shape, view, size, self._look, stale=self._stale)
            self._compose(flat)

    def _device_size(self, ratio: float) -> tuple[int, int]:
        return max(2, round(self.width() * ratio)), max(2, round(self.height() * ratio))

    def _adapt(self, milliseconds: float) -> None:
        """Render fewer pixels while the hand moves, where a frame takes too long."""
        if self._moving:
            if milliseconds > SLOW_MS:
                self._coarseness = max(COARSEST, 0.85 * self._coarseness)
            elif milliseconds < FAST_MS:
                self._coarseness = min(1.0, self._coarseness / 0.9)

    def _begin_refining(self) -> None:
        if self._scene is None or self._view is None or self._moving:
            return
        self._steps = self._scene.refine(self._view, *self._device_size(self.devicePixelRatioF()))
        self._refining.start(0)

    def _refine(self) -> None:
        """Draw one more frame, unless the cursor is moving: then later."""
        if self._steps is None:
            return
        if perf_counter() - self._moved_at < STILL_S:
            self._refining.start(REST_MS)
            return
        pixels = next(self._steps, None)
        if pixels is None:
            self._steps = None
            return
        self._compose(pixels)
        self._refining.start(4)

    def _stop_refining(self) -> None:
        self._refining.stop()
        self._steps = None

    def _compose(self, frame: Pixels | QImage) -> None:
        """Paint all that does not follow the cursor into one pixmap."""
        assert self._heart is not None
        assert self._view is not None
        width, height, view, look = self.width(), self.height(), self._view, self._look
        picture = QPixmap(*self._device_size(self.devicePixelRatioF()))
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self._moving or self._coarseness < 1.0)
        painter.drawImage(QRectF(0.0, 0.0, width, height), frame if isinstance(frame, QImage) else _image(frame))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._shape is not None:
            if not (self._stale or self._moving):
                scene_labels.draw_halo(painter, self._shape, view, width, height, look)
            self._line, _ = view.project(self._shape.points, width, height)
            self._labels = scene_labels.path_labels(self._shape, view, width, height)
        else:
            self._line, self._labels = np.zeros((0, 2)), ()
        scene_labels.draw_anatomy(painter, self._heart, self._shape, view, width, height, look)
        scene_labels.draw_cube(painter, QPointF(40.0, height - 40.0), view, look)
        self._draw_texts(painter)
        for y in (0, height - 1):
            painter.fillRect(QRectF(0.0, y, width, 1.0), QColor(look.line))
        painter.end()
        self._picture, self._walls = picture, None
        self._bead = self._bead_at(self._session.get(Cursor).t_ms)
        self.update()

    def _draw_texts(self, painter: QPainter) -> None:
        face = fonts.font(TYPE.secondary)
        second = self._look.text_second
        if self._stale:
            _draw_badge(painter, QPointF(12.0, 12.0), "Stale", self._look)
        elif self._shape is not None and self._explanation is not None:
            narrow = self.width() < NARROW_PX
            text = scene_labels.uncertainty_text(self._shape, short=narrow)
            draw_text(painter, QPointF(12.0, 50.0 if narrow else 26.0), text, face, second, self._look.panel)
            if self._explanation.terminal_region is not None and self._explanation.attribution.final:
                y = 67.0 if narrow else 44.0
                self._draw_terminal(painter, y, self._explanation.terminal_region)
        if self._flat_reason is not None:
            text = f"Flat picture: {self._flat_reason}."
            draw_text(painter, QPointF(80.0, self.height() - 44.0), text, face, second, self._look.panel)

    def _draw_terminal(self, painter: QPainter, y: float, region: str) -> None:
        """Say the one claim of the path, apart from the readout's geometry."""
        face, strong = fonts.font(TYPE.secondary), fonts.font(TYPE.secondary, fonts.SEMIBOLD)
        draw_text(painter, QPointF(12.0, y), "QRS ends:", face, self._look.text_second, self._look.panel)
        below = self.width() < NARROW_PX
        at = QPointF(12.0, y + 14.0) if below else QPointF(17.0 + text_width("QRS ends:", face), y)
        draw_text(painter, at, region, strong, self._look.text, self._look.panel)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the cached picture and paint labels, bead and readout over it."""
        painter = QPainter(self)
        if self._picture is None:
            scene_labels.ground(painter, QRectF(self.rect()), self._look)
            painter.end()
            if not self._asked:
                self._asked = True
                QTimer.singleShot(0, self.load)
            return
        ratio = self._picture.devicePixelRatio()
        touched = event.region()
        part = QRectF(event.rect())
        source = QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio)
        painter.drawPixmap(part, self._picture, source)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        near = tuple(label for label in self._labels if touched.intersects(_label_box(label)))
        scene_labels.draw_labels(painter, near, self._look, self._bead)
        if self._bead is not None and touched.intersects(_bead_box(self._bead)):
            scene_labels.draw_bead(painter, self._bead, self._look)
        if touched.intersects(self._chip_strip()):
            self._draw_chip(painter)
        if self._hovered is not None and touched.intersects(self._hover_strip()):
            self._draw_hovered(painter)
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(QColor(self._look.teal), SPACE.focus_ring))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(1.0, 1.0, self.width() - 2.0, self.height() - 2.0))
        painter.end()

    def _draw_chip(self, painter: QPainter) -> None:
        self._chip = QRectF()
        if self._shape is None or self._explanation is None or self._bead is None or self._stale:
            return
        t_ms = self._session.get(Cursor).t_ms
        index = int(np.abs(self._shape.sample_ms - t_ms).argmin())
        texts = scene_labels.chip_texts(t_ms, self._explanation.nearest[index])
        self._chip = scene_labels.draw_chip(painter, self.width() - 12.0, 8.0, texts, self._look)

    def _chip_strip(self) -> QRect:
        """Return where the readout may be."""
        width = min(self.width(), CHIP_WIDEST_PX)
        return QRect(self.width() - width, 4, width, 38)

    def _hover_strip(self) -> QRect:
        width = min(self.width(), CHIP_WIDEST_PX)
        return QRect(self.width() - width, 42, width, 22)

    def _draw_hovered(self, painter: QPainter) -> None:
        face, text = fonts.font(TYPE.caption), f"under the mouse: {self._hovered}"
        at = QPointF(self.width() - 12.0 - text_width(text, face), 55.0)
        draw_text(painter, at, text, face, self._look.text_second, self._look.panel)

    def _repaint_round(self, old: QPointF | None, new: QPointF | None) -> None:
        self.update(self._chip_strip())
        for bead in (old, new):
            if bead is not None:
                self.update(_bead_box(bead))
        for label in self._labels:
            if scene_labels.hidden_by(old, label) != scene_labels.hidden_by(new, label):
                self.update(_label_box(label))

    def _bead_at(self, t_ms: float) -> QPointF | None:
        if self._shape is None or self._view is None or self._picture is None or self._stale:
            return None
        point = self._shape.at(t_ms)
        if point is None:
            return None
        (place,), _ = self._view.project(point[None], self.width(), self.height())
        return QPointF(float(place[0]), float(place[1]))

    # Where things are

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit a named view again; a free one keeps its camera."""
        if self._heart is not None:
            if self._session.get(Camera).view is not None:
                self._view = None
            self._draw()
            self._resting.start()
        super().resizeEvent(event)

    def _look_from(self, view: View) -> None:
        self._view = view
        self._draw()
        self._resting.start()

    def _keep_view(self) -> None:
        """Tell the session where the camera stands; it is drawn already."""
        if self._heart is not None and self._view is not None:
            moving, self._moving = self._moving, True
            self._session.set(camera_of(self._view, self._heart))
            self._moving = moving

    def _time_at(self, at: QPointF, within_px: float) -> float | None:
        """Return the instant whose point of the path is nearest to px, None where none is as near as that."""
        if not len(self._line) or self._shape is None or self._stale:
            return None
        away = np.hypot(self._line[:, 0] - at.x(), self._line[:, 1] - at.y())
        nearest = int(away.argmin())
        return float(self._shape.time_ms[nearest]) if away[nearest] <= within_px else None

    def _set_hovered(self, name: str | None) -> None:
        if name != self._hovered:
            self._hovered = name
            self.update(self._hover_strip())

    def _wall_at(self, at: QPointF) -> int | None:
        """Return the point of the myocardium that is seen first under px."""
        if self._heart is None or self._view is None or self._picture is None:
            return None
        if self._walls is None:
            points = self._heart.walls_mm @ self._heart.axes
            self._walls = self._view.project(points, self.width(), self.height())
        places, scale = self._walls
        reach = 0.8 * self._heart.spacing_mm * float(scale.mean())
        near = np.flatnonzero((np.abs(places[:, 0] - at.x()) < reach) & (np.abs(places[:, 1] - at.y()) < reach))
        return int(near[scale[near].argmax()]) if len(near) else None


def _image(pixels: Pixels) -> QImage:
    """Lend rendered bytes to Qt for as long as they are being painted."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBX8888)


def _bead_box(at: QPointF) -> QRect:
    reach = scene_labels.BEAD_PX + 2.0
    return QRectF(at.x() - reach, at.y() - reach, 2.0 * reach, 2.0 * reach).toAlignedRect()


def _label_box(label: scene_labels.Label) -> QRect:
    return label.box.adjusted(-4.0, -4.0, 4.0, 4.0).toAlignedRect()


def _draw_badge(painter: QPainter, at: QPointF, text: str, look: Tokens) -> None:
    face = fonts.font(TYPE.caption, fonts.SEMIBOLD)
    box = QRectF(at.x(), at.y(), text_width(text, face) + 16.0, 20.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.line))
    painter.drawRoundedRect(box, SPACE.radius_badge, SPACE.radius_badge)
    draw_text(painter, QPointF(box.left() + 8.0, box.bottom() - 6.0), text, face, look.text_second)


def _is_same_path(one: Explanation | None, other: Explanation | None) -> bool:
    return one is not None and other is not None and np.array_equal(one.path.points_mm, other.path.points_mm)
