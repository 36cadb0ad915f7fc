"""One measurement of the window, in a process of its own: `python -m cineviewer.benchmark.window_probe NAME`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from cineviewer.ui.window import MainWindow

SIZE = (1280, 800)
MOVES = 500
LIMIT_S = 120.0
SOAK_CASES = 100
LONG_MIN = 30


def main(name: str, data: str) -> None:
    """Measure what `name` says on a fresh window; `data` is a PTB-XL folder or ""."""
    with tempfile.TemporaryDirectory() as folder:
        probe = _Probe(Path(folder), Path(data) if data else None)
        result: dict[str, float] = getattr(probe, name)()
        probe.close()
    print(json.dumps(result), flush=True)


class _Probe:
    """A real window with a real worker, on the bundled cases."""

    def __init__(self, folder: Path, data: Path | None) -> None:
        from PySide6.QtWidgets import QApplication

        from cineviewer.session import Look, Session
        from cineviewer.ui import theme
        from cineviewer.ui.garbage import Collector
        from cineviewer.ui.link import Link
        from cineviewer.ui.memory import Memory
        from cineviewer.ui.window import MainWindow

        self.folder, self.data = folder, data
        self.app = QApplication([])
        session = Session()
        session.restore([Look(theme="light")])
        theme.apply(self.app, session.get(Look))
        self.link = Link(session)
        self.window: MainWindow = MainWindow(session, Memory(folder / "state"), self.link)
        self.session = session
        self.window.drawn.connect(Collector(self.window).spare)
        self.window.resize(*SIZE)
        self.window.open_demo()
        self.window.painted.connect(self.link.start)
        self.window.show()
        self.wait(lambda: self.window.is_complete)
        self.view: Any = self.window.arrangement.pane("ventricles").view  # type: ignore[attr-defined]
        self.wait(lambda: not self.window.is_busy() and self.window.is_drawn())

    def close(self) -> None:
        """End window and worker."""
        self.window.close()

    def wait(self, done: Callable[[], bool]) -> None:
        """Let events run until something is so."""
        end = time.monotonic() + LIMIT_S
        while not done():
            self.app.processEvents()
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.001)

    # Measurements

    def cursor(self) -> dict[str, float]:
        """Return the 95th percentile of a cursor move, both panes painted, while nothing computes."""
        self._warm()
        self._moves(50)
        return {"p95_ms": _p95(self._moves(MOVES))}

    def cursor_busy(self) -> dict[str, float]:
        """Return the same while the worker explains one beat after the other."""
        busy = self._explain_for_ever()
        taken: list[float] = []
        while len(taken) < MOVES:
            next(busy)
            taken += self._moves(20)
        return {"p95_ms": _p95(taken)}

    def stall(self) -> dict[str, float]:
        """Return the longest time that the event loop did not come round while records are opened and explained."""
        busy = self._explain_for_ever()
        next(busy)
        longest, before = 0.0, time.perf_counter()
        end = before + 10.0
        while before < end:
            next(busy)
            self.app.processEvents()
            now = time.perf_counter()
            longest, before = max(longest, now - before), now
            time.sleep(0.0005)
        return {"longest_ms": 1000.0 * longest}

    def camera(self) -> dict[str, float]:
        """Return the 95th percentile of the time from a move of the mouse until the turned heart is on screen."""
        from PySide6.QtCore import QEventLoop, QPoint, Qt
        from PySide6.QtTest import QTest

        self._warm()
        at = QPoint(30, self.view.height() // 2)
        QTest.mousePress(self.view, Qt.MouseButton.LeftButton, pos=at)
        taken = []
        for k in range(120):
            started = time.perf_counter()
            before = self.view.frame_number
            QTest.mouseMove(self.view, at + QPoint(2 * (k % 60), k % 30), 0)
            while self.view.frame_number == before:
                self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            self.app.processEvents()
            taken.append(time.perf_counter() - started)
        QTest.mouseRelease(self.view, Qt.MouseButton.LeftButton, pos=at)
        return {"p95_ms": _p95(taken[5:])}

    def listing(self) -> dict[str, float]:
        """Return the time from a PTB-XL folder to a painted table, and of a filter over it."""
        from PySide6.QtWidgets import QLineEdit

        assert self.data is not None
        pane: Any = self.window.arrangement.pane("cases")
        started = time.perf_counter()
        pane.open_folder(self.data)
        self.wait(lambda: not pane.is_busy)
        self.app.processEvents()
        listed_s = time.perf_counter() - started
        started = time.perf_counter()
        pane.findChild(QLineEdit).setText("clbbb")
        self.app.processEvents()
        return {"seconds": listed_s, "filter_ms": 1000.0 * (time.perf_counter() - started), "rows": len(pane.cases)}

    def long_record(self) -> dict[str, float]:
        """Return the time from opening a 30-minute record to its first traces."""
        path = self._long_record()
        self._warm()
        started = time.perf_counter()
        self.window.open_paths([path])
        self.wait(lambda: self.session.shown.case is not None and self.session.shown.case.record.name == path.name)
        self.app.processEvents()
        return {"seconds": time.perf_counter() - started}

    def soak(self) -> dict[str, float]:
        """Return resident memory of window and worker after half and after all of 100 explained cases."""
        paths = self._records()
        self._warm()
        memory = {}
        for k in range(1, SOAK_CASES + 1):
            self.window.open_paths([next(paths)])
            self.wait(lambda: self.session.shown.progress is None)
            if k in (SOAK_CASES // 2, SOAK_CASES):
                memory[f"mb_after_{k}"] = self._resident_mb()
        return memory

    # How

    def _moves(self, times: int) -> list[float]:
        from cineviewer.session import Cursor

        taken = []
        for k in range(times):
            started = time.perf_counter()
            self.session.set(Cursor((k * 7.3) % 398.0))
            self.app.processEvents()
            taken.append(time.perf_counter() - started)
        return taken

    def _explain_for_ever(self) -> Iterator[None]:
        """Keep the worker busy: a new beat is asked for as soon as the last is explained."""
        from cineviewer.ui import deeds

        self._warm()
        while True:
            if self.session.shown.progress is None:
                deeds.step_beat(self.session, 1 if np.random.default_rng().random() < 0.5 else -1)
                if self.session.shown.progress is None:
                    deeds.show_median(self.session)
                    deeds.step_beat(self.session, 1)
            yield

    def _warm(self) -> None:
        """Wait until the worker has loaded what it needs: one beat explained."""
        from cineviewer.ui import deeds

        deeds.step_beat(self.session, 1)
        self.wait(lambda: self.session.shown.progress is None)
        if self.session.shown.notice is not None:
            raise RuntimeError(self.session.shown.notice)

    def _records(self) -> Iterator[Path]:
        from cineviewer import resources

        found = sorted((self.data / "records500").glob("*/*.hea"))[:SOAK_CASES] if self.data else []
        return cycle(found or sorted(resources.folder("demo").glob("*.hea")))

    def _long_record(self) -> Path:
        from cineviewer import resources

        source = resources.folder("demo") / "lbbb"
        header = source.with_suffix(".hea").read_text(encoding="utf-8").splitlines()
        name, leads, rate_hz, n_samples, *rest = header[0].split()
        times = round(LONG_MIN * 60.0 * float(rate_hz) / int(n_samples))
        # A zero checksum and first value are those of no long file: lines keep format, gain and lead alone.
        lines = [" ".join([name.replace("lbbb", "long"), leads, rate_hz, str(int(n_samples) * times), *rest])]
        for line in header[1 : int(leads) + 1]:
            _file, kind, gain, bits, zero, _first, _sum, block, lead = line.split()
            lines.append(f"long.dat {kind} {gain} {bits} {zero} 0 0 {block} {lead}")
        (self.folder / "long.dat").write_bytes(source.with_suffix(".dat").read_bytes() * times)
        (self.folder / "long.hea").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.folder / "long"

    def _resident_mb(self) -> float:
        import os

        pids = [os.getpid(), *self.link.worker_pids]
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) for pid in pids)
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _p95(seconds: list[float]) -> float:
    return float(np.quantile(seconds, 0.95)) * 1000.0


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
