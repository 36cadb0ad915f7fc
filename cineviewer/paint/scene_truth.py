"""Simulated truth in the ventricles: walls coloured as they are activated and recover, and the true front's way."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Floats
from cineviewer.heart import Heart
from cineviewer.heart.tube import Triangles, tube
from cineviewer.paint.scene_path import Mesh, coloured, joined
from cineviewer.paint.tokens import Tokens
from cineviewer.truth import TrueBeat

MUSCLE: Final = ("epicardium", "lv_endocardium", "rv_endocardium")
"""The surfaces that are coloured: papillary muscles are no part of what is activated."""
MUSCLE_ALPHA: Final = 0.9
"""How far a px of a cut face must be covered to count as muscle: thin sheets are drawn less."""
LINE_MS: Final = 20.0
"""A line is drawn on the walls wherever the wave was at each multiple of this."""
FRONT_MS: Final = 3.0
"""Half as wide as the bright band at the cursor."""
FADE_MS: Final = 35.0
"""How long muscle takes to lose its colour after it has recovered."""
DASH_MM, GAP_MM = 4.6, 2.6
RADIUS_MM, CASING_MM = 0.75, 0.5
_STEP_MM: Final = 0.2
_BEYOND: Final = 3
_NEVER_MS: Final = 1e5
_N_EVENED: Final = 4
_SIDES: Final = 10

# Of each vertex: activation and recovery in ms, 1 for living muscle, 0 for scar and -1 for what is no muscle, and where
# it lies across the stripes that mark scar, in mm.
ATTRIBUTE: Final = "wave"
MOMENT: Final = "momentMs"
VERTEX_IN: Final = f"in vec4 {ATTRIBUTE};\nout vec4 waveVSOutput;\n"
VERTEX_OUT: Final = f"  waveVSOutput = {ATTRIBUTE};\n"
FRAGMENT_IN: Final = "in vec4 waveVSOutput;\n"
_PAINT = """
  if (waveVSOutput.z > -0.5) {{
    float msPerPx = max(fwidth(waveVSOutput.x), 0.001);
    float since = momentMs - waveVSOutput.x;
    float veil = rim * rim;
    if (waveVSOutput.z < 0.5) {{
      float away = abs(fract(waveVSOutput.w / 5.0) - 0.5) * 5.0 / max(fwidth(waveVSOutput.w), 0.001);
      float stripe = 1.0 - smoothstep(0.8, 1.8, away);
      painted = mix(painted, {scar} * (0.7 + 0.3 * light), 0.45 + 0.5 * stripe);
      opacity = max(opacity, strength * (0.34 + 0.45 * stripe + 0.25 * veil));
    }} else {{
      float reached = smoothstep(-0.7 * msPerPx, 0.7 * msPerPx, since);
      float resting = smoothstep(0.0, {fade}, momentMs - waveVSOutput.y);
      vec3 tint = mix({early}, {late}, clamp(waveVSOutput.x / {last}, 0.0, 1.0)) * (0.72 + 0.30 * light);
      float amount = reached * (1.0 - resting);
      painted = mix(painted, tint, 0.92 * amount);
      opacity = mix(opacity, strength * ({tinted} + 0.40 * veil), amount);
      float turn = waveVSOutput.x / {line};
      float away = abs(fract(turn + 0.5) - 0.5) * {line} / msPerPx;
      float isochrone = (1.0 - smoothstep(0.4, 1.4, away)) * step(0.5, turn) * reached * (1.0 - 0.75 * resting);
      isochrone *= (strength > 0.7 && along > 0.0) ? 1.0 : 0.22;
      painted = mix(painted, {contour}, 0.8 * isochrone);
      opacity = max(opacity, 0.62 * isochrone);
      float band = exp(-0.5 * since * since / ({front_ms} * {front_ms}));
      painted = mix(painted, {front}, band);
      opacity = max(opacity, (0.55 + 0.45 * strength) * {bright} * band);
    }}
  }}
"""


def colour_code(look: Tokens, last_ms: float) -> str:
    """Return the shader's last lines: what a wall's colour is at `momentMs`.

    `strength` is the wall's own opacity, `opacity`, `rim`, `light` and `shine` what lighting has made of it.
    """
    lit = "  vec3 painted = diffuseColor * light + vec3(shine);\n"
    return f"{lit}{_paint(look, last_ms)}  gl_FragData[0] = vec4(painted, opacity);\n"


def face_code(look: Tokens, last_ms: float) -> str:
    """Return the same for the face of a cut, which is opaque and unlit: muscle is coloured, thin sheets are not."""
    flat = "  float light = 1.0, opacity = 1.0, strength = 1.0, rim = 0.0, along = 1.0;\n"
    painted = f"  vec3 painted = gl_FragData[0].rgb;\n{flat}{_paint(look, last_ms)}"
    return f"  if (covered > {MUSCLE_ALPHA:.2f}) {{\n{painted}  gl_FragData[0].rgb = painted;\n  }}\n"


def _paint(look: Tokens, last_ms: float) -> str:
    return _PAINT.format(
        early=_vec3(look.truth_early),
        late=_vec3(look.truth_late),
        front=_vec3(look.truth_front),
        contour=_vec3(look.truth if not look.dark else look.truth_late),
        scar=_vec3(look.text_third),
        last=f"{max(last_ms, 1.0):.1f}",
        line=f"{LINE_MS:.1f}",
        fade=f"{FADE_MS:.1f}",
        front_ms=f"{FRONT_MS:.1f}",
        tinted="0.30" if look.dark else "0.26",
        bright="0.95" if look.dark else "0.85",
    )


def last_ms(beat: TrueBeat) -> float:
    """Return when the last muscle is activated."""
    return float(beat.active_ms[-1])


def wave(beat: TrueBeat, heart: Heart, name: str) -> Floats:
    """Return what the shader is told of each vertex of a surface of the heart, (n, 4)."""
    surface = heart.surfaces[name]
    places = surface.vertices_mm.astype(np.float64)
    if name in MUSCLE:
        found = waves_at(beat, heart, places)
        # At the base a surface goes on where there is no muscle below it: there the nearest muscle's times stand.
        far = np.flatnonzero(found[:, 0] == np.float32(_NEVER_MS))
        nearest = _nearest(places[far], heart.walls_mm[np.isfinite(beat.activation_ms)].astype(np.float64))
        for column, times in enumerate((beat.activation_ms, beat.recovery_ms)):
            found[far, column] = times[np.isfinite(times)][nearest]
        return _evened(found, surface.open_triangles)
    found = np.zeros((len(places), 4), dtype=np.float32)
    found[:, 2] = -1.0
    return found


def waves_at(beat: TrueBeat, heart: Heart, places_mm: Doubles) -> Floats:
    """Return what the shader is told of (n, 3) places in or at the muscle, heart coordinates, (n, 4)."""
    low, volume = _volume(beat, heart)
    at = np.clip((places_mm - low) / heart.spacing_mm, 0.0, np.array(volume.shape[1:]) - 1.001)
    corner = at.astype(np.intp)
    share = at - corner
    total = np.zeros((4, len(places_mm)))
    for dx, dy, dz in np.ndindex(2, 2, 2):
        weight = np.prod(np.where([dx, dy, dz], share, 1.0 - share), axis=1)
        x, y, z = (corner + np.array([dx, dy, dz])).T
        total += weight * volume[3, x, y, z] * volume[:, x, y, z]
    known = total[3] > 0.5
    found = np.zeros((len(places_mm), 4), dtype=np.float32)
    found[:, :3] = np.where(known, total[:3] / np.maximum(total[3], 1e-9), [[_NEVER_MS], [_NEVER_MS], [1.0]]).T
    found[:, 3] = places_mm.sum(axis=1)
    return found


def _nearest(places: Doubles, points: Doubles) -> npt.NDArray[np.intp]:
    """Return which of (m, 3) points is nearest to each of (n, 3) places."""
    return np.asarray(((points**2).sum(axis=1) - 2.0 * places @ points.T).argmin(axis=1))


def _evened(values: Floats, triangles: Triangles) -> Floats:
    """Even times out over the living part of a surface: what is left of the grid would show in the lines."""
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    one, other = np.concatenate([ends, ends[:, ::-1]]).T
    alive = (values[:, 2] > 0.5).astype(np.float64)
    count = np.bincount(one, alive[other], len(values))
    found = values.copy()
    for column in range(2):
        times = values[:, column].astype(np.float64)
        for _ in range(_N_EVENED):
            about = np.bincount(one, (times * alive)[other], len(values)) / np.maximum(count, 1.0)
            times = np.where(count > 0.0, np.where(alive > 0.0, 0.5 * (times + about), about), times)
        found[:, column] = times
    return found


@lru_cache(maxsize=4)
def _volume(beat: TrueBeat, heart: Heart) -> tuple[Doubles, Doubles]:
    """Return the muscle's grid as a block: its low corner in mm, and (4, a, b, c) activation, recovery, living, known.

    Times are evened out over neighbours, for lines would show the steps of the grid, and go on beyond the muscle, so
    that its surfaces, which lie between the grid's points, find them. Scar takes the times of what lives beside it.
    """
    low = heart.walls_mm.min(axis=0).astype(np.float64) - _BEYOND * heart.spacing_mm
    at = np.rint((heart.walls_mm - low) / heart.spacing_mm).astype(np.intp)
    shape = tuple(at.max(axis=0) + _BEYOND + 1)
    alive = np.isfinite(beat.activation_ms)
    rows = (beat.activation_ms, alive), (beat.recovery_ms, alive), (alive, np.ones_like(alive))
    found = []
    for values, known in rows:
        block, there = np.zeros(shape), np.zeros(shape)
        x, y, z = at[known].T
        block[x, y, z], there[x, y, z] = values[known], 1.0
        block, there = _spread(block, there, even=values is not alive)
        found.append(block)
    return low, np.stack([*found, there])


def _spread(block: Doubles, there: Doubles, *, even: bool) -> tuple[Doubles, Doubles]:
    """Even a block out where it is known, and let it go on where it is not; return it and where it is known now."""
    for _ in range(2 if even else 0):
        block = np.where(there > 0.0, _about(block, there)[0], 0.0)
    for _ in range(_BEYOND):
        mean, count = _about(block, there)
        new = (there == 0.0) & (count > 0.0)
        block, there = np.where(new, mean, block), np.where(new, 1.0, there)
    return block, there


def _about(block: Doubles, there: Doubles) -> tuple[Doubles, Doubles]:
    """Return the mean of each point and its six neighbours, of those that are known, and how many these are."""
    total, count = block * there, there.copy()
    for axis in range(3):
        for step in (1, -1):
            count += np.roll(there, step, axis)
            total += np.roll(block * there, step, axis)
    return total / np.maximum(count, 1.0), count


def gathered(values: Floats, cell: npt.NDArray[np.intp]) -> Floats:
    """Return the values of a surface whose vertices became one a cell, (cells, 4)."""
    n = int(cell.max(initial=-1)) + 1
    count = np.bincount(cell, minlength=n)
    mean = np.stack([np.bincount(cell, values[:, k], n) / count for k in range(4)], axis=1)
    return mean.astype(np.float32)


def front_mesh(beat: TrueBeat, heart: Heart, look: Tokens) -> tuple[Mesh, Mesh]:
    """Return the true front's way as dashes and their casing, in LPS mm."""
    points, casing = np.asarray(beat.front_mm, dtype=np.float64) @ heart.axes, look.panel
    dashes = list(_dashes(_smoothed(points)))
    thin = [coloured(tube(dash, RADIUS_MM, _SIDES, caps=True)[:2], look.truth) for dash in dashes]
    wide = [coloured(tube(_longer(dash), RADIUS_MM + CASING_MM, _SIDES, caps=True)[:2], casing) for dash in dashes]
    return joined(thin), joined(wide)


def _smoothed(points: Doubles) -> Doubles:
    """Round the way a little: where fronts meet, their centroid leaps."""
    padded = np.concatenate([np.repeat(points[:1], 2, axis=0), points, np.repeat(points[-1:], 2, axis=0)])
    kernel = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
    return np.stack([np.convolve(padded[:, k], kernel, mode="valid") for k in range(3)], axis=1)


def _dashes(points: Doubles) -> list[Doubles]:
    """Cut a line into dashes of equal length."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    moving = np.concatenate([[True], np.diff(along) > 1e-6])
    at = np.arange(0.0, along[-1], _STEP_MM)
    fine = np.stack([np.interp(at, along[moving], points[moving, k]) for k in range(3)], axis=1)
    drawn = np.mod(at, DASH_MM + GAP_MM) < DASH_MM
    edges = np.flatnonzero(np.diff(np.concatenate([[False], drawn, [False]]).astype(np.int8))).reshape(-1, 2)
    return [fine[start:end] for start, end in edges if end - start > 2]


def _longer(points: Doubles) -> Doubles:
    before, after = points[0] - points[1], points[-1] - points[-2]
    ends = [end / max(float(np.linalg.norm(end)), 1e-9) * CASING_MM for end in (before, after)]
    return np.concatenate([points[:1] + ends[0], points, points[-1:] + ends[1]])


def _vec3(colour: str) -> str:
    red, green, blue = (value / 255.0 for value in bytes.fromhex(colour.removeprefix("#")))
    return f"vec3({red:.4f}, {green:.4f}, {blue:.4f})"
