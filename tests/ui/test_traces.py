"""The traces pane: scale, identity, one cursor, calipers, and the states that a reader must not miss."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from cineviewer.ecg import LEADS
from cineviewer.paint import overview
from cineviewer.paint.fonts import font
from cineviewer.paint.paper import text_width
from cineviewer.session import (
    Calipers,
    ColourScale,
    Cursor,
    Look,
    Overlay,
    Paper,
    Scale,
    Selection,
    Session,
    Shown,
    Span,
)
from cineviewer.ui import deeds
from cineviewer.ui.case_view import gather
from cineviewer.ui.cursor_sheet import whole
from cineviewer.ui.panes.traces import TracesPane
from cineviewer.ui.screen import Ruler, Stated, check, ruler, ruler_of
from cineviewer.ui.traces import calipers, foot, head

UNKNOWN = Ruler(4.25, trusted=False)


@pytest.fixture(scope="module")
def gaussians():
    path = Path(__file__).parents[1] / "paint" / "gaussians.py"
    spec = importlib.util.spec_from_file_location("gaussians", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def opened(qtbot, gaussians):
    """Open a pane on a case: opened(case, *parts, size=...) -> (session, pane)."""
    panes = []

    def open_pane(case=None, *parts, size=(762, 527), **state):
        session = Session()
        for part in (Look(theme="light"), *parts):
            session.set(part)
        session.show(Shown(case if case is not None else gaussians.case(), **state))
        pane = TracesPane(session)
        qtbot.addWidget(pane)
        panes.append(pane)
        pane.resize(*size)
        pane.show()
        qtbot.waitExposed(pane)
        qtbot.wait(1)
        return session, pane

    return open_pane


def column_x(pane, lead, t_ms):
    cell = next(c for c in pane._beat.plan.cells if c.lead == lead)
    return QPoint(round(pane._beat.plan.x_of(cell, t_ms / 1000)), round(cell.area.y + cell.area.height / 2))


def words(pane):
    return [piece.full for piece in foot.left_words(pane._view, pane._view.paper.beat == pane._fitted)]


def test_resizing_the_pane_never_changes_speed_or_gain(opened, qtbot):
    session, pane = opened(None, Paper(beat=Scale(100, 20)))
    before = session.get(Paper), pane._beat.plan.px_per_s, pane._beat.plan.px_per_mv
    for size in ((1000, 700), (500, 400), (1569, 960)):
        pane.resize(*size)
        qtbot.wait(1)
        assert (session.get(Paper), pane._beat.plan.px_per_s, pane._beat.plan.px_per_mv) == before


MONITOR = Stated((530.0, 300.0), (127.0, 127.0), "Maker Model")


@pytest.mark.parametrize(
    "stated",
    [
        *(replace(MONITOR, dots_per_inch=(dpi, dpi)) for dpi in (12.0, 45.0, 401.0, 5000.0)),
        replace(MONITOR, size_mm=(0.0, 0.0)),
        replace(MONITOR, size_mm=(160.0, 90.0)),  # a projector that states the picture's shape
        replace(MONITOR, dots_per_inch=(127.0, 96.0)),
        replace(MONITOR, maker=" "),  # nobody stated anything: the system made the size up
    ],
    ids=str,
)
def test_implausible_screens_are_not_believed(stated):
    assert not ruler_of(stated).trusted


def test_screen_size_gives_true_millimetres():
    assert ruler_of(MONITOR) == Ruler(5.0, trusted=True)


def test_a_ruler_held_to_the_screen_is_believed_until_it_is_forgotten(qapp, opened):
    session, pane = opened()
    screen = pane.screen()
    check(session, screen, 5.5)

    assert pane._view.ruler == Ruler(5.5, trusted=True)
    assert pane._beat.plan.px_per_mm == 5.5
    assert not any("not to scale" in word for word in words(pane))

    check(session, screen, None)
    assert not pane._view.ruler.trusted
    assert any("not to scale" in word for word in words(pane))


def test_no_millimetres_are_claimed_without_a_screen(qapp, opened):
    if qapp.platformName() != "offscreen":
        pytest.skip("this platform has a screen")
    assert ruler(qapp.primaryScreen()) == UNKNOWN
    _, pane = opened()
    assert "not to scale: screen size unknown" in words(pane)


def test_unusual_scale_is_said_and_the_standard_one_is_not(opened):
    session, pane = opened(None, Paper(beat=Scale(100, 20)))
    assert "non-standard speed and gain" in words(pane)
    session.set(Paper(beat=Scale(25, 20)))
    assert "non-standard gain" in words(pane)
    session.set(Paper(beat=Scale(25, 10)))
    assert not any("non-standard" in said for said in words(pane))


def test_filter_in_force_stands_beside_the_scale(opened, gaussians):
    session, pane = opened(gaussians.case(beat=3), Selection(view="beat", beat=3))
    assert words(pane)[-1] == "0.5–40 Hz, zero phase"
    session.set(replace(session.get(Paper), filtered=False))
    assert words(pane)[-1] == "unfiltered"
    session.set(Selection(view="median"))
    assert words(pane)[-1] == "0.5–150 Hz, zero phase"


def test_median_beat_is_filtered_whatever_is_asked_for(opened):
    _, pane = opened(None, Paper(filtered=False))
    assert words(pane)[-1] == "0.5–40 Hz, zero phase"


def test_slow_record_says_what_it_cannot_hold(gaussians, qapp):
    session = Session()
    case = gaussians.case(rate_hz=100.0)
    session.show(Shown(case))
    assert foot.filter_words(gather(session, UNKNOWN)).endswith("nothing above 50 Hz in the file")


def test_every_word_of_the_foot_has_room_in_one_line_at_1280x800_and_in_two_when_narrow(opened, qtbot):
    for parts in ((), (Paper(beat=Scale(200, 20)),), (ColourScale(locked=True, limit=0.0123),)):
        _, pane = opened(None, *parts)
        assert foot._fit(pane._view, False, 762).lines == 1
        assert pane._foot.height() == 26
        pane.resize(500, 500)
        qtbot.wait(1)
        assert pane._foot.height() == 46
        view, fit = pane._view, foot._fit(pane._view, False, 500)
        assert sum(text_width(w.short, font(12, w.weight)) + 9 for w in fit.left) <= 500 - 24
        assert foot._right_width(view, short=True) <= 500 - 24


def test_colour_bar_has_its_numbers_and_says_whether_it_is_fixed(opened):
    session, pane = opened()
    limit = foot.figure(pane._view.evidence.limit)
    assert foot.bar_words(pane._view) == f"for normal −{limit} to +{limit} for abnormal, per case"
    session.set(ColourScale(locked=True, limit=0.2))
    assert foot.bar_words(pane._view) == "for normal −.2 to +.2 for abnormal, fixed"


def test_locked_scale_is_this_cases_own_and_stays_for_the_next(opened, gaussians):
    session, pane = opened()
    own = pane._view.evidence.limit
    deeds.toggle_scale_lock(session)
    stronger = gaussians.case(sha256="1" * 64)
    attribution = replace(stronger.explanation.attribution, phi=5 * stronger.explanation.attribution.phi)
    session.show(Shown(replace(stronger, explanation=replace(stronger.explanation, attribution=attribution))))
    assert pane._view.evidence.limit == own
    assert foot.bar_words(pane._view).endswith("fixed")
    deeds.toggle_scale_lock(session)
    assert pane._view.evidence.limit > 3 * own


@pytest.mark.parametrize(("value", "text"), [(0.06, ".06"), (0.015, ".015"), (1.5, "1.5"), (0.2, ".2"), (10.0, "10")])
def test_figures_beside_the_bar(value, text):
    assert foot.figure(value) == text


def test_identity_is_first_and_a_made_up_record_says_so(opened, gaussians):
    _, pane = opened()
    assert pane._head._id.text() == "lbbb_01"
    assert pane._head._said.text().startswith("69 y, F")
    assert pane._head._simulated.isVisible()
    _, other = opened(gaussians.case(simulated=False, age_years=None, sex=None))
    assert not other._head._simulated.isVisible()
    assert other._head._said.text() == "median of 10 beats"


def test_which_beat_it_is_stands_in_the_head(opened, gaussians):
    _, pane = opened(gaussians.case(beat=3), Selection(view="beat", beat=3))
    assert head.beat_words(pane._view) == "beat 4 of 11"
    _, odd = opened(gaussians.case(beat=5), Selection(view="beat", beat=5))
    assert head.beat_words(odd._view) == "beat 6 of 11, ectopic"


def test_dragging_in_any_lead_moves_the_one_cursor(opened, qtbot):
    session, pane = opened()
    for lead, t_ms in (("I", 40), ("aVF", 200), ("V6", 350)):
        qtbot.mouseClick(pane._beat, Qt.MouseButton.LeftButton, pos=column_x(pane, lead, t_ms))
        assert session.get(Cursor).t_ms == pytest.approx(t_ms, abs=2)


def test_drag_beyond_a_column_stops_at_the_windows_end_and_never_jumps_to_another_lead(opened, qtbot):
    session, pane = opened()
    qtbot.mousePress(pane._beat, Qt.MouseButton.LeftButton, pos=column_x(pane, "I", 300))
    qtbot.mouseMove(pane._beat, column_x(pane, "V1", 100))
    assert session.get(Cursor).t_ms == 400
    qtbot.mouseRelease(pane._beat, Qt.MouseButton.LeftButton)


def test_cursor_has_a_dot_on_every_lead_and_a_tag_in_every_column(opened):
    session, pane = opened()
    session.set(Cursor(86.0))
    strips = pane._beat._strips
    assert len(strips) == 4
    assert all(strip.tag_top is not None for strip in strips)
    dots = [dot for strip in strips for dot in strip.dots]
    assert len(dots) == 12
    window = pane._view.window
    for cell, (x, y) in zip(sorted(pane._beat.plan.cells, key=lambda c: (c.column, c.row)), dots, strict=True):
        assert pane._beat.plan.time_at(cell, x) * 1000 == pytest.approx(86)
        assert pane._beat.plan.voltage_at(cell, y) == pytest.approx(
            float(window.signal_mv[LEADS.index(cell.lead), 43]), abs=1e-5
        )


def test_cursor_outside_the_window_is_not_drawn_in_the_beat(opened):
    session, pane = opened()
    session.set(Cursor(-50.0))
    assert pane._beat._strips == ()
    assert pane._overview._strips != ()


def test_a_cursor_move_repaints_strips_and_not_the_layer(opened, qtbot):
    session, pane = opened()
    layer = pane._beat._layer
    assert layer is not None
    session.set(Cursor(123.0))
    qtbot.wait(1)
    assert pane._beat._layer is layer
    strips = pane._beat._region()
    area = sum(r.width() * r.height() for r in strips)
    assert area < 0.12 * pane._beat.width() * pane._beat.height()


def test_overview_moves_the_cursor_and_a_double_click_explains_that_beat(opened, qtbot):
    session, pane = opened()
    at = QPoint(round(overview.x_of(whole(pane._overview), 10.0, 5.0)), 12)
    qtbot.mouseClick(pane._overview, Qt.MouseButton.LeftButton, pos=at)
    start_s = pane._view.start_s
    assert start_s + session.get(Cursor).t_ms / 1000 == pytest.approx(5.0, abs=0.02)
    qtbot.mouseDClick(pane._overview, Qt.MouseButton.LeftButton, pos=at)
    beats = pane._view.case.delineation.beats
    nearest = min(range(len(beats)), key=lambda k: abs(beats[k].landmarks.r / 500 - 5.0))
    assert session.get(Selection) == Selection(view="beat", beat=nearest)


def test_map_of_another_beat_is_not_shown_on_the_chosen_one(opened):
    session, pane = opened()
    assert pane._view.evidence is not None
    session.set(Selection(view="beat", beat=4))
    assert pane._view.evidence is None
    assert pane._view.window.beat == 4


def test_wheel_scrolls_the_record_within_its_ends(opened, gaussians, qtbot):
    session, pane = opened(None, Selection(view="record"))
    sheet = pane._record

    def turn(notches):
        at = QPointF(200, 200)
        event = QWheelEvent(
            at, sheet.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        sheet.wheelEvent(event)

    turn(-1)
    assert 0 < session.get(Span).start_s < 2
    assert sheet.plan.span_s[0] == pytest.approx(session.get(Span).start_s)
    turn(-50)
    assert sheet.plan.span_s[1] == pytest.approx(10.0, abs=0.01)
    turn(50)
    assert session.get(Span).start_s == 0


def test_stepping_to_a_beat_brings_it_on_screen_in_the_record_view(opened):
    session, pane = opened(None, Selection(view="record"))
    assert pane._record.plan.span_s[1] < 8
    session.set(Selection(view="record", beat=9))
    low, high = pane._record.plan.span_s
    assert low < pane._view.start_s < high - 0.4
    assert any(strip.tag_top is not None for strip in pane._record._strips)


def test_another_record_begins_at_its_beginning(opened, gaussians):
    session, _ = opened(None, Selection(view="record"))
    session.set(Span(3.0))
    session.show(Shown(gaussians.case(sha256="1" * 64)))
    assert session.get(Span).start_s == 0.0


def test_long_names_are_shortened_and_never_widen_the_pane(opened, gaussians):
    _, pane = opened(gaussians.case(path=Path("made/" + "a_very_long_name_of_a_record_" * 5)))
    assert pane.minimumSizeHint().width() <= 762
    assert pane._head._id.toolTip().endswith("a_very_long_name_of_a_record_")
    assert pane._head._id.width() >= 150


def test_large_pane_shows_the_record_above_the_beat_instead_of_the_overview(opened, qtbot):
    _, pane = opened(None, size=(1569, 960))
    for part in (pane._record, pane._beat, pane._butterfly, pane._beat_head):
        assert part.isVisible()
    assert not pane._overview.isVisible()
    assert pane._record.plan.scale == Scale(25, 10)
    assert pane._record.plan.span_s == (0, 10)
    pane.resize(762, 527)
    qtbot.wait(1)
    assert pane._overview.isVisible()
    assert not pane._record.isVisible()
    assert pane._tools.isVisible()


def test_gain_is_fitted_to_a_new_case_and_said(opened, gaussians):
    session, pane = opened()
    assert session.get(Paper).beat == Scale(100, 10)
    assert "gain fitted to this case" in words(pane)
    quiet = gaussians.case(sha256="1" * 64)
    window = replace(quiet.explanation.window, signal_mv=quiet.explanation.window.signal_mv / 4)
    other = replace(quiet, explanation=replace(quiet.explanation, window=window))
    session.show(Shown(other))
    pane._settle.timeout.emit()
    assert session.get(Paper).beat == Scale(100, 20)


def test_another_layout_fits_the_beat_to_its_room_unless_the_reader_chose_a_scale(opened, qtbot):
    session, pane = opened()
    pane._settle.timeout.emit()
    four = session.get(Paper).beat
    session.set(replace(session.get(Paper), layout="12x1"))
    qtbot.waitUntil(lambda: session.get(Paper).beat.speed_mm_s == 200.0)
    session.set(replace(session.get(Paper), layout="3x4"))
    qtbot.waitUntil(lambda: session.get(Paper).beat == four)
    chosen = replace(four, speed_mm_s=50.0)
    session.set(replace(session.get(Paper), beat=chosen))
    session.set(replace(session.get(Paper), layout="12x1"))
    qtbot.wait(50)
    assert session.get(Paper).beat == chosen


def test_a_gain_that_the_reader_chose_is_kept_and_another_only_offered(opened, gaussians, qtbot):
    session, pane = opened(None, Paper(beat=Scale(100, 20)))
    assert session.get(Paper).beat == Scale(100, 20)
    assert pane._offer.isVisible()
    session.show(Shown(gaussians.case(sha256="1" * 64)))
    qtbot.wait(1)
    assert session.get(Paper).beat == Scale(100, 20)
    qtbot.mouseClick(pane._offer, Qt.MouseButton.LeftButton)
    assert session.get(Paper).beat == Scale(100, 10)
    assert not pane._offer.isVisible()
    session.undo()
    assert session.get(Paper).beat == Scale(100, 20)


def test_calipers_read_ms_mv_and_a_rate_from_beat_to_beat():
    assert calipers.reading(Calipers("V6", 1.0, 1.128, 0.0, 0.84)) == "128 ms · 0.84 mV in V6"
    assert calipers.reading(Calipers("II", 1.0, 1.8, 0.5, -0.25)) == "800 ms · 75 bpm · −0.75 mV in II"


def test_a_caliper_line_is_dragged_as_one_step_for_undo(opened, qtbot):
    placed = Calipers("II", 1.45, 1.55, 0.0, 0.5)
    session, pane = opened(None, placed)
    before = column_x(pane, "II", 0)
    start_ms = (1.55 - pane._view.start_s) * 1000
    qtbot.mousePress(pane._beat, Qt.MouseButton.LeftButton, pos=column_x(pane, "V5", start_ms))
    for t_ms in (120, 160, 200):
        qtbot.mouseMove(pane._beat, column_x(pane, "V5", t_ms))
    qtbot.mouseRelease(pane._beat, Qt.MouseButton.LeftButton)
    moved = session.get(Calipers)
    assert moved.t1_s == pytest.approx(pane._view.start_s + 0.2, abs=0.003)
    assert (moved.t0_s, moved.v0_mv, moved.v1_mv) == (placed.t0_s, 0.0, 0.5)
    assert session.get(Cursor).t_ms == 0.0
    session.undo()
    assert session.get(Calipers) == placed
    assert before is not None


def test_missing_lead_leaves_traces_and_says_why_there_is_no_verdict(opened, gaussians):
    case = gaussians.case(explained=False)
    signal = case.record.signal_mv.copy()
    signal[LEADS.index("V3")] = np.nan
    record = replace(case.record, signal_mv=signal, leads=tuple(lead for lead in LEADS if lead != "V3"))
    reason = "No verdict: the model needs 12 leads, V3 is missing"
    _, pane = opened(replace(case, record=record, filtered_mv=signal, notices=(reason,)))
    assert pane._view.beat.missing == ("V3",)
    assert foot.bar_words(pane._view) == reason
    assert pane._view.window is not None


def test_traces_are_there_before_anything_is_computed(opened, gaussians):
    case = gaussians.case(explained=False)
    _, pane = opened(replace(case, delineation=None, filtered_mv=None), activity="Finding beats", progress=0.05)
    assert pane._view.kind == "record"
    assert pane._record.isVisible()
    assert foot.bar_words(pane._view) == "Finding beats"
    assert words(pane)[-1] == "unfiltered"


def test_stale_map_is_badged(opened):
    session, pane = opened(stale=True)
    assert pane._head._stale.isVisible()
    session.show(Shown(session.shown.case))
    assert not pane._head._stale.isVisible()


def test_progress_alone_does_not_draw_the_sheets_anew(opened, gaussians):
    session, pane = opened()
    layer = pane._beat._layer
    session.show(Shown(session.shown.case, progress=0.5, activity="Attributing"))
    assert pane._beat._layer is layer
    assert pane._view.shown.activity == "Attributing"


def test_overlay_button_takes_the_evidence_away_and_brings_it_back(opened, qtbot):
    session, pane = opened()
    qtbot.mouseClick(pane._tools._overlay, Qt.MouseButton.LeftButton)
    assert session.get(Overlay).style == "off"
    qtbot.mouseClick(pane._tools._overlay, Qt.MouseButton.LeftButton)
    assert session.get(Overlay).style == "heat"


def test_every_control_has_a_name_and_a_tip(opened):
    from PySide6.QtWidgets import QAbstractButton

    _, pane = opened()
    for button in pane.findChildren(QAbstractButton):
        assert button.accessibleName() or button.text()
        assert button.toolTip()
    for sheet in (pane._beat, pane._record, pane._overview, pane._butterfly, pane._foot):
        assert sheet.accessibleName()


def test_reading_under_the_pointer_has_lead_time_voltage_and_evidence(opened):
    _, pane = opened()
    cell = next(c for c in pane._beat.plan.cells if c.lead == "V6")
    window, phi = pane._view.window, pane._view.evidence.phi
    row = LEADS.index("V6")
    said = pane._beat.read_out(cell, 0.086)
    assert said.startswith(f"V6 at 86 ms, {float(window.signal_mv[row, 43]):.2f} mV")
    assert ("for abnormal" in said) == bool(phi[row, 43] >= 0)


def test_empty_pane_says_so(opened, qtbot):
    session = Session()
    pane = TracesPane(session)
    qtbot.addWidget(pane)
    pane.resize(762, 527)
    pane.show()
    assert not pane._beat.isVisible()
    dark = sum(
        pane.grab().toImage().pixelColor(x, y).lightness() < 120 for x in range(300, 460) for y in range(235, 265)
    )
    assert dark > 50
