from __future__ import annotations

import gc

import pytest

from cineviewer.session.event import Event


class Pane:
    def __init__(self) -> None:
        self.heard: list[int] = []

    def hear(self, value: int) -> None:
        self.heard.append(value)


def test_listeners_hear_in_the_order_in_which_they_came() -> None:
    event: Event[int] = Event()
    heard: list[str] = []
    event.connect(lambda value: heard.append(f"a{value}"))
    event.connect(lambda value: heard.append(f"b{value}"))
    event.emit(1)
    assert heard == ["a1", "b1"]


def test_a_pane_that_is_gone_is_forgotten_and_not_kept_alive() -> None:
    event: Event[int] = Event()
    pane, other = Pane(), Pane()
    heard = pane.heard
    event.connect(pane.hear)
    event.connect(other.hear)
    del pane
    gc.collect()
    event.emit(1)
    assert heard == []
    assert other.heard == [1]
    assert len(event._listeners) == 1


def test_who_begins_to_listen_while_told_hears_the_next_value() -> None:
    event: Event[int] = Event()
    late: list[int] = []
    event.connect(lambda _value: event.connect(late.append))
    event.emit(1)
    assert late == []
    event.emit(2)
    assert late[0] == 2


def test_an_error_in_a_listener_is_not_swallowed() -> None:
    event: Event[int] = Event()
    event.connect(lambda value: 1 // value)
    with pytest.raises(ZeroDivisionError):
        event.emit(0)
