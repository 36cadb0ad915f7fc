"""How the bead is seen in the ventricles: dimmed by walls in front of it, hidden by a nearer stretch of the path."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Floats
from cineviewer.heart import Heart
from cineviewer.heart.tube import Triangles
from cineviewer.paint.scene_actors import FLAT, OPENED, RIM, WALL_STRENGTH, wall_strength
from cineviewer.paint.scene_camera import View
from cineviewer.paint.scene_cut import CutPlane
from cineviewer.paint.scene_path import QRS_RADIUS_MM

OWN_TUBE_MM = 2.0 * QRS_RADIUS_MM + 1.5
"""The bead sits on the tube: only a stretch of the path that is nearer by more than this hides it."""
DENSEST = 0.6
"""More than this no number of walls takes away of the bead: it must be found."""

Mask = npt.NDArray[np.bool_]


class _Surfaces(NamedTuple):
    """All translucent walls in LPS mm: vertices and their unit normals (v, 3), triangles and their strength (n,)."""

    vertices: Floats
    normals: Floats
    triangles: Triangles
    strength: Floats


def clearness(heart: Heart, view: View, points: Doubles, plane: CutPlane | None = None) -> Doubles:
    """Return how much of (n, 3) points gets through the walls in front of them: 1 in front of all, (n,).

    Where the heart is cut, no wall stands in the way that is left out.
    """
    if not len(points):
        return np.zeros(0)
    surfaces = _surfaces(heart)
    seen, _ = view.project(points, 1.0, 1.0)
    away = view.depth(points)
    places, _ = view.project(surfaces.vertices, 1.0, 1.0)
    corners = places.astype(np.float32)[surfaces.triangles]
    low, high = corners.min(axis=1), corners.max(axis=1)
    close = np.flatnonzero(((low <= seen.max(axis=0)) & (high >= seen.min(axis=0))).all(axis=1))
    low, high = low[close], high[close]
    inside = (low[:, 0] <= seen[:, :1]) & (seen[:, :1] <= high[:, 0])
    inside &= (low[:, 1] <= seen[:, 1:]) & (seen[:, 1:] <= high[:, 1])
    point, found = np.nonzero(inside)
    triangle = close[found]
    weights = _barycentric(places[surfaces.triangles[triangle]], seen[point])
    depth = view.depth(surfaces.vertices)[surfaces.triangles[triangle]]
    in_front = (weights >= 0.0).all(axis=1) & ((weights * depth).sum(axis=1) < away[point])
    point, triangle, weights = point[in_front], triangle[in_front], weights[in_front]
    opened = 0.0
    if plane is not None:
        places_mm = np.einsum("ij,ijk->ik", weights, surfaces.vertices[surfaces.triangles[triangle]])
        kept = ~plane.leaves_out(places_mm, view)
        point, triangle, weights, opened = point[kept], triangle[kept], weights[kept], OPENED
    clear = np.ones(len(points))
    np.multiply.at(clear, point, 1.0 - _opacity(surfaces, triangle, weights, view, opened))
    return clear


def veil(clear: float) -> float:
    """Return how much walls take away of a bead of which this much gets through them."""
    return DENSEST * (1.0 - clear)


def hidden(tube_mm: Floats, x: float, y: float, reach: int, depth_mm: float) -> Mask:
    """Return which px round a place are covered by a nearer stretch of the path.

    Parameters
    ----------
    tube_mm
        (rows, columns) distance of the path from the camera's plane, inf where there is none.
    x, y, reach
        The place in px of `tube_mm`, and how far round it is looked at.
    depth_mm
        Distance of the bead.

    Returns
    -------
    (2 reach, 2 reach), False outside the picture.
    """
    found = np.zeros((2 * reach, 2 * reach), dtype=bool)
    rows, columns = tube_mm.shape
    left, top = round(x) - reach, round(y) - reach
    first, last = max(top, 0), min(top + 2 * reach, rows)
    start, end = max(left, 0), min(left + 2 * reach, columns)
    if first < last and start < end:
        part = tube_mm[first:last, start:end] < depth_mm - OWN_TUBE_MM
        found[first - top : last - top, start - left : end - left] = part
    return found


@lru_cache(maxsize=2)
def _surfaces(heart: Heart) -> _Surfaces:
    walls = [heart.surfaces[name] for name in WALL_STRENGTH]
    axes = heart.axes.astype(np.float32)
    offsets = np.cumsum([0, *(len(wall.vertices_mm) for wall in walls)])
    return _Surfaces(
        np.concatenate([wall.vertices_mm for wall in walls]) @ axes,
        np.concatenate([wall.normals for wall in walls]) @ axes,
        np.concatenate([wall.open_triangles + offset for wall, offset in zip(walls, offsets, strict=False)]),
        np.concatenate(
            [
                wall_strength(name, wall)[wall.open_triangles].mean(axis=1)
                for name, wall in zip(WALL_STRENGTH, walls, strict=True)
            ]
        ).astype(np.float32),
    )


def _opacity(
    surfaces: _Surfaces, triangles: npt.NDArray[np.intp], weights: Doubles, view: View, opened: float
) -> Doubles:
    """Return how much walls take away where they are met, their normals as smooth as they are drawn."""
    corners = surfaces.triangles[triangles]
    towards = view.position - surfaces.vertices[corners[:, 0]]
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    facing = (weights[:, :, None] * surfaces.normals[corners]).sum(axis=1)
    facing /= np.maximum(np.linalg.norm(facing, axis=1, keepdims=True), 1e-9)
    along = np.einsum("ij,ij->i", facing, towards)
    rim = 1.0 - np.abs(along).clip(0.0, 1.0)
    return np.asarray(surfaces.strength[triangles] * np.minimum(FLAT + opened + RIM * rim * rim, 1.0), dtype=np.float64)


def _barycentric(triangles: Doubles, places: Doubles) -> Doubles:
    """Return (n, 3) weights of the corners of flat triangles (n, 3, 2) at (n, 2) places; negative ones lie outside."""
    a, b, c = (triangles[:, k] - places for k in range(3))
    weights = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)], axis=1)
    area = weights.sum(axis=1, keepdims=True)
    return np.asarray(weights / np.where(np.abs(area) < 1e-15, np.inf, area), dtype=np.float64)


def _cross(one: Doubles, other: Doubles) -> Doubles:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0], dtype=np.float64)
