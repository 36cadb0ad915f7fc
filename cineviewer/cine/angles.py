"""Where the heart vector points on average, as angles in the three views in which CineECG gives them.

Source: van Dam et al., Circ Arrhythm Electrophysiol 2020 (doi 10.1161/CIRCEP.120.008524), where mean directions of QRS,
ST to T peak and T peak to T end are compared in the four-chamber, left and right anterior oblique views.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cineviewer.cine.leads import vectors
from cineviewer.ecg import Doubles, Window
from cineviewer.heart.axes import looking
from cineviewer.signal.measurements import LEAST_MEAN_MV, LEAST_NET_SHARE

if TYPE_CHECKING:
    from cineviewer.heart import Heart

VIEWS: Final = ("four-chamber", "LAO", "RAO")
_STRETCHES: Final = ("QRS", "ST to T peak", "T peak to T end")
_LEAST_IN_VIEW: Final = 0.5
"""A vector of which less lies in the picture points, within 30 degrees, along the line of sight: no angle is given."""


@dataclass(frozen=True, slots=True)
class Direction:
    """The mean heart vector of one stretch of the beat.

    Attributes
    ----------
    stretch
        "QRS", "ST to T peak" or "T peak to T end".
    degrees
        By VIEWS: 0 to the right of the picture, 90 down, -180 to 180. None where the vector points along the line of
        sight; in all of them where the stretch has no net direction.
    """

    stretch: str
    degrees: tuple[float | None, ...]


def directions(window: Window, heart: Heart) -> tuple[Direction, ...]:
    """Return the mean direction of every stretch that lies in the window with both of its ends.

    Parameters
    ----------
    window
        From QRS onset; all eight independent leads present.
    heart
        Its chambers say where the four-chamber view is.

    Raises
    ------
    ValueError
        When a lead is missing.
    """
    vector, time_ms = vectors(window), window.time_ms
    views = [looking(heart, view.lower()) for view in VIEWS]
    ends_ms = (0.0, window.j_ms, window.t_peak_ms, window.t_end_ms)
    found = []
    for stretch, first_ms, last_ms in zip(_STRETCHES, ends_ms[:-1], ends_ms[1:], strict=True):
        if first_ms is None or last_ms is None or last_ms > time_ms[-1]:
            continue
        part = vector[(time_ms >= first_ms) & (time_ms <= last_ms)]
        mean, covered = part.mean(axis=0), float(np.linalg.norm(part, axis=1).mean())
        points = np.linalg.norm(mean) >= max(LEAST_MEAN_MV, LEAST_NET_SHARE * covered)
        found.append(Direction(stretch, tuple(_angle_deg(mean, *view) if points else None for view in views)))
    return tuple(found)


def _angle_deg(vector: Doubles, back: Doubles, up: Doubles) -> float | None:
    right = np.cross(up, back)
    right /= np.linalg.norm(right)
    x, y = float(vector @ right), -float(vector @ np.cross(back, right))
    if np.hypot(x, y) <= _LEAST_IN_VIEW * np.linalg.norm(vector):
        return None
    return float(np.degrees(np.arctan2(y, x)))
