"""The link between session and worker: asks for what the session selects, shows what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from cineviewer.analysis.cache import Cache
from cineviewer.analysis.case import Case, Settings
from cineviewer.analysis.store import read_case
from cineviewer.ecg import Explanation, Method, Record
from cineviewer.errors import InputError
from cineviewer.session import Engine, HandSets, Selection, Session, Shown
from cineviewer.ui.handset import HandSetFiles, windows_alike

if TYPE_CHECKING:
    # At run time only when the worker is started: multiprocessing takes its time.
    from cineviewer.analysis.worker import Client, Message, Progress

STORED = ".npz"
PARTIAL_MS = 120
"""Better and better maps come faster than anyone sees them: the newest is drawn at this pace, the final one at once."""


class Link(QObject):
    """Follows the session's Selection and Engine; results come back as its Shown.

    Parameters
    ----------
    session
        The window's session.
    connect
        Makes the client of the worker from the function that hears its messages; the worker process by default.
    cache
        Where the model's answers are kept between sessions; None to keep none.
    use_stored
        Whether a stored case shows its stored explanation, or is computed anew.
    landmarks
        The folder of the landmarks that the reader set by hand; None to keep none.
    """

    arrived = Signal(object)
    read = Signal(str, object)
    """A path was tried: (path, None) when it could be read, (path, sentence) when not."""

    def __init__(
        self,
        session: Session,
        connect: Callable[[Callable[[Message], None]], Client] | None = None,
        *,
        cache: Cache | None = None,
        use_stored: bool = True,
        landmarks: Path | None = None,
    ) -> None:
        super().__init__()
        self._session = session
        self._connect = connect
        self.cache = cache
        self._use_stored = use_stored
        self._hand_sets = HandSetFiles(session, landmarks)
        self._client: Client | None = None
        self._asked: tuple[str, Settings] | None = None
        self._number: int | None = None
        self._partial: Progress | None = None
        self._good_heart: str | None = None
        self._refused: str | None = None
        self._pause = QTimer(self, singleShot=True, interval=PARTIAL_MS)
        self._pause.timeout.connect(self._show_partial)
        self.arrived.connect(self._receive)
        session.on(Selection, self._follow)
        session.on(Engine, self._follow)
        session.on(HandSets, self._follow_hand_sets)

    def start(self) -> None:
        """Start the worker; what was asked for before is asked now."""
        if self._client is None:
            self._client = self._connected()
            if self._asked is not None and self._session.shown.progress is not None:
                self._send(*self._asked)

    def _connected(self) -> Client:
        if self._connect is not None:
            return self._connect(self.arrived.emit)
        from cineviewer.analysis.worker import Client

        return Client(self.cache).listen(self.arrived.emit)

    def retry(self) -> None:
        """Ask once more for what the session selects."""
        self._asked = None
        self._follow()

    def cancel(self) -> None:
        """Give up what is being computed; what is shown stays, stale if it belongs to other settings."""
        if self._client is not None:
            self._client.cancel()
        self._number = None
        self._session.show(replace(self._session.shown, progress=None, activity=""))

    def close(self) -> None:
        """End the worker."""
        if self._client is not None:
            self._client.close()
            self._client = None

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """The ids of the worker's processes while they run."""
        return self._client.pids if self._client else ()

    def _follow(self, _part: object = None) -> None:
        path = self._session.get(Selection).path
        if path is not None and (path, self._wanted()) != self._asked:
            self._refused = None
            self._ask(path, self._wanted())

    def _wanted(self) -> Settings:
        plain = settings(self._session.get(Engine), self._session.get(Selection).beat)
        return self._hand_sets.asked_for(plain)

    def _ask(self, path: str, wanted: Settings) -> None:
        """Show what is stored, or ask for what is wanted."""
        self._asked = path, wanted
        plain = replace(wanted, landmarks=None, beside_record=False)
        if self._use_stored and plain == Settings() and path.endswith(STORED):
            self._show_stored(Path(path))
        else:
            self._announce(Path(path))
            self._send(path, wanted)

    def _show_stored(self, path: Path) -> None:
        if self._client is not None:
            self._client.cancel()
        self._number = None
        try:
            case = read_case(path)
        except InputError as error:
            self._session.show(replace(self._session.shown, progress=None, activity="", notice=str(error)))
            self.read.emit(str(path), str(error))
            return
        self._good_heart = None
        self._show_so(case)
        self.read.emit(str(path), None)
        self._show_moved(self._hand_sets.of(case))

    def _follow_hand_sets(self, _part: object) -> None:
        """Keep what the reader set, show it at once, and ask what the model says of it."""
        if sentence := self._hand_sets.write():
            self._session.show(replace(self._session.shown, notice=sentence))
        case = self._session.shown.case
        if case is not None:
            self._show_moved(self._hand_sets.of(case))

    def _show_moved(self, case: Case) -> None:
        """Show a case with other landmarks; what of it is the model's is stale until it has answered."""
        shown = self._session.shown
        if shown.case is None or self._asked is None or case is shown.case:
            return
        busy = shown.progress is not None
        if not busy and windows_alike(shown.case, case):
            self._session.show(replace(shown, case=case))
            return
        self._session.show(Shown(case, case.explanation is not None, 0.0, f"Explaining {case.record.name}"))
        self._send(*self._asked)

    def _announce(self, path: Path) -> None:
        """Say what is coming; an explanation of the same record that no longer belongs to the settings is stale."""
        shown = self._session.shown
        same = shown.case is not None and is_of(shown.case.record, str(path))
        stale = same and shown.case is not None and shown.case.explanation is not None
        activity = f"{'Explaining' if same else 'Opening'} {path.stem if path.suffix == STORED else path.name}"
        self._show_so(shown.case, stale=stale, progress=0.0, activity=activity)

    def _show_so(
        self, case: Case | None, *, stale: bool = False, progress: float | None = None, activity: str = ""
    ) -> None:
        """Show a case; that a heart was refused stays said until something else is asked for."""
        about = "The heart" if self._refused else ""
        self._session.show(Shown(case, stale, progress, activity, self._refused, about))

    def _send(self, path: str, wanted: Settings) -> None:
        if self._client is not None:
            # A stored case lies beside its record: what it does not hold is computed from that.
            file = Path(path).with_suffix("") if path.endswith(STORED) else Path(path)
            self._number = self._client.open(file, wanted)

    def _receive(self, message: Message) -> None:
        if message.number != self._number or self._asked is None:
            return
        from cineviewer.analysis.worker import Failed, Progress, Refused, Restarted

        match message:
            case Progress(final=False, case=Case(explanation=Explanation())):
                self._partial = message
                if not self._pause.isActive():
                    self._pause.start()
            case Progress():
                self._show(message)
            case Failed(sentence=sentence):
                self._fail(sentence)
            case Refused(sentence=sentence):
                self._refuse(sentence)
            case Restarted(sentence=sentence):
                busy = self._session.shown.progress is not None
                self._fail(f"{sentence} What it was computing is lost; press Retry." if busy else sentence)

    def _show_partial(self) -> None:
        if self._partial is not None and self._partial.number == self._number:
            self._show(self._partial)

    def _refuse(self, sentence: str) -> None:
        """Go back to the heart that was there before, and say why."""
        engine = self._session.get(Engine)
        good = None if engine.heart == self._good_heart else self._good_heart
        self._session.adopt(replace(engine, heart=good))
        self._refused = sentence
        assert self._asked is not None
        self._ask(self._asked[0], self._wanted())

    def _fail(self, sentence: str) -> None:
        assert self._asked is not None
        self._number = None
        shown = self._session.shown
        self._session.show(replace(shown, progress=None, activity="", notice=sentence))
        if shown.case is None or not is_of(shown.case.record, self._asked[0]):
            self.read.emit(self._asked[0], sentence)

    def _show(self, message: Progress) -> None:
        self._partial = None
        shown = self._session.shown
        case: Case = message.case
        progress = None if message.final else message.fraction
        waiting = case.explanation is None and not message.final
        if waiting and shown.case is not None and shown.case.record.sha256 == case.record.sha256:
            if shown.case.explanation is not None:
                case = shown.case
            self._show_so(case, stale=shown.stale, progress=progress, activity=message.activity)
        else:
            self._show_so(case, progress=progress, activity=message.activity)
            if not waiting:
                self._good_heart = None if case.heart is None else self._session.get(Engine).heart
        if self._asked is not None and (message.final or waiting):
            self.read.emit(self._asked[0], None)


def settings(engine: Engine, beat: int | None) -> Settings:
    """Return what the worker needs to know of the session's engine."""
    heart = None if engine.heart is None else Path(engine.heart)
    return Settings(engine.model, Method(engine.method, reference=engine.reference), engine.path, beat, heart=heart)


def is_of(record: Record, path: str) -> bool:
    """Return whether a record was read from this path, with or without a file's suffix."""
    wanted = Path(path)
    return record.path in (wanted, wanted.with_suffix(""))
