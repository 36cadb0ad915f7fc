"""The reading process: a file becomes a case whose beats are known, and the question that the network is asked."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

from cineviewer.analysis.cache import Cache, FileState, state_of
from cineviewer.analysis.case import Case, Settings
from cineviewer.analysis.hearts import in_heart, load_heart
from cineviewer.analysis.messages import Answered, Asked, Failed, Found, Refused, Request, Silent
from cineviewer.analysis.process import serve
from cineviewer.analysis.question import Answer, Question, load_card, question
from cineviewer.analysis.steps import as_the_reader_set, read, with_beats
from cineviewer.errors import InputError

RECENT_CASES = 6


class Reader:
    """Reads records, and remembers the last few for the next settings or beat.

    Parameters
    ----------
    cache
        Where answers of earlier sessions are; None to ask the network each time.
    """

    def __init__(self, cache: Cache | None) -> None:
        self._cache = cache
        self._recent: OrderedDict[FileState, Case] = OrderedDict()
        self._sent: Case | None = None

    def answers(self, request: object) -> Iterator[object]:
        """Yield what was found about the record that a request names."""
        assert isinstance(request, Request)
        try:
            yield from self._found(request)
        except InputError as error:
            yield Failed(request.number, str(error), error.code)
        except Exception as error:  # noqa: BLE001  the boundary: what else goes wrong costs this case, not the process
            sentence = f"{request.path.name} could not be read: {type(error).__name__}: {error}"
            yield Failed(request.number, sentence, "internal")

    def _found(self, request: Request) -> Iterator[object]:
        file = state_of(request.path)
        case = self._recent.get(file)
        if case is None:
            case = read(request.path)
            yield self._sending(request, case, 0.05, "Finding beats")
            case = with_beats(case)
            self._recent[file] = case
            if len(self._recent) > RECENT_CASES:
                self._recent.popitem(last=False)
        case = self._recent[file] = as_the_reader_set(case, request.settings)
        self._recent.move_to_end(file)
        if request.settings.heart is not None and case.heart is None:
            yield self._sending(request, case, 0.1, "Reading the heart")
        try:
            case = self._recent[file] = in_heart(case, request.settings)
        except InputError as error:
            yield Refused(request.number, str(error))
            return
        yield self._sending(request, case, 0.15, f"Asking {request.settings.model}")
        asked = question(case, request.settings)
        if isinstance(asked, str):
            yield Silent(request.number, asked)
        elif kept := self._kept(asked, file, case):
            yield Answered(request.number, kept)
        else:
            yield Asked(request.number, asked, None if case.hand_set else file)

    def _kept(self, asked: Question, file: FileState, case: Case) -> Answer | None:
        """Return the answer of an earlier session; the file's verdict is that of its own landmarks or none."""
        if self._cache is None:
            return None
        kept = self._cache.answer(asked)
        if kept or case.hand_set:
            self._cache.keep_verdict(file, asked.settings.model, None if case.hand_set or not kept else kept.verdict)
        return kept

    def _sending(self, request: Request, case: Case, fraction: float, activity: str) -> Found:
        """Send a case once: of a long record it is tens of megabytes."""
        known, self._sent = case is self._sent, case
        return Found(request.number, None if known else case, fraction, activity)


def run(connection: Connection, cache: Cache | None, at_once: bool) -> None:
    """Read what is asked for until the connection closes; load first what that needs, unless it comes at once."""
    serve(connection, () if at_once else _warmings(), Reader(cache).answers)


def _warmings() -> Iterator[Callable[[], object]]:
    def reading() -> None:
        from cineviewer import records  # noqa: F401

    def filtering() -> None:
        import scipy.ndimage
        import scipy.signal  # noqa: F401

    def asking() -> None:
        import scipy.spatial  # noqa: F401

        load_heart()
        load_card(Settings().model)

    def odd_formats() -> None:
        import wfdb  # noqa: F401

    return iter((reading, filtering, asking, odd_formats))
