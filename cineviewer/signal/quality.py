"""What of a record's signal can be trusted: a verdict on each lead, and the stretches to beware of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import LEADS, Doubles, Quality, Record, Stretch
from cineviewer.signal.filters import fill_gaps

_WINDOW_S = 0.5
_FLAT_MV = 0.01  # peak to peak; an electrode that is off shows less than any heart
_NOISE_MV = 0.035  # spread of what is faster than 40 ms, between the QRS complexes
_WANDER_MV_S = 0.5  # speed of the baseline
_CLIPPED_S = 0.02  # at its own extreme without any change
_CLIPPED_LEAST_MV = 1.0
_MISSING_SHARE, _FLAT_SHARE, _CLIPPED_SHARE, _NOISY_SHARE = 0.5, 0.5, 0.02, 0.3

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Verdict on each lead, and the stretches in which some leads cannot be trusted."""

    leads: dict[str, Quality]
    stretches: tuple[Stretch, ...]


def judge(record: Record) -> Judgement:
    """Look at each half second of each lead.

    A lead is missing, flat, saturated or noisy when a good part of its record is. `Judgement.stretches` names the parts
    (kinds "flat", "saturated", "noisy", and "unsteady" for a wandering baseline), missing leads left out.
    """
    n = record.n_samples
    if n == 0:
        return Judgement(dict.fromkeys(LEADS, Quality.MISSING), ())
    missing = np.mean(~np.isfinite(record.signal_mv), axis=1) > _MISSING_SHARE
    present = np.flatnonzero(~missing)
    width = min(n, max(4, round(_WINDOW_S * record.rate_hz)))
    windows = {kind: np.zeros((len(LEADS), n // width), dtype=np.bool_) for kind in _KINDS}
    if present.size:
        signal, _ = fill_gaps(record.signal_mv[present])
        for kind, flags in _flags(signal, record.rate_hz, width).items():
            windows[kind][present] = flags
    leads = {
        lead: Quality.MISSING if missing[row] else _verdict({kind: windows[kind][row] for kind in _KINDS})
        for row, lead in enumerate(LEADS)
    }
    width_s = width / record.rate_hz
    stretches = [stretch for kind in _KINDS for stretch in _stretches(windows[kind], kind, width_s, record.duration_s)]
    return Judgement(leads, tuple(sorted(stretches, key=lambda stretch: stretch.start_s)))


_KINDS = ("flat", "saturated", "noisy", "unsteady")


def _flags(signal_mv: Doubles, rate_hz: float, width: int) -> dict[str, Flags]:
    """(leads, windows) of each kind."""
    from scipy.ndimage import uniform_filter1d

    windows = _windows(signal_mv, width)
    flat = np.ptp(windows, axis=2) < _FLAT_MV
    fast = signal_mv - uniform_filter1d(signal_mv, max(3, round(0.04 * rate_hz)), axis=1)
    noise = 1.4826 * np.median(np.abs(_windows(fast, width)), axis=2)
    clipped = _windows(_clipped(signal_mv, rate_hz), width).mean(axis=2) > _CLIPPED_SHARE
    return {
        "flat": flat,
        "saturated": clipped & ~flat,
        "noisy": (noise > _NOISE_MV) & ~flat,
        "unsteady": (_wander(windows, width / rate_hz) > _WANDER_MV_S) & ~flat,
    }


def _wander(windows: Doubles, width_s: float) -> Doubles:
    """(leads, windows) speed of the baseline, mV/s: of the medians of neighbouring pairs of windows, blind to beats."""
    leads, count, width = windows.shape
    if count < 3:
        return np.zeros((leads, count))
    few = windows[:, :, :: max(1, width // 50)]
    level = np.median(np.concatenate([few[:, :-1], few[:, 1:]], axis=2), axis=2)
    return np.pad(np.abs(np.diff(level, axis=1)) / width_s, ((0, 0), (1, 1)), mode="edge")


def _windows(signal: npt.NDArray[Any], width: int) -> npt.NDArray[Any]:
    count = signal.shape[1] // width
    return signal[:, : count * width].reshape(signal.shape[0], count, width)


def _clipped(signal_mv: Doubles, rate_hz: float) -> Flags:
    """Samples at their lead's own largest or smallest value that do not move for `_CLIPPED_S`."""
    from scipy.ndimage import binary_opening

    high, low = signal_mv.max(axis=1, keepdims=True), signal_mv.min(axis=1, keepdims=True)
    at_end = (signal_mv >= high) & (high > _CLIPPED_LEAST_MV) | (signal_mv <= low) & (low < -_CLIPPED_LEAST_MV)
    if not at_end.any():
        return np.asarray(at_end, dtype=np.bool_)
    length = max(3, round(_CLIPPED_S * rate_hz))
    return np.asarray(binary_opening(at_end, structure=np.ones((1, length), dtype=np.bool_)), dtype=np.bool_)


def _verdict(windows: dict[str, Flags]) -> Quality:
    share = {kind: float(np.mean(flags)) if flags.size else 0.0 for kind, flags in windows.items()}
    if share["flat"] > _FLAT_SHARE:
        return Quality.FLAT
    if share["saturated"] > _CLIPPED_SHARE:
        return Quality.SATURATED
    if share["noisy"] > _NOISY_SHARE or share["unsteady"] > _NOISY_SHARE:
        return Quality.NOISY
    return Quality.GOOD


def _stretches(windows: Flags, kind: str, width_s: float, duration_s: float) -> list[Stretch]:
    """One stretch for each run of windows in which any lead is flagged."""
    edges = np.flatnonzero(np.diff(windows.any(axis=0).astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    last = windows.shape[1]
    return [
        Stretch(
            leads=tuple(LEADS[row] for row in np.flatnonzero(windows[:, start:end].any(axis=1))),
            start_s=float(start * width_s),
            end_s=float(duration_s if end == last else end * width_s),
            kind=kind,
        )
        for start, end in edges.tolist()
    ]
