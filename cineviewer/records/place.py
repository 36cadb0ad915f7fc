"""Which header a path means, or a sentence on what lies there instead."""

from __future__ import annotations

import re
from pathlib import Path

from cineviewer.errors import InputError
from cineviewer.records import foreign, header
from cineviewer.records.foreign import Sort
from cineviewer.records.search import find


def header_of(path: Path) -> Path:
    """Return the .hea file that a path means, or say what lies there instead."""
    text = str(path)
    if "\0" in text or re.match(r"[A-Za-z][A-Za-z0-9+.\-]+:/", text):
        what = "this is a network address" if "\0" not in text else "no file has such a name"
        repair = "download the record and name the local file; cineviewer never uses the network"
        raise InputError("not-local", what, where=path, repair=repair)
    own = path.with_name(f"{path.name}.hea") if path.name else path
    try:
        if path.is_dir() and not own.is_file():
            raise _folder(path)
        if path.suffix.lower() == ".hea":
            return path
        beside = path.with_suffix(".hea") if path.name else path
        if own.is_file():
            return own
        if beside.is_file() and _belongs(path, beside):
            return beside
        if path.is_file():
            raise _without_header(path)
        if path.exists():
            raise InputError("not-a-file", "it is not a regular file", where=path, repair="name a .hea file")
    except OSError as error:
        raise header.unreachable(path, error) from error
    raise header.unreachable(path, FileNotFoundError())


def _belongs(path: Path, beside: Path) -> bool:
    """Say whether a file next to a header of its name is the record's own, and not, say, a DICOM file alike named."""
    if path.suffix.lower() in (".dat", ".mat") or not path.is_file() or foreign.kind_of(path) is None:
        return True
    return any(signal.file == path.name for signal in header.load(beside).signals)


def _folder(path: Path) -> InputError:
    next(path.iterdir(), None)  # a folder that may not be listed is an OSError, not an empty folder
    records = find([path])
    if records[0].path == path:
        what, repair = "this folder holds no WFDB record (no .hea file)", "name a folder with records"
    else:
        what = f"this is a folder of {len(records):,} record{'s'[: len(records) > 1]}"
        repair = f"name one of them, such as {records[0].relative}"
    return InputError("folder", what, where=path, repair=repair)


def _without_header(path: Path) -> InputError:
    kind = foreign.kind_of(path)
    if kind is None and path.suffix.lower() in (".dat", ".mat"):
        what = f"its header {path.stem}.hea is not beside it"
        return InputError("no-header", what, where=path, repair=f"put {path.stem}.hea there")
    if kind is None:
        what = "this is not a WFDB record, nor any other format that is recognised"
        return InputError("not-wfdb", what, where=path, repair="name a .hea file")
    match kind.sort:
        case Sort.NOT_READ_YET:
            what, repair = f"this is {kind.name}, which is not read yet", "convert it to WFDB (.hea and .dat)"
        case Sort.EMPTY:
            what, repair = "the file is empty", "fetch it again"
        case Sort.TEXT | Sort.OTHER:
            what, repair = f"this is {kind.name}, not a record", "name a .hea file"
    return InputError(kind.sort.value, what, where=path, repair=repair)
