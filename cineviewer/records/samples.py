"""Stored samples of a WFDB signal file, read only after the header's claims fit the file's size."""

from __future__ import annotations

import shutil
import stat
import tempfile
import warnings
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from cineviewer.errors import InputError
from cineviewer.records.header import FLAC_FORMATS, MAX_SAMPLES, NO_FILE, Header, Signal, unreachable

Stored = npt.NDArray[Any]
"""Integers as stored, one signal, `a_frame` of them a frame."""

MAX_VALUES = 12 * MAX_SAMPLES
"""All signals together: the unrecognised ones have to be passed over, too."""

INVALID = {"80": -(2**7), "508": -(2**7), "310": -(2**9), "311": -(2**9), "212": -(2**11), "16": -(2**15)}
INVALID |= {"61": -(2**15), "160": -(2**15), "516": -(2**15), "24": -(2**23), "524": -(2**23), "32": -(2**31)}
"""The stored value that says "no value here", by format (signal(5) of the WFDB guide); format 8 has none."""

_BYTES_A_SAMPLE = {"8": Fraction(1), "80": Fraction(1), "24": Fraction(3), "32": Fraction(4), "212": Fraction(3, 2)}
_BYTES_A_SAMPLE |= {"16": Fraction(2), "61": Fraction(2), "160": Fraction(2)}
_BYTES_A_SAMPLE |= {"310": Fraction(4, 3), "311": Fraction(4, 3)}


def read(header: Header) -> list[Stored | None]:
    """Return the stored values of each signal of a single-segment record, None for a signal without a file.

    Raises
    ------
    InputError
        If a file is absent, too short for what the header claims, or cannot be decoded.
    """
    n_frames = header.n_samples or _frames_in_file(header)
    files: dict[str, list[int]] = {}
    for k, signal in enumerate(header.signals):
        if signal.file != NO_FILE:
            files.setdefault(signal.file, []).append(k)
    for name, numbers in files.items():
        _check_file(header.path.with_name(name), [header.signals[k] for k in numbers], n_frames, header)
    _check_size(header, n_frames)
    stored: list[Stored | None] = [None] * header.n_signals
    for name, numbers in files.items():
        signals = [header.signals[k] for k in numbers]
        decode = _plain if all(map(_is_plain, signals)) else _by_wfdb
        for k, values in zip(numbers, decode(header.path.with_name(name), signals, n_frames), strict=True):
            stored[k] = values
    return stored


def checksum(values: Stored) -> int:
    """Return WFDB's checksum of a signal: the sum of its samples modulo 65536."""
    return int(values.sum(dtype=np.int64)) % 65536


def checksum_differs(signal: Signal, values: Stored) -> bool:
    """Say whether the header's checksum belongs to other samples; a shifted signal has lost some of its own."""
    return signal.checksum is not None and not signal.skew and checksum(values) != signal.checksum % 65536


def _check_size(header: Header, n_frames: int) -> None:
    n_values = n_frames * sum(signal.a_frame for signal in header.signals)
    longest = n_frames * max(signal.a_frame for signal in header.signals)
    if longest > MAX_SAMPLES or n_values > MAX_VALUES:
        what = f"it says {longest:,} samples a signal, {n_values:,} in all"
        repair = f"cut out a part of at most {MAX_SAMPLES:,} samples a signal (two hours at 1000 Hz)"
        raise InputError("too-long", what, where=header.path, repair=repair)


def _frames_in_file(header: Header) -> int:
    """Return the record's length where its header is silent: what the first signal's file has room for."""
    first = next((signal for signal in header.signals if signal.file != NO_FILE), None)
    if first is None:
        what = "none of its signals has a file: this is the layout of a longer record"
        raise InputError("no-signals", what, where=header.path, repair="name the record that this layout belongs to")
    if first.format in FLAC_FORMATS:
        what = "it does not say how many samples there are"
        raise InputError("bad-header", what, where=header.path, repair="write the number into its first line")
    size = _size(header.path.with_name(first.file), header) - first.offset
    a_frame = sum(signal.a_frame for signal in header.signals if signal.file == first.file)
    n_frames = int(size / _BYTES_A_SAMPLE[first.format]) // a_frame
    if n_frames < 1:
        raise InputError(
            "empty", f"{first.file} holds no samples", where=header.path, repair=f"fetch {first.file} again"
        )
    return n_frames


def _size(path: Path, header: Header) -> int:
    try:
        status = path.stat()
    except FileNotFoundError as error:
        what = f"it names {path.name}, which is not here"
        repair = f"put {path.name} beside it, or name the file as the header does"
        raise InputError("no-signal-file", what, where=header.path, repair=repair) from error
    except OSError as error:
        raise unreachable(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise InputError("not-a-file", "it is not a regular file", where=path, repair="put the signal file there")
    return status.st_size


def _check_file(path: Path, signals: list[Signal], n_frames: int, header: Header) -> None:
    """Refuse a file that is empty, a text, or too short for the header's claim."""
    size = _size(path, header)
    if size == 0:
        raise InputError("empty", "the signal file is empty", where=path, repair="fetch it again")
    if _is_text(path):
        what = "this is a text file, not a signal file"
        raise InputError(
            "text-file", what, where=path, repair=f"put the signals that {header.path.name} describes there"
        )
    if len({(signal.format, signal.offset) for signal in signals}) > 1:
        what = f"its signals in {path.name} differ in format or offset"
        raise InputError("bad-header", what, where=header.path, repair="fetch the .hea file again")
    if signals[0].format in FLAC_FORMATS:
        return
    needed = signals[0].offset + _bytes(signals[0].format, n_frames * sum(signal.a_frame for signal in signals))
    if size < needed:
        n = len(signals)
        claim = f"{header.path.name} says {n} signal{'s'[: n > 1]} of {n_frames:,} samples ({needed:,} bytes)"
        fits = max(0, int((size - signals[0].offset) * n // max(1, needed - signals[0].offset)))
        what = f"{claim}, {path.name} has {size:,} bytes, enough for {fits}: the copy is incomplete"
        raise InputError("truncated", what, where=path, repair=f"fetch {path.name} again")


def _bytes(name: str, n_values: int) -> int:
    """Bytes that so many values take; what ends inside a packed group of bytes counts as read by wfdb."""
    exact = n_values * _BYTES_A_SAMPLE[name]
    if name == "310" and n_values % 3 == 2:
        return -(-exact.__ceil__() // 4) * 4
    return exact.__ceil__()


def _is_text(path: Path) -> bool:
    """Say whether the file begins with lines of print; 500 bytes of samples never do."""
    with _opened(path) as file:
        start = file.read(500)
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in start)
    return printable == len(start) and len(start) >= 16 and len(set(start)) > 4


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise unreachable(path, error) from error


def _is_plain(signal: Signal) -> bool:
    return signal.format == "16" and signal.a_frame == 1 and signal.skew == 0


def _plain(path: Path, signals: list[Signal], n_frames: int) -> list[Stored]:
    """Read 16-bit samples side by side, as most 12-lead databases hold them, without waiting for wfdb to load."""
    count = n_frames * len(signals)
    with _opened(path) as file:
        file.seek(signals[0].offset)
        content = file.read(2 * count)
    if len(content) < 2 * count:
        raise InputError("truncated", "it became shorter while it was read", where=path, repair="open it again")
    values = np.frombuffer(content, dtype="<i2").reshape(n_frames, len(signals))
    return list(values.T)


def _by_wfdb(path: Path, signals: list[Signal], n_frames: int) -> list[Stored]:
    """Have wfdb decode a copy under a header of our own.

    wfdb takes names with "://" for the network's, drops letters that are not ASCII from headers, and expands "~";
    in a folder that holds nothing but what was checked here it can do none of these.
    """
    wfdb = _wfdb()
    with tempfile.TemporaryDirectory(prefix="cineviewer-") as folder:
        try:
            shutil.copyfile(path, Path(folder) / "s.dat")
            (Path(folder) / "r.hea").write_text(_own_header(signals, n_frames), encoding="ascii")
        except OSError as error:
            raise unreachable(path, error) from error
        try:
            # At a gain of 1 the physical values are the stored ones; wfdb 4.3.1 cannot return those of format 61.
            bits = 64 if signals[0].format == "32" else 32
            record = wfdb.rdrecord(str(Path(folder) / "r"), smooth_frames=False, return_res=bits)
        # Bytes that are no samples end in ValueError, IndexError, TypeError, OverflowError, soundfile's RuntimeError
        # or MemoryError, by format and by chance; each means the same to the user: this file cannot be decoded.
        except Exception as error:
            what = f"its samples cannot be decoded as WFDB format {signals[0].format} ({error})"
            raise InputError("undecodable", what, where=path, repair=f"fetch {path.name} again") from error
    invalid = INVALID.get(signals[0].format, 0)
    return [np.where(np.isnan(values), invalid, values).astype(np.int32) for values in record.e_p_signal]


def _wfdb() -> Any:
    """Import wfdb without its remarks on newer versions of pandas, which the user cannot mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb
    return wfdb


def _own_header(signals: list[Signal], n_frames: int) -> str:
    lines = [f"r {len(signals)} 500 {n_frames}"]
    for signal in signals:
        layout = f"{signal.format}x{signal.a_frame}:{signal.skew}+{signal.offset}"
        lines.append(f"s.dat {layout} 1(0)/mV 0 0 {signal.first_value or 0} 0 0 s")
    return "\n".join([*lines, ""])
