"""Landmarks set by hand, as files: one JSON document a recording, named after its signal's sha256."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path as FilePath
from typing import Any

from cineviewer.atomic import write_atomically
from cineviewer.ecg import HandSet, Landmarks, Record
from cineviewer.errors import InputError

SCHEMA = 1


def file_of(folder: FilePath, sha256: str) -> FilePath:
    """Return where a folder keeps the landmarks of a signal."""
    return folder / f"{sha256}.json"


def file_beside(record: Record) -> FilePath:
    """Return where the landmarks lie that are kept beside their record."""
    return record.path.with_name(f"{record.name}.landmarks.json")


def read(record: Record, folder: FilePath, *, beside: bool = False) -> tuple[HandSet, ...]:
    """Return the landmarks that were set by hand for this signal; none of another signal's.

    Parameters
    ----------
    folder
        Where files are named after the signal's sha256.
    beside
        Whether a file beside the record is read where the folder has none.

    Raises
    ------
    InputError
        If there is a file that is damaged or was written by a newer version.
    """
    if beside and not file_of(folder, record.sha256).is_file() and file_beside(record).is_file():
        return _read(file_beside(record), record.sha256)
    return read_for(record.sha256, folder)


def read_for(sha256: str, folder: FilePath) -> tuple[HandSet, ...]:
    """Return what a folder holds for the signal of this hash; raises as `read` does."""
    path = file_of(folder, sha256)
    return _read(path, sha256) if path.is_file() else ()


def write(path: FilePath, sha256: str, hand_set: tuple[HandSet, ...]) -> None:
    """Write the landmarks of a signal, atomically; where there are none, the file goes."""
    if not hand_set:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        return
    write_atomically(path, json.dumps(document(sha256, hand_set), indent=1).encode())


def document(sha256: str, hand_set: tuple[HandSet, ...]) -> dict[str, Any]:
    """Return the file's content; `from` and `to` are samples of the record after the beat's R peak."""
    return {
        "schema": SCHEMA,
        "sha256": sha256,
        "landmarks": [
            {
                "landmark": one.landmark,
                "beat_r": one.beat_r,
                "from": one.measured,
                "to": one.placed,
                "when": one.when,
                "version": one.version,
            }
            for one in hand_set
        ],
    }


def _read(path: FilePath, sha256: str) -> tuple[HandSet, ...]:
    try:
        stored = json.loads(path.read_bytes())
        if stored["schema"] != SCHEMA:
            raise InputError(
                "newer-landmarks",
                f"these hand-set landmarks have schema {stored['schema']}, this version reads {SCHEMA}",
                where=path,
                repair="use the version of cineviewer that wrote them",
            )
        return tuple(map(_hand_set, stored["landmarks"])) if stored["sha256"] == sha256 else ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            "damaged-landmarks",
            "this file of hand-set landmarks is damaged and was not used",
            where=path,
            repair="delete it, or take it from a backup",
        ) from error


def _hand_set(stored: dict[str, Any]) -> HandSet:
    landmark, beat_r = stored["landmark"], stored["beat_r"]
    if landmark not in Landmarks.__dataclass_fields__:
        raise ValueError(landmark)
    return HandSet(
        landmark=landmark,
        beat_r=None if beat_r is None else int(beat_r),
        measured=int(stored["from"]),
        placed=int(stored["to"]),
        when=str(stored["when"]),
        version=str(stored["version"]),
    )
