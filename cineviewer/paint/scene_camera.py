"""Where one looks at the ventricles from: named views, turning, zooming, and projecting points to px; numpy alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cineviewer.ecg import Doubles, Floats
from cineviewer.heart.axes import looking
from cineviewer.session import Camera

if TYPE_CHECKING:
    from cineviewer.heart import Heart

ANGLE_DEG = 18.0
"""Vertical opening of the lens: long enough that the ventricles keep their proportions."""
MARGIN = 1.05
FITTED_MM = 36.0
"""Vessels are fitted into the picture up to so high above the AV plane; what fades beyond may be cut off."""
TOP_PX, READOUT_PX, BOTTOM_PX = 10.0, 44.0, 40.0
"""Kept free in a named view, above and below the heart; more above where the path may reach the readout."""
NEAREST_MM, FARTHEST_MM = 120.0, 2000.0
_TAN = float(np.tan(np.radians(ANGLE_DEG / 2.0)))


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A camera in LPS mm about the heart's origin: where it stands, what it looks at, which way is up."""

    position: Doubles
    focus: Doubles
    up: Doubles

    @property
    def basis(self) -> tuple[Doubles, Doubles, Doubles]:
        """Unit vectors to the right, up, and towards the viewer."""
        back = self.position - self.focus
        back = back / np.linalg.norm(back)
        right = _cross(self.up, back)
        right = right / np.linalg.norm(right)
        return right, _cross(back, right), back

    @property
    def distance(self) -> float:
        """Millimetres from the camera to what it looks at."""
        return float(np.linalg.norm(self.position - self.focus))

    def turned(self, azimuth_deg: float, elevation_deg: float) -> View:
        """Turn about the focus, to the side and over the top, as a trackball does."""
        right, up, back = self.basis
        a, e = np.radians(azimuth_deg), np.radians(elevation_deg)
        sideways = np.cos(a) * back + np.sin(a) * right
        new_back = np.cos(e) * sideways + np.sin(e) * up
        new_up = np.cos(e) * up - np.sin(e) * sideways
        return View(self.focus + self.distance * new_back, self.focus, new_up)

    def nearer(self, factor: float) -> View:
        """Go nearer (factor above 1) or farther."""
        distance = float(np.clip(self.distance / factor, NEAREST_MM, FARTHEST_MM))
        return replace(self, position=self.focus + distance * self.basis[2])

    def moved(self, right_px: float, down_px: float, height_px: float) -> View:
        """Shift what is seen by px to the right and down."""
        right, up, _ = self.basis
        mm = 2.0 * _TAN * self.distance / height_px
        shift = mm * (down_px * up - right_px * right)
        return replace(self, position=self.position + shift, focus=self.focus + shift)

    def at(self, focus: Doubles) -> View:
        """Look at another point from the same side and distance."""
        return replace(self, position=self.position + focus - self.focus, focus=focus)

    def project(self, points_lps: Doubles | Floats, width_px: float, height_px: float) -> tuple[Doubles, Doubles]:
        """Return where (n, 3) points are seen: (n, 2) px from the top left, and (n,) px a millimetre there."""
        right, up, back = self.basis
        away = np.asarray(points_lps, dtype=np.float64) - self.position
        depth = np.maximum(-(away @ back), 1.0)
        scale = height_px / (2.0 * _TAN * depth)
        x = 0.5 * width_px + scale * (away @ right)
        y = 0.5 * height_px - scale * (away @ up)
        return np.stack([x, y], axis=-1), scale

    def depth(self, points_lps: Doubles | Floats) -> Doubles:
        """Return the distance of (n, 3) points from the camera's plane, mm."""
        return np.asarray((self.position - points_lps) @ self.basis[2], dtype=np.float64)


def view_of(camera: Camera, heart: Heart, width_px: float, height_px: float) -> View:
    """Return the view of a session's camera; named ones are fitted to the picture."""
    if camera.view is None and camera.position is not None and camera.focus is not None and camera.up is not None:
        position, focus, up = (np.array(v) @ heart.axes for v in (camera.position, camera.focus, camera.up))
        return View(position, focus, up)
    return _fitted(heart, camera.view or "anterior", width_px, height_px)


def _room(name: str, height_px: float) -> tuple[float, float]:
    """Return px kept free above and below for readout and buttons, less where they would take too much."""
    share = min(1.0, height_px / 300.0)
    return (READOUT_PX if name == "four-chamber" else TOP_PX) * share, BOTTOM_PX * share


def camera_of(view: View, heart: Heart) -> Camera:
    """Return a free view as the session keeps it, in heart coordinates."""
    position, focus, up = (_triple(heart.axes @ v) for v in (view.position, view.focus, view.up))
    return Camera(view=None, position=position, focus=focus, up=up)


def _cross(a: Doubles, b: Doubles) -> Doubles:
    """Multiply two vectors: numpy's own is made for stacks of them and takes ten times as long."""
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def _triple(vector: Doubles) -> tuple[float, float, float]:
    return float(vector[0]), float(vector[1]), float(vector[2])


def _fitted(heart: Heart, name: str, width_px: float, height_px: float) -> View:
    """Stand so far off that heart and vessels just fill the picture."""
    back, up = looking(heart, name)
    right = _cross(up, back)
    right = right / np.linalg.norm(right)
    up = _cross(back, right)
    vessels = heart.surfaces["great_vessels"].vertices_mm
    near = vessels[vessels[:, 2] < FITTED_MM]
    points = np.concatenate([heart.surfaces["epicardium"].vertices_mm, near]) @ heart.axes
    u, v, w = points @ right, points @ up, points @ back
    focus = 0.5 * ((u.min() + u.max()) * right + (v.min() + v.max()) * up) + w.mean() * back
    aspect = width_px / max(height_px, 1.0)
    u, v, w = u - focus @ right, v - focus @ up, w - focus @ back
    top, bottom = _room(name, height_px)
    tall = height_px / (height_px - top - bottom)
    distance = float((MARGIN * np.maximum(np.abs(u) / aspect, tall * np.abs(v)) / _TAN + w).max())
    focus = focus - (bottom - top) * _TAN * distance / height_px * up
    return View(focus + distance * back, focus, up)
