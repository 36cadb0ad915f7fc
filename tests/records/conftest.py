"""Records written here, sample by sample: a plain heart whose leads obey Einthoven's law."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from cineviewer.ecg import LEADS

Write = Callable[..., Path]


@pytest.fixture(scope="session")
def ecg() -> np.ndarray:
    """(12, 5000) mV at 500 Hz: a beat a second, P, QRS and T upright in I, II and V6, in steps of 1 uV."""
    t = np.arange(5000) / 500 % 1.0

    def wave(at_s: float, width_s: float) -> np.ndarray:
        return np.exp(-0.5 * ((t - at_s) / width_s) ** 2)

    p, q, r, s, tt = wave(0.2, 0.02), wave(0.37, 0.008), wave(0.39, 0.01), wave(0.41, 0.01), wave(0.65, 0.04)
    i = 0.08 * p - 0.05 * q + 0.7 * r - 0.1 * s + 0.2 * tt
    ii = 0.12 * p - 0.08 * q + 1.0 * r - 0.15 * s + 0.3 * tt
    chest = [
        0.05 * p + a * r - b * s + c * tt
        for a, b, c in (
            (0.2, 0.9, -0.1),
            (0.4, 1.4, 0.4),
            (0.8, 0.9, 0.5),
            (1.3, 0.5, 0.4),
            (1.2, 0.2, 0.3),
            (1, 0.1, 0.2),
        )
    ]
    stored_uv = np.round(1000 * np.array([i, ii, *chest]))
    i, ii, chest = stored_uv[0], stored_uv[1], stored_uv[2:]
    limb = [i, ii, ii - i, -(i + ii) / 2, i - ii / 2, ii - i / 2]
    return np.vstack([*limb, *chest]) / 1000.0


@pytest.fixture
def write(tmp_path: Path, ecg: np.ndarray) -> Write:
    """Write a WFDB record of format 16 by hand; return its path without suffix."""

    def write_record(
        name: str = "r",
        signal_mv: np.ndarray | None = None,
        leads: Sequence[str] = LEADS,
        *,
        rate: str = "500",
        gain: str = "1000(0)/mV",
        per_mv: float = 1000.0,
        comments: Sequence[str] = (),
        checksums: bool = True,
        file: str | None = None,
        folder: Path = tmp_path,
    ) -> Path:
        signal_mv = ecg if signal_mv is None else signal_mv
        with np.errstate(invalid="ignore"):
            stored = np.where(np.isnan(signal_mv), -32768, np.round(signal_mv * per_mv)).astype("<i2")
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{name} {len(stored)} {rate} {stored.shape[1]}".strip()]
        for lead, row in zip(leads, stored, strict=True):
            checksum = int(row.sum(dtype=np.int64)) % 65536 if checksums else 0
            lines.append(f"{file or name}{'' if file else '.dat'} 16 {gain} 16 0 {row[0]} {checksum} 0 {lead}".rstrip())
        text = "\n".join([*lines, *(f"#{comment}" for comment in comments), ""])
        (folder / f"{name}.hea").write_text(text, encoding="utf-8")
        (folder / (file or f"{name}.dat")).write_bytes(np.ascontiguousarray(stored.T).tobytes())
        return folder / name

    return write_record
