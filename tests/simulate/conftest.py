"""Waves measured on a simulated record's own samples, noise included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from cineviewer import simulate
from cineviewer.ecg import LEADS, Doubles, Landmarks

NOISE_MV = 0.035


@dataclass(frozen=True)
class Beat:
    """The beats of one kind averaged, `rate_hz` 500, PQ level at zero; index `on` is QRS onset."""

    signal_mv: Doubles
    landmarks: Landmarks

    def qrs(self, lead: str) -> Doubles:
        assert self.landmarks.qrs_on is not None
        assert self.landmarks.qrs_off is not None
        return self.signal_mv[LEADS.index(lead), self.landmarks.qrs_on : self.landmarks.qrs_off + 1]

    def r(self, lead: str) -> float:
        return max(0.0, float(self.qrs(lead).max()))

    def waves(self, lead: str) -> str:
        """QRS in letters, each wave above 35 microvolt: capitals at half the largest or more ("rS", "qR", "QS")."""
        values = self.qrs(lead)
        signs = np.where(values > NOISE_MV, 1, np.where(values < -NOISE_MV, -1, 0))
        runs = [np.flatnonzero(part) for part in _runs(signs)]
        heights = [float(values[run][np.abs(values[run]).argmax()]) for run in runs]
        return _letters(heights)

    def t(self, lead: str) -> float:
        assert self.landmarks.t_peak is not None
        return float(self.signal_mv[LEADS.index(lead), self.landmarks.t_peak])

    def st(self, lead: str) -> float:
        assert self.landmarks.qrs_off is not None
        return float(self.signal_mv[LEADS.index(lead), self.landmarks.qrs_off + 20])

    @property
    def qrs_ms(self) -> float:
        return 2.0 * self.qrs("I").size - 2.0

    def axis_deg(self, stop_ms: float | None = None) -> float:
        """Frontal axis by the areas of I and aVF."""
        stop = None if stop_ms is None else round(stop_ms / 2)
        x, y = self.qrs("I")[:stop].sum(), self.qrs("aVF")[:stop].sum()
        return float(np.degrees(np.arctan2(2.0 / np.sqrt(3.0) * y, x)))


def _runs(signs: np.ndarray) -> list[np.ndarray]:
    edges = np.flatnonzero(np.diff(signs)) + 1
    masks = []
    for start, stop in zip([0, *edges], [*edges, signs.size], strict=True):
        if signs[start] != 0 and stop - start >= 3:
            mask = np.zeros(signs.size, bool)
            mask[start:stop] = True
            masks.append(mask)
    return masks


def _letters(heights: list[float]) -> str:
    if heights and max(heights) <= 0:
        return "QS"
    largest = max(map(abs, heights), default=0.0)
    word, upright = "", 0
    for height in heights:
        letter = "r" if height > 0 else ("s" if upright else "q")
        upright += height > 0
        word += (letter.upper() if abs(height) >= largest / 2 else letter) + ("'" if height > 0 and upright > 1 else "")
    return word


def average(name: str, *, ectopic: bool = False, seed: int = 1) -> Beat:
    made = simulate.simulate(name, seed)
    before, after = 130, 270
    cuts, marks = [], []
    for landmarks, is_ectopic in zip(made.truth.landmarks, made.truth.ectopic, strict=True):
        on = landmarks.qrs_on
        whole = landmarks.t_end is not None and on is not None and before <= on <= made.record.n_samples - after
        if whole and is_ectopic == ectopic:
            cuts.append(made.record.signal_mv[:, on - before : on + after].astype(np.float64))
            marks.append(landmarks)
    beat = np.mean(cuts, axis=0)
    beat -= beat[:, before - 12 : before].mean(axis=1, keepdims=True)
    first = marks[0]
    shift = first.qrs_on - before
    names = ("r", "qrs_on", "qrs_off", "p_on", "p_off", "t_peak", "t_end")
    moved = {name: None if getattr(first, name) is None else getattr(first, name) - shift for name in names}
    return Beat(beat, Landmarks(**moved))


@pytest.fixture(scope="session")
def beat():
    return average
