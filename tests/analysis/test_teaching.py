"""The notes are true of the bundled records that they stand beside: every figure in them is measured here."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from cineviewer import resources, simulate
from cineviewer.analysis import Case, read_case
from cineviewer.analysis.teaching import LESSONS, SEED, note
from cineviewer.cine import TrueWindow, true_window
from cineviewer.ecg import LEADS, Doubles
from cineviewer.heart import load


@lru_cache(maxsize=16)
def case(name: str) -> Case:
    return read_case(resources.folder("demo") / f"{name}.npz")


def lead(name: str, which: str) -> tuple[Doubles, Doubles]:
    """Return milliseconds and millivolt of a lead of the median beat."""
    found = case(name).explanation
    assert found is not None
    return found.window.time_ms, found.window.signal_mv[LEADS.index(which)].astype(np.float64)


def highest(name: str, which: str, until_ms: float = 140.0) -> tuple[float, float]:
    time_ms, values = lead(name, which)
    at = int(values[time_ms <= until_ms].argmax())
    return float(time_ms[at]), float(values[at])


def lowest(name: str, which: str, until_ms: float = 140.0) -> tuple[float, float]:
    time_ms, values = lead(name, which)
    at = int(values[time_ms <= until_ms].argmin())
    return float(time_ms[at]), float(values[at])


def at(name: str, which: str, t_ms: float) -> float:
    return float(np.interp(t_ms, *lead(name, which)))


def true(name: str) -> TrueWindow:
    found = case(name)
    assert found.truth is not None
    assert found.explanation is not None
    shown = true_window(found.truth, found.explanation.window)
    assert shown is not None
    return shown


def median_ms(name: str, wall: str) -> float:
    """Return when half of a wall is activated, after QRS onset as it is measured."""
    heart, shown = load(), true(name)
    times = shown.beat.activation_ms[heart.wall_labels == heart.label_names.index(wall)].astype(np.float64)
    return float(np.median(times[np.isfinite(times)])) - shown.shift_ms


def test_every_scenario_has_a_note_and_its_own_title() -> None:
    assert {name: lesson.title for name, lesson in LESSONS.items()} == {
        name: scenario.title for name, scenario in simulate.SCENARIOS.items()
    }
    for lesson in LESSONS.values():
        assert 2 <= lesson.note.count(". ") + 1 <= 4, lesson.title
        assert " ms" in lesson.note or lesson.title.startswith("Ectopic")


def test_normal() -> None:
    assert highest("normal", "V1", 30.0)[1] > 0.1
    assert lowest("normal", "V6", 32.0)[1] < -0.05
    assert highest("normal", "V5")[0] == pytest.approx(50, abs=12)
    assert not true("normal").differs.any()


def test_lbbb() -> None:
    assert 0.05 < highest("lbbb", "V1", 60.0)[1] < 0.15
    assert min(lowest("lbbb", which, 60.0)[1] for which in ("I", "V6")) > -0.06
    assert true("lbbb").active(60.0) < 0.5
    assert median_ms("lbbb", "basal inferolateral LV") == pytest.approx(130, abs=15)
    assert median_ms("lbbb", "basal anterolateral LV") == pytest.approx(130, abs=15)
    assert at("lbbb", "V6", 300) * highest("lbbb", "V6")[1] < 0
    assert at("lbbb", "V1", 300) * lowest("lbbb", "V1")[1] < 0


def test_rbbb() -> None:
    r_ms, r_mv = highest("rbbb", "V1")
    assert r_ms == pytest.approx(90, abs=15)
    assert r_mv > abs(lowest("rbbb", "V1")[1])
    for which in ("I", "V6"):
        time_ms, values = lead("rbbb", which)
        s_ms, s_mv = min(zip(time_ms[time_ms > 60], values[time_ms > 60], strict=True), key=lambda at: at[1])
        assert s_ms == pytest.approx(90, abs=15)
        assert s_mv < -0.15
    assert min(at("rbbb", "V1", t) for t in range(250, 400, 10)) < -0.1
    assert median_ms("rbbb", "mid RV free wall") > median_ms("normal", "mid RV free wall") + 30


def test_lafb() -> None:
    for which in ("II", "III", "aVF"):
        assert at("lafb", which, 32) > 0.1
        s_ms, s_mv = lowest("lafb", which)
        assert s_ms == pytest.approx(60, abs=12)
        assert s_mv < -0.4
    assert at("lafb", "I", 30) < 0
    assert at("lafb", "aVL", 30) < 0
    assert highest("lafb", "aVL")[0] == pytest.approx(60, abs=12)
    measured = case("lafb").delineation
    assert measured is not None
    assert measured.measurements.qrs_axis_deg.value < -45
    assert measured.measurements.qrs_ms.value < 120


def test_lpfb() -> None:
    for which in ("II", "III", "aVF"):
        assert at("lpfb", which, 30) < -0.1
        r_ms, r_mv = highest("lpfb", which)
        assert r_ms == pytest.approx(65, abs=10)
        assert r_mv > 0.8
    assert at("lpfb", "I", 32) > 0.03
    assert at("lpfb", "aVL", 32) > 0.1
    assert lowest("lpfb", "aVL")[1] < -0.3
    assert lowest("lpfb", "I")[1] < -0.1
    measured = case("lpfb").delineation
    assert measured is not None
    assert measured.measurements.qrs_axis_deg.value > 85


def test_anterior_infarct() -> None:
    for which in ("V1", "V2", "V3"):
        assert highest("anterior-mi", which)[1] < 0.06
        assert at("anterior-mi", which, 30) < -0.1
    for which in ("V5", "V6"):
        assert highest("anterior-mi", which)[0] == pytest.approx(65, abs=12)
    assert 0.1 < np.isinf(true("anterior-mi").beat.activation_ms).mean() < 0.3


def test_inferior_infarct() -> None:
    for which in ("II", "III", "aVF"):
        q_ms, q_mv = lowest("inferior-mi", which)
        assert q_ms == pytest.approx(40, abs=12)
        assert q_mv < -0.1
        assert highest("inferior-mi", which)[0] == pytest.approx(75, abs=15)
    assert min(at("inferior-mi", "III", t) for t in range(230, 380, 10)) < -0.05
    measured = case("inferior-mi").delineation
    assert measured is not None
    assert measured.measurements.qrs_axis_deg.value < 20


def test_hypertrophy() -> None:
    assert highest("lvh", "V5")[1] - lowest("lvh", "V1")[1] > 3.5
    for which in ("I", "aVL", "V5", "V6"):
        assert min(at("lvh", which, t) for t in range(250, 390, 10)) < -0.05
    assert true("lvh").beat.changed < 0.05


def test_pre_excitation() -> None:
    for which in ("I", "aVL", "V6"):
        assert at("wpw", which, 30) < -0.05
    assert at("wpw", "V1", 30) > 0.05
    measured = case("wpw").delineation
    assert measured is not None
    assert measured.measurements.pr_ms.value < 120
    assert median_ms("wpw", "basal anterolateral LV") < median_ms("wpw", "mid inferoseptal LV") - 20


def test_outflow_ectopics() -> None:
    found = case("rvot")
    assert found.truth is not None
    assert found.truth.ectopic.any()
    assert found.verdict is not None
    assert found.verdict.label == "normal"
    early = float(found.truth.onset_s[found.truth.ectopic][0])
    first = round((early + 0.02) * found.record.rate_hz)
    piece = found.record.signal_mv[:, first : first + 70]
    assert min(float(piece[LEADS.index(which)].max()) for which in ("II", "III", "aVF")) > 0.5
    assert float(piece[LEADS.index("V1")].min()) < -0.5


def test_paced() -> None:
    for which in ("II", "III", "aVF", "V2", "V3", "V4", "V5"):
        assert at("apical-paced", which, 120) < -0.2
    assert at("apical-paced", "aVR", 120) > 0.2
    assert np.ptp(true("apical-paced").beat.active_ms) > 150
    assert at("apical-paced", "V4", 330) > 0.1


def test_brugada() -> None:
    found = true("brugada")
    assert found.differs[:, :18].mean() < 0.05
    assert found.beat.changed == pytest.approx(0.05, abs=0.02)
    for which in ("V1", "V2"):
        assert at("brugada", which, 115) > 0.15
        assert at("brugada", which, 115) > at("brugada", which, 200)
    for which in ("II", "III", "aVF"):
        assert at("brugada", which, 115) < -0.1


def test_a_note_on_another_seeds_record_says_that_it_is_of_the_bundled_one() -> None:
    assert note("lbbb", SEED) == LESSONS["lbbb"].note
    assert (note("lbbb", SEED + 1) or "").startswith("Of the bundled case")
    assert note("no such scenario", SEED) is None
