from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cineviewer import records
from cineviewer.ecg import LEADS, Record
from cineviewer.errors import InputError
from cineviewer.records import header

HERE = Path("r.hea")
VALID = "\n".join(["r 12 500 600", *(f"r.dat 16 1000(0)/mV 16 0 1 7200 0 {lead}" for lead in LEADS), "#Age: 73", ""])


def signal(line: str) -> header.Signal:
    return header.parse(f"r 1 500 10\n{line}\n".encode(), HERE).signals[0]


def test_every_field_of_a_signal_line_is_read():
    read = signal("r.dat 212x4:3+24 1.5e2(-7)/uV 12 1024 -33 4711 0 lead V1, left")
    assert read == header.Signal("r.dat", "212", 4, 3, 24, 150.0, -7, "uV", -33, 4711, "lead V1, left")


def test_baseline_is_the_adc_zero_where_it_is_silent():
    assert signal("r.dat 16 200 12 1024 0 0 0 II").baseline == 1024
    assert signal("r.dat 16 200(5) 12 1024 0 0 0 II").baseline == 5


def test_short_signal_lines_are_read():
    assert signal("r.dat 16") == header.Signal("r.dat", "16", 1, 0, 0, None, 0, "", None, None, "")
    assert signal("r.dat 16 200/mV II").name == "II"
    assert signal("r.dat 16 0/mV").gain is None


def test_counter_frequency_times_and_windows_line_ends_are_passed_over():
    read = header.parse(
        b"\xef\xbb\xbfr 1 999.56/62.5(-3) 10 12:30:00 01/02/2003\r\n\r\nr.dat 16\r\n# a comment\r\n", HERE
    )
    assert (read.rate_hz, read.n_samples, read.comments) == (999.56, 10, ("a comment",))


def test_segments_are_read():
    read = header.parse(b"r/3 2 125 30\na_layout 0\n~ 10\na_1 20\n", HERE)
    assert [(s.name, s.n_samples) for s in read.segments] == [("a_layout", 0), ("~", 10), ("a_1", 20)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello", "is not how a record begins"),
        ("r twelve 500 600", "is not how a record begins"),
        ("<?xml version='1.0'?>", "is not how a record begins"),
        ("r 1 fast 600\nr.dat 16", "is no sampling rate"),
        ("r 1 0 600\nr.dat 16", "is no sampling rate"),
        ("r 1 500 many\nr.dat 16", "is no number of samples"),
        ("r 2 500 600\nr.dat 16", "says 2 signals and describes 1"),
        ("r 1 500 600\nr.dat", "is not how a signal is described"),
        ("r 1 500 600\nr.dat 17", "storage format 17 is none of WFDB's"),
        ("r 1 500 600\nr.dat 16x0", "claims a layout that no recorder writes"),
        ("r 1 500 600\nr.dat 16 1e999/mV", "is no gain"),
        ("r/2 1 500 600\na 300", "says 2 segments and names 1"),
        ("r/1 1 500 600\na 300", "says 600 samples, its segments have 300"),
        ("r/0 1 500 600", "claims 0 segments"),
        ("r 0 500 600", "no signals"),
        ("r\0 1 500 600", "bytes that no text has"),
    ],
)
def test_broken_header_is_refused_with_the_reason(text, says):
    with pytest.raises(InputError, match=says):
        header.parse(text.encode(), HERE)


@pytest.mark.parametrize(
    "text",
    [
        "r 12 500 1000000000000\n" + "r.dat 16 1000/mV 16 0 0 0 0 I\n" * 12,
        "r 1000000 500 600\nr.dat 16",
        "r 999999999999999999999999 500 600\nr.dat 16",
        "r 1 500 999999999999999999\nr.dat 508 1000/mV 16 0 0 0 0 I",
        "r 1 500 600\nr.dat 16x999999999 1000/mV 16 0 0 0 0 I",
        "r 1 500 600\nr.dat 212:999999999 1000/mV 16 0 0 0 0 I",
        "r 1 500 600\nr.dat 16+999999999999999 1000/mV 16 0 0 0 0 I",
        "r 1 500\nr.dat 508 1000/mV 16 0 0 0 0 I",
        "r/999999999 12 500 600\nr 600",
        "r/1 12 500 600\nr 600",
        "r/2 12 500 999999999999600\nr 600\n~ 999999999999000",
        "r/2 12 500 4000000000\n~ 2000000000\n~ 2000000000",
    ],
)
def test_header_that_claims_too_much_is_refused_without_memory(tmp_path, text):
    (tmp_path / "r.hea").write_text(text)
    (tmp_path / "r.dat").write_bytes(bytes(range(256)) * 60)
    tracemalloc.start()
    try:
        with pytest.raises(InputError):
            records.read(tmp_path / "r")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@st.composite
def mutated(draw: st.DrawFn, text: str = VALID) -> bytes:
    """A valid header after a few deletions, insertions, swaps of fields and numbers made absurd."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(text) - 1)))
        match draw(st.integers(0, 4)):
            case 0:
                text = text[:at] + text[at + draw(st.integers(1, 8)) :]
            case 1:
                text = text[:at] + draw(st.text(max_size=6)) + text[at:]
            case 2:
                fields = text.split(" ")
                a, b = (draw(st.integers(0, len(fields) - 1)) for _ in range(2))
                fields[a], fields[b] = fields[b], fields[a]
                text = " ".join(fields)
            case 3:
                absurd = [
                    "0",
                    "-1",
                    "1e400",
                    "999999999999",
                    "nan",
                    "1e-300",
                    "../x",
                    "212",
                    "310x3",
                    "516",
                    "~",
                    "8:7",
                ]
                fields = text.split(" ")
                fields[draw(st.integers(0, len(fields) - 1))] = draw(st.sampled_from(absurd))
                text = " ".join(fields)
            case _:
                lines = text.split("\n")
                lines[draw(st.integers(0, len(lines) - 1))] = draw(st.sampled_from(lines))
                text = "\n".join(lines)
    return text.encode("utf-8", errors="replace")


def readable_or_refused(folder: Path, content: bytes) -> None:
    (folder / "r.hea").write_bytes(content)
    (folder / "r.dat").write_bytes(bytes(range(1, 241)) * 60)
    match read_or_refusal(folder / "r"):
        case Record() as record:
            assert record.signal_mv.shape == (12, record.n_samples)
            assert record.leads
        case InputError() as error:
            assert str(error).endswith(".")
            assert error.what
            assert error.repair
            assert error.code


def read_or_refusal(path: Path) -> Record | InputError:
    try:
        return records.read(path)
    except InputError as error:
        return error


@settings(max_examples=300)
@given(content=mutated())
def test_mutated_header_gives_a_record_or_a_sentence(tmp_path_factory, content):
    readable_or_refused(tmp_path_factory.mktemp("mutated"), content)


@settings(max_examples=200)
@given(content=mutated("m/4 12 500 2100\nm_layout 0\ns 600\n~ 900\ns 600\n"))
def test_mutated_list_of_segments_gives_a_record_or_a_sentence(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("segments")
    (folder / "s.hea").write_text(VALID)
    (folder / "m_layout.hea").write_text("m_layout 12 500 0\n" + "~ 0 1000/mV 16 0 0 0 0 I\n" * 12)
    readable_or_refused(folder, content)


@settings(max_examples=150)
@given(
    content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
)
def test_any_bytes_as_header_give_a_sentence(tmp_path_factory, content):
    readable_or_refused(tmp_path_factory.mktemp("bytes"), content)


@settings(max_examples=100)
@given(data=st.binary(max_size=400), name=st.sampled_from(header.FORMATS), n=st.integers(500, 520))
def test_any_bytes_as_samples_give_a_record_or_a_sentence(tmp_path_factory, data, name, n):
    folder = tmp_path_factory.mktemp("samples")
    (folder / "r.hea").write_text(f"r 1 500 {n}\nr.dat {name} 1000/mV 16 0 0 0 0 II\n")
    (folder / "r.dat").write_bytes(data * 8)
    result = read_or_refusal(folder / "r")
    assert str(result).endswith(".") if isinstance(result, InputError) else result.n_samples == n
