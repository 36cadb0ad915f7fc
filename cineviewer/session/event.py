"""An event: those who listen hear of a value; methods are held weakly, so that a closed pane is forgotten.

These lines stand in for a library that would take a tenth of the time to the first picture to import.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Generic, TypeVar
from weakref import WeakMethod

T = TypeVar("T")
Listener = Callable[[T], object]


class Event(Generic[T]):
    """Tells listeners in the order in which they came, at once."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], Listener[T] | None]] = []

    def connect(self, listener: Listener[T]) -> None:
        """Call `listener(value)` from now on; a method as long as its object lives, a function for ever."""
        self._listeners.append(WeakMethod(listener) if isinstance(listener, MethodType) else lambda: listener)

    def emit(self, value: T) -> None:
        """Tell everyone who listened when this began."""
        gone = False
        for reference in tuple(self._listeners):
            listener = reference()
            if listener is None:
                gone = True
            else:
                listener(value)
        if gone:
            self._listeners = [reference for reference in self._listeners if reference() is not None]
