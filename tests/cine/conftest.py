"""A heart that can be thought through on paper, and windows whose vector is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cineviewer.cine import leads
from cineviewer.ecg import LEADS, Doubles, Window
from cineviewer.heart import Heart

LABELS = ("mid inferolateral LV", "mid inferoseptal LV", "mid RV free wall", "RVOT")


def contains(points_mm: Doubles) -> np.ndarray:
    """Whether points lie in one of the two ellipsoids."""
    return (_lv(points_mm) <= 1) | (_rv(points_mm) <= 1)


def _lv(points: Doubles) -> Doubles:
    return ((points - np.array([0.0, 0.0, -35.0])) ** 2 / np.array([32.0, 32.0, 48.0]) ** 2).sum(-1)


def _rv(points: Doubles) -> Doubles:
    return ((points - np.array([30.0, 5.0, -25.0])) ** 2 / np.array([30.0, 34.0, 42.0]) ** 2).sum(-1)


@pytest.fixture(scope="session")
def heart() -> Heart:
    """LV about the z axis, RV beside it; x points to the body's right."""
    axis = np.arange(-90.0, 91.0, 2.0)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    inside = grid[contains(grid)]
    lv_wall = (_lv(inside) <= 1) & (_lv(inside) > 0.6)
    rv_wall = (_rv(inside) <= 1) & (_rv(inside) > 0.8) & (_lv(inside) > 1)
    walls = inside[lv_wall | rv_wall]
    rv = _lv(walls) > 1
    labels = np.where(rv, np.where(walls[:, 2] > 0, 3, 2), np.where(_rv(walls) <= 1, 1, 0)).astype(np.uint8)
    return Heart(
        name="two ellipsoids",
        generic=True,
        surfaces={},
        spacing_mm=2.0,
        annuli_mm={},
        axes=np.array([[-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0]]),  # x right, y anterior, z superior
        interior_mm=inside.astype(np.float32),
        walls_mm=walls.astype(np.float32),
        wall_labels=labels,
        label_names=LABELS,
        septum_mm=np.array([14.0, 0.0, -30.0]),
        centroid_mm=walls.mean(axis=0).astype(np.float64),
    )


WindowOf = Callable[..., Window]


@pytest.fixture
def window_of() -> WindowOf:
    """Build a window from its vector in LPS (T, 3) millivolt."""

    def build(vector_lps: Doubles, *, j_ms: float | None = 100.0, rate_hz: float = 500.0) -> Window:
        x, y, z = vector_lps[:, 0], -vector_lps[:, 2], vector_lps[:, 1]
        eight = leads.DOWER @ np.stack([x, y, z])
        signal = np.zeros((12, len(vector_lps)), dtype=np.float32)
        for lead, row in zip(leads.COLUMNS, eight, strict=True):
            signal[LEADS.index(lead)] = row
        signal[2] = signal[1] - signal[0]
        signal[3] = -(signal[0] + signal[1]) / 2
        signal[4] = signal[0] - signal[1] / 2
        signal[5] = signal[1] - signal[0] / 2
        return Window(beat=None, signal_mv=signal, rate_hz=rate_hz, start_s=0.0, j_ms=j_ms)

    return build
