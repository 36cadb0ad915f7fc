"""A field becomes triangles: contoured, smoothed, put back onto the field, cut open where a surface ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles

Indices = npt.NDArray[np.int64]
Field = Callable[[Doubles], Doubles]
"""Values at (..., 3) points, negative inside."""

_NORMAL_STEP_MM = 1.2
"""Over so much a normal is taken: less would show the smoothed edges as creases."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles with a normal a vertex; the last `lids` of them close openings that a picture leaves open."""

    vertices_mm: Doubles
    triangles: Indices
    normals: Doubles
    lids: int = 0


def grid(low: tuple[float, float, float], high: tuple[float, float, float], spacing_mm: float) -> Doubles:
    """Return (a, b, c, 3) points that fill a box."""
    counts = np.ceil((np.array(high) - np.array(low)) / spacing_mm).astype(int) + 1
    columns = [low[k] + spacing_mm * np.arange(counts[k]) for k in range(3)]
    return np.stack(np.meshgrid(*columns, indexing="ij"), axis=-1)


def contour(field: Field, points: Doubles, band: float = 0.05) -> Mesh:
    """Cut the zero surface of a field on a grid: marching cubes, Taubin smoothing, then back onto the field.

    The normals are the field's gradient, so that shading shows the shape and not the triangles.
    """
    vertices, triangles = _marched(field(points), points, band)
    vertices = onto(field, vertices)
    normals = gradient(field, vertices, _NORMAL_STEP_MM)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Mesh(vertices, _outward(vertices, triangles), normals)


def onto(field: Field, points_mm: Doubles, level: float | Doubles = 0.0, steps: int = 6) -> Doubles:
    """Move points near a field's surface onto it, by Newton's steps along the gradient."""
    points = points_mm.copy()
    for _ in range(steps):
        slope = gradient(field, points)
        value = field(points) - level
        points -= (0.7 * value / np.maximum((slope**2).sum(1), 0.3))[:, None] * slope
    return points


def gradient(field: Field, points_mm: Doubles, step_mm: float = 0.4) -> Doubles:
    """Differentiate a field at (n, 3) points by central differences."""
    shifts = step_mm * np.eye(3)
    return np.stack([(field(points_mm + s) - field(points_mm - s)) / (2.0 * step_mm) for s in shifts], axis=-1)


def opened(mesh: Mesh, inside: Doubles, *, drop: bool = False) -> Mesh:
    """Cut a mesh along the line where a value of its vertices changes sign.

    Parameters
    ----------
    mesh
        Any triangles.
    inside
        (n,) value a vertex, negative where the surface is to be open.
    drop
        Leave out what is inside; else it is kept as lids, and the mesh stays closed.
    """
    value = np.where(np.abs(inside) < 1e-6, 1e-6, inside)
    t = mesh.triangles
    edges = np.sort(np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]]), axis=1)
    edges = np.unique(edges[value[edges[:, 0]] * value[edges[:, 1]] < 0.0], axis=0)
    share = (value[edges[:, 0]] / (value[edges[:, 0]] - value[edges[:, 1]]))[:, None]
    points = (1.0 - share) * mesh.vertices_mm[edges[:, 0]] + share * mesh.vertices_mm[edges[:, 1]]
    shading = (1.0 - share) * mesh.normals[edges[:, 0]] + share * mesh.normals[edges[:, 1]]
    shading /= np.linalg.norm(shading, axis=1, keepdims=True)
    between = {(int(a), int(b)): len(value) + k for k, (a, b) in enumerate(edges)}
    walls, lids = _split(t, value, between)
    joined = Mesh(
        np.concatenate([mesh.vertices_mm, points]),
        np.concatenate([walls, lids]),
        np.concatenate([mesh.normals, shading]),
        len(lids),
    )
    return tidy(Mesh(joined.vertices_mm, walls, joined.normals) if drop else joined)


def tidy(mesh: Mesh) -> Mesh:
    """Leave out vertices that no triangle uses."""
    used, triangles = np.unique(mesh.triangles, return_inverse=True)
    return Mesh(mesh.vertices_mm[used], triangles.reshape(-1, 3), mesh.normals[used], mesh.lids)


def merged(meshes: list[Mesh]) -> Mesh:
    """Put several meshes into one."""
    offsets = np.cumsum([0, *(len(mesh.vertices_mm) for mesh in meshes)])
    return Mesh(
        np.concatenate([mesh.vertices_mm for mesh in meshes]),
        np.concatenate([mesh.triangles + offset for mesh, offset in zip(meshes, offsets, strict=False)]),
        np.concatenate([mesh.normals for mesh in meshes]),
    )


def poly_data(vertices_mm: Doubles, triangles: Indices) -> Any:
    """Return VTK's mesh of these triangles."""
    from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

    data, points, cells = vtkPolyData(), vtkPoints(), vtkCellArray()
    points.SetData(numpy_to_vtk(np.ascontiguousarray(vertices_mm), deep=True))
    offsets = numpy_to_vtkIdTypeArray(np.arange(0, 3 * len(triangles) + 1, 3, dtype=np.int64), deep=True)
    cells.SetData(offsets, numpy_to_vtkIdTypeArray(np.ascontiguousarray(triangles, dtype=np.int64).ravel(), deep=True))
    data.SetPoints(points)
    data.SetPolys(cells)
    return data


def _split(triangles: Indices, value: Doubles, between: dict[tuple[int, int], int]) -> tuple[Indices, Indices]:
    """Return the triangles outside and inside; those that the line crosses are cut in three."""
    negative = (value[triangles] < 0.0).sum(axis=1)
    outside, within = [triangles[negative == 0]], [triangles[negative == 3]]
    for corners in triangles[(negative == 1) | (negative == 2)]:
        signs = value[corners] < 0.0
        alone = int(np.flatnonzero(signs if signs.sum() == 1 else ~signs)[0])
        a, b, c = (int(v) for v in np.roll(corners, -alone))
        ab, ac = between[min(a, b), max(a, b)], between[min(a, c), max(a, c)]
        tip, rest = np.array([[a, ab, ac]]), np.array([[ab, b, c], [ab, c, ac]])
        (within if signs[alone] else outside).append(tip)
        (outside if signs[alone] else within).append(rest)
    return np.concatenate(outside), np.concatenate(within)


def _marched(values: Doubles, points: Doubles, band: float) -> tuple[Doubles, Indices]:
    from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D, vtkWindowedSincPolyDataFilter

    image = vtkImageData()
    image.SetDimensions(*points.shape[:3])
    image.SetOrigin(*points[0, 0, 0])
    image.SetSpacing(*(points[1, 1, 1] - points[0, 0, 0]))
    image.GetPointData().SetScalars(numpy_to_vtk(values.ravel(order="F"), deep=True))
    edges = vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, 0.0)
    edges.ComputeNormalsOff()
    edges.ComputeGradientsOff()
    smooth = vtkWindowedSincPolyDataFilter()
    smooth.SetInputConnection(edges.GetOutputPort())
    smooth.SetNumberOfIterations(30)
    smooth.SetPassBand(band)
    smooth.Update()
    mesh = smooth.GetOutput()
    triangles = vtk_to_numpy(mesh.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int64)
    return vtk_to_numpy(mesh.GetPoints().GetData()).astype(np.float64), triangles


def _outward(vertices: Doubles, triangles: Indices) -> Indices:
    """Turn the triangles of a closed surface so that they enclose a positive volume."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    return triangles if np.einsum("ij,ij->", a, np.cross(b, c)) > 0.0 else triangles[:, ::-1]
