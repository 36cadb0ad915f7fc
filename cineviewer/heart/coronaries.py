"""The coronary arteries: from the aortic sinuses along the grooves of the epicardium."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.heart.grooves import crown, groove
from cineviewer.heart.shape import Shape, across, fields
from cineviewer.heart.solids import Knot, rounded, unit
from cineviewer.heart.surface import Mesh, merged, onto
from cineviewer.heart.surroundings import SINUS_ANGLES
from cineviewer.heart.tube import tube

SIDES, STEP_MM = 6, 3.4
TIP_MM = 14.0
SWAY_MM = 2.2
"""A branch winds so far to either side."""
ABOVE = 0.35
"""An artery's middle line lies so many of its radii above the muscle: the rest is sunk into the fat of the groove."""
CRUX_DEG = -100.0
"""Where the grooves cross behind, about the middle of the base."""


@dataclass(frozen=True, slots=True, eq=False)
class Artery:
    """A course (n, 3), radii at its ends in mm, and how many of its first points are not laid on the muscle.

    It ends in a point, unless others go on from there.
    """

    course_mm: Doubles
    start_mm: float
    end_mm: float
    free: int = 1
    tapers: bool = True


def coronaries(shape: Shape) -> Mesh:
    """Draw left main, anterior descending, circumflex, right coronary, posterior descending and their main branches."""
    arteries = (*_left_arteries(shape), *_right_arteries(shape))
    return merged([_drawn(line) for line in _laid([Line.of(artery) for artery in arteries], shape)])


def _left_arteries(shape: Shape) -> list[Artery]:
    anterior = _steady(groove(shape, 1.0))
    ostium = _ostium(shape, 1)
    fork = anterior[0] + np.array([-6.0, 2.0, 5.0])
    main = np.array([ostium, 0.5 * (ostium + fork) + [-2.0, 1.0, 3.0], fork])
    around = crown(np.linspace(112.0, 232.0, 14), shape)
    marginal, lateral = crown(np.array([168.0, 205.0]), shape)
    return [
        Artery(main, 2.1, 1.9, free=3, tapers=False),
        Artery(np.concatenate([fork[None], anterior[:-5], _round_apex(anterior[-6], shape)]), 1.8, 0.7, free=2),
        Artery(np.concatenate([fork[None], around]), 1.7, 1.0, free=2),
        Artery(_winding(anterior[4], (-28.0, 12.0, -52.0)), 1.25, 0.5),
        Artery(_winding(anterior[10], (-18.0, 14.0, -76.0), -1.0), 1.0, 0.45),
        Artery(_winding(marginal, (-31.0, -2.0, -62.0)), 1.3, 0.5),
        Artery(_winding(lateral, (-22.0, -22.0, -58.0), -1.0), 1.15, 0.45),
    ]


def _right_arteries(shape: Shape) -> list[Artery]:
    posterior = _steady(groove(shape, -1.0))
    crux, acute = crown(np.array([CRUX_DEG, -34.0]), shape)
    ostium = _ostium(shape, 0)
    inlet = np.array(shape.annulus("tricuspid").centre_mm)
    # Over the roof of the right ventricle, between conus and atrium, to the groove.
    way = inlet + np.array([[-19.0, 23.0, 10.0], [-6.0, 24.0, 7.0], [8.0, 20.0, 4.0], [17.0, 12.0, 0.0]])
    around = crown(np.linspace(4.0, CRUX_DEG, 17), shape)
    right = np.concatenate([ostium[None], onto(lambda p: fields(p, shape).epicardium, way), around])
    return [
        Artery(right, 1.9, 1.45, free=2, tapers=False),
        Artery(np.concatenate([crux[None], posterior[2:-3]]), 1.4, 0.6),
        Artery(_winding(acute, (40.0, -18.0, -66.0)), 1.2, 0.5),
        Artery(_winding(crux, (-8.0, -34.0, -40.0), -1.0), 1.0, 0.45),
    ]


def _ostium(shape: Shape, sinus: int) -> Doubles:
    """Return where a coronary artery leaves its sinus."""
    ring = shape.annulus("aortic")
    u, v = across(ring)
    a = SINUS_ANGLES[sinus]
    return np.asarray(np.array(ring.centre_mm) + 12.0 * unit(ring.normal) + 14.0 * (np.cos(a) * u + np.sin(a) * v))


def _round_apex(last: Doubles, shape: Shape) -> Doubles:
    tip = shape.lv_centre_z - shape.lv_half_length - shape.lv_wall_apex
    return np.array([[0.62 * last[0], 0.5 * last[1], 0.5 * (last[2] + tip) - 3.0], [2.0, -3.0, tip]])


def _steady(curve: Doubles) -> Doubles:
    """Take the grid's tremor out of a groove; its ends stay."""
    line = curve.copy()
    for _ in range(8):
        line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
    return line


def _winding(start: Doubles, end: tuple[float, float, float], turn: float = 1.0) -> Doubles:
    """Go from a point to another, winding a little along the epicardium; `turn` -1 begins to the other side."""
    share = np.linspace(0.0, 1.0, 14)[:, None]
    middle = 0.5 * (start + np.array(end))
    beside = unit(np.cross(np.array(end) - start, [middle[0], middle[1], 0.0]))
    sway = turn * SWAY_MM * np.sin(2.4 * np.pi * share) * np.sqrt(share)
    return np.asarray((1.0 - share) * start + share * np.array(end) + sway * beside)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """An artery's middle line (n, 3), its radius (n,), and how far (n,) from 0 to 1 it is laid on the muscle."""

    points_mm: Doubles
    radius_mm: Doubles
    laid: Doubles

    @classmethod
    def of(cls, artery: Artery) -> Line:
        """Round an artery's course into a line."""
        knots: tuple[Knot, ...] = tuple((float(x), float(y), float(z), 0.0) for x, y, z in artery.course_mm)
        chords = np.linalg.norm(np.diff(artery.course_mm, axis=0), axis=1)
        n = max(8, round(float(chords.sum()) / STEP_MM))
        at = np.linspace(0.0, float(chords.sum()), n)
        loose = float(chords[: artery.free - 1].sum())
        laid = np.ones_like(at) if artery.free == 1 else np.clip((at - loose) / 12.0, 0.0, 1.0)
        share = np.linspace(0.0, 1.0, n)
        # As the flow that branches have taken away: slowly at first, and to a point within the last few millimetres.
        radius = artery.end_mm + (artery.start_mm - artery.end_mm) * (1.0 - share) ** 0.8
        point = np.sqrt(np.clip((at[-1] - at) / TIP_MM, 0.03, 1.0)) if artery.tapers else np.ones_like(at)
        return cls(rounded(knots, n)[:, :3].copy(), radius * point, laid)


def _laid(lines: list[Line], shape: Shape) -> list[Line]:
    """Lay lines on the epicardium, half sunk, all at once; near the aorta they keep the course given."""
    ends = np.cumsum([len(line.points_mm) for line in lines])[:-1]
    points, radius, laid = (
        np.concatenate([getattr(line, name) for line in lines]) for name in ("points_mm", "radius_mm", "laid")
    )
    for _ in range(3):
        down = onto(lambda p: fields(p, shape).epicardium, points, ABOVE * radius)
        points = (1.0 - laid[:, None]) * points + laid[:, None] * down
        for line in np.split(points, ends):  # views: each line is rounded for itself
            line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
    return [replace(line, points_mm=at) for line, at in zip(lines, np.split(points, ends), strict=True)]


def _drawn(line: Line) -> Mesh:
    vertices, triangles, normals = tube(line.points_mm, line.radius_mm, SIDES, caps=True)
    return Mesh(vertices.astype(np.float64), triangles.astype(np.int64), normals.astype(np.float64))
