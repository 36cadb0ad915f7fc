"""What each electrode sees of each node of the muscle: the transfer matrix from action potentials to leads.

With equal anisotropy inside and outside the cells, the currents of an activated muscle are those of a double layer on
its closed surface (endocardia and epicardium) whose strength is the action potential there (Geselowitz, IEEE Trans
Biomed Eng 1989;36:93). Here the same sources stand where the potential changes, between nodes that touch: a muscle
with one potential throughout is silent, and scar is left out by cutting its pairs.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from cineviewer.atomic import write_atomically
from cineviewer.cine.leads import COLUMNS
from cineviewer.ecg import Doubles
from cineviewer.simulate import bem, torso
from cineviewer.simulate.tissue import Mask, Tissue

_AMPLITUDE_V: Final = 0.1
"""Rise of the action potential."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """How a heart lies in the standard torso, and where the electrodes are.

    Attributes
    ----------
    axes
        (3, 3) rows are the heart's axes in LPS.
    centroid_mm, place_mm
        A point in heart coordinates, and where it lies in the torso.
    electrodes_mm
        (9, 3) in torso coordinates, in the order of `torso.ELECTRODES`; several electrodes' sets may follow each other.
    size
        How many times as large as the standard torso this one is in all directions.
    """

    axes: Doubles
    centroid_mm: Doubles
    place_mm: Doubles
    electrodes_mm: Doubles
    size: float = 1.0

    def to_torso(self, points_mm: Doubles) -> Doubles:
        """Turn (p, 3) heart coordinates into those of the standard torso."""
        return np.asarray((points_mm - self.centroid_mm) @ self.axes / self.size + self.place_mm)

    def potentials(self, points_mm: Doubles) -> Doubles:
        """Return the (9, p) volt at the electrodes from 1 A at points in heart coordinates; differences alone count."""
        boundaries = torso.standard().boundaries
        weights = torso.interpolation(boundaries[0], self.electrodes_mm) @ _reciprocal()
        # In a conductor of so many times the size the same current causes so much less.
        return bem.potentials(boundaries, weights, self.to_torso(points_mm)) / self.size


def transfer(tissue: Tissue, pose: Pose, conductivity_s_m: Doubles, *, scar: Mask | None = None) -> Doubles:
    """Return what each node's action potential at its height causes: (12, n).

    Rows: the nine electrodes in mV, then the dipole moment in LPS in mA mm.

    Parameters
    ----------
    conductivity_s_m
        (n,) of the muscle's cells taken together (inside the cells).
    scar
        (n,) nodes without cells.
    """
    seen = np.concatenate([pose.potentials(tissue.points_mm), (tissue.points_mm @ pose.axes).T])
    return shares(tissue, seen, conductivity_s_m, scar=scar)


def shares(tissue: Tissue, seen: Doubles, conductivity_s_m: Doubles, *, scar: Mask | None = None) -> Doubles:
    """Return what each node's action potential causes (rows, n), from what 1 A at each node does (rows, n)."""
    first, second = (tissue.pairs if scar is None else tissue.pairs[~scar[tissue.pairs].any(axis=1)]).T
    # 0.1 V over one step drives this current (mA) through the step's cross section.
    current_ma = _AMPLITUDE_V * tissue.spacing_mm * 0.5 * (conductivity_s_m[first] + conductivity_s_m[second])
    share = (seen[:, second] - seen[:, first]) * current_ma
    n = len(tissue.points_mm)
    return np.stack([np.bincount(first, row, n) - np.bincount(second, row, n) for row in share])


def leads(electrodes_mv: Doubles) -> Doubles:
    """Return the (8, ...) independent leads, in the order of `cine.leads.COLUMNS`, from the nine electrodes."""
    rows = dict(zip(torso.ELECTRODES, electrodes_mv, strict=True))
    central = (rows["RA"] + rows["LA"] + rows["LL"]) / 3.0
    rows |= {"I": rows["LA"] - rows["RA"], "II": rows["LL"] - rows["RA"]}
    rows |= {f"V{k}": rows[f"V{k}"] - central for k in range(1, 7)}
    return np.stack([rows[lead] for lead in COLUMNS])


@lru_cache(maxsize=1)
def _reciprocal() -> Doubles:
    """Solve the standard torso once on this machine; later runs read the user's cache."""
    from hashlib import sha256

    from platformdirs import user_cache_path

    boundaries = torso.standard().boundaries
    digest = sha256(b"1")
    for boundary in boundaries:
        digest.update(np.round(boundary.vertices_mm, 6).tobytes() + boundary.triangles.tobytes())
        digest.update(np.array([boundary.inside_s_m, boundary.outside_s_m]).tobytes())
    path = user_cache_path("cineviewer", appauthor=False) / "torso" / f"{digest.hexdigest()[:16]}.npy"
    try:
        return np.asarray(np.load(path, allow_pickle=False), dtype=np.float64)
    except (OSError, ValueError):
        solved = bem.reciprocal(boundaries).astype(np.float32)
        _store(path, solved)
        return solved.astype(np.float64)


def _store(path: Path, array: np.ndarray) -> None:
    """Write a whole file or none; a cache that cannot be written is no error."""
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    with contextlib.suppress(OSError):
        write_atomically(path, content.getvalue())
