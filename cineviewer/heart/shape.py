"""The generic ventricles as implicit fields: negative inside, roughly millimetres near the surface."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cineviewer.ecg import Doubles

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Annulus:
    """A valve's ring: centre, radius, and the direction in which blood leaves (atrial side for the inlets)."""

    name: str
    centre_mm: Vector
    radius_mm: float
    normal: Vector


@dataclass(frozen=True, slots=True)
class Shape:
    """All lengths of the generic heart in mm, heart coordinates; the defaults are an adult's at end-diastole."""

    lv_radius: float = 25.5
    lv_half_length: float = 64.5
    lv_centre_z: float = -26.0
    lv_wall: float = 8.4
    lv_wall_apex: float = 4.6
    rv_centre: Vector = (29.0, -1.0, -18.0)
    rv_radii: Vector = (38.5, 40.0, 64.0)
    rv_shear: float = 0.20
    rv_wall: float = 3.05
    rv_edge: float = 11.0
    diaphragm_offset: float = 32.0
    conus_start: Vector = (40.0, 17.0, -25.0)
    conus_start_radius: float = 19.0
    base_height: float = 3.0
    groove: float = 3.0
    annuli: tuple[Annulus, ...] = (
        Annulus("mitral", (-6.0, -6.5, 1.0), 15.8, (-0.05, -0.12, 1.0)),
        Annulus("tricuspid", (47.0, -9.0, 0.5), 18.2, (0.18, -0.06, 1.0)),
        Annulus("aortic", (11.5, 13.5, 5.0), 11.4, (0.22, 0.30, 1.0)),
        Annulus("pulmonary", (20.0, 42.0, 12.0), 12.0, (-0.34, 0.50, 0.80)),
    )

    def annulus(self, name: str) -> Annulus:
        """Return the ring of this valve."""
        return next(ring for ring in self.annuli if ring.name == name)


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """The heart's fields at some points; a point is inside where the value is negative.

    `base` is the plate of valves and fat that closes the ventricles at the AV plane: it is not myocardium.
    """

    epicardium: Doubles
    lv_cavity: Doubles
    rv_cavity: Doubles
    lv_outer: Doubles
    rv_outer: Doubles
    conus: Doubles
    base: Doubles


def fields(points_mm: Doubles, shape: Shape) -> Fields:
    """Evaluate the heart's fields at (..., 3) points."""
    p = np.asarray(points_mm, dtype=np.float64)
    z = p[..., 2]
    centre = np.array([0.0, 0.0, shape.lv_centre_z])
    inner = np.array([shape.lv_radius, shape.lv_radius, shape.lv_half_length])
    outer = inner + np.array([shape.lv_wall, shape.lv_wall, shape.lv_wall_apex])
    lv_body, lv_shell = _ellipsoid(p, centre, inner), _ellipsoid(p, centre, outer)
    outflow = _capsule(p, (4.0, 5.0, -22.0), shape.annulus("aortic").centre_mm, 15.0, 10.6)
    lv_cavity = smooth_max(smooth_min(smooth_max(lv_body, z - 0.5, 6.0), outflow, 5.0), z - 2.5, 2.0)

    floor = _diaphragm(p, shape)
    body = _sheared(p, shape)
    rise = z - shape.base_height - 0.28 * np.clip(p[..., 1] - 4.0, 0.0, None)
    valve = shape.annulus("pulmonary")
    conus = _capsule(p, shape.conus_start, valve.centre_mm, shape.conus_start_radius, valve.radius_mm)
    end = (p - np.array(valve.centre_mm)) @ _unit(valve.normal)
    rv_pool = smooth_min(smooth_max(smooth_max(body, floor, 10.0), rise + 2.0, 6.0), smooth_max(conus, end, 2.0), 12.0)
    rv_cavity = smooth_max(rv_pool, -lv_shell, shape.rv_edge)
    wall = shape.rv_wall
    rv_outer = smooth_min(
        smooth_max(smooth_max(body, floor, 10.0) - wall, rise - 1.5, 7.0),
        smooth_max(conus - wall, end - 0.5, 2.0),
        12.0,
    )
    dome = z - shape.base_height - 1.5
    lv_outer = smooth_max(lv_shell, dome, 7.0)
    plates = np.maximum(lv_body, 0.5 - z), np.maximum(body, -2.0 - rise), np.maximum(conus, -end)
    base = np.minimum.reduce(plates)
    epicardium = smooth_min(lv_outer, rv_outer, shape.groove)
    return Fields(epicardium, lv_cavity, rv_cavity, lv_outer, rv_outer, conus, base)


def lv_inner_radius(z_mm: Doubles, shape: Shape) -> Doubles:
    """Return the radius of the left cavity at heights z, 0 beyond its apex."""
    along = (np.asarray(z_mm) - shape.lv_centre_z) / shape.lv_half_length
    return np.asarray(shape.lv_radius * np.sqrt(np.clip(1.0 - along**2, 0.0, None)), dtype=np.float64)


def lv_apex_z(shape: Shape) -> float:
    """Return the height of the left cavity's apex."""
    return shape.lv_centre_z - shape.lv_half_length


def smooth_min(a: Doubles, b: Doubles, radius: float) -> Doubles:
    """Return the union of two fields, their seam filled with a fillet (polynomial smooth minimum)."""
    h = np.clip(0.5 + 0.5 * (b - a) / radius, 0.0, 1.0)
    return np.asarray(b * (1.0 - h) + a * h - radius * h * (1.0 - h), dtype=np.float64)


def smooth_max(a: Doubles, b: Doubles, radius: float) -> Doubles:
    """Return the intersection of two fields, its edge rounded."""
    return -smooth_min(-a, -b, radius)


def _unit(vector: Vector) -> Doubles:
    direction = np.array(vector, dtype=np.float64)
    return np.asarray(direction / np.linalg.norm(direction), dtype=np.float64)


def _ellipsoid(p: Doubles, centre: Doubles, radii: Doubles) -> Doubles:
    """First-order distance to an ellipsoid (I. Quilez's bound)."""
    q = p - centre
    k0 = np.sqrt(((q / radii) ** 2).sum(-1))
    k1 = np.sqrt(((q / radii**2) ** 2).sum(-1)) + 1e-9
    return np.asarray(k0 * (k0 - 1.0) / k1, dtype=np.float64)


def _sheared(p: Doubles, shape: Shape) -> Doubles:
    """Give the right ventricle's body: an ellipsoid sheared away from the septum towards the base."""
    q = p.copy()
    q[..., 0] -= shape.rv_shear * (p[..., 2] - shape.rv_centre[2])
    return _ellipsoid(q, np.array(shape.rv_centre), np.array(shape.rv_radii))


def _diaphragm(p: Doubles, shape: Shape) -> Doubles:
    """Give the plane on which the right ventricle rests: it makes the acute margin."""
    return np.asarray(p @ _unit((0.10, -1.0, -0.06)) - shape.diaphragm_offset, dtype=np.float64)


def _capsule(p: Doubles, start: Vector, end: Vector, start_radius: float, end_radius: float) -> Doubles:
    """Give a tapered tube with a round start, endless beyond its end."""
    a, axis = np.array(start), np.array(end) - np.array(start)
    length = float(np.linalg.norm(axis))
    s = (p - a) @ (axis / length)
    nearest = np.clip(s, 0.0, None)[..., None] * (axis / length)
    radius = start_radius + (end_radius - start_radius) * np.clip(s / length, 0.0, 1.0)
    return np.asarray(np.linalg.norm(p - a - nearest, axis=-1) - radius, dtype=np.float64)
