"""A simulated record as WFDB files (16 bit, one microvolt a step) and its truth as truth.npz."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import LEADS
from cineviewer.simulate.recording import GENERATOR, Simulated
from cineviewer.simulate.truth import Known

_STEPS_PER_MV = 1000


def write(simulated: Simulated, folder: Path, *, truth: bool = True) -> Path:
    """Write FOLDER/<scenario>.hea and .dat, and FOLDER/truth.npz unless `truth` is False.

    truth.npz holds `r`, `qrs_on`, ... in samples of the record (-1 where the wave is absent or not inside), `ectopic`,
    `onset_s` (when each beat's first muscle is activated), `vector_mv` (3, n: X left, Y inferior, Z posterior),
    `clean_mv` (12, n), `differs` (n: where the leads differ from those of the same person without the disease),
    `lead_differs` (12, n), `leads`, `scenario`, `seed`, `generator` and the signal's `sha256`.

    Of the dominant beat, and again with `ectopic_` before the name where there is another kind: `activation_ms` and
    `recovery_ms` of each of the muscle's `nodes_mm` (heart coordinates; infinite where the wave does not come), `scar`,
    `epicardium_ms`, `lv_endocardium_ms` and `rv_endocardium_ms` (activation at the surfaces' vertices), `front_ms`,
    `front_mm` and `front_mass` (the activation front's centroid and the share of muscle activated in 1 ms), `changed`
    (nodes that the disease scars, hastens or delays) and `region` (the wall of which these are the largest share).

    Returns
    -------
    The record's path, without suffix.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / simulated.truth.scenario
    steps = np.round(simulated.record.signal_mv.astype(np.float64) * _STEPS_PER_MV).astype("<i2")
    path.with_suffix(".dat").write_bytes(steps.T.tobytes())
    path.with_suffix(".hea").write_text(_header(simulated, steps), encoding="ascii")
    if truth:
        _write_truth(simulated, folder / "truth.npz")
    return path


def _header(simulated: Simulated, steps: npt.NDArray[np.int16]) -> str:
    """Return the WFDB header; its checksums let a reader notice a damaged .dat."""
    record, known = simulated.record, simulated.truth
    lines = [f"{known.scenario} {len(LEADS)} {record.rate_hz:g} {record.n_samples}"]
    for lead, samples in zip(LEADS, steps, strict=True):
        checksum = int(samples.sum(dtype=np.int64)) % 65536
        lines.append(f"{known.scenario}.dat 16 {_STEPS_PER_MV}(0)/mV 16 0 {samples[0]} {checksum} 0 {lead}")
    lines += ["# simulated: yes", f"# scenario: {known.scenario}", f"# seed: {known.seed}", f"# generator: {GENERATOR}"]
    return "\n".join([*lines, ""])


def _write_truth(simulated: Simulated, path: Path) -> None:
    known = simulated.truth
    rows = [asdict(landmarks) for landmarks in known.landmarks]
    arrays: dict[str, Any] = {
        name: np.array([-1 if row[name] is None else row[name] for row in rows]) for name in rows[0]
    }
    arrays |= {
        "ectopic": np.array(known.ectopic),
        "onset_s": np.array(known.onset_s),
        "vector_mv": known.vector_mv,
        "clean_mv": known.clean_mv,
        "differs": known.differs,
        "lead_differs": known.lead_differs,
        "nodes_mm": known.nodes_mm,
        "leads": np.array(LEADS),
        "scenario": np.array(known.scenario),
        "seed": np.array(known.seed),
        "generator": np.array(GENERATOR),
        "sha256": np.array(simulated.record.sha256),
    }
    for kind in known.kinds:
        arrays |= {f"{'ectopic_' if kind.ectopic else ''}{name}": array for name, array in _of_beat(kind).items()}
    np.savez_compressed(path, **arrays)


def _of_beat(kind: Known) -> dict[str, Any]:
    front, difference = kind.front, kind.difference
    return {
        "activation_ms": kind.activation_ms.astype(np.float32),
        "recovery_ms": kind.recovery_ms.astype(np.float32),
        "scar": kind.scar,
        "front_ms": front.time_ms,
        "front_mm": front.centroid_mm,
        "front_mass": front.mass,
        "changed": difference.nodes,
        "region": np.array(difference.region or ""),
        **{f"{name}_ms": values for name, values in kind.surfaces_ms.items()},
    }
