"""Pacing spikes: found, so that landmarks are those of the heart and not of its pacemaker."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles

_LEAST_MV = 0.04  # mean over leads of the fourth difference / 16 of a spike
_ISOLATION = 4.0  # times sharper than anything near it but itself
_NEAR_S, _OWN_S = 0.08, 0.012
_QUIET_S, _QUIET = 0.04, 0.2  # nothing leads up to a spike; much leads up to the tip of a narrow QRS
_QRS_S, _AV_DELAY_S, _ATRIAL_SHARE = 0.12, 0.32, 0.4
_AGAIN, _SAME_DELAY_S = 3, 0.015
_BLANK_BEFORE_S, _BLANK_AFTER_S = 0.006, 0.010


def spikes(signal_mv: Doubles, rate_hz: float) -> npt.NDArray[np.intp]:
    """Samples at which all leads together jump and return within a few milliseconds.

    Parameters
    ----------
    signal_mv
        (leads, samples) at 400 Hz or more, no NaN, not smoothed.
    """
    from scipy.ndimage import maximum_filter1d

    near, own = round(_NEAR_S * rate_hz), round(_OWN_S * rate_hz)
    if signal_mv.shape[0] == 0 or signal_mv.shape[1] < 2 * near + 5:
        return np.zeros(0, dtype=np.intp)
    sharp = np.pad(np.mean(np.abs(np.diff(signal_mv, n=4, axis=1)), axis=0) / 16, 2)
    tops = np.flatnonzero((sharp == maximum_filter1d(sharp, round(0.06 * rate_hz) | 1)) & (sharp > _LEAST_MV))
    tops = tops[(tops >= near) & (tops < sharp.size - near)]
    if tops.size == 0:
        return tops.astype(np.intp)
    around = np.concatenate([np.arange(-near, -own + 1), np.arange(own, near + 1)])
    # The fourth-sharpest sample nearby, so that one stray sample does not hide a spike.
    rest = np.sort(sharp[tops[:, None] + around], axis=1)[:, -4]
    slope = np.mean(np.abs(np.diff(signal_mv, axis=1)), axis=0)
    before = slope[tops[:, None] + np.arange(-round(_QUIET_S * rate_hz), -round(_OWN_S * rate_hz) + 1)].mean(axis=1)
    spiky = (sharp[tops] > _ISOLATION * rest) & (before < _QUIET * sharp[tops])
    return np.asarray(tops[spiky], dtype=np.intp)


def without(signal_mv: Doubles, rate_hz: float, at: npt.NDArray[np.intp]) -> Doubles:
    """The signal with a straight line in place of each spike."""
    if at.size == 0:
        return signal_mv
    bridged = signal_mv.copy()
    left = np.clip(at - round(_BLANK_BEFORE_S * rate_hz), 0, None)
    right = np.clip(at + round(_BLANK_AFTER_S * rate_hz), None, signal_mv.shape[1] - 1)
    for start, end in zip(left.tolist(), right.tolist(), strict=True):
        share = np.linspace(0.0, 1.0, end - start + 1)
        bridged[:, start : end + 1] = signal_mv[:, [start]] * (1 - share) + signal_mv[:, [end]] * share
    return bridged


def ventricular(signal_mv: Doubles, rate_hz: float, r: npt.NDArray[np.intp], spiked: bool) -> npt.NDArray[np.intp]:
    """R peaks without what is only an atrial spike and its P wave.

    One that leads another by an AV delay and covers far less than it is atrial; where no spikes are known (a record at
    100 Hz shows none as such) only if that happens again and again with the same delay.

    Parameters
    ----------
    signal_mv
        (leads, samples) without wander.
    r
        Samples, ascending.
    spiked
        Whether the record has pacing spikes.
    """
    if r.size < 2:
        return r
    reach = round(_QRS_S / 2 * rate_hz)
    around = np.clip(r[:, None] + np.arange(-reach, reach), 0, signal_mv.shape[1] - 1)
    area = np.abs(signal_mv[:, around]).mean(axis=(0, 2))
    delay = np.diff(r) / rate_hz
    atrial = (delay < _AV_DELAY_S) & (area[:-1] < _ATRIAL_SHARE * area[1:])
    if not spiked and (np.count_nonzero(atrial) < _AGAIN or float(np.std(delay[atrial])) > _SAME_DELAY_S):
        return r
    return np.asarray(r[~np.append(atrial, False)], dtype=np.intp)


def of_beats(at: npt.NDArray[np.intp], anchors: npt.NDArray[np.intp], anchor: int) -> int | None:
    """Where, on an axis on which the beats lie at `anchor`, most of them have a spike; None when most have none."""
    if at.size == 0:
        return None
    after = at[None, :] - anchors[:, None]
    # A ventricular spike comes 0-160 ms before the middle of its QRS.
    near = np.where((after > -80) & (after <= 4), after, -1_000_000).max(axis=1)
    paced = near[near > -1_000_000]
    return anchor + int(np.median(paced)) if 2 * paced.size > anchors.size else None
