"""The picture of the ventricles: the newest frame, and bead and readout painted over it.

Moving the time cursor draws no frame: a few small rectangles are painted again. Frames come from the drawer when they
are done; until then what is on screen is said to be stale.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cineviewer.cine import TrueWindow, true_window
from cineviewer.ecg import Explanation
from cineviewer.heart import Heart
from cineviewer.paint import fonts, scene_labels
from cineviewer.paint.paper import draw_text, text_width
from cineviewer.paint.scene import STALE
from cineviewer.paint.scene_bead import BEAD_PX, Bead, draw_bead
from cineviewer.paint.scene_camera import View, camera_of
from cineviewer.paint.tokens import SPACE, TYPE
from cineviewer.session import Camera, Cursor, Cut, Engine, Look, Reveal, Session, Shown
from cineviewer.truth import Truth
from cineviewer.ui import rounds, theme
from cineviewer.ui.fade import Fade
from cineviewer.ui.ventricles.drawer import Drawer
from cineviewer.ui.ventricles.frame import Frame, Order, draw_badge

CHIP_WIDEST_PX = 330
WIDE_PX = 600
"""From this width on both readouts have room for all of their words."""
SAME_PLACE_PX = 2.0


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
    """A first frame is on screen."""

    def __init__(self, session: Session, *, three_d: bool = True) -> None:
        super().__init__()
        self._session = session
        self._look = theme.tokens_of(session)
        self._explanation: Explanation | None = None
        self._stale = False
        self._heart: Heart | None = None
        self._awaits_heart = False
        self._known: Truth | None = None
        self._truth: TrueWindow | None = None
        self._view: View | None = None  # where the hand has brought the camera; None for the session's, fitted
        self._number = 0
        self._frame: Frame | None = None
        self._bead: Bead | None = None
        self._chip = QRectF()
        self._hovered: str | None = None
        self._moving = False  # whether the hand is moving the camera
        self._by_keyboard = False
        self._closed, self._told = False, False
        self._fade: Fade[QImage] = Fade(self)
        self._drawer = Drawer(three_d=three_d)
        self._drawer.framed.connect(self._receive)
        self._set_up()

    def _set_up(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Activation path in the ventricles")
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close_scene)
        self._take(self._session.shown)
        self._session.on(Cursor, self._move_bead)
        self._session.on(Camera, self._aim)
        self._session.on(Cut, self._open)
        self._session.on(Shown, self._take)
        self._session.on(Look, self._restyle)
        self._session.on(Reveal, self._reveal)

    # What the pane asks

    @property
    def flat_reason(self) -> str | None:
        """Why the heart is drawn flat; None in 3D."""
        return self._drawer.flat_reason

    @property
    def frame_number(self) -> int:
        """The number of the order whose frame is on screen, 0 before the first."""
        return self._frame.order.number if self._frame is not None else 0

    def close_scene(self) -> None:
        """Give VTK's window back; afterwards no frame is drawn."""
        self._closed = True
        self._fade.drop()
        self._drawer.close()

    def is_fine(self) -> bool:
        """Return whether the picture is finished: nothing moves, nothing is refined."""
        frame = self._frame
        return frame is not None and frame.fine and not self._waits() and self._fade.before is None

    # What the session tells

    def _move_bead(self, cursor: Cursor) -> None:
        self._drawer.disturb()
        old, self._bead = self._bead, self._bead_at(cursor.t_ms)
        if self._truth is None:
            self._repaint_round(old, self._bead)
        else:
            self._order(playing=True)  # the walls follow the cursor

    def _aim(self, _camera: Camera) -> None:
        if not self._moving:
            self._view = None
            self._order()

    def _open(self, _cut: Cut) -> None:
        self._order()

    def _take(self, shown: Shown) -> None:
        explanation = shown.case.explanation if shown.case is not None else None
        heart = shown.case.heart if shown.case is not None else None
        # A heart that is still being read: what is on screen stays, rather than the generic one for a moment.
        awaits = heart is None and shown.progress is not None and self._session.get(Engine).heart is not None
        known = shown.case.truth if shown.case is not None else None
        told = explanation, heart, shown.stale, awaits, known
        if not _is_same_heart(heart, self._heart) and self._session.get(Camera).view is not None:
            self._view = None  # a named view is fitted to each heart
        if told != (self._explanation, self._heart, self._stale, self._awaits_heart, self._known):
            self._explanation, self._heart, self._stale, self._awaits_heart, self._known = told
            self._truth = self._truth_shown()
            self._number += 1  # what is on screen is no longer the newest
            self._place_bead()
            self.update()
            # In a round of its own: the drawer would take turns at the interpreter with what paints the traces.
            rounds.later(self._order)

    def _reveal(self, _reveal: Reveal) -> None:
        self._truth = self._truth_shown()
        self._order()

    def _truth_shown(self) -> TrueWindow | None:
        """Return what is true of the beat on screen, where it is known and asked for."""
        if self._known is None or self._explanation is None or not self._session.get(Reveal).truth:
            return None
        return true_window(self._known, self._explanation.window)

    def _restyle(self, _look: Look) -> None:
        look = theme.tokens_of(self._session)
        if look.dark != self._look.dark:
            self._look = look
            self._order()

    # Frames

    def _order(self, *, playing: bool = False) -> None:
        """Have a frame drawn of what is now; `playing` where nothing but the cursor has changed since the last."""
        if self._closed or self._awaits_heart or not self.isVisible() or self.width() < 2 or self.height() < 2:
            return
        self._number += 1
        camera, size = self._session.get(Camera), (self.width(), self.height())
        told = self._explanation, self._stale, self._look
        order = Order(
            self._number, *told, camera, self._view, *size, self.devicePixelRatioF(), self._moving, self._heart,
            self._session.get(Cut), truth=self._truth, t_ms=self._cursor_ms, playing=playing,
        )  # fmt: skip
        self._drawer.order(order)
        self._place_bead()
        self.update()

    def _receive(self, frame: Frame) -> None:
        """Put a frame on screen; where only the evidence has changed it comes softly."""
        before, self._frame = self._frame, frame
        if before is not None and _is_sharper(before, frame):
            self._fade.begin(before.image)
        elif before is None or before.order is not frame.order:
            self._fade.drop()
        if self._view is None and not self._waits():
            self._view = frame.view
        self._place_bead()
        self.update()

    def _waits(self) -> bool:
        """Return whether a newer frame than the one on screen is being drawn."""
        return self._frame is None or self._frame.order.number != self._number

    def _is_of_another(self) -> bool:
        """Return whether the frame on screen shows an explanation that is not the one beside it."""
        frame = self._frame
        if frame is None or (frame.order.explanation is self._explanation and not self._awaits_heart):
            return False
        return not _is_same_heart(frame.order.heart, self._heart) or not _is_same_path(
            frame.order.explanation, self._explanation
        )

    def _fits(self, frame: Frame) -> bool:
        return (frame.order.width, frame.order.height) == (self.width(), self.height())

    @property
    def _cursor_ms(self) -> float:
        return self._session.get(Cursor).t_ms

    def _place_bead(self) -> None:
        self._bead = self._bead_at(self._cursor_ms)

    def _bead_at(self, t_ms: float) -> Bead | None:
        frame = self._frame
        if frame is None or self._stale or self._is_of_another() or not self._fits(frame):
            return None
        return frame.bead(t_ms)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the frame and paint labels, bead and readout over it."""
        painter = QPainter(self)
        frame = self._frame
        if frame is None:
            scene_labels.ground(painter, QRectF(self.rect()), self._look)
            painter.end()
            return
        self._paint_frame(painter, frame, event.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._stale or self._is_of_another():
            draw_badge(painter, QPointF(12.0, 12.0), "Stale", self._look)
        self._paint_over(painter, frame, event)
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(QPen(QColor(self._look.teal), SPACE.focus_ring))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(1.0, 1.0, self.width() - 2.0, self.height() - 2.0))
        painter.end()
        if not self._told:
            self._told = True
            self.drawn.emit()

    def _paint_frame(self, painter: QPainter, frame: Frame, part: QRect) -> None:
        """Copy the frame; faded if it is another explanation's, in the middle if it was drawn for another size."""
        order = frame.order
        fits, another = self._fits(frame), self._is_of_another()
        if another or not fits:
            scene_labels.ground(painter, QRectF(self.rect()), self._look)
            painter.setOpacity(STALE if another else 1.0)
        if not fits:
            scale = self.height() / order.height
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            left = 0.5 * (self.width() - scale * order.width)
            painter.drawImage(QRectF(left, 0.0, scale * order.width, self.height()), frame.image)
        elif self._fade.before is not None:
            _copy(painter, self._fade.before, part)
            painter.setOpacity(self._fade.share)
            _copy(painter, frame.image, part)
        else:
            _copy(painter, frame.image, part)
        painter.setOpacity(1.0)

    def _paint_over(self, painter: QPainter, frame: Frame, event: QPaintEvent) -> None:
        """Paint what follows the cursor and the mouse."""
        if self._is_of_another() or not self._fits(frame):
            return
        touched = event.region()
        near = tuple(label for label in frame.labels if touched.intersects(_label_box(label)))
        place = self._bead.place if self._bead is not None else None
        scene_labels.draw_labels(painter, near, self._look, place)
        self._paint_truth(painter, frame, place)
        if self._bead is not None and touched.intersects(_bead_box(self._bead)):
            draw_bead(painter, self._bead, frame.tube_mm, frame.order.ratio, self._look)
        if touched.intersects(self._chip_strip()):
            self._paint_chip(painter, frame)
        if self._hovered is not None and touched.intersects(self._hover_strip()):
            self._paint_hovered(painter, self._hovered)

    def _paint_truth(self, painter: QPainter, frame: Frame, bead: QPointF | None) -> None:
        """Paint where the true front is, tied to the bead."""
        found = frame.true_front(self._cursor_ms) if self._truth is not None else None
        if found is not None:
            scene_labels.draw_true_front(painter, found[0], bead, self._look)

    def _paint_true_chip(self, painter: QPainter, frame: Frame, right: float) -> QRectF:
        """Paint how far the true front is from the path, and how much muscle is active."""
        assert frame.truth is not None
        found = frame.true_front(self._cursor_ms)
        texts = scene_labels.truth_texts(frame.truth, self._cursor_ms, found[1] if found is not None else None)
        return scene_labels.draw_chip(painter, right, 8.0, texts, self._look, true=True)

    def _paint_chip(self, painter: QPainter, frame: Frame) -> None:
        self._chip = QRectF()
        if frame.shape is None or self._explanation is None or self._bead is None:
            return
        t_ms = self._cursor_ms
        index = int(np.abs(frame.shape.sample_ms - t_ms).argmin())
        time, place = scene_labels.chip_texts(t_ms, self._explanation.nearest[index])
        right = self.width() - 12.0
        if frame.truth is not None and self._truth is not None:
            right = self._paint_true_chip(painter, frame, right).left() - 6.0
            place = place if self.width() >= WIDE_PX else ""
        self._chip = scene_labels.draw_chip(painter, right, 8.0, (time, place), self._look)

    def _paint_hovered(self, painter: QPainter, text: str) -> None:
        face = fonts.font(TYPE.caption)
        at = QPointF(self.width() - 12.0 - text_width(text, face), 55.0)
        draw_text(painter, at, text, face, self._look.text_second, self._look.panel)

    def _chip_strip(self) -> QRect:
        """Return where the readout may be."""
        width = min(self.width(), CHIP_WIDEST_PX)
        return QRect(self.width() - width, 4, width, 38)

    def _hover_strip(self) -> QRect:
        width = min(self.width(), CHIP_WIDEST_PX)
        return QRect(self.width() - width, 42, width, 22)

    def _repaint_round(self, old: Bead | None, new: Bead | None) -> None:
        self.update(self._chip_strip())
        for bead in (old, new):
            if bead is not None:
                self.update(_bead_box(bead))
        places = [bead.place if bead is not None else None for bead in (old, new)]
        for label in self._frame.labels if self._frame is not None else ():
            if scene_labels.hidden_by(places[0], label) != scene_labels.hidden_by(places[1], label):
                self.update(_label_box(label))

    # Where things are

    def showEvent(self, event: QShowEvent) -> None:
        """Have drawn what has changed while nobody saw it."""
        super().showEvent(event)
        self._order()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit a named view again; a free one keeps its camera."""
        super().resizeEvent(event)
        if self._session.get(Camera).view is not None:
            self._view = None
        self._order()

    def _look_from(self, view: View) -> None:
        self._view = view
        self._order()

    def _keep_view(self) -> None:
        """Tell the session where the camera stands; it is ordered already."""
        if self._frame is not None and self._view is not None:
            moving, self._moving = self._moving, True
            self._session.set(camera_of(self._view, self._frame.heart))
            self._moving = moving

    def _time_at(self, at: QPointF, within_px: float) -> float | None:
        """Return the instant whose point of the path is nearest to px, None where none is as near as that.

        Where the path crosses or covers itself, of the stretches that lie there the one nearest to the cursor in time:
        a drag along the path never jumps to another stretch.
        """
        frame = self._frame
        if frame is None or frame.shape is None or self._stale or self._is_of_another():
            return None
        away = np.hypot(frame.line[:, 0] - at.x(), frame.line[:, 1] - at.y())
        if away.min() > within_px:
            return None
        there = np.asarray(frame.shape.time_ms)[away <= away.min() + SAME_PLACE_PX]
        return float(there[np.abs(there - self._session.get(Cursor).t_ms).argmin()])

    def _set_hovered(self, text: str | None) -> None:
        if text != self._hovered:
            self._hovered = text
            self.update(self._hover_strip())

    def _wall_at(self, at: QPointF) -> int | None:
        """Return the point of the myocardium that is seen first under px."""
        if self._frame is None:
            return None
        places, scale = self._frame.walls
        reach = 0.8 * self._frame.heart.spacing_mm * float(scale.mean())
        close = (np.abs(places[:, 0] - at.x()) < reach) & (np.abs(places[:, 1] - at.y()) < reach)
        near = np.flatnonzero(close & self._frame.kept)
        return int(near[scale[near].argmax()]) if len(near) else None


def _copy(painter: QPainter, image: QImage, part: QRect) -> None:
    ratio = image.devicePixelRatio()
    source = QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio)
    painter.drawImage(QRectF(part), image, source)


def _bead_box(bead: Bead) -> QRect:
    reach, at = BEAD_PX + 2.0, bead.place
    return QRectF(at.x() - reach, at.y() - reach, 2.0 * reach, 2.0 * reach).toAlignedRect()


def _label_box(label: scene_labels.Label) -> QRect:
    return label.box.adjusted(-4.0, -4.0, 4.0, 4.0).toAlignedRect()


def _is_sharper(before: Frame, after: Frame) -> bool:
    """Return whether two frames show the same from the same place, but for the evidence."""
    one, other = before.order, after.order
    if one.explanation is other.explanation or one.moving or other.moving or one.look.dark != other.look.dark:
        return False
    same_place = np.array_equal(before.view.position, after.view.position) and one.width == other.width
    same_place = same_place and one.cut == other.cut
    return same_place and one.height == other.height and one.ratio == other.ratio


def _is_same_heart(one: Heart | None, other: Heart | None) -> bool:
    return one is other or (one is not None and other is not None and one.sha256 == other.sha256)


def _is_same_path(one: Explanation | None, other: Explanation | None) -> bool:
    return one is not None and other is not None and np.array_equal(one.path.points_mm, other.path.points_mm)
