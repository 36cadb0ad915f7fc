"""Points of a heart that never move: what they answer as well as a path proves nothing about the path."""

from __future__ import annotations

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.heart import Heart


def still(heart: Heart) -> dict[str, Doubles]:
    """Return the points that stand beside the methods in every table, by name, in heart coordinates (mm)."""
    return {
        "point: centroid": np.asarray(heart.centroid_mm, dtype=np.float64),
        "point: septum": np.asarray(heart.septum_mm, dtype=np.float64),
        "point: LV free wall": _middle(heart, "mid anterolateral LV"),
        "point: RV free wall": _middle(heart, "mid RV free wall"),
    }


def _middle(heart: Heart, wall: str) -> Doubles:
    """The point of a wall that is nearest to its mean: a crescent's mean itself lies outside it."""
    own = heart.walls_mm[heart.wall_labels == heart.label_names.index(wall)].astype(np.float64)
    middle: Doubles = own[np.linalg.norm(own - own.mean(axis=0), axis=1).argmin()]
    return middle
