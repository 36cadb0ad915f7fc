"""From one number per lead and sample to one a sample: Eq. 1 and 2 of the paper, its post-processings, and spans.

Source: Dobiczek et al., Validating the Clinical Utility of CineECG 3D Reconstructions through Cross-Modal Feature
Attribution (2026), section 3.4 (Eq. 1, Eq. 2) and 3.6 (post-processing).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles

POST_PROCESSINGS: Final = ("signed", "scaled", "absolute", "positive")


def unify(abnormal: npt.ArrayLike, normal: npt.ArrayLike) -> Doubles:
    """Eq. 1: (A_abnormal - A_normal) / 2, positive where the evidence speaks for abnormal."""
    return (np.asarray(abnormal, dtype=np.float64) - np.asarray(normal, dtype=np.float64)) / 2.0


def profile(phi: npt.ArrayLike) -> Doubles:
    """Eq. 2: the sum of Phi over leads, divided by its largest magnitude.

    Parameters
    ----------
    phi
        (leads, T) attribution.

    Returns
    -------
    (T,) in [-1, 1]; zeros where every sum is zero.
    """
    total = np.asarray(phi, dtype=np.float64).sum(axis=0)
    largest = np.abs(total).max(initial=0.0)
    return np.asarray(total / largest) if largest > 0 else np.zeros_like(total)


def post_process(phi: npt.ArrayLike, kind: str) -> Doubles:
    """Turn an attribution into the importance that is drawn or compared.

    Parameters
    ----------
    phi
        Any shape; `scaled` normalises over all of it.
    kind
        "signed" leaves it; "scaled" is min-max to [0, 1] (zeros for a constant); "absolute" its magnitude;
        "positive" what speaks for abnormal.
    """
    values = np.asarray(phi, dtype=np.float64)
    match kind:
        case "signed":
            return values.copy()
        case "scaled":
            low, span = values.min(), np.ptp(values)
            return np.asarray((values - low) / span) if span > 0 else np.zeros_like(values)
        case "absolute":
            return np.abs(values)
        case "positive":
            return np.maximum(values, 0.0)
        case _:
            raise ValueError(f"{kind!r} is none of {', '.join(POST_PROCESSINGS)}")


def half_evidence(profile: npt.ArrayLike, time_ms: npt.ArrayLike) -> tuple[float, float] | None:
    """Return the shortest span that holds half of the sum of |profile|, as (start, end) in ms.

    The span is half-open: its end is the time at which the sample after the last one would begin. The earliest of
    equally short spans is taken; None where there is no evidence.
    """
    magnitude = np.abs(np.asarray(profile, dtype=np.float64))
    time = np.asarray(time_ms, dtype=np.float64)
    before = np.concatenate([[0.0], np.cumsum(magnitude)])
    if before[-1] <= 0:
        return None
    # The tolerance keeps a span from growing by one sample because of the rounding of a running sum.
    wanted = before[:-1] + before[-1] / 2.0 - 1e-12 * before[-1]
    ends = np.searchsorted(before, wanted, side="left")
    reachable = np.flatnonzero(ends < before.size)
    start = int(reachable[np.argmin(ends[reachable] - reachable)])
    step_ms = float(time[1] - time[0]) if time.size > 1 else 0.0
    return float(time[start]), float(time[int(ends[start]) - 1]) + step_ms
