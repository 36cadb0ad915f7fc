"""Which wall a point of the myocardium belongs to: the 17 segments of the left ventricle and four of the right.

Source: Cerqueira et al. 2002, doi 10.1161/hc0402.102975: thirds between AV plane and the cavity's apex; basal and mid
segments of 60 degrees, the septum's two between the insertions of the right ventricle; four apical ones of 90 degrees.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles

Labels = npt.NDArray[np.uint8]

RING = ("anterior", "anteroseptal", "inferoseptal", "inferior", "inferolateral", "anterolateral")
"""Basal segments 1-6 and mid segments 7-12, in their order of numbers."""
APICAL = ("anterior", "septal", "inferior", "lateral")
"""Segments 13-16."""
NAMES = (
    *(f"basal {wall} LV" for wall in RING),
    *(f"mid {wall} LV" for wall in RING),
    *(f"apical {wall} LV" for wall in APICAL),
    "LV apex",
    "basal RV free wall",
    "mid RV free wall",
    "apical RV free wall",
    "RVOT",
)
APEX, RV_BASAL, RVOT = 16, 17, 20


def left_segments(points_mm: Doubles, apex_z: float, insertions_deg: tuple[float, float]) -> Labels:
    """Number the wall of the left ventricle.

    Parameters
    ----------
    points_mm
        (n, 3) in heart coordinates, about the long axis x = y = 0.
    apex_z
        Height of the cavity's apex; thirds lie between it and the AV plane, the true apex beyond it.
    insertions_deg
        Angles, from +x (the septum's side) towards +y (anterior), at which the right ventricle is inserted: anterior
        (positive), inferior (negative). The septum lies between them, the free wall is divided evenly.

    Returns
    -------
    (n,) segments from 0 (segment 1) to 16 (segment 17).
    """
    around = turn(points_mm, insertions_deg)
    ring = np.mod(np.floor(around / 60.0).astype(int) + 1, 6)
    # The septum's middle is at 60 degrees; its apical segment reaches 45 to either side.
    apical = np.mod(np.floor((around - 15.0) / 90.0).astype(int) + 1, 4)
    third = np.clip(np.floor(3.0 * points_mm[:, 2] / apex_z).astype(int), 0, 2)
    labels = np.where(third == 0, ring, np.where(third == 1, 6 + ring, 12 + apical))
    return np.where(points_mm[:, 2] < apex_z, APEX, labels).astype(np.uint8)


def turn(points_mm: Doubles, insertions_deg: tuple[float, float]) -> Doubles:
    """Return how far (n, 3) points are turned about the long axis from the anterior insertion: septum 0 to 120 degrees.

    Counted through the septum to the inferior insertion, then over the free wall to 360, whatever their true widths.
    """
    angle = np.degrees(np.arctan2(points_mm[:, 1], points_mm[:, 0]))
    anterior, inferior = insertions_deg
    true = np.mod(anterior - angle, 360.0)
    septum = anterior - inferior
    return np.where(true < septum, true * 120.0 / septum, 120.0 + (true - septum) * 240.0 / (360.0 - septum))


def right_segments(points_mm: Doubles, apex_z: float, outflow: npt.NDArray[np.bool_]) -> Labels:
    """Number the free wall of the right ventricle: thirds between AV plane and its cavity's apex, or the outflow."""
    third = np.clip(np.floor(3.0 * points_mm[:, 2] / apex_z).astype(int), 0, 2)
    return np.where(outflow, RVOT, RV_BASAL + third).astype(np.uint8)
