"""The path as geometry: a heat-coloured tube, thinner in ST-T, with an outline and rings that count milliseconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cineviewer.cine.path import qrs_samples
from cineviewer.ecg import Doubles, Explanation, Floats, Window
from cineviewer.heart import Heart
from cineviewer.heart.tube import Triangles, tube
from cineviewer.paint.colourmap import sample

QRS_RADIUS_MM, ST_RADIUS_MM = 2.8, 1.0
OUTLINE_MM, OUTLINE_TERMINAL_MM, OUTLINE_ST_MM = 0.4, 1.0, 0.32
RING_EVERY_MS, LARGE_EVERY_MS = 20, 40
STEP_MS = 2.0
TERMINAL_FROM = 0.75
"""From this share of QRS on its end is read."""
_SIDES = 14
_APART_MM = 2.6
"""Rings nearer than this to the one before are left out: ST-T crawls."""

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles with one RGBA a vertex."""

    vertices: Floats
    triangles: Triangles
    colours: Bytes


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A label on a path: its text, where it points, LPS mm, and whether it speaks of simulated truth."""

    text: str
    point: Doubles
    true: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PathShape:
    """All that is drawn of one path, in LPS mm.

    Attributes
    ----------
    points, time_ms
        (n, 3) and (n,), the drawn curve every STEP_MS up to T end or the window's end.
    colours
        (n, 4) RGBA bytes of it.
    n_qrs
        Points of it that lie in QRS.
    core, outline
        The coloured tube with its rings, and the larger tube behind it that is seen as its outline.
    uncertainty_mm
        (n,).
    marks
        Labels.
    samples, sample_ms
        (T, 3) and (T,), the path as computed: the bead follows it to the window's end, even behind T end.
    """

    points: Doubles
    time_ms: Doubles
    colours: Bytes
    n_qrs: int
    core: Mesh
    outline: Mesh
    uncertainty_mm: Doubles
    marks: tuple[Mark, ...]
    samples: Doubles
    sample_ms: Doubles

    def part_at(self, t_ms: float) -> str:
        """Say in which part of the beat an instant lies, and what the path means there."""
        end_ms = float(self.time_ms[self.n_qrs - 1])
        if t_ms > end_ms:
            return "ST-T: direction only, no place"
        if t_ms < TERMINAL_FROM * end_ms:
            return "QRS, before its last quarter"
        return f"last quarter of QRS, {TERMINAL_FROM * end_ms:.0f}–{end_ms:.0f} ms: tells where QRS ends"

    def at(self, t_ms: float) -> Doubles | None:
        """Return where the path is at an instant, None outside the window."""
        if not self.sample_ms[0] <= t_ms <= self.sample_ms[-1]:
            return None
        drawn = t_ms <= self.time_ms[-1]
        time_ms, points = (self.time_ms, self.points) if drawn else (self.sample_ms, self.samples)
        return np.array([np.interp(t_ms, time_ms, points[:, k]) for k in range(3)], dtype=np.float64)


def path_shape(explanation: Explanation, heart: Heart, ink: str, *, dark: bool) -> PathShape:
    """Shape the path of an explanation; `ink` is the colour ("#rrggbb") of its outline and rings."""
    window = explanation.window
    sample_ms = window.time_ms
    samples = np.asarray(explanation.path.points_mm, dtype=np.float64) @ heart.axes
    end_ms = min(window.t_end_ms if window.t_end_ms is not None else np.inf, float(sample_ms[-1]))
    time_ms = np.arange(0.0, end_ms + 0.5 * STEP_MS, STEP_MS)
    points = _rounded(_interpolated(time_ms, sample_ms, samples))
    qrs_ms = float(sample_ms[qrs_samples(window) - 1])
    n_qrs = int(np.clip(np.searchsorted(time_ms, qrs_ms, side="right"), 4, len(time_ms)))
    colours = sample(np.interp(time_ms, sample_ms, explanation.profile), 1.0, dark)
    parts = [_core(points[:n_qrs], colours[:n_qrs], QRS_RADIUS_MM)]
    shells = [_shell(points[:n_qrs], _outline_radius(n_qrs))]
    if len(points) - n_qrs > 2:
        rest = np.unique([*range(n_qrs - 1, len(points), 3), len(points) - 1])
        parts.append(_core(points[rest], colours[rest], ST_RADIUS_MM))
        shells.append(_shell(points[rest], np.full(len(rest), ST_RADIUS_MM + OUTLINE_ST_MM)))
    rings = _rings(points, time_ms, n_qrs)
    return PathShape(
        points=points,
        time_ms=time_ms,
        colours=colours,
        n_qrs=n_qrs,
        core=joined([*parts, *[coloured(ring, ink) for ring in rings]]),
        outline=joined([coloured(shell, ink) for shell in shells]),
        uncertainty_mm=np.interp(time_ms, sample_ms, explanation.path.uncertainty_mm),
        marks=_marks(window, points, time_ms, n_qrs),
        samples=samples,
        sample_ms=sample_ms,
    )


def _marks(window: Window, points: Doubles, time_ms: Doubles, n_qrs: int) -> tuple[Mark, ...]:
    last_ms = float(time_ms[n_qrs - 1])
    labelled = [ms for ms in range(0, int(last_ms) + 1, LARGE_EVERY_MS) if ms == 0 or last_ms - ms > RING_EVERY_MS / 2]
    marks = [Mark("0 ms" if ms == 0 else str(ms), points[int(np.abs(time_ms - ms).argmin())]) for ms in labelled]
    if window.j_ms is not None and window.j_ms <= time_ms[-1]:
        marks.append(Mark("J", points[n_qrs - 1]))
    inside = window.t_end_ms is not None and window.t_end_ms <= window.time_ms[-1]
    return (*marks, Mark("T end" if inside else "window ends", points[-1]))


def _interpolated(at_ms: Doubles, time_ms: Doubles, points: Doubles) -> Doubles:
    return np.stack([np.interp(at_ms, time_ms, points[:, k]) for k in range(3)], axis=1)


def _rounded(points: Doubles) -> Doubles:
    """Round corners over a few milliseconds, so that a thick tube does not kink; the ends stay."""
    kernel = np.array([1.0, 4.0, 6.0, 4.0, 1.0]) / 16.0
    before, after = 2 * points[:1] - points[2:0:-1], 2 * points[-1:] - points[-2:-4:-1]
    padded = np.concatenate([before, points, after])
    return np.stack([np.convolve(padded[:, k], kernel, mode="valid") for k in range(3)], axis=1)


def _outline_radius(n_qrs: int) -> Doubles:
    """Thicken the outline over the last quarter of QRS: the part that tells blocks apart."""
    terminal = np.arange(n_qrs) >= TERMINAL_FROM * (n_qrs - 1)
    return QRS_RADIUS_MM + np.where(terminal, OUTLINE_TERMINAL_MM, OUTLINE_MM)


def _core(points: Doubles, colours: Bytes, radius_mm: float) -> Mesh:
    vertices, triangles, _ = tube(points, radius_mm, _SIDES, caps=True)
    around = np.concatenate([np.repeat(colours, _SIDES, axis=0), colours[:1], colours[-1:]])
    return Mesh(vertices, triangles, around)


def _shell(points: Doubles, radius_mm: Doubles) -> tuple[Floats, Triangles]:
    """Surround the tube, its ends included, by as much as its outline is wide."""
    wide = float(radius_mm[-1] - (QRS_RADIUS_MM if radius_mm[-1] > QRS_RADIUS_MM else ST_RADIUS_MM))
    ends = [points[0] - points[1], points[-1] - points[-2]]
    ahead = [e / max(float(np.linalg.norm(e)), 1e-6) * w for e, w in zip(ends, (OUTLINE_MM, wide), strict=True)]
    longer = np.concatenate([points[:1] + ahead[0], points, points[-1:] + ahead[1]])
    vertices, triangles, _ = tube(longer, np.concatenate([radius_mm[:1], radius_mm, radius_mm[-1:]]), _SIDES, caps=True)
    return vertices, triangles


def _rings(points: Doubles, time_ms: Doubles, n_qrs: int) -> list[tuple[Floats, Triangles]]:
    rings, last = [], np.full(3, np.inf)
    for ms in range(RING_EVERY_MS, int(time_ms[-1]) + 1, RING_EVERY_MS):
        index = int(np.abs(time_ms - ms).argmin())
        large, inside = ms % LARGE_EVERY_MS == 0, index < n_qrs - 1
        if not inside and np.linalg.norm(points[index] - last) < _APART_MM:
            continue
        last = points[index]
        radius = (QRS_RADIUS_MM if inside else ST_RADIUS_MM) + (0.75 if large else 0.3)
        ahead = points[min(index + 1, len(points) - 1)] - points[max(index - 1, 0)]
        rings.append(_ring(points[index], ahead, radius, 0.42 if large else 0.26))
    return rings


def _ring(centre: Doubles, axis: Doubles, radius_mm: float, thickness_mm: float) -> tuple[Floats, Triangles]:
    axis = axis / max(float(np.linalg.norm(axis)), 1e-9)
    u = np.cross(axis, np.eye(3)[np.abs(axis).argmin()])
    u /= max(float(np.linalg.norm(u)), 1e-9)
    cos, sin, across, along = _RING
    spokes = cos * u + sin * np.cross(axis, u)
    vertices = centre + (radius_mm + thickness_mm * across) * spokes + thickness_mm * along * axis
    return vertices.reshape(-1, 3).astype(np.float32), _RING_TRIANGLES


def _torus(around: int, sides: int) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """Return cosine and sine round the ring, (around, 1, 1), and of its own section, (1, sides, 1)."""
    turn = np.linspace(0.0, 2.0 * np.pi, around, endpoint=False)[:, None, None]
    section = np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)[None, :, None]
    return np.cos(turn), np.sin(turn), np.cos(section), np.sin(section)


def _torus_triangles(around: int, sides: int) -> Triangles:
    i, j = np.mgrid[:around, :sides]
    beyond, next_side = (i + 1) % around, (j + 1) % sides
    a, b, c, d = i * sides + j, i * sides + next_side, beyond * sides + next_side, beyond * sides + j
    corners = [np.stack([a, c, b], -1).reshape(-1, 3), np.stack([a, d, c], -1).reshape(-1, 3)]
    return np.concatenate(corners).astype(np.int32)


_RING = _torus(18, 4)
_RING_TRIANGLES = _torus_triangles(18, 4)


def coloured(part: tuple[Floats, Triangles], colour: str) -> Mesh:
    """Return a part's vertices and triangles in one colour, "#rrggbb"."""
    rgba = np.array([*bytes.fromhex(colour.removeprefix("#")), 255], dtype=np.uint8)
    return Mesh(part[0], part[1], np.tile(rgba, (len(part[0]), 1)))


def joined(parts: list[Mesh]) -> Mesh:
    """Return several meshes as one."""
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts)])
    triangles = [part.triangles + offset for part, offset in zip(parts, offsets, strict=False)]
    return Mesh(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate(triangles).astype(np.int32),
        np.concatenate([part.colours for part in parts]),
    )
