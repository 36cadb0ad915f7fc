"""Finds the records that files and folders on a command line mean."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cineviewer.errors import InputError
from cineviewer.records import header

_SUFFIXES = (".hea", ".dat", ".mat")


@dataclass(frozen=True, slots=True)
class Found:
    """A record to read: `path` without suffix for WFDB; `relative` to the argument it came from, without suffix."""

    path: Path
    relative: Path


def find(arguments: Iterable[Path]) -> list[Found]:
    """Return the records that the arguments mean; a folder is searched with all below it for WFDB headers.

    A file that does not exist, a folder without records and one without permission stay in the list as they are:
    reading them says what is wrong. A record that two arguments mean is listed once. Equal `relative` names from
    different folders get the folder's name in front.
    """
    found: dict[Path, Found] = {}
    taken: set[Path] = set()
    for argument in arguments:
        for one in _found(Path(argument)):
            if one.path in found:
                continue
            relative = one.relative if one.relative not in taken else _unlike(one, Path(argument), taken)
            taken.add(relative)
            found[one.path] = Found(one.path, relative)
    return list(found.values())


def without_suffix(path: Path) -> Path:
    """Return a WFDB record's path as the room names it: without .hea, .dat or .mat."""
    return path.with_suffix("") if path.suffix.lower() in _SUFFIXES and path.stem else path


def _found(argument: Path) -> Iterator[Found]:
    if not _is_folder(argument):
        bare = without_suffix(argument)
        has_header = argument.suffix.lower() == ".hea" or header.is_file(bare.with_name(f"{bare.name}.hea"))
        yield Found(bare if has_header else argument, Path(bare.name))
        return
    empty = True
    locked: list[OSError] = []
    for folder, folders, files in os.walk(argument, onerror=locked.append):
        folders.sort()
        for name in _records(Path(folder), files):
            empty = False
            path = Path(folder) / name
            yield Found(path, path.relative_to(argument))
    for error in locked:
        empty = False
        path = Path(error.filename)
        yield Found(path, path.relative_to(argument) if path != argument else Path(path.name))
    if empty:
        yield Found(argument, Path(argument.resolve().name or "folder"))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # reading it will say why


def _records(folder: Path, files: list[str]) -> list[str]:
    """Return the records of a folder, without the segments that a longer record there is made of.

    Only headers without a signal file of the same name can be such longer records; no other header is opened.
    """
    stems: dict[str, int] = {}
    for file in files:
        stem = file.rpartition(".")[0]
        stems[stem] = stems.get(stem, 0) + 1
    records = [file[:-4] for file in files if file.endswith(".hea") and len(file) > 4]
    segments: set[str] = set()
    for name in records:
        if stems[name] == 1:
            segments.update(_segments(folder / f"{name}.hea"))
    return sorted((name for name in records if name not in segments), key=_natural)


def _segments(path: Path) -> set[str]:
    try:
        return {segment.name for segment in header.load(path).segments}
    except InputError:
        return set()  # reading the record will say what is wrong


def _natural(name: str) -> tuple[str | int, ...]:
    """Sort "2" before "10" where names are numbers."""
    return (0, int(name), name) if name.isascii() and name.isdigit() else (1, name)


def _unlike(found: Found, argument: Path, taken: set[Path]) -> Path:
    stem = argument.resolve() if argument.is_dir() else argument.resolve().parent
    relative = Path(stem.name) / found.relative
    number = 2
    while relative in taken:
        relative = Path(f"{stem.name}-{number}") / found.relative
        number += 1
    return relative
