from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import weakref
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cineviewer.analysis.case import Case
from cineviewer.analysis.provenance import RESEARCH_USE_ONLY
from cineviewer.analysis.worker import Failed, Progress
from cineviewer.session import (
    Cursor,
    Engine,
    Look,
    Notes,
    Overlay,
    Paper,
    Playback,
    Scale,
    Selection,
    Session,
    document,
)
from cineviewer.ui.app import begin
from cineviewer.ui.arrangement import compose
from cineviewer.ui.link import Link
from cineviewer.ui.memory import Memory
from cineviewer.ui.status import quality_sentence
from cineviewer.ui.window import MainWindow

PANES = ("cases", "traces", "timeline", "ventricles", "findings")


def test_the_first_picture_is_a_finished_one(window: MainWindow) -> None:
    shown = window.session.shown
    assert shown.case is not None
    assert shown.case.record.simulated
    assert shown.case.explanation is not None
    assert shown.case.explanation.attribution.final
    assert shown.progress is None
    assert window.session.get(Cursor).t_ms > 0.0


def test_panes_have_the_sizes_of_the_look(window: MainWindow) -> None:
    sizes = {name: window.arrangement.pane(name).size().toTuple() for name in PANES}
    assert sizes["cases"][0] == 184
    assert sizes["traces"] == (762, 527)
    assert sizes["timeline"] == (762, 206)
    assert sizes["ventricles"] == (332, 390)


def test_large_screens_give_the_right_pane_690_px_and_no_more() -> None:
    assert compose(2560, 1374).columns[2] == 690
    assert compose(3840, 2000).columns[2] == 690
    assert compose(1100, 700).columns[0] == 40


@pytest.mark.parametrize("width", [900, 1280, 2560])
def test_research_use_only_is_never_covered(window: MainWindow, qtbot: QtBot, width: int) -> None:
    window.resize(width, 800)
    window.session.show(
        replace(window.session.shown, progress=0.5, activity="Explaining a record with a long name " * 3)
    )
    qtbot.wait(10)
    chip = next(label for label in window.findChildren(QLabel) if label.text() == RESEARCH_USE_ONLY)
    assert chip.isVisible()
    right = chip.mapTo(window, QPoint(chip.width(), 0)).x()
    assert right <= window.width()
    assert chip.width() >= chip.sizeHint().width()
    assert window.childAt(chip.mapTo(window, chip.rect().center())) is chip


def test_the_list_is_a_rail_in_a_narrow_window_and_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1100, 700)
    assert window.arrangement.pane("cases").width() == 40
    window.search_cases()
    assert window.arrangement.pane("cases").width() >= 180
    window.resize(1280, 800)
    assert window.arrangement.pane("cases").width() == 184


@pytest.mark.parametrize("name", PANES)
def test_a_pane_goes_to_a_window_of_its_own_and_back_to_its_place(window: MainWindow, name: str, qtbot: QtBot) -> None:
    pane, before = window.arrangement.pane(name), window.arrangement.pane(name).geometry()
    window.toggle_detached(name)
    assert pane.window() is not window
    assert pane.isVisible()
    window.session.set(Cursor(50.0))
    QTest.keyClick(pane.window(), Qt.Key.Key_Right)
    assert window.session.get(Cursor).t_ms == 51.0
    pane.window().close()
    assert pane.window() is window
    assert pane.isVisible()
    qtbot.waitUntil(lambda: pane.geometry() == before)


def test_a_hidden_pane_leaves_its_room_to_the_others(window: MainWindow, qtbot: QtBot) -> None:
    for name in ("ventricles", "findings"):
        window.toggle_pane(name)
    assert window.arrangement.pane("traces").width() > 1000
    window.reset_layout()
    assert window.arrangement.pane("traces").width() == 762


def test_files_dropped_on_the_window_are_listed_and_the_first_is_opened(
    window: MainWindow, tmp_path: Path, clients: list, demo: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(demo / "rbbb.hea")), QUrl.fromLocalFile(str(demo / "wpw.hea"))])
    drop = QDropEvent(
        QPoint(600, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(drop)
    assert window.session.get(Selection).path == str(demo / "rbbb")
    assert clients[0].requests[-1][0] == demo / "rbbb"
    window.step_case(1)
    assert window.session.get(Selection).path == str(demo / "wpw")
    assert window.memory.recent[0] == str(demo / "rbbb.hea")


def test_a_dropped_folder_becomes_the_list_and_its_first_record_is_opened(
    window: MainWindow, qtbot: QtBot, demo: Path, clients: list, tmp_path: Path
) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    for name in ("wpw.hea", "wpw.dat", "lbbb.hea", "lbbb.dat"):
        shutil.copy(demo / name, folder)
    window.open_paths([folder])
    qtbot.waitUntil(lambda: clients[0].requests != [], timeout=5000)
    assert window._cases.cases.names == ["lbbb", "wpw"]
    assert clients[0].requests[-1][0] == folder / "lbbb"


def test_a_record_that_cannot_be_read_is_said_in_the_pane_and_the_last_good_case_stays(
    window: MainWindow, clients: list, tmp_path: Path
) -> None:
    good = window.session.shown.case
    window.open_paths([tmp_path / "bad.hea"])
    sentence = f"{tmp_path}/bad.hea: says 12 signals, the .dat has bytes for 8; fetch the .dat again."
    clients[0].say(Failed(clients[0].number, sentence, "truncated"))
    assert window.notice.isVisible()
    assert window.session.shown.case is good
    words = " ".join(label.text() for label in window.notice.findChildren(QLabel))
    assert "bad could not be read" in words
    assert "says 12 signals, the .dat has bytes for 8." in words
    assert "Fetch the .dat again." in words
    n = len(clients[0].requests)
    retry = next(button for button in window.notice.findChildren(QPushButton) if button.text() == "Retry")
    retry.click()
    assert len(clients[0].requests) == n + 1
    assert not window.notice.isVisible()
    window.open_demo()
    assert not window.notice.isVisible()


def test_progress_and_cancel_stand_in_the_foot_while_something_computes(
    window: MainWindow, clients: list, lbbb: Case, demo: Path
) -> None:
    window.open_paths([demo / "lbbb.hea"])
    bare = replace(lbbb, explanation=None, verdict=None)
    clients[0].say(Progress(clients[0].number, bare, 0.25, "Attributing", False))
    cancel = next(button for button in window.findChildren(QPushButton) if button.text() == "Cancel")
    assert cancel.isVisible()
    cancel.click()
    assert clients[0].cancelled >= 1
    assert not cancel.isVisible()
    assert window.session.shown.progress is None


def test_what_is_left_stale_can_be_computed_again(window: MainWindow, clients: list) -> None:
    rerun = next(button for button in window.findChildren(QPushButton) if button.text() == "Rerun")
    assert not rerun.isVisible()
    window.session.set(Engine(path="centred"))
    assert not rerun.isVisible()  # it is being computed
    window.cancel()
    assert window.session.shown.stale
    assert rerun.isVisible()
    asked = len(clients[0].requests)
    rerun.click()
    assert len(clients[0].requests) == asked + 1
    assert window.session.shown.progress is not None
    assert not rerun.isVisible()


def test_what_a_person_chose_survives_a_restart(qtbot: QtBot, tmp_path: Path, demo: Path) -> None:
    def start() -> MainWindow:
        session, memory = Session(), Memory(tmp_path)
        memory.read_session(session)
        window = MainWindow(session, memory, Link(session), gl="off")
        window.restore()
        begin(window, [], remembered=True)
        window.show()
        return window

    first = start()
    first.step_case(1)
    first.step_case(1)
    first.session.set(Paper(record=Scale(50.0, 20.0), layout="6x2"))
    first.session.set(Overlay(style="trace"))
    first.toggle_star()
    first.toggle_pane("timeline")
    first.resize(1400, 900)
    first.close()
    again = start()
    qtbot.addWidget(again)
    assert again.session.get(Selection).path == str(demo / "rbbb.npz")
    assert again.session.shown.case.record.name == "rbbb"
    assert again.session.get(Paper).record == Scale(50.0, 20.0)
    assert again.session.get(Overlay).style == "trace"
    assert again.session.get(Notes).stars == {again.session.shown.case.record.sha256}
    assert not again.shows_pane("timeline")
    assert not again.memory.geometry.isEmpty()
    assert not again.session.can_undo


def test_a_single_record_opened_after_a_folder_is_what_comes_back(
    window: MainWindow, qtbot: QtBot, demo: Path, clients: list, tmp_path: Path
) -> None:
    window.open_paths([demo])
    qtbot.waitUntil(lambda: not window._cases.is_busy, timeout=5000)
    window.open_paths([demo / "wpw.hea"])
    again, memory = Session(), Memory(tmp_path)
    window.memory.write_session(window.session)
    memory.read_session(again)
    assert memory.listed_folder == ""
    assert again.get(Selection).path == str(demo / "wpw")


def test_a_given_heart_does_not_come_back_for_the_next_patient(tmp_path: Path) -> None:
    session, again, memory = Session(), Session(), Memory(tmp_path)
    session.set(Engine(path="centred", heart="/scans/one"))
    memory.write_session(session)
    memory.read_session(again)
    assert again.get(Engine) == Engine(path="centred")


def test_a_record_that_is_gone_gives_way_to_the_demo(window: MainWindow, tmp_path: Path) -> None:
    window.session.restore([Selection(path=str(tmp_path / "gone"))])
    begin(window, [], remembered=True)
    assert (window.session.get(Selection).path or "").endswith("lbbb.npz")


def test_damaged_memory_starts_a_fresh_window(qtbot: QtBot, tmp_path: Path) -> None:
    for name in ("session.json", "notes.json", "window.ini"):
        (tmp_path / name).write_text('{"schema": [', encoding="utf-8")
    session, memory = Session(), Memory(tmp_path)
    memory.read_session(session)
    window = MainWindow(session, memory, Link(session), gl="off")
    qtbot.addWidget(window)
    window.restore()
    assert session.get(Notes) == Notes()
    assert window.size().toTuple() == (1280, 800)


def test_the_theme_changes_at_once_everywhere(window: MainWindow) -> None:
    window.session.set(Look(theme="dark"))
    dark = window.grab().toImage().pixelColor(5, 700).lightness()
    window.session.set(Look(theme="light"))
    assert dark < 60 < 200 < window.grab().toImage().pixelColor(5, 700).lightness()


def test_playback_runs_through_the_window_and_begins_again(window: MainWindow, qtbot: QtBot) -> None:
    window.session.set(Cursor(390.0))
    window.session.set(Playback(playing=True, rate=1.0, loop=True))
    qtbot.waitUntil(lambda: 0.0 <= window.session.get(Cursor).t_ms < 200.0, timeout=3000)
    window.session.set(Playback(playing=True, rate=1.0, loop=False))
    qtbot.waitUntil(lambda: not window.session.get(Playback).playing, timeout=3000)
    assert window.session.get(Cursor).t_ms == 398.0


def test_the_quality_sentence_names_leads_and_times(lbbb: Case) -> None:
    from cineviewer.ecg import LEADS, Quality, Stretch

    assert lbbb.delineation is not None
    stretch = Stretch(LEADS[:6], 0.0, 0.6, "unsteady")
    case = replace(lbbb, delineation=replace(lbbb.delineation, stretches=(stretch,)))
    assert quality_sentence(case) == "Quality: limb leads unsteady before 0.6 s"
    noisy = {**lbbb.delineation.quality, "V2": Quality.NOISY}
    assert quality_sentence(replace(lbbb, delineation=replace(lbbb.delineation, quality=noisy))) == "Quality: V2 noisy"


def test_moving_the_cursor_keeps_every_reference_to_none(window: MainWindow, qapp: object) -> None:
    """PySide6 6.12.0 on Python 3.11 loses one reference to None a move, and dies of it."""

    def move(times: int) -> None:
        for k in range(times):
            window.session.set(Cursor(float(k % 398)))
            qapp.processEvents()  # type: ignore[attr-defined]

    lost = []
    for _ in range(3):  # other things come and go, but what is lost with each move is lost in each round
        gc.collect()
        before = sys.getrefcount(None)
        move(1000)
        gc.collect()
        lost.append(before - sys.getrefcount(None))
    assert min(lost) < 100


def test_windows_that_were_closed_leave_nothing_behind(qtbot: QtBot, qapp: object, tmp_path: Path) -> None:
    from PySide6.QtCore import QCoreApplication, QEvent

    def open_and_close() -> weakref.ref[object]:
        session = Session()
        window = MainWindow(session, Memory(tmp_path), Link(session), gl="off")
        window.open_demo()
        window.show()
        window.close()
        window.deleteLater()
        return weakref.ref(session)

    first = open_and_close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert first() is None


HEAVY = (
    "torch",
    "captum",
    "wfdb",
    "scipy",
    "vtkmodules",
    "vtk",
    "pyqtgraph",
    "pydantic",
    "typer",
    "pyvista",
    "pandas",
    "matplotlib",
)


def test_nothing_heavy_is_imported_on_the_way_to_the_first_picture(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from cineviewer.ui import start, window\n"
        "def look(made):\n"
        f"    print([name for name in {HEAVY!r} if name in sys.modules])\n"
        "    made.close()\n"
        "old = window.MainWindow.__init__\n"
        "def init(self, *a, **k):\n"
        "    old(self, *a, **k)\n"
        "    self.painted.connect(lambda: look(self))\n"
        "window.MainWindow.__init__ = init\n"
        f"sys.exit(start.run(['--state', {str(tmp_path)!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_torch_never_comes_into_the_windows_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cineviewer", "--state", str(tmp_path), "--measure", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(done.stdout)["heavy_at_the_end"] == []


def test_a_screenshot_of_the_window_is_written_and_named(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    command = [
        sys.executable,
        "-m",
        "cineviewer",
        "--screenshot",
        str(picture),
        "--size",
        "1280x800",
        "--theme",
        "light",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(picture)
    from PySide6.QtGui import QImage

    image = QImage(str(picture))
    assert image.size().toTuple() == (1280, 800)
    assert image.pixelColor(1150, 787).lightness() < 60  # the chip at the foot's right


def test_the_session_file_opens_what_the_window_showed(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
    window.session.set(Paper(layout="12x1"))
    window.save_session()
    assert json.loads(path.read_text())["schema"] == 1
    another = Session()
    another.restore(document.read(path.read_text(encoding="utf-8")))
    assert another.get(Paper) == window.session.get(Paper)
    assert another.get(Selection) == window.session.get(Selection)


def test_a_folder_of_surfaces_dropped_on_the_window_becomes_the_heart(
    window: MainWindow, clients: list, heart_folder: Path, qtbot: QtBot
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(heart_folder))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    path = window.session.get(Selection).path
    window.dropEvent(QDropEvent(QPoint(300, 300), Qt.DropAction.CopyAction, data, left, none))
    assert window.session.get(Engine).heart == str(heart_folder)
    assert window.session.get(Selection).path == path
    assert clients[0].requests[-1][1].heart == heart_folder
    window.menus.actions["generic-heart"].trigger()
    assert window.session.get(Engine).heart is None
    assert window.session.shown.progress is None


def test_a_heart_is_asked_for_by_a_dialog(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, heart_folder: Path
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(heart_folder))
    window.menus.actions["open-heart"].trigger()
    assert window.session.get(Engine).heart == str(heart_folder)
