"""What mouse, wheel and keys do with the ventricles: turn, shift, zoom, and move the time along the path."""

from __future__ import annotations

from enum import Enum, auto

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent

from cineviewer.paint.scene_cut import STEP_MM, moved
from cineviewer.session import Camera, Cursor, Cut, Session
from cineviewer.ui.ventricles.picture import VentriclesPicture

PICK_PX = 9.0
TURN_DEG_PX = 0.45
TURN_DEG_KEY = 5.0


class Drag(Enum):
    """What the mouse does while a button is down."""

    NOTHING = auto()
    TURN = auto()
    PAN = auto()
    TIME = auto()


class VentriclesView(VentriclesPicture):
    """The picture, taken in hand.

    Dragging turns the heart, with Shift or the middle button shifts it, on the path moves the time cursor; the wheel
    goes nearer, with Ctrl it moves a cut; a double-click brings what is under it to the middle; Shift and the arrows
    turn.
    """

    def __init__(self, session: Session, *, three_d: bool = True) -> None:
        super().__init__(session, three_d=three_d)
        self._drag, self._last = Drag.NOTHING, QPointF()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the path, the heart, or (Shift or the middle button) the picture."""
        self._last = event.position()
        if event.button() == Qt.MouseButton.MiddleButton or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._drag = Drag.PAN
        elif event.button() == Qt.MouseButton.LeftButton:
            on_path = self._time_at(event.position(), PICK_PX) is not None
            self._drag = Drag.TIME if on_path else Drag.TURN
            self._drag_time(event.position())
        self._moving = self._drag in (Drag.TURN, Drag.PAN)
        self._set_hovered(None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the cursor along the path, or the camera; without a button, name what lies under the mouse."""
        at = event.position()
        by, self._last = at - self._last, at
        if self._drag is Drag.TIME:
            self._drag_time(at)
        elif self._drag is Drag.NOTHING:
            self._hover(at)
        elif self._view is not None:
            if self._drag is Drag.TURN:
                self._look_from(self._view.turned(-TURN_DEG_PX * by.x(), TURN_DEG_PX * by.y()))
            else:
                self._look_from(self._view.moved(by.x(), by.y(), self.height()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a moved camera is kept in the session."""
        moved, self._drag = self._moving, Drag.NOTHING
        if moved:
            self._keep_view()
            self._moving = False
            self._order()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Bring what was clicked to the middle; beside the heart, fit the whole of it."""
        self._drag, self._moving = Drag.NOTHING, False
        found = self._wall_at(event.position())
        if found is None or self._frame is None or self._view is None:
            self._session.set(Camera())
            return
        heart = self._frame.heart
        point = heart.walls_mm[found].astype(np.float64) @ heart.axes
        self._look_from(self._view.at(np.asarray(point, dtype=np.float64)))
        self._keep_view()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go nearer or farther; with Ctrl, move the plane along which the heart is cut."""
        steps = event.angleDelta().y() / 120.0 or event.pixelDelta().y() / 40.0
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._move_cut(steps * STEP_MM)
            event.accept()
            return
        if self._view is not None and steps:
            self._look_from(self._view.nearer(1.1**steps))
            self._keep_view()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn the heart by Shift and an arrow; plain arrows belong to the time cursor."""
        turn = {
            Qt.Key.Key_Left: (-1.0, 0.0),
            Qt.Key.Key_Right: (1.0, 0.0),
            Qt.Key.Key_Up: (0.0, 1.0),
            Qt.Key.Key_Down: (0.0, -1.0),
        }.get(Qt.Key(event.key()))
        if turn is None or self._view is None or not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
            return
        self._look_from(self._view.turned(TURN_DEG_KEY * turn[0], TURN_DEG_KEY * turn[1]))
        self._keep_view()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus where it came by the keyboard."""
        self._by_keyboard = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        self.update()
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what lay under the mouse."""
        self._set_hovered(None)
        super().leaveEvent(event)

    def _move_cut(self, deeper_mm: float) -> None:
        if self._view is not None and self._frame is not None:
            self._session.set(moved(self._session.get(Cut), deeper_mm, self._view, self._frame.heart))

    def _drag_time(self, at: QPointF) -> None:
        t_ms = self._time_at(at, np.inf) if self._drag is Drag.TIME else None
        if t_ms is not None:
            self._session.set(Cursor(t_ms))

    def _hover(self, at: QPointF) -> None:
        """Say what lies under the mouse: a part of the path, or a wall."""
        t_ms = self._time_at(at, PICK_PX)
        self.setCursor(Qt.CursorShape.ArrowCursor if t_ms is None else Qt.CursorShape.PointingHandCursor)
        frame, text = self._frame, None
        if frame is not None and t_ms is not None and frame.shape is not None:
            text = f"path: {frame.shape.part_at(t_ms)}"
        elif frame is not None and (found := self._wall_at(at)) is not None:
            text = f"under the mouse: {frame.heart.label_names[int(frame.heart.wall_labels[found])]}"
        self._set_hovered(text)
