"""A window on a bundled case, with a worker that the test speaks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from cineviewer import resources
from cineviewer.analysis.case import Case, Settings
from cineviewer.analysis.store import read_case
from cineviewer.analysis.worker import Message
from cineviewer.session import Look, Session
from cineviewer.ui import theme
from cineviewer.ui.link import Link
from cineviewer.ui.memory import Memory
from cineviewer.ui.window import MainWindow


class FakeClient:
    """Stands in for the worker: keeps the requests, says what the test wants it to say."""

    def __init__(self, on_message: Callable[[Message], None]) -> None:
        self.say = on_message
        self.requests: list[tuple[Path, Settings]] = []
        self.number = 0
        self.cancelled = 0
        self.closed = False
        self.pids = ()

    def open(self, path: Path, settings: Settings) -> int:
        self.requests.append((path, settings))
        self.number += 1
        return self.number

    def cancel(self) -> None:
        self.number += 1
        self.cancelled += 1

    def close(self) -> None:
        self.closed = True


@pytest.fixture(scope="session")
def demo() -> Path:
    """The folder of the bundled cases."""
    folder = resources.folder("demo")
    assert (folder / "lbbb.npz").is_file()
    return folder


@pytest.fixture(scope="session")
def lbbb(demo: Path) -> Case:
    return read_case(demo / "lbbb.npz")


@pytest.fixture
def clients() -> list[FakeClient]:
    """The fake workers that were started, in order."""
    return []


@pytest.fixture
def window(qtbot: QtBot, qapp: object, tmp_path: Path, clients: list[FakeClient]) -> Iterator[MainWindow]:
    """The window at 1280x800 on the first bundled case."""

    def connect(on_message: Callable[[Message], None]) -> FakeClient:
        clients.append(FakeClient(on_message))
        return clients[-1]

    session = Session()
    session.restore([Look(theme="light")])
    theme.apply(qapp, session.get(Look))  # type: ignore[arg-type]
    link = Link(session, connect)  # type: ignore[arg-type]
    made = MainWindow(session, Memory(tmp_path), link, gl="off")
    made.resize(1280, 800)
    made.open_demo()
    link.start()
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    qtbot.waitUntil(lambda: not made.is_busy())
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
