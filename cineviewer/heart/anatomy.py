"""What a pair of ventricles measures, beside what a middle-sized adult's do at end-diastole.

The ranges are this project's own choice and no quotation; reference values by sex and age are in Kawel-Boehm et al.
2020, doi 10.1186/s12968-020-00683-3. `python -m cineviewer.heart.anatomy` prints all figures.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.heart.heart import Heart, Surface, load
from cineviewer.heart.solids import Vector

DENSITY_G_ML = 1.05
"""Of muscle."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure: its name and unit, an adult's range, and how it is taken."""

    name: str
    low: float
    high: float
    measure: Callable[[Heart], float]


def volume_ml(surface: Surface) -> float:
    """Return what a closed surface holds."""
    a, b, c = (surface.vertices_mm[surface.triangles[:, k]].astype(np.float64) for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6000.0)


def mass_g(heart: Heart, *words: str) -> float:
    """Weigh the regions that have one of these words in their name."""
    wanted = [i for i, name in enumerate(heart.label_names) if set(words) & set(name.split())]
    chosen = np.isin(heart.wall_labels, wanted)
    return float(chosen.sum() * heart.spacing_mm**3 / 1000.0 * DENSITY_G_ML)


def crossings_mm(surface: Surface, start: Vector, towards: Vector) -> Doubles:
    """Return how far along a ray it goes through a surface, nearest first.

    Source: Möller and Trumbore 1997.
    """
    along = np.array(towards, dtype=np.float64) / np.linalg.norm(towards)
    corners = surface.vertices_mm[surface.triangles].astype(np.float64)
    u_edge, v_edge = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = np.cross(along, v_edge)
    size = np.einsum("ij,ij->i", u_edge, p)
    size = np.where(np.abs(size) < 1e-12, np.inf, size)
    away = np.array(start) - corners[:, 0]
    u = np.einsum("ij,ij->i", away, p) / size
    q = np.cross(away, u_edge)
    v, t = q @ along / size, np.einsum("ij,ij->i", v_edge, q) / size
    return np.asarray(np.sort(t[(u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0)]), dtype=np.float64)


def right_walls_mm(heart: Heart) -> Doubles:
    """Return the thickness of the right free wall at 60 places, along the normal of the endocardium."""
    inner, outer = heart.surfaces["rv_endocardium"], heart.surfaces["epicardium"]
    found = []
    for z in np.linspace(-50.0, -10.0, 6):
        for angle in np.radians(np.linspace(-30.0, 50.0, 10)):
            start, towards = (40.0 + 0.2 * z, 2.0, z), (np.cos(angle), np.sin(angle), 0.0)
            at = np.array(start) + crossings_mm(inner, start, towards)[-1] * np.array(towards)
            nearest = np.linalg.norm(inner.vertices_mm - at, axis=1).argmin()
            x, y, z_at = (float(c) for c in inner.vertices_mm[nearest])
            normal = (
                float(inner.normals[nearest, 0]),
                float(inner.normals[nearest, 1]),
                float(inner.normals[nearest, 2]),
            )
            found.append(crossings_mm(outer, (x, y, z_at), normal)[0])
    return np.array(found)


def table(heart: Heart) -> str:
    """Return every figure, its range and what was measured, a line each."""
    rows = [(figure, figure.measure(heart)) for figure in FIGURES]
    return "\n".join(
        f"{figure.name:40s} {figure.low:g}-{figure.high:g}: {value:.1f}"
        f"{'' if figure.low <= value <= figure.high else '  OUTSIDE'}"
        for figure, value in rows
    )


def _septum_mm(heart: Heart) -> float:
    left, right = (heart.surfaces[f"{side}_endocardium"] for side in ("lv", "rv"))
    middle, rightward = (0.0, 0.0, -45.0), (1.0, 0.0, 0.0)
    return float(crossings_mm(right, middle, rightward)[0] - crossings_mm(left, middle, rightward)[0])


def _left_wall_mm(heart: Heart, start: Vector, towards: Vector) -> float:
    inner, outer = heart.surfaces["lv_endocardium"], heart.surfaces["epicardium"]
    return float(crossings_mm(outer, start, towards)[0] - crossings_mm(inner, start, towards)[0])


def _lv_basal_diameter_mm(heart: Heart) -> float:
    """Across from front to back, 6 mm below the AV plane: to the right the outflow bulges."""
    inner, centre = heart.surfaces["lv_endocardium"], (-4.0, 0.0, -6.0)
    return float(crossings_mm(inner, centre, (0.0, 1.0, 0.0))[0] + crossings_mm(inner, centre, (0.0, -1.0, 0.0))[0])


def _rv_basal_width_mm(heart: Heart) -> float:
    walls = crossings_mm(heart.surfaces["rv_endocardium"], (0.0, -5.0, -8.0), (1.0, 0.0, 0.0))
    return float(walls[-1] - walls[0])


def _lowest_mm(heart: Heart, surface: str) -> float:
    return float(heart.surfaces[surface].vertices_mm[:, 2].min())


def _annulus_mm(heart: Heart, name: str) -> float:
    rings = heart.surfaces["annuli"].vertices_mm.reshape(len(heart.annuli_mm), -1, 3)
    away = np.linalg.norm(rings[list(heart.annuli_mm).index(name)] - heart.annuli_mm[name], axis=1)
    return float(away.max() + away.min())


def _long_axis_off_deg(heart: Heart) -> float:
    expected = np.array([0.66, -0.56, -0.50])
    return float(np.degrees(np.arccos(np.clip(-heart.axes[2] @ expected / np.linalg.norm(expected), -1.0, 1.0))))


FIGURES = (
    Figure("LV cavity, mL", 125, 175, lambda heart: volume_ml(heart.surfaces["lv_endocardium"])),
    Figure("RV cavity, mL", 130, 190, lambda heart: volume_ml(heart.surfaces["rv_endocardium"])),
    Figure("LV mass with septum, g", 110, 170, lambda heart: mass_g(heart, "LV")),
    Figure("RV free wall mass, g", 30, 50, lambda heart: mass_g(heart, "RV", "RVOT")),
    Figure("LV outer length, mm", 90, 105, lambda heart: -_lowest_mm(heart, "epicardium")),
    Figure("LV basal inner diameter, mm", 45, 52, _lv_basal_diameter_mm),
    Figure("septum, mm", 7, 11, _septum_mm),
    Figure("lateral wall, mm", 6, 10, lambda heart: _left_wall_mm(heart, (0.0, 0.0, -45.0), (-1.0, 0.0, 0.0))),
    Figure("apical wall, mm", 3, 6, lambda heart: _left_wall_mm(heart, (0.0, 0.0, -40.0), (0.0, 0.0, -1.0))),
    Figure("RV wall, thinnest twentieth, mm", 3, 5, lambda heart: float(np.quantile(right_walls_mm(heart), 0.05))),
    Figure("RV wall, thickest twentieth, mm", 3, 5, lambda heart: float(np.quantile(right_walls_mm(heart), 0.95))),
    Figure("RV basal transverse, mm", 33, 41, _rv_basal_width_mm),
    Figure("RV length, mm", 65, 80, lambda heart: -_lowest_mm(heart, "rv_endocardium")),
    Figure("RV apex short of the LV's, mm", 10, 20,
           lambda heart: _lowest_mm(heart, "rv_endocardium") - _lowest_mm(heart, "lv_endocardium")),
    Figure("mitral annulus, mm", 30, 36, lambda heart: _annulus_mm(heart, "mitral")),
    Figure("tricuspid annulus, mm", 33, 40, lambda heart: _annulus_mm(heart, "tricuspid")),
    Figure("aortic annulus, mm", 21, 25, lambda heart: _annulus_mm(heart, "aortic")),
    Figure("pulmonary annulus, mm", 22, 26, lambda heart: _annulus_mm(heart, "pulmonary")),
    Figure("pulmonary valve above the AV plane, mm", 10, 20, lambda heart: float(heart.annuli_mm["pulmonary"][2])),
    Figure("long axis off (.66, .56, .50), degrees", 0, 12, _long_axis_off_deg),
    Figure("triangles in all", 1, 40_000, lambda heart: sum(len(s.triangles) for s in heart.surfaces.values())),
)  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(table(load()) + "\n")
