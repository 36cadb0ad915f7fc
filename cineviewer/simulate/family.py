"""Hearts like ours: its shape with other proportions, and with the base cut off as scans often have it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.heart import Heart, Morph, Surface, regions
from cineviewer.heart.coordinates import CAVITY_LV, CAVITY_RV, largest
from cineviewer.heart.generator import heart_axes
from cineviewer.heart.grooves import insertion_angles
from cineviewer.heart.shape import Shape, fields, lv_apex_z, lv_inner_radius
from cineviewer.heart.surface import gradient, onto
from cineviewer.heart.voxels import volume_of

_SURFACES: Final = {"epicardium": "epicardium", "lv_endocardium": "lv_cavity", "rv_endocardium": "rv_cavity"}
_SHELL_MM: Final = 2.0
"""Grid points so near to a surface are moved onto it, and stand for its vertices."""


def member(random: np.random.Generator) -> Heart:
    """Return a heart of this family, drawn at random."""
    shape = _drawn(random)
    while not _is_whole(shape):
        shape = _drawn(random)
    cut_mm = float(random.uniform(0.0, 12.0)) if random.random() < 0.5 else None
    return heart(shape, cut_mm)


def heart(shape: Shape, cut_mm: float | None = None) -> Heart:
    """Fill a shape with muscle; what lies higher than `cut_mm` above the AV plane is left out.

    Its surfaces are points with normals and no triangles: enough to conduct, not to be drawn.
    """
    filled = volume_of(shape)
    points = filled.points_mm
    kept = np.ones(filled.labels.shape, dtype=np.bool_) if cut_mm is None else points[..., 2] < cut_mm
    wall = largest(filled.wall & kept)
    inside = (wall | np.isin(filled.labels, (CAVITY_LV, CAVITY_RV))) & kept
    walls = points[wall]
    middle_z = lv_apex_z(shape) / 2.0
    return Heart(
        name="family",
        generic=True,
        axes=heart_axes(shape.axis_deg),
        surfaces={name: _surface(shape, field, points[::2, ::2, ::2]) for name, field in _SURFACES.items()},
        interior_mm=points[inside].astype(np.float32),
        spacing_mm=filled.spacing_mm,
        walls_mm=walls.astype(np.float32),
        wall_labels=(filled.labels[wall] - 1).astype(np.uint8),
        label_names=regions.NAMES,
        septum_mm=np.array([float(lv_inner_radius(np.array(middle_z), shape)), 0.0, middle_z]),
        centroid_mm=walls.mean(axis=0),
        annuli_mm={},
    )


def _drawn(random: np.random.Generator) -> Shape:
    def between(low: float, high: float) -> float:
        return float(random.uniform(low, high))

    morph = Morph(
        lv_wall_mm=between(-1.5, 5.0),
        lv_size=between(0.86, 1.30),
        rv_size=between(0.85, 1.45),
        axis_deg=between(-12.0, 12.0),
    )
    shape = Shape.of(morph)
    long = between(0.90, 1.08)
    return replace(
        shape,
        lv_half_length=long * shape.lv_half_length,
        rv_apex_z=long * shape.rv_apex_z + between(-4.0, 8.0),
        rv_lean=shape.rv_lean * between(0.6, 1.4),
        rv_wall=shape.rv_wall * between(0.95, 1.5),
    )


def _is_whole(shape: Shape) -> bool:
    """Whether the right ventricle meets the left one in two grooves at every height that walls are named by."""
    try:
        insertion_angles(shape)
    except ValueError:
        return False
    return True


def _surface(shape: Shape, name: str, points: Doubles) -> Surface:
    def field(at: Doubles) -> Doubles:
        value: Doubles = getattr(fields(at, shape), name)
        return value

    near = points[np.abs(field(points)) < _SHELL_MM]
    vertices = onto(field, near, steps=3)
    normals = gradient(field, vertices)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return Surface(vertices.astype(np.float32), np.zeros((0, 3), dtype=np.int32), normals.astype(np.float32))
