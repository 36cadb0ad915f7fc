"""Where in the wall a voxel lies: apicobasal, transmural, rotational, transventricular.

In the manner of UVC (Bayer 2018, doi 10.1016/j.media.2018.01.005) and Cobiveco (Schuler 2021,
doi 10.1016/j.media.2021.102247), from distances and Laplace's equation on the grid. Values are not interchangeable with
Cobiveco's: there transmural is 1 at the endocardium, and rotational counts from behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles
from cineviewer.heart import regions

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Voxels = npt.NDArray[np.uint8]
Booleans = npt.NDArray[np.bool_]

FAT, BASE, CAVITY_LV, CAVITY_RV = 252, 253, 254, 255
"""Labels of the grooves' fat, of the valves' plane, and of blood; walls are 1 + the index of their region's name."""
APEX_MM = 4.0
"""So much of the left ventricle's tip is apicobasal 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """How far (w,) points of the wall are from the left cavity, from the right one, and from the epicardium, mm."""

    left_mm: Doubles
    right_mm: Doubles
    outside_mm: Doubles


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Neighbours among n voxels as sparse (n, n) matrices: how far apart, and 1 / distance squared."""

    lengths: csr_matrix
    weights: csr_matrix


def coordinates(
    points: Doubles, labels: Voxels, wall: Booleans, away: Distances, insertions: tuple[float, float]
) -> Doubles:
    """Return the four coordinates of every voxel of the wall.

    Parameters
    ----------
    points, labels, wall
        (a, b, c, 3) centres, (a, b, c) labels, and which are muscle: w of them, in one piece.
    away
        Distances of these w.
    insertions
        Angles at which the right ventricle is inserted, anterior and inferior, degrees.

    Returns
    -------
    (w, 4), each from 0 to 1, as `voxels.Volume` defines them.
    """
    right, transmural = _depth(away)
    columns = _apicobasal(points, labels, wall), transmural, _rotational(points, labels, wall, insertions), right
    return np.stack(columns, axis=-1).astype(np.float64)


def largest(chosen: Booleans) -> Booleans:
    """Drop crumbs that the grid has cut off from the rest."""
    from scipy.ndimage import label

    pieces, _ = label(chosen, structure=np.ones((3, 3, 3)))
    return np.asarray(pieces == np.bincount(pieces[chosen]).argmax(), dtype=np.bool_)


def _depth(away: Distances) -> tuple[Booleans, Doubles]:
    """Return which ventricle a wall's point belongs to (True: right), and how deep it lies."""
    left, right = np.maximum(away.left_mm, 0.0), np.maximum(away.right_mm, 0.0)
    own, other = np.minimum(left, right), np.maximum(left, right)
    onward = np.minimum(np.maximum(away.outside_mm, 0.0), 0.5 * (other - own))
    return right < left, own / np.maximum(own + onward, 1e-6)


def _apicobasal(points: Doubles, labels: Voxels, wall: Booleans) -> Doubles:
    """Solve Laplace's equation from apex to base; respace it by the share of the way along the muscle."""
    from scipy.ndimage import binary_dilation
    from scipy.sparse.csgraph import dijkstra

    height = points[..., 2][wall]
    apex = height < height.min() + APEX_MM
    base = binary_dilation(labels == BASE, iterations=1)[wall] & ~apex
    graph = _neighbours(wall)
    harmonic = _harmonic(graph, apex, base)
    ways = [dijkstra(graph.lengths, indices=np.flatnonzero(ends), min_only=True) for ends in (apex, base)]
    along = ways[0] / np.maximum(ways[0] + ways[1], 1e-9)
    edges = np.unique(np.quantile(harmonic, np.linspace(0.0, 1.0, 41)))
    mean = np.array([along[np.abs(harmonic - e) <= 0.02].mean() for e in edges])
    mean[0], mean[-1] = 0.0, 1.0
    # A little of the edges keeps apart what the means would make equal.
    mean = 0.98 * np.maximum.accumulate(mean) + 0.02 * edges
    return np.asarray(np.interp(harmonic, edges, mean), dtype=np.float64)


def _rotational(points: Doubles, labels: Voxels, wall: Booleans, insertions: tuple[float, float]) -> Doubles:
    """Turn about the long axis in the left wall; in the right one Laplace's equation from insertion to insertion."""
    from scipy.ndimage import binary_dilation

    around = regions.turn(points[wall], insertions) / 360.0
    is_right = labels > regions.RV_BASAL
    is_right &= wall
    is_left = wall & ~is_right
    touching = binary_dilation(is_left, iterations=1)[is_right]
    at = points[is_right]
    middle = 0.5 * (insertions[0] + insertions[1])
    in_front = np.degrees(np.arctan2(at[:, 1], at[:, 0])) > middle
    share = _harmonic(_neighbours(is_right), touching & in_front, touching & ~in_front)
    around[is_right[wall]] = share / 3.0
    return around


def _neighbours(chosen: Booleans) -> Graph:
    """Return lengths between the 26-neighbours among chosen voxels, in voxels."""
    from scipy.sparse import csr_matrix

    number = np.full(np.add(chosen.shape, 2), -1)
    number[1:-1, 1:-1, 1:-1][chosen] = np.arange(int(chosen.sum()))
    places = np.argwhere(chosen) + 1
    steps = [(i, j, k) for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1) if (i, j, k) != (0, 0, 0)]
    rows, columns, lengths = [], [], []
    for step in steps:
        other = number[tuple((places + step).T)]
        there = np.flatnonzero(other >= 0)
        rows.append(there)
        columns.append(other[there])
        lengths.append(np.full(len(there), float(np.linalg.norm(step))))
    index = np.concatenate(rows), np.concatenate(columns)
    length = np.concatenate(lengths)
    n = len(places)
    return Graph(csr_matrix((length, index), shape=(n, n)), csr_matrix((1.0 / length**2, index), shape=(n, n)))


def _harmonic(graph: Graph, zero: Booleans, one: Booleans) -> Doubles:
    """Solve Laplace's equation on a connected graph between 0 and 1."""
    from scipy.sparse import diags
    from scipy.sparse.linalg import cg

    weights = graph.weights
    fixed = zero | one
    free = ~fixed
    values = np.where(one, 1.0, 0.0)
    degree = np.maximum(np.asarray(weights.sum(axis=1)).ravel(), 1e-9)
    laplacian = diags(degree) - weights
    source = -laplacian[free][:, fixed] @ values[fixed]
    solved, _ = cg(laplacian[free][:, free], source, rtol=1e-8, M=diags(1.0 / degree[free]))
    values[free] = np.clip(solved, 0.0, 1.0)
    return np.asarray(values, dtype=np.float64)
