"""Directions that cardiologists look along: named views, the left ventricle's long axis, the four-chamber plane."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cineviewer.ecg import Doubles

if TYPE_CHECKING:
    from cineviewer.heart.heart import Heart

_FROM_LPS: dict[str, tuple[float, float, float]] = {
    "anterior": (0.0, -1.0, 0.0),
    "lao": (np.sqrt(0.5), -np.sqrt(0.5), 0.0),
    "rao": (-0.5, -np.sqrt(0.75), 0.0),
    "left-lateral": (1.0, 0.0, 0.0),
    "posterior": (0.0, 1.0, 0.0),
}
VIEWS = (*_FROM_LPS, "base", "apex", "four-chamber")
"""Radiological views of the torso (AP, LAO 45, RAO 30, left lateral, posterior), along the heart's own axis, and
straight at its four-chamber plane, as tomography shows that: from below, with the front above."""


def looking(heart: Heart, view: str) -> tuple[Doubles, Doubles]:
    """Return a view's direction from the heart to the viewer, and roughly its way up, in LPS; unknown ones are AP."""
    if view == "base":
        return heart.axes[2], heart.axes[1]
    if view == "apex":
        return -heart.axes[2], heart.axes[1]
    if view == "four-chamber":
        across = four_chamber(heart) @ heart.axes
        return -across if across[2] > 0.0 else across, np.array([0.0, -1.0, 0.0])
    return np.array(_FROM_LPS.get(view, _FROM_LPS["anterior"])), np.array([0.0, 0.0, 1.0])


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
