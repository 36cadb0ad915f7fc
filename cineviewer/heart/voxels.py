"""The ventricles as a grid: what every voxel is, and where in its wall it lies.

Coordinates in the manner of UVC (Bayer 2018, doi 10.1016/j.media.2018.01.005) and Cobiveco (Schuler 2021,
doi 10.1016/j.media.2021.102247), from distances and Laplace's equation on the grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Floats
from cineviewer.heart import regions
from cineviewer.heart.grooves import insertion_angles
from cineviewer.heart.shape import Fields, Morph, Shape, fields, lv_apex_z
from cineviewer.heart.surface import grid

Voxels = npt.NDArray[np.uint8]
Booleans = npt.NDArray[np.bool_]

VOXEL_MM = 2.0
BOX_MM = ((-50.0, -60.0, -112.0), (98.0, 80.0, 34.0))
FAT, BASE, CAVITY_LV, CAVITY_RV = 252, 253, 254, 255
"""Labels of the grooves' fat, of the valves' plane, and of blood; walls are 1 + the index of their region's name."""
CONUS_REACH_MM = 6.0
FAT_FROM = 1.5
"""What lies farther from the right cavity than so many of its walls is fat."""
APEX_MM = 4.0
"""So much of the left ventricle's tip is apicobasal 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """The ventricles on a regular grid in heart coordinates.

    Attributes
    ----------
    origin_mm, spacing_mm
        Centre of the first voxel, and the distance between neighbours.
    labels
        (a, b, c): 0 outside, 1 + index of the region in `regions.NAMES` for muscle, else FAT, BASE or a CAVITY.
    apicobasal
        (a, b, c), 0 at the left ventricle's apex, 1 at the base: Laplace's equation, respaced by geodesic distance.
    transmural
        0 at the endocardium, 1 at the epicardium or in the septum's middle: from distances.
    rotational
        0 at the anterior insertion of the right ventricle, 1/3 at the inferior one, along the septum as along the right
        free wall; onward over the left free wall to 1.
    transventricular
        0 left, 1 right: the right half of the septum counts as right.

    All four are NaN where there is no muscle.
    """

    origin_mm: Doubles
    spacing_mm: float
    labels: Voxels
    apicobasal: Floats
    transmural: Floats
    rotational: Floats
    transventricular: Floats

    @property
    def wall(self) -> Booleans:
        """(a, b, c) True where there is muscle."""
        return (self.labels > 0) & (self.labels <= len(regions.NAMES))

    @property
    def points_mm(self) -> Doubles:
        """(a, b, c, 3) centres of the voxels."""
        columns = [self.origin_mm[k] + self.spacing_mm * np.arange(n) for k, n in enumerate(self.labels.shape)]
        return np.stack(np.meshgrid(*columns, indexing="ij"), axis=-1)


def volume(morph: Morph | None = None, spacing_mm: float = VOXEL_MM) -> Volume:
    """Fill the generic heart, or one that differs from it, with labelled voxels and their coordinates.

    Parameters
    ----------
    morph
        How it differs; the generic heart unless given.
    spacing_mm
        Edge of a voxel; 2 takes about two seconds. Coarser than the right wall is thick leaves holes in it.
    """
    return volume_of(Shape.of(morph or Morph()), spacing_mm)


def volume_of(shape: Shape, spacing_mm: float = VOXEL_MM) -> Volume:
    """Fill the ventricles of a shape with labelled voxels and their coordinates."""
    points = grid(*BOX_MM, spacing_mm)
    f = fields(points, shape)
    insertions = insertion_angles(shape)
    labels = _labels(points, f, shape, insertions)
    wall = (labels > 0) & (labels <= len(regions.NAMES))
    right, transmural = _depth(f, wall)
    apicobasal = _apicobasal(points, labels, wall)
    rotational = _rotational(points, labels, wall, insertions)

    def spread(values: Doubles) -> Floats:
        whole = np.full(labels.shape, np.nan, dtype=np.float32)
        whole[wall] = values
        return whole

    return Volume(
        origin_mm=points[0, 0, 0],
        spacing_mm=spacing_mm,
        labels=labels,
        apicobasal=spread(apicobasal),
        transmural=spread(transmural),
        rotational=spread(rotational),
        transventricular=spread(right.astype(np.float64)),
    )


def _labels(points: Doubles, f: Fields, shape: Shape, insertions: tuple[float, float]) -> Voxels:
    inside = f.epicardium < 0.0
    left, right = inside & (f.lv_cavity < 0.0), inside & (f.rv_cavity < 0.0)
    solid = inside & ~left & ~right
    # The septum belongs to the left ventricle, as in Cerqueira's model; in the grooves between the two lies fat.
    left_side = f.lv_outer < 0.5
    base = solid & (f.base < 0.0)
    wall = _largest(solid & ~base & (left_side | (f.rv_cavity < FAT_FROM * shape.rv_wall)))
    left_wall, right_wall = wall & left_side, wall & ~left_side
    labels = np.zeros(inside.shape, dtype=np.uint8)
    labels[left_wall] = 1 + regions.left_segments(points[left_wall], lv_apex_z(shape), insertions)
    at = points[right_wall]
    infundibulum = shape.conus[1]
    outflow = (f.conus[right_wall] < CONUS_REACH_MM) & (at[:, 2] > infundibulum[2]) & (at[:, 1] > infundibulum[1])
    labels[right_wall] = 1 + regions.right_segments(at, float(points[right][:, 2].min()), outflow)
    labels[solid & ~wall], labels[base] = FAT, BASE
    labels[left], labels[right] = CAVITY_LV, CAVITY_RV
    return labels


def _largest(chosen: Booleans) -> Booleans:
    """Drop crumbs that the grid has cut off from the rest."""
    from scipy.ndimage import label

    pieces, _ = label(chosen, structure=np.ones((3, 3, 3)))
    return np.asarray(pieces == np.bincount(pieces[chosen]).argmax(), dtype=np.bool_)


def _depth(f: Fields, wall: Booleans) -> tuple[Booleans, Doubles]:
    """Return which ventricle a wall's point belongs to (True: right), and how deep it lies."""
    left, right = np.maximum(f.lv_cavity[wall], 0.0), np.maximum(f.rv_cavity[wall], 0.0)
    belongs_right = right < left
    own, other = np.minimum(left, right), np.maximum(left, right)
    onward = np.minimum(np.maximum(-f.epicardium[wall], 0.0), 0.5 * (other - own))
    return belongs_right, own / np.maximum(own + onward, 1e-6)


def _apicobasal(points: Doubles, labels: Voxels, wall: Booleans) -> Doubles:
    """Solve Laplace's equation from apex to base; respace it by the share of the way along the muscle."""
    from scipy.ndimage import binary_dilation
    from scipy.sparse.csgraph import dijkstra

    height = points[..., 2][wall]
    apex = height < height.min() + APEX_MM
    base = binary_dilation(labels == BASE, iterations=1)[wall] & ~apex
    graph = _neighbours(wall)
    harmonic = _harmonic(graph, apex, base)
    ways = [dijkstra(graph[0], indices=np.flatnonzero(ends), min_only=True) for ends in (apex, base)]
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


def _neighbours(chosen: Booleans):  # type: ignore[no-untyped-def]
    """Return lengths between the 26-neighbours among chosen voxels, in voxels, as two sparse matrices.

    The first holds lengths, the second 1 / length squared.
    """
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
    return csr_matrix((length, index), shape=(n, n)), csr_matrix((1.0 / length**2, index), shape=(n, n))


def _harmonic(graph, zero: Booleans, one: Booleans) -> Doubles:  # type: ignore[no-untyped-def]
    """Solve Laplace's equation on a connected graph between 0 and 1."""
    from scipy.sparse import diags
    from scipy.sparse.linalg import cg

    weights = graph[1]
    fixed = zero | one
    free = ~fixed
    values = np.where(one, 1.0, 0.0)
    degree = np.asarray(weights.sum(axis=1)).ravel()
    laplacian = diags(degree) - weights
    source = -laplacian[free][:, fixed] @ values[fixed]
    solved, _ = cg(laplacian[free][:, free], source, rtol=1e-8, M=diags(1.0 / degree[free]))
    values[free] = np.clip(solved, 0.0, 1.0)
    return np.asarray(values, dtype=np.float64)
