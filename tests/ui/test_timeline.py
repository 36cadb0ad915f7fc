"""The timeline pane: the curve's cursor, its sentence, and a transport that only sets parts of the session."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from cineviewer.session import Cursor, Look, Playback, Selection, Session, Shown
from cineviewer.ui import transport
from cineviewer.ui.panes.timeline import TimelinePane


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

    def open_pane(case=None, *parts, size=(762, 206), **state):
        session = Session()
        for part in (Look(theme="light"), *parts):
            session.set(part)
        session.show(Shown(case if case is not None else gaussians.case(), **state))
        pane = TimelinePane(session)
        qtbot.addWidget(pane)
        pane.resize(*size)
        pane.show()
        qtbot.waitExposed(pane)
        return session, pane

    return open_pane


def test_dragging_on_the_curve_moves_the_cursor_and_stops_at_the_windows_ends(opened, qtbot):
    session, pane = opened()
    place = pane._curve._frame
    qtbot.mousePress(pane._curve, Qt.MouseButton.LeftButton, pos=QPoint(round(place.x_of(120)), 40))
    assert session.get(Cursor).t_ms == pytest.approx(120, abs=1)
    qtbot.mouseMove(pane._curve, QPoint(pane._curve.width() + 50, 40))
    assert session.get(Cursor).t_ms == 400
    qtbot.mouseRelease(pane._curve, Qt.MouseButton.LeftButton)


def test_cursors_dot_lies_on_the_profile(opened):
    session, pane = opened()
    session.set(Cursor(70.0))
    (strip,) = pane._curve._strips
    ((x, y),) = strip.dots
    place, profile = pane._curve._frame, pane._view.evidence.profile
    assert place.time_at(x) == pytest.approx(70)
    assert y == pytest.approx(place.y_of(float(profile[35])))


def test_head_says_where_half_of_the_evidence_lies(opened):
    _, pane = opened()
    assert pane._head._half.text().startswith("half of the evidence in ")


def test_no_figures_while_the_map_is_coarse_or_stale(opened, gaussians):
    _, coarse = opened(gaussians.case(final=False))
    assert coarse._head._half.text() == "coarse, will sharpen"
    _, stale = opened(stale=True)
    assert stale._head._half.text() == ""
    assert stale._head._stale.isVisible()


def test_transport_sets_parts_and_owns_no_clock(opened, qtbot):
    session, pane = opened()
    controls = pane._transport
    qtbot.mouseClick(controls._play, Qt.MouseButton.LeftButton)
    assert session.get(Playback).playing
    assert controls._play.accessibleName() == "Pause"
    qtbot.wait(30)
    assert session.get(Cursor).t_ms == 0.0
    qtbot.mouseClick(controls._play, Qt.MouseButton.LeftButton)
    assert not session.get(Playback).playing
    qtbot.mouseClick(controls._on, Qt.MouseButton.LeftButton)
    assert session.get(Cursor).t_ms == 398.0
    qtbot.mouseClick(controls._back, Qt.MouseButton.LeftButton)
    assert session.get(Cursor).t_ms == 0.0
    qtbot.mouseClick(controls._loop, Qt.MouseButton.LeftButton)
    assert not session.get(Playback).loop
    qtbot.mouseClick(controls._rates._buttons["0.25"], Qt.MouseButton.LeftButton)
    assert session.get(Playback).rate == 0.25


def test_transport_shows_what_keys_have_set(opened):
    session, pane = opened()
    session.set(Playback(playing=True, rate=1.0, loop=False))
    assert pane._transport._rates._buttons["1"].isChecked()
    assert not pane._transport._loop.isChecked()
    assert pane._transport._play.accessibleName() == "Pause"


def test_clock_tells_beat_and_record(opened, gaussians):
    _, pane = opened(gaussians.case(beat=3), Selection(view="beat", beat=3))
    start_s = pane._view.start_s
    assert transport.clock_words(pane._view, 86.0) == (
        "86 ms after QRS onset",
        f"{start_s + 0.086:.3f} s in record",
    )
    assert transport.clock_words(pane._view, -20.0)[0] == "20 ms before QRS onset"


def test_median_beats_time_is_not_passed_off_as_the_records(opened):
    _, pane = opened()
    assert transport.clock_words(pane._view, 0.0)[1].endswith("s in the beat most like it")


def test_low_pane_takes_the_transport_into_its_head(opened, qtbot):
    _, pane = opened(size=(762, 150))
    assert pane._transport.parent() is pane._head
    pane.resize(762, 206)
    qtbot.wait(1)
    assert pane._transport.parent() is pane
    assert pane._transport._play.isVisible()


def test_reason_stands_where_the_curve_would_be(opened, gaussians):
    reason = "No verdict: the model needs 12 leads, V3 is missing"
    _, pane = opened(replace(gaussians.case(explained=False), notices=(reason,)))
    assert pane._curve.sheet.profile is None
    assert pane._view.reason == reason
    assert pane._head._half.text() == ""


def test_sharper_evidence_comes_softly_and_another_record_at_once(opened, gaussians, qtbot):
    case = gaussians.case()
    session, pane = opened(case)
    pane.grab()
    sharper = replace(case, explanation=replace(case.explanation, profile=-case.explanation.profile))
    before = pane.grab().toImage()
    session.show(Shown(sharper))
    assert pane._curve._fade.before is not None
    between = pane.grab().toImage()
    qtbot.waitUntil(lambda: pane._curve._fade.before is None)
    after = pane.grab().toImage()
    assert before != between
    assert between != after
    session.show(Shown(replace(case, record=replace(case.record, sha256="another"))))
    assert pane._curve._fade.before is None
