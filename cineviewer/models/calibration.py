"""A temperature and an offset that make a network's confidence honest on data that it was not fitted to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cineviewer.models.metrics import cross_entropy


def calibrate(sets: Sequence[tuple[npt.NDArray[np.integer], npt.NDArray[np.floating]]]) -> tuple[float, float]:
    """Return the temperature T and offset b for which sigmoid((logit - b) / T) explains the labels best.

    The offset takes back what weighting did to the share of abnormal records; the temperature, overconfidence.

    Parameters
    ----------
    sets
        (labels, logits) pairs; each set counts the same, so that records and windows can share one calibration.

    Source: Guo et al. 2017, arXiv 1706.04599 (temperature); Platt 1999 (with an offset).
    """
    from scipy.optimize import minimize

    def loss(parameters: npt.NDArray[np.float64]) -> float:
        log_temperature, offset = np.clip(parameters, (-3.0, -10.0), (3.0, 10.0))
        return sum(cross_entropy(labels, (logits - offset) / np.exp(log_temperature)) for labels, logits in sets)

    best = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9})
    log_temperature, offset = np.clip(best.x, (-3.0, -10.0), (3.0, 10.0))
    return float(np.exp(log_temperature)), float(offset)
