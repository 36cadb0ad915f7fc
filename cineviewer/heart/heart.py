"""The heart as the other rooms see it: surfaces, labelled walls and axes, read from one file with numpy alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from cineviewer import resources
from cineviewer.ecg import Doubles, Floats
from cineviewer.errors import InputError
from cineviewer.heart.given import Given

Triangles = npt.NDArray[np.int32]
Labels = npt.NDArray[np.uint8]

SURFACES = (
    "epicardium", "lv_endocardium", "rv_endocardium", "great_vessels", "atria", "coronaries", "annuli", "leaflets",
    "papillary_muscles",
)  # fmt: skip
COORDINATES = ("apicobasal", "transmural", "rotational", "transventricular")


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Triangles with a normal a vertex, outward: `vertices_mm` (n, 3), `triangles` (m, 3), `normals` (n, 3).

    The last `lids` triangles close the valves: they belong to a volume, and a picture leaves them out.
    """

    vertices_mm: Floats
    triangles: Triangles
    normals: Floats
    lids: int = 0

    @property
    def open_triangles(self) -> Triangles:
        """(m - lids, 3) triangles without those that close the valves."""
        return self.triangles[: len(self.triangles) - self.lids]


@dataclass(frozen=True, slots=True, eq=False)
class Heart:
    """A pair of ventricles in heart coordinates (mm).

    x runs from LV to RV, y anterior, z from apex to base with z = 0 at the AV plane; right-handed.

    Attributes
    ----------
    generic
        True for a heart that is nobody's own.
    axes
        (3, 3), rows are heart x, y and z in LPS (left, posterior, superior): `lps = heart @ axes`.
    surfaces
        By the names of SURFACES; epicardium and both endocardia are closed, with lids where the valves are.
    interior_mm, spacing_mm
        (k, 3) grid points that fill the ventricles, walls and cavities, and the distance between them.
    walls_mm, wall_labels, label_names
        (w, 3) of those points that lie in the myocardium, with the index of their region's name: AHA-17 for the left
        ventricle (Cerqueira 2002), three thirds of the right free wall, and the outflow tract.
    septum_mm
        The middle of the left side of the septum, from where the recipe's path starts.
    centroid_mm
        Centroid of the myocardium.
    annuli_mm
        Centre of each valve's ring: "mitral", "tricuspid", "aortic", "pulmonary".
    wall_coordinates
        (w, 4) of `walls_mm`, by the names of COORDINATES, each from 0 to 1 (`voxels.Volume` says how); (0, 4) for a
        heart without.
    sha256
        Hash of what it is: of a person's, the files that were read; of the generic one, all that a path depends on,
        so that it keeps its hash where only vessels or atria are drawn otherwise.
    given
        What was found of a person's surfaces; None for the generic heart.
    """

    name: str
    generic: bool
    axes: Doubles
    surfaces: dict[str, Surface]
    interior_mm: Floats
    spacing_mm: float
    walls_mm: Floats
    wall_labels: Labels
    label_names: tuple[str, ...]
    septum_mm: Doubles
    centroid_mm: Doubles
    annuli_mm: dict[str, Doubles]
    wall_coordinates: Floats = field(default_factory=lambda: np.zeros((0, len(COORDINATES)), dtype=np.float32))
    sha256: str = ""
    given: Given | None = None

    def to_lps(self, heart_mm: Doubles) -> Doubles:
        """Turn (n, 3) heart coordinates or directions into LPS (left, posterior, superior); the origin stays."""
        return np.asarray(heart_mm @ self.axes, dtype=np.float64)

    def from_lps(self, lps_mm: Doubles) -> Doubles:
        """Turn (n, 3) LPS directions into heart coordinates."""
        return np.asarray(lps_mm @ self.axes.T, dtype=np.float64)


@lru_cache(maxsize=4)
def load(name: str = "generic") -> Heart:
    """Read the heart of this name from resources/heart.

    Raises
    ------
    InputError
        If there is no such heart or its file is damaged.
    """
    path = resources.folder("heart") / f"{name}.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            parts = {key: file[key] for key in file.files}
        return _heart(name, parts)
    except (OSError, KeyError, ValueError) as error:
        repair = "install cineviewer again, or rebuild the heart with `make heart`"
        raise InputError("heart", f"the heart “{name}” cannot be read ({error})", where=path, repair=repair) from error


def _heart(name: str, parts: dict[str, npt.NDArray[np.generic]]) -> Heart:
    surfaces = {
        surface: Surface(
            parts[f"{surface}_vertices_mm"].astype(np.float32, copy=False),
            parts[f"{surface}_triangles"].astype(np.int32),
            parts[f"{surface}_normals"].astype(np.float32) / np.float32(127.0),
            int(parts[f"{surface}_lids"].astype(np.int64)),
        )
        for surface in SURFACES
    }
    labels = parts["voxels"].astype(np.uint8)
    origin, spacing = parts["voxel_origin_mm"].astype(np.float64), float(parts["voxel_spacing_mm"].astype(np.float64))
    names = tuple(str(text) for text in parts["label_names"])
    inside = np.argwhere(labels > 0)
    interior = (origin + spacing * inside).astype(np.float32)
    inside_labels = labels[tuple(inside.T)]
    wall = inside_labels <= len(names)
    annuli = zip(parts["annulus_names"], parts["annulus_centres_mm"].astype(np.float64), strict=True)
    return Heart(
        name=name,
        generic=True,
        axes=parts["axes"].astype(np.float64),
        surfaces=surfaces,
        interior_mm=interior,
        spacing_mm=spacing,
        walls_mm=interior[wall],
        wall_labels=(inside_labels[wall] - 1).astype(np.uint8),
        wall_coordinates=parts["coordinates"].astype(np.float32) / np.float32(254.0),
        label_names=names,
        septum_mm=parts["septum_mm"].astype(np.float64),
        centroid_mm=parts["centroid_mm"].astype(np.float64),
        annuli_mm={str(key): centre for key, centre in annuli},
        sha256=_sha256([parts[key] for key in _OF_A_PATH]),
    )


_OF_A_PATH = ("axes", "voxels", "voxel_origin_mm", "voxel_spacing_mm", "label_names", "septum_mm", "centroid_mm")


def _sha256(arrays: list[npt.NDArray[np.generic]]) -> str:
    told = hashlib.sha256()
    for array in arrays:
        told.update(repr((array.shape, array.dtype.str)).encode() + np.ascontiguousarray(array).tobytes())
    return told.hexdigest()
