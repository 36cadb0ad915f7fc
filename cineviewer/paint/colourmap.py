"""The attribution map: blue for normal, neutral at zero, orange for abnormal; one scale for every pane."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Floats

Bytes = npt.NDArray[np.uint8]

STOPS_LIGHT = (
    "#6aacf4", "#8fc0f7", "#b3d4f9", "#d7e7fa", "#fafafa", "#fae1ce", "#f9c8a2", "#f6af74", "#f2943c",
)  # fmt: skip
STOPS_DARK = (
    "#2a76c3", "#2c6097", "#2b4b6e", "#283646", "#222222", "#433124", "#664123", "#8a501c", "#b05f04",
)  # fmt: skip
"""From -1 to +1; each arm a straight line in OKLab from the neutral centre, both ends of equal lightness."""
N_COLOURS = 257
OPAQUE_FROM = 0.22
"""On dark paper the map fades in: alpha is |value| / OPAQUE_FROM, at most 1."""


@lru_cache(maxsize=2)
def lut(dark: bool) -> Bytes:
    """Return the map as (257, 4) opaque RGBA bytes, from "for normal" (-1) over neutral (row 128) to "for abnormal"."""
    stops = oklab(np.array([_bytes(stop) for stop in (STOPS_DARK if dark else STOPS_LIGHT)]) / 255.0)
    at = np.linspace(-1.0, 1.0, N_COLOURS)
    places = np.linspace(-1.0, 1.0, len(stops))
    lab = np.stack([np.interp(at, places, stops[:, k]) for k in range(3)], axis=1)
    table = np.full((N_COLOURS, 4), 255, dtype=np.uint8)
    table[:, :3] = np.rint(np.clip(srgb(lab), 0.0, 1.0) * 255.0).astype(np.uint8)
    table.setflags(write=False)
    return table


def sample(values: Floats | Doubles, limit: float, dark: bool) -> Bytes:
    """Return the colours of values.

    Parameters
    ----------
    values
        Attribution in logit per sample, any shape; NaN is drawn as neutral.
    limit
        The value (> 0) at the ends of the map; what lies beyond keeps the end's colour.
    dark
        Theme.

    Returns
    -------
    (..., 4) opaque RGBA bytes.
    """
    return lut(dark)[index(values, limit)]


def laid_on(values: Floats | Doubles, limit: float, dark: bool, ground: str, fade: float = 1.0) -> Bytes:
    """Return `sample` as it looks on paper or panel: multiplied on light, fading in with the value's size on dark.

    Parameters
    ----------
    values, limit, dark
        As in `sample`.
    ground
        Colour beneath, "#rrggbb".
    fade
        Share of the map that is kept (.35 for a stale map).

    Returns
    -------
    (..., 4) opaque RGBA bytes: computed here, so that every paint device shows the same.
    """
    colours = sample(values, limit, dark)
    below = np.array(_bytes(ground), dtype=np.float64)
    if dark:
        size = np.abs(index(values, limit) - N_COLOURS // 2) / (N_COLOURS // 2)
        opacity = np.minimum(size / OPAQUE_FROM, 1.0)[..., np.newaxis]
        laid = below + (colours[..., :3] - below) * opacity
    else:
        laid = below * colours[..., :3] / 255.0
    colours[..., :3] = np.rint(below + (laid - below) * fade).astype(np.uint8)
    return colours


def index(values: Floats | Doubles, limit: float) -> npt.NDArray[np.intp]:
    """Return the rows of `lut` that values take; zero, NaN and a limit of zero take the neutral centre."""
    half = N_COLOURS // 2
    if not limit > 0.0:
        return np.full(np.shape(values), half, dtype=np.intp)
    share = np.clip(np.nan_to_num(np.asarray(values, dtype=np.float64)) / limit, -1.0, 1.0)
    return (half + np.rint(share * half)).astype(np.intp)


_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def oklab(rgb: Doubles) -> Doubles:
    """Return OKLab (..., 3) of sRGB (..., 3) in 0-1.

    Source: B. Ottosson, "A perceptual color space for image processing", 2020.
    """
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T)


def srgb(lab: Doubles) -> Doubles:
    """Return sRGB (..., 3) of OKLab (..., 3); outside 0-1 where the screen has no such colour."""
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_LMS).T
    bright = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, bright))


def _bytes(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
