"""Where the chambers meet on the epicardium: the interventricular grooves and the atrioventricular one."""

from __future__ import annotations

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.heart.shape import Shape, fields, lv_apex_z
from cineviewer.heart.solids import unit

MIDDLE_MM = np.array([18.0, 0.0])
"""About here the atrioventricular groove runs round the base (x, y)."""


def groove(shape: Shape, side: float, heights_mm: Doubles | None = None) -> Doubles:
    """Follow the interventricular groove from base to apex: anterior (`side` 1) or posterior (-1), (n, 3) mm."""
    angle = np.radians(side * np.linspace(8.0, 125.0, 235))
    heights = np.linspace(-2.0, lv_apex_z(shape) + 10.0, 26) if heights_mm is None else heights_mm
    rings = on_ring(np.tile(angle, len(heights)), np.repeat(heights, len(angle)), np.zeros(2), shape)
    f = fields(rings, shape)
    beyond = (f.rv_outer - f.lv_outer).reshape(len(heights), -1)[:, 1:] > 0.0
    first = beyond.argmax(axis=1)
    met = beyond.any(axis=1) & (first > 0)
    return np.asarray(rings.reshape(len(heights), -1, 3)[met, first[met]], dtype=np.float64)


def insertion_angles(shape: Shape) -> tuple[float, float]:
    """Return the angles (degrees from +x towards +y) at which the right ventricle is inserted, at mid height."""
    middle = np.array([0.5 * lv_apex_z(shape)])
    (front,), (back,) = groove(shape, 1.0, middle), groove(shape, -1.0, middle)
    anterior, inferior = (float(np.degrees(np.arctan2(at[1], at[0]))) for at in (front, back))
    return anterior, inferior


def crown(angles_deg: Doubles, shape: Shape) -> Doubles:
    """Return the atrioventricular groove at angles about the middle of the base, (n, 3) mm."""
    inlet = shape.annulus("tricuspid")
    n = unit(inlet.normal)
    angle = np.radians(np.linspace(-180.0, 180.0, 73))
    height = np.full_like(angle, -2.5)
    for _ in range(2):
        ring = on_ring(angle, height, MIDDLE_MM, shape)
        tilt = inlet.centre_mm[2] - ((ring[:, :2] - np.array(inlet.centre_mm)[:2]) @ n[:2]) / n[2]
        height = np.where(ring[:, 0] > MIDDLE_MM[0], tilt - 3.0, -2.5)
        around = np.concatenate([height[-6:-1], height, height[1:6]])
        height = np.clip(np.convolve(around, np.full(11, 1.0 / 11.0), "valid"), -14.0, 1.0)
    turn = np.radians(np.mod(np.asarray(angles_deg) + 180.0, 360.0) - 180.0)
    return on_ring(turn, np.interp(turn, angle, height), MIDDLE_MM, shape)


def on_ring(angle: Doubles, z: Doubles, centre: Doubles, shape: Shape) -> Doubles:
    """Find the epicardium along rays from (centre, z) at these angles, by bisection from outside."""
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    near, far = np.zeros_like(angle), np.full_like(angle, 120.0)
    for _ in range(20):
        middle = 0.5 * (near + far)
        points = np.concatenate([centre + middle[:, None] * direction, z[:, None]], axis=1)
        inside = fields(points, shape).epicardium < 0.0
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return np.asarray(np.concatenate([centre + near[:, None] * direction, z[:, None]], axis=1), dtype=np.float64)
