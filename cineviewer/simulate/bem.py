"""Potentials on nested surfaces by the boundary-element method: linear collocation with deflation.

Each surface carries the potential linearly on its triangles (vertices are the unknowns). Solid angles of the linear
basis functions are analytic. Source: de Munck, IEEE Trans Biomed Eng 1992;39:986 (linear functions); Barnard et al.,
Biophys J 1967;7:463 (the integral equation); Lynn and Timlake, SIAM J Numer Anal 1968;5:303 (deflation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles

Triangles = npt.NDArray[np.int32]
_ROWS_AT_ONCE: Final = 128
_POINTS_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """One closed surface, its triangles counter-clockwise seen from outside, between two conductivities.

    Attributes
    ----------
    vertices_mm, triangles
        (n, 3) and (m, 3).
    inside_s_m, outside_s_m
        Conductivity in siemens a metre on either side; 0 outside for skin against air.
    """

    vertices_mm: Doubles
    triangles: Triangles
    inside_s_m: float
    outside_s_m: float


def reciprocal(boundaries: tuple[Boundary, ...]) -> Doubles:
    """Return how the free-space potentials at all vertices add up to the potential at each vertex of the skin.

    By reciprocity these rows serve every source and every place of an electrode.

    Parameters
    ----------
    boundaries
        The first is the skin.

    Returns
    -------
    (skin's vertices, all vertices); multiplied by the potential in volt that a source would cause at the vertices in
    an endless conductor of 1 S/m, it gives the potential in volt on the skin, up to a constant.
    """
    matrix, sums = _system(boundaries)
    skin = np.eye(len(matrix), len(boundaries[0].vertices_mm))
    return np.asarray(np.linalg.solve(matrix.T, skin).T * (2.0 / sums))


def potentials(boundaries: tuple[Boundary, ...], weights: Doubles, points_mm: Doubles) -> Doubles:
    """Return the (k, p) potential in volt that a unit current (1 A) at some points causes at k electrodes.

    Differences between points are what a current dipole between them causes; the total has no meaning in a torso that
    no current can leave.

    Parameters
    ----------
    weights
        (k, all vertices): rows of `reciprocal`, interpolated to the electrodes.
    points_mm
        (p, 3), inside the first boundary, a triangle's length away from any.
    """
    middle = points_mm.mean(axis=0)
    # Single precision about the points' middle: five times as fast, and differences over 2 mm are right within 1e-4.
    vertices = np.concatenate([boundary.vertices_mm for boundary in boundaries]) - middle
    near, points = vertices.astype(np.float32), (points_mm - middle).astype(np.float32)
    scaled = (weights * (1000.0 / (4.0 * np.pi))).astype(np.float32)
    near_square = (near**2).sum(axis=1)[:, None]
    found = np.empty((len(weights), len(points)))
    for first in range(0, len(points), _POINTS_AT_ONCE):
        part = points[first : first + _POINTS_AT_ONCE]
        distance = near @ part.T
        distance *= -2.0
        distance += near_square
        distance += (part**2).sum(axis=1)
        found[:, first : first + _POINTS_AT_ONCE] = scaled @ np.reciprocal(
            np.sqrt(distance, out=distance), out=distance
        )
    return found


def linear_angles(point_mm: Doubles, corners_mm: Doubles) -> Doubles:
    """Return the solid angles of each triangle's three linear basis functions, seen from some points.

    Parameters
    ----------
    point_mm
        (p, 3).
    corners_mm
        (m, 3, 3): triangles, corners, xyz.

    Returns
    -------
    (p, m, 3); a point inside a closed outward surface sees 4 pi in all, a point in a triangle's plane nothing of it.
    """
    y = corners_mm[None] - point_mm[:, None, None]
    ahead, behind = np.roll(y, -1, axis=2), np.roll(y, 1, axis=2)
    r = np.linalg.norm(y, axis=-1)
    triple = np.einsum("pmi,pmi->pm", y[:, :, 0], np.cross(y[:, :, 1], y[:, :, 2]))
    dots = np.einsum("pmki,pmki->pmk", ahead, behind)
    solid = 2.0 * np.arctan2(triple, r.prod(axis=-1) + (r * dots).sum(axis=-1))
    edge = np.roll(corners_mm, -1, axis=1) - corners_mm
    length = np.linalg.norm(edge, axis=-1)
    near = r * length + np.einsum("pmki,mki->pmk", y, edge)
    far = np.roll(r, -1, axis=2) * length + np.einsum("pmki,mki->pmk", ahead, edge)
    with np.errstate(divide="ignore", invalid="ignore"):
        # A point on an edge's line lies in the triangle's plane: `triple` is zero there and its share is dropped.
        gamma = np.log(far / near) / length
    gamma = np.where(np.isfinite(gamma), gamma, 0.0)
    ring = np.einsum("pmk,mki->pmi", gamma, edge)
    normal = np.cross(edge[:, 0], edge[:, 1])
    doubled_area2 = np.einsum("mi,mi->m", normal, normal)
    opposite = behind - ahead
    share = np.einsum("pmki,mi->pmk", np.cross(ahead, behind), normal) * solid[..., None]
    share += triple[..., None] * np.einsum("pmki,pmi->pmk", opposite, ring)
    angles = share / doubled_area2[None, :, None]
    flat = np.abs(triple) < 1e-9 * (length.max(axis=-1) ** 3)[None]
    return np.asarray(np.where(flat[..., None], 0.0, angles))


def _system(boundaries: tuple[Boundary, ...]) -> tuple[Doubles, Doubles]:
    """Return the deflated matrix and each row's sum of conductivities."""
    starts = np.cumsum([0, *(len(boundary.vertices_mm) for boundary in boundaries)])
    vertices = np.concatenate([boundary.vertices_mm for boundary in boundaries])
    sums = np.concatenate([np.full(len(b.vertices_mm), b.inside_s_m + b.outside_s_m) for b in boundaries])
    matrix = np.eye(len(vertices))
    for k, boundary in enumerate(boundaries):
        angles = _vertex_angles(vertices, boundary)
        own = slice(starts[k], starts[k + 1])
        # What a vertex sees of its own surface is not computed at the vertex: rows must see 2 pi of it in all.
        diagonal = np.arange(starts[k], starts[k + 1])
        angles[diagonal, diagonal - starts[k]] = 0.0
        angles[diagonal, diagonal - starts[k]] = 2.0 * np.pi - angles[own].sum(axis=1)
        step = boundary.inside_s_m - boundary.outside_s_m
        matrix[:, own] -= step / (2.0 * np.pi) * angles / sums[:, None]
    matrix[:, : starts[1]] += 1.0 / starts[1]
    return matrix, sums


def _vertex_angles(points_mm: Doubles, boundary: Boundary) -> Doubles:
    """Return the (p, n) solid angles of a surface's vertex functions."""
    angles = np.zeros((len(points_mm), len(boundary.vertices_mm)))
    corners = boundary.vertices_mm[boundary.triangles]
    columns = boundary.triangles.ravel()
    for first in range(0, len(points_mm), _ROWS_AT_ONCE):
        part = linear_angles(points_mm[first : first + _ROWS_AT_ONCE], corners).reshape(-1, columns.size)
        for row, values in enumerate(part):
            angles[first + row] = np.bincount(columns, values, minlength=angles.shape[1])
    return angles
