"""The ventricles in VTK, rendered off-screen into an image: translucent walls, vessels, and the path over them.

Walls are one mesh whose triangles are sorted by depth, so that plain blending is right and no depth peeling is needed.
Importing this module does not import VTK; making a `Scene` does, and only the pieces it needs.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Floats
from cineviewer.heart import Heart
from cineviewer.heart.tube import Triangles
from cineviewer.paint.scene_camera import ANGLE_DEG, View
from cineviewer.paint.scene_labels import GROUND
from cineviewer.paint.scene_path import Mesh, PathShape
from cineviewer.paint.tokens import Tokens

Pixels = npt.NDArray[np.uint8]

LIBRARIES = ("libEGL.so.1", "libGL.so.1", "libOSMesa.so.8", "libOSMesa.so.6")
"""VTK draws by one of these on Linux, and may end the process where there is none."""

WALL_STRENGTH = {"epicardium": 1.0, "lv_endocardium": 0.43, "rv_endocardium": 0.43, "great_vessels": 0.6}
"""How much of the epicardium's opacity each wall has; the cavities' comes to .05 + .31 (1 - |n.v|)^2."""
FADE = {"coronaries": 0.72, "annuli": 0.35}
"""By how much arteries and rings are dimmed behind the heart's middle."""
OVER_WALLS = 0.72
"""The path is drawn once in the scene and once more over the walls, which would dye it."""
STALE = 0.35
SPECULAR = 0.28
_JITTER = (
    (-0.375, -0.125), (0.125, -0.375), (0.375, 0.125), (-0.125, 0.375),
    (0.0, 0.0), (-0.45, 0.42), (0.45, -0.42), (0.05, 0.05),
)  # fmt: skip
"""Shifts in px of the frames whose mean is the finished picture: smooth edges without multisampling."""
N_PASSES = len(_JITTER)

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
_WALL = "  float rim = 1.0 - abs(along);\n  opacity *= 0.12 + 0.72 * rim * rim;\n"
_FADE = "  opacity *= 1.0 - {fade} * smoothstep(-20.0, 25.0, -vertexVC.z - middle);\n"
_COLOUR = "  gl_FragData[0] = vec4(diffuseColor * light + vec3(shine), opacity);\n"


def fault() -> str | None:
    """Say why there can be no 3D, or None; looks for the libraries without asking VTK."""
    if sys.platform.startswith("linux") and not any(_loads(name) for name in LIBRARIES):
        return "OpenGL is not installed (on Debian: libegl1 libgl1)"
    return None


class Scene:
    """An off-screen window with one heart in it.

    Parameters
    ----------
    heart
        What is drawn.
    look
        Colours.
    """

    def __init__(self, heart: Heart, look: Tokens) -> None:
        import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  (before the window is made, else nothing is drawn)
        from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
        from vtkmodules.vtkRenderingCore import vtkRenderer

        self._look: Tokens | None = None
        self._buffer = vtkUnsignedCharArray()
        self._window = _window()
        self._walls_renderer, self._path_renderer = vtkRenderer(), vtkRenderer()
        self._path_actors: list[Any] = []
        self._window.SetNumberOfLayers(2)
        for layer, renderer in enumerate((self._walls_renderer, self._path_renderer)):
            renderer.SetLayer(layer)
            renderer.SetUseOIT(False)
            renderer.SetUseDepthPeeling(False)
            self._window.AddRenderer(renderer)
        self._path_renderer.SetActiveCamera(self._walls_renderer.GetActiveCamera())
        self._walls = _Walls(heart)
        self._solids = {name: _Solid(heart, name) for name in ("coronaries", "annuli")}
        for solid in self._solids.values():
            self._walls_renderer.AddActor(solid.actor)
        self._walls_renderer.AddActor(self._walls.actor)
        self._centre = heart.centroid_mm @ heart.axes
        self.set_look(look)

    @property
    def renderer_name(self) -> str:
        """What draws, as OpenGL names it ("llvmpipe ..." is software)."""
        lines = self._window.ReportCapabilities().splitlines()
        return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("OpenGL renderer")), "")

    @property
    def works(self) -> bool:
        """False where no OpenGL context could be made."""
        return bool(self._window.GetInitialized())

    def set_look(self, look: Tokens) -> None:
        """Take the colours of a theme."""
        if look == self._look:
            return
        self._look = look
        self._walls.paint(look)
        self._solids["coronaries"].paint(look.coronary, look)
        self._solids["annuli"].paint(look.bone, look)
        bottom, top = GROUND[look.dark]
        self._walls_renderer.GradientBackgroundOn()
        self._walls_renderer.SetBackground(*_rgb(bottom))
        self._walls_renderer.SetBackground2(*_rgb(top))

    def set_path(self, shape: PathShape | None, *, stale: bool = False) -> None:
        """Show this path, or none; a stale one faded."""
        for renderer, actor in self._path_actors:
            renderer.RemoveActor(actor)
        self._path_actors = []
        if shape is None:
            return
        for renderer, opacity in ((self._walls_renderer, 1.0), (self._path_renderer, OVER_WALLS)):
            for mesh, cull_front in ((shape.core, False), (shape.outline, True)):
                actor = _unlit(mesh, opacity * (STALE if stale else 1.0), cull_front=cull_front)
                renderer.AddActor(actor)
                self._path_actors.append((renderer, actor))

    def render(self, view: View, width: int, height: int) -> Pixels:
        """Draw one frame: (height, width, 4) RGBA bytes."""
        self._aim(view, width, height)
        return self._frame(width, height, (0.0, 0.0))

    def refine(self, view: View, width: int, height: int, passes: int = N_PASSES) -> Iterator[Pixels]:
        """Draw better and better frames, one a step; each is the mean of all before, the last has smooth edges."""
        self._aim(view, width, height)
        total = np.zeros((height, width, 4), dtype=np.uint16)
        for done, shift in enumerate(_JITTER[:passes], start=1):
            self._aim(view, width, height, sort=False)
            total += self._frame(width, height, shift)
            yield ((total + done // 2) // done).astype(np.uint8)

    def close(self) -> None:
        """Give the window back to the system; the scene is of no use afterwards."""
        self._path_actors = []
        self._walls_renderer.RemoveAllViewProps()
        self._path_renderer.RemoveAllViewProps()
        self._window.Finalize()

    def _aim(self, view: View, width: int, height: int, *, sort: bool = True) -> None:
        if tuple(self._window.GetSize()) != (width, height):
            self._window.SetSize(width, height)
        camera = self._walls_renderer.GetActiveCamera()
        camera.SetViewAngle(ANGLE_DEG)
        camera.SetPosition(*view.position)
        camera.SetFocalPoint(*view.focus)
        camera.SetViewUp(*view.up)
        depth = view.depth(self._walls.centres)
        camera.SetClippingRange(max(1.0, float(depth.min()) - 20.0), float(depth.max()) + 20.0)
        middle = float(view.depth(self._centre[None])[0])
        for solid in self._solids.values():
            solid.fade_behind(middle)
        if sort:
            self._walls.sort(depth)

    def _frame(self, width: int, height: int, shift: tuple[float, float]) -> Pixels:
        from vtkmodules.util.numpy_support import vtk_to_numpy

        camera = self._walls_renderer.GetActiveCamera()
        camera.SetWindowCenter(2.0 * shift[0] / width, 2.0 * shift[1] / height)
        self._window.Render()
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._buffer)
        pixels: Pixels = vtk_to_numpy(self._buffer).reshape(height, width, 4)
        return np.ascontiguousarray(pixels[::-1])


class _Walls:
    """All translucent surfaces as one mesh that can be sorted from back to front."""

    def __init__(self, heart: Heart) -> None:
        self._heart = heart
        names = list(WALL_STRENGTH)
        surfaces = [heart.surfaces[name] for name in names]
        counts = [len(surface.vertices_mm) for surface in surfaces]
        offsets = np.cumsum([0, *counts])
        axes = heart.axes.astype(np.float32)
        vertices = np.concatenate([surface.vertices_mm for surface in surfaces]) @ axes
        normals = np.concatenate([surface.normals for surface in surfaces]) @ axes
        triangles = np.concatenate([s.triangles + offset for s, offset in zip(surfaces, offsets, strict=False)])
        self._strength = np.repeat([round(255 * WALL_STRENGTH[name]) for name in names], counts).astype(np.uint8)
        self._triangles = triangles.astype(np.int64)
        self.centres: Floats = vertices[triangles].mean(axis=1)
        self._data, self._indices, self._cells = _poly_data(vertices, triangles, normals)
        self.actor = _actor(self._data)
        self.actor.ForceTranslucentOn()
        self._lit = _Lighting(self.actor, _WALL)

    def paint(self, look: Tokens) -> None:
        colours = np.empty((len(self._strength), 4), dtype=np.uint8)
        colours[:, :3] = list(bytes.fromhex(look.rose.removeprefix("#")))
        colours[:, 3] = self._strength
        _set_colours(self._data, colours)
        self._lit.set(look)

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


class _Solid:
    """An opaque, lit surface of the heart."""

    def __init__(self, heart: Heart, name: str) -> None:
        surface = heart.surfaces[name]
        axes = heart.axes.astype(np.float32)
        data, _, _ = _poly_data(surface.vertices_mm @ axes, surface.triangles, surface.normals @ axes)
        self.actor = _actor(data)
        self.actor.ForceOpaqueOn()
        self.actor.GetProperty().BackfaceCullingOn()
        self._lit = _Lighting(self.actor, _FADE.format(fade=f"{FADE[name]:.2f}"))

    def paint(self, colour: str, look: Tokens) -> None:
        self.actor.GetProperty().SetColor(*_rgb(colour))
        self._lit.set(look)

    def fade_behind(self, depth_mm: float) -> None:
        self.actor.GetShaderProperty().GetFragmentCustomUniforms().SetUniformf("middle", depth_mm)


class _Lighting:
    """Replaces VTK's lights by ours in an actor's shader."""

    def __init__(self, actor: Any, opacity_code: str) -> None:
        self._shader = actor.GetShaderProperty()
        self._opacity_code = opacity_code

    def set(self, look: Tokens) -> None:
        strength = (0.62, 0.42, 0.20, 0.25) if look.dark else (0.46, 0.52, 0.16, 0.10)
        names = ("ambient", "key", "fill", "back")
        values = dict(zip(names, (f"{value:.3f}" for value in strength), strict=True))
        code = _LIGHTING.format(specular=f"{SPECULAR:.3f}", **values) + self._opacity_code + _COLOUR
        self._shader.ClearAllFragmentShaderReplacements()
        self._shader.AddFragmentShaderReplacement("//VTK::Light::Impl", True, code, False)


def _window() -> Any:
    """Make an off-screen window; VTK's remark that there is no X server is not for the user."""
    from vtkmodules.vtkCommonCore import vtkLogger
    from vtkmodules.vtkRenderingCore import vtkRenderWindow

    verbosity = vtkLogger.GetCurrentVerbosityCutoff()
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
    window = vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    window.SetAlphaBitPlanes(1)
    window.SetSize(64, 64)
    window.Render()
    vtkLogger.SetStderrVerbosity(verbosity)
    return window


def _poly_data(vertices: Floats, triangles: Triangles, normals: Floats | None) -> tuple[Any, Any, Any]:
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


def _actor(data: Any) -> Any:
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

    mapper, actor = vtkPolyDataMapper(), vtkActor()
    mapper.SetInputData(data)
    mapper.SetColorModeToDirectScalars()
    actor.SetMapper(mapper)
    return actor


def _unlit(mesh: Mesh, opacity: float, *, cull_front: bool) -> Any:
    """Return an actor in exactly the colours given.

    It is drawn with the opaque ones also where it is not: then it hides what is behind it, itself included, and is
    blended once. The outline follows the tube, of which it must only show what sticks out.
    """
    data, _, _ = _poly_data(mesh.vertices, mesh.triangles, None)
    _set_colours(data, mesh.colours)
    actor = _actor(data)
    actor.ForceOpaqueOn()
    look = actor.GetProperty()
    look.LightingOff()
    look.SetOpacity(opacity)
    look.SetFrontfaceCulling(cull_front)
    look.SetBackfaceCulling(not cull_front)
    return actor


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red / 255.0, green / 255.0, blue / 255.0


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def trial() -> None:
    """Draw one small frame; a process that survives it can draw more."""
    from cineviewer.heart import load
    from cineviewer.paint.scene_camera import view_of
    from cineviewer.paint.tokens import tokens
    from cineviewer.session import Camera

    heart = load()
    scene = Scene(heart, tokens(dark=False))
    scene.render(view_of(Camera(), heart, 64, 64), 64, 64)
    scene.close()
