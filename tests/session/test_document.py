from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cineviewer.session import (
    GAINS_MM_MV,
    PLAYBACK_RATES,
    SPEEDS_MM_S,
    TYPE_FACTORS,
    Calipers,
    Camera,
    ColourScale,
    Cursor,
    Cut,
    Engine,
    Look,
    Notes,
    Overlay,
    Paper,
    Part,
    Playback,
    Reveal,
    Scale,
    Selection,
    Session,
    Span,
    document,
)

numbers = st.floats(allow_nan=False, allow_infinity=False)
points = st.none() | st.tuples(numbers, numbers, numbers)
scales = st.builds(Scale, st.sampled_from(SPEEDS_MM_S), st.sampled_from(GAINS_MM_MV))
PARTS: dict[type[Part], st.SearchStrategy[Any]] = {
    Cursor: st.builds(Cursor, numbers),
    Span: st.builds(Span, numbers),
    Paper: st.builds(
        Paper,
        scales,
        scales,
        st.sampled_from(["3x4+rhythm", "3x4", "6x2", "12x1"]),
        st.sampled_from(["standard", "cabrera"]),
        st.booleans(),
        scales,
    ),
    Overlay: st.builds(Overlay, st.sampled_from(["heat", "trace", "off"]), st.floats(0.0, 1.0)),
    ColourScale: st.builds(ColourScale, st.booleans(), st.none() | numbers),
    Camera: st.builds(Camera, st.none() | st.text(), points, points, points),
    Cut: st.builds(Cut, st.booleans(), points, numbers),
    Selection: st.builds(
        Selection,
        st.none() | st.text(),
        st.sampled_from(["beat", "median", "record"]),
        st.none() | st.integers(),
        st.booleans(),
    ),
    Engine: st.builds(Engine, st.text(), st.text(), st.sampled_from(["mean-normal", "zeros"])),
    Calipers: st.builds(Calipers, st.none() | st.text(), *(st.none() | numbers for _ in range(4))),
    Playback: st.builds(Playback, st.booleans(), st.sampled_from(PLAYBACK_RATES), st.booleans()),
    Look: st.builds(
        Look,
        st.sampled_from(["system", "light", "dark"]),
        st.booleans(),
        st.booleans(),
        st.sampled_from((None, *TYPE_FACTORS)),
    ),
    Reveal: st.builds(Reveal, st.booleans()),
}


@given(st.tuples(*PARTS.values()))
def test_every_session_reads_back_as_it_was_written(parts: tuple[Part, ...]) -> None:
    session, other = Session(), Session()
    session.restore(parts)
    other.restore(document.read(document.write(session)))
    assert {kind: other.get(kind) for kind in PARTS} == {kind: session.get(kind) for kind in PARTS}


@given(
    st.recursive(st.none() | st.booleans() | numbers | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s))
)
def test_any_json_at_all_is_read_without_an_error(content: Any) -> None:
    names = [kind.__name__ for kind in PARTS]
    for text in (json.dumps(content), json.dumps({"session": dict.fromkeys(names, content)})):
        Session().restore(document.read(text))


@given(st.sampled_from(sorted(PARTS, key=str)), st.data())
def test_a_field_of_a_wrong_type_falls_back_to_its_default_alone(kind: type[Part], data: st.DataObject) -> None:
    part = data.draw(PARTS[kind])
    stored = asdict(part)
    spoilt = data.draw(st.sampled_from(sorted(stored)))
    stored[spoilt] = [["not of this type"]]
    (read,) = document.read(json.dumps({"schema": 1, "session": {kind.__name__: stored}}))
    expected = getattr(kind(), spoilt)
    assert getattr(read, spoilt) == expected
    assert all(getattr(read, name) == getattr(part, name) for name in stored if name != spoilt)


def test_a_newer_session_opens_without_what_this_version_does_not_know() -> None:
    text = json.dumps({"schema": 9, "session": {"Cursor": {"t_ms": 86, "z_ms": 1}, "Telescope": {"zoom": 3}}})
    assert document.read(text) == (Cursor(86.0),)


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"session": 3}'])
def test_a_text_that_is_no_session_gives_nothing(text: str) -> None:
    assert document.read(text) == ()


def test_a_scale_that_no_control_could_set_is_not_taken() -> None:
    stored = {"beat": {"speed_mm_s": 0.0, "gain_mm_mv": 20.0}}
    (paper,) = document.read(json.dumps({"session": {"Paper": stored}}))
    assert paper == Paper(beat=Scale(25.0, 20.0))


def test_the_readers_notes_are_not_part_of_the_document() -> None:
    session = Session()
    session.set(Notes(text={"ab12": "seen with Dr. X"}))
    assert "Dr. X" not in document.write(session)


def test_a_given_heart_is_kept_by_its_folder_and_can_be_undone() -> None:
    session = Session()
    session.set(Engine(heart="/scans/somebody"))
    (engine,) = [part for part in document.read(document.write(session)) if isinstance(part, Engine)]
    assert engine.heart == "/scans/somebody"
    session.undo()
    assert session.get(Engine).heart is None
