"""A simulated beat's truth as a window shows it, and a path and its evidence beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cineviewer.cine.path import qrs_samples
from cineviewer.ecg import Doubles, Explanation, Mask, Window
from cineviewer.truth import TrueBeat, Truth

if TYPE_CHECKING:
    from cineviewer.heart import Heart

_FARTHEST_S: Final = 0.15
"""A window whose QRS onset lies farther than this from every beat that was simulated shows none of them."""


@dataclass(frozen=True, slots=True, eq=False)
class TrueWindow:
    """What is true of the beat that a window shows.

    Attributes
    ----------
    shift_ms
        The window's QRS onset, in ms after the first muscle's activation.
    differs
        (12, T) where each lead differs from that of the same heart without the disease, in the window's samples.
    """

    beat: TrueBeat
    shift_ms: float
    differs: Mask

    def front_mm(self, t_ms: float) -> Doubles | None:
        """Return the activation front's centroid at an instant of the window, None while there is no front."""
        at, beat = t_ms + self.shift_ms, self.beat
        if not beat.front_ms[0] <= at <= beat.front_ms[-1]:
            return None
        return np.array([np.interp(at, beat.front_ms, row) for row in beat.front_mm.T], dtype=np.float64)

    def active(self, t_ms: float) -> float:
        """Return the share of the living muscle that is activated up to an instant."""
        return _reached(self.beat.active_ms, t_ms + self.shift_ms)

    def recovered(self, t_ms: float) -> float:
        """Return the share of the living muscle that has recovered."""
        return _reached(self.beat.recovered_ms, t_ms + self.shift_ms)


@dataclass(frozen=True, slots=True)
class Beside:
    """An explanation beside the truth.

    Attributes
    ----------
    inside, chance
        Share of the sum of |Phi| that fell where a lead differs, and the share of leads and time that differ.
    span_ms
        From when to when any lead differs; None where none does.
    begins, ends
        The wall that is activated first, and the one nearest to the mean of the true front's last quarter.
    path_ends
        The wall nearest to the mean of the path's last quarter of QRS: geometry; None for a path that claims no place.
    apart_mm
        Mean distance of path and true front during QRS; None where they share no instant.
    """

    inside: float
    chance: float
    span_ms: tuple[float, float] | None
    begins: str
    ends: str
    path_ends: str | None
    apart_mm: float | None


def true_window(truth: Truth, window: Window) -> TrueWindow | None:
    """Return what is true of the beat that a window shows; None where it shows none that was simulated."""
    away = np.abs(truth.onset_s - window.start_s)
    nearest = int(away.argmin())
    kinds = {beat.ectopic: beat for beat in truth.kinds}
    beat = kinds.get(bool(truth.ectopic[nearest]))
    if beat is None or away[nearest] > _FARTHEST_S:
        return None
    at = np.rint((window.start_s + window.time_ms / 1000.0) * truth.rate_hz).astype(np.intp)
    differs = truth.differs[:, np.clip(at, 0, truth.differs.shape[1] - 1)]
    return TrueWindow(beat, 1000.0 * (window.start_s - float(truth.onset_s[nearest])), differs)


def fits(beat: TrueBeat, heart: Heart) -> bool:
    """Return whether a beat was simulated in this heart, the generic one, as far as the number of its points tells."""
    return heart.generic and beat.activation_ms.shape == (len(heart.walls_mm),)


def beside(found: TrueWindow, explanation: Explanation, heart: Heart) -> Beside:
    """Put an explanation beside the truth of its window, in the heart that the truth fits."""
    size = np.abs(explanation.attribution.phi.astype(np.float64))
    time_ms = explanation.window.time_ms
    any_lead = np.flatnonzero(found.differs.any(axis=0))
    front = found.beat.front_mm
    path, n = explanation.path, qrs_samples(explanation.window)
    places = path.points_mm[3 * n // 4 : n].mean(axis=0)
    return Beside(
        inside=float(size[found.differs].sum() / max(float(size.sum()), 1e-12)),
        chance=float(found.differs.mean()),
        span_ms=(float(time_ms[any_lead[0]]), float(time_ms[any_lead[-1]])) if any_lead.size else None,
        begins=_begins(found.beat, heart),
        ends=_wall(front[3 * len(front) // 4 :].mean(axis=0), heart),
        path_ends=None if path.method == "centred" else _wall(places, heart),
        apart_mm=apart(found, explanation),
    )


def apart(found: TrueWindow, explanation: Explanation) -> float | None:
    """Return the mean distance in mm of path and true front during QRS; None where they share no instant."""
    window, n = explanation.window, qrs_samples(explanation.window)
    fronts = (found.front_mm(float(t)) for t in window.time_ms[:n])
    pairs = zip(explanation.path.points_mm, fronts, strict=False)
    away = [float(np.linalg.norm(point - front)) for point, front in pairs if front is not None]
    return float(np.mean(away)) if away else None


def _reached(percentiles_ms: Doubles, at_ms: float) -> float:
    return float(np.interp(at_ms, percentiles_ms, np.linspace(0.0, 1.0, len(percentiles_ms))))


def _begins(beat: TrueBeat, heart: Heart) -> str:
    """Name the wall that is activated first; the septum with its side, for all of it counts to the left ventricle."""
    first = int(beat.activation_ms.argmin())
    wall = heart.label_names[int(heart.wall_labels[first])]
    if "sept" not in wall:
        return wall
    left, right = (
        np.linalg.norm(heart.surfaces[f"{side}_endocardium"].vertices_mm - heart.walls_mm[first], axis=1).min()
        for side in ("lv", "rv")
    )
    return f"{wall.removesuffix(' LV')} wall, on its {'left' if left < right else 'right'} side"


def _wall(place_mm: Doubles, heart: Heart) -> str:
    """Name the wall nearest to a place; one place needs no tree."""
    away = ((heart.walls_mm - place_mm) ** 2).sum(axis=1)
    return heart.label_names[int(heart.wall_labels[int(away.argmin())])]
