"""A process at the other end of a pipe: it never keeps its owner waiting, and is started again when it dies."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from queue import SimpleQueue

NICENESS = 5
SHORTEST_LIFE_S = 2.0
"""A process that dies at once, as one whose libraries are broken does, is started again no faster than this."""


class Process:
    """The owner's side.

    Parameters
    ----------
    name
        What the process is called in a list of processes.
    target
        A function of a module; it gets its end of the pipe and `arguments`, and calls `serve`.
    """

    def __init__(self, name: str, target: Callable[..., None], *arguments: object) -> None:
        self._name, self._target, self._arguments = name, target, arguments
        self._outgoing: SimpleQueue[object] = SimpleQueue()
        self._closing = False
        self._lock = threading.Lock()
        self._start()

    def listen(self, on_message: Callable[[object], None], on_restart: Callable[[], None]) -> None:
        """Hear what the process says, and send what is sent to it, from threads of its own.

        Parameters
        ----------
        on_message
            Called with each message.
        on_restart
            Called when the process died and another one was started; what it was asked is lost.
        """
        self._on_message, self._on_restart = on_message, on_restart
        threading.Thread(target=self._write, name=f"{self._name}-writer", daemon=True).start()
        threading.Thread(target=self._listen, name=f"{self._name}-listener", daemon=True).start()

    def send(self, message: object) -> None:
        """Send a message in a while: whoever calls does not wait, however busy the process is."""
        self._outgoing.put(message)

    def close(self) -> None:
        """End the process."""
        self._closing = True
        self._outgoing.put(None)
        with self._lock:
            with contextlib.suppress(OSError):
                self._connection.close()
            self._process.terminate()
        self._process.join(2.0)

    @property
    def pid(self) -> int | None:
        """The process's id."""
        return self._process.pid

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=self._target, args=(theirs, *self._arguments), name=self._name)
        self._process.daemon = True
        self._process.start()
        self._started_s = time.monotonic()
        theirs.close()

    def _write(self) -> None:
        while not self._closing:
            message = self._outgoing.get()
            # A broken pipe is a process that just died: the listener notices, starts another and says so.
            with contextlib.suppress(OSError):
                self._connection.send(message)

    def _listen(self) -> None:
        while not self._closing:
            try:
                message = self._connection.recv()
            except (EOFError, OSError):
                time.sleep(max(0.0, self._started_s + SHORTEST_LIFE_S - time.monotonic()))
                with self._lock:
                    if self._closing:
                        return
                    self._start()
                self._on_restart()
            else:
                self._on_message(message)


def serve(
    connection: Connection, warmings: Iterable[Callable[[], object]], answers: Callable[[object], Iterator[object]]
) -> None:
    """Answer messages until the pipe closes: what runs in the process.

    Only the newest message is answered, and not to the end if a newer one comes; None asks for nothing.

    Parameters
    ----------
    warmings
        What to do before anyone asks, in pieces, so that a message waits for one piece at most.
    answers
        Yields what to send back.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    # Modules are loaded to stay: looking through them for garbage again and again takes a tenth of the loading.
    gc.disable()
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        message = None
        for warm in warmings:
            message = _newest(connection, message)
            if message is not None:
                break
            # What goes wrong here goes wrong again when it is asked for, and is told then.
            with contextlib.suppress(Exception):
                warm()
        while True:
            message = _newest(connection, message or connection.recv())
            for answer in answers(message) if message is not None else ():
                if connection.poll():
                    break
                connection.send(answer)
            message = None
            if not gc.isenabled():
                gc.freeze()
                gc.enable()


def _newest(connection: Connection, message: object) -> object:
    """Return the last message that has come, or the one given if none has."""
    while connection.poll():
        message = connection.recv()
    return message
