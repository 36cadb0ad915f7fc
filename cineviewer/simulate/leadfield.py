"""What each electrode sees of each node of the muscle: the transfer matrix from action potentials to leads.

With equal anisotropy inside and outside the cells, the currents of an activated muscle are those of a double layer on
its closed surface (endocardia and epicardium) whose strength is the action potential there (Geselowitz, IEEE Trans
Biomed Eng 1989;36:93). Here the same sources stand where the potential changes, between nodes that touch: a muscle
with one potential throughout is silent, and scar is left out by cutting its pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from cineviewer.cine.leads import COLUMNS
from cineviewer.ecg import Doubles
from cineviewer.simulate import bem, torso
from cineviewer.simulate.tissue import Indices, Mask, Tissue

_COARSE_MM: Final = 8.0
"""Lead fields are smooth: they are solved on this grid and interpolated."""
_AMPLITUDE_V: Final = 0.1
"""Rise of the action potential."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Lead fields along a regular grid in heart coordinates.

    Attributes
    ----------
    volt_a_m
        (9, nx, ny, nz, 3) volt at each electrode from a unit current dipole, components in heart coordinates.
    to_torso
        (3, 3) rows are the heart's axes in LPS.
    """

    origin_mm: Doubles
    volt_a_m: Doubles
    to_torso: Doubles

    def at(self, points_mm: Doubles) -> Doubles:
        """Interpolate to (p, 3) points: (9, p, 3)."""
        from scipy.ndimage import map_coordinates

        where = ((points_mm - self.origin_mm) / _COARSE_MM).T
        return np.stack(
            [
                np.stack([map_coordinates(field[..., k], where, order=3, mode="nearest") for k in range(3)], axis=-1)
                for field in self.volt_a_m
            ]
        )


def field(
    low_mm: Doubles, high_mm: Doubles, centroid_mm: Doubles, axes: Doubles, place_mm: Doubles, electrodes_mm: Doubles
) -> Field:
    """Solve the lead fields of nine electrodes in a box around the heart.

    Parameters
    ----------
    low_mm, high_mm
        The box, heart coordinates.
    centroid_mm, place_mm
        The heart's centroid in heart coordinates, and where it lies in the torso.
    axes
        (3, 3) rows are the heart's axes in LPS.
    electrodes_mm
        (9, 3) in torso coordinates, in the order of `torso.ELECTRODES`.
    """
    low = low_mm - _COARSE_MM
    counts = np.ceil((high_mm + _COARSE_MM - low) / _COARSE_MM).astype(int) + 1
    columns = [low[k] + _COARSE_MM * np.arange(counts[k]) for k in range(3)]
    grid = np.stack(np.meshgrid(*columns, indexing="ij"), axis=-1)
    points = (grid.reshape(-1, 3) - centroid_mm) @ axes + place_mm
    boundaries = torso.standard().boundaries
    weights = torso.interpolation(boundaries[0], electrodes_mm) @ _reciprocal()
    solved = bem.lead_fields(boundaries, weights, points) @ axes.T
    return Field(low, solved.reshape(9, *grid.shape), axes)


def transfer(tissue: Tissue, field: Field, conductivity_s_m: Doubles, *, scar: Mask | None = None) -> Doubles:
    """Return the (9, n) mV at each electrode that a node's action potential at its height causes.

    Parameters
    ----------
    conductivity_s_m
        (n,) of the muscle's cells taken together (inside the cells).
    scar
        (n,) nodes without cells.
    """
    pairs, axes, current = _currents(tissue, conductivity_s_m, scar)
    seen = field.at(tissue.points_mm)
    matrix = np.empty((len(seen), len(tissue.points_mm)))
    for row, electrode in zip(matrix, seen, strict=True):
        # mA mm times V/(A m) is microvolt.
        share = 0.0005 * current * (electrode[pairs[:, 0], axes] + electrode[pairs[:, 1], axes])
        row[:] = np.bincount(pairs[:, 0], share, len(row)) - np.bincount(pairs[:, 1], share, len(row))
    return matrix


def moments(tissue: Tissue, axes: Doubles, conductivity_s_m: Doubles, *, scar: Mask | None = None) -> Doubles:
    """Return the (3, n) dipole moment in LPS (mA mm) of a node's action potential at its height.

    `axes` are the heart's as rows in LPS; the rest as in `transfer`.
    """
    pairs, along, current = _currents(tissue, conductivity_s_m, scar)
    n = len(tissue.points_mm)
    rows = np.empty((3, n))
    for k, row in enumerate(rows):
        share = np.where(along == k, current, 0.0)
        row[:] = np.bincount(pairs[:, 0], share, n) - np.bincount(pairs[:, 1], share, n)
    return np.asarray(axes.T @ rows)


def _currents(tissue: Tissue, conductivity_s_m: Doubles, scar: Mask | None) -> tuple[Indices, Indices, Doubles]:
    """Return the pairs that a current can pass between, its direction, and the dipole (mA mm) of a whole rise."""
    pairs, axes = tissue.pairs, tissue.axes
    if scar is not None:
        alive = ~scar[pairs].any(axis=1)
        pairs, axes = pairs[alive], axes[alive]
    # 0.1 V over a step times conductivity times the volume of a step: V * S/m * mm * mm = 1e-6 A m = mA mm.
    return pairs, axes, _AMPLITUDE_V * tissue.spacing_mm**2 * conductivity_s_m[pairs].mean(axis=1)


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
    import os

    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            np.save(file, array, allow_pickle=False)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
