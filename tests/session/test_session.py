from __future__ import annotations

from cineviewer.session import Cursor, Overlay, Paper, Scale, Session


def test_setting_a_part_tells_only_those_who_listen_to_it() -> None:
    session, heard = Session(), []
    session.on(Cursor, lambda part: heard.append(part))
    session.set(Overlay(style="off"))
    session.set(Cursor(86.0))
    assert heard == [Cursor(86.0)]


def test_setting_an_equal_part_is_silent() -> None:
    session, heard = Session(), []
    session.on(Cursor, lambda part: heard.append(part))
    session.set(Cursor(0.0))
    assert heard == []


def test_undo_puts_parts_back_in_reverse_order_and_redo_takes_it_back() -> None:
    session = Session()
    session.set(Overlay(style="off"))
    session.set(Paper(beat=Scale(200.0, 10.0)))
    assert session.undo()
    assert session.get(Paper) == Paper()
    assert session.get(Overlay).style == "off"
    assert session.undo()
    assert session.get(Overlay) == Overlay()
    assert not session.can_undo
    assert not session.undo()
    assert session.redo()
    assert session.get(Overlay).style == "off"
    assert session.can_redo


def test_a_new_change_ends_the_way_forward() -> None:
    session = Session()
    session.set(Overlay(style="off"))
    session.undo()
    session.set(Overlay(style="trace"))
    assert not session.can_redo


def test_moving_the_cursor_is_not_an_undo_step() -> None:
    session = Session()
    session.set(Overlay(style="off"))
    for t_ms in range(500):
        session.set(Cursor(float(t_ms)))
    session.undo()
    assert session.get(Overlay) == Overlay()
    assert session.get(Cursor) == Cursor(499.0)


def test_a_restored_session_begins_with_nothing_to_undo() -> None:
    session, heard = Session(), []
    session.on(Overlay, lambda part: heard.append(part))
    session.set(Paper(layout="12x1"))
    session.restore([Overlay(style="trace"), Paper()])
    assert heard == [Overlay(style="trace")]
    assert not session.can_undo
