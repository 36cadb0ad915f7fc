"""A simulated record as WFDB files (16 bit, one microvolt a step) and its truth as truth.npz."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from cineviewer.ecg import LEADS
from cineviewer.simulate.recording import GENERATOR, Simulated

_UV_PER_MV = 1000


def write(simulated: Simulated, folder: Path, *, truth: bool = True) -> Path:
    """Write FOLDER/<scenario>.hea and .dat, and FOLDER/truth.npz unless `truth` is False.

    truth.npz holds `r`, `qrs_on`, ... in samples of the record (-1 where the wave is absent or not inside), `ectopic`,
    `vector_mv` (3, n: X left, Y inferior, Z posterior), `clean_mv` (12, n), `leads`, `scenario`, `seed`, `generator`
    and the signal's `sha256`.

    Returns
    -------
    The record's path, without suffix.
    """
    import wfdb

    folder.mkdir(parents=True, exist_ok=True)
    record, known = simulated.record, simulated.truth
    wfdb.wrsamp(
        known.scenario,
        fs=record.rate_hz,
        units=["mV"] * len(LEADS),
        sig_name=list(LEADS),
        d_signal=np.round(record.signal_mv.astype(np.float64).T * _UV_PER_MV).astype(np.int64),
        fmt=["16"] * len(LEADS),
        adc_gain=[float(_UV_PER_MV)] * len(LEADS),
        baseline=[0] * len(LEADS),
        comments=[
            "simulated: yes",
            f"scenario: {known.scenario}",
            f"seed: {known.seed}",
            f"generator: {GENERATOR}",
        ],
        write_dir=str(folder),
    )
    if truth:
        _write_truth(simulated, folder / "truth.npz")
    return folder / known.scenario


def _write_truth(simulated: Simulated, path: Path) -> None:
    known = simulated.truth
    rows = [asdict(landmarks) for landmarks in known.landmarks]
    arrays: dict[str, Any] = {
        name: np.array([-1 if row[name] is None else row[name] for row in rows]) for name in rows[0]
    }
    arrays |= {
        "ectopic": np.array(known.ectopic),
        "vector_mv": known.vector_mv,
        "clean_mv": known.clean_mv,
        "leads": np.array(LEADS),
        "scenario": np.array(known.scenario),
        "seed": np.array(known.seed),
        "generator": np.array(GENERATOR),
        "sha256": np.array(simulated.record.sha256),
    }
    np.savez_compressed(path, **arrays)
