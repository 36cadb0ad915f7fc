from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cineviewer.analysis.case import Case
from cineviewer.ecg import Measurement, Quality, Statement
from cineviewer.session import Session, Shown
from cineviewer.ui import rounds
from cineviewer.ui.findings import words
from cineviewer.ui.normal_ranges import normal_range
from cineviewer.ui.panes.findings import FindingsPane


def wait_for_rounds() -> None:
    """Let the round of the event loop come in which the column is drawn."""
    while rounds._waiting:
        QTest.qWait(2)


def with_measurement(case: Case, name: str, measured: Measurement) -> Case:
    assert case.delineation is not None
    measurements = replace(case.delineation.measurements, **{name: measured})
    return replace(case, delineation=replace(case.delineation, measurements=measurements))


def row(case: Case, title: str) -> words.MeasurementWords:
    return next(row for row in words.measurement_words(case) if row.name == title)


@pytest.mark.parametrize(
    ("name", "value", "inside"),
    [
        ("hr_bpm", 60, True), ("hr_bpm", 59, False), ("hr_bpm", 101, False), ("pr_ms", 200, True),
        ("pr_ms", 201, False), ("qrs_ms", 110, True), ("qrs_ms", 111, False), ("qrs_axis_deg", -31, False),
        ("qrs_axis_deg", 90, True), ("t_axis_deg", 118, False), ("qtcf_ms", 459, True), ("qtcf_ms", 460, False),
    ],
)  # fmt: skip
def test_normal_ranges_are_those_of_their_sources(name: str, value: float, inside: bool) -> None:
    found = normal_range(name)
    assert found is not None
    assert found.holds(value) is inside


def test_men_have_a_shorter_limit_of_qtc_and_qt_itself_has_none() -> None:
    men, women = normal_range("qtcb_ms", "male"), normal_range("qtcb_ms", "female")
    assert men is not None
    assert women is not None
    assert not men.holds(450)
    assert women.holds(450)
    assert normal_range("qt_ms") is None


def test_a_value_outside_its_range_says_so_in_a_word(lbbb: Case) -> None:
    broad = row(lbbb, "QRS")
    assert broad.outside
    assert broad.value.endswith(" ms")


def test_what_is_not_measurable_is_a_dash_with_its_reason_and_never_zero(lbbb: Case) -> None:
    case = with_measurement(lbbb, "pr_ms", Measurement(None, "ms", "median beat", 9, "no P wave was found"))
    pr = row(case, "PR")
    assert (pr.value, pr.outside) == ("–", False)
    assert "no P wave was found" in pr.tip


def test_a_negative_axis_has_a_real_minus_sign(lbbb: Case) -> None:
    case = with_measurement(lbbb, "qrs_axis_deg", Measurement(-42.0, "°", "median beat", 9))
    assert row(case, "QRS axis").value == "−42°"


def test_the_verdict_has_its_meaning_and_its_known_error(lbbb: Case) -> None:
    assert lbbb.verdict is not None
    known = replace(
        lbbb.verdict, p_abnormal=0.94, model=replace(lbbb.verdict.model, known_error=0.138, tested_on="fold 10")
    )
    told = words.verdict_words(replace(lbbb, verdict=known), computing=False)
    assert (told.number, told.meaning) == ("94 %", "calibrated probability of abnormal")
    assert told.known_error == "wrong in 14 of 100 test records, fold 10"
    assert "median beat alone" in told.beats


@pytest.mark.parametrize(("p", "text"), [(0.9999, "> 99 %"), (0.0001, "< 1 %"), (0.5, "50 %")])
def test_a_probability_is_never_certainty(p: float, text: str) -> None:
    assert words.percent(p) == text


def test_a_missing_lead_gives_no_verdict_and_its_reason(lbbb: Case) -> None:
    silent = replace(
        lbbb, verdict=None, explanation=None, notices=("No verdict: the model needs 12 leads, V3 is missing",)
    )
    told = words.verdict_words(silent, computing=False)
    assert told.p is None
    assert told.meaning == "No verdict: the model needs 12 leads, V3 is missing."


def test_walls_are_not_named_for_centred_and_undetermined(lbbb: Case) -> None:
    explanation = lbbb.explanation
    assert explanation is not None
    assert explanation.evidence_share
    claimed = replace(explanation, terminal_region="LV free wall")
    assert words.wall_shares(claimed)
    assert words.wall_shares(replace(claimed, terminal_region="undetermined")) == []
    for j_ms, reason in ((None, "not measurable"), (96.0, "QRS of 96 ms"), (130.0, "in doubt")):
        window = replace(explanation.window, j_ms=j_ms)
        assert reason in words.why_no_walls(replace(claimed, terminal_region="undetermined", window=window))
    centred = replace(claimed, evidence_share=None, path=replace(claimed.path, method="centred"))
    assert words.wall_shares(centred) == []
    assert "centred" in words.why_no_walls(centred)


def test_quality_names_leads_and_what_is_wrong_with_them(lbbb: Case) -> None:
    assert lbbb.delineation is not None
    quality = {**lbbb.delineation.quality, "V2": Quality.NOISY, "V6": Quality.FLAT}
    case = replace(lbbb, delineation=replace(lbbb.delineation, quality=quality))
    sentence = words.quality_words(case)
    assert "noisy: v2" in sentence.lower()
    assert "flat: v6" in sentence.lower()


def test_a_large_gap_is_said_as_a_reason_for_care(lbbb: Case) -> None:
    assert lbbb.explanation is not None
    attribution = replace(lbbb.explanation.attribution, completeness_gap=0.2)
    assert "read it with care" in words.trust_words(replace(lbbb.explanation, attribution=attribution))


def shown_words(pane: FindingsPane) -> str:
    wait_for_rounds()
    return pane.page.accessibleDescription()


def test_the_pane_says_all_of_it_to_a_screen_reader(qtbot: QtBot, lbbb: Case) -> None:
    session = Session()
    pane = FindingsPane(session)
    qtbot.addWidget(pane)
    record = replace(lbbb.record, statements=(Statement("CLBBB", "complete left bundle branch block", 100.0),))
    session.show(Shown(replace(lbbb, record=record)))
    said = shown_words(pane)
    for part in ("calibrated probability of abnormal", "QRS ", "Where it looked", "CLBBB complete left", "Signal"):
        assert part in said
    assert said.index("Data set's own statement") > said.index("Signal")


def test_no_shares_are_shown_before_the_map_is_final(qtbot: QtBot, lbbb: Case) -> None:
    session = Session()
    pane = FindingsPane(session)
    qtbot.addWidget(pane)
    assert lbbb.explanation is not None
    coarse = replace(lbbb.explanation, attribution=replace(lbbb.explanation.attribution, final=False))
    session.show(Shown(replace(lbbb, explanation=coarse), progress=0.5))
    assert "Numbers appear when the map is final." in shown_words(pane)
    assert "Coarse map, will sharpen" in shown_words(pane)
    session.show(Shown(lbbb, stale=True))
    assert "Stale" in shown_words(pane)


def test_the_number_under_the_mouse_says_what_it_rests_on(qtbot: QtBot, lbbb: Case) -> None:
    session = Session()
    pane = FindingsPane(session)
    qtbot.addWidget(pane)
    pane.resize(332, 340)
    pane.show()
    session.show(Shown(lbbb))
    wait_for_rounds()
    tips = [pane.page._sheet.tip_at(QPoint(30, y)) for y in range(0, 400, 4)]
    assert any("sha256" in tip for tip in tips)
    assert any("beats" in tip for tip in tips)


def test_column_of_another_record_is_faded_until_the_new_one_is_drawn(qtbot: QtBot, lbbb: Case) -> None:
    session = Session()
    session.show(Shown(lbbb))
    pane = FindingsPane(session)
    qtbot.addWidget(pane)
    pane.resize(332, 340)
    pane.show()

    def darkest() -> int:
        image = pane.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        return int(np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)[:, :200].min())

    assert darkest() < 60
    session.show(Shown(replace(lbbb, record=replace(lbbb.record, sha256="another"))))
    assert darkest() > 120
    wait_for_rounds()
    assert darkest() < 60
