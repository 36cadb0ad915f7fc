"""Other people's surfaces: read from VTK, STL or PLY, welded, capped where they are open, and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles
from cineviewer.errors import InputError
from cineviewer.heart.surface import Indices, Mesh, poly_data

SUFFIXES = (".vtp", ".vtk", ".stl", ".ply")
WELD_MM = 0.02
MOST_TRIANGLES = 9_000
"""A surface with more is thinned to so many: it is drawn at every turn of the camera."""
CALMING = 12
"""So often each point of a rim moves to the mean of itself and its neighbours: what spans several points stays."""
REPAIR = "export a surface of triangles without holes in its middle, as VTK, STL or PLY"


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Triangles as a file has them, with a label each if it has labels."""

    vertices_mm: Doubles
    triangles: Indices
    labels: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Closed:
    """A closed surface and the rims that were capped, (n, 3) mm each; the caps are the mesh's lids."""

    mesh: Mesh
    rims_mm: tuple[Doubles, ...]


def read(path: Path) -> Sheet:
    """Read the triangles of a file.

    Raises
    ------
    InputError
        If there are none.
    """
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkFiltersCore import vtkTriangleFilter

    reader = _reader(path)
    reader.SetFileName(str(path))
    only_triangles = vtkTriangleFilter()
    only_triangles.SetInputConnection(reader.GetOutputPort())
    only_triangles.PassVertsOff()
    only_triangles.PassLinesOff()
    _quietly(only_triangles)
    data = only_triangles.GetOutput()
    if data.GetNumberOfPolys() == 0:
        raise InputError("heart-file", "there are no triangles in it", where=path, repair=REPAIR)
    triangles = vtk_to_numpy(data.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int64)
    vertices = vtk_to_numpy(data.GetPoints().GetData()).astype(np.float64)
    if not np.isfinite(vertices).all():
        raise InputError("heart-file", "some of its points have no finite place", where=path, repair=REPAIR)
    array = data.GetCellData().GetArray("label")
    labels = None if array is None else np.rint(vtk_to_numpy(array)).astype(np.int64)
    return Sheet(vertices, triangles, labels)


def closed(vertices_mm: Doubles, triangles: Indices, name: str, path: Path) -> Closed:
    """Weld what lies together, keep the largest piece, cap its openings, and turn it outward.

    Raises
    ------
    InputError
        If it cannot be closed.
    """
    points, cells = _welded(vertices_mm, triangles)
    rims = _rims(cells)
    for rim in rims:
        points[rim] = _calmed(points[rim])
    lids = [
        np.stack([np.full(len(rim), len(points) + i), np.roll(rim, -1), rim], axis=-1) for i, rim in enumerate(rims)
    ]
    tips = [points[rim].mean(axis=0)[None] for rim in rims]
    everything = np.concatenate([cells, *lids])
    points = np.concatenate([points, *tips])
    _, counts = np.unique(np.sort(_edges(everything), axis=1), axis=0, return_counts=True)
    if (counts != 2).any():
        what = f"the {name} cannot be closed: {int((counts != 2).sum())} edges do not join two triangles"
        raise InputError("heart-open", what, where=path, repair=REPAIR)
    a, b, c = (points[everything[:, k]] for k in range(3))
    if np.einsum("ij,ij->", a, np.cross(b, c)) < 0.0:
        everything = everything[:, ::-1]
    mesh = Mesh(points, everything, _normals(points, everything), sum(len(lid) for lid in lids))
    return Closed(mesh, tuple(points[rim] for rim in rims))


def _reader(path: Path) -> Any:
    match path.suffix.lower():
        case ".vtp":
            from vtkmodules.vtkIOXML import vtkXMLPolyDataReader

            return vtkXMLPolyDataReader()
        case ".vtk":
            from vtkmodules.vtkIOLegacy import vtkPolyDataReader

            return vtkPolyDataReader()
        case ".stl":
            from vtkmodules.vtkIOGeometry import vtkSTLReader

            return vtkSTLReader()
        case _:
            from vtkmodules.vtkIOPLY import vtkPLYReader

            return vtkPLYReader()


def _quietly(stage: Any) -> None:
    """Run without VTK's own words on a broken file: the sentence to the user is ours."""
    from vtkmodules.vtkCommonCore import vtkObject

    spoke = vtkObject.GetGlobalWarningDisplay()
    vtkObject.GlobalWarningDisplayOff()
    stage.Update()
    vtkObject.SetGlobalWarningDisplay(spoke)


def _welded(vertices: Doubles, triangles: Indices) -> tuple[Doubles, Indices]:
    """Join points that lie together, keep the largest piece, turn all triangles the same way, and thin it."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkFiltersCore import (
        vtkCleanPolyData,
        vtkPolyDataConnectivityFilter,
        vtkPolyDataNormals,
        vtkQuadricDecimation,
    )

    clean = vtkCleanPolyData()
    clean.SetInputData(poly_data(vertices, triangles))
    clean.ToleranceIsAbsoluteOn()
    clean.SetAbsoluteTolerance(WELD_MM)
    largest = vtkPolyDataConnectivityFilter()
    largest.SetInputConnection(clean.GetOutputPort())
    largest.SetExtractionModeToLargestRegion()
    last: Any = largest
    if len(triangles) > MOST_TRIANGLES:
        last = vtkQuadricDecimation()
        last.SetInputConnection(largest.GetOutputPort())
        last.SetTargetReduction(1.0 - MOST_TRIANGLES / len(triangles))
    turned = vtkPolyDataNormals()
    turned.SetInputConnection(last.GetOutputPort())
    turned.SplittingOff()
    turned.ConsistencyOn()
    tidy = vtkCleanPolyData()
    tidy.SetInputConnection(turned.GetOutputPort())
    tidy.PointMergingOff()
    _quietly(tidy)
    out = tidy.GetOutput()
    kept = vtk_to_numpy(out.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int64)
    return vtk_to_numpy(out.GetPoints().GetData()).astype(np.float64), kept


def _edges(triangles: Indices) -> Indices:
    return np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])


def _rims(triangles: Indices) -> list[Indices]:
    """Follow the edges that only one triangle has, in the triangles' own direction, loop by loop."""
    directed = _edges(triangles)
    _, back, counts = np.unique(np.sort(directed, axis=1), axis=0, return_inverse=True, return_counts=True)
    single = directed[counts[back.ravel()] == 1]
    onward: dict[int, list[int]] = {}
    for start, end in single:
        onward.setdefault(int(start), []).append(int(end))
    rims: list[Indices] = []
    while onward:
        way = [next(iter(onward))]
        while way[-1] in onward:
            ends = onward[way[-1]]
            after = ends.pop()
            if not ends:
                del onward[way[-1]]
            if after in way:  # a rim that touches itself is several
                first = way.index(after)
                rims.append(np.array(way[first:], dtype=np.int64))
                del way[first + 1 :]
            else:
                way.append(after)
    return [rim for rim in rims if len(rim) > 2]


def _calmed(rim_mm: Doubles) -> Doubles:
    """Take the teeth out of a rim that runs along triangles' edges."""
    for _ in range(CALMING):
        rim_mm = 0.25 * np.roll(rim_mm, 1, axis=0) + 0.5 * rim_mm + 0.25 * np.roll(rim_mm, -1, axis=0)
    return rim_mm


def _normals(points: Doubles, triangles: Indices) -> Doubles:
    corners = points[triangles]
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, triangles[:, k], facing)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12), dtype=np.float64)
