"""The ventricles cut open in VTK: the half towards the viewer is clipped, the cut face a textured sheet."""

from __future__ import annotations

from typing import Any

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.heart import Heart
from cineviewer.heart.tube import Triangles
from cineviewer.paint import scene_truth
from cineviewer.paint.scene_actors import actor_of, pass_wave, poly_data, set_attribute, set_moment
from cineviewer.paint.scene_camera import View
from cineviewer.paint.scene_cut import CutPlane, Face, cut_face
from cineviewer.paint.tokens import Tokens
from cineviewer.truth import TrueBeat

# The texture's alpha is a coverage: cut at its half, a face has a smooth edge however near one looks.
_TEXTURE = "//VTK::TCoord::Impl"
_CUT_OUT = f"""{_TEXTURE}
  float covered = gl_FragData[0].a;
  if (covered < 0.5) discard;
  gl_FragData[0].a = 1.0;
"""
_CELL_MM = 2.0
"""The sheet's own mesh: as fine as the muscle's grid, on which a wave is known."""


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
        self._sheet: _Sheet | None = None
        self._beat: TrueBeat | None = None
        self._moment_ms = 0.0

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
        if self._sheet is not None:
            self._renderer.RemoveActor(self._sheet.actor)
        self._plane, self._look, self._clip, self._sheet = plane, look, None, None
        if plane is None:
            return
        from vtkmodules.vtkCommonDataModel import vtkPlane

        self._clip = vtkPlane()
        for actor in self._actors:
            actor.GetMapper().AddClippingPlane(self._clip)
        face = cut_face(plane, self._heart, look)
        if face is not None:
            self._sheet = _Sheet(face)
            self._renderer.AddActor(self._sheet.actor)
            self._show_wave()

    def show_wave(self, beat: TrueBeat | None) -> None:
        """Colour the cut muscle as it is activated in a beat; None shows it plainly."""
        self._beat = beat
        self._show_wave()

    def set_moment(self, activation_ms: float) -> None:
        """Say which instant the wave is shown at, after the first muscle's activation."""
        self._moment_ms = activation_ms
        if self._sheet is not None:
            set_moment(self._sheet.actor, activation_ms)

    def _show_wave(self) -> None:
        if self._sheet is not None and self._look is not None:
            self._sheet.show_wave(self._beat, self._heart, self._look)
            set_moment(self._sheet.actor, self._moment_ms)

    def aim(self, view: View) -> None:
        """Leave out the half on this viewer's side."""
        if self._plane is None:
            return
        self._clip.SetOrigin(*self._plane.origin)
        self._clip.SetNormal(*-self._plane.towards(view))


class _Sheet:
    """The cut face as an actor in exactly its picture's colours."""

    def __init__(self, face: Face) -> None:
        from vtkmodules.util.numpy_support import numpy_to_vtk
        from vtkmodules.vtkCommonDataModel import vtkImageData
        from vtkmodules.vtkRenderingCore import vtkTexture

        places, triangles = _grid(face)
        self._points = face.corner + places @ np.stack([face.along, face.up])
        self._data, _, _ = poly_data(self._points.astype(np.float32), triangles, None)
        self._data.GetPointData().SetTCoords(numpy_to_vtk(places.astype(np.float32), deep=True))
        rows, columns = face.pixels.shape[:2]
        image, texture = vtkImageData(), vtkTexture()
        image.SetDimensions(columns, rows, 1)
        image.GetPointData().SetScalars(numpy_to_vtk(face.pixels.reshape(-1, 4), deep=True))
        texture.SetInputData(image)
        texture.InterpolateOn()
        texture.MipmapOn()
        self.actor = actor_of(self._data)
        self.actor.SetTexture(texture)
        self.actor.ForceOpaqueOn()
        self.actor.GetProperty().LightingOff()

    def show_wave(self, beat: TrueBeat | None, heart: Heart, look: Tokens) -> None:
        """Colour the muscle as it is activated in a beat; None shows it plainly."""
        shader = self.actor.GetShaderProperty()
        shader.ClearAllFragmentShaderReplacements()
        shader.ClearAllVertexShaderReplacements()
        code = _CUT_OUT
        if beat is not None:
            values = scene_truth.waves_at(beat, heart, self._points @ heart.axes.T)
            set_attribute(self._data, self.actor, scene_truth.ATTRIBUTE, values)
            pass_wave(shader)
            code += scene_truth.face_code(look, scene_truth.last_ms(beat))
        shader.AddFragmentShaderReplacement(_TEXTURE, True, code, False)


def _grid(face: Face) -> tuple[Doubles, Triangles]:
    """Return places on the face, each coordinate from 0 to 1, (n, 2), and the triangles between them."""
    counts = [max(2, int(np.ceil(np.linalg.norm(edge) / _CELL_MM)) + 1) for edge in (face.along, face.up)]
    across, up = (np.linspace(0.0, 1.0, count) for count in counts)
    places = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    index = np.arange(len(places)).reshape(counts[1], counts[0])
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    halves = [np.stack(corners, axis=-1).reshape(-1, 3) for corners in ((a, b, c), (a, c, d))]
    return places, np.concatenate(halves).astype(np.int32)
