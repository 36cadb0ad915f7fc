"""Work that waits for a later round: in order, one piece a round, none for what is gone."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from cineviewer.ui import rounds


class Worker:
    def __init__(self, log: list[str], name: str) -> None:
        self.log, self.name = log, name

    def work(self) -> None:
        self.log.append(self.name)


def test_pieces_come_in_order_one_a_round_and_each_once(qtbot: QtBot) -> None:
    log: list[str] = []
    first, second = Worker(log, "first"), Worker(log, "second")
    rounds.later(first.work)
    rounds.later(second.work)
    rounds.later(first.work)
    assert log == []
    seen = []
    while len(log) < 2:
        QCoreApplication.processEvents()
        seen.append(len(log))
    qtbot.wait(10)
    assert log == ["first", "second"]
    assert 1 in seen  # a round between them


def test_what_is_gone_does_not_work(qtbot: QtBot) -> None:
    log: list[str] = []
    gone, here = Worker(log, "gone"), Worker(log, "here")
    rounds.later(gone.work)
    rounds.later(here.work)
    del gone
    qtbot.waitUntil(lambda: bool(log))
    assert log == ["here"]


def test_a_widget_that_qt_has_deleted_does_not_work(qtbot: QtBot) -> None:
    log: list[str] = []

    class Widget(QObject):
        def work(self) -> None:
            log.append(self.objectName())

    deleted, here = Widget(), Worker(log, "here")
    rounds.later(deleted.work)
    rounds.later(here.work)
    delete(deleted)
    qtbot.waitUntil(lambda: bool(log))
    assert log == ["here"]
