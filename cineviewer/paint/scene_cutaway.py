"""The ventricles cut open in VTK: the half towards the viewer is clipped, the cut face a textured sheet."""

from __future__ import annotations

from typing import Any

import numpy as np

from cineviewer.heart import Heart
from cineviewer.paint.scene_camera import View
from cineviewer.paint.scene_cut import CutPlane, Face, cut_face
from cineviewer.paint.tokens import Tokens

# The texture's alpha is a coverage: cut at its half, a face has a smooth edge however near one looks.
_TEXTURE = "//VTK::TCoord::Impl"
_CUT_OUT = f"{_TEXTURE}\n  if (gl_FragData[0].a < 0.5) discard;\n  gl_FragData[0].a = 1.0;\n"


class CutAway:
    """Opens actors along a plane.

    Parameters
    ----------
    renderer
        VTK's, in which the cut face is drawn.
    heart
        What is cut.
    """

    def __init__(self, renderer: Any, heart: Heart) -> None:
        self._renderer, self._heart = renderer, heart
        self._actors: list[Any] = []
        self._plane: CutPlane | None = None
        self._look: Tokens | None = None
        self._clip: Any = None
        self._face: Any = None

    @property
    def is_open(self) -> bool:
        """True where something is cut away."""
        return self._plane is not None

    def add(self, actor: Any) -> None:
        """Cut this actor too."""
        self._actors.append(actor)
        if self._clip is not None:
            actor.GetMapper().AddClippingPlane(self._clip)

    def set(self, plane: CutPlane | None, look: Tokens) -> None:
        """Cut here, or nowhere."""
        if plane is self._plane and look is self._look:
            return
        for actor in self._actors:
            actor.GetMapper().RemoveAllClippingPlanes()
        if self._face is not None:
            self._renderer.RemoveActor(self._face)
        self._plane, self._look, self._clip, self._face = plane, look, None, None
        if plane is None:
            return
        from vtkmodules.vtkCommonDataModel import vtkPlane

        self._clip = vtkPlane()
        for actor in self._actors:
            actor.GetMapper().AddClippingPlane(self._clip)
        face = cut_face(plane, self._heart, look)
        if face is not None:
            self._face = _sheet(face)
            self._renderer.AddActor(self._face)

    def aim(self, view: View) -> None:
        """Leave out the half on this viewer's side."""
        if self._plane is None:
            return
        self._clip.SetOrigin(*self._plane.origin)
        self._clip.SetNormal(*-self._plane.towards(view))


def _sheet(face: Face) -> Any:
    """Return the cut face as an actor in exactly its picture's colours."""
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], dtype=np.float32)
    points, cells, data = vtkPoints(), vtkCellArray(), vtkPolyData()
    places = face.corner + corners @ np.stack([face.along, face.up])
    points.SetData(numpy_to_vtk(np.ascontiguousarray(places, dtype=np.float32), deep=True))
    cells.InsertNextCell(4, [0, 1, 2, 3])
    data.SetPoints(points)
    data.SetPolys(cells)
    data.GetPointData().SetTCoords(numpy_to_vtk(corners, deep=True))
    rows, columns = face.pixels.shape[:2]
    image, texture = vtkImageData(), vtkTexture()
    image.SetDimensions(columns, rows, 1)
    image.GetPointData().SetScalars(numpy_to_vtk(face.pixels.reshape(-1, 4), deep=True))
    texture.SetInputData(image)
    texture.InterpolateOn()
    texture.MipmapOn()
    mapper, actor = vtkPolyDataMapper(), vtkActor()
    mapper.SetInputData(data)
    actor.SetMapper(mapper)
    actor.SetTexture(texture)
    actor.ForceOpaqueOn()
    actor.GetProperty().LightingOff()
    actor.GetShaderProperty().AddFragmentShaderReplacement(_TEXTURE, True, _CUT_OUT, False)
    return actor
