"""What electrodes add to the heart's signal: wander and motion of the skin, muscle, mains, amplifier. All generated."""

from __future__ import annotations

from typing import Final

import numpy as np

from cineviewer.cine.leads import COLUMNS
from cineviewer.ecg import Doubles
from cineviewer.simulate.rhythm import Breathing

# Sizes as measured between T and P in PTB-XL's normal records at 500 Hz (medians of 37): 38 microvolt below 0.7 Hz, 14
# from 1 to 15 Hz (part of it late repolarisation), 3 from 15 to 45 Hz, 0.9 about the mains, 1.9 above.
_WANDER_MV: Final = 0.024
_BREATH_MV: Final = 0.020
_MOTION_MV: Final = 0.0060
_MUSCLE_MV: Final = 0.0025
_MAINS_MV: Final = 0.0012
_AMPLIFIER_MV: Final = 0.0009
_MAINS_HZ: Final = 50.0
_WANDER_BAND_HZ: Final = (0.05, 0.6)
_MOTION_BAND_HZ: Final = (0.7, 12.0)
_MUSCLE_BAND_HZ: Final = (18.0, 150.0)


def lead_noise_mv(n_samples: int, rate_hz: float, breathing: Breathing, random: np.random.Generator) -> Doubles:
    """Return (8, n) noise of the independent leads, in the order of `cine.leads.COLUMNS`.

    It is made at the nine electrodes and then led off as the leads are, so that Einthoven's law holds for it too.
    """
    time_s = np.arange(n_samples) / rate_hz
    electrodes = np.stack([_electrode_mv(time_s, rate_hz, breathing, random) for _ in range(9)])
    right, left, foot, chest = electrodes[0], electrodes[1], electrodes[2], electrodes[3:]
    rows = {"I": left - right, "II": foot - right}
    rows |= {f"V{k}": chest[k - 1] - (right + left + foot) / 3 for k in range(1, 7)}
    return np.stack([rows[lead] for lead in COLUMNS])


def _electrode_mv(time_s: Doubles, rate_hz: float, breathing: Breathing, random: np.random.Generator) -> Doubles:
    n = time_s.size
    wander = _WANDER_MV * _coloured(n, rate_hz, _WANDER_BAND_HZ, random, fall=1.0)
    wander += _BREATH_MV * float(random.standard_normal()) * breathing.at(time_s)
    wander += _MOTION_MV * _coloured(n, rate_hz, _MOTION_BAND_HZ, random, fall=0.7)
    effort = 1.0 + 0.4 * np.tanh(_coloured(n, rate_hz, (0.05, 0.5), random))
    muscle = _MUSCLE_MV * effort * _coloured(n, rate_hz, _MUSCLE_BAND_HZ, random, fall=0.5)
    mains = _MAINS_MV * random.uniform(0.3, 1.0) * np.sin(2 * np.pi * (_MAINS_HZ * time_s + random.uniform()))
    return np.asarray(wander + muscle + mains + _AMPLIFIER_MV * random.standard_normal(n))


def _coloured(
    n: int, rate_hz: float, band_hz: tuple[float, float], random: np.random.Generator, *, fall: float = 0.0
) -> Doubles:
    """Return (n,) noise of unit variance within a band, its amplitude falling with frequency to the power `fall`."""
    spectrum = np.fft.rfft(random.standard_normal(n))
    hz = np.fft.rfftfreq(n, 1.0 / rate_hz)
    inside = (hz >= band_hz[0]) & (hz <= band_hz[1])
    spectrum *= np.where(inside, np.maximum(hz, band_hz[0]) ** -fall, 0.0)
    noise = np.fft.irfft(spectrum, n)
    return np.asarray(noise / noise.std())
