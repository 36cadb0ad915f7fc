"""The settings: each takes effect at once, and what a ruler said of a screen is kept for that screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QToolButton
from pytestqt.qtbot import QtBot

from cineviewer.analysis.case import Case
from cineviewer.session import ColourScale, Keeping, Look, Screens, Session, Shown, document
from cineviewer.ui import screen
from cineviewer.ui.memory import Memory
from cineviewer.ui.settings import RulerCheck, SettingsSheet


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def sheet(qtbot: QtBot, session: Session, lbbb: Case) -> SettingsSheet:
    session.show(Shown(lbbb))
    made = SettingsSheet(session, None)
    qtbot.addWidget(made)
    return made


def choose(sheet: SettingsSheet, name: str) -> None:
    button = next(b for b in sheet.findChildren(QToolButton) if b.accessibleName() == name)
    button.click()


def test_theme_type_and_scale_are_chosen_and_can_be_undone(sheet: SettingsSheet, session: Session) -> None:
    choose(sheet, "Theme: Dark")
    choose(sheet, "Type: 130 %")
    choose(sheet, "Colour scale: Fixed")

    assert session.get(Look) == Look(theme="dark", type_factor=1.3)
    assert session.get(ColourScale).locked
    assert session.get(ColourScale).limit

    choose(sheet, "Colour scale: Per case")
    choose(sheet, "Type: As the system")
    assert session.get(ColourScale) == ColourScale()
    assert session.get(Look).type_factor is None
    session.undo()
    assert session.get(Look).type_factor == 1.3


def test_boxes_say_what_is_so_and_change_it(sheet: SettingsSheet, session: Session) -> None:
    boxes = sheet.findChildren(QCheckBox)
    assert not any(box.isChecked() for box in boxes)
    for box in boxes:
        box.click()
    assert session.get(Look).light_paper
    assert session.get(Keeping).landmarks_beside


def test_a_scale_can_be_fixed_only_where_there_is_one(qtbot: QtBot, session: Session) -> None:
    made = SettingsSheet(session, None)
    qtbot.addWidget(made)
    fixed = next(b for b in made.findChildren(QToolButton) if b.accessibleName() == "Colour scale: Fixed")
    assert not fixed.isEnabled()


def test_the_ruler_that_was_kept_is_that_of_the_screen_also_after_a_restart(
    qtbot: QtBot, qapp: QApplication, session: Session, tmp_path: Path
) -> None:
    memory = Memory(tmp_path)
    memory.read_session(session)
    check = RulerCheck(session, qapp.primaryScreen())
    qtbot.addWidget(check)
    assert not check.forget.isEnabled()

    check.slider.setValue(512)
    assert check.drawing.px_per_mm == 5.12
    assert session.get(Screens) == Screens()  # not before the user says that it is right
    check.keep.click()

    assert screen.ruler(qapp.primaryScreen(), session.get(Screens)) == screen.Ruler(5.12, trusted=True)
    again = Session()
    Memory(tmp_path).read_session(again)
    assert again.get(Screens) == session.get(Screens)
    assert not session.can_undo
    assert "5.12" not in document.write(session)

    check.forget.click()
    assert not screen.ruler(qapp.primaryScreen(), session.get(Screens)).trusted


def test_what_is_kept_beside_a_record_is_the_users_own_choice_and_no_sessions(session: Session, tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.read_session(session)
    session.set(Keeping(landmarks_beside=True))

    again = Session()
    Memory(tmp_path).read_session(again)
    assert again.get(Keeping).landmarks_beside
    assert "beside" not in document.write(session)


def test_another_screen_is_not_believed_for_the_ruler_of_the_first(qapp: QApplication) -> None:
    other = Screens({"another 1920x1080@1": 3.7})
    assert not screen.ruler(qapp.primaryScreen(), other).trusted
