"""Shapes the generic heart and writes resources/heart/generic.npz (`make heart`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from cineviewer import resources
from cineviewer.ecg import Doubles
from cineviewer.heart import regions
from cineviewer.heart.coronaries import coronaries
from cineviewer.heart.papillary import papillary_muscles
from cineviewer.heart.shape import Morph, Shape, fields, lv_apex_z, lv_inner_radius
from cineviewer.heart.solids import unit
from cineviewer.heart.surface import Mesh, contour, grid, opened
from cineviewer.heart.surroundings import atria, great_vessels
from cineviewer.heart.valves import annuli, leaflets
from cineviewer.heart.voxels import BOX_MM, volume_of

LONG_AXIS_LPS = (0.66, -0.56, -0.50)
"""Base to apex: left, anterior, inferior. A patient's scan: .68 .64 .36 (within 12 degrees)."""
ROLL_DEG = 8.0
"""Turn about the long axis that brings the septum's normal to right, anterior and a little up, as in scans."""
CONTOUR_MM = 3.3
LID_MM = 6.0
LID_FACING = 0.3
"""What lies inside a valve's ring, at most so far from its plane and facing along it (cosine), closes that valve."""
COORDINATE_LEVELS = 254
"""Coordinates from 0 to 1 are stored in so many steps."""


def build(morph: Morph | None = None) -> dict[str, npt.NDArray[np.generic]]:
    """Return all arrays of a heart file: the generic heart's, or of one that differs from it."""
    shape = Shape.of(morph or Morph())
    meshes = surfaces(shape)
    filled = volume_of(shape)
    middle_z = lv_apex_z(shape) / 2.0
    parts: dict[str, npt.NDArray[np.generic]] = {
        "axes": heart_axes(shape.axis_deg),
        "voxels": filled.labels,
        "voxel_origin_mm": filled.origin_mm,
        "voxel_spacing_mm": np.array(filled.spacing_mm),
        "label_names": np.array(regions.NAMES),
        "septum_mm": np.array([float(lv_inner_radius(np.array(middle_z), shape)), 0.0, middle_z]),
        "centroid_mm": filled.points_mm[filled.wall].mean(axis=0),
        "annulus_names": np.array([ring.name for ring in shape.annuli]),
        "annulus_centres_mm": np.array([ring.centre_mm for ring in shape.annuli]),
    }
    columns = (filled.apicobasal, filled.transmural, filled.rotational, filled.transventricular)
    coordinates = np.stack([column[filled.wall] for column in columns], axis=-1)
    parts["coordinates"] = np.rint(COORDINATE_LEVELS * coordinates).astype(np.uint8)
    for name, mesh in meshes.items():
        parts[f"{name}_vertices_mm"] = mesh.vertices_mm.astype(np.float32)
        parts[f"{name}_triangles"] = mesh.triangles.astype(np.uint16)
        parts[f"{name}_normals"] = np.rint(mesh.normals * 127.0).astype(np.int8)
        parts[f"{name}_lids"] = np.array(mesh.lids)
    return parts


def surfaces(shape: Shape) -> dict[str, Mesh]:
    """Draw every surface of a heart of this shape, by name."""
    return {
        "epicardium": _ventricle("epicardium", shape),
        "lv_endocardium": _ventricle("lv_cavity", shape),
        "rv_endocardium": _ventricle("rv_cavity", shape),
        "great_vessels": great_vessels(shape),
        "atria": atria(shape),
        "coronaries": coronaries(shape),
        "annuli": annuli(shape),
        "leaflets": leaflets(shape),
        "papillary_muscles": papillary_muscles(shape),
    }


def heart_axes(axis_deg: float = 0.0) -> Doubles:
    """Return the heart's axes as rows in LPS: x from LV to RV, y anterior, z apex to base.

    Parameters
    ----------
    axis_deg
        Turn in the frontal plane; positive makes the heart more vertical.
    """
    z = -unit(LONG_AXIS_LPS)
    up = np.array([0.0, 0.0, 1.0])
    y = unit(up - (up @ z) * z)
    x = np.cross(y, z)
    c, s = np.cos(np.radians(ROLL_DEG)), np.sin(np.radians(ROLL_DEG))
    axes = np.stack([c * x + s * y, c * y - s * x, z])
    c, s = np.cos(np.radians(axis_deg)), np.sin(np.radians(axis_deg))
    # Left turns towards inferior.
    return np.asarray(axes @ np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]]), dtype=np.float64)


def write(path: Path) -> None:
    """Build the generic heart and write its file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **build())


def _ventricle(name: str, shape: Shape) -> Mesh:
    """Contour one of the ventricles' fields; what closes a valve becomes a lid."""

    def field(points: Doubles) -> Doubles:
        value: Doubles = getattr(fields(points, shape), name)
        return value

    mesh = contour(field, grid(*BOX_MM, CONTOUR_MM))
    in_ring = np.full(len(mesh.vertices_mm), np.inf)
    for ring in shape.annuli:
        axis = unit(ring.normal)
        away = mesh.vertices_mm - np.array(ring.centre_mm)
        height = away @ axis
        beside = np.linalg.norm(away - height[:, None] * axis, axis=1)
        steep = LID_MM * (LID_FACING - mesh.normals @ axis)
        in_ring = np.minimum(in_ring, np.maximum.reduce([beside - ring.radius_mm, np.abs(height) - LID_MM, steep]))
    return opened(mesh, in_ring)


if __name__ == "__main__":
    write(resources.folder("heart") / "generic.npz")
