"""A WFDB header: read with suspicion, into facts that have been checked.

The layout is that of header(5) of the WFDB Applications Guide, https://physionet.org/physiotools/wag/header-5.htm.
"""

from __future__ import annotations

import math
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn

from cineviewer.errors import InputError

MAX_HEADER_BYTES = 4_000_000
MAX_SIGNALS = 256
MAX_SEGMENTS = 2_000
MAX_SAMPLES_A_FRAME = 1_000
MAX_SKEW = 100_000
MAX_SAMPLES = 7_200_000
"""Samples a lead: two hours at 1000 Hz. As twelve leads of float32 that is 346 MB."""
DEFAULT_RATE_HZ = 250.0
DEFAULT_GAIN = 200.0
"""What header(5) says to take where a header is silent."""

FORMATS = ("8", "16", "24", "32", "61", "80", "160", "212", "310", "311", "508", "516", "524")
FLAC_FORMATS = ("508", "516", "524")
NO_FILE = "~"

_RECORD = re.compile(r"(?P<name>[^\s/]+)(?:/(?P<segments>\d{1,9}))?")
_RATE = re.compile(r"(?P<rate>\d{1,9}(?:\.\d{0,20})?(?:[eE][+-]?\d{1,2})?)(?:/.*)?")
_COUNT = re.compile(r"\d{1,18}")
_FORMAT = re.compile(r"(?P<format>\d{1,4})(?:x(?P<a_frame>\d{1,9}))?(?::(?P<skew>\d{1,9}))?(?:\+(?P<offset>\d{1,15}))?")
_GAIN = re.compile(
    r"(?P<gain>[+-]?(?:\d{1,15}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,3})?)"
    r"(?:\((?P<baseline>[+-]?\d{1,12})\))?(?:/(?P<units>\S+))?"
)
_INTEGER = re.compile(r"[+-]?\d{1,12}")


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal line.

    Attributes
    ----------
    a_frame
        Samples a frame: the signal's rate is so many times the header's.
    gain, baseline
        Stored value = volts in `units` * gain + baseline; `gain` None where the header gives none.
    units
        As written, "" where the header gives none.
    first_value, checksum
        None where the header gives none.
    """

    file: str
    format: str
    a_frame: int
    skew: int
    offset: int
    gain: float | None
    baseline: int
    units: str
    first_value: int | None
    checksum: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment line; `name` is "~" for a gap."""

    name: str
    n_samples: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a .hea file says; either `signals` or `segments` is filled.

    Attributes
    ----------
    path
        The .hea file.
    name
        The record's name as the header has it, without a ".mat" at its end.
    rate_hz
        Frames a second; None where the header gives none.
    n_samples
        Frames; None where the header gives none.
    comments
        Comment lines without their "#".
    """

    path: Path
    name: str
    rate_hz: float | None
    n_samples: int | None
    n_signals: int
    signals: tuple[Signal, ...] = ()
    segments: tuple[Segment, ...] = ()
    comments: tuple[str, ...] = ()


def load(path: Path) -> Header:
    """Read a .hea file.

    Raises
    ------
    InputError
        If there is no such file, it cannot be read, or it is not a WFDB header.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InputError("not-a-file", "it is not a regular file", where=path, repair="name a .hea file")
        if status.st_size > MAX_HEADER_BYTES:
            what = f"it has {status.st_size:,} bytes, more than any WFDB header"
            raise InputError("bad-header", what, where=path, repair="check that this is the header")
        content = path.read_bytes()
    except OSError as error:
        raise unreachable(path, error) from error
    return parse(content, path)


def parse(content: bytes, path: Path) -> Header:
    """Return what the bytes of a header say; `path` is named in errors.

    Raises
    ------
    InputError
        If they are not a WFDB header, or one that claims what no record has.
    """
    lines, comments = _lines(content, path)
    if not lines:
        what = "the header is empty" if not content.strip() else "the header holds nothing but comments"
        raise InputError("empty-header", what, where=path, repair="fetch the .hea file again")
    first = _record_line(lines[0], path)
    if first.n_segments is None:
        return _single(first, lines[1:], comments, path)
    return _multiple(first, lines[1:], comments, path)


def is_file(path: Path) -> bool:
    """Say whether there is such a file; one that the system does not show (a name too long) is not there."""
    try:
        return path.is_file()
    except OSError:
        return False


def unreachable(path: Path, error: OSError) -> InputError:
    """Return the sentence for a file that the system does not give."""
    match error:
        case FileNotFoundError():
            return InputError(
                "not-found", "there is no such file", where=path, repair="check the name, or fetch the file again"
            )
        case PermissionError():
            return InputError(
                "no-permission", "you may not read this file", where=path, repair="ask its owner for read permission"
            )
        case IsADirectoryError():
            return InputError("folder", "this is a folder, not a file", where=path, repair="name a record in it")
        case _:
            reason = error.strerror or type(error).__name__
            return InputError(
                "unreadable", f"the system cannot read it ({reason})", where=path, repair="copy the file again"
            )


class _RecordLine(NamedTuple):
    name: str
    n_signals: int
    rate_hz: float | None
    n_samples: int | None
    n_segments: int | None


def _lines(content: bytes, path: Path) -> tuple[list[str], tuple[str, ...]]:
    if b"\0" in content:
        _broken(path, "it holds bytes that no text has")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    stripped = [line.strip() for line in re.split(r"\r\n|\r|\n", text)]
    comments = tuple(line.lstrip("#").strip() for line in stripped if line.startswith("#"))
    return [line for line in stripped if line and not line.startswith("#")], comments


def _record_line(line: str, path: Path) -> _RecordLine:
    fields = line.split()
    name = _RECORD.fullmatch(fields[0])
    if name is None or len(fields) < 2 or not _COUNT.fullmatch(fields[1]):
        _broken(path, f'"{_shortened(line)}" is not how a record begins (name, number of signals, rate, samples)')
    n_signals = int(fields[1])
    rate_hz = _rate(fields[2], path) if len(fields) > 2 else None
    if len(fields) > 3 and not _COUNT.fullmatch(fields[3]):
        _broken(path, f'"{_shortened(fields[3])}" is no number of samples')
    n_samples = int(fields[3]) if len(fields) > 3 else None
    n_segments = None if name["segments"] is None else int(name["segments"])
    return _RecordLine(name["name"].removesuffix(".mat"), n_signals, rate_hz, n_samples, n_segments)


def _rate(text: str, path: Path) -> float:
    match = _RATE.fullmatch(text)
    rate_hz = float(match["rate"]) if match else math.nan
    if not (math.isfinite(rate_hz) and rate_hz > 0):
        _broken(path, f'"{_shortened(text)}" is no sampling rate')
    return rate_hz


def _single(line: _RecordLine, lines: list[str], comments: tuple[str, ...], path: Path) -> Header:
    n_signals = line.n_signals
    if n_signals > MAX_SIGNALS:
        _broken(path, f"it claims {n_signals:,} signals; more than {MAX_SIGNALS} are not read")
    if n_signals == 0:
        raise InputError("no-signals", "the header has no signals", where=path, repair="fetch the .hea file again")
    if len(lines) != n_signals:
        _broken(path, f"it says {n_signals} {_plural('signal', n_signals)} and describes {len(lines)}")
    signals = tuple(_signal(text, path) for text in lines)
    return Header(path, line.name, line.rate_hz, line.n_samples or None, n_signals, signals=signals, comments=comments)


def _multiple(line: _RecordLine, lines: list[str], comments: tuple[str, ...], path: Path) -> Header:
    n_segments, n_samples = line.n_segments, line.n_samples
    if not n_segments or n_segments > MAX_SEGMENTS:
        _broken(path, f"it claims {n_segments:,} segments; between 1 and {MAX_SEGMENTS:,} are read")
    if len(lines) != n_segments:
        _broken(path, f"it says {n_segments} {_plural('segment', n_segments)} and names {len(lines)}")
    segments = tuple(_segment(text, path) for text in lines)
    if n_samples is not None and n_samples != (total := sum(segment.n_samples for segment in segments)):
        _broken(path, f"it says {n_samples:,} samples, its segments have {total:,}")
    return Header(path, line.name, line.rate_hz, n_samples, line.n_signals, segments=segments, comments=comments)


def _segment(line: str, path: Path) -> Segment:
    fields = line.split()
    if len(fields) < 2 or not _COUNT.fullmatch(fields[1]):
        _broken(path, f'"{_shortened(line)}" is not how a segment is named (name, number of samples)')
    return Segment(_beside(fields[0], path), int(fields[1]))


def _signal(line: str, path: Path) -> Signal:
    fields = line.split(maxsplit=2)
    if len(fields) < 2 or not (layout := _FORMAT.fullmatch(fields[1])):
        _broken(path, f'"{_shortened(line)}" is not how a signal is described (file, format, gain, …)')
    file = _beside(fields[0], path)
    if file != NO_FILE and layout["format"] not in FORMATS:
        _broken(path, f"storage format {layout['format']} is none of WFDB's ({', '.join(FORMATS)})")
    a_frame, skew = int(layout["a_frame"] or 1), int(layout["skew"] or 0)
    if not 1 <= a_frame <= MAX_SAMPLES_A_FRAME or skew > MAX_SKEW:
        _broken(path, f'"{_shortened(fields[1])}" claims a layout that no recorder writes')
    rest = fields[2] if len(fields) > 2 else ""
    gain, baseline, units, rest = _gain(rest, path)
    (_, zero, first_value, checksum, _), name = _integers(rest, 5)
    return Signal(
        file=file,
        format=layout["format"],
        a_frame=a_frame,
        skew=skew,
        offset=int(layout["offset"] or 0),
        gain=gain,
        baseline=baseline if baseline is not None else (zero or 0),
        units=units,
        first_value=first_value,
        checksum=checksum,
        name=name,
    )


def _gain(rest: str, path: Path) -> tuple[float | None, int | None, str, str]:
    """Return gain, baseline, units and what follows; a gain of 0 means that there is none."""
    field, *after = rest.split(maxsplit=1) or [""]
    match = _GAIN.fullmatch(field)
    if match is None:
        return None, None, "", rest
    gain = float(match["gain"])
    if not math.isfinite(gain):
        _broken(path, f'"{_shortened(field)}" is no gain')
    baseline = None if match["baseline"] is None else int(match["baseline"])
    return gain or None, baseline, match["units"] or "", after[0] if after else ""


def _integers(rest: str, count: int) -> tuple[list[int | None], str]:
    """Return up to `count` leading integers of a line, None for those absent, and what follows."""
    values: list[int | None] = []
    while len(values) < count and rest:
        fields = rest.split(maxsplit=1)
        if not _INTEGER.fullmatch(fields[0]):
            break
        values.append(int(fields[0]))
        rest = fields[1] if len(fields) > 1 else ""
    return values + [None] * (count - len(values)), rest.strip()


def _beside(file: str, path: Path) -> str:
    """Return a file name that lies in the header's own folder; a header may not lead elsewhere."""
    if "/" in file or "\\" in file or ":" in file or file in (".", ".."):
        what = f'it names a file elsewhere ("{_shortened(file)}")'
        repair = "put that file beside the header and write its bare name there"
        raise InputError("file-elsewhere", what, where=path, repair=repair)
    return file


def _broken(path: Path, what: str) -> NoReturn:
    raise InputError("bad-header", what, where=path, repair="check that this is a WFDB header, or fetch it again")


def _plural(noun: str, n: int) -> str:
    return noun if n == 1 else f"{noun}s"


def _shortened(text: str, limit: int = 60) -> str:
    clean = "".join(letter if letter.isprintable() else "?" for letter in text)
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"
