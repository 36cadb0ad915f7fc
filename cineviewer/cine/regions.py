"""Names for where a path is: the nearest wall (geometry) and the terminal region of QRS (a claim, made rarely)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cineviewer.cine.path import qrs_samples
from cineviewer.ecg import Path, Window

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

    from cineviewer.heart import Heart

UNDETERMINED: Final = "undetermined"
TERMINAL_REGIONS: Final = ("LV free wall", "septum", "RV free wall", "RVOT", UNDETERMINED)

COMPLETE_BLOCK_MS: Final = 115.0
"""A shorter QRS ends where many fronts meet: no region is named. Complete blocks are defined by 120 ms and more
(Surawicz et al., AHA/ACCF/HRS recommendations part III, 2009); the rest is the error of the J point."""


def nearest(path: Path, heart: Heart) -> tuple[str | None, ...]:
    """Name for each sample the wall nearest to the path; None throughout for a path that claims no place."""
    if path.method == "centred":
        return (None,) * len(path.points_mm)
    return _names(path.points_mm, heart)


def terminal_region(path: Path, window: Window, heart: Heart) -> str | None:
    """Say in which region the last quarter of QRS lies.

    Returns
    -------
    One of TERMINAL_REGIONS; "undetermined" where QRS is not broad enough for one front to end it, or its end is not
    measurable; None for methods other than `recipe`, which may not say.
    """
    if path.method != "recipe":
        return None
    if window.j_ms is None or window.j_ms < COMPLETE_BLOCK_MS:
        return UNDETERMINED
    n = qrs_samples(window)
    end = path.points_mm[3 * n // 4 : n].mean(axis=0)
    return region_of(_names(end[None], heart)[0])


def region_of(wall: str) -> str:
    """Return the terminal region that a wall ("basal inferolateral LV") belongs to."""
    if wall == "RVOT":
        return "RVOT"
    if "RV" in wall.split():
        return "RV free wall"
    return "septum" if "sept" in wall else "LV free wall"


def evidence_share(profile: npt.ArrayLike, nearest: Sequence[str | None]) -> dict[str, float] | None:
    """Share of the sum of |profile| that fell while the path was nearest to each wall, largest first.

    None where no wall is named or there is no evidence.
    """
    magnitude = np.abs(np.asarray(profile, dtype=np.float64))
    total = float(magnitude.sum())
    shares: dict[str, float] = {}
    for wall, value in zip(nearest, magnitude, strict=True):
        if wall is not None:
            shares[wall] = shares.get(wall, 0.0) + float(value)
    if not shares or total <= 0:
        return None
    return {wall: value / total for wall, value in sorted(shares.items(), key=lambda item: -item[1])}


def _names(points_mm: npt.NDArray[np.float64], heart: Heart) -> tuple[str, ...]:
    _, index = _walls(heart).query(points_mm)
    return tuple(heart.label_names[int(label)] for label in np.asarray(heart.wall_labels)[index])


@lru_cache(maxsize=8)
def _walls(heart: Heart) -> cKDTree:
    from scipy.spatial import cKDTree

    return cKDTree(np.asarray(heart.walls_mm, dtype=np.float64))
