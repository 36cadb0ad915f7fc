"""The worker: two processes that compute cases for the window, and the client through which the window asks.

One reads records and finds their beats, the other asks the network: so a record shows while torch is still being
imported, torch never burdens the window, and a crash costs one result. What they find comes back as a case better
and better, with the number of the request that it answers; whoever shows them drops those whose number is not the
latest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath

from cineviewer.analysis import answering, reading
from cineviewer.analysis.cache import Cache
from cineviewer.analysis.case import Case, Settings, Step, with_notice
from cineviewer.analysis.messages import Answered, Asked, Failed, Found, Refused, Request, Silent
from cineviewer.analysis.process import Process

__all__ = ["Client", "Failed", "Message", "Progress", "Refused", "Restarted"]


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """A case so far; `final` says that nothing more follows for this number."""

    number: int
    case: Case
    fraction: float
    activity: str
    final: bool


@dataclass(frozen=True, slots=True)
class Restarted:
    """A process died and was started again; the request of this number is lost."""

    number: int
    sentence: str


Message = Progress | Failed | Refused | Restarted


class Client:
    """The window's side of the worker.

    Reading starts when the client is made; answering, which takes a processor for more than a second, when somebody
    listens.

    Parameters
    ----------
    cache
        Where answers are kept between sessions; None to keep none and to use none.
    at_once
        Whether a record is about to be asked for, so that reading does not load first what only finding beats needs.
    """

    def __init__(self, cache: Cache | None = None, *, at_once: bool = False) -> None:
        self._number = 0
        self._found: tuple[int, Case | None] = (0, None)
        self._reading = Process("cineviewer-reading", reading.run, cache, at_once)
        self._cache = cache

    def listen(self, on_message: Callable[[Message], None]) -> Client:
        """Call a function with each Message, from threads of the client's own; returns the client."""
        self._on_message = on_message
        self._reading.listen(self._hear, self._restarted)
        self._answering = Process("cineviewer-answering", answering.run, self._cache)
        self._answering.listen(self._hear, self._restarted)
        return self

    def open(self, path: FilePath, settings: Settings) -> int:
        """Ask for a case; a request still under way is given up. Returns the request's number."""
        self._number += 1
        self._reading.send(Request(self._number, path, settings))
        self._answering.send(None)
        return self._number

    def cancel(self) -> None:
        """Give up what is under way; what arrives of it afterwards carries an old number."""
        self._number += 1
        self._reading.send(None)
        self._answering.send(None)

    def close(self) -> None:
        """End the processes of a client that was listened to."""
        self._reading.close()
        self._answering.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes' ids: that of reading, that of answering."""
        return tuple(pid for pid in (self._reading.pid, self._answering.pid) if pid is not None)

    def _hear(self, message: object) -> None:
        match message:
            case Found(number=number, case=case):
                self._found = (number, case or self._found[1])
                self._progress(number, lambda found: Step(found, message.fraction, message.activity))
            case Silent(number=number, reason=reason):
                self._progress(number, lambda found: Step(with_notice(found, reason), 1.0, ""))
            case Asked(number=number):
                if number == self._number:
                    self._answering.send(message)
            case Answered(number=number, answer=answer):
                self._progress(number, answer.completing)
            case Failed() | Refused():
                self._on_message(message)

    def _progress(self, number: int, step_of: Callable[[Case], Step]) -> None:
        found, case = self._found
        if number == found and case is not None:
            step = step_of(case)
            self._on_message(Progress(number, step.case, step.fraction, step.activity, step.fraction >= 1.0))

    def _restarted(self) -> None:
        self._on_message(Restarted(self._number, "The computing process stopped and was started again."))
