"""The 12 leads as one vector a sample, by published lead matrices.

Frank's axes are X left, Y inferior, Z posterior; what leaves this module is LPS (left, posterior, superior).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from cineviewer.ecg import LEADS, Doubles, Window

COLUMNS: Final = ("V1", "V2", "V3", "V4", "V5", "V6", "I", "II")
"""The eight independent leads, in the order of the matrices' columns."""

KORS: Final = np.array(
    [
        [-0.13, 0.05, -0.01, 0.14, 0.06, 0.54, 0.38, -0.07],
        [0.06, -0.02, -0.05, 0.06, -0.17, 0.13, -0.07, 0.93],
        [-0.43, -0.06, -0.14, -0.20, -0.11, 0.31, 0.11, -0.23],
    ]
)
"""Regression matrix, rows X Y Z. Source: Kors et al., Eur Heart J 1990;11:1083."""

INVERSE_DOWER: Final = np.array(
    [
        [-0.172, -0.074, 0.122, 0.231, 0.239, 0.194, 0.156, -0.010],
        [0.057, -0.019, -0.106, -0.022, 0.041, 0.048, -0.227, 0.887],
        [-0.229, -0.310, -0.246, -0.063, 0.055, 0.108, 0.022, 0.102],
    ]
)
"""Inverse of Dower's matrix, rows X Y Z. Source: Edenbrandt and Pahlm, J Electrocardiol 1988;21:361."""

DOWER: Final = np.array(
    [
        [-0.515, 0.157, -0.917],
        [0.044, 0.164, -1.387],
        [0.882, 0.098, -1.277],
        [1.213, 0.127, -0.601],
        [1.125, 0.127, -0.086],
        [0.831, 0.076, 0.230],
        [0.632, -0.235, 0.059],
        [0.235, 1.066, -0.132],
    ]
)
"""Leads from Frank's vector, rows as COLUMNS. Source: Dower et al., J Electrocardiol 1980;13:319."""

MATRICES: Final = {"kors": KORS, "inverse-dower": INVERSE_DOWER}

_FRANK_TO_LPS: Final = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
_ROWS: Final = [LEADS.index(lead) for lead in COLUMNS]


def vectors(window: Window, matrix: str = "kors") -> Doubles:
    """Return the heart vector of every sample in body axes.

    Parameters
    ----------
    window
        Its eight independent leads must hold values.
    matrix
        "kors" (default) or "inverse-dower".

    Returns
    -------
    (T, 3) millivolt, LPS.

    Raises
    ------
    ValueError
        When one of the eight independent leads is missing: a vector is not guessed.
    """
    leads = np.asarray(window.signal_mv, dtype=np.float64)[_ROWS]
    if not np.isfinite(leads).all():
        missing = [lead for lead, row in zip(COLUMNS, leads, strict=True) if not np.isfinite(row).all()]
        raise ValueError(f"no heart vector without {', '.join(missing)}")
    return vectors_of(leads, matrix)


def vectors_of(leads_mv: Doubles, matrix: str = "kors") -> Doubles:
    """Return the (t, 3) heart vectors in LPS of (8, t) leads in the order of COLUMNS."""
    return np.asarray((_FRANK_TO_LPS @ MATRICES[matrix] @ leads_mv).T)
