"""Names for where a path is: the nearest wall (geometry) and the terminal region of QRS (a claim, made rarely)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cineviewer.cine.path import qrs_samples, recipe_variants
from cineviewer.ecg import LEADS, Doubles, Path, Window

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

    from cineviewer.heart import Heart

UNDETERMINED: Final = "undetermined"
TERMINAL_REGIONS: Final = ("LV free wall", "RV free wall", "RVOT", UNDETERMINED)

COMPLETE_BLOCK_MS: Final = 120.0
"""From this QRS duration on a block is complete, and one late front ends the beat; a shorter QRS ends where many
fronts meet. Source: Surawicz et al., AHA/ACCF/HRS recommendations, part III (Circulation 2009;119:e235)."""

SURELY_COMPLETE_MS: Final = 140.0
"""A measured QRS of this duration is complete beyond two standard deviations of our duration (onset 6, J point 8 ms
on LUDB: 10 ms together)."""

LATE_R_TO_S: Final = 2.0
"""Below SURELY_COMPLETE_MS the right ventricle is named where V1's late R is this many times as tall as its S is deep:
then nothing on the left runs against the late front any more. The number was chosen on PTB-XL's even ecg_ids."""

SEPTUM: Final = "septum"


def nearest(path: Path, heart: Heart) -> tuple[str | None, ...]:
    """Name for each sample the wall nearest to the path; None throughout for a path that claims no place.

    Neither does a learned path of a beat that is unlike all that it was taught.
    """
    if path.method == "centred" or path.unlike:
        return (None,) * len(path.points_mm)
    return names_at(path.points_mm, heart)


def terminal_region(path: Path, window: Window, heart: Heart) -> str | None:
    """Say in which region the last quarter of QRS lies.

    A region is named only where one late front ends the beat (a QRS of at least 120 ms; on the right below 140 ms also
    a late R in V1 twice as tall as its S is deep), where it is a free wall, and where inverse Dower's matrix and an
    onset 8 ms later put the end on the same side.

    Returns
    -------
    One of TERMINAL_REGIONS; None for methods other than `recipe`, which may not say.
    """
    if path.method != "recipe":
        return None
    if window.j_ms is None or window.j_ms < COMPLETE_BLOCK_MS:
        return UNDETERMINED
    region, *others = ends(recipe_variants(window, heart), window, heart)
    agreed = region != SEPTUM and all(side_of(other) == side_of(region) for other in others)
    complete = window.j_ms >= SURELY_COMPLETE_MS or side_of(region) == "left" or _late_r_rules(window)
    return region if agreed and complete else UNDETERMINED


def ends(points_mm: Doubles, window: Window, heart: Heart) -> tuple[str, ...]:
    """Name the region that the mean of the last quarter of QRS is nearest to: geometry, not a claim.

    Parameters
    ----------
    points_mm
        (n, QRS or longer, 3) paths of this window.

    Returns
    -------
    n times a terminal region or SEPTUM.
    """
    n = qrs_samples(window)
    return tuple(region_of(wall) for wall in names_at(points_mm[:, 3 * n // 4 : n].mean(axis=1), heart))


def side_of(region: str) -> str:
    """Return "left", "right" or "septum" for a terminal region or SEPTUM."""
    return {"LV free wall": "left", SEPTUM: "septum"}.get(region, "right")


def region_of(wall: str) -> str:
    """Return the region that a wall ("basal inferolateral LV") belongs to: a terminal one, or "septum"."""
    if wall == "RVOT":
        return "RVOT"
    if "RV" in wall.split():
        return "RV free wall"
    return SEPTUM if "sept" in wall else "LV free wall"


def names_at(points_mm: npt.NDArray[np.float64], heart: Heart) -> tuple[str, ...]:
    """Name the wall nearest to each of (n, 3) points."""
    _, index = _walls(heart).query(points_mm)
    return tuple(heart.label_names[int(label)] for label in np.asarray(heart.wall_labels)[index])


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


def _late_r_rules(window: Window) -> bool:
    """Whether V1 is ruled by what the second half of QRS brings there, as in a complete right bundle branch block."""
    n = qrs_samples(window)
    v1_mv = window.signal_mv[LEADS.index("V1"), :n]
    return bool(v1_mv[n // 2 :].max() >= LATE_R_TO_S * max(0.0, -float(v1_mv.min())))


@lru_cache(maxsize=8)
def _walls(heart: Heart) -> cKDTree:
    from scipy.spatial import cKDTree

    return cKDTree(np.asarray(heart.walls_mm, dtype=np.float64))
