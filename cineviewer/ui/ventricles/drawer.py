"""Draws the frames of the ventricles in a thread of its own, so that the window never waits for one.

VTK lets go of the interpreter while it renders. The newest order is drawn plainly at once; once no other has come for
a while its edges are smoothed pass by pass, and never while the cursor moves.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, QPointF, QTimer, Signal
from PySide6.QtGui import QImage

from cineviewer.cine import TrueWindow, fits
from cineviewer.ecg import Doubles, Explanation, Floats
from cineviewer.heart import Heart, load
from cineviewer.paint import scene_flat, scene_sight
from cineviewer.paint.scene import Pixels, Scene
from cineviewer.paint.scene_camera import View, view_of
from cineviewer.paint.scene_cut import CutPlane, cut_plane
from cineviewer.paint.scene_labels import Label, path_labels
from cineviewer.paint.scene_path import Mark, PathShape, path_shape
from cineviewer.paint.tokens import tokens
from cineviewer.ui.ventricles import gl
from cineviewer.ui.ventricles.frame import NARROW_PX, Frame, Order, compose, kept, paint_over

THREADED = sys.platform != "darwin"
"""Cocoa lets windows, hidden ones included, be made in the first thread alone."""
REST_S = 0.12
"""How long no order must have come before a frame is refined."""
STILL_S = 0.15
"""How long the cursor must have stood still for the same."""
GIVE_WAY_S = 0.001
"""The window's thread waits no longer for the interpreter than this; Python's own 5 ms would be felt."""
SLOW_S, FAST_S, COARSEST = 0.020, 0.012, 0.5
SLOW_PLAY_S, FAST_PLAY_S, QUICK_BELOW = 0.045, 0.025, 0.75
TRUE_FRONT = "true front (simulated)"
_END_S = 5.0
_CLEAR_STEP = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Over:
    """What lies over the walls of an order with simulated truth, and what else does not follow the cursor."""

    order: Order
    view: View
    shape: PathShape | None
    image: QImage
    labels: tuple[Label, ...]
    tube_mm: Floats | None

    def fits(self, order: Order, view: View, shape: PathShape | None) -> bool:
        """Return whether another order differs by nothing but the cursor."""
        return view is self.view and shape is self.shape and _parts(self.order) == _parts(order)


def _parts(order: Order) -> tuple[object, ...]:
    told = order.explanation, order.truth, order.stale, order.look, order.width, order.height, order.ratio
    return (*told, order.moving, order.cut)


class Drawer(QObject):
    """Takes orders, sends frames.

    Parameters
    ----------
    three_d
        False for the flat projection.
    threaded
        Whether a thread draws; else the event loop does, between other events.
    """

    framed = Signal(object)
    """A Frame is finished."""

    def __init__(self, *, three_d: bool, threaded: bool = THREADED) -> None:
        super().__init__()
        self.flat_reason: str | None = None
        self._three_d = three_d
        self._next: Order | None = None
        self._closing = False
        self._disturbed_s = 0.0
        self._scene: Scene | None = None
        self._heart: Heart | None = None
        self._begun = False
        self._shaped: tuple[Explanation, bool, PathShape] | None = None
        self._sides: tuple[int, ...] | None = None
        self._coarseness, self._play_coarseness = 0.8, 1.0
        self._over: _Over | None = None
        self._resting: Frame | None = None  # drawn plainly, waits for its smooth edges
        self._smooth_s = 0.0
        self._passes: Iterator[Pixels] | None = None
        self._pixels: Pixels | None = None
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self, singleShot=True)
        if threaded:
            sys.setswitchinterval(min(GIVE_WAY_S, sys.getswitchinterval()))
            self._thread = threading.Thread(target=self._run, name="ventricles", daemon=True)
            self._thread.start()
        else:
            self._timer.timeout.connect(self._tick)

    def order(self, order: Order) -> None:
        """Ask for a frame; of several orders the newest is drawn."""
        with self._wake:
            self._next = order
            self._wake.notify()
        if self._thread is None:
            self._timer.start(0)

    def disturb(self) -> None:
        """Say that the cursor moves: no edge is smoothed now."""
        self._disturbed_s = perf_counter()

    def close(self) -> None:
        """Give VTK's window back; afterwards nothing is drawn."""
        with self._wake:
            already, self._closing = self._closing, True
            self._wake.notify()
        self._timer.stop()
        if self._thread is not None:
            self._thread.join(_END_S)
        elif not already:
            self._end()

    # Who drives

    def _run(self) -> None:
        self._begin()
        pause_s: float | None = None
        while True:
            with self._wake:
                if self._next is None and not self._closing:
                    self._wake.wait(pause_s)
                if self._closing:
                    break
            pause_s = self._turn()
        self._end()

    def _tick(self) -> None:
        if not self._begun:
            self._begin()
        pause_s = self._turn()
        if pause_s is not None:
            self._timer.start(round(1000.0 * pause_s))

    # What is done

    def _begin(self) -> None:
        """Find out, once, how to draw."""
        self.flat_reason = gl.fault() if self._three_d else "3D is switched off"
        self._begun = True

    def _take_heart(self, heart: Heart) -> None:
        """Make the scene of a heart, unless it is that of the last frame."""
        if self._heart is not None and self._heart.sha256 == heart.sha256:
            return
        self._end()
        self._heart, self._shaped, self._resting = heart, None, None
        if self.flat_reason is not None:
            return
        marker = gl.begin()
        try:
            self._scene = Scene(self._heart, tokens(dark=False))
        except (ImportError, RuntimeError) as error:
            self.flat_reason = f"VTK cannot be used ({error})"
        else:
            if not self._scene.works:
                self.flat_reason = "OpenGL is not available"
                self._scene = None
        gl.end(marker)

    def _end(self) -> None:
        self._passes = None
        if self._scene is not None:
            self._scene.close()
            self._scene = None

    def _turn(self) -> float | None:
        """Do one piece of work; return the seconds until the next, None where there is none."""
        with self._wake:
            order, self._next = self._next, None
        if order is not None:
            frame = self._plain(order)
            self.framed.emit(frame)
            self._passes, self._resting = None, None if frame.fine or order.moving else frame
            self._smooth_s = perf_counter() + REST_S
        if self._resting is None:
            return None
        wait_s = max(self._smooth_s, self._disturbed_s + STILL_S) - perf_counter()
        if wait_s > 0.0:
            return wait_s
        self._smooth(self._resting)
        return 0.002

    def _plain(self, order: Order) -> Frame:
        """Draw one frame at once."""
        self._take_heart(order.heart or load())
        assert self._heart is not None
        shape = self._shape_of(order)
        view = order.view or view_of(order.camera, self._heart, order.width, order.height)
        if self._scene is None:
            size = order.width, order.height
            rendered = scene_flat.picture(self._heart, shape, view, size, order.look, stale=order.stale)
            return self._frame(order, rendered, view, shape, None, np.zeros(0), fine=True)
        self._scene.set_look(order.look)
        self._scene.set_path(shape, stale=order.stale)
        self._scene.set_cut(self._plane_of(order))
        truth = self._truth_of(order)
        self._scene.set_truth(truth.beat if truth is not None else None)
        if truth is not None:
            self._scene.set_moment(order.t_ms + truth.shift_ms)
        started = perf_counter()
        coarseness = self._coarseness if order.moving else self._play_coarseness if order.playing else 1.0
        quick = order.moving or (order.playing and coarseness < QUICK_BELOW)
        pixels = self._scene.render(view, *order.device_size(coarseness), quick=quick)
        if order.playing and self._over is not None and self._over.fits(order, view, shape):
            tube_mm = self._over.tube_mm
        else:
            tube_mm = None if shape is None or order.moving or coarseness < 1.0 else self._scene.path_depth()
        self._adapt(order, perf_counter() - started)
        return self._frame(order, _image(pixels), view, shape, tube_mm, np.zeros(0), fine=False)

    def _smooth(self, plain: Frame) -> None:
        """Draw one more pass; after the last the frame is finished."""
        assert self._scene is not None
        if self._passes is None:
            self._passes = self._scene.refine(plain.view, *plain.order.device_size())
        pixels = next(self._passes, None)
        if pixels is not None:
            self._pixels = pixels
            return
        self._resting, self._passes = None, None
        assert self._pixels is not None
        clear = self._clearness(plain.view, plain.shape, plain.plane)
        rendered = _image(self._pixels)
        self.framed.emit(self._frame(plain.order, rendered, plain.view, plain.shape, plain.tube_mm, clear, fine=True))

    def _frame(
        self,
        order: Order,
        rendered: QImage,
        view: View,
        shape: PathShape | None,
        tube_mm: Floats | None,
        clear: Doubles,
        *,
        fine: bool,
    ) -> Frame:
        assert self._heart is not None
        truth, plane = self._truth_of(order), self._plane_of(order)
        paint = partial(
            paint_over,
            order=order,
            heart=self._heart,
            view=view,
            shape=shape,
            plane=plane,
            truth=truth,
            flat_reason=self.flat_reason,
        )
        if truth is None or order.moving:
            labels = self._labels(order, view, shape)
            image = compose(order, rendered, paint)
        else:
            # While only the cursor moves, what lies over the walls is painted once.
            if self._over is None or not self._over.fits(order, view, shape):
                self._over = _Over(order, view, shape, kept(order, paint), self._labels(order, view, shape), tube_mm)
            labels, over = self._over.labels, self._over.image
            image = compose(order, rendered, lambda painter: painter.drawImage(QPointF(0.0, 0.0), over))
        return Frame(order, self._heart, image, view, shape, labels, tube_mm, clear, fine, plane, truth)

    def _plane_of(self, order: Order) -> CutPlane | None:
        """Return where the heart is cut; a flat picture is not."""
        assert self._heart is not None
        return cut_plane(order.cut, self._heart) if self._scene is not None else None

    def _labels(self, order: Order, view: View, shape: PathShape | None) -> tuple[Label, ...]:
        """Place the path's labels; while the hand moves they keep their sides."""
        if shape is None:
            return ()
        truth = self._truth_of(order)
        more: tuple[Mark, ...] = ()
        if truth is not None and order.width >= NARROW_PX:
            assert self._heart is not None
            more = (Mark(TRUE_FRONT, _farthest(truth.beat.front_mm @ self._heart.axes, shape.points), true=True),)
        sides = self._sides if order.moving else None
        labels = path_labels(shape, view, order.width, order.height, sides, more)
        self._sides = tuple(label.side for label in labels)
        return labels

    def _truth_of(self, order: Order) -> TrueWindow | None:
        """Return the truth that is to be drawn, where it fits the heart."""
        assert self._heart is not None
        if order.truth is None or order.stale or not fits(order.truth.beat, self._heart):
            return None
        return order.truth

    def _shape_of(self, order: Order) -> PathShape | None:
        """Shape the path, unless it is the one of the last frame."""
        explanation, dark = order.explanation, order.look.dark
        if explanation is None:
            return None
        if self._shaped is None or self._shaped[0] is not explanation or self._shaped[1] != dark:
            assert self._heart is not None
            shape = path_shape(explanation, self._heart, order.look.trace, dark=dark)
            self._shaped = explanation, dark, shape
        return self._shaped[2]

    def _clearness(self, view: View, shape: PathShape | None, plane: CutPlane | None) -> Doubles:
        if shape is None:
            return np.zeros(0)
        assert self._heart is not None
        at = np.unique([*range(0, len(shape.points), _CLEAR_STEP), len(shape.points) - 1])
        found = scene_sight.clearness(self._heart, view, shape.points[at], plane)
        return np.interp(np.arange(len(shape.points)), at, found)

    def _adapt(self, order: Order, seconds: float) -> None:
        """Render fewer pixels while the hand moves, where a frame takes too long."""
        if order.playing and not order.moving:
            slower = seconds > SLOW_PLAY_S
            share = self._play_coarseness * (0.85 if slower else 1.1 if seconds < FAST_PLAY_S else 1.0)
            self._play_coarseness = min(1.0, max(COARSEST, share))
        elif order.moving and seconds > SLOW_S:
            self._coarseness = max(COARSEST, 0.85 * self._coarseness)
        elif order.moving and seconds < FAST_S:
            self._coarseness = min(1.0, self._coarseness / 0.9)


def _farthest(points: Doubles, line: Doubles) -> Doubles:
    """Return the point that is farthest from a line: there is room for its name."""
    away = np.linalg.norm(points[:, None] - line[None, ::3], axis=2).min(axis=1)
    return np.asarray(points[int(away.argmax())], dtype=np.float64)


def _image(pixels: Pixels) -> QImage:
    """Lend rendered bytes to Qt for as long as they are being painted."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBX8888)
