"""Work that can wait for a later round of the event loop: one piece a round, so that no round is long."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from types import MethodType
from weakref import WeakMethod

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

GAP_MS = 4
"""Long enough for the paint of the piece before to be a round of its own."""

_waiting: deque[WeakMethod[MethodType]] = deque()


def later(method: Callable[[], object]) -> None:
    """Call a method of an object that still lives in a later round; what waits already is called once."""
    assert isinstance(method, MethodType)
    reference = WeakMethod(method)
    if reference in _waiting:
        return
    _waiting.append(reference)
    if len(_waiting) == 1:
        QTimer.singleShot(GAP_MS, _next)


def _next() -> None:
    method = _waiting.popleft()()
    if _waiting:
        QTimer.singleShot(GAP_MS, _next)
    if method is not None and _lives(method.__self__):
        method()


def _lives(owner: object) -> bool:
    """Return False for a widget that Qt has deleted, though Python still holds it."""
    return not isinstance(owner, QObject) or isValid(owner)
