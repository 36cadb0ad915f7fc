"""The ventricles as a grid: what every voxel is, and where in its wall it lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cineviewer.ecg import Doubles, Floats
from cineviewer.heart import regions
from cineviewer.heart.coordinates import (
    BASE,
    CAVITY_LV,
    CAVITY_RV,
    FAT,
    Booleans,
    Distances,
    Voxels,
    coordinates,
    largest,
)
from cineviewer.heart.grooves import insertion_angles
from cineviewer.heart.shape import Fields, Morph, Shape, fields, lv_apex_z
from cineviewer.heart.surface import grid

VOXEL_MM = 2.0
BOX_MM = ((-50.0, -60.0, -112.0), (98.0, 80.0, 34.0))
CONUS_REACH_MM = 6.0
FAT_FROM = 1.5
"""What lies farther from the right cavity than so many of its walls is fat."""


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
    away = Distances(f.lv_cavity[wall], f.rv_cavity[wall], -f.epicardium[wall])
    found = coordinates(points, labels, wall, away, insertions)

    def spread(values: Doubles) -> Floats:
        whole = np.full(labels.shape, np.nan, dtype=np.float32)
        whole[wall] = values
        return whole

    return Volume(
        origin_mm=points[0, 0, 0],
        spacing_mm=spacing_mm,
        labels=labels,
        apicobasal=spread(found[:, 0]),
        transmural=spread(found[:, 1]),
        rotational=spread(found[:, 2]),
        transventricular=spread(found[:, 3]),
    )


def _labels(points: Doubles, f: Fields, shape: Shape, insertions: tuple[float, float]) -> Voxels:
    inside = f.epicardium < 0.0
    left, right = inside & (f.lv_cavity < 0.0), inside & (f.rv_cavity < 0.0)
    solid = inside & ~left & ~right
    # The septum belongs to the left ventricle, as in Cerqueira's model; in the grooves between the two lies fat.
    left_side = f.lv_outer < 0.5
    base = solid & (f.base < 0.0)
    wall = largest(solid & ~base & (left_side | (f.rv_cavity < FAT_FROM * shape.rv_wall)))
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
