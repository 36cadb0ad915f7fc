"""Starts the window: the traces first; what is heavy comes after the first picture."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from cineviewer.errors import InputError
from cineviewer.session import Engine, Look, Selection, Session, document
from cineviewer.ui import theme
from cineviewer.ui.garbage import Collector
from cineviewer.ui.link import Link
from cineviewer.ui.memory import Memory
from cineviewer.ui.settle import when_settled
from cineviewer.ui.window import MainWindow

if TYPE_CHECKING:
    from cineviewer.analysis.cache import Cache
    from cineviewer.analysis.worker import Client

SETTLE_LIMIT_S = 120.0


def run(options: argparse.Namespace, cache: Cache | None = None, client: Client | None = None) -> int:
    """Open the window on what the options name; return the exit code.

    Without paths the records of last time come back, and the bundled cases where there were none.

    Parameters
    ----------
    cache
        Where the model's answers are kept between sessions; None to keep none.
    client
        Of a worker that has started already; without one it starts after the first picture.
    """
    _choose_platform(options.screenshot)
    QCoreApplication.setApplicationName("cineviewer")
    QCoreApplication.setOrganizationName("cineviewer")
    app = QApplication.instance() or QApplication([sys.argv[0], *theme.STYLE, *options.qt])
    assert isinstance(app, QApplication)
    session, memory = Session(), Memory(options.state)
    if options.screenshot is None:
        memory.read_session(session)
    if options.session is not None:
        session.restore(document.read(_text(options.session)))
    if options.heart is not None:
        session.restore([replace(session.get(Engine), heart=str(options.heart.absolute()))])
    if options.theme is not None:
        session.restore([replace(session.get(Look), theme=options.theme)])
    theme.take_type_size(session.get(Look))
    theme.apply(app, session.get(Look))
    connect = client.listen if client else None
    kept = memory.folder / "landmarks"
    link = Link(session, connect, cache=cache, use_stored=not options.no_cache, landmarks=kept)
    app.aboutToQuit.connect(link.close)
    # Qt's loop never lets Python see an interrupt; the worker ends by itself when its pipe closes.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    window = MainWindow(session, memory, link, gl=options.gl)
    window.drawn.connect(Collector(window).spare)
    window.restore()
    if options.size is not None:
        window.resize(*options.size)
    begin(window, options.paths, remembered=options.session is None and options.screenshot is None)
    if options.measure is not None:
        from cineviewer.ui.measure import Milestones

        Milestones(window, options.measure)
    if session.shown.progress is not None:
        link.start()  # the first picture shows what the worker reads
    else:
        # The worker takes a processor for a second: where nothing is asked of it, the ventricles are drawn first.
        window.drawn.connect(link.start)
    if options.screenshot is not None:
        when_settled(window, lambda settled: _take(window, options.screenshot, settled), SETTLE_LIMIT_S)
    window.show()
    return app.exec()


def begin(window: MainWindow, paths: Sequence[Path], *, remembered: bool) -> None:
    """Open the paths, else what was open last time, else the bundled cases."""
    session = window.session
    selection = session.get(Selection)
    session.restore([Selection()])
    if paths:
        window.open_paths(list(paths))
    elif remembered and selection.path is not None and _is_here(selection.path):
        window.reopen(selection)
    else:
        window.open_demo()
    session.restore([])  # a beginning: nothing to undo


def _is_here(path: str) -> bool:
    return any(Path(f"{path}{suffix}").is_file() for suffix in ("", ".hea"))


def _take(window: MainWindow, path: Path, settled: bool) -> None:
    saved = window.grab().save(str(path))
    if not saved:
        print(f"{path}: the picture could not be written; choose another place.", file=sys.stderr)
    elif not settled:
        print(f"The window was still computing after {SETTLE_LIMIT_S:.0f} s; {path} shows it so.", file=sys.stderr)
    else:
        print(path)
    window.close()
    QCoreApplication.exit(0 if saved and settled else 1)


def _choose_platform(screenshot: Path | None) -> None:
    """Draw a picture off-screen where there is no display; Qt itself would abort the process without one."""
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if named or not sys.platform.startswith("linux"):
        return
    if screenshot is None:
        raise InputError(
            "no-display",
            "there is no display here for a window",
            repair="start it where there is one, or draw the window into a file with --screenshot FILE",
        )
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(
            "no-session", "this session cannot be read", where=path, repair="name a saved session"
        ) from error
