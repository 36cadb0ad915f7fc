"""Beats sorted by the shape of their QRS: the dominant cluster and the ectopic or aberrant ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles
from cineviewer.signal.rpeaks import Samples

_BEFORE_S, _AFTER_S = 0.08, 0.12
_REACH_S = 0.04  # how far a beat may be moved to fit its template
_ALIKE = 0.90  # correlation over all leads at which two QRS count as one shape
_MOST = 6
_MOVING = 0.15  # of the largest speed
_LEARN_FROM = 200


def sort(signal_mv: Doubles, rate_hz: float, r: Samples) -> tuple[npt.NDArray[np.intp], Samples]:
    """Sort beats into clusters and line the beats of each cluster up.

    Parameters
    ----------
    signal_mv
        (leads, samples), no NaN, without baseline wander.
    r
        R peaks, ascending.

    Returns
    -------
    tuple
        Cluster of each beat (0 the largest, of equally large ones the narrower), and the sample on which each beat is
        aligned with its cluster: near its R peak, at the same place of the wave in all beats of the cluster.
    """
    labels = np.full(r.size, -1, dtype=np.intp)
    anchors = r.copy()
    cuts = _cut(signal_mv, rate_hz, r)
    count = 0
    while (left := np.flatnonzero(labels < 0)).size:
        template = _template(cuts, left)
        similarity, shift = _compare(cuts[left], template, rate_hz)
        own = similarity >= _ALIKE
        if count == _MOST - 1 or not own.any():
            own = similarity >= (-np.inf if count == _MOST - 1 else similarity.max())
        labels[left[own]] = count
        anchors[left[own]] = r[left[own]] + shift[own]
        count += 1
    return _ranked(labels, cuts), np.clip(anchors, 0, signal_mv.shape[1] - 1)


def _cut(signal_mv: Doubles, rate_hz: float, r: Samples) -> npt.NDArray[np.float32]:
    """(beats, leads, samples) around each R peak, with `_REACH_S` to spare on both sides."""
    before, after = round((_BEFORE_S + _REACH_S) * rate_hz), round((_AFTER_S + _REACH_S) * rate_hz)
    around = np.clip(r[:, None] + np.arange(-before, after), 0, signal_mv.shape[1] - 1)
    return np.ascontiguousarray(signal_mv[:, around].transpose(1, 0, 2), dtype=np.float32)


def _template(cuts: npt.NDArray[np.float32], left: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
    """Mean of the beats most like the one that has most in common with all others."""
    some = left[:: max(1, left.size // _LEARN_FROM)]
    flat = cuts[some].reshape(some.size, -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True) + 1e-9
    alike = flat @ flat.T
    centre = np.argmax((alike > _ALIKE - 0.05).sum(axis=1) + 1e-3 * alike.sum(axis=1))
    members = some[alike[centre] > _ALIKE - 0.05]
    return np.asarray(np.mean(cuts[members], axis=0)) if members.size else cuts[some[centre]]


def _compare(
    cuts: npt.NDArray[np.float32], template: npt.NDArray[np.float32], rate_hz: float
) -> tuple[Doubles, npt.NDArray[np.intp]]:
    """Best correlation of each beat with the template, and the shift (samples) at which it is reached."""
    reach = round(_REACH_S * rate_hz)
    width = template.shape[1] - 2 * reach
    core = template[:, reach : reach + width]
    core = (core - core.mean(axis=1, keepdims=True)).ravel()
    core = core / (np.linalg.norm(core) + 1e-9)
    shifts = np.arange(-reach, reach + 1)
    similarity = np.empty((shifts.size, cuts.shape[0]))
    for row, shift in enumerate(shifts.tolist()):
        part = cuts[:, :, reach + shift : reach + shift + width]
        part = part - part.mean(axis=2, keepdims=True)
        flat = part.reshape(part.shape[0], -1)
        similarity[row] = flat @ core / (np.linalg.norm(flat, axis=1) + 1e-9)
    best = np.argmax(similarity, axis=0)
    return similarity[best, np.arange(cuts.shape[0])], shifts[best]


def _ranked(labels: npt.NDArray[np.intp], cuts: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    """Labels by the clusters' size, of equally large ones the narrower first: in bigeminy the sinus beats."""
    sizes = np.bincount(labels)
    widths = np.array([_width(cuts[labels == label][:_LEARN_FROM]) for label in range(sizes.size)])
    order = np.lexsort((widths, -sizes))
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return np.asarray(rank[labels], dtype=np.intp)


def _width(cuts: npt.NDArray[np.float32]) -> int:
    """Samples in which the beats' mean moves."""
    speed = np.abs(np.diff(cuts.mean(axis=0), axis=1)).mean(axis=0)
    return int(np.count_nonzero(speed > _MOVING * speed.max()))
