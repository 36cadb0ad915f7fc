"""The four valves: rings, open leaflets of the inlets, and closed cusps of the outlets, as at end-diastole."""

from __future__ import annotations

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.heart.shape import Annulus, Shape, across
from cineviewer.heart.solids import unit
from cineviewer.heart.surface import Mesh, merged
from cineviewer.heart.tube import tube

RING_RADIUS_MM = 1.0
INLETS = ("mitral", "tricuspid")
_ROUND, _DEEP = 36, 4


def annuli(shape: Shape) -> Mesh:
    """Draw the four rings, in the order of the shape's."""
    rings = [tube(circle(ring), RING_RADIUS_MM, 5, closed=True) for ring in shape.annuli]
    return merged([Mesh(v.astype(np.float64), t.astype(np.int64), n.astype(np.float64)) for v, t, n in rings])


def leaflets(shape: Shape) -> Mesh:
    """Draw the leaflets of all four valves as thin sheets."""
    return merged([_inlet(ring, shape) if ring.name in INLETS else _outlet(ring) for ring in shape.annuli])


def circle(ring: Annulus, n: int = 40) -> Doubles:
    """Return (n, 3) points of a ring."""
    u, v = across(ring)
    angle = np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)[:, None]
    return np.asarray(np.array(ring.centre_mm) + ring.radius_mm * (np.cos(angle) * u + np.sin(angle) * v))


def _inlet(ring: Annulus, shape: Shape) -> Mesh:
    """Hang leaflets into the ventricle: a long anterior and a short posterior one, or three."""
    u, v = across(ring)
    angle = np.linspace(0.0, 2.0 * np.pi, _ROUND, endpoint=False)
    aortic = np.array(shape.annulus("aortic").centre_mm) - np.array(ring.centre_mm)
    towards = float(np.arctan2(aortic @ v, aortic @ u))
    length = _mitral_mm(angle - towards) if ring.name == "mitral" else _tricuspid_mm(angle - towards)
    share = np.linspace(0.0, 1.0, _DEEP)[:, None]
    inward = share * length * (0.42 - 0.16 * share)
    return _sheet(_polar(ring, angle, ring.radius_mm - inward, -0.92 * share * length))


def _mitral_mm(turn: Doubles) -> Doubles:
    """Return the leaflets' length at angles from the aortic side: one third of the ring carries the long one."""
    away = np.abs(np.mod(turn + np.pi, 2.0 * np.pi) - np.pi)
    reach = np.radians(65.0)
    anterior = 4.0 + 16.0 * np.cos(np.clip(away / reach, 0.0, 1.0) * np.pi / 2.0) ** 0.7
    beyond = np.clip((away - reach) / (np.pi - reach), 0.0, 1.0)
    scallops = 0.82 + 0.18 * np.abs(np.cos(1.5 * (turn + np.pi)))
    posterior = 4.0 + 8.0 * np.sin(beyond * np.pi / 2.0) ** 0.6 * scallops
    return np.asarray(np.where(away < reach, anterior, posterior), dtype=np.float64)


def _tricuspid_mm(turn: Doubles) -> Doubles:
    return np.asarray(4.0 + 12.0 * np.abs(np.sin(1.5 * turn)) ** 0.7, dtype=np.float64)


def _outlet(ring: Annulus) -> Mesh:
    """Close a ring by three pockets that meet in the middle."""
    angle = np.linspace(0.0, 2.0 * np.pi, 36, endpoint=False)
    share = np.linspace(1.0, 0.02, _DEEP + 2)[:, None]
    turn = 1.5 * (angle - np.pi / 2.0)
    seam = np.abs(np.cos(turn) if ring.name == "pulmonary" else np.sin(turn))[None] ** 6
    pocket = (1.0 - share) ** 1.7 - 0.25 * np.sin(np.pi * share)
    height = 0.62 * ring.radius_mm * (seam + (1.0 - seam) * pocket)
    return _sheet(_polar(ring, angle, share * ring.radius_mm, height))


def _polar(ring: Annulus, angle: Doubles, radius_mm: Doubles, height_mm: Doubles) -> Doubles:
    """Return (rows, around, 3) points about a ring's axis."""
    u, v = across(ring)
    spokes = np.cos(angle)[:, None] * u + np.sin(angle)[:, None] * v
    return np.asarray(
        np.array(ring.centre_mm) + radius_mm[..., None] * spokes + height_mm[..., None] * unit(ring.normal),
        dtype=np.float64,
    )


def _sheet(points: Doubles) -> Mesh:
    """Join rows of (rows, around, 3) points that close on themselves."""
    rows, around = points.shape[:2]
    i = np.arange(rows - 1)[:, None] * around
    j, k = np.arange(around)[None], np.mod(np.arange(around) + 1, around)[None]
    a, b, c, d = i + j, i + k, i + around + k, i + around + j
    triangles = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    flat = points.reshape(-1, 3)
    corners = flat[triangles]
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(flat)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], facing)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return Mesh(flat, triangles, normals)
