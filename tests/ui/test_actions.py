from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from cineviewer.session import (
    Calipers,
    Camera,
    ColourScale,
    Cursor,
    Cut,
    Grip,
    Look,
    Notes,
    Overlay,
    Paper,
    Playback,
    Reveal,
    Scale,
    Selection,
    Session,
)
from cineviewer.ui.actions import ACTIONS, MENUS
from cineviewer.ui.window import MainWindow

WITH_KEYS = [action for action in ACTIONS if action.keys]


def test_no_two_actions_share_an_id_or_a_key() -> None:
    ids = Counter(action.id for action in ACTIONS)
    keys = Counter(QKeySequence(key).toString() for action in ACTIONS for key in action.keys)
    assert [name for name, n in (ids + keys).items() if n > 1] == []


def test_every_key_is_one_that_qt_understands_and_every_action_says_what_it_does() -> None:
    for action in ACTIONS:
        assert all(not QKeySequence(key).isEmpty() for key in action.keys), action.id
        assert action.tip
        assert action.menu.split("/")[0] in MENUS


def press(window: MainWindow, key: str) -> None:
    combination = QKeySequence(key)[0]
    QTest.keyClick(window, combination.key(), combination.keyboardModifiers())


def at(session: Session, t_ms: float) -> bool:
    return session.get(Cursor).t_ms == t_ms


# What must be true after a key was pressed in the window of `begin`, by the action's id.
EFFECTS: dict[str, Callable[[MainWindow], bool]] = {
    "cursor-back": lambda w: at(w.session, 99.0),
    "cursor-on": lambda w: at(w.session, 101.0),
    "cursor-back-10": lambda w: at(w.session, 90.0),
    "cursor-on-10": lambda w: at(w.session, 110.0),
    "cursor-start": lambda w: at(w.session, 0.0),
    "cursor-end": lambda w: at(w.session, 398.0),
    "play": lambda w: w.session.get(Playback).playing,
    "view-beat": lambda w: w.session.get(Selection).view == "beat" and w.session.get(Selection).beat is not None,
    "view-median": lambda w: w.session.get(Selection).view == "median",
    "view-record": lambda w: w.session.get(Selection).view == "record",
    "whole-beat": lambda w: w.session.get(Selection).whole,
    "landmark-next": lambda w: w.session.get(Grip).landmark == "p_on",
    "landmark-back": lambda w: w.session.get(Grip).landmark == "t_end",
    "filter": lambda w: not w.session.get(Paper).filtered,
    "gain-up": lambda w: w.session.get(Paper).beat.gain_mm_mv == 20.0,
    "gain-down": lambda w: w.session.get(Paper).beat.gain_mm_mv == 5.0,
    "speed-up": lambda w: w.session.get(Paper).beat.speed_mm_s == 200.0,
    "speed-down": lambda w: w.session.get(Paper).beat.speed_mm_s == 50.0,
    "standard-scale": lambda w: w.session.get(Paper).beat.is_standard,
    "layout-3x4+rhythm": lambda w: w.session.get(Paper).layout == "3x4+rhythm",
    "layout-3x4": lambda w: w.session.get(Paper).layout == "3x4",
    "layout-6x2": lambda w: w.session.get(Paper).layout == "6x2",
    "layout-12x1": lambda w: w.session.get(Paper).layout == "12x1",
    "cabrera": lambda w: w.session.get(Paper).order == "cabrera",
    "calipers": lambda w: w.session.get(Calipers).lead == "II",
    "overlay-next": lambda w: w.session.get(Overlay).style == "trace",
    "stronger": lambda w: w.session.get(Overlay).strength == 0.75,
    "weaker": lambda w: w.session.get(Overlay).strength == 0.25,
    "lock-scale": lambda w: w.session.get(ColourScale).locked,
    "camera-anterior": lambda w: w.session.get(Camera).view == "anterior",
    "camera-lao": lambda w: w.session.get(Camera).view == "lao",
    "camera-rao": lambda w: w.session.get(Camera).view == "rao",
    "camera-left-lateral": lambda w: w.session.get(Camera).view == "left-lateral",
    "camera-posterior": lambda w: w.session.get(Camera).view == "posterior",
    "camera-base": lambda w: w.session.get(Camera).view == "base",
    "camera-apex": lambda w: w.session.get(Camera).view == "apex",
    "camera-four-chamber": lambda w: w.session.get(Camera).view == "four-chamber",
    "cut": lambda w: not w.session.get(Cut).on,
    "cut-four-chambers": lambda w: w.session.get(Cut) == Cut(on=True),
    "cut-deeper": lambda w: abs(w.session.get(Cut).depth_mm) == 2.0,
    "cut-nearer": lambda w: abs(w.session.get(Cut).depth_mm) == 2.0,
    "camera-default": lambda w: w.session.get(Camera) == Camera(),
    **{
        f"pane-{n}": lambda w, n=n: not w.shows_pane(n)
        for n in ("cases", "traces", "timeline", "ventricles", "findings")
    },
    **{
        f"detach-{n}": lambda w, n=n: w.is_detached(n)
        for n in ("cases", "traces", "timeline", "ventricles", "findings")
    },
    "truth": lambda w: w.session.get(Reveal).truth,
    "theme-next": lambda w: w.session.get(Look).theme == "dark",
    "full-screen": lambda w: w.isFullScreen(),
    "case-next": lambda w: (w.session.get(Selection).path or "").endswith("normal.npz"),
    "case-back": lambda w: (w.session.get(Selection).path or "").endswith("lbbb.npz"),
    "beat-next": lambda w: w.session.get(Selection).beat == 0,
    "beat-back": lambda w: (w.session.get(Selection).beat or 0) > 5,
    "star": lambda w: len(w.session.get(Notes).stars) == 1,
    "search": lambda w: isinstance(QApplication.focusWidget(), QLineEdit),
    "undo": lambda w: w.session.get(Paper).layout == "3x4+rhythm",
    "redo": lambda w: w.session.get(Overlay).strength == 0.5,
    "retry": lambda w: w.session.shown.notice is None,
    "cancel": lambda w: w.session.shown.progress is None,
}
ASKS = {
    "open": "getOpenFileNames",
    "open-folder": "getExistingDirectory",
    "save-session": "getSaveFileName",
    "save-picture": "getSaveFileName",
}
SHEETS = {"note", "shortcuts", "settings"}


def begin(window: MainWindow) -> None:
    """Put the window where each key has something to change, and something to undo."""
    session = window.session
    session.restore([Cursor(100.0), Overlay(strength=0.5), Camera("posterior"), Paper(beat=Scale(100.0, 10.0))])
    session.restore([Cut(on=True, normal=(0.0, 1.0, 0.0))])
    session.set(replace(session.get(Paper), layout="6x2"))
    if session.get(Camera).view == "posterior":
        session.set(Camera("lao"))


def test_every_key_is_tested_here() -> None:
    assert {action.id for action in WITH_KEYS} == {*EFFECTS, *ASKS, *SHEETS, "quit"}


@pytest.mark.parametrize("action", [a for a in WITH_KEYS if a.id in EFFECTS], ids=lambda a: a.id)
def test_a_key_does_what_its_action_says(window: MainWindow, qtbot: QtBot, action: object) -> None:
    for key in action.keys:  # type: ignore[attr-defined]
        begin(window)
        press(window, key)
        qtbot.waitUntil(lambda: EFFECTS[action.id](window), timeout=2000)  # type: ignore[attr-defined]
        if action.id == "search":  # type: ignore[attr-defined]
            window.arrangement.setFocus()


@pytest.mark.parametrize("name", sorted(ASKS))
def test_keys_that_ask_open_the_dialog(window: MainWindow, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    asked: list[str] = []
    empty = {"getOpenFileNames": ([], ""), "getExistingDirectory": "", "getSaveFileName": ("", "")}
    for kind, answer in empty.items():
        monkeypatch.setattr(QFileDialog, kind, lambda *_a, kind=kind, answer=answer: (asked.append(kind), answer)[1])
    press(window, next(action.keys[0] for action in WITH_KEYS if action.id == name))
    assert asked == [ASKS[name]]


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_keys_that_show_a_sheet(window: MainWindow, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QDialog, "exec", lambda sheet: shown.append(type(sheet).__name__))
    press(window, next(action.keys[0] for action in WITH_KEYS if action.id == name))
    assert shown == [{"note": "NoteSheet", "shortcuts": "ShortcutSheet", "settings": "SettingsSheet"}[name]]


def test_quit_closes_the_window(window: MainWindow, qtbot: QtBot) -> None:
    press(window, "Ctrl+Q")
    qtbot.waitUntil(lambda: not window.isVisible())


@pytest.mark.parametrize("pane", ["cases", "traces", "timeline", "ventricles", "findings"])
def test_arrows_move_the_cursor_whichever_pane_has_the_focus(window: MainWindow, pane: str) -> None:
    window.session.set(Cursor(100.0))
    window.arrangement.pane(pane).setFocus(Qt.FocusReason.MouseFocusReason)
    focused = QApplication.focusWidget() or window
    QTest.keyClick(focused, Qt.Key.Key_Right)
    assert window.session.get(Cursor).t_ms == 101.0


def test_keys_belong_to_a_text_field_while_one_writes(window: MainWindow) -> None:
    window.search_cases()
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    before = (window.session.get(Cursor), window.session.get(Camera), window.session.get(Selection))
    QTest.keyClicks(field, "n1fb [5")
    QTest.keyClick(field, Qt.Key.Key_Left)
    QTest.keyClick(field, Qt.Key.Key_Home)
    QTest.keyClick(field, Qt.Key.Key_Space)
    assert field.text() == " n1fb [5"
    assert (window.session.get(Cursor), window.session.get(Camera), window.session.get(Selection)) == before
    assert not window.session.get(Playback).playing


def test_a_menu_greys_what_cannot_be_done(window: MainWindow) -> None:
    window.session.restore([])
    menu = window.menus.menu("Case")
    menu.aboutToShow.emit()
    assert not window.menus.actions["undo"].isEnabled()
    assert window.menus.actions["star"].isEnabled()
    window.session.set(Overlay(style="off"))
    menu.aboutToShow.emit()
    assert window.menus.actions["undo"].isEnabled()
