"""Analytic beats: sums of Gaussians in continuous time, so that any rate shows the same signal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cineviewer.ecg import (
    LEADS,
    Beat,
    Delineation,
    Landmarks,
    Measurement,
    Measurements,
    Quality,
    Record,
)

INTERVAL_S = 0.8
FIRST_S = 0.6
N_BEATS = 10


@pytest.fixture
def analytic() -> Callable[..., tuple[Record, Delineation]]:
    """Return a maker of (record, delineation): 10 s, QRS onset every 800 ms from 0.6 s, R 50 ms and T 260 ms later."""

    def make(rate_hz: float = 500.0, offset_mv: float = 0.0) -> tuple[Record, Delineation]:
        t = np.arange(round(10.0 * rate_hz)) / rate_hz
        onsets = FIRST_S + INTERVAL_S * np.arange(N_BEATS)
        gains = np.linspace(-1.0, 1.5, len(LEADS))[:, None]
        signal = np.full((len(LEADS), t.size), offset_mv)
        for onset in onsets:
            signal += gains * np.exp(-0.5 * ((t - onset - 0.05) / 0.011) ** 2)
            signal += 0.3 * gains * np.exp(-0.5 * ((t - onset - 0.26) / 0.04) ** 2)
        record = Record(Path("analytic"), rate_hz, signal.astype(np.float32), LEADS, (), "made", "0")
        beats = tuple(
            Beat(
                Landmarks(
                    r=round((onset + 0.05) * rate_hz),
                    qrs_on=round(onset * rate_hz),
                    qrs_off=round((onset + 0.1) * rate_hz),
                    t_peak=round((onset + 0.26) * rate_hz),
                    t_end=round((onset + 0.38) * rate_hz),
                )
            )
            for onset in onsets
        )
        return record, delineation(beats)

    return make


def delineation(beats: tuple[Beat, ...]) -> Delineation:
    """Return a delineation of these beats with nothing measured."""
    nothing = Measurement(None, "ms", "none", 0)
    return Delineation(beats, None, Measurements(*[nothing] * 8), dict.fromkeys(LEADS, Quality.GOOD))
