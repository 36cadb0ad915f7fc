"""Shapes the generic heart and writes resources/heart/generic.npz (`make heart`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from cineviewer import resources
from cineviewer.ecg import Doubles
from cineviewer.heart import regions
from cineviewer.heart.shape import Shape, fields, lv_apex_z, lv_inner_radius
from cineviewer.heart.vessels import Mesh, annuli, coronaries, field_gradient, great_vessels, groove

LONG_AXIS_LPS = (0.66, -0.56, -0.50)
"""Base to apex: left, anterior, inferior. A patient's scan: .68 .64 .36 (within 12 degrees)."""
ROLL_DEG = 8.0
"""Turn about the long axis that brings the septum's normal to right, anterior and a little up, as in scans."""
BOX_MM = ((-46.0, -56.0, -104.0), (88.0, 70.0, 34.0))
CONTOUR_MM = 3.0
VOXEL_MM = 2.0
CONUS_REACH_MM = 6.0
FAT_FROM = 1.6
"""What lies farther from the right cavity than so many walls is fat."""
BASE, CAVITY_LV, CAVITY_RV = 253, 254, 255
"""Voxel labels of valves and fat, and of blood; walls are 1 + the index of their region's name."""

Voxels = npt.NDArray[np.uint8]


def build(shape: Shape | None = None) -> dict[str, npt.NDArray[np.generic]]:
    """Return all arrays of a heart file."""
    shape = shape or Shape()
    axes = heart_axes()
    meshes: dict[str, Mesh] = {
        "epicardium": contour("epicardium", shape),
        "lv_endocardium": contour("lv_cavity", shape),
        "rv_endocardium": contour("rv_cavity", shape),
        "great_vessels": great_vessels(shape, axes),
        "coronaries": coronaries(shape),
        "annuli": annuli(shape),
    }
    points, labels = label_voxels(shape)
    wall = points[(labels > 0) & (labels <= len(regions.NAMES))]
    middle_z = lv_apex_z(shape) / 2.0
    parts: dict[str, npt.NDArray[np.generic]] = {
        "axes": axes,
        "voxels": labels,
        "voxel_origin_mm": points[0, 0, 0],
        "voxel_spacing_mm": np.array(VOXEL_MM),
        "label_names": np.array(regions.NAMES),
        "septum_mm": np.array([float(lv_inner_radius(np.array(middle_z), shape)), 0.0, middle_z]),
        "centroid_mm": wall.mean(axis=0),
        "annulus_names": np.array([ring.name for ring in shape.annuli]),
        "annulus_centres_mm": np.array([ring.centre_mm for ring in shape.annuli]),
    }
    for name, (vertices, triangles, normals) in meshes.items():
        parts[f"{name}_vertices_mm"] = vertices
        parts[f"{name}_triangles"] = triangles.astype(np.uint16)
        parts[f"{name}_normals"] = np.rint(normals * 127.0).astype(np.int8)
    return parts


def heart_axes(long_axis_lps: tuple[float, float, float] = LONG_AXIS_LPS, roll_deg: float = ROLL_DEG) -> Doubles:
    """Return the heart's axes as rows in LPS: x from LV to RV, y anterior, z apex to base."""
    z = -np.array(long_axis_lps) / np.linalg.norm(long_axis_lps)
    up = np.array([0.0, 0.0, 1.0])
    y = up - (up @ z) * z
    y /= np.linalg.norm(y)
    x = np.cross(y, z)
    c, s = np.cos(np.radians(roll_deg)), np.sin(np.radians(roll_deg))
    return np.stack([c * x + s * y, c * y - s * x, z])


def contour(name: str, shape: Shape, spacing_mm: float = CONTOUR_MM) -> Mesh:
    """Cut the zero surface of one field: marching cubes, Taubin smoothing, then back onto the field.

    The normals are the field's gradient, so that shading shows the shape and not the triangles.
    """
    vertices, triangles = _taubin_contour(_grid(spacing_mm), name, shape)
    for _ in range(6):
        gradient = field_gradient(vertices, shape, name)
        value: Doubles = getattr(fields(vertices, shape), name)
        vertices -= (0.7 * value / np.maximum((gradient**2).sum(1), 0.3))[:, None] * gradient
    normals = field_gradient(vertices, shape, name, 1.2)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return vertices.astype(np.float32), triangles, normals.astype(np.float32)


def label_voxels(shape: Shape, spacing_mm: float = VOXEL_MM) -> tuple[Doubles, Voxels]:
    """Fill the heart with (a, b, c, 3) grid points and say of each where it lies: 0 outside, wall, or cavity."""
    points = _grid(spacing_mm)
    f = fields(points, shape)
    inside = f.epicardium < 0.0
    left, right = inside & (f.lv_cavity < 0.0), inside & (f.rv_cavity < 0.0)
    solid = inside & ~left & ~right
    # The septum belongs to the left ventricle, as in Cerqueira's model; in the grooves between the two lies fat.
    left_side = f.lv_outer < 0.5
    atrial_rim = (points[..., 2] > 0.0) & (f.conus > CONUS_REACH_MM)
    plate = solid & ((f.base < 0.0) | atrial_rim | (~left_side & (f.rv_cavity > FAT_FROM * shape.rv_wall)))
    wall = solid & ~plate
    left_wall = wall & left_side
    labels = np.zeros(inside.shape, dtype=np.uint8)
    insertions = insertion_angles(shape)
    labels[left_wall] = 1 + regions.left_segments(points[left_wall], lv_apex_z(shape), insertions)
    right_wall = wall & ~left_wall
    outflow = f.conus[right_wall] < CONUS_REACH_MM
    outflow &= points[right_wall][:, 2] > shape.conus_start[2] - 4.0
    outflow &= points[right_wall][:, 1] > 14.0
    apex_z = float(points[right][:, 2].min())
    labels[right_wall] = 1 + regions.right_segments(points[right_wall], apex_z, outflow)
    labels[plate], labels[left], labels[right] = BASE, CAVITY_LV, CAVITY_RV
    return points, labels


def insertion_angles(shape: Shape) -> tuple[float, float]:
    """Return the angles (degrees from +x towards +y) at which the right ventricle is inserted, at mid height."""
    angles = []
    for side in (1.0, -1.0):
        curve = groove(shape, side)
        middle = curve[np.abs(curve[:, 2] - lv_apex_z(shape) / 2.0).argmin()]
        angles.append(float(np.degrees(np.arctan2(middle[1], middle[0]))))
    return angles[0], angles[1]


def write(path: Path) -> None:
    """Build the generic heart and write its file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **build())


def _grid(spacing: float) -> Doubles:
    low, high = np.array(BOX_MM[0]), np.array(BOX_MM[1])
    counts = np.ceil((high - low) / spacing).astype(int) + 1
    columns = [low[k] + spacing * np.arange(counts[k]) for k in range(3)]
    return np.stack(np.meshgrid(*columns, indexing="ij"), axis=-1)


def _taubin_contour(points: Doubles, name: str, shape: Shape) -> tuple[Doubles, npt.NDArray[np.int32]]:
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D, vtkWindowedSincPolyDataFilter

    image = vtkImageData()
    image.SetDimensions(*points.shape[:3])
    image.SetOrigin(*points[0, 0, 0])
    image.SetSpacing(*(points[1, 1, 1] - points[0, 0, 0]))
    values: Doubles = getattr(fields(points, shape), name)
    image.GetPointData().SetScalars(numpy_to_vtk(values.ravel(order="F"), deep=True))
    edges = vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, 0.0)
    edges.ComputeNormalsOff()
    edges.ComputeGradientsOff()
    smooth = vtkWindowedSincPolyDataFilter()
    smooth.SetInputConnection(edges.GetOutputPort())
    smooth.SetNumberOfIterations(30)
    smooth.SetPassBand(0.05)
    smooth.Update()
    mesh = smooth.GetOutput()
    triangles = vtk_to_numpy(mesh.GetPolys().GetConnectivityArray()).reshape(-1, 3)
    return vtk_to_numpy(mesh.GetPoints().GetData()).astype(np.float64), _outward(
        vtk_to_numpy(mesh.GetPoints().GetData()).astype(np.float64), triangles.astype(np.int32)
    )


def _outward(vertices: Doubles, triangles: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Turn the triangles of a closed surface so that they enclose a positive volume."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    return triangles if np.einsum("ij,ij->", a, np.cross(b, c)) > 0.0 else triangles[:, ::-1]


if __name__ == "__main__":
    write(resources.folder("heart") / "generic.npz")
