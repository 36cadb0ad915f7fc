"""The ventricles' muscle as a graph: nodes, neighbours, coordinates, fibres, and the fast layer under the endocardium.

Made from what any `Heart` offers: points of its walls on a regular grid, their labels and its closed surfaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles
from cineviewer.heart import Heart

Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

_REACH: Final = 2
"""Neighbours up to two grid steps away in 98 directions: distances on the graph are right within 3 percent."""
_LAYER_MM: Final = 2.6
"""Thickness of the layer that the Purkinje fibres feed: one to two nodes."""
_HELIX_DEG: Final = 60.0
"""Fibres turn from +60 degrees at the endocardium to -60 at the epicardium. Source: Streeter et al. 1969."""


@dataclass(frozen=True, slots=True, eq=False)
class Tissue:
    """Muscle of both ventricles, one node a grid point.

    Attributes
    ----------
    points_mm, spacing_mm
        (n, 3) in heart coordinates.
    left
        (n,) of the left ventricle, the septum included.
    apicobasal
        (n,) 0 at the apex, 1 at the AV plane, more in the outflow tract.
    angle_deg
        (n,) about the left ventricle's long axis: 0 septum, 90 anterior, -90 inferior, 180 lateral.
    depth
        (n,) 0 at the ventricle's own endocardium, 1 at the epicardium (in the septum: its right side).
    left_layer, right_layer
        (n,) the fast layers; the septum's right side belongs to the right one.
    fibres
        (n, 3) unit vectors.
    edges, steps_mm
        (e, 2) neighbours that a wave can pass between, and (e, 3) from the first to the second.
    pairs, axes
        (f, 2) nodes that touch, and (f,) along which of the three axes.
    """

    points_mm: Doubles
    spacing_mm: float
    left: Mask
    apicobasal: Doubles
    angle_deg: Doubles
    depth: Doubles
    left_layer: Mask
    right_layer: Mask
    fibres: Doubles
    edges: Indices
    steps_mm: Doubles
    pairs: Indices
    axes: Indices

    def nearest(self, inside: Mask, angle_deg: float, apicobasal: float) -> int:
        """Return the node of a mask next to a place that is given by angle and height."""
        candidates = np.flatnonzero(inside)
        points = self.points_mm[candidates]
        away_deg = np.mod(self.angle_deg[candidates] - angle_deg + 180.0, 360.0) - 180.0
        along_mm = np.radians(away_deg) * np.hypot(points[:, 0], points[:, 1])
        height_mm = (self.apicobasal[candidates] - apicobasal) * -self.points_mm[:, 2].min()
        return int(candidates[np.argmin(along_mm**2 + height_mm**2)])


@lru_cache(maxsize=4)
def tissue(heart: Heart) -> Tissue:
    """Return the muscle of a heart."""
    points = np.asarray(heart.walls_mm, dtype=np.float64)
    left = np.array(["LV" in name for name in heart.label_names])[heart.wall_labels]
    to_left, left_normal = _distance(heart, "lv_endocardium", points)
    to_right, right_normal = _distance(heart, "rv_endocardium", points)
    to_outside, _ = _distance(heart, "epicardium", points)
    inner = np.where(left, to_left, to_right)
    outer = np.where(left, np.minimum(to_outside, to_right), to_outside)
    depth = np.clip(inner / np.maximum(inner + outer, 1e-6), 0.0, 1.0)
    edges, steps = _edges(points, heart.spacing_mm)
    touching = np.abs(steps).sum(axis=1) < 1.5 * heart.spacing_mm
    return Tissue(
        points_mm=points,
        spacing_mm=heart.spacing_mm,
        left=left,
        apicobasal=1.0 - points[:, 2] / points[left, 2].min(),
        angle_deg=np.degrees(np.arctan2(points[:, 1], points[:, 0])),
        depth=depth,
        left_layer=left & (to_left < _LAYER_MM),
        right_layer=(to_right < _LAYER_MM) & (~left | (to_left > to_right)),
        fibres=_fibres(depth, np.where(left[:, None], left_normal, right_normal)),
        edges=edges,
        steps_mm=steps,
        pairs=edges[touching],
        axes=np.abs(steps[touching]).argmax(axis=1),
    )


def _distance(heart: Heart, surface: str, points: Doubles) -> tuple[Doubles, Doubles]:
    """Return the (n,) distance to a surface, and its outward normals next to the points."""
    from scipy.spatial import cKDTree

    mesh = heart.surfaces[surface]
    _, nearest = cKDTree(mesh.vertices_mm).query(points)
    normals = mesh.normals[nearest].astype(np.float64)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    away = points - mesh.vertices_mm[nearest]
    return np.abs(np.einsum("ni,ni->n", away, normals)), normals


def _fibres(depth: Doubles, outward: Doubles) -> Doubles:
    """Turn the circumferential direction by the helix angle of each depth."""
    base = np.array([0.0, 0.0, 1.0])
    around = np.cross(base, outward)
    around[np.linalg.norm(around, axis=1) < 1e-6] = (1.0, 0.0, 0.0)  # at the very apex every direction goes round
    around /= np.maximum(np.linalg.norm(around, axis=1, keepdims=True), 1e-9)
    along = np.cross(outward, around)
    helix = np.radians(_HELIX_DEG * (1.0 - 2.0 * depth))[:, None]
    fibres = np.cos(helix) * around + np.sin(helix) * along
    return np.asarray(fibres / np.maximum(np.linalg.norm(fibres, axis=1, keepdims=True), 1e-9))


def _edges(points: Doubles, spacing_mm: float) -> tuple[Indices, Doubles]:
    """Join each node with its neighbours; longer steps only where muscle lies between, not across a cavity."""
    cells = np.rint((points - points.min(axis=0)) / spacing_mm).astype(np.intp) + _REACH
    node = np.full(cells.max(axis=0) + _REACH + 1, -1, dtype=np.intp)
    node[tuple(cells.T)] = np.arange(len(cells))
    starts, ends, steps = [], [], []
    reach = range(-_REACH, _REACH + 1)
    for offset in product(reach, repeat=3):
        if offset <= (0, 0, 0) or np.gcd.reduce(offset) != 1:
            continue
        step = np.array(offset)
        end = node[tuple((cells + step).T)]
        joined = end >= 0
        if np.abs(step).max() > 1:
            for middle in (np.floor(step / 2.0), np.ceil(step / 2.0)):
                joined &= node[tuple((cells + middle.astype(np.intp)).T)] >= 0
        starts.append(np.flatnonzero(joined))
        ends.append(end[joined])
        steps.append(np.repeat(spacing_mm * step[None].astype(np.float64), joined.sum(), axis=0))
    return np.stack([np.concatenate(starts), np.concatenate(ends)], axis=1), np.concatenate(steps)
