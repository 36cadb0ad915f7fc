from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from cineviewer.ui import interactions
from cineviewer.ui.actions import ACTIONS
from cineviewer.ui.window import MainWindow


def test_the_page_of_keys_and_mouse_is_not_older_than_the_table() -> None:
    page = Path(__file__).parents[2] / "docs/interactions.md"
    assert page.read_text(encoding="utf-8") == interactions.markdown(), "run: make docs"


def test_the_sheet_names_every_key(window: MainWindow, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLabel

    from cineviewer.ui.sheets import ShortcutSheet

    sheet = ShortcutSheet(window)
    qtbot.addWidget(sheet)
    words = {label.text() for label in sheet.findChildren(QLabel)}
    assert {interactions.key_text(action) for action in ACTIONS if action.keys} <= words
