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

from cineviewer.ecg import Floats
from cineviewer.heart import Heart
from cineviewer.paint.scene_actors import Solid, Walls, rgb, unlit
from cineviewer.paint.scene_camera import ANGLE_DEG, View
from cineviewer.paint.scene_cut import CutPlane
from cineviewer.paint.scene_cutaway import CutAway
from cineviewer.paint.scene_labels import GROUND
from cineviewer.paint.scene_path import PathShape
from cineviewer.paint.scene_truth import front_mesh
from cineviewer.paint.tokens import Tokens
from cineviewer.truth import TrueBeat

Pixels = npt.NDArray[np.uint8]

LIBRARIES = ("libEGL.so.1", "libGL.so.1", "libOSMesa.so.8", "libOSMesa.so.6")
"""VTK draws by one of these on Linux, and may end the process where there is none."""

OVER_WALLS = 0.72
"""The path is drawn once in the scene and once more over the walls, which would dye it."""
STALE = 0.35
QUICK_CELL_MM = 4.6
"""Of the walls of quick frames: less than half of the triangles, and nothing is missed while the heart turns."""
_JITTER = (
    (-0.375, -0.125), (0.125, -0.375), (0.375, 0.125), (-0.125, 0.375),
    (0.0, 0.0), (-0.45, 0.42), (0.45, -0.42), (0.05, 0.05),
)  # fmt: skip
"""Shifts in px of the frames whose mean is the finished picture: smooth edges without multisampling."""
N_PASSES = len(_JITTER)


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
        self._path: tuple[PathShape | None, bool] = (None, False)
        self._front_actors: list[Any] = []
        self._truth: TrueBeat | None = None
        self._moment_ms = 0.0
        self._sorted: tuple[Walls, bytes, bytes] | None = None
        self._window.SetNumberOfLayers(2)
        for layer, renderer in enumerate((self._walls_renderer, self._path_renderer)):
            renderer.SetLayer(layer)
            renderer.SetUseOIT(False)
            renderer.SetUseDepthPeeling(False)
            self._window.AddRenderer(renderer)
        self._path_renderer.SetActiveCamera(self._walls_renderer.GetActiveCamera())
        self._heart = heart
        self._all_walls = self._walls = Walls(heart)
        self._quick_walls: Walls | None = None
        self._solids = {name: Solid(heart, name) for name in ("coronaries", "annuli")}
        for solid in self._solids.values():
            self._walls_renderer.AddActor(solid.actor)
        self._walls_renderer.AddActor(self._walls.actor)
        self._cut = CutAway(self._walls_renderer, heart)
        for actor in (self._walls.actor, *(solid.actor for solid in self._solids.values())):
            self._cut.add(actor)
        self._centre = heart.centroid_mm @ heart.axes
        self.set_look(look)

    @property
    def works(self) -> bool:
        """False where no OpenGL context could be made."""
        return bool(self._window.GetInitialized())

    def set_look(self, look: Tokens) -> None:
        """Take the colours of a theme."""
        if look == self._look:
            return
        self._look = look
        for walls in (self._all_walls, self._quick_walls):
            if walls is not None:
                walls.paint(look)
        self._solids["coronaries"].paint(look.coronary, look)
        self._solids["annuli"].paint(look.bone, look)
        if self._truth is not None:
            self._draw_truth()
        bottom, top = GROUND[look.dark]
        self._walls_renderer.GradientBackgroundOn()
        self._walls_renderer.SetBackground(*rgb(bottom))
        self._walls_renderer.SetBackground2(*rgb(top))

    def set_path(self, shape: PathShape | None, *, stale: bool = False) -> None:
        """Show this path, or none; a stale one faded."""
        if self._path[0] is shape and self._path[1] == stale:
            return
        self._path = shape, stale
        for renderer, actor in self._path_actors:
            renderer.RemoveActor(actor)
        self._path_actors = []
        if shape is None:
            return
        for renderer, opacity in ((self._walls_renderer, 1.0), (self._path_renderer, OVER_WALLS)):
            for mesh, cull_front in ((shape.core, False), (shape.outline, True)):
                actor = unlit(mesh, opacity * (STALE if stale else 1.0), cull_front=cull_front)
                renderer.AddActor(actor)
                self._path_actors.append((renderer, actor))

    def set_cut(self, plane: CutPlane | None) -> None:
        """Cut the heart open along this plane, or leave it whole."""
        assert self._look is not None
        self._cut.set(plane, self._look)
        for walls in (self._all_walls, self._quick_walls):
            if walls is not None:
                walls.set_opened(on=plane is not None)

    def set_truth(self, beat: TrueBeat | None) -> None:
        """Show how a simulated beat activates the walls, and the way of its front; None shows neither."""
        if beat is self._truth:
            return
        self._truth = beat
        self._draw_truth()

    def set_moment(self, activation_ms: float) -> None:
        """Say up to which instant the walls are activated, in ms after the first muscle's activation."""
        self._moment_ms = activation_ms
        self._cut.set_moment(activation_ms)
        for walls in (self._all_walls, self._quick_walls):
            if walls is not None:
                walls.set_moment(activation_ms)

    def _draw_truth(self) -> None:
        assert self._look is not None
        for walls in (self._all_walls, self._quick_walls):
            if walls is not None:
                walls.show_wave(self._truth, self._look)
        self._cut.show_wave(self._truth)
        for renderer, actor in self._front_actors:
            renderer.RemoveActor(actor)
        self._front_actors = []
        if self._truth is None:
            return
        line, casing = front_mesh(self._truth, self._heart, self._look)
        for renderer, opacity in ((self._walls_renderer, 1.0), (self._path_renderer, OVER_WALLS)):
            for mesh, cull_front in ((line, False), (casing, True)):
                actor = unlit(mesh, opacity, cull_front=cull_front)
                renderer.AddActor(actor)
                self._front_actors.append((renderer, actor))

    def render(self, view: View, width: int, height: int, *, quick: bool = False) -> Pixels:
        """Draw one frame, a quick one with fewer triangles: (height, width, 4) RGBA bytes."""
        self._choose_walls(quick=quick)
        self._aim(view, width, height)
        return self._frame(width, height, (0.0, 0.0))

    def refine(self, view: View, width: int, height: int, passes: int = N_PASSES) -> Iterator[Pixels]:
        """Draw better and better frames, one a step; each is the mean of all before, the last has smooth edges."""
        self._choose_walls(quick=False)
        self._aim(view, width, height)
        total = np.zeros((height, width, 4), dtype=np.uint16)
        for done, shift in enumerate(_JITTER[:passes], start=1):
            self._aim(view, width, height, sort=False)
            total += self._frame(width, height, shift)
            yield ((total + done // 2) // done).astype(np.uint8)

    def path_depth(self) -> Floats:
        """Return how far from the camera's plane the path lies in the last frame: (height, width) mm, else inf."""
        from vtkmodules.util.numpy_support import vtk_to_numpy
        from vtkmodules.vtkCommonCore import vtkFloatArray

        width, height = self._window.GetSize()
        found = vtkFloatArray()
        # The path's layer is drawn last and clears what the walls' layer left.
        self._window.GetZbufferData(0, 0, width - 1, height - 1, found)
        z = vtk_to_numpy(found).reshape(height, width)[::-1]
        near, far = self._walls_renderer.GetActiveCamera().GetClippingRange()
        return np.where(z < 1.0, near * far / (far - z * (far - near)), np.inf).astype(np.float32)

    def close(self) -> None:
        """Give the window back to the system; the scene is of no use afterwards."""
        self._path_actors, self._front_actors = [], []
        self._walls_renderer.RemoveAllViewProps()
        self._path_renderer.RemoveAllViewProps()
        self._window.Finalize()

    def _choose_walls(self, *, quick: bool) -> None:
        """Draw all of the walls, or a copy with fewer triangles, which is made when it is first wanted."""
        if quick and self._quick_walls is None:
            self._quick_walls = Walls(self._heart, QUICK_CELL_MM)
            if self._look is not None:
                self._quick_walls.paint(self._look)
                self._quick_walls.show_wave(self._truth, self._look)
            self._quick_walls.set_moment(self._moment_ms)
            self._walls_renderer.AddActor(self._quick_walls.actor)
            self._quick_walls.set_opened(on=self._cut.is_open)
            self._cut.add(self._quick_walls.actor)
        self._walls = self._quick_walls if quick and self._quick_walls is not None else self._all_walls
        for walls in (self._all_walls, self._quick_walls):
            if walls is not None:
                walls.actor.SetVisibility(walls is self._walls)

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
        self._cut.aim(view)
        seen = self._walls, view.position.tobytes(), view.focus.tobytes()
        if sort and seen != self._sorted:
            self._walls.sort(depth)
            self._sorted = seen

    def _frame(self, width: int, height: int, shift: tuple[float, float]) -> Pixels:
        from vtkmodules.util.numpy_support import vtk_to_numpy

        camera = self._walls_renderer.GetActiveCamera()
        camera.SetWindowCenter(2.0 * shift[0] / width, 2.0 * shift[1] / height)
        self._window.Render()
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._buffer)
        pixels: Pixels = vtk_to_numpy(self._buffer).reshape(height, width, 4)
        return np.ascontiguousarray(pixels[::-1])


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
