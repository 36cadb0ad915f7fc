"""A made-up record with known landmarks: Gaussian waves on twelve leads, for tests of what is drawn of it."""

from dataclasses import replace
from pathlib import Path as FilePath

import numpy as np

from cineviewer.analysis.case import Case
from cineviewer.ecg import (
    LEADS,
    Attribution,
    Beat,
    Delineation,
    Explanation,
    Landmarks,
    Measurement,
    Measurements,
    MedianBeat,
    Method,
    ModelIdentity,
    Path,
    Quality,
    Record,
    Stretch,
    Verdict,
    Window,
)

RATE_HZ = 500.0
ONSET_BEFORE_R_S = 0.050
QRS_S = 0.128
# (amplitude mV, ms after R, width ms) of Q/R, notch, S, T in each lead: the look of a left bundle branch block.
WAVES = {
    "I": ((0.8, 0, 22), (0.35, 30, 14), (-0.16, 140, 40), (-0.1, 240, 40)),
    "II": ((0.35, -5, 18), (0.45, 22, 16), (-0.1, 120, 40), (0.06, 260, 45)),
    "aVF": ((-0.15, -10, 14), (0.5, 25, 18), (-0.05, 150, 40), (0.1, 270, 45)),
    "V1": ((0.12, -25, 8), (-1.2, 4, 22), (0.22, 130, 60), (0.3, 230, 55)),
    "V2": ((0.3, -22, 10), (-1.9, 8, 24), (0.35, 130, 60), (0.6, 235, 55)),
    "V3": ((0.9, -16, 12), (-1.3, 15, 22), (0.3, 130, 60), (0.5, 240, 55)),
    "V4": ((1.2, -8, 16), (-0.5, 28, 16), (0.0, 130, 40), (0.25, 250, 45)),
    "V5": ((1.1, -2, 20), (0.3, 26, 14), (-0.15, 135, 45), (-0.1, 245, 45)),
    "V6": ((0.9, 0, 22), (0.5, 26, 15), (-0.18, 135, 45), (-0.15, 245, 45)),
}


def lead_voltage(lead, after_r_ms):
    if lead in WAVES:
        return sum(a * np.exp(-(((after_r_ms - at) / width) ** 2)) for a, at, width in WAVES[lead])
    one, two = (lead_voltage(name, after_r_ms) for name in ("I", "II"))
    return {"III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2}[lead]


def signal(duration_s=10.0, beat_s=0.9, noise_mv=0.01, seed=0):
    t = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    peaks = np.arange(0.6, duration_s - 0.3, beat_s)
    after = (t[None] - peaks[:, None]) * 1000.0
    # Only the waves near each peak count; the P wave comes 150 ms before.
    out = np.stack([lead_voltage(lead, after).sum(0) for lead in LEADS])
    out += 0.1 * np.exp(-(((after + 180) / 25) ** 2)).sum(0) * np.where(np.array(LEADS) == "aVR", -1, 1)[:, None]
    out += noise_mv * np.random.default_rng(seed).standard_normal(out.shape)
    return out.astype(np.float32), peaks


def record(duration_s=10.0, **changes):
    made, _ = signal(duration_s)
    whole = Record(
        path=FilePath("made/lbbb_01"),
        rate_hz=RATE_HZ,
        signal_mv=made,
        leads=LEADS,
        derived_leads=(),
        format="made",
        sha256="0" * 64,
        age_years=69.0,
        sex="F",
        simulated=True,
    )
    return replace(whole, **changes)


def delineation(duration_s=10.0):
    made, peaks = signal(duration_s)
    marks = [_marks(round(peak * RATE_HZ)) for peak in peaks]
    first = round((peaks[1] - 0.3) * RATE_HZ)
    median = MedianBeat(made[:, first : first + 400], RATE_HZ, _marks(round(0.3 * RATE_HZ)), len(peaks) - 1)
    value = Measurement(100.0, "ms", "made", len(peaks))
    return Delineation(
        beats=tuple(Beat(mark, 1 if k == 5 else 0) for k, mark in enumerate(marks)),
        median=median,
        measurements=Measurements(*[value] * 8),
        quality=dict.fromkeys(LEADS, Quality.GOOD),
        stretches=(Stretch(("I", "II", "III", "aVR", "aVL", "aVF"), 0.0, 0.6, "unsteady"),),
    )


def attribution(final=True):
    t = np.arange(200) * 2.0
    rng = np.random.default_rng(1)
    phi = np.zeros((12, 200))
    for k in range(12):
        phi[k] = rng.uniform(0.012, 0.065) * np.exp(-(((t - rng.uniform(62, 95)) / 22) ** 2))
        phi[k] -= rng.uniform(0.0, 0.035) * np.exp(-(((t - 22) / 11) ** 2))
        phi[k] += 0.006 * np.sin(t / rng.uniform(20, 40)) * (t > 130)
    return Attribution(phi.astype(np.float32), Method(), completeness_gap=0.018, final=final)


def explanation(beat=None, final=True):
    made, peaks = signal()
    start_s = peaks[1 if beat is None else beat] - ONSET_BEFORE_R_S
    onset = round(start_s * RATE_HZ)
    cut = made[:, onset : onset + 200] - made[:, onset - 8 : onset].mean(1, keepdims=True)
    window = Window(beat, cut, RATE_HZ, start_s, j_ms=1000 * QRS_S, t_peak_ms=290.0, t_end_ms=380.0)
    found = attribution(final)
    total = found.phi.sum(0).astype(float)
    weight = np.abs(found.phi).sum(1)
    order = np.argsort(-weight)
    return Explanation(
        window=window,
        logit=2.7,
        p_abnormal=0.94,
        attribution=found,
        profile=total / np.abs(total).max(),
        path=Path(np.zeros((200, 3)), "recipe", 0.62, np.ones(200)),
        nearest=("mid inferolateral LV",) * 200,
        terminal_region="undetermined",
        top_leads=tuple((LEADS[k], float(weight[k] / weight.sum())) for k in order),
    )


def case(beat=None, final=True, explained=True, **changes):
    """A whole case; `changes` replace fields of its record."""
    identity = ModelIdentity("resnet1d", "1.2", "0" * 64, 0.47, 0.14, "fold 10")
    made = record(**changes)
    return Case(
        record=made,
        filtered_mv=made.signal_mv,
        filter_text="0.5–40 Hz, zero phase",
        delineation=delineation(),
        verdict=Verdict(identity, 0.94, 2.7, "abnormal", 9) if explained else None,
        explanation=explanation(beat, final) if explained else None,
    )


def _marks(r):
    onset = r - round(ONSET_BEFORE_R_S * RATE_HZ)
    return Landmarks(
        r=r,
        qrs_on=onset,
        qrs_off=onset + round(QRS_S * RATE_HZ),
        p_on=onset - 90,
        p_off=onset - 40,
        t_peak=onset + 145,
        t_end=onset + 190,
    )
