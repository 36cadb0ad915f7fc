"""Windows to learn from: cut from labelled records by the one input chain, with room to move them a little."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import LEADS, Delineation, Doubles, Floats, Record
from cineviewer.models.card import Input
from cineviewer.models.inputs import cut, level, onset_sample, prepare

MOST_BEATS = 6
_MICROVOLT = np.float32(1e-3)

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Labelled records and their windows.

    Attributes
    ----------
    cuts_uv
        (windows, 12, margin + PQ + T + margin) microvolt, int16.
    owner
        (windows,) row of the record, ascending.
    is_median, is_best_rate
        (windows,) the median of the record's dominant beats rather than one of them; cut from the record's file of
        the highest rate rather than from another.
    label
        (records,) 0 normal, 1 abnormal, -1 neither (taught by its statements alone).
    statements
        (records, kinds) which statements the record carries, 0 or 1.
    trust
        (records,) how much a record's label counts in training.
    fold, patient, number
        (records,) of the data set.
    """

    cuts_uv: npt.NDArray[np.int16]
    owner: Rows
    is_median: npt.NDArray[np.bool_]
    is_best_rate: npt.NDArray[np.bool_]
    label: npt.NDArray[np.int8]
    statements: npt.NDArray[np.uint8]
    trust: Floats
    fold: npt.NDArray[np.int16]
    patient: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]

    def save(self, path: Path) -> None:
        """Write to an .npz, so that a reader never sees half of it."""
        partial = path.with_name(f"{path.stem}.partial.npz")
        np.savez(partial, **{name: getattr(self, name) for name in self.__slots__})
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> Examples:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(**{name: stored[name] for name in stored.files})

    def sha256(self) -> str:
        """Return the hash of all windows and labels in their order."""
        state = hashlib.sha256()
        for name in self.__slots__:
            state.update(np.ascontiguousarray(getattr(self, name)).tobytes())
        return state.hexdigest()

    def margin(self, form: Input) -> int:
        """Return by how many samples a window may be moved either way."""
        return (int(self.cuts_uv.shape[2]) - form.pq_samples - form.length) // 2

    def records(self, folds: tuple[int, ...]) -> Rows:
        """Return rows of the records in these folds that have a window."""
        there = np.zeros(self.label.size, dtype=bool)
        there[self.owner] = True
        return np.flatnonzero(there & np.isin(self.fold, folds))

    def beats_of(self, rows: Rows) -> Rows:
        """Return the windows, best rate and no medians, of these records."""
        chosen = np.isin(self.owner, rows) & self.is_best_rate & ~self.is_median
        return np.flatnonzero(chosen)

    def windows_mv(self, which: Rows, form: Input, moved: npt.NDArray[np.integer] | int = 0) -> Floats:
        """Return windows (n, 12, T) in mV, each moved by so many samples, PQ level at zero."""
        first = self.margin(form) + np.broadcast_to(np.asarray(moved), which.shape)
        span = first[:, None, None] + np.arange(form.pq_samples + form.length)
        raw = np.take_along_axis(self.cuts_uv[which], span, axis=2).astype(np.float32)
        return level(raw * _MICROVOLT, form)


def beat_cuts(record: Record, delineation: Delineation, form: Input, margin: int) -> npt.NDArray[np.int16]:
    """Cut up to `MOST_BEATS` of the dominant beats, spread over the record, and their median as the last row.

    Returns
    -------
    int16 array
        (beats + 1, 12, samples) microvolt; empty where no beat has room.
    """
    signal = prepare(record, form)
    onsets = (onset_sample(beat, record.rate_hz, form) for beat in delineation.beats if beat.cluster == 0)
    size = form.pq_samples + form.length
    found = [
        piece
        for onset in onsets
        if onset is not None and (piece := cut(signal, onset - form.pq_samples - margin, size + 2 * margin)) is not None
    ]
    if not found:
        return np.empty((0, len(LEADS), size + 2 * margin), dtype=np.int16)
    stack = np.stack(found)
    inner = stack[:, :, margin : margin + form.pq_samples].mean(axis=2, keepdims=True)
    middle = np.median(stack - inner, axis=0)
    places = np.unique(np.linspace(0, len(stack) - 1, min(len(stack), MOST_BEATS)).round().astype(np.intp))
    microvolt = np.concatenate([stack[places] - inner[places], middle[None]]) / _MICROVOLT
    limit = np.iinfo(np.int16).max
    return np.clip(np.rint(microvolt), -limit, limit).astype(np.int16)


def lead_scale(windows_mv: Floats) -> tuple[float, ...]:
    """Return each lead's standard deviation about zero over windows (n, 12, T), mV."""
    return tuple(float(v) for v in np.sqrt(np.mean(np.square(windows_mv, dtype=np.float64), axis=(0, 2))))


def normal_statistics(windows_mv: Floats, components: int = 64) -> tuple[Floats, Floats, Floats]:
    """Return mean (12, T), principal components (k, 12, T) and standard deviations (k,) of normal windows, mV.

    The components are orthonormal: mean + sum of components times draws with these deviations is a made-up window.
    """
    n, leads, length = windows_mv.shape
    flat = windows_mv.reshape(n, -1).astype(np.float64)
    middle = flat.mean(axis=0)
    flat -= middle
    covariance: Doubles = flat.T @ flat / max(1, n - 1)
    variance, vectors = np.linalg.eigh(covariance)
    best = np.argsort(-variance)[:components]
    shape = (len(best), leads, length)
    return (
        middle.reshape(leads, length).astype(np.float32),
        np.ascontiguousarray(vectors[:, best].T.reshape(shape), dtype=np.float32),
        np.sqrt(np.maximum(variance[best], 0.0)).astype(np.float32),
    )
