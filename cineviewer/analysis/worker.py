"""The worker: one process that computes cases for the window, and the client through which the window asks.

It is a process of its own so that torch never burdens the window, a computation can always be ended, and a crash
in it costs one result. Messages are frozen data classes with the number of the request that they answer; whoever
shows them drops those whose number is not the latest.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path as FilePath

from cineviewer.analysis.case import Case, Settings, Step, explained, load_heart, load_model, open_steps
from cineviewer.ecg import Window
from cineviewer.errors import InputError

RECENT_CASES = 6
NICENESS = 5


@dataclass(frozen=True, slots=True)
class Request:
    """Open a record under these settings."""

    number: int
    path: FilePath
    settings: Settings


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """A case so far; `final` says that nothing more follows for this number."""

    number: int
    case: Case
    fraction: float
    activity: str
    final: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """A record that could not be read or explained, as a sentence for the user."""

    number: int
    sentence: str
    code: str


@dataclass(frozen=True, slots=True)
class Restarted:
    """The process died and was started again; the request of this number is lost."""

    number: int
    sentence: str


Message = Progress | Failed | Restarted


class Client:
    """The window's side of the worker.

    Parameters
    ----------
    on_message
        Called with each Message from a thread of the client's own.
    """

    def __init__(self, on_message: Callable[[Message], None]) -> None:
        self._on_message = on_message
        self._number = 0
        self._closing = False
        self._lock = threading.Lock()
        self._start()

    def open(self, path: FilePath, settings: Settings) -> int:
        """Ask for a case; a request still under way is given up. Returns the request's number."""
        self._number += 1
        self._send(Request(self._number, path, settings))
        return self._number

    def cancel(self) -> None:
        """Give up what is under way; what arrives of it afterwards carries an old number."""
        self._number += 1
        self._send(None)

    def close(self) -> None:
        """End the process."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._connection.close()
        self._process.terminate()
        self._process.join(2.0)

    @property
    def pid(self) -> int | None:
        """The process's id."""
        return self._process.pid

    def _send(self, request: Request | None) -> None:
        # A broken pipe is a worker that just died: the reader notices, starts another and says so.
        with self._lock, contextlib.suppress(OSError):
            self._connection.send(request)

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), name="cineviewer-worker", daemon=True)
        self._process.start()
        theirs.close()
        threading.Thread(target=self._listen, args=(self._connection,), name="worker-listener", daemon=True).start()

    def _listen(self, connection: Connection) -> None:
        while True:
            try:
                message = connection.recv()
            except (EOFError, OSError):
                break
            self._on_message(message)
        if not self._closing:
            with self._lock:
                self._start()
            self._on_message(Restarted(self._number, "The computing process stopped and was started again."))


def serve(connection: Connection) -> None:
    """Answer requests until the connection closes: what runs in the worker process."""
    # Set before torch is imported: idle OpenMP threads that spin would take the processor from the window.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    recent: OrderedDict[tuple[FilePath, int], Case] = OrderedDict()
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        for warm in _warmings():
            if not connection.poll():
                warm()
        while True:
            request = connection.recv()
            if request is not None:
                _answer(connection, request, recent)


def _warmings() -> Iterator[Callable[[], object]]:
    """What to load before anyone asks, in pieces, so that a request waits for one piece at most."""

    def reading() -> None:
        from cineviewer import cine, records  # noqa: F401

    def filtering() -> None:
        import scipy.ndimage
        import scipy.signal  # noqa: F401

    def odd_formats() -> None:
        import wfdb  # noqa: F401

    def network() -> None:
        with contextlib.suppress(InputError):
            load_model(Settings().model)

    def first_attribution() -> None:
        # Folding the network, building its kernels and reading the heart happen once; nobody should wait for them.
        from cineviewer import explain

        with contextlib.suppress(InputError):
            model = load_model(Settings().model)
            load_heart()
            window = Window(None, model.mean_normal_mv, model.card.rate_hz, 0.0)
            next(explain.attribute(model, window, Settings().method))

    return iter((reading, filtering, network, first_attribution, odd_formats))


def _answer(connection: Connection, request: Request, recent: OrderedDict[tuple[FilePath, int], Case]) -> None:
    try:
        for step in _steps(request, recent):
            if connection.poll():
                return
            connection.send(Progress(request.number, step.case, step.fraction, step.activity, step.fraction >= 1.0))
    except InputError as error:
        connection.send(Failed(request.number, str(error), error.code))
    except (EOFError, OSError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001  the boundary: whatever else goes wrong costs this case, not the worker
        sentence = f"{request.path.name} could not be explained: {type(error).__name__}: {error}"
        connection.send(Failed(request.number, sentence, "internal"))


def _steps(request: Request, recent: OrderedDict[tuple[FilePath, int], Case]) -> Iterator[Step]:
    """Yield the case; reading and beats of the last few records are remembered for the next settings or beat."""
    key = (request.path, _modified_ns(request.path))
    if known := recent.get(key):
        recent.move_to_end(key)
        yield Step(known, 0.15, "Attributing")
        yield from explained(known, request.settings)
        return
    for step in open_steps(request.path, request.settings):
        if step.case.delineation is not None and key not in recent:
            recent[key] = replace(step.case, verdict=None, explanation=None, notices=())
            if len(recent) > RECENT_CASES:
                recent.popitem(last=False)
        yield step


def _modified_ns(path: FilePath) -> int:
    """Return when the record's files changed last; 0 where there are none, which reading will say in words."""
    times = [0]
    for suffix in ("", ".hea", ".dat", ".mat"):
        with contextlib.suppress(OSError):
            times.append(FilePath(f"{path}{suffix}").stat().st_mtime_ns)
    return max(times)
