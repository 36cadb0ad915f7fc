"""Signals as polylines: decimated to what the device can show, interrupted where values are missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import shiboken6
from PySide6.QtGui import QPaintEngine, QPainter, QPolygonF

from cineviewer.ecg import Doubles, Floats

_BYTES_A_POINT = 16
_PIECE = 24


def polygon(x: Doubles, y: Doubles) -> QPolygonF:
    """Return a polygon of points without a loop in Python."""
    shape = QPolygonF()
    shape.resize(len(x))
    if len(x):
        view: Any = shiboken6.VoidPtr  # its stub knows neither size nor buffer
        points = np.frombuffer(view(shape.data(), _BYTES_A_POINT * len(x), True), dtype=np.float64).reshape(-1, 2)
        points[:, 0], points[:, 1] = x, y
    return shape


def decimate(signal: Floats, samples_per_px: float) -> tuple[Doubles, Doubles]:
    """Return (positions in samples, values) with both extremes of every px, so that no spike is lost.

    Parameters
    ----------
    signal
        (n,); NaN is kept where a px holds nothing else.
    samples_per_px
        Up to 2 the signal is returned whole.
    """
    step = int(samples_per_px)
    if step <= 2 or signal.size < 2 * step:
        return np.arange(signal.size, dtype=np.float64), signal.astype(np.float64)
    n = signal.size // step * step
    blocks = signal[:n].astype(np.float64).reshape(-1, step)
    values = np.empty(2 * len(blocks))
    values[0::2], values[1::2] = np.fmin.reduce(blocks, axis=1), np.fmax.reduce(blocks, axis=1)
    return np.repeat(np.arange(len(blocks)) * step + step / 2.0, 2), values


def draw(painter: QPainter, x: Doubles, y: Doubles) -> None:
    """Draw a polyline with a gap wherever y is NaN.

    On a raster it goes in short pieces that share their end points: Qt's stroker takes time with the square of a
    polyline's length; round caps hide the joints.
    """
    raster = painter.paintEngine().type() == QPaintEngine.Type.Raster
    for run in runs(np.isfinite(y)):
        piece = _PIECE if raster else max(1, run.stop - run.start)
        for first in range(run.start, max(run.stop - 1, run.start + 1), piece):
            last = min(first + piece + 1, run.stop)
            painter.drawPolyline(polygon(x[first:last], y[first:last]))


def runs(mask: npt.NDArray[np.bool_]) -> Iterator[slice]:
    """Yield the stretches over which a mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    for start, end in edges.reshape(-1, 2):
        yield slice(int(start), int(end))
