"""The ventricles cut open: a plane along the heart's axis or across it, and what of the muscle lies in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QTransform

from cineviewer.ecg import Doubles, Floats
from cineviewer.heart import Heart
from cineviewer.heart.axes import four_chamber, long_axis
from cineviewer.heart.tube import Triangles
from cineviewer.paint import fonts
from cineviewer.paint.scene_camera import View
from cineviewer.paint.tokens import Tokens
from cineviewer.session import Cut

DEEPEST_MM: Final = 45.0
"""The plane goes no farther than this from where it starts: there is no more heart."""
STEP_MM: Final = 2.0
ALONG: Final = 0.6
"""Whoever looks along the axis, so that the sine of what is between is below this, sees the heart cut across: from
base, apex and LAO."""
PX_MM: Final = 5.0
"""Px a millimetre of the cut face."""
_USABLE: Final = (1e-6, 1e6)
"""A normal of another size comes from no control: a session may be written by hand."""
_MARGIN_MM: Final = 3.0
_SHEET_MM: Final = 1.1
"""How thick atria, vessels and leaflets are drawn in the cut: they are sheets, their thickness is not known."""
_LID_MM: Final = 5.0
"""What closes a valve in the mesh is taken out of the cut: outer and inner lid with the film between them."""
_SHADES: Final = ((4.0, 12), (2.6, 16), (1.4, 20))
"""Bands along the muscle's edge, mm wide, and how much darker each makes it (alpha of 255)."""
_EDGE_MM: Final = 0.32
SHEET_ALPHA: Final = 200
"""How far of 255 sheets cover their px: enough to be drawn, too little to be taken for muscle."""

_SOLID: Final = ("epicardium", "lv_endocardium", "rv_endocardium")
_INNER: Final = "papillary_muscles"
"""Solid too, but open where they stand on the wall."""
_SHEETS: Final = ("great_vessels", "atria", "leaflets")

Bytes = npt.NDArray[np.uint8]
Line = tuple[Doubles, bool]
"""Points of a line and whether it is closed."""


@dataclass(frozen=True, slots=True, eq=False)
class CutPlane:
    """Where the heart is cut, in LPS mm: a point of the plane, a unit vector across it, and what it is called."""

    origin: Doubles
    normal: Doubles
    words: str

    def towards(self, view: View) -> Doubles:
        """Return the unit vector across the plane to the side that is left out: the viewer's."""
        return self.normal if float((view.position - self.origin) @ self.normal) >= 0.0 else -self.normal

    def leaves_out(self, points: Doubles | Floats, view: View) -> npt.NDArray[np.bool_]:
        """Return which of (n, 3) points are cut away."""
        return self.before(points, view) > 0.0

    def before(self, points: Doubles | Floats, view: View) -> Doubles:
        """Return how far (n, 3) points lie before the plane, on the viewer's side, mm."""
        return np.asarray((points - self.origin) @ self.towards(view), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """What the cut shows: a picture of muscle and thin walls, and where it lies.

    Attributes
    ----------
    pixels
        (rows, columns, 4) RGBA; transparent where nothing was cut. The first row is at `corner`.
    corner, along, up
        A corner of the picture in LPS mm, and its edges from there.
    """

    pixels: Bytes
    corner: Doubles
    along: Doubles
    up: Doubles


@lru_cache(maxsize=8)
def cut_plane(cut: Cut, heart: Heart) -> CutPlane | None:
    """Return where a heart is cut; None where it is whole."""
    if not cut.on:
        return None
    apex, base = long_axis(heart)
    depth = float(np.clip(cut.depth_mm, -DEEPEST_MM, DEEPEST_MM))
    given = np.zeros(3) if cut.normal is None else np.array(cut.normal)
    if not _USABLE[0] < float(np.abs(given).max()) < _USABLE[1]:
        normal, origin, name = four_chamber(heart), base, "four-chamber plane"
    else:
        normal = given / np.linalg.norm(given)
        across = abs(float(normal @ (base - apex))) > 0.9 * float(np.linalg.norm(base - apex))
        origin, name = (0.5 * (apex + base), "short axis") if across else (base, "LV long axis")
    return CutPlane((origin + depth * normal) @ heart.axes, normal @ heart.axes, _words(name, depth))


def _words(name: str, depth_mm: float) -> str:
    moved = f", moved {fonts.number(abs(depth_mm))} mm" if depth_mm else ""
    return f"cut: {name}{moved}"


def moved(cut: Cut, deeper_mm: float, view: View, heart: Heart) -> Cut:
    """Return the cut so much farther from the viewer."""
    plane = cut_plane(cut, heart)
    if plane is None:
        return cut
    sign = -1.0 if float(plane.towards(view) @ plane.normal) > 0.0 else 1.0
    depth = float(np.clip(cut.depth_mm + sign * deeper_mm, -DEEPEST_MM, DEEPEST_MM))
    return replace(cut, depth_mm=depth)


def facing(view: View, heart: Heart) -> Cut:
    """Return the cut along the heart's axis that faces the viewer most; across it, if one looks along the axis."""
    apex, base = long_axis(heart)
    axis = (base - apex) / np.linalg.norm(base - apex)
    back = heart.axes @ view.basis[2]
    flat = back - float(back @ axis) * axis
    size = float(np.linalg.norm(flat))
    normal = flat / size if size > ALONG else axis * np.sign(float(back @ axis))
    return Cut(on=True, normal=(float(normal[0]), float(normal[1]), float(normal[2])))


def loops(vertices: Doubles, triangles: Triangles, height: Doubles) -> list[tuple[Doubles, bool]]:
    """Return where a mesh has a height of nought: lines of (n, 3) points, and whether each is closed."""
    above = height > 0.0
    side = above[triangles]
    cut = np.flatnonzero(side.any(axis=1) & ~side.all(axis=1))
    corners, side = triangles[cut], side[cut]
    # One corner lies alone on its side; the line goes through the two edges that meet there.
    alone = np.where(side.sum(axis=1) == 1, side.argmax(axis=1), side.argmin(axis=1))
    rows = np.arange(len(cut))
    tip, one, other = (corners[rows, (alone + k) % 3] for k in range(3))
    ends = np.stack([np.sort(np.stack([tip, end], axis=1), axis=1) for end in (one, other)], axis=1).reshape(-1, 2)
    edges, index = np.unique(ends, axis=0, return_inverse=True)
    low, high = height[edges[:, 0]], height[edges[:, 1]]
    share = (low / (low - high))[:, None]
    points = vertices[edges[:, 0]] * (1.0 - share) + vertices[edges[:, 1]] * share
    return [(points[line], closed) for line, closed in _lines(index.reshape(-1, 2), len(edges))]


def _lines(segments: npt.NDArray[np.intp], n: int) -> list[tuple[list[int], bool]]:
    """String segments together: lines of points, and whether each is closed."""
    beside: list[list[int]] = [[] for _ in range(n)]
    for a, b in segments.tolist():
        beside[a].append(b)
        beside[b].append(a)
    left = [True] * n
    found = []
    for start in sorted(range(n), key=lambda point: len(beside[point])):  # open ends first
        if not left[start]:
            continue
        line, here = [start], start
        left[start] = False
        while (following := next((point for point in beside[here] if left[point]), None)) is not None:
            left[following] = False
            line.append(following)
            here = following
        found.append((line, len(line) > 2 and start in beside[here]))
    return found


def cut_face(plane: CutPlane, heart: Heart, look: Tokens) -> Face | None:
    """Draw what lies in the plane; None where it passes the heart by."""
    across, up = _frame_of(plane)
    lines = {name: _in_plane(heart, name, plane) for name in (*_SOLID, *_SHEETS)}
    lids = _traced([line for name in _SOLID for line in _in_plane(heart, name, plane, lids=True)])
    every = [points for name in _SOLID for points, _ in lines[name]]
    if not every:
        return None
    every += [points for name in _SHEETS for points, _ in lines[name]]
    low = np.concatenate(every).min(axis=0) - _MARGIN_MM
    high = np.concatenate(every).max(axis=0) + _MARGIN_MM
    columns, rows = (int(np.ceil(PX_MM * size)) for size in high - low)
    to_px = QTransform(PX_MM, 0.0, 0.0, PX_MM, -PX_MM * low[0], -PX_MM * low[1])
    outlines = {name: _closed(lines[name]) for name in _SOLID} | {_INNER: _traced(_in_plane(heart, _INNER, plane))}
    sheets = _traced([line for name in _SHEETS for line in lines[name]])
    colour = _colours(columns, rows, to_px, outlines, sheets, look)
    mask = _mask(columns, rows, to_px, outlines, lids, sheets)
    pixels = np.concatenate([colour[..., :3], mask[..., None]], axis=2)
    corner = plane.origin + low[0] * across + low[1] * up
    return Face(np.ascontiguousarray(pixels), corner, columns / PX_MM * across, rows / PX_MM * up)


def _frame_of(plane: CutPlane) -> tuple[Doubles, Doubles]:
    across = np.cross(plane.normal, np.eye(3)[np.abs(plane.normal).argmin()])
    across = across / np.linalg.norm(across)
    return across, np.cross(plane.normal, across)


def _in_plane(heart: Heart, name: str, plane: CutPlane, *, lids: bool = False) -> list[Line]:
    """Return the lines of a surface in the plane, or of what closes its valves."""
    basis = np.stack(_frame_of(plane), axis=1)
    surface = heart.surfaces.get(name)
    if surface is None or not len(surface.triangles):
        return []
    vertices = surface.vertices_mm.astype(np.float64) @ heart.axes - plane.origin
    triangles = surface.triangles[len(surface.open_triangles) :] if lids else surface.triangles
    return [(points @ basis, closed) for points, closed in loops(vertices, triangles, vertices @ plane.normal)]


def _closed(lines: list[Line]) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for points, closed in lines:
        if closed:
            _trace(path, points, closed=True)
    return path


def _trace(path: QPainterPath, points: Doubles, *, closed: bool) -> None:
    path.moveTo(float(points[0, 0]), float(points[0, 1]))
    for x, y in points[1:].tolist():
        path.lineTo(x, y)
    if closed:
        path.closeSubpath()


def _traced(lines: list[Line]) -> QPainterPath:
    path = QPainterPath()
    for points, closed in lines:
        _trace(path, points, closed=closed)
    return path


def _colours(
    columns: int, rows: int, to_px: QTransform, outlines: dict[str, QPainterPath], sheets: QPainterPath, look: Tokens
) -> Bytes:
    image = QImage(columns, rows, QImage.Format.Format_RGBA8888)
    muscle = QColor(look.muscle)
    image.fill(muscle)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setTransform(to_px)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    edge = QColor(look.coronary)
    for width, alpha in _SHADES:
        edge.setAlpha(alpha)
        painter.setPen(
            QPen(edge, 2.0 * width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        for path in outlines.values():
            painter.drawPath(path)
    edge.setAlpha(255)
    painter.setPen(QPen(edge, 2.0 * _EDGE_MM))
    for path in outlines.values():
        painter.drawPath(path)
    painter.setPen(QPen(QColor(look.muscle), _SHEET_MM + 1.0))
    painter.drawPath(sheets)
    painter.end()
    return _bytes(image)


def _mask(
    columns: int,
    rows: int,
    to_px: QTransform,
    outlines: dict[str, QPainterPath],
    lids: QPainterPath,
    sheets: QPainterPath,
) -> Bytes:
    image = QImage(columns, rows, QImage.Format.Format_RGBA8888_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setTransform(to_px)
    painter.fillPath(outlines["epicardium"], QBrush(QColor("#ffffff")))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    for name in ("lv_endocardium", "rv_endocardium"):
        painter.fillPath(outlines[name], QBrush(QColor("#ffffff")))
    flat, sharp = Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.BevelJoin
    painter.strokePath(lids, QPen(QColor("#ffffff"), _LID_MM, Qt.PenStyle.SolidLine, flat, sharp))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.fillPath(outlines[_INNER], QBrush(QColor("#ffffff")))
    sheet = QColor("#ffffff")
    sheet.setAlpha(SHEET_ALPHA)
    painter.setPen(QPen(sheet, _SHEET_MM))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(sheets)
    painter.end()
    return _bytes(image)[..., 3]


def _bytes(image: QImage) -> Bytes:
    rows, columns = image.height(), image.width()
    found = np.frombuffer(image.constBits(), np.uint8).reshape(rows, image.bytesPerLine())
    return found[:, : 4 * columns].reshape(rows, columns, 4).copy()
