"""What makes a pair of ventricles look like a heart: valve rings, great vessels, coronaries in their grooves."""

from __future__ import annotations

import numpy as np

from cineviewer.ecg import Doubles, Floats
from cineviewer.heart.shape import Annulus, Shape, fields
from cineviewer.heart.tube import Triangles, tube

Mesh = tuple[Floats, Triangles, Floats]

SINUS = 0.30
"""How far the aortic sinuses bulge, as a fraction of the annulus's radius."""
ARTERY_RADIUS_MM = 1.45
RING_RADIUS_MM = 1.0


def annuli(shape: Shape) -> Mesh:
    """Draw the four rings."""
    return merged([tube(_circle(ring), RING_RADIUS_MM, 6, closed=True) for ring in shape.annuli])


def great_vessels(shape: Shape, axes: Doubles) -> Mesh:
    """Draw the stubs of the aorta, with its three sinuses, and of the pulmonary trunk; open at their ends."""
    return merged([_aorta(shape, axes), _pulmonary_trunk(shape, axes)])


def coronaries(shape: Shape) -> Mesh:
    """Draw left anterior descending, circumflex, right coronary and posterior descending artery on the epicardium."""
    anterior, posterior = groove(shape, 1.0), groove(shape, -1.0)
    main = np.array([[3.0, 34.5, 7.0], [-5.0, 34.5, 4.0]])
    crux = posterior[0]
    branches = [
        (np.concatenate([main[:1] + np.array([2.0, -4.0, 2.0]), main[:1], anterior]), ARTERY_RADIUS_MM, 0.65),
        (on_epicardium(_diagonal(anterior), shape), 1.15, 0.5),
        (on_epicardium(_av_groove(100.0, 245.0, shape), shape), 1.5, 0.7),
        (_right_coronary(shape), ARTERY_RADIUS_MM, 1.1),
        (on_epicardium(_acute_marginal(), shape), 1.0, 0.5),
        (np.concatenate([crux[None] + np.array([0.0, 0.0, 2.0]), posterior]), 1.3, 0.55),
    ]
    return merged([_artery(curve, start, end, shape) for curve, start, end in branches])


def groove(shape: Shape, side: float) -> Doubles:
    """Follow the interventricular groove from base to apex: anterior (`side` 1) or posterior (-1), (n, 3) mm."""
    points = []
    for z in np.linspace(-4.0, shape.lv_centre_z - shape.lv_half_length + 12.0, 24):
        angle = np.radians(side * np.linspace(0.0, 150.0, 601))
        ring = _on_ring(angle, np.full_like(angle, z), np.zeros(2), shape)
        f = fields(ring, shape)
        crossing = np.flatnonzero((f.rv_outer - f.lv_outer)[1:] > 0.0)
        if len(crossing) and crossing[0] > 0:
            points.append(ring[crossing[0]])
    return np.asarray(points, dtype=np.float64)


def on_epicardium(curve_mm: Doubles, shape: Shape) -> Doubles:
    """Move a curve near the epicardium onto it, by Newton's steps along the field's gradient."""
    points = curve_mm.copy()
    for _ in range(12):
        gradient = field_gradient(points, shape)
        value = fields(points, shape).epicardium
        points -= (0.8 * value / np.maximum((gradient**2).sum(1), 0.2))[:, None] * gradient
    return points


def field_gradient(points_mm: Doubles, shape: Shape, name: str = "epicardium", step_mm: float = 0.4) -> Doubles:
    """Differentiate one of the fields at (n, 3) points by central differences."""
    columns = []
    for k in range(3):
        shift = np.zeros(3)
        shift[k] = step_mm
        ahead: Doubles = getattr(fields(points_mm + shift, shape), name)
        behind: Doubles = getattr(fields(points_mm - shift, shape), name)
        columns.append((ahead - behind) / (2.0 * step_mm))
    return np.stack(columns, axis=-1)


def merged(meshes: list[Mesh]) -> Mesh:
    """Put several meshes into one."""
    offsets = np.cumsum([0, *(len(vertices) for vertices, _, _ in meshes)])
    return (
        np.concatenate([vertices for vertices, _, _ in meshes]),
        np.concatenate([triangles + offset for (_, triangles, _), offset in zip(meshes, offsets, strict=False)]).astype(
            np.int32
        ),
        np.concatenate([normals for _, _, normals in meshes]),
    )


def smooth_curve(points_mm: Doubles, n: int, passes: int = 6) -> Doubles:
    """Round a polyline's corners and resample it evenly to n points; its ends stay."""
    curve = _resample(points_mm, n)
    for _ in range(passes):
        curve[1:-1] = 0.25 * curve[:-2] + 0.5 * curve[1:-1] + 0.25 * curve[2:]
    return _resample(curve, n)


def _resample(points: Doubles, n: int) -> Doubles:
    at = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    return np.stack([np.interp(np.linspace(0.0, at[-1], n), at, points[:, k]) for k in range(3)], axis=1)


def _circle(ring: Annulus, n: int = 48) -> Doubles:
    normal = np.array(ring.normal) / np.linalg.norm(ring.normal)
    u = np.cross(normal, [0.0, 1.0, 0.0])
    u /= np.linalg.norm(u)
    v = np.cross(normal, u)
    angle = np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)[:, None]
    return np.asarray(np.array(ring.centre_mm) + ring.radius_mm * (np.cos(angle) * u + np.sin(angle) * v))


def _stub(ring: Annulus, directions: list[tuple[Doubles, float]]) -> Doubles:
    """Follow a vessel from its ring: straight pieces of (direction, length), then rounded."""
    points = [np.array(ring.centre_mm)]
    for direction, length in directions:
        steps = np.linspace(length / 4.0, length, 4)
        points.extend(points[-1] + direction * steps[:, None])
    return smooth_curve(np.array(points), 16, 12)


def _aorta(shape: Shape, axes: Doubles) -> Mesh:
    ring = shape.annulus("aortic")
    normal = np.array(ring.normal) / np.linalg.norm(ring.normal)
    up = _heart_direction((-0.12, -0.02, 0.99), axes)
    curve = _stub(ring, [(normal, 14.0), (up, 21.0)])
    s = np.linspace(0.0, 1.0, len(curve))
    angle = np.linspace(0.0, 2.0 * np.pi, 28, endpoint=False)
    bulge = SINUS * np.exp(-(((s - 0.24) / 0.16) ** 2))[:, None] * (0.72 + 0.28 * np.cos(3.0 * angle)[None])
    widen = 1.0 + 0.16 * np.clip((s - 0.25) / 0.3, 0.0, 1.0)[:, None]
    return tube(curve, ring.radius_mm * (widen + bulge), 28)


def _pulmonary_trunk(shape: Shape, axes: Doubles) -> Mesh:
    ring = shape.annulus("pulmonary")
    normal = np.array(ring.normal) / np.linalg.norm(ring.normal)
    back = _heart_direction((0.36, 0.62, 0.70), axes)
    curve = _stub(ring, [(normal, 6.0), (back, 9.0)])
    s = np.linspace(0.0, 1.0, len(curve))
    return tube(curve, ring.radius_mm * (1.0 + 0.12 * np.exp(-(((s - 0.25) / 0.2) ** 2)) + 0.04 * s), 28)


def _heart_direction(lps: tuple[float, float, float], axes: Doubles) -> Doubles:
    direction = np.array(lps) @ axes.T
    return np.asarray(direction / np.linalg.norm(direction), dtype=np.float64)


def _on_ring(angle: Doubles, z: Doubles, centre: Doubles, shape: Shape) -> Doubles:
    """Find the epicardium along rays from (centre, z) at these angles, by bisection from outside."""
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    near, far = np.zeros_like(angle), np.full_like(angle, 120.0)
    for _ in range(40):
        middle = 0.5 * (near + far)
        points = np.concatenate([centre + middle[:, None] * direction, z[:, None]], axis=1)
        inside = fields(points, shape).epicardium < 0.0
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return np.asarray(np.concatenate([centre + near[:, None] * direction, z[:, None]], axis=1), dtype=np.float64)


def _av_groove(start_deg: float, end_deg: float, shape: Shape) -> Doubles:
    """Go round the base just below the AV plane, from one angle about (15, 2) to another."""
    angle = np.radians(np.linspace(start_deg, end_deg, 40))
    return _on_ring(angle, np.full_like(angle, -1.0), np.array([15.0, 2.0]), shape)


def _right_coronary(shape: Shape) -> Doubles:
    """Leave the aorta to the right, between conus and right atrium, and follow the groove to the crux."""
    start = np.array([[25.0, 17.0, 7.0], [36.0, 22.0, 8.0], [47.0, 23.0, 7.0], [57.0, 19.5, 4.5], [64.0, 13.0, 2.5]])
    ring = on_epicardium(_av_groove(0.0, -84.0, shape), shape)
    return smooth_curve(np.concatenate([start, ring]), 60, 40)


def _diagonal(anterior: Doubles) -> Doubles:
    start = anterior[4]
    along = np.linspace(0.0, 1.0, 18)[:, None]
    return np.asarray(start + along * np.array([-30.0, -18.0, -42.0]), dtype=np.float64)


def _acute_marginal() -> Doubles:
    t = np.linspace(0.0, 1.0, 22)[:, None]
    return np.asarray((1.0 - t) * np.array([67.0, -14.0, -6.0]) + t * np.array([38.0, -26.0, -66.0]), dtype=np.float64)


def _artery(curve: Doubles, start_radius: float, end_radius: float, shape: Shape) -> Mesh:
    """Lay an artery on the epicardium, half sunk into the fat that is left out; where it leaves the aorta, above it."""
    smooth = smooth_curve(curve, 34)
    smooth[3:] = 0.5 * smooth[3:] + 0.5 * on_epicardium(smooth[3:], shape)
    smooth = smooth_curve(smooth, 34, 6)
    return tube(smooth, np.linspace(start_radius, end_radius, len(smooth)), 6, caps=True)
