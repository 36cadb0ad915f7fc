"""A sheet with the cursor on it: a cached layer, and over it the cursor in strips that are repainted alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from cineviewer.ecg import LEADS, Floats
from cineviewer.paint import paper
from cineviewer.paint.fonts import SEMIBOLD, font, number
from cineviewer.paint.layout import Area, Cell, Plan
from cineviewer.paint.tokens import SPACE, TYPE, WIDTH, Tokens
from cineviewer.session import Cursor, Session
from cineviewer.ui.case_view import CaseView
from cineviewer.ui.fade import Fade

DOT_PX = 3.6
CASING_PX = 1.0
_STRIP_PX = 6


class Strip(NamedTuple):
    """One upright piece of the cursor: its line, a dot on each trace it crosses, and the tag's place or None."""

    x: float
    top: float
    bottom: float
    dots: tuple[tuple[float, float], ...] = ()
    tag_top: float | None = None


class Sheet(QWidget):
    """Base of the sheets: layer, cursor and dragging; a sheet says what its layer and its strips are."""

    def __init__(self, session: Session, name: str) -> None:
        super().__init__()
        self.session = session
        self.view: CaseView | None = None
        self._layer: QPixmap | None = None
        self._fade: Fade[QPixmap] = Fade(self)
        self._strips: tuple[Strip, ...] = ()
        self._tag = ""
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        session.on(Cursor, self._follow_cursor)

    # What a sheet must say.

    def arrange(self) -> None:
        """Derive the geometry from view and size, where it is kept."""

    def paint_layer(self, painter: QPainter, view: CaseView) -> None:
        """Draw what does not change with the cursor."""

    def strips(self, t_ms: float) -> tuple[Strip, ...]:
        """Return the cursor's pieces at an instant."""
        raise NotImplementedError

    def time_ms(self, at: QPointF) -> float | None:
        """Return the instant under a point, in ms after the window's start; None where there is none."""
        raise NotImplementedError

    def tokens(self, view: CaseView) -> Tokens:
        """Return the colours of the sheet; its paper may be light in a dark window."""
        return view.sheet_look

    # What all sheets do.

    def show_view(self, view: CaseView | None) -> None:
        """Draw another view; where only the evidence has become sharper it comes softly."""
        before, layer = self.view, self._layer
        self.view = view
        self.refresh()
        if layer is not None and before is not None and view is not None and _is_sharper(before, view):
            self._fade.begin(layer)

    def refresh(self) -> None:
        """Draw the layer anew at the next chance."""
        self._layer = None
        self._fade.drop()
        if self.view is not None and self.width() > 1:
            self.arrange()
            self._place_cursor(self.session.get(Cursor).t_ms)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Derive the geometry anew: more room shows more, never larger."""
        super().resizeEvent(event)
        self.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Put the layer's part and the cursor's strips on screen."""
        if self.view is None:
            QPainter(self).fillRect(event.rect(), self.palette().window())
            return
        layer = self._whole_layer(self.view)
        painter = QPainter(self)
        if self._fade.before is not None:
            painter.drawPixmap(0, 0, self._fade.before)
            painter.setOpacity(self._fade.share)
        painter.drawPixmap(0, 0, layer)
        painter.setOpacity(1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_over(painter, self.view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        look = self.tokens(self.view)
        for strip in self._strips:
            draw_strip(painter, strip, self._tag, look)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_above(painter, self.view)
        if self.hasFocus():
            draw_focus(painter, self, look)
        painter.end()

    def paint_over(self, painter: QPainter, view: CaseView) -> None:
        """Draw what lies between layer and cursor."""

    def paint_above(self, painter: QPainter, view: CaseView) -> None:
        """Draw what no cursor may cross."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the cursor here."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._move_cursor(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the cursor along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move_cursor(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the pane: it scrolls the record."""
        event.ignore()

    def _move_cursor(self, at: QPointF) -> None:
        t_ms = self.time_ms(at)
        if t_ms is not None:
            self.session.set(Cursor(float(round(t_ms))))

    def _follow_cursor(self, cursor: Cursor) -> None:
        if self.view is not None and self.isVisible():
            before = self._region()
            self._place_cursor(cursor.t_ms)
            self.update(before.united(self._region()))

    def _place_cursor(self, t_ms: float) -> None:
        self._strips = self.strips(t_ms)
        in_record = self.view is not None and self.view.window is None
        self._tag = f"{t_ms / 1000.0:.3f} s" if in_record else f"{number(t_ms)} ms"

    def _region(self) -> QRegion:
        region = QRegion()
        for strip in self._strips:
            left = int(strip.x) - _STRIP_PX
            region += QRect(left, int(strip.top), 2 * _STRIP_PX + 1, int(strip.bottom - strip.top) + 2)
            if strip.tag_top is not None:
                region += tag_box(strip, self._tag).toAlignedRect().adjusted(-1, -1, 1, 1)
        return region

    def _whole_layer(self, view: CaseView) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._layer is None or self._layer.devicePixelRatioF() != ratio:
            layer = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
            layer.setDevicePixelRatio(ratio)
            layer.fill(QColor(self.tokens(view).paper))
            painter = QPainter(layer)
            self.paint_layer(painter, view)
            painter.end()
            self._layer = layer
        return self._layer


def _is_sharper(before: CaseView, after: CaseView) -> bool:
    """Return whether two views show the same beat of a record alike, but for the evidence."""
    if before.evidence is None or after.evidence is None or after.explanation is before.explanation:
        return False
    same_beat = (before.case.record.sha256, before.kind, before.beat_index, before.start_s) == (
        after.case.record.sha256, after.kind, after.beat_index, after.start_s
    )  # fmt: skip
    return same_beat and (before.paper, before.overlay, before.look, before.sheet_look) == (
        after.paper, after.overlay, after.look, after.sheet_look
    )  # fmt: skip


def cell_strips(
    plan: Plan, cells: tuple[Cell, ...], time_s: float, signal_mv: Floats, rate_hz: float, first_s: float
) -> Iterator[Strip]:
    """Yield one strip a column of cells at a time, with a dot on each trace.

    `signal_mv` (12, n) begins at `first_s` in the cells' time.
    """
    sample = round((time_s - first_s) * rate_hz)
    inside = 0 <= sample < signal_mv.shape[1]
    for column in sorted({cell.column for cell in cells}):
        members = [cell for cell in cells if cell.column == column]
        x = plan.x_of(members[0], time_s)
        dots = []
        for cell in members if inside else ():
            voltage = float(signal_mv[LEADS.index(cell.lead), sample])
            if np.isfinite(voltage):
                dots.append((x, plan.y_of(cell, voltage)))
        yield Strip(x, members[0].area.y, max(cell.area.bottom for cell in members), tuple(dots))


def tag_box(strip: Strip, words: str) -> QRectF:
    """Return the tag's rectangle, centred under its line."""
    width = math.ceil(paper.text_width(words, font(TYPE.axis, SEMIBOLD))) + 12.0
    return QRectF(round(strip.x - width / 2.0), strip.tag_top or 0.0, width, SPACE.tag)


def draw_strip(painter: QPainter, strip: Strip, words: str, look: Tokens) -> None:
    """Draw a piece of the cursor: teal with a casing of paper, for teal alone is weak on strong evidence."""
    ratio = painter.device().devicePixelRatioF()
    width = max(1.0, round(WIDTH.cursor * ratio)) / ratio
    left = round((strip.x - width / 2.0) * ratio) / ratio  # whole px: a soft line would be wider in some columns
    for margin, colour in ((CASING_PX, look.paper), (0.0, look.teal)):
        line = QRectF(left - margin, strip.top, width + 2.0 * margin, strip.bottom - strip.top)
        painter.fillRect(line, QColor(colour))
    dot = _dot(look.teal, look.paper, ratio)
    half = dot.width() / ratio / 2.0
    for x, y in strip.dots:
        painter.drawImage(QPointF(x - half, y - half), dot)
    if strip.tag_top is not None:
        painter.drawImage(tag_box(strip, words).topLeft(), _tag(words, look, ratio))


@lru_cache(maxsize=8)
def _dot(colour: str, edge: str, ratio: float) -> QImage:
    """Return the cursor's dot on a trace: drawn once, put down twelve times a move."""
    side = 2 * math.ceil(DOT_PX + 1.0)
    image = _clear(side, side, ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(paper.pen(edge, 1.2))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QPointF(side / 2.0, side / 2.0), DOT_PX, DOT_PX)
    painter.end()
    return image


@lru_cache(maxsize=512)
def _tag(words: str, look: Tokens, ratio: float) -> QImage:
    """Return the cursor's time on teal; a beat played again finds all of its tags."""
    box = QRectF(0.0, 0.0, tag_box(Strip(0.0, 0.0, 0.0), words).width(), SPACE.tag)
    image = _clear(round(box.width()), SPACE.tag, ratio)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.teal))
    painter.drawRoundedRect(box, SPACE.radius_tag, SPACE.radius_tag)
    painter.setFont(font(TYPE.axis, SEMIBOLD))
    painter.setPen(QColor(look.on_teal))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
    painter.end()
    return image


def _clear(width: int, height: int, ratio: float) -> QImage:
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    return image


def draw_focus(painter: QPainter, widget: QWidget, look: Tokens) -> None:
    """Draw the ring that says where keys go."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(paper.pen(look.teal, SPACE.focus_ring))
    painter.drawRect(QRectF(widget.rect()).adjusted(1.0, 1.0, -1.0, -1.0))


def whole(widget: QWidget) -> Area:
    """Return a widget's own rectangle."""
    return Area(0.0, 0.0, float(widget.width()), float(widget.height()))
