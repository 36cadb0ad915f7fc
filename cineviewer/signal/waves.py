"""Global landmarks of one averaged beat: where its QRS, T and P waves begin, peak and end, over all leads."""

from __future__ import annotations

from cineviewer.ecg import Landmarks
from cineviewer.signal import pwave, qrs, twave
from cineviewer.signal.medianbeat import Average


def delineate(beat: Average, rate_hz: float, irregularity: float, spike: int | None = None) -> Landmarks:
    """Find the landmarks of an averaged beat, in samples of it.

    Parameters
    ----------
    irregularity
        SD of the record's RR intervals divided by their mean.
    spike
        Sample of the pacing spike that starts the beat, None in a beat that is not paced.
    """
    on, off = qrs.edges(beat, rate_hz, spike)
    t_peak, t_end = twave.peak_and_end(beat, rate_hz, on, off)
    p_on, p_off = pwave.edges(beat, rate_hz, on, t_end, irregularity, spike)
    return Landmarks(qrs.peak(beat, on, off), on, off, p_on, p_off, t_peak, t_end)
