"""Each scenario against a cardiologist's checklist, measured on its samples; criteria as in textbooks and AHA 2009."""

from __future__ import annotations

import pytest

from cineviewer import signal, simulate

QRS_MS = {
    "normal": (70, 110),
    "lbbb": (120, 170),
    "rbbb": (120, 160),
    "lafb": (80, 120),
    "lpfb": (80, 120),
    "anterior-mi": (70, 110),
    "inferior-mi": (70, 110),
    "lvh": (90, 115),
    "wpw": (100, 150),
    "apical-paced": (140, 190),
    "brugada": (90, 120),
}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", QRS_MS)
def test_qrs_lasts_as_long_as_the_disease_makes_it(name, seed, beat):
    low, high = QRS_MS[name]
    assert low <= beat(name, seed=seed).qrs_ms <= high
    measured = signal.analyse(simulate.record(name, seed)).measurements.qrs_ms.value
    assert measured is not None
    assert low <= measured <= high


def test_normal(beat):
    b = beat("normal")
    assert 30 <= b.axis_deg() <= 60
    assert b.waves("V1") == "rS"
    assert b.waves("V6") in ("qR", "qRs")
    assert 0.5 <= b.r("V6") <= 2.5
    assert b.waves("aVR") in ("Qr", "QS", "rSr'", "rS")
    ratio = [b.r(f"V{k}") / (b.r(f"V{k}") - b.qrs(f"V{k}").min()) for k in range(1, 6)]
    assert ratio == sorted(ratio), "R over S grows from V1 to V5"
    assert all(b.t(lead) > 0.1 for lead in ("I", "II", "V2", "V3", "V4", "V5", "V6")), "T is concordant"
    assert b.t("aVR") < -0.1
    assert all(abs(b.st(lead)) < 0.15 for lead in ("I", "II", "V1", "V5", "V6"))


def test_left_bundle_branch_block(beat):
    b = beat("lbbb")
    assert -60 <= b.axis_deg() <= 0
    assert b.waves("V1")[:2] in ("QS", "rS", "Qr")
    assert b.qrs("V1").min() < -1.0
    for lead in ("I", "V6"):
        assert not b.waves(lead).lower().startswith("q"), "no q"
        assert b.r(lead) > 5 * -b.qrs(lead).min()
        assert _notched(b.qrs(lead)), "R has two summits"
        assert b.t(lead) < -0.1, "T is discordant"
    assert not b.waves("V5").lower().startswith("q"), "no q"
    assert all(b.t(lead) > 0.3 and b.st(lead) > 0.03 for lead in ("V1", "V2", "V3"))


def test_right_bundle_branch_block(beat):
    b = beat("rbbb")
    assert -30 <= b.axis_deg(stop_ms=60) <= 90, "the first half is normal"
    assert b.waves("V1") in ("rsR'", "rSR'", "RSR'", "RsR'")
    for lead in ("I", "V6"):
        assert 2 * (b.qrs(lead) < -0.035).sum() > 40, "broad S"
        assert b.waves(lead) in ("qRs", "qRS", "Rs", "RS")
        assert b.t(lead) > 0.1
    assert b.t("V1") < -0.15


def test_left_anterior_fascicular_block(beat):
    b = beat("lafb")
    assert -90 <= b.axis_deg() <= -45
    assert b.waves("I").startswith("qR")
    assert b.waves("aVL").startswith("qR")
    for lead in ("II", "III", "aVF"):
        assert b.waves(lead) == "rS"
    assert b.waves("V1") == "rS"
    assert b.t("I") > 0.1
    assert b.t("II") > 0.1


def test_left_posterior_fascicular_block(beat):
    b = beat("lpfb")
    assert 90 <= b.axis_deg() <= 180
    for lead in ("I", "aVL"):
        assert b.waves(lead) == "rS"
    assert all(b.waves(lead).startswith("qR") for lead in ("II", "III", "aVF"))
    assert b.waves("V1") == "rS"


def test_anterior_infarct(beat):
    b = beat("anterior-mi")
    for lead in ("V1", "V2", "V3", "V4"):
        assert b.waves(lead) == "QS"
        assert b.qrs(lead).min() < -0.3
    assert b.r("V6") > 0.4


def test_inferior_infarct(beat):
    b = beat("inferior-mi")
    for lead in ("II", "III", "aVF"):
        assert b.waves(lead)[0] in "qQ"
        assert b.qrs(lead).min() < -0.15
    assert b.waves("V1") == "rS"
    assert b.r("V5") > 0.8
    assert b.t("III") < -0.1
    assert b.t("aVF") < -0.08


def test_left_ventricular_hypertrophy(beat):
    b = beat("lvh")
    assert -30 <= b.axis_deg() <= 30
    assert -b.qrs("V1").min() + b.r("V5") > 3.5, "Sokolow-Lyon"
    assert all(b.t(lead) < -0.1 for lead in ("I", "V5", "V6")), "strain"


def test_pre_excitation(beat):
    b = beat("wpw")
    assert b.landmarks.p_on is not None
    assert 2 * (b.landmarks.qrs_on - b.landmarks.p_on) < 120, "short PR"
    assert 90 <= b.axis_deg() <= 150
    assert b.r("V1") > -b.qrs("V1").min(), "dominant R"
    assert all(b.qrs(lead)[10:15].mean() < -0.03 for lead in ("I", "aVL")), "negative delta"
    early, late = b.qrs("II")[:15], b.qrs("II")[15:]
    assert early.max() < 0.5 * late.max(), "the upstroke is slurred"


def test_ectopic_beats_from_the_outflow_tract(beat):
    b = beat("rvot", ectopic=True)
    assert b.landmarks.p_on is None
    assert 130 <= b.qrs_ms <= 170
    assert 70 <= b.axis_deg() <= 110
    assert b.waves("V1") in ("rS", "QS")
    assert all(b.waves(lead) == "R" for lead in ("II", "III", "aVF"))
    assert all(b.waves(lead) in ("QS", "rS") for lead in ("aVR", "aVL"))
    assert beat("rvot").waves("V6") == beat("normal").waves("V6"), "the others are normal"


def test_pacing_from_the_apex(beat):
    b = beat("apical-paced")
    assert -120 <= b.axis_deg() <= -60
    assert b.qrs("V1").sum() < 0
    for lead in ("V4", "V5", "V6"):
        assert -b.qrs(lead).min() > b.r(lead), "negative"
    assert all(b.waves(lead)[0] in "Qr" and b.qrs(lead).sum() < 0 for lead in ("II", "III", "aVF"))


def test_brugada(beat):
    b = beat("brugada")
    assert b.st("V1") > 0.1
    assert b.st("V2") > 0.1
    assert b.st("V1") > b.t("V1"), "coved: ST falls into T"
    assert b.waves("V6") in ("qR", "qRs", "Rs")
    assert abs(b.st("V6")) < 0.1


def _notched(values) -> bool:
    """Whether a broad R has two peaks at least 20 ms apart with a dip of 5 % between them."""
    peaks = [k for k in range(1, values.size - 1) if values[k] == values[max(0, k - 8) : k + 9].max()]
    tall = [k for k in peaks if values[k] > 0.6 * values.max()]
    return len(tall) >= 2 and values[tall[0] : tall[-1]].min() < 0.95 * min(values[tall[0]], values[tall[-1]])
