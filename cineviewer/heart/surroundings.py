"""What leaves and enters the ventricles: ascending aorta, pulmonary trunk, and a hint of the atria with their veins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.heart.shape import Annulus, Shape, across, fields
from cineviewer.heart.solids import Knot, Vector, ellipsoid, smooth_max, smooth_min, tube_about, unit
from cineviewer.heart.surface import Field, Mesh, contour, grid, merged, opened

VESSEL_MM, ATRIA_MM = 3.4, 3.6
"""Spacing of the grids that vessels and atria are contoured on."""
LOBE_FILLET_MM = 2.2
SINUS_MM = 9.6
"""Radius of an aortic sinus."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a vessel is cut off: a point of its middle line, the direction onward, its radius."""

    centre: Vector
    direction: Vector
    radius_mm: float


@dataclass(frozen=True, slots=True)
class Tube:
    """A vessel's middle line; it is cut off at its last knot."""

    knots: tuple[Knot, ...]

    @property
    def end(self) -> End:
        """Where it is cut."""
        (x0, y0, z0, _), (x, y, z, radius) = self.knots[-2:]
        return End((x, y, z), (x - x0, y - y0, z - z0), radius)


def great_vessels(shape: Shape) -> Mesh:
    """Draw the aorta, with its three sinuses, to the arch, and the pulmonary trunk to both its branches."""
    trunk = pulmonary_trunk(shape)
    aorta = _aorta(shape)
    return merged([
        _vessel(aorta_field(shape), [_start(shape.annulus("aortic")), aorta.end]),
        _vessel(trunk_field(shape), [_start(shape.annulus("pulmonary")), *(tube.end for tube in trunk[1:])]),
    ])  # fmt: skip


def atria(shape: Shape) -> Mesh:
    """Draw both atria with their appendages and the stubs of their veins, open towards the ventricles."""
    veins = [*_left_veins(shape), *_right_veins(shape)]
    points = grid((-62.0, -66.0, -12.0), (92.0, 66.0, 72.0), ATRIA_MM)
    mesh = contour(atria_field(shape), points, 0.08)
    mesh = opened(mesh, fields(mesh.vertices_mm, shape).epicardium - 0.2, drop=True)
    return _cut(mesh, [tube.end for tube in veins])


def aorta_field(shape: Shape) -> Field:
    """Return the field of root and ascending aorta."""
    ring, tube = shape.annulus("aortic"), _aorta(shape)
    normal = unit(ring.normal)
    u, v = across(ring)
    sinuses = [np.array(ring.centre_mm) + 8.5 * normal + 7.6 * (np.cos(a) * u + np.sin(a) * v)
               for a in SINUS_ANGLES]  # fmt: skip

    def field(p: Doubles) -> Doubles:
        value = tube_about(p, tube.knots)
        for centre in sinuses:
            bulge = np.linalg.norm(p - centre, axis=-1) - SINUS_MM
            value = smooth_min(value, bulge, 3.0)
        return value

    return field


SINUS_ANGLES = tuple(np.radians([90.0, 210.0, 330.0]))
"""Right coronary sinus in front, left, and non-coronary, from the heart's right towards anterior."""


def trunk_field(shape: Shape) -> Field:
    """Return the field of the pulmonary trunk and its branches."""

    def field(p: Doubles) -> Doubles:
        stem, right, left = (tube_about(p, tube.knots) for tube in pulmonary_trunk(shape))
        return smooth_min(stem, smooth_min(right, left, 3.0), 5.0)

    return field


def atria_field(shape: Shape) -> Field:
    """Return the field of both atria: two chambers that touch, hollowed where aorta and trunk pass."""
    mitral, tricuspid = (np.array(shape.annulus(name).centre_mm) for name in ("mitral", "tricuspid"))
    aorta, trunk = aorta_field(shape), trunk_field(shape)
    left_parts, right_parts = _left_veins(shape), _right_veins(shape)

    def field(p: Doubles) -> Doubles:
        left = ellipsoid(p, mitral + np.array([4.0, -9.0, 16.0]), (30.0, 22.5, 21.0))
        right = ellipsoid(p, tricuspid + np.array([1.0, -2.0, 15.0]), (25.5, 27.0, 25.0))
        left = smooth_min(left, _appendage(p, _left_appendage(shape), _left_lobes(shape)), 6.0)
        right = smooth_min(right, _appendage(p, _right_appendage(shape), _right_lobes(shape)), 8.0)
        for tube in left_parts:
            left = smooth_min(left, tube_about(p, tube.knots), 5.0)
        for tube in right_parts:
            right = smooth_min(right, tube_about(p, tube.knots), 6.0)
        both = smooth_min(left, right, 4.0)
        return smooth_max(both, -(smooth_min(aorta(p), trunk(p), 2.0) - 1.2), 5.0)

    return field


def pulmonary_trunk(shape: Shape) -> tuple[Tube, Tube, Tube]:
    """Return the trunk, its right branch, which passes behind the aorta, and its left one."""
    ring = shape.annulus("pulmonary")
    c, n, r = np.array(ring.centre_mm), unit(ring.normal), ring.radius_mm
    bend = c + 13.0 * n
    fork = bend + np.array([-12.0, 13.0, 13.0])
    stem = Tube((_knot(c - 2.0 * n, r), _knot(c + 6.0 * n, r + 1.0), _knot(bend, r + 0.8), _knot(fork, r + 0.6)))
    right = _course(fork, (0, 0, 0, 9.5), (-1, -4, 10, 9), (8, -16, 22, 8.5), (20, -26, 34, 8.5))
    left = _course(fork, (0, 0, 0, 9.5), (-9, 4, 4, 9), (-22, 4, 6, 8.5))
    return stem, Tube(right), Tube(left)


def _aorta(shape: Shape) -> Tube:
    ring = shape.annulus("aortic")
    c, n, r = np.array(ring.centre_mm), unit(ring.normal), ring.radius_mm
    root, rise, back = c + 17.0 * n, unit((0.24, 0.74, 0.63)), unit((-0.30, 0.76, 0.58))
    top = root + 32.0 * rise
    rooted = _knot(c - 2.0 * n, r - 0.4), _knot(c + 8.0 * n, r + 0.6), _knot(root, r + 1.6)
    risen = _knot(root + 16.0 * rise, r + 3.4), _knot(top, r + 3.6), _knot(top + 12.0 * back, r + 3.2)
    return Tube((*rooted, *risen))


def _left_appendage(shape: Shape) -> tuple[Knot, ...]:
    """Return its middle line: a narrow neck, then round the base to the trunk, its tip hooked down."""
    way = (-15, -2, 16, 11.5), (-21, 10, 12.5, 8), (-19.5, 21, 11, 8.4), (-11.5, 31, 11.5, 7.6), (-3, 36.5, 13, 5.4)
    return _course(_at(shape, "mitral"), *way, (2, 38.5, 9.5, 3.2))


def _left_lobes(shape: Shape) -> tuple[Knot, ...]:
    way = (-25.5, 10, 9.5, 5.2), (-25, 20.5, 7.5, 6.6), (-20.5, 29.5, 6.5, 5), (-12.5, 36, 8, 6), (-3, 40.5, 9, 4)
    return _course(_at(shape, "mitral"), *way, (-22.5, 18, 16.5, 5.6), (-14, 27.5, 17.5, 4.6))


def _right_appendage(shape: Shape) -> tuple[Knot, ...]:
    """Return its middle line: broad, in front of the root of the aorta."""
    way = (3, 8, 20, 17), (-1, 22, 18.5, 13), (-8, 35, 21.5, 9.5), (-16, 47, 27.5, 4.6)
    return _course(_at(shape, "tricuspid"), *way)


def _right_lobes(shape: Shape) -> tuple[Knot, ...]:
    way = (8, 25, 11.5, 6.4), (3, 34.5, 13, 5.2), (-3, 40, 15.5, 6), (-10, 47, 20, 4.4), (-14.5, 50, 25, 4)
    return _course(_at(shape, "tricuspid"), *way)


def _appendage(p: Doubles, knots: tuple[Knot, ...], lobes: tuple[Knot, ...]) -> Doubles:
    """Return the field of an appendage, its edge notched between round lobes."""
    value = tube_about(p, knots)
    for x, y, z, radius in lobes:
        value = smooth_min(value, np.linalg.norm(p - np.array([x, y, z]), axis=-1) - radius, LOBE_FILLET_MM)
    return value


def _left_veins(shape: Shape) -> list[Tube]:
    """Return the four pulmonary veins: left superior and inferior, right superior and inferior."""
    ways = [
        ((-14, 2, 28, 7.5), (-32, 8, 31, 6.4), (-42, 11, 32, 6.2)),
        ((-14, -14, 20, 7.5), (-32, -16, 19, 6.4), (-42, -16, 19, 6.2)),
        ((6, -2, 30, 7.5), (10, -6, 46, 6.4), (12, -8, 54, 6.2)),
        ((4, -16, 28, 7.5), (6, -26, 42, 6.4), (7, -31, 48, 6.2)),
    ]
    return [Tube(_course(_at(shape, "mitral"), *way)) for way in ways]


def _right_veins(shape: Shape) -> list[Tube]:
    """Return the superior and the inferior vena cava."""
    ways = [
        ((0, 4, 30, 12), (0, 22, 40, 10), (3, 42, 52, 9.6)),
        ((0, -10, 26, 15), (-3, -24, 24, 12), (-6, -38, 18, 11)),
    ]
    return [Tube(_course(_at(shape, "tricuspid"), *way)) for way in ways]


def _start(ring: Annulus) -> End:
    n = unit(ring.normal)
    return End(ring.centre_mm, (-n[0], -n[1], -n[2]), ring.radius_mm)


def _vessel(field: Field, ends: list[End]) -> Mesh:
    return _cut(contour(field, grid((-46.0, 2.0, -8.0), (74.0, 94.0, 96.0), VESSEL_MM), 0.08), ends)


def _cut(mesh: Mesh, ends: list[End]) -> Mesh:
    """Cut vessels off at their ends."""
    for end in ends:
        away = mesh.vertices_mm - np.array(end.centre)
        beyond = away @ unit(end.direction)
        beside = np.linalg.norm(away - beyond[:, None] * unit(end.direction), axis=1)
        mesh = opened(mesh, np.maximum(-beyond, beside - 1.35 * end.radius_mm - 1.0), drop=True)
    return mesh


def _at(shape: Shape, ring: str) -> Doubles:
    return np.array(shape.annulus(ring).centre_mm)


def _course(origin: Doubles, *steps: Knot) -> tuple[Knot, ...]:
    """Return a middle line given from an origin."""
    return tuple(_knot(origin + np.array(step[:3]), step[3]) for step in steps)


def _knot(point: Doubles, radius: float) -> Knot:
    return float(point[0]), float(point[1]), float(point[2]), float(radius)
