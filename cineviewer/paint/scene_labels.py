"""What is written and painted over the rendered ventricles: halo, labels, orientation cube, bead and readout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPolygonF,
)

from cineviewer.cine import TrueWindow
from cineviewer.ecg import Doubles
from cineviewer.heart import Heart
from cineviewer.paint import fonts
from cineviewer.paint.paper import draw_text, text_width
from cineviewer.paint.scene_bead import BEAD_PX
from cineviewer.paint.scene_camera import BOTTOM_PX, View
from cineviewer.paint.scene_cut import CutPlane
from cineviewer.paint.scene_path import OUTLINE_MM, QRS_RADIUS_MM, Mark, PathShape
from cineviewer.paint.tokens import SPACE, TYPE, Tokens
from cineviewer.truth import TrueBeat

STEM_MM = (16.0, 38.0)
"""Between these distances from its ring a great vessel's name is written."""
CLEAR_PX = 24.0
"""Labels nearer to the bead than this are left out."""
MARGIN_PX = 12.0
CHIP_PX = 30.0
DIAMOND_PX = 9.0
LEAST_MM = 10.0
"""Nearer than this no path of the kind is promised to be; what matrix and onset add does not depend on it."""
TERMINAL = "last quarter of QRS"
CHAMBERS, ROOM_MM = ("LV", "RV"), 12.0
"""A chamber is named in a cut that goes no farther than this behind its middle."""
_HALO_STEP = 3
_HALO_ALPHA = 0.26
_DIRECTIONS = tuple((float(np.cos(a)), float(np.sin(a))) for a in np.radians([-90, -60, -120, 90, 60, 120, 0, 180]))


@dataclass(frozen=True, slots=True)
class Label:
    """A text on the path and where it is written: its box, its baseline's start, on which side of its point.

    `true` is one that speaks of simulated truth.
    """

    text: str
    box: QRectF
    start: QPointF
    side: int
    true: bool = False


def ground(painter: QPainter, area: QRectF, look: Tokens) -> None:
    """Paint the ground that the scene is rendered on, for as long as there is no scene."""
    bottom, top = GROUND[look.dark]
    gradient = QLinearGradient(area.topLeft(), area.bottomLeft())
    gradient.setColorAt(0.0, QColor(top))
    gradient.setColorAt(1.0, QColor(bottom))
    painter.fillRect(area, gradient)


GROUND = {True: ("#101418", "#1c232a"), False: ("#eaecf0", "#fbfbfd")}
"""Bottom and top of the scene's ground, by darkness."""


def draw_halo(painter: QPainter, shape: PathShape, view: View, width: float, height: float, look: Tokens) -> None:
    """Paint how far off the path may be, round QRS, never over the path itself."""
    n = shape.n_qrs
    places, scale = view.project(shape.points[:n:3], width, height)
    radius = _halo_mm(shape)[::3] * scale
    columns, rows = max(1, int(width) // _HALO_STEP), max(1, int(height) // _HALO_STEP)
    x = (np.arange(columns) + 0.5) * (width / columns)
    y = (np.arange(rows) + 0.5) * (height / rows)
    near = np.full((rows, columns), 2.0, dtype=np.float32)
    for (px, py), r in zip(places, radius, strict=True):
        inside_x, inside_y = np.abs(x - px) < r, np.abs(y - py) < r
        if not (inside_x.any() and inside_y.any()):
            continue
        away = np.hypot(x[inside_x][None] - px, y[inside_y][:, None] - py) / r
        block = np.ix_(inside_y, inside_x)
        near[block] = np.minimum(near[block], away)
    alpha = _HALO_ALPHA * np.clip(1.0 - near**4, 0.0, 1.0)
    red, green, blue = (232, 238, 244) if look.dark else (63, 72, 86)
    pixels = np.empty((rows, columns, 4), dtype=np.uint8)
    pixels[..., 3] = np.rint(255.0 * alpha)
    for channel, value in enumerate((blue, green, red)):
        pixels[..., channel] = np.rint(alpha * value)
    image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setClipPath(_beside(shape, view, width, height))
    painter.drawImage(QRectF(0.0, 0.0, width, height), image)
    painter.restore()


def _beside(shape: PathShape, view: View, width: float, height: float) -> QPainterPath:
    """Return the picture less the tube."""
    places, scale = view.project(shape.points[: shape.n_qrs], width, height)
    line = QPainterPath(QPointF(*places[0]))
    for x, y in places[1:]:
        line.lineTo(float(x), float(y))
    stroker = QPainterPathStroker()
    stroker.setWidth(2.0 * (QRS_RADIUS_MM + OUTLINE_MM) * float(scale.mean()))
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    everything = QPainterPath()
    everything.addRect(0.0, 0.0, width, height)
    return everything.subtracted(stroker.createStroke(line))


def draw_anatomy(
    painter: QPainter,
    heart: Heart,
    shape: PathShape | None,
    view: View,
    width: float,
    height: float,
    look: Tokens,
    plane: CutPlane | None = None,
) -> None:
    """Name the chambers and the great vessels that are not cut away, quietly, and not where the path runs."""
    face = fonts.font(TYPE.caption, fonts.MEDIUM)
    line = view.project(shape.points[::3], width, height)[0] if shape is not None else np.full((1, 2), np.inf)
    anatomy = _anatomy(heart)
    places, _ = view.project(np.stack(list(anatomy.values())) @ heart.axes, width, height)
    written: list[tuple[float, float]] = []
    for (text, point), place in zip(anatomy.items(), places, strict=True):
        if plane is not None and plane.before(point @ heart.axes, view) > (ROOM_MM if text in CHAMBERS else 0.0):
            continue
        if np.hypot(*(line - place).T).min() < CLEAR_PX:
            continue
        if any(abs(x - place[0]) < CLEAR_PX and abs(y - place[1]) < TYPE.caption + 2.0 for x, y in written):
            continue
        written.append((float(place[0]), float(place[1])))
        start = QPointF(float(place[0]) - text_width(text, face) / 2.0, float(place[1]) + 4.0)
        halo = QColor(look.panel)
        halo.setAlpha(150)
        draw_text(painter, start, text, face, look.text_second, halo.name(QColor.NameFormat.HexArgb))


@lru_cache(maxsize=4)
def _anatomy(heart: Heart) -> dict[str, Doubles]:
    left, right = (heart.surfaces[f"{side}_endocardium"].vertices_mm.mean(axis=0) for side in ("lv", "rv"))
    anatomy = {"LV": left + np.array([-12.0, 2.0, -30.0]), "RV": right + np.array([14.0, -12.0, -12.0])}
    vessels = heart.surfaces["great_vessels"].vertices_mm
    for text, valve, other in (("Ao", "aortic", "pulmonary"), ("PA", "pulmonary", "aortic")):
        if len(vessels):
            near, far = (np.linalg.norm(vessels - heart.annuli_mm[name], axis=1) for name in (valve, other))
            anatomy[text] = vessels[(near < far) & (near > STEM_MM[0]) & (near < STEM_MM[1])].mean(axis=0)
    return {text: np.asarray(place, dtype=np.float64) for text, place in anatomy.items()}


def path_labels(
    shape: PathShape,
    view: View,
    width: float,
    height: float,
    sides: tuple[int, ...] | None = None,
    more: tuple[Mark, ...] = (),
) -> tuple[Label, ...]:
    """Place the path's labels, and `more`, beside it, each where it covers least of path and other labels.

    `sides` are those of the last picture: labels keep them while the heart turns, for jumping ones cannot be read.
    """
    marks = (*shape.marks, *more)
    face = fonts.font(TYPE.caption, fonts.SEMIBOLD)
    line, scale = view.project(shape.points[::3], width, height)
    reach = (QRS_RADIUS_MM + 1.5) * float(scale.mean()) + 3.0
    labels: list[Label] = []
    points, _ = view.project(np.stack([mark.point for mark in marks]), width, height)
    for k, (mark, point) in enumerate(zip(marks, points, strict=True)):
        size = text_width(mark.text, face)
        if sides is not None and len(sides) == len(marks):
            side = sides[k]
        else:
            boxes = [_box(point, direction, reach, size) for direction in _DIRECTIONS]
            costs = [_cost(box, line, reach - 3.0, labels, width, height) + 0.6 * i for i, box in enumerate(boxes)]
            side = int(np.argmin(costs))
        box = _box(point, _DIRECTIONS[side], reach, size)
        labels.append(Label(mark.text, box, QPointF(box.left(), box.bottom() - 3.0), side, mark.true))
    return tuple(labels)


def _box(point: Doubles, direction: tuple[float, float], reach: float, width: float) -> QRectF:
    height = TYPE.caption + 2.0
    x = float(point[0]) + direction[0] * (reach + width / 2.0)
    y = float(point[1]) + direction[1] * (reach + height / 2.0)
    return QRectF(x - width / 2.0, y - height / 2.0, width, height)


def _cost(box: QRectF, line: Doubles, radius: float, others: list[Label], width: float, height: float) -> float:
    """Weigh a place: what of the path it covers, which labels it touches, whether it leaves the picture."""
    wide = box.adjusted(-2.0, -2.0, 2.0, 2.0)
    x, y = line[:, 0], line[:, 1]
    covered = (x > box.left() - radius) & (x < box.right() + radius)
    covered &= (y > box.top() - radius) & (y < box.bottom() + radius)
    clashes = sum(1 for other in others if other.box.intersects(wide))
    outside = not QRectF(0.0, 0.0, width, height - BOTTOM_PX).contains(wide)  # the view buttons lie below
    return float(covered.sum()) + 20.0 * clashes + 50.0 * outside


def draw_labels(painter: QPainter, labels: tuple[Label, ...], look: Tokens, bead: QPointF | None) -> None:
    """Write the path's labels, but those that the bead would touch."""
    face = fonts.font(TYPE.caption, fonts.SEMIBOLD)
    for label in labels:
        if not hidden_by(bead, label):
            draw_text(painter, label.start, label.text, face, look.truth if label.true else look.text, look.panel)


def hidden_by(bead: QPointF | None, label: Label) -> bool:
    """Return whether the bead is so near that the label gives way."""
    if bead is None:
        return False
    box, x, y = label.box, bead.x(), bead.y()
    dx = max(box.left() - x, 0.0, x - box.right())
    dy = max(box.top() - y, 0.0, y - box.bottom())
    return float(np.hypot(dx, dy)) < CLEAR_PX - BEAD_PX


def draw_cube(painter: QPainter, centre: QPointF, view: View, look: Tokens) -> None:
    """Draw a small cube in the torso's directions, lettered R L A P S I."""
    right, up, back = view.basis
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    half, reach = 10.0, 24.0
    painter.setPen(QPen(QColor(look.text_third), 1.2, j=Qt.PenJoinStyle.RoundJoin))
    face_colour = QColor(look.panel)
    face_colour.setAlpha(210)
    painter.setBrush(QBrush(face_colour))
    for axis in range(3):
        for sign in (1.0, -1.0):
            if sign * back[axis] > 0.02:
                corners = _face(axis, sign, half)
                points = [QPointF(centre.x() + float(c @ right), centre.y() - float(c @ up)) for c in corners]
                painter.drawPolygon(QPolygonF(points))
    face = fonts.font(TYPE.axis, fonts.SEMIBOLD)
    for index, letter in enumerate("LRPASI"):
        axis, sign = index // 2, 1.0 - 2.0 * (index % 2)
        x, y, towards = float(sign * right[axis]), float(sign * up[axis]), float(sign * back[axis])
        flat = float(np.hypot(x, y))
        if towards < -0.3:
            continue  # it points away, behind the cube
        far = 0.0 if flat < 0.5 else reach * max(flat, 0.88) / flat
        colour = look.text if towards > 0.5 else look.text_second if towards > -0.3 else look.text_third
        at = QPointF(centre.x() + far * x - text_width(letter, face) / 2.0, centre.y() - far * y + 3.6)
        draw_text(painter, at, letter, face, colour)
    painter.restore()


def _face(axis: int, sign: float, half: float) -> Doubles:
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * half
    face = np.empty((4, 3))
    face[:, axis] = sign * half
    face[:, [k for k in range(3) if k != axis]] = corners
    return face


def chip_texts(t_ms: float, nearest: str | None) -> tuple[str, str]:
    """Return the readout's two parts."""
    return f"{fonts.number(t_ms)} ms", f"nearest: {nearest}" if nearest else ""


def truth_texts(found: TrueWindow, t_ms: float, apart_mm: float | None) -> tuple[str, str]:
    """Return the two parts of what is true at an instant: where the front is, and how much muscle is active."""
    active, recovered = found.active(t_ms), found.recovered(t_ms)
    if recovered > 0.0:
        return "recovering", f"{100.0 * recovered:.0f} % recovered"
    state = "all active" if active >= 1.0 else f"{100.0 * active:.0f} % active"
    return ("no front now" if apart_mm is None else f"true front {fonts.number(apart_mm)} mm off"), state


def draw_true_front(painter: QPainter, at: QPointF, bead: QPointF | None, look: Tokens) -> None:
    """Draw a diamond where the true front's centroid is, tied to the bead by dots: how far apart they are."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if bead is not None:
        for colour, width in ((look.panel, 3.4), (look.truth, 1.6)):
            pen = QPen(QColor(colour), width, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.RoundCap)
            pen.setDashPattern([0.01, 5.0 / width])
            painter.setPen(pen)
            painter.drawLine(at, bead)
    _draw_diamond(painter, at, DIAMOND_PX, look)
    painter.restore()


def _draw_diamond(painter: QPainter, at: QPointF, reach: float, look: Tokens) -> None:
    x, y = at.x(), at.y()
    corners = ((x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y))
    painter.setPen(QPen(QColor("#ffffff"), 1.6, j=Qt.PenJoinStyle.MiterJoin))
    painter.setBrush(QColor(look.truth if not look.dark else look.truth_early))
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def draw_chip(
    painter: QPainter, right: float, top: float, texts: tuple[str, str], look: Tokens, *, true: bool = False
) -> QRectF:
    """Draw a readout with its top right corner here, the bead's or what is `true` beside it; return its box."""
    colour = look.truth if true else look.teal
    strong, plain = fonts.font(TYPE.body, fonts.SEMIBOLD), fonts.font(TYPE.body)
    time, place = texts
    width = 30.0 + text_width(time, strong) + (8.0 + text_width(place, plain) if place else 0.0)
    box = QRectF(right - width, top, width, CHIP_PX - 2.0)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.line), 1.0))
    painter.setBrush(QColor(look.panel))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), SPACE.radius_control, SPACE.radius_control)
    mark = QPointF(box.left() + 12.0, box.center().y())
    if true:
        _draw_diamond(painter, mark, 6.0, look)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(mark, 4.5, 4.5)
    painter.restore()
    baseline = box.center().y() + 4.4
    draw_text(painter, QPointF(box.left() + 22.0, baseline), time, strong, colour)
    if place:
        x = box.left() + 30.0 + text_width(time, strong)
        draw_text(painter, QPointF(x, baseline), place, plain, look.text)
    return box


def halo_text(shape: PathShape) -> str:
    """Say how far off the path may be: the largest radius within QRS."""
    return f"halo ± {fonts.number(float(_halo_mm(shape).max()))} mm"


def draw_terminal(painter: QPainter, at: QPointF, region: str | None, look: Tokens, *, below: bool = False) -> None:
    """Say what the heavy rim means, and the one claim that the path makes there, apart from the readout's geometry.

    Parameters
    ----------
    region
        Where QRS ends, None where the path may not say.
    below
        Write the region on a line of its own.
    """
    face, strong = fonts.font(TYPE.secondary), fonts.font(TYPE.secondary, fonts.SEMIBOLD)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.trace), 2.6))
    painter.setBrush(QColor(look.panel))
    painter.drawRoundedRect(QRectF(at.x() + 1.3, at.y() - 8.7, 17.4, 9.4), 4.0, 4.0)
    painter.restore()
    words = TERMINAL if region is None else "QRS ends:" if below else f"{TERMINAL} ends:"
    start = at + QPointF(25.0, 0.0)
    draw_text(painter, start, words, face, look.text_second, look.panel)
    if region is not None:
        beside = start + QPointF(5.0 + text_width(words, face), 0.0)
        draw_text(painter, at + QPointF(0.0, 15.0) if below else beside, region, strong, look.text, look.panel)


def _halo_mm(shape: PathShape) -> Doubles:
    """Return how far off each point of QRS may be, (n_qrs,)."""
    return np.hypot(LEAST_MM, shape.uncertainty_mm[: shape.n_qrs])


def draw_times(painter: QPainter, at: QPointF, beat: TrueBeat, look: Tokens) -> None:
    """Draw what the walls' colours mean: from the first muscle's activation to the last one's."""
    face, width = fonts.font(TYPE.axis), 78.0
    shade = QLinearGradient(at.x(), 0.0, at.x() + width, 0.0)
    shade.setColorAt(0.0, QColor(look.truth_early))
    shade.setColorAt(1.0, QColor(look.truth_late))
    bar = QRectF(at.x(), at.y(), width, 5.0)
    painter.fillRect(bar, shade)
    draw_text(painter, QPointF(at.x(), at.y() - 4.0), "activated (simulated truth)", face, look.text_second, look.panel)
    ends = ("0", f"{fonts.number(float(beat.active_ms[-1]))} ms")
    for text, x in zip(ends, (bar.left(), bar.right() - text_width(ends[1], face) + 8.0), strict=True):
        draw_text(painter, QPointF(x, bar.bottom() + 10.0), text, face, look.text_second, look.panel)


def draw_true_way(
    painter: QPainter, beat: TrueBeat, heart: Heart, view: View, width: float, height: float, look: Tokens
) -> None:
    """Draw the true front's way as a dashed line, where there is no scene to hold it."""
    places, _ = view.project(beat.front_mm @ heart.axes, width, height)
    line = QPolygonF([QPointF(float(x), float(y)) for x, y in places])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, wide in ((look.panel, 4.6), (look.truth, 2.2)):
        painter.setPen(QPen(QColor(colour), wide, Qt.PenStyle.DashLine, Qt.PenCapStyle.FlatCap))
        painter.drawPolyline(line)
