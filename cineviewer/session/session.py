"""The session: one evented object made of frozen parts, with one setter, undo, and a versioned JSON form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from cineviewer.analysis.case import Case
from cineviewer.session.event import Event
from cineviewer.session.parts import EPHEMERAL, KINDS, Part

P = TypeVar("P", bound=Part)
UNDO_DEPTH = 100


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is on screen: the case, and whether it belongs to the present settings.

    `stale` means that newer settings are being computed: panes draw the attribution faded and say so.
    `progress` is 0-1 while something computes, else None; `notice` a sentence for the user, else None, and `about`
    what it is about where that is not the record.
    """

    case: Case | None = None
    stale: bool = False
    progress: float | None = None
    activity: str = ""
    notice: str | None = None
    about: str = ""


class Session:
    """All that the user sees: `get` a part by its class, `set` a new one, `on` hears of it."""

    def __init__(self) -> None:
        self._parts: dict[type[Any], Part] = {kind: kind() for kind in KINDS}
        self._events: dict[type[Any], Event[Any]] = {kind: Event() for kind in (*KINDS, Shown)}
        self._undo: list[Part] = []
        self._redo: list[Part] = []
        self._shown = Shown()

    def get(self, kind: type[P]) -> P:
        """Return the present part of this class."""
        return cast("P", self._parts[kind])

    def set(self, part: Part) -> None:
        """Put a part in the place of the present one of its class, remember the old one, tell the listeners."""
        old = self._parts[type(part)]
        if old == part:
            return
        if type(part) not in EPHEMERAL:
            self._undo = [*self._undo, old][-UNDO_DEPTH:]
            self._redo = []
        self._replace(part)

    @property
    def shown(self) -> Shown:
        """The case on screen and what is being computed."""
        return self._shown

    def show(self, shown: Shown) -> None:
        """Put another case, or more of the same, on screen."""
        self._shown = shown
        self._events[Shown].emit(shown)

    def on(self, kind: type[Any], listener: Callable[[Any], object]) -> None:
        """Call `listener(part)` whenever the part of this class (or Shown) changes; methods are held weakly."""
        self._events[kind].connect(listener)

    def undo(self) -> bool:
        """Put back what the last `set` replaced; False if there is nothing."""
        return self._swap(self._undo, self._redo)

    def redo(self) -> bool:
        """Take the last `undo` back; False if there is nothing."""
        return self._swap(self._redo, self._undo)

    def restore(self, parts: Iterable[Part]) -> None:
        """Put stored parts in place; that is a beginning, so there is nothing to undo afterwards."""
        for part in parts:
            if self._parts[type(part)] != part:
                self._replace(part)
        self._undo, self._redo = [], []

    def adopt(self, part: Part) -> None:
        """Put a part in place that no user set, but that was so before: nothing to undo, nobody is told."""
        self._parts[type(part)] = part

    @property
    def can_undo(self) -> bool:
        """True if `undo` would put something back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """True if `redo` would take something back."""
        return bool(self._redo)

    def _swap(self, source: list[Part], target: list[Part]) -> bool:
        if not source:
            return False
        part = source.pop()
        target.append(self._parts[type(part)])
        self._replace(part)
        return True

    def _replace(self, part: Part) -> None:
        self._parts[type(part)] = part
        self._events[type(part)].emit(part)
