"""A tube along a curve: vessels, rings and the path are made of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Floats

Triangles = npt.NDArray[np.int32]


def tube(
    curve_mm: Doubles, radius_mm: Doubles | float, sides: int = 12, *, closed: bool = False, caps: bool = False
) -> tuple[Floats, Triangles, Floats]:
    """Sweep a circle along a curve.

    Parameters
    ----------
    curve_mm
        (n, 3) points, neighbours apart.
    radius_mm
        One radius, one a point (n,), or one a point and side (n, sides).
    sides
        Corners of the circle.
    closed
        Join the end to the beginning (a ring).
    caps
        Close both ends with a flat fan.

    Returns
    -------
    vertices (n * sides [+ 2], 3), triangles (m, 3), outward normals; vertex `i * sides + j` lies round point i.
    """
    curve = np.asarray(curve_mm, dtype=np.float64)
    n = len(curve)
    tangents = _tangents(curve, closed)
    normals, binormals = _frames(tangents, closed)
    angle = np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)
    spokes = normals[:, None] * np.cos(angle)[:, None] + binormals[:, None] * np.sin(angle)[:, None]
    radius = np.broadcast_to(np.asarray(radius_mm, dtype=np.float64).reshape(-1, 1) if np.ndim(radius_mm) < 2
                             else np.asarray(radius_mm), (n, sides))  # fmt: skip
    vertices = (curve[:, None] + radius[..., None] * spokes).reshape(-1, 3)
    shading = spokes.reshape(-1, 3)
    rows = np.arange(n if closed else n - 1)[:, None] * sides
    around, beyond = np.arange(sides)[None], np.mod(np.arange(sides) + 1, sides)[None]
    above = np.mod(rows + sides, n * sides)
    a, b, c, d = rows + around, rows + beyond, above + beyond, above + around
    triangles = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    if caps and not closed:
        vertices, triangles, shading = _capped(vertices, triangles, shading, curve, tangents, sides)
    return vertices.astype(np.float32), triangles.astype(np.int32), shading.astype(np.float32)


def _tangents(curve: Doubles, closed: bool) -> Doubles:
    steps = np.roll(curve, -1, axis=0) - np.roll(curve, 1, axis=0) if closed else np.gradient(curve, axis=0)
    length = np.linalg.norm(steps, axis=1)
    lost = length < 1e-9
    if lost.any():  # where a curve turns back on itself the neighbour's direction stands in
        kept = np.flatnonzero(~lost)
        nearest = kept[np.abs(np.arange(len(curve))[:, None] - kept).argmin(axis=1)] if len(kept) else None
        steps = np.tile([0.0, 0.0, 1.0], (len(curve), 1)) if nearest is None else steps[nearest]
        length = np.linalg.norm(steps, axis=1)
    return np.asarray(steps / length[:, None], dtype=np.float64)


def _frames(tangents: Doubles, closed: bool) -> tuple[Doubles, Doubles]:
    """Carry a normal along the curve without twist; on a ring the remaining twist is spread evenly."""
    helper = np.eye(3)[np.abs(tangents[0]).argmin()]
    normal = np.cross(tangents[0], helper)
    normals = np.empty_like(tangents)
    for i, tangent in enumerate(tangents):
        normal = normal - tangent * (normal @ tangent)
        normal /= np.linalg.norm(normal)
        normals[i] = normal
    binormals = np.cross(tangents, normals)
    if closed:
        last = normals[-1] - tangents[0] * (normals[-1] @ tangents[0])
        twist = np.arctan2(last @ binormals[0], last @ normals[0])
        turn = -twist * np.arange(len(tangents)) / len(tangents)
        normals = normals * np.cos(turn)[:, None] + binormals * np.sin(turn)[:, None]
        binormals = np.cross(tangents, normals)
    return normals, binormals


def _capped(
    vertices: Doubles, triangles: npt.NDArray[np.intp], shading: Doubles, curve: Doubles, tangents: Doubles, sides: int
) -> tuple[Doubles, npt.NDArray[np.intp], Doubles]:
    n = len(curve)
    first, last = n * sides, n * sides + 1
    around, beyond = np.arange(sides), np.mod(np.arange(sides) + 1, sides)
    far = (n - 1) * sides
    start = np.stack([np.full(sides, first), beyond, around], -1)
    end = np.stack([np.full(sides, last), far + around, far + beyond], -1)
    return (
        np.concatenate([vertices, curve[:1], curve[-1:]]),
        np.concatenate([triangles, start, end]),
        np.concatenate([shading, -tangents[:1], tangents[-1:]]),
    )
