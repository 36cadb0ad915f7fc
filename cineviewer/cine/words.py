"""The two plain sentences under the ventricles: how the path runs, and where it was while the evidence fell."""

from __future__ import annotations

from typing import Final

import numpy as np

from cineviewer.cine.evidence import half_evidence
from cineviewer.cine.leads import vectors
from cineviewer.cine.path import qrs_samples
from cineviewer.cine.regions import UNDETERMINED, evidence_share
from cineviewer.cine.truth import TrueWindow, apart
from cineviewer.ecg import Doubles, Explanation, Window

_DIRECTIONS: Final = (("leftward", "rightward"), ("back", "forward"), ("up", "down"))  # + and - of L, P, S
_SIDE_COMPONENT: Final = 0.5  # a second direction is named from half of the first on


def describe(explanation: Explanation) -> tuple[str, str]:
    """Say in two sentences what a look at the path should tell; geometry in a heart, never anatomy."""
    course = _learned_course if explanation.path.method == "learned" else _course
    return course(explanation), _place(explanation)


def describe_truth(found: TrueWindow, explanation: Explanation) -> tuple[str, str]:
    """Say in two sentences what is drawn of simulated truth, and how far the path is from it."""
    scar = bool(np.isinf(found.beat.activation_ms).any())
    first = f"Simulated truth: bright front, lines each 20 ms{', scar striped' if scar else ''}."
    apart_mm = apart(found, explanation)
    if apart_mm is None:
        return first, "Path and true front share no instant."
    return first, f"Path {apart_mm:.0f} mm from the true front (mean of QRS)."


def _learned_course(explanation: Explanation) -> str:
    """From the wall nearest to its start to the one nearest to its end: what it does not read off the vector."""
    walls = [_wall(name) for name in explanation.nearest[: qrs_samples(explanation.window)]]
    start, end = walls[0], walls[-1]
    if explanation.path.unlike:
        told = "this beat is unlike those it was taught; no wall is named."
    elif start == end:
        told = f"from near the {start} and back."
    else:
        told = f"from near the {start} to near the {end}."
    return f"Learned, experimental: {told}{_unknown_end(explanation.window)}"


def _course(explanation: Explanation) -> str:
    window, method = explanation.window, explanation.path.method
    n = qrs_samples(window)
    heading = vectors(window)[:n]
    unit = heading / np.maximum(np.linalg.norm(heading, axis=1), 1e-12)[:, None]
    early, late = _words(unit[: n // 2].mean(axis=0)), _words(unit[n // 2 :].mean(axis=0))
    course = early if early == late else f"{early}, then {late}"
    told = f"runs {course}." if method == "centred" else f"goes {course}."
    start = "Centred, so only its shape counts: it " if method == "centred" else "Starts left septal, "
    return start + told + _unknown_end(window)


def _unknown_end(window: Window) -> str:
    return "" if window.j_ms is not None else " The end of QRS is not measurable."


def _words(direction: Doubles) -> str:
    size = np.abs(direction)
    order = np.argsort(-size)
    named = [k for k in order if size[k] >= _SIDE_COMPONENT * size[order[0]]][:2]
    return " and ".join(_DIRECTIONS[k][0 if direction[k] > 0 else 1] for k in named)


def _place(explanation: Explanation) -> str:
    """When the evidence fell, and where the path then was; no wall where the path's own end is undetermined."""
    window, profile = explanation.window, explanation.profile
    span = half_evidence(profile, window.time_ms)
    if span is None:
        return "No evidence either way in this window."
    start, end = span
    told = f"Half of the evidence sits at {start:.0f}–{end:.0f} ms"
    time_ms = window.time_ms
    in_span = (time_ms >= start) & (time_ms < end)
    if window.j_ms is not None and (start + end) / 2 > window.j_ms:
        return f"{told}, in ST-T, where the path shows direction only."
    if explanation.terminal_region == UNDETERMINED:
        return f"{told}."
    walls = [_wall(name) if inside else None for name, inside in zip(explanation.nearest, in_span, strict=True)]
    shares = evidence_share(np.where(in_span, profile, 0.0), walls)
    if shares is None:
        return f"{told}; this path names no wall."
    first, *others = shares
    if others and shares[first] < 0.6:
        return f"{told}, while nearest to the {_both(first, others[0], walls)}."
    return f"{told}, while nearest to the {first}."


def _both(first: str, second: str, walls: list[str | None]) -> str:
    """Two walls in the order in which the path met them."""
    return " and the ".join(sorted((first, second), key=walls.index))


def _wall(name: str | None) -> str | None:
    """A wall without its level: "mid inferolateral LV" is spoken of as "lateral LV"."""
    if name is None:
        return None
    words = [word for word in name.split() if word not in {"basal", "mid", "apical"}]
    return " ".join("lateral" if word in {"anterolateral", "inferolateral"} else word for word in words)
