"""Directions that cardiologists look along: the left ventricle's long axis and the four-chamber plane."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cineviewer.ecg import Doubles

if TYPE_CHECKING:
    from cineviewer.heart.heart import Heart


@lru_cache(maxsize=4)
def long_axis(heart: Heart) -> tuple[Doubles, Doubles]:
    """Return the left ventricle's apex and the middle of its base, in heart coordinates."""
    inner = heart.surfaces["lv_endocardium"].vertices_mm
    apex = inner[inner[:, 2].argmin()].astype(np.float64)
    base = heart.annuli_mm.get("mitral", np.array([apex[0], apex[1], 0.0]))
    return apex, np.asarray(base, dtype=np.float64)


@lru_cache(maxsize=4)
def four_chamber(heart: Heart) -> Doubles:
    """Return the unit vector across the plane of apex, mitral and tricuspid ring, forwards, in heart coordinates."""
    apex, base = long_axis(heart)
    right = heart.annuli_mm.get("tricuspid", base + np.array([1.0, 0.0, 0.0]))
    x, y, z = np.cross(base - apex, right - apex)
    normal = np.array([x, y, z]) / max(float(np.linalg.norm([x, y, z])), 1e-9)
    return np.asarray(normal if y > 0.0 else -normal, dtype=np.float64)
