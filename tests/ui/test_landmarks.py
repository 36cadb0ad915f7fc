"""Landmarks moved by hand: dragged and stepped, shown at once, asked about, kept, undone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cineviewer.analysis import Settings, landmarks
from cineviewer.analysis.case import Case, with_hand_set
from cineviewer.analysis.provenance import provenance
from cineviewer.ecg import Landmarks
from cineviewer.session import Cursor, Grip, Keeping, Look, Paper, Selection, Session, Shown
from cineviewer.ui import landmarks as hand
from cineviewer.ui import theme
from cineviewer.ui.findings import words
from cineviewer.ui.link import Link
from cineviewer.ui.panes.traces import TracesPane

from .conftest import FakeClient


class Bench:
    """The traces pane on a bundled case, with a link that keeps landmarks in a folder."""

    def __init__(self, qtbot: QtBot, folder: Path, demo: Path) -> None:
        self.session = Session()
        self.session.restore([Look(theme="light")])
        self.clients: list[FakeClient] = []
        self.link = Link(self.session, self._connect, landmarks=folder)  # type: ignore[arg-type]
        self.link.start()
        self.session.set(Selection(path=str(demo / "lbbb.npz")))
        self.pane = TracesPane(self.session)
        qtbot.addWidget(self.pane)
        self.pane.resize(762, 527)
        self.pane.show()
        qtbot.waitExposed(self.pane)
        QCoreApplication.processEvents()

    def _connect(self, say: Callable[[object], None]) -> FakeClient:
        self.clients.append(FakeClient(say))
        return self.clients[-1]

    @property
    def case(self) -> Case:
        assert self.session.shown.case is not None
        return self.session.shown.case

    @property
    def marks(self) -> Landmarks:
        assert self.case.delineation is not None
        assert self.case.delineation.median is not None
        return self.case.delineation.median.landmarks

    @property
    def requests(self) -> list[tuple[Path, Settings]]:
        return [request for client in self.clients for request in client.requests]

    def place(self, landmark: str, column: int = 0) -> QPoint:
        sheet = self.pane._beat
        assert sheet.view is not None
        assert sheet.plan is not None
        tick = next(tick for tick in sheet.view.ticks if tick.landmark == landmark)
        cell = next(cell for cell in sheet.plan.cells if (cell.row, cell.column) == (0, column))
        return QPoint(round(sheet.plan.x_of(cell, tick.t_ms / 1000.0)), round(cell.area.y) + 6)

    def press(self, at: QPoint) -> None:
        QTest.mousePress(self.pane._beat, Qt.MouseButton.LeftButton, pos=at)

    def drag(self, at: QPoint) -> None:
        sheet, where = self.pane._beat, QPointF(at)
        none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        event = QMouseEvent(QEvent.Type.MouseMove, where, sheet.mapToGlobal(where), Qt.MouseButton.NoButton, left, none)
        QCoreApplication.sendEvent(sheet, event)

    def release(self, at: QPoint) -> None:
        QTest.mouseRelease(self.pane._beat, Qt.MouseButton.LeftButton, pos=at)


@pytest.fixture
def bench(qtbot: QtBot, qapp: object, tmp_path: Path, demo: Path) -> Bench:
    theme.apply(qapp, Look(theme="light"))  # type: ignore[arg-type]
    return Bench(qtbot, tmp_path / "landmarks", demo)


def test_a_tick_is_dragged_within_9_px_and_its_interval_is_read_while_it_moves(bench: Bench) -> None:
    before, at = bench.marks.qrs_off, bench.place("qrs_off")
    assert before is not None
    plan = bench.pane._beat.plan
    assert plan is not None

    bench.press(at + QPoint(8, 0))
    bench.drag(at + QPoint(8, 0) + QPoint(round(0.02 * plan.px_per_s), 0))

    assert bench.session.get(Grip).landmark == "qrs_off"
    assert bench.marks.qrs_off == before  # not set before the button is released
    moved = bench.session.get(Grip).sample
    assert moved is not None
    assert moved - before == pytest.approx(10, abs=2)  # 20 ms at 500 Hz, wherever it was taken
    qrs_ms = (moved - (bench.marks.qrs_on or 0)) * 2
    assert f"QRS {qrs_ms} ms" in hand.reading(bench.session)
    assert bench.pane._beat.accessibleDescription() == hand.reading(bench.session)
    assert bench.session.get(Cursor) == Cursor()


def test_beside_a_tick_the_cursor_moves(bench: Bench) -> None:
    bench.press(bench.place("qrs_off") + QPoint(14, 0))

    assert bench.session.get(Grip) == Grip()
    assert bench.session.get(Cursor) != Cursor()


def test_a_released_landmark_is_measured_with_marked_kept_and_asked_about(bench: Bench, tmp_path: Path) -> None:
    old = bench.case
    assert old.delineation is not None
    hand.hold(bench.session, "qrs_off")
    hand.step(bench.session, 10)
    hand.set_down(bench.session)

    assert bench.case.delineation is not None
    qrs, before = bench.case.delineation.measurements.qrs_ms.value, old.delineation.measurements.qrs_ms.value
    assert qrs == pytest.approx((before or 0.0) + 20.0)
    assert bench.session.shown.stale
    path, settings = bench.requests[-1]
    assert path.name == "lbbb"
    assert settings.landmarks == tmp_path / "landmarks"
    stored = json.loads(landmarks.file_of(tmp_path / "landmarks", bench.case.record.sha256).read_text())
    assert (stored["schema"], stored["sha256"]) == (1, bench.case.record.sha256)
    (only,) = stored["landmarks"]
    assert only["landmark"] == "qrs_off"
    assert only["to"] - only["from"] == 10
    assert only["when"]
    assert only["version"]
    assert not bench.pane._head._hand_set.isHidden()
    assert "landmarks set by hand: J (median beat)" in provenance(bench.case)
    row = next(row for row in words.measurement_words(bench.case) if row.name == "QRS")
    assert row.hand_set
    assert "J set by hand" in row.tip


def test_undo_redo_and_as_measured_take_landmark_file_and_answer_with_them(bench: Bench, tmp_path: Path) -> None:
    before = bench.marks
    hand.hold(bench.session, "t_end")
    hand.step(bench.session, -5)
    hand.set_down(bench.session)
    file = landmarks.file_of(tmp_path / "landmarks", bench.case.record.sha256)
    assert bench.marks.t_end == (before.t_end or 0) - 5

    asked = len(bench.requests)
    assert bench.session.undo()
    assert bench.marks == before
    assert bench.case.measured is None
    assert not file.exists()
    assert len(bench.requests) == asked + 1

    assert bench.session.redo()
    assert bench.marks.t_end == (before.t_end or 0) - 5
    assert file.exists()

    hand.as_measured(bench.session)
    assert bench.marks == before
    assert not file.exists()


def test_escape_gives_up_what_is_held_and_not_yet_set(bench: Bench) -> None:
    before, at = bench.marks, bench.place("qrs_off")
    bench.press(at)
    bench.drag(at + QPoint(20, 0))

    assert hand.let_go(bench.session)
    bench.drag(at + QPoint(40, 0))
    bench.release(at + QPoint(40, 0))

    assert bench.marks == before
    assert bench.requests == []


def test_a_landmark_stops_at_its_neighbours(bench: Bench) -> None:
    hand.hold(bench.session, "qrs_off")
    hand.move_to(bench.session, 10**6)
    assert bench.session.get(Grip).sample == (bench.marks.t_peak or 0) - 1
    hand.move_to(bench.session, 0)
    assert bench.session.get(Grip).sample == bench.marks.r + 1


def test_steps_by_keys_are_set_together_when_they_rest(bench: Bench, qtbot: QtBot) -> None:
    before = bench.marks.qrs_on or 0
    hand.hold(bench.session, "qrs_on")
    for _ in range(3):
        hand.step(bench.session, -1)
    assert bench.requests == []

    qtbot.waitUntil(lambda: bench.marks.qrs_on == before - 3, timeout=5000)

    assert len(bench.requests) == 1
    assert bench.session.get(Grip).landmark == "qrs_on"
    bench.session.undo()
    assert bench.marks.qrs_on == before


def test_a_step_that_did_not_rest_yet_is_not_lost_with_the_next_case(bench: Bench, demo: Path, tmp_path: Path) -> None:
    record = bench.case.record
    hand.hold(bench.session, "qrs_off")
    hand.step(bench.session, 2)

    bench.session.set(Selection(path=str(demo / "normal.npz")))

    assert bench.case.record.name == "normal"
    assert bench.case.hand_set == ()
    assert bench.session.get(Grip) == Grip()
    (kept,) = landmarks.read(record, tmp_path / "landmarks")
    assert kept.landmark == "qrs_off"


def test_a_moved_p_wave_changes_what_was_measured_and_not_what_the_model_said(bench: Bench) -> None:
    explanation = bench.case.explanation
    bench.session.set(replace(bench.session.get(Selection), whole=True))
    hand.hold(bench.session, "p_on")
    hand.step(bench.session, 4)
    hand.set_down(bench.session)

    assert bench.requests == []
    assert not bench.session.shown.stale
    assert bench.case.explanation is explanation
    assert bench.case.hand_set[0].landmark == "p_on"


def test_the_next_opening_of_the_signal_applies_what_was_kept(bench: Bench, qtbot: QtBot, demo: Path) -> None:
    hand.hold(bench.session, "qrs_off")
    hand.step(bench.session, 6)
    hand.set_down(bench.session)
    wanted = bench.case.hand_set
    folder = bench.requests[-1][1].landmarks
    assert folder is not None

    again = Bench(qtbot, folder, demo)

    assert again.case.hand_set == wanted
    assert again.session.shown.stale  # the stored explanation is of the landmarks as measured
    assert len(again.requests) == 1
    assert not again.session.can_undo or again.session.get(Selection).path is not None


def test_another_signals_landmarks_are_left_alone(bench: Bench, demo: Path) -> None:
    hand.hold(bench.session, "qrs_off")
    hand.step(bench.session, 6)
    hand.set_down(bench.session)
    bench.session.set(Selection(path=str(demo / "normal.npz")))

    assert bench.case.record.name == "normal"
    assert bench.case.hand_set == ()
    assert bench.pane._head._hand_set.isHidden()


def test_beside_the_record_a_file_is_written_only_where_the_user_turned_that_on(bench: Bench, tmp_path: Path) -> None:
    copied = replace(bench.case.record, path=tmp_path / "copied")
    bench.session.show(Shown(replace(bench.case, record=copied)))
    hand.hold(bench.session, "qrs_off")
    hand.step(bench.session, 2)
    hand.set_down(bench.session)
    assert not landmarks.file_beside(copied).exists()

    bench.session.set(Keeping(landmarks_beside=True))
    hand.step(bench.session, 2)
    hand.set_down(bench.session)
    assert landmarks.file_beside(copied).exists()


def test_the_whole_beat_shows_every_landmark_that_the_beat_has(bench: Bench) -> None:
    bench.session.set(replace(bench.session.get(Selection), whole=True))
    sheet = bench.pane._beat
    assert sheet.view is not None
    assert sheet.plan is not None
    start_ms, end_ms = sheet.view.extent_ms

    assert {tick.landmark for tick in sheet.view.ticks} == {"p_on", "p_off", "qrs_on", "qrs_off", "t_peak", "t_end"}
    assert all(start_ms < tick.t_ms < end_ms for tick in sheet.view.ticks)
    assert sheet.view.scale == bench.session.get(Paper).whole
    assert max(cell.column for cell in sheet.plan.cells) == 3


def test_a_beat_without_p_wave_has_no_tick_for_one(bench: Bench) -> None:
    delineation = bench.case.delineation
    assert delineation is not None
    assert delineation.median is not None
    marks = replace(delineation.median.landmarks, p_on=None, p_off=None)
    without = replace(delineation, median=replace(delineation.median, landmarks=marks))
    bench.session.show(Shown(replace(bench.case, delineation=without)))
    bench.session.set(replace(bench.session.get(Selection), whole=True))
    view = bench.pane._beat.view
    assert view is not None

    assert {tick.landmark for tick in view.ticks} == {"qrs_on", "qrs_off", "t_peak", "t_end"}
    hand.hold(bench.session, "p_on")
    assert hand.held(bench.session) is None


def test_a_single_beats_landmark_is_its_own(bench: Bench) -> None:
    bench.session.set(replace(bench.session.get(Selection), view="beat", beat=3))
    bench.session.show(Shown(replace(bench.case)))
    median, delineation = bench.marks, bench.case.delineation
    assert delineation is not None
    before = delineation.beats[3].landmarks.qrs_off or 0
    hand.hold(bench.session, "qrs_off")
    hand.step(bench.session, 3)
    hand.set_down(bench.session)

    after = bench.case.delineation
    assert after is not None
    assert after.beats[3].landmarks.qrs_off == before + 3
    assert after.beats[2] == delineation.beats[2]
    assert bench.marks == median
    assert "J (beat 4)" in provenance(bench.case)
    assert with_hand_set(bench.case, ()).delineation is delineation
