"""What is known of a simulated record because it was simulated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import LEADS, Doubles, Halves, Mask


@dataclass(frozen=True, slots=True, eq=False)
class TrueBeat:
    """What is true of one kind of a simulated record's beats; times are ms after its first muscle's activation.

    Attributes
    ----------
    ectopic
        Whether it is the kind that comes early.
    activation_ms, recovery_ms
        (n,) of each point of the heart's `walls_mm`, to a quarter of a millisecond; infinite where there is scar.
    front_ms, front_mm
        (t,) and (t, 3): the activation front's centroid in heart coordinates, while there is a front.
    active_ms, recovered_ms
        (101,) when 0, 1 ... 100 percent of the living muscle were activated, and were recovered.
    changed
        Share of the muscle that the disease scars, hastens or delays.
    region
        The wall of which that is the largest share; None where nothing is changed.
    """

    ectopic: bool
    activation_ms: Halves
    recovery_ms: Halves
    front_ms: Doubles
    front_mm: Doubles
    active_ms: Doubles
    recovered_ms: Doubles
    changed: float
    region: str | None

    def __post_init__(self) -> None:
        """Refuse what no beat can be: files bring it, and it is drawn in another thread."""
        _hold_times("activation", self.activation_ms, scar=True)
        _hold_times("recovery", self.recovery_ms, scar=True)
        _hold("scar", np.array_equal(np.isinf(self.activation_ms), np.isinf(self.recovery_ms)))
        _hold_times("front", self.front_ms)
        _hold("front", self.front_ms.size > 1 and bool((np.diff(self.front_ms) > 0.0).all()))
        _hold("front", self.front_mm.shape == (self.front_ms.size, 3) and bool((np.abs(self.front_mm) < 500.0).all()))
        for percentiles in (self.active_ms, self.recovered_ms):
            _hold_times("course", percentiles)
            _hold("course", percentiles.size == 101 and bool((np.diff(percentiles) >= 0.0).all()))
        _hold("changed muscle", 0.0 <= self.changed <= 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is known of a simulated record because it was simulated.

    Attributes
    ----------
    onset_s
        (beats,) when each beat's first muscle is activated, in seconds of the record.
    ectopic
        (beats,) whether it is of the kind that comes early.
    differs
        (12, n) where each lead differs from that of the same heart without the disease, in samples of the record.
    kinds
        The dominant kind of beat, then the ectopic one if there is one.
    """

    scenario: str
    seed: int
    generator: str
    rate_hz: float
    onset_s: Doubles
    ectopic: Mask
    differs: Mask
    kinds: tuple[TrueBeat, ...]

    def __post_init__(self) -> None:
        """Refuse what no record can be."""
        _hold_times("beats", self.onset_s)
        _hold("beats", self.onset_s.size > 0 and self.ectopic.shape == self.onset_s.shape)
        _hold("mask", self.differs.ndim == 2 and self.differs.shape[0] == len(LEADS) and self.differs.shape[1] > 0)
        _hold("mask", self.differs.dtype == bool and self.ectopic.dtype == bool)
        _hold("rate", 0.0 < self.rate_hz < np.inf)
        known = {beat.ectopic for beat in self.kinds}
        _hold("kinds of beats", known >= {bool(one) for one in self.ectopic} and len(known) == len(self.kinds))


def _hold_times(what: str, times: npt.NDArray[np.floating], *, scar: bool = False) -> None:
    """Refuse what are not instants in one row, of which some may be infinite where there may be scar."""
    _hold(what, times.ndim == 1 and times.dtype.kind == "f")
    known = (times[~np.isposinf(times)] if scar else times).astype(np.float64)
    _hold(what, known.size > 0 and bool((np.abs(known) < _MOST).all()))


def _hold(what: str, right: bool) -> None:
    if not right:
        raise ValueError(f"its {what} cannot be")


_MOST = 100_000.0
"""More seconds than a day has, and more milliseconds than any beat."""
