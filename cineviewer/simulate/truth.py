"""What is true of a simulated beat: where the front is at each instant, and where and when disease shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Floats
from cineviewer.heart import Heart
from cineviewer.simulate.beat import Beat
from cineviewer.simulate.recovery import times_ms
from cineviewer.simulate.tissue import Mask

Labels = npt.NDArray[np.uint8]

SURFACES: Final = ("epicardium", "lv_endocardium", "rv_endocardium")
FRONT_MS: Final = 4.0
"""The front at an instant is the muscle activated about then, weighted by a Gaussian of this standard deviation."""
_MASS: Final = (1.0, 98.0)
_STEP_MS: Final = 2.0
_DIFFERENT_MS: Final = 10.0
_AS_GOOD_AS: Final = 0.95
DIFFERENT_MV: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Front:
    """The activation front's centroid while 1 to 98 percent of the muscle become active.

    Attributes
    ----------
    time_ms
        (t,) after the first node's activation, every 2 ms.
    centroid_mm
        (t, 3) heart coordinates.
    mass
        (t,) share of the muscle that is activated in 1 ms.
    """

    time_ms: Doubles
    centroid_mm: Doubles
    mass: Doubles


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """A beat beside its normal twin: the same person's beat without the disease.

    Attributes
    ----------
    time_ms
        (t,) `recovery.times_ms()`.
    leads_mv
        (8, t) beat minus twin.
    differs
        (t,) where the difference's root mean square over leads is above 50 microvolt.
    nodes
        (n,) scar, or activated at least 10 ms earlier or later than in the twin.
    region
        Name of the wall of which these nodes are the largest share, of equal walls the largest; None without nodes.
    """

    time_ms: Doubles
    leads_mv: Doubles
    differs: Mask
    nodes: Mask
    region: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """All that is true of one kind of beat of a record.

    Attributes
    ----------
    ectopic
        Whether it is the kind that comes early.
    activation_ms, recovery_ms
        (n,) of each node after the first one's activation; infinite where the wave does not come.
    scar
        (n,) nodes without cells.
    surfaces_ms
        Activation at the vertices of "epicardium", "lv_endocardium" and "rv_endocardium": the nearest node's.
    """

    ectopic: bool
    activation_ms: Doubles
    recovery_ms: Doubles
    scar: Mask
    front: Front
    difference: Difference
    surfaces_ms: dict[str, Floats]


def known(beat: Beat, twin: Beat, heart: Heart, *, ectopic: bool) -> Known:
    """Gather what is true of a beat; `twin` is the same person's without the disease."""
    points = np.asarray(heart.walls_mm, dtype=np.float64)
    return Known(
        ectopic=ectopic,
        activation_ms=beat.activation_ms,
        recovery_ms=beat.recovery_ms,
        scar=beat.scar,
        front=front(beat.activation_ms, points),
        difference=difference(beat, twin, heart.wall_labels, heart.label_names),
        surfaces_ms=_on_surfaces(beat.activation_ms, points, heart),
    )


def front(activation_ms: Doubles, points_mm: Doubles) -> Front:
    """Return the path of the front's centroid.

    Parameters
    ----------
    activation_ms
        (n,) of nodes of equal mass; infinite ones do not count.
    points_mm
        (n, 3).
    """
    alive = np.isfinite(activation_ms)
    active, points = activation_ms[alive], points_mm[alive]
    first, last = np.percentile(active, _MASS)
    time = np.arange(first, last, _STEP_MS)
    weights = np.exp(-0.5 * ((time[:, None] - active) / FRONT_MS) ** 2)
    total = weights.sum(axis=1)
    mass = total / (active.size * FRONT_MS * np.sqrt(2.0 * np.pi))
    return Front(time, np.asarray(weights @ points / total[:, None]), np.asarray(mass))


def difference(beat: Beat, twin: Beat, labels: Labels, names: tuple[str, ...]) -> Difference:
    """Return where and when a beat differs from its normal twin; `labels` (n,) index `names`."""
    leads = beat.leads_mv - twin.leads_mv
    both = np.isfinite(beat.activation_ms) & np.isfinite(twin.activation_ms)
    shift = np.where(both, 0.0, np.inf)
    shift[both] = beat.activation_ms[both] - twin.activation_ms[both]
    nodes = np.abs(shift) >= _DIFFERENT_MS
    changed = np.bincount(labels, nodes, len(names))
    held = changed / np.maximum(np.bincount(labels, minlength=len(names)), 1)
    # Of regions that are changed as good as wholly, the one with the most muscle: not the small apex beside them.
    most = np.where(held >= _AS_GOOD_AS * held.max(), changed, 0.0)
    return Difference(
        time_ms=times_ms(),
        leads_mv=leads,
        differs=np.sqrt(np.mean(leads**2, axis=0)) > DIFFERENT_MV,
        nodes=nodes,
        region=names[int(most.argmax())] if nodes.any() else None,
    )


def _on_surfaces(activation_ms: Doubles, points: Doubles, heart: Heart) -> dict[str, Floats]:
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    nearest = {name: tree.query(heart.surfaces[name].vertices_mm)[1] for name in SURFACES}
    return {name: activation_ms[nodes].astype(np.float32) for name, nodes in nearest.items()}
