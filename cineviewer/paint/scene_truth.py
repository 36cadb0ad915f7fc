"""Simulated truth in the ventricles: walls coloured as they are activated and recover, and the true front's way."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import WALLS, Doubles, Floats, TrueBeat
from cineviewer.heart import Heart
from cineviewer.heart.tube import Triangles, tube
from cineviewer.paint.scene_path import Mesh, coloured, joined
from cineviewer.paint.tokens import Tokens

LINE_MS: Final = 20.0
"""A line is drawn on the walls wherever the wave was at each multiple of this."""
FRONT_MS: Final = 3.0
"""Half as wide as the bright band at the cursor."""
FADE_MS: Final = 35.0
"""How long muscle takes to lose its colour after it has recovered."""
DASH_MM, GAP_MM = 4.6, 2.6
RADIUS_MM, CASING_MM = 0.75, 0.5
_STEP_MM: Final = 0.2
_N_SMOOTH: Final = 4
_SIDES: Final = 10

# Of each vertex: activation and recovery in ms, 1 for living muscle, 0 for scar and -1 for what is no muscle, and where
# it lies across the stripes that mark scar, in mm.
ATTRIBUTE: Final = "wave"
MOMENT: Final = "momentMs"
VERTEX_IN: Final = f"in vec4 {ATTRIBUTE};\nout vec4 waveVSOutput;\n"
VERTEX_OUT: Final = f"  waveVSOutput = {ATTRIBUTE};\n"
FRAGMENT_IN: Final = "in vec4 waveVSOutput;\n"
_COLOUR = """
  vec3 painted = diffuseColor * light + vec3(shine);
  if (waveVSOutput.z > -0.5) {{
    float msPerPx = max(fwidth(waveVSOutput.x), 0.001);
    float since = momentMs - waveVSOutput.x;
    float veil = rim * rim;
    if (waveVSOutput.z < 0.5) {{
      float away = abs(fract(waveVSOutput.w / 5.0) - 0.5) * 5.0 / max(fwidth(waveVSOutput.w), 0.001);
      float stripe = 1.0 - smoothstep(0.8, 1.8, away);
      painted = mix(painted, {scar} * (0.7 + 0.3 * light), 0.85);
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
  gl_FragData[0] = vec4(painted, opacity);
"""


def colour_code(look: Tokens, last_ms: float) -> str:
    """Return the shader's last lines: what a wall's colour is at `momentMs`.

    `strength` is the wall's own opacity, `opacity`, `rim`, `light` and `shine` what lighting has made of it.
    """
    return filled(_COLOUR, look, last_ms)


def filled(code: str, look: Tokens, last_ms: float) -> str:
    """Return lines of a shader with the colours and lengths that every picture of the wave shares."""
    return code.format(
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
    found = np.zeros((len(surface.vertices_mm), 4), dtype=np.float32)
    found[:, 2] = -1.0
    if name not in WALLS:
        return found
    alive = np.isfinite(beat.activation_ms[name])
    for column, values in enumerate((beat.activation_ms[name], beat.recovery_ms[name])):
        found[:, column] = _smooth(values.astype(np.float64), alive, surface.triangles)
    found[:, 2] = alive
    found[:, 3] = surface.vertices_mm.sum(axis=1)
    return found


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


def _smooth(values: Doubles, alive: npt.NDArray[np.bool_], triangles: Triangles) -> Doubles:
    """Even out the grid that the wave was computed on, which lines would show.

    Scar takes its living neighbours' mean, so that no colour jumps within a triangle.
    """
    known = np.where(alive, values, 0.0)
    weight = alive.astype(np.float64)
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    one, other = np.concatenate([ends, ends[:, ::-1]]).T
    n = len(values)
    for _ in range(_N_SMOOTH):
        total = np.bincount(one, (known * weight)[other], n)
        count = np.bincount(one, weight[other], n)
        mean = total / np.maximum(count, 1.0)
        known = np.where(alive, 0.5 * (known + np.where(count > 0.0, mean, known)), mean)
    return known


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
