"""Simulated truth in a cut: muscle between the walls is coloured as it is activated, as the walls themselves are."""

from __future__ import annotations

from typing import Final

import numpy as np

from cineviewer.ecg import WALLS, Doubles, Floats, TrueBeat
from cineviewer.heart import Heart
from cineviewer.paint import scene_truth
from cineviewer.paint.tokens import Tokens

FARTHEST_MM: Final = 14.0
"""What lies farther than this from every wall is no muscle."""
_NEIGHBOURS: Final = 3
_NEAREST_MM: Final = 0.4

_COLOUR = """
  if (waveVSOutput.z > -0.5) {{
    vec3 face = gl_FragData[0].rgb;
    float msPerPx = max(fwidth(waveVSOutput.x), 0.001);
    float since = momentMs - waveVSOutput.x;
    if (waveVSOutput.z < 0.5) {{
      float away = abs(fract(waveVSOutput.w / 5.0) - 0.5) * 5.0 / max(fwidth(waveVSOutput.w), 0.001);
      face = mix(face, {scar}, 0.35 + 0.45 * (1.0 - smoothstep(0.8, 1.8, away)));
    }} else {{
      float reached = smoothstep(-0.7 * msPerPx, 0.7 * msPerPx, since);
      float resting = smoothstep(0.0, {fade}, momentMs - waveVSOutput.y);
      vec3 tint = mix({early}, {late}, clamp(waveVSOutput.x / {last}, 0.0, 1.0));
      face = mix(face, tint, 0.62 * reached * (1.0 - resting));
      float turn = waveVSOutput.x / {line};
      float away = abs(fract(turn + 0.5) - 0.5) * {line} / msPerPx;
      float isochrone = (1.0 - smoothstep(0.4, 1.4, away)) * step(0.5, turn) * reached * (1.0 - 0.75 * resting);
      face = mix(face, {contour}, 0.8 * isochrone);
      face = mix(face, {front}, 0.9 * exp(-0.5 * since * since / ({front_ms} * {front_ms})));
    }}
    gl_FragData[0].rgb = face;
  }}
"""


def colour_code(look: Tokens, last_ms: float) -> str:
    """Return the shader's last lines for a cut face: what muscle's colour is at `momentMs`."""
    return scene_truth.filled(_COLOUR, look, last_ms)


def wave(beat: TrueBeat, heart: Heart, points: Doubles) -> Floats:
    """Return what the shader is told of points in the cut, as of a wall's vertices: between walls by nearness, (n, 4).

    Parameters
    ----------
    points
        (n, 3) in LPS mm.
    """
    from scipy.spatial import cKDTree

    away, told = [], []
    for name in WALLS:
        of_wall = scene_truth.wave(beat, heart, name)
        found = cKDTree(heart.surfaces[name].vertices_mm @ heart.axes).query(points, k=_NEIGHBOURS)
        distance, index = np.asarray(found[0]), np.asarray(found[1])
        near = 1.0 / np.maximum(distance, _NEAREST_MM)
        told.append((of_wall[index] * near[..., None]).sum(axis=1) / near.sum(axis=1)[:, None])
        away.append(distance[:, 0])
    nearest = np.stack(away)
    weight = 1.0 / np.maximum(nearest, _NEAREST_MM) ** 2
    between = (np.stack(told) * weight[..., None]).sum(axis=0) / weight.sum(axis=0)[:, None]
    between[:, 2] = np.where(nearest.min(axis=0) > FARTHEST_MM, -1.0, np.round(between[:, 2]))
    between[:, 3] = (points @ heart.axes.T).sum(axis=1)
    return np.asarray(between, dtype=np.float32)
