"""The activation path (CineECG-style): where in a pair of ventricles the mean of electrical activity is drawn.

Three constructions, none of which locates anything to better than about 10 mm:

`recipe`
    As told in the literature: from an anchor at the left septum, .7 m/s along the heart vector through QRS, kept
    inside the heart. It is judged by where a block's QRS ends.
`centred`
    The same direction integrated and then translated so that its mean over QRS is the myocardium's centroid: the
    activated mass, integrated over a beat, leaves no other mean. For shape and amount of movement, never for a region.

`learned`
    Experimental: where the front was in simulated beats whose leads looked like these (`cine.learned`). It names the
    nearest wall and never a terminal region, and says when a beat is unlike all that it was taught.

In all of them the ST-T part shows direction only, each step scaled by the vector's magnitude: the centroid of
repolarisation moves 10 to 50 mm where a constant speed would draw 150 to 200.

Sources: van Dam, J Electrocardiol 2017 (doi 10.1016/j.jelectrocard.2017.08.010); van Dam et al., Circ Arrhythm
Electrophysiol 2020 (doi 10.1161/CIRCEP.120.008524); Boonstra et al., Europace 2021 (doi 10.1093/europace/euaa396).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cineviewer.cine import learned
from cineviewer.cine.interior import Interior, interior
from cineviewer.cine.leads import vectors
from cineviewer.ecg import Doubles, Path, Window

if TYPE_CHECKING:
    from cineviewer.heart import Heart

SPEED_M_S: Final = 0.7
"""Speed along the vector during QRS (1 m/s = 1 mm/ms)."""

ONSET_ERROR_MS: Final = 8.0
"""One standard deviation of an automatic QRS onset: the other half of the path's uncertainty."""

ASSUMED_QRS_MS: Final = 100.0
"""Where the J point is not measurable the QRS part is drawn this long, and no region is named."""

PATHS: Final = ("recipe", "centred", "learned")


def qrs_samples(window: Window) -> int:
    """Return the number of samples from QRS onset to the J point, at least 2."""
    duration_ms = ASSUMED_QRS_MS if window.j_ms is None else window.j_ms
    n = round(duration_ms * window.rate_hz / 1000.0) + 1
    return int(np.clip(n, 2, window.signal_mv.shape[1]))


def path(window: Window, heart: Heart, method: str = "recipe") -> Path:
    """Draw the activation path of a window in a heart.

    Parameters
    ----------
    window
        From QRS onset; all eight independent leads present.
    heart
        The pair of ventricles to draw in.
    method
        "recipe", "centred" or "learned".

    Returns
    -------
    The path by Kors's matrix. Its uncertainty is how far inverse Dower's matrix and an onset 8 ms later would have
    put each point, added as independent errors; of `learned` how far its networks differ, so widened that in simulated
    hearts that it never saw two thirds of the points lie within.

    Raises
    ------
    ValueError
        For an unknown method, or when a lead is missing.
    """
    steps, late = _variants(window, heart)
    match method:
        case "learned":
            return _learned(window, steps[0], heart)
        case "recipe":
            points, speed = _from_anchor(steps, heart), SPEED_M_S
        case "centred":
            points, speed = _about_centroid(steps, (0, 0, late), qrs_samples(window), heart)
        case _:
            raise ValueError(f"{method!r} is none of {', '.join(PATHS)}")
    apart = np.linalg.norm(points[1:] - points[0], axis=2)
    return Path(points[0], method, speed, np.hypot(apart[0], apart[1]), heart.sha256)


def _learned(window: Window, steps: Doubles, heart: Heart) -> Path:
    """Put the learned course through QRS before ST-T's direction; what leaves the heart is brought back."""
    n_qrs = qrs_samples(window)
    found = learned.course(window, heart, n_qrs)
    inside = interior(heart)
    points = np.empty_like(steps)
    points[:n_qrs] = inside.contain(found.points_mm)
    if n_qrs < len(steps):
        points[n_qrs:] = _walk(points[None, n_qrs - 1], steps[None, n_qrs:], inside)[0]
    uncertainty = np.concatenate([found.uncertainty_mm, np.full(len(steps) - n_qrs, found.uncertainty_mm[-1])])
    return Path(points, "learned", None, uncertainty, unlike=found.unlike)


def recipe_variants(window: Window, heart: Heart) -> Doubles:
    """(3, QRS, 3) points of `recipe` by Kors's matrix, by inverse Dower's, and from an onset 8 ms later."""
    return _from_anchor(_variants(window, heart)[0][:, : qrs_samples(window)], heart)


def _variants(window: Window, heart: Heart) -> tuple[Doubles, int]:
    """(3, T, 3) steps by Kors, by inverse Dower, and by Kors from a later onset; and that onset's sample."""
    n_qrs = qrs_samples(window)
    late = min(round(ONSET_ERROR_MS * window.rate_hz / 1000.0), n_qrs - 1)
    kors, dower = (
        _steps(heart.from_lps(vectors(window, matrix)), window.rate_hz, n_qrs) for matrix in ("kors", "inverse-dower")
    )
    delayed = kors.copy()
    delayed[: late + 1] = 0.0
    return np.stack([kors, dower, delayed]), late


def _steps(directions: Doubles, rate_hz: float, n_qrs: int) -> Doubles:
    """(T, 3) millimetres a sample: constant length through QRS, scaled by the vector's magnitude after it."""
    magnitude = np.linalg.norm(directions, axis=1)
    peak = magnitude[:n_qrs].max()
    length_mm = SPEED_M_S * 1000.0 / rate_hz
    share = np.where(np.arange(len(magnitude)) < n_qrs, 1.0, np.minimum(magnitude / max(peak, 1e-12), 1.0))
    unit = directions / np.maximum(magnitude, 1e-12)[:, None]
    steps = np.asarray(length_mm * share[:, None] * unit)
    steps[0] = 0.0
    return steps


def _from_anchor(steps: Doubles, heart: Heart) -> Doubles:
    """(n, T, 3) paths from the septal anchor, kept inside the heart."""
    start = np.broadcast_to(np.asarray(heart.septum_mm, dtype=np.float64), (len(steps), 3))
    return _walk(start, steps, interior(heart))


def _walk(start_mm: Doubles, steps: Doubles, inside: Interior) -> Doubles:
    """Follow the steps of n paths at once; the first point of each is its start after its first step."""
    points = np.empty_like(steps)
    here = np.array(start_mm)
    for k in range(steps.shape[1]):
        here = inside.contain(here + steps[:, k])
        points[:, k] = here
    return points


def _about_centroid(steps: Doubles, first: tuple[int, ...], n_qrs: int, heart: Heart) -> tuple[Doubles, float]:
    """(n, T, 3) paths whose mean over QRS is the centroid, and the speed at which the first fits into the heart.

    Shrinking about its mean leaves the mean where it is, so that is how a path is kept inside here.
    """
    inside = interior(heart)
    centroid = np.asarray(heart.centroid_mm, dtype=np.float64)
    points = np.empty_like(steps)
    scales = []
    for k, (own_steps, own_first) in enumerate(zip(steps, first, strict=True)):
        loop = np.cumsum(own_steps[:n_qrs], axis=0)
        loop -= loop[own_first:].mean(axis=0)
        scale = next((s for s in np.arange(1.0, 0.3, -0.05) if inside.depth(centroid + s * loop).min() >= 0.0), 0.3)
        points[k, :n_qrs] = centroid + scale * loop
        scales.append(float(scale))
    if n_qrs < steps.shape[1]:
        points[:, n_qrs:] = _walk(points[:, n_qrs - 1], steps[:, n_qrs:], inside)
    return points, SPEED_M_S * scales[0]
