"""What the scene is made of in VTK: translucent walls that can be sorted, lit solids, the unlit path."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Floats
from cineviewer.heart import Heart, Surface
from cineviewer.heart.tube import Triangles
from cineviewer.paint import scene_truth
from cineviewer.paint.scene_path import Mesh
from cineviewer.paint.tokens import Tokens
from cineviewer.truth import TrueBeat

Pixels = npt.NDArray[np.uint8]

WALL_STRENGTH = {
    "epicardium": 1.0,
    "lv_endocardium": 0.43,
    "rv_endocardium": 0.43,
    "great_vessels": 0.6,
    "atria": 0.6,
    "leaflets": 1.0,
    "papillary_muscles": 0.8,
}
"""How much of the epicardium's opacity each wall has; the cavities' comes to .05 + .31 (1 - |n.v|)^2."""
DISSOLVING = {"great_vessels": (30.0, 70.0), "atria": (12.0, 60.0)}
"""From so many mm above the AV plane a surface fades, to nearly nothing at so many: it is a hint, not the subject."""
FAINTEST = 0.25
FLAT, RIM, OPENED = 0.12, 0.72, 0.30
"""Opacity of the epicardium seen straight on, what is added to it at its rim, and where the heart is cut open."""
FADE = {"coronaries": 0.72, "annuli": 0.35}
"""By how much arteries and rings are dimmed behind the heart's middle."""
SPECULAR = 0.28

# Three lights fixed to the camera (key from the upper left, fill, rim from behind), computed on the surface's own side.
_LIGHTING = """
  vec3 towards = normalize(cameraParallel == 1 ? vec3(0.0, 0.0, 1.0) : -vertexVC.xyz);
  vec3 facing = normalize(normalVCVSOutput);
  float along = dot(facing, towards);
  facing = along < 0.0 ? -facing : facing;
  vec3 key = vec3(-0.50, 0.62, 0.60);
  float light = {ambient} + {key} * max(dot(facing, key), 0.0) + {fill} * max(dot(facing, vec3(0.85, -0.05, 0.52)), 0.0)
      + {back} * max(dot(facing, vec3(0.1, 0.75, -0.65)), 0.0);
  float shine = {specular} * pow(max(dot(facing, normalize(key + towards)), 0.0), 24.0);
"""
_WALL = f"""  float rim = 1.0 - abs(along);
  float strength = opacity;
  opacity *= min(1.0, {FLAT} + opened + {RIM} * rim * rim);
"""
_FADE = "  opacity *= 1.0 - {fade} * smoothstep(-20.0, 25.0, -vertexVC.z - middle);\n"
_COLOUR = "  gl_FragData[0] = vec4(diffuseColor * light + vec3(shine), opacity);\n"
_POSITION, _NORMAL = "//VTK::PositionVC", "//VTK::Normal::Dec"


class Walls:
    """All translucent surfaces as one mesh that can be sorted from back to front.

    Parameters
    ----------
    heart
        Whose walls.
    cell_mm
        Vertices within such a cube become one: fewer triangles, for frames that must be quick; None keeps all.
    """

    def __init__(self, heart: Heart, cell_mm: float | None = None) -> None:
        names = list(WALL_STRENGTH)
        surfaces = [heart.surfaces[name] for name in names]
        self._heart = heart
        self._merged: list[npt.NDArray[np.intp]] | None = None
        if cell_mm is not None:
            coarse = [_coarse(surface, cell_mm) for surface in surfaces]
            surfaces, self._merged = [surface for surface, _ in coarse], [cell for _, cell in coarse]
        counts = [len(surface.vertices_mm) for surface in surfaces]
        offsets = np.cumsum([0, *counts])
        axes = heart.axes.astype(np.float32)
        vertices = np.concatenate([surface.vertices_mm for surface in surfaces]) @ axes
        normals = np.concatenate([surface.normals for surface in surfaces]) @ axes
        triangles = np.concatenate([s.open_triangles + offset for s, offset in zip(surfaces, offsets, strict=False)])
        strength = [wall_strength(name, surface) for name, surface in zip(names, surfaces, strict=True)]
        self._strength = np.rint(255.0 * np.concatenate(strength)).astype(np.uint8)
        self._is_bone = np.repeat([name == "leaflets" for name in names], counts)
        self._triangles = triangles.astype(np.int64)
        self.centres: Floats = vertices[triangles].mean(axis=1)
        self._data, self._indices, self._cells = poly_data(vertices, triangles, normals)
        self.actor = actor_of(self._data)
        self.actor.ForceTranslucentOn()
        self._lit = _Lighting(self.actor, _WALL)
        self._wave: TrueBeat | None = None
        self.set_opened(on=False)

    def set_opened(self, *, on: bool) -> None:
        """Say whether one looks into the heart: its far walls are then denser, so that cavities read as such."""
        self.actor.GetShaderProperty().GetFragmentCustomUniforms().SetUniformf("opened", OPENED if on else 0.0)

    def paint(self, look: Tokens) -> None:
        """Take the colours of a theme."""
        colours = np.empty((len(self._strength), 4), dtype=np.uint8)
        for chosen, colour in ((~self._is_bone, look.rose), (self._is_bone, look.bone)):
            colours[chosen, :3] = list(bytes.fromhex(colour.removeprefix("#")))
        colours[:, 3] = self._strength
        _set_colours(self._data, colours)
        self._light(look)

    def show_wave(self, beat: TrueBeat | None, look: Tokens) -> None:
        """Colour the walls as muscle is activated in a beat; None shows them plainly again."""
        if beat is self._wave:
            return
        self._wave = beat
        if beat is not None:
            parts = [scene_truth.wave(beat, self._heart, name) for name in WALL_STRENGTH]
            if self._merged is not None:
                parts = [scene_truth.gathered(part, cell) for part, cell in zip(parts, self._merged, strict=True)]
            set_attribute(self._data, self.actor, scene_truth.ATTRIBUTE, np.concatenate(parts))
        self._light(look)

    def set_moment(self, activation_ms: float) -> None:
        """Say which instant the wave is shown at, after the first muscle's activation."""
        set_moment(self.actor, activation_ms)

    def _light(self, look: Tokens) -> None:
        if self._wave is None:
            self._lit.set(look)
        else:
            self._lit.set(look, scene_truth.colour_code(look, scene_truth.last_ms(self._wave)))

    def sort(self, depth: Doubles) -> None:
        """Put the farthest triangle first: 16 bits of depth are finer than any two walls lie apart."""
        from vtkmodules.util.numpy_support import vtk_to_numpy

        span = max(float(depth.max() - depth.min()), 1e-6)
        key = ((depth.max() - depth) * (65535.0 / span)).astype(np.uint16)
        order = np.argsort(key, kind="stable")
        vtk_to_numpy(self._indices)[:] = self._triangles[order].ravel()
        self._indices.Modified()
        self._cells.Modified()
        self._data.Modified()


def wall_strength(name: str, surface: Surface) -> Floats:
    """Return how much of the epicardium's opacity the vertices of a wall have, (n,) from 0 to 1."""
    height = surface.vertices_mm[:, 2]
    share = np.ones_like(height)
    if name in DISSOLVING:
        low, high = DISSOLVING[name]
        share = 1.0 - (1.0 - FAINTEST) * np.clip((height - low) / (high - low), 0.0, 1.0)
    return np.asarray(WALL_STRENGTH[name] * share, dtype=np.float32)


def _coarse(surface: Surface, cell_mm: float) -> tuple[Surface, npt.NDArray[np.intp]]:
    """Return the surface with the vertices of each cell as one, and each vertex's; triangles that lose a corner go."""
    cells = np.floor(surface.vertices_mm / cell_mm).astype(np.int64)
    kept, cell = np.unique(cells, axis=0, return_inverse=True)
    cell, n = cell.ravel(), len(kept)
    count = np.bincount(cell, minlength=n)[:, None]
    vertices, normals = (
        np.stack([np.bincount(cell, values[:, k], n) for k in range(3)], axis=1) / count
        for values in (surface.vertices_mm, surface.normals)
    )
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    corners = cell[surface.open_triangles]
    whole = (corners != np.roll(corners, 1, axis=1)).all(axis=1)
    return Surface(vertices.astype(np.float32), corners[whole].astype(np.int32), normals.astype(np.float32)), cell


class Solid:
    """An opaque, lit surface of the heart."""

    def __init__(self, heart: Heart, name: str) -> None:
        surface = heart.surfaces[name]
        axes = heart.axes.astype(np.float32)
        data, _, _ = poly_data(surface.vertices_mm @ axes, surface.triangles, surface.normals @ axes)
        self.actor = actor_of(data)
        self.actor.ForceOpaqueOn()
        self.actor.GetProperty().BackfaceCullingOn()
        self._lit = _Lighting(self.actor, _FADE.format(fade=f"{FADE[name]:.2f}"))

    def paint(self, colour: str, look: Tokens) -> None:
        """Take a colour ("#rrggbb") and a theme's light."""
        self.actor.GetProperty().SetColor(*rgb(colour))
        self._lit.set(look)

    def fade_behind(self, depth_mm: float) -> None:
        """Dim what lies farther from the camera than this."""
        self.actor.GetShaderProperty().GetFragmentCustomUniforms().SetUniformf("middle", depth_mm)


class _Lighting:
    """Replaces VTK's lights by ours in an actor's shader."""

    def __init__(self, actor: Any, opacity_code: str) -> None:
        self._shader = actor.GetShaderProperty()
        self._opacity_code = opacity_code

    def set(self, look: Tokens, wave_code: str = "") -> None:
        """Take a theme's light; `wave_code` colours a wall that has a wave's attribute."""
        strength = (0.62, 0.42, 0.20, 0.25) if look.dark else (0.46, 0.52, 0.16, 0.10)
        names = ("ambient", "key", "fill", "back")
        values = dict(zip(names, (f"{value:.3f}" for value in strength), strict=True))
        code = _LIGHTING.format(specular=f"{SPECULAR:.3f}", **values) + self._opacity_code + (wave_code or _COLOUR)
        shader = self._shader
        shader.ClearAllFragmentShaderReplacements()
        shader.ClearAllVertexShaderReplacements()
        shader.AddFragmentShaderReplacement("//VTK::Light::Impl", True, code, False)
        if wave_code:
            pass_wave(shader)


def pass_wave(shader: Any) -> None:
    """Hand the wave's attribute from vertices to fragments."""
    dec, impl = f"{_POSITION}::Dec", f"{_POSITION}::Impl"
    shader.AddVertexShaderReplacement(dec, True, f"{dec}\n{scene_truth.VERTEX_IN}", False)
    shader.AddVertexShaderReplacement(impl, True, f"{impl}\n{scene_truth.VERTEX_OUT}", False)
    shader.AddFragmentShaderReplacement(_NORMAL, True, f"{_NORMAL}\n{scene_truth.FRAGMENT_IN}", False)


def set_moment(actor: Any, activation_ms: float) -> None:
    """Say which instant an actor's wave is shown at, after the first muscle's activation."""
    actor.GetShaderProperty().GetFragmentCustomUniforms().SetUniformf(scene_truth.MOMENT, activation_ms)


def poly_data(vertices: Floats, triangles: Triangles, normals: Floats | None) -> tuple[Any, Any, Any]:
    """Return VTK's mesh, its index array and its cells."""
    from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

    data, points, cells = vtkPolyData(), vtkPoints(), vtkCellArray()
    points.SetData(numpy_to_vtk(np.ascontiguousarray(vertices), deep=True))
    indices = numpy_to_vtkIdTypeArray(np.ascontiguousarray(triangles, dtype=np.int64).ravel(), deep=True)
    offsets = numpy_to_vtkIdTypeArray(np.arange(0, 3 * len(triangles) + 1, 3, dtype=np.int64), deep=True)
    cells.SetData(offsets, indices)
    data.SetPoints(points)
    data.SetPolys(cells)
    if normals is not None:
        data.GetPointData().SetNormals(numpy_to_vtk(np.ascontiguousarray(normals), deep=True))
    return data, indices, cells


def _set_colours(data: Any, colours: Pixels) -> None:
    from vtkmodules.util.numpy_support import numpy_to_vtk

    array = numpy_to_vtk(np.ascontiguousarray(colours), deep=True)
    array.SetName("colour")
    data.GetPointData().SetScalars(array)


def set_attribute(data: Any, actor: Any, name: str, values: Floats) -> None:
    """Hand each vertex's values to the shader."""
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkDataObject

    array = numpy_to_vtk(np.ascontiguousarray(values), deep=True)
    array.SetName(name)
    data.GetPointData().AddArray(array)
    actor.GetMapper().MapDataArrayToVertexAttribute(name, name, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)


def actor_of(data: Any) -> Any:
    """Return VTK's actor of a mesh, in the mesh's own colours where it has some."""
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

    mapper, actor = vtkPolyDataMapper(), vtkActor()
    mapper.SetInputData(data)
    mapper.SetColorModeToDirectScalars()
    actor.SetMapper(mapper)
    return actor


def unlit(mesh: Mesh, opacity: float, *, cull_front: bool) -> Any:
    """Return an actor in exactly the colours given.

    It is drawn with the opaque ones also where it is not: then it hides what is behind it, itself included, and is
    blended once. The outline follows the tube, of which it must only show what sticks out.
    """
    data, _, _ = poly_data(mesh.vertices, mesh.triangles, None)
    _set_colours(data, mesh.colours)
    actor = actor_of(data)
    actor.ForceOpaqueOn()
    look = actor.GetProperty()
    look.LightingOff()
    look.SetOpacity(opacity)
    look.SetFrontfaceCulling(cull_front)
    look.SetBackfaceCulling(not cull_front)
    return actor


def rgb(colour: str) -> tuple[float, float, float]:
    """Return "#rrggbb" as VTK takes colours, each from 0 to 1."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red / 255.0, green / 255.0, blue / 255.0
