"""What every voxel of a person's ventricles is: told by distances, as there is no formula of their shape."""

from __future__ import annotations

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.heart import regions
from cineviewer.heart.coordinates import BASE, CAVITY_LV, CAVITY_RV, FAT, Booleans, Distances, Voxels, largest
from cineviewer.heart.sheets import Closed
from cineviewer.heart.surface import Mesh

NAMES = ("epicardium", "lv_endocardium", "rv_endocardium")
BASE_REACH_MM = 3.5
"""What lies so near a rim, beside the muscle, is the base."""
PLUG_MM = 2.0
"""What lies so much nearer to a cavity's lid than to its wall is before its orifice."""
OUTFLOW_MM = 38.0
"""So near the pulmonary orifice the right free wall is the outflow tract."""


def labelled(
    placed: dict[str, Closed], rings: dict[str, Doubles], points: Doubles, filled: dict[str, Booleans]
) -> tuple[Voxels, Booleans, Distances, tuple[float, float]]:
    """Name the voxels of a heart.

    Parameters
    ----------
    placed
        Its closed surfaces in heart coordinates, by the names of NAMES.
    rings
        (n, 3) points of the orifices that are known, by the valve's name.
    points, filled
        A grid (a, b, c, 3) about it, and which of its points each surface holds.

    Returns
    -------
    labels (a, b, c), which are muscle, their distances, and the angles of the right ventricle's insertions.
    """
    from scipy.spatial import cKDTree

    outer, left, right = (placed[name].mesh for name in NAMES)
    inside, in_left, in_right = (filled[name] for name in NAMES)
    in_left, in_right = in_left & inside, in_right & inside & ~in_left
    solid = inside & ~in_left & ~in_right
    solid[solid] = ~_plugs(points[solid], (left, right))
    wall = largest(solid)
    at = points[wall]
    sheets_mm = [_dense(mesh) for mesh in (left, right, outer)]
    away = Distances(*(np.asarray(cKDTree(sheet).query(at)[0]) for sheet in sheets_mm))
    apex_z = float(left.vertices_mm[:, 2].min())
    # The septum is the left ventricle's as deep as it is thick, and a thicker left wall is nobody else's.
    left_side = (away.left_mm < _septum_mm(sheets_mm[0], sheets_mm[1]) + 1.0) | (away.left_mm < away.right_mm)
    insertions = _insertions(at[~left_side], apex_z)
    labels = np.zeros(inside.shape, dtype=np.uint8)
    labels[inside & ~wall] = FAT
    numbers = np.zeros(len(at), dtype=np.uint8)
    numbers[left_side] = 1 + regions.left_segments(at[left_side], apex_z, insertions)
    free = at[~left_side]
    outflow = _outflow(free, rings, apex_z)
    numbers[~left_side] = 1 + regions.right_segments(free, float(right.vertices_mm[:, 2].min()), outflow)
    labels[wall] = numbers
    labels[in_left], labels[in_right] = CAVITY_LV, CAVITY_RV
    # A cut through muscle has no plate of valves: the base is what lies at the rims.
    rims = np.concatenate([np.zeros((0, 3)), *(rim for surface in placed.values() for rim in surface.rims_mm)])
    if len(rims):
        labels[~wall & ~in_left & ~in_right & (cKDTree(rims).query(points)[0] < BASE_REACH_MM)] = BASE
    else:
        labels[~inside & (points[..., 2] > 0.0)] = BASE
    return np.where(inside | (labels == BASE), labels, 0).astype(np.uint8), wall, away, insertions


def _plugs(solid_mm: Doubles, endocardia: tuple[Mesh, ...]) -> Booleans:
    """Say which of (n, 3) points outside the cavities lie before an orifice, between two lids: no muscle is there."""
    from scipy.spatial import cKDTree

    plugs = np.zeros(len(solid_mm), dtype=np.bool_)
    for mesh in endocardia:
        if mesh.lids:
            lid = _sampled(mesh.vertices_mm[mesh.triangles[-mesh.lids :]])
            to_lid, to_wall = (cKDTree(sheet).query(solid_mm)[0] for sheet in (lid, _dense(mesh)))
            plugs |= to_lid < to_wall - PLUG_MM
    return plugs


def _sampled(corners: Doubles, n: int = 8) -> Doubles:
    """Return points all over (m, 3, 3) triangles."""
    steps = np.array([(i, j, n - i - j) for i in range(n + 1) for j in range(n + 1 - i)]) / n
    return np.asarray((steps @ corners).reshape(-1, 3), dtype=np.float64)


def _septum_mm(left: Doubles, right: Doubles) -> float:
    """Measure the septum: how far the part of the right endocardium that faces the left one lies from it.

    Both are (n, 3) points all over the endocardia.
    """
    from scipy.spatial import cKDTree

    gap = np.asarray(cKDTree(left).query(right)[0])
    return float(np.median(gap[gap < 2.2 * np.quantile(gap, 0.05)]))


def _insertions(free_mm: Doubles, apex_z: float) -> tuple[float, float]:
    """Return between which angles the right free wall stands at mid height, anterior and inferior, degrees."""
    level = free_mm[np.abs(free_mm[:, 2] - 0.5 * apex_z) < 5.0]
    angle = np.degrees(np.arctan2(level[:, 1], level[:, 0])) if len(level) else np.array([-60.0, 60.0])
    inferior, anterior = np.quantile(angle, [0.01, 0.99])
    return float(np.clip(anterior, 30.0, 110.0)), float(np.clip(inferior, -110.0, -30.0))


def _outflow(free_mm: Doubles, rings: dict[str, Doubles], apex_z: float) -> Booleans:
    """Say which of the right free wall is the outflow tract: high and in front, near the pulmonary orifice if known."""
    if "pulmonary" in rings:
        return np.asarray(
            np.linalg.norm(free_mm - rings["pulmonary"].mean(axis=0), axis=1) < OUTFLOW_MM, dtype=np.bool_
        )
    front = 0.5 * float(free_mm[:, 1].max())
    return np.asarray((free_mm[:, 1] > front) & (free_mm[:, 2] > 0.27 * apex_z), dtype=np.bool_)


def _dense(mesh: Mesh) -> Doubles:
    """Return points all over an open surface, lids left out: corners, middles of sides and of triangles."""
    walls = mesh.triangles[: len(mesh.triangles) - mesh.lids]
    sides = np.unique(np.sort(np.concatenate([walls[:, [0, 1]], walls[:, [1, 2]], walls[:, [2, 0]]]), axis=1), axis=0)
    corners = mesh.vertices_mm[np.unique(walls)]
    return np.concatenate([corners, mesh.vertices_mm[sides].mean(axis=1), mesh.vertices_mm[walls].mean(axis=1)])
