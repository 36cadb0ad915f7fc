"""The ventricles as one picture without a window: rendered, labelled, with words and provenance."""

from __future__ import annotations

import atexit
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from cineviewer.analysis.provenance import RESEARCH_USE_ONLY
from cineviewer.cine import describe
from cineviewer.ecg import Explanation, Floats
from cineviewer.heart import Heart
from cineviewer.heart.words import remark
from cineviewer.paint import fonts, scene_flat, scene_labels, scene_sight
from cineviewer.paint.paper import draw_text, text_width
from cineviewer.paint.scene import N_PASSES, Pixels, Scene, fault
from cineviewer.paint.scene_bead import Bead, draw_bead
from cineviewer.paint.scene_camera import View, view_of
from cineviewer.paint.scene_cut import CutPlane, cut_plane
from cineviewer.paint.scene_path import PathShape, path_shape
from cineviewer.paint.tokens import SPACE, TYPE, Tokens, tokens
from cineviewer.session import Camera, Cut

FEW_PASSES = 4
"""Enough where a logical px is four of the device's."""
MARGIN_PX, GAP_PX = 12.0, 8
_WRAP = Qt.TextFlag.TextWordWrap


def picture(
    heart: Heart,
    explanation: Explanation | None,
    width_px: int,
    height_px: int,
    *,
    dark: bool = False,
    camera: Camera | None = None,
    cut: Cut | None = None,
    cursor_ms: float | None = None,
    provenance: str = "",
    ratio: float = 1.0,
) -> QImage:
    """Draw the ventricles as the window shows them.

    Parameters
    ----------
    heart, explanation
        What is drawn; without an explanation the heart alone.
    width_px, height_px
        Size in logical px, words and provenance included.
    dark
        Theme; exports and paper take the light one.
    camera
        Where from, the anterior view unless given.
    cut
        Where the heart is cut open; whole unless given.
    cursor_ms
        Where the bead is; no bead if None or outside the window.
    provenance
        Model, method, filter and version, for the foot.
    ratio
        Device px a logical px: 2 for print.
    """
    look = tokens(dark)
    said = _below(explanation, provenance)
    top = SPACE.head
    height = max(64, height_px - top - round(sum(_height(text, face, width_px) for text, face, _ in said)) - 2 * GAP_PX)
    image = QImage(round(width_px * ratio), round(height_px * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(look.panel))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.save()
    painter.translate(0.0, top)
    _scene(painter, heart, explanation, width_px, height, look, camera or Camera(), cut or Cut(), cursor_ms, ratio)
    painter.restore()
    _frame(painter, width_px, top + height, said, remark(heart), look)
    painter.end()
    return image


def as_image(pixels: Pixels) -> QImage:
    """Return rendered bytes as an image that owns its memory."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBX8888).copy()


def _scene(
    painter: QPainter,
    heart: Heart,
    explanation: Explanation | None,
    width: int,
    height: int,
    look: Tokens,
    camera: Camera,
    cut: Cut,
    cursor_ms: float | None,
    ratio: float,
) -> None:
    shape = path_shape(explanation, heart, look.trace, dark=look.dark) if explanation is not None else None
    view = view_of(camera, heart, width, height)
    size = round(width * ratio), round(height * ratio)
    passes = FEW_PASSES if ratio >= 2 else N_PASSES
    plane = cut_plane(cut, heart) if fault() is None else None
    rendered, tube_mm = _rendered(heart, shape, view, plane, size, passes, look)
    painter.setClipRect(QRectF(0.0, 0.0, width, height))
    painter.drawImage(QRectF(0.0, 0.0, width, height), rendered)
    scene_labels.draw_anatomy(painter, heart, shape, view, width, height, look, plane)
    scene_labels.draw_cube(painter, QPointF(40.0, height - 40.0), view, look)
    face = fonts.font(TYPE.secondary)
    if plane is not None:
        draw_text(painter, QPointF(12.0, 31.0), plane.words, face, look.text_second)
    if shape is None or explanation is None:
        return
    scene_labels.draw_halo(painter, shape, view, width, height, look)
    point = None if cursor_ms is None else shape.at(cursor_ms)
    bead = None
    if point is not None:
        (place,), _ = view.project(point[None], width, height)
        veil = scene_sight.veil(float(scene_sight.clearness(heart, view, point[None], plane)[0]))
        bead = Bead(QPointF(float(place[0]), float(place[1])), float(view.depth(point[None])[0]), veil)
    labels = scene_labels.path_labels(shape, view, width, height)
    scene_labels.draw_labels(painter, labels, look, bead.place if bead else None)
    # At the right, below the readout: there nothing of the heart lies under the words.
    right, top = width - 12.0, 31.0 if bead is None else 53.0
    halo = scene_labels.halo_text(shape)
    draw_text(painter, QPointF(right - text_width(halo, face), top), halo, face, look.text_second)
    left = right - 25.0 - text_width(scene_labels.TERMINAL, face)
    scene_labels.draw_terminal(painter, QPointF(left, top + 22.0), None, look)
    if bead is not None and cursor_ms is not None:
        draw_bead(painter, bead, tube_mm, ratio, look)
        index = int(abs(shape.sample_ms - cursor_ms).argmin())
        texts = scene_labels.chip_texts(cursor_ms, explanation.nearest[index])
        scene_labels.draw_chip(painter, width - 12.0, 12.0, texts, look)


def _rendered(
    heart: Heart,
    shape: PathShape | None,
    view: View,
    plane: CutPlane | None,
    size: tuple[int, int],
    passes: int,
    look: Tokens,
) -> tuple[QImage, Floats | None]:
    """Render by VTK, and say how far away the path lies; or draw flat where there is no OpenGL."""
    if fault() is not None:
        return scene_flat.picture(heart, shape, view, size, look, stale=False), None
    scene = _scene_of(heart)
    scene.set_look(look)
    scene.set_path(shape)
    scene.set_cut(plane)
    *_, pixels = scene.refine(view, *size, passes)
    return as_image(pixels), scene.path_depth()


@lru_cache(maxsize=1)
def _scene_of(heart: Heart) -> Scene:
    """Keep one scene a process: a batch draws thousands of pictures of the same heart."""
    scene = Scene(heart, tokens(dark=False))
    atexit.register(scene.close)
    return scene


def _below(explanation: Explanation | None, provenance: str) -> list[tuple[str, QFont, bool]]:
    """Return what is written below the scene: text, face, and whether it is of second rank."""
    plain, strong = fonts.font(TYPE.body), fonts.font(TYPE.body, fonts.SEMIBOLD)
    said: list[tuple[str, QFont, bool]] = []
    if explanation is not None:
        course, place = describe(explanation)
        said += [(course, plain, False), (place, strong, False)]
        if explanation.terminal_region is not None:
            said.append((f"QRS ends: {explanation.terminal_region}.", plain, False))
    said.append((RESEARCH_USE_ONLY, fonts.font(TYPE.axis, fonts.SEMIBOLD), False))
    return [*said, (provenance, fonts.font(TYPE.axis), True)] if provenance else said


def _height(text: str, face: QFont, width: float) -> float:
    room = QRectF(0.0, 0.0, width - 2 * MARGIN_PX, 1000.0)
    return QFontMetricsF(face).boundingRect(room, _WRAP, text).height() + 2.0


def _frame(
    painter: QPainter,
    width: int,
    scene_bottom: int,
    said: list[tuple[str, QFont, bool]],
    heart_remark: str,
    look: Tokens,
) -> None:
    title, second = fonts.font(TYPE.title, fonts.SEMIBOLD), fonts.font(TYPE.body)
    draw_text(painter, QPointF(MARGIN_PX, 23.0), "Ventricles", title, look.text)
    start = MARGIN_PX + SPACE.padding + text_width("Ventricles", title)
    draw_text(painter, QPointF(start, 23.0), heart_remark, second, look.text_third)
    for y in (SPACE.head - 1, scene_bottom):
        painter.fillRect(QRectF(0.0, y, width, 1.0), QColor(look.line))
    y_text = float(scene_bottom + GAP_PX)
    for text, face, quiet in said:
        height = _height(text, face, width)
        painter.setFont(face)
        painter.setPen(QColor(look.text_third if quiet else look.text))
        painter.drawText(QRectF(MARGIN_PX, y_text, width - 2 * MARGIN_PX, height), _WRAP, text)
        y_text += height
