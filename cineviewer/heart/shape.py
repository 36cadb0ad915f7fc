"""The ventricles as implicit fields: negative inside, about millimetres near the surface."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.heart.solids import (
    Knot,
    Vector,
    ellipsoid,
    halfspace,
    smooth_max,
    smooth_min,
    tube_about,
    unit,
)

RV_TOP_MM = 8.0
"""The right ventricle's body is widest at this height; its roof is lower."""


@dataclass(frozen=True, slots=True)
class Morph:
    """How a heart differs from the generic one; every default leaves it as it is.

    Attributes
    ----------
    lv_wall_mm
        Added to the thickness of the left ventricle's wall and septum, outward: the cavity stays (hypertrophy).
    lv_size, rv_size
        Factors on the diameters of a cavity; what lies beside it makes room (dilation).
    axis_deg
        Turn of the long axis in the frontal plane: positive makes the heart more vertical.
    """

    lv_wall_mm: float = 0.0
    lv_size: float = 1.0
    rv_size: float = 1.0
    axis_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Annulus:
    """A valve's ring: centre, radius, and the direction away from the ventricle."""

    name: str
    centre_mm: Vector
    radius_mm: float
    normal: Vector


@dataclass(frozen=True, slots=True)
class Shape:
    """All lengths of the generic ventricles in mm, heart coordinates; the defaults are an adult's at end-diastole."""

    lv_radius: float = 25.6
    lv_half_length: float = 64.0
    lv_centre_z: float = -25.0
    lv_wall: float = 8.5
    lv_wall_apex: float = 4.8
    rv_centre: tuple[float, float] = (32.5, 1.0)
    rv_lean: float = 21.0
    rv_width: float = 39.5
    rv_depth: float = 37.8
    rv_apex_z: float = -81.0
    rv_wall: float = 3.05
    rv_edge: float = 8.5
    diaphragm_mm: float = 28.7
    acute_margin: float = 5.5
    groove: float = 2.5
    conus: tuple[Knot, ...] = (
        (35.0, 9.5, -42.0, 19.5),
        (39.5, 19.5, -23.0, 20.5),
        (37.0, 30.0, -6.0, 17.4),
        (29.5, 38.5, 6.0, 14.0),
        (22.0, 43.0, 14.0, 12.4),
    )
    annuli: tuple[Annulus, ...] = (
        Annulus("mitral", (-5.5, -6.0, 1.0), 15.4, (-0.06, -0.08, 1.0)),
        Annulus("tricuspid", (51.0, -6.5, -0.5), 17.6, (0.22, -0.04, 1.0)),
        Annulus("aortic", (11.5, 15.0, 6.0), 11.4, (0.18, 0.30, 0.94)),
        Annulus("pulmonary", (21.5, 43.5, 14.5), 12.0, (-0.38, 0.36, 0.85)),
    )
    axis_deg: float = 0.0

    @classmethod
    def of(cls, morph: Morph) -> Shape:
        """Return the generic shape with these differences."""
        plain = cls()
        grown = plain.lv_radius * (morph.lv_size - 1.0) + morph.lv_wall_mm
        # The right ventricle, the great vessels and the tricuspid ring give way as far as the left wall moves.
        aside, ahead = 0.8 * grown, 0.7 * grown
        wide = plain.rv_width * (morph.rv_size - 1.0)
        conus = tuple((x + aside, y + ahead, z, r * morph.rv_size**0.5) for x, y, z, r in plain.conus)
        rings = {
            "mitral": (0.0, 0.0, morph.lv_size),
            "tricuspid": (aside + 0.6 * wide, 0.0, morph.rv_size),
            "aortic": (0.0, 0.0, 1.0),
            "pulmonary": (aside, ahead, morph.rv_size**0.5),
        }
        annuli = []
        for ring in plain.annuli:
            x, y, scale = rings[ring.name]
            centre = (ring.centre_mm[0] + x, ring.centre_mm[1] + y, ring.centre_mm[2])
            annuli.append(replace(ring, centre_mm=centre, radius_mm=ring.radius_mm * scale))
        return replace(
            plain,
            lv_radius=plain.lv_radius * morph.lv_size,
            lv_half_length=plain.lv_half_length * (1.0 + 0.3 * (morph.lv_size - 1.0)),
            lv_wall=plain.lv_wall + morph.lv_wall_mm,
            lv_wall_apex=plain.lv_wall_apex * (1.0 + morph.lv_wall_mm / plain.lv_wall),
            rv_centre=(plain.rv_centre[0] + aside, plain.rv_centre[1]),
            rv_width=plain.rv_width * morph.rv_size,
            rv_depth=plain.rv_depth * (1.0 + 0.6 * (morph.rv_size - 1.0)) + 0.7 * grown,
            diaphragm_mm=plain.diaphragm_mm + 0.7 * grown + 12.0 * (morph.rv_size - 1.0),
            conus=conus,
            annuli=tuple(annuli),
            axis_deg=morph.axis_deg,
        )

    def annulus(self, name: str) -> Annulus:
        """Return the ring of this valve."""
        return next(ring for ring in self.annuli if ring.name == name)


def across(ring: Annulus) -> tuple[Doubles, Doubles]:
    """Return two directions in a ring's plane: to the heart's right, and anterior of it."""
    n = unit(ring.normal)
    first = unit(np.array([1.0, 0.0, 0.0]) - n[0] * n)
    return first, np.cross(n, first)


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """The ventricles' fields at some points; a point is inside where the value is negative.

    `conus` is the outflow tract of the right ventricle, `base` the plate of valves and fat that closes the ventricles
    at the AV plane: it is not myocardium.
    """

    epicardium: Doubles
    lv_cavity: Doubles
    rv_cavity: Doubles
    lv_outer: Doubles
    rv_outer: Doubles
    conus: Doubles
    base: Doubles


def fields(points_mm: Doubles, shape: Shape) -> Fields:
    """Evaluate the ventricles' fields at (..., 3) points."""
    p = np.asarray(points_mm, dtype=np.float64)
    lv_shell, lv_cavity, lv_outer, lv_roof = _left(p, shape)
    body, body_outer = _right_body(p, shape)
    body_outer = smooth_max(body_outer, -lv_shell - 2.0, 2.0)
    conus = tube_about(p, shape.conus)
    valve = shape.annulus("pulmonary")
    end, roof = halfspace(p, valve.centre_mm, valve.normal), _right_roof(p, shape)
    pool = smooth_min(smooth_max(body, roof + 0.5, 8.0), smooth_max(conus, end, 2.0), 13.0)
    rv_cavity = smooth_max(pool, -lv_shell, shape.rv_edge)
    outer_conus = smooth_max(conus - shape.rv_wall, end - 0.6, 2.0)
    rv_outer = smooth_min(smooth_max(body_outer, roof - 1.5, 8.0), outer_conus, 13.0)
    beside = np.maximum(
        -(conus - shape.rv_wall), np.minimum(np.maximum(lv_shell, -lv_roof), np.maximum(body_outer, -roof))
    )
    base = np.minimum(beside, np.maximum(conus - shape.rv_wall, -end))
    epicardium = smooth_min(lv_outer, rv_outer, shape.groove)
    return Fields(epicardium, lv_cavity, rv_cavity, lv_outer, rv_outer, conus, base)


def lv_inner_radius(z_mm: Doubles, shape: Shape) -> Doubles:
    """Return the radius of the left cavity at heights z, 0 beyond its apex."""
    along = (np.asarray(z_mm) - shape.lv_centre_z) / shape.lv_half_length
    return np.asarray(shape.lv_radius * np.sqrt(np.clip(1.0 - along**2, 0.0, None)), dtype=np.float64)


def lv_apex_z(shape: Shape) -> float:
    """Return the height of the left cavity's apex."""
    return shape.lv_centre_z - shape.lv_half_length


def _ramp(x: Doubles, width: float) -> Doubles:
    """Return 0 below, x above, and a parabola of this width between."""
    return -smooth_min(-x, np.zeros_like(x), width)


def _right_roof(p: Doubles, shape: Shape) -> Doubles:
    """Return the height above the right ventricle's roof: the tricuspid plane, level at the septum, up to the conus."""
    inlet = shape.annulus("tricuspid")
    plane = smooth_max(halfspace(p, inlet.centre_mm, inlet.normal), p[..., 2] - 1.0, 4.0)
    return plane - 0.3 * _ramp(p[..., 1] - 8.0, 6.0)


def _left(p: Doubles, shape: Shape) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """Return the left ventricle's shell, its cavity with the outflow, its closed outside, and the height above it."""
    centre = np.array([0.0, 0.0, shape.lv_centre_z])
    inner = np.array([shape.lv_radius, shape.lv_radius, shape.lv_half_length])
    outer = inner + np.array([shape.lv_wall, shape.lv_wall, shape.lv_wall_apex])
    body = ellipsoid(p, centre, inner)
    column = p.copy()
    column[..., 2] = np.minimum(p[..., 2], 0.0)
    shell = ellipsoid(column, centre, outer)
    aortic, mitral = shape.annulus("aortic"), shape.annulus("mitral")
    roof = halfspace(p, mitral.centre_mm, mitral.normal)
    x, y, z = aortic.centre_mm
    beyond = np.array(aortic.centre_mm) + 6.0 * unit(aortic.normal)
    way: tuple[Knot, ...] = (
        (0.0, 2.0, -30.0, 14.0),
        (0.6 * x, 0.6 * y, -14.0, 13.5),
        (x, y, z, aortic.radius_mm - 0.6),
        (*beyond.tolist(), aortic.radius_mm - 0.6),
    )
    end = halfspace(p, aortic.centre_mm, aortic.normal)
    channel = tube_about(p, way)
    outflow = smooth_max(channel, end, 1.5)
    cavity = smooth_min(smooth_max(body, roof + 0.5, 5.0), outflow, 4.0)
    root = smooth_max(channel - 2.2, end - 0.6, 1.5)
    closed = smooth_min(smooth_max(shell, roof - 1.5, 9.0), root, 5.0)
    return shell, cavity, closed, roof


def _right_body(p: Doubles, shape: Shape) -> tuple[Doubles, Doubles]:
    """Return the right ventricle's body and its outside: ellipses stacked along z, cut by the diaphragm."""
    floor = p @ unit((0.05, -1.0, -0.03)) - shape.diaphragm_mm
    wall = shape.rv_wall
    return (
        smooth_max(_stack(p, shape, 0.0), floor, shape.acute_margin),
        smooth_max(_stack(p, shape, wall), floor - wall, shape.acute_margin),
    )


def _stack(p: Doubles, shape: Shape, wall: float) -> Doubles:
    """Return the first-order distance to a horn of ellipses, wide at the base and closed at the apex."""
    value = _ellipse(p, shape, wall)
    step = np.array([0.0, 0.0, 0.5])
    slope = _ellipse(p + step, shape, wall) - _ellipse(p - step, shape, wall)
    return np.asarray(value / np.sqrt(1.0 + np.clip(slope, -8.0, 8.0) ** 2), dtype=np.float64)


def _ellipse(p: Doubles, shape: Shape, wall: float) -> Doubles:
    """Return the distance in its own height to the ellipse that the body is there; positive beyond the apex."""
    height = RV_TOP_MM - shape.rv_apex_z + wall
    t = (RV_TOP_MM - p[..., 2]) / height
    closed = np.clip(t, 0.0, 1.0)
    width = shape.rv_width * np.clip(1.0 - closed**2.2, 1e-4, 1.0) ** 0.48
    depth = shape.rv_depth * np.clip(1.0 - closed**2, 1e-4, 1.0) ** 0.47
    radii = np.stack([width, depth], axis=-1)
    radii += wall * np.sqrt(np.clip(6.0 * (1.0 - t), 0.0, 1.0))[..., None]
    lean = shape.rv_lean * np.clip(t, 0.0, 1.2) ** 1.5
    q = np.stack([p[..., 0] - shape.rv_centre[0] + lean, p[..., 1] - shape.rv_centre[1]], axis=-1)
    k0 = np.sqrt(((q / radii) ** 2).sum(-1))
    k1 = np.sqrt(((q / radii**2) ** 2).sum(-1))
    scale = np.where(k1 > 1e-6, k0 / np.maximum(k1, 1e-6), radii.min(-1))
    return np.asarray(np.maximum((k0 - 1.0) * scale, (t - 1.0) * height), dtype=np.float64)
