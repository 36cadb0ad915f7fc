"""Icons: Tabler's outlines from resources/icons, drawn in the theme's colours at any device pixel ratio."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPixmap

from cineviewer import resources
from cineviewer.paint.tokens import Tokens

SIZE_PX = 16
STROKE = "1.75"


def icon(name: str, tokens: Tokens) -> QIcon:
    """Return an icon: second text colour, teal when on, third text colour when disabled."""
    return QIcon(_Outline(name, tokens.text_second, tokens.teal, tokens.line))


def plain(name: str, colour: str) -> QIcon:
    """Return an icon in one colour, for a button whose ground says its state."""
    return QIcon(_Outline(name, colour, colour, colour))


def pixmap(name: str, colour: str, size_px: int = SIZE_PX, ratio: float = 1.0) -> QPixmap:
    """Return one icon as a picture of `size_px` logical px at a device pixel ratio."""
    picture = QPixmap(QSize(round(size_px * ratio), round(size_px * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _draw(painter, name, colour, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


class _Outline(QIconEngine):
    """Draws one outline in the colour of its state."""

    def __init__(self, name: str, off: str, on: str, disabled: str) -> None:
        super().__init__()
        self._name, self._off, self._on, self._disabled = name, off, on, disabled

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        colour = self._on if state == QIcon.State.On else self._off
        if mode == QIcon.Mode.Disabled:
            colour = self._disabled
        _draw(painter, self._name, colour, QRectF(rect))  # type: ignore[call-overload]

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, picture.rect(), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        return _Outline(self._name, self._off, self._on, self._disabled)


def _draw(painter: QPainter, name: str, colour: str, box: QRectF) -> None:
    ratio = painter.device().devicePixelRatioF()
    painter.drawImage(box, _image(name, colour, round(box.width() * ratio), round(box.height() * ratio)))


@lru_cache(maxsize=256)
def _image(name: str, colour: str, width: int, height: int) -> QImage:
    """Return an outline in device px: drawn once, for buttons are painted again with everything round them."""
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(_source(name, colour))).render(painter, QRectF(image.rect()))
    painter.end()
    return image


@lru_cache(maxsize=256)
def _source(name: str, colour: str) -> bytes:
    text = (resources.folder("icons") / f"{name}.svg").read_text(encoding="utf-8")
    return text.replace("currentColor", colour).replace('stroke-width="2"', f'stroke-width="{STROKE}"').encode()
