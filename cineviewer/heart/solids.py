"""Solids as implicit fields (negative inside, about millimetres near the surface), and how they are joined."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from cineviewer.ecg import Doubles

Vector = tuple[float, float, float]
Knot = tuple[float, float, float, float]
"""A point of a tube's middle line and the radius there: x, y, z, r in mm."""


def smooth_min(a: Doubles, b: Doubles, radius: float) -> Doubles:
    """Return the union of two fields, their seam filled with a fillet (polynomial smooth minimum)."""
    h = np.clip(0.5 + 0.5 * (b - a) / radius, 0.0, 1.0)
    return np.asarray(b * (1.0 - h) + a * h - radius * h * (1.0 - h), dtype=np.float64)


def smooth_max(a: Doubles, b: Doubles, radius: float) -> Doubles:
    """Return the intersection of two fields, its edge rounded."""
    return -smooth_min(-a, -b, radius)


def unit(vector: Vector | Doubles) -> Doubles:
    """Return a vector of length 1 in this direction."""
    direction = np.asarray(vector, dtype=np.float64)
    return np.asarray(direction / np.linalg.norm(direction), dtype=np.float64)


def halfspace(p: Doubles, point: Vector, normal: Vector) -> Doubles:
    """Return the height of (..., 3) points above a plane."""
    return np.asarray((p - np.array(point)) @ unit(normal), dtype=np.float64)


def ellipsoid(p: Doubles, centre: Vector | Doubles, radii: Vector | Doubles) -> Doubles:
    """Return the first-order distance to an ellipsoid (I. Quilez's bound)."""
    q = p - np.asarray(centre)
    k0 = np.sqrt(((q / np.asarray(radii)) ** 2).sum(-1))
    k1 = np.sqrt(((q / np.asarray(radii) ** 2) ** 2).sum(-1)) + 1e-9
    return np.asarray(k0 * (k0 - 1.0) / k1, dtype=np.float64)


def tube_about(p: Doubles, knots: tuple[Knot, ...]) -> Doubles:
    """Return the distance to a tube of changing radius along a rounded line through knots; its ends are round."""
    from scipy.spatial import cKDTree

    line = rounded(knots)
    near = np.asarray(cKDTree(line[:, :3]).query(p.reshape(-1, 3), k=2)[1])
    first, second = line[near[:, 0]], line[near[:, 1]]
    step = second[:, :3] - first[:, :3]
    along = np.einsum("ij,ij->i", p.reshape(-1, 3) - first[:, :3], step) / np.einsum("ij,ij->i", step, step)
    foot = first + np.clip(along, 0.0, 1.0)[:, None] * (second - first)
    away = np.linalg.norm(p.reshape(-1, 3) - foot[:, :3], axis=1) - foot[:, 3]
    return np.asarray(away.reshape(p.shape[:-1]), dtype=np.float64)


@lru_cache(maxsize=64)
def rounded(knots: tuple[Knot, ...], n: int = 160) -> Doubles:
    """Draw a smooth line (x, y, z, r) through knots, evenly spaced: a cubic spline by length along the chord."""
    from scipy.interpolate import make_interp_spline

    points = np.asarray(knots, dtype=np.float64)
    at = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1))])
    degree = min(3, len(points) - 1)
    fine = make_interp_spline(at, points, k=degree)(np.linspace(0.0, at[-1], 4 * n))
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(fine[:, :3], axis=0), axis=1))])
    even = np.linspace(0.0, along[-1], n)
    return np.stack([np.interp(even, along, fine[:, k]) for k in range(4)], axis=1)
