"""One temperature that makes a network's confidence honest on data that it was not fitted to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cineviewer.models.metrics import cross_entropy


def temperature(sets: Sequence[tuple[npt.NDArray[np.integer], npt.NDArray[np.floating]]]) -> float:
    """Return the T for which sigmoid(logit / T) explains the labels best.

    Parameters
    ----------
    sets
        (labels, logits) pairs; each set counts the same, so that records and windows can share one temperature.

    Source: Guo et al. 2017, arXiv 1706.04599.
    """
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        return sum(cross_entropy(labels, logits / np.exp(log_temperature)) for labels, logits in sets)

    best = minimize_scalar(loss, bounds=(np.log(0.05), np.log(20.0)), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(best.x))
