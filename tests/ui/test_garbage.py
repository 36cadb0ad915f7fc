"""Dead cycles die in the window's thread, whichever thread left them."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from cineviewer.ui.garbage import Collector


@pytest.fixture
def collector() -> Iterator[Collector]:
    owner = QObject()
    yield Collector(owner)
    gc.enable()


def test_cycles_of_another_thread_die_in_the_windows(collector: Collector, qtbot: QtBot) -> None:
    died_in: list[int] = []

    class Cycle:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            died_in.append(threading.get_ident())

    n = 5 * gc.get_threshold()[0]
    thread = threading.Thread(target=lambda: [Cycle() for _ in range(n)] and None)
    thread.start()
    thread.join()
    assert not died_in
    qtbot.waitUntil(lambda: len(died_in) == n, timeout=5000)
    assert set(died_in) == {threading.get_ident()}
