"""Cases on disk and between processes' lifetimes: one .npz that holds JSON and arrays, never pickle."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
import zlib
from enum import Enum
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import numpy.typing as npt

from cineviewer import ecg, truth
from cineviewer.analysis.case import Case
from cineviewer.atomic import write_atomically
from cineviewer.errors import InputError
from cineviewer.heart.given import Given
from cineviewer.heart.heart import Heart, Surface

SCHEMA = 1
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error)
_NOUNS: dict[str, Any] = {
    noun.__name__: noun
    for noun in (*vars(ecg).values(), *vars(truth).values(), Case, Heart, Surface, Given)
    if isinstance(noun, type) and (dataclasses.is_dataclass(noun) or issubclass(noun, Enum))
}


def write_case(case: Case, path: FilePath) -> None:
    """Write a case, whole or unfinished, to an .npz file, atomically."""
    write_atomically(path, pack(case))


def read_case(path: FilePath) -> Case:
    """Read what `write_case` wrote; the record's path becomes the file's own, without suffix.

    Raises
    ------
    InputError
        If the file is not a stored case, is damaged, or was written by a newer version.
    """
    try:
        case = unpack(path)
    except OSError as error:
        raise _no_case(path) from error
    if not isinstance(case, Case):
        raise InputError("not-a-case", "this file holds no case", where=path, repair="explain the record again")
    return dataclasses.replace(case, record=dataclasses.replace(case.record, path=path.with_suffix("")))


def pack(value: Any) -> bytes:
    """Return an .npz of a case, or of nouns of `ecg` and `truth`, numbers and arrays in tuples and dictionaries."""
    arrays: list[npt.NDArray[Any]] = []
    document = {"schema": SCHEMA, "case": _encode(value, arrays)}
    buffer = io.BytesIO()
    named = {f"a{k}": array for k, array in enumerate(arrays)}
    np.savez_compressed(buffer, document=np.frombuffer(json.dumps(document).encode(), np.uint8), **named)  # type: ignore[arg-type]
    return buffer.getvalue()


def unpack(path: FilePath) -> Any:
    """Return what was packed into a file.

    Raises
    ------
    InputError
        If the file holds nothing of the kind, is damaged, or was written by a newer version.
    OSError
        If there is no such file, or it cannot be read.
    """
    # Opened here, because numpy leaves a damaged archive's file open.
    with path.open("rb") as raw:
        try:
            with np.load(raw, allow_pickle=False) as file:
                document = json.loads(file["document"].tobytes())
                if document["schema"] != SCHEMA:
                    raise InputError(
                        "newer-case",
                        f"this stored case has schema {document['schema']}, this version reads {SCHEMA}",
                        where=path,
                        repair="open it with the version of cineviewer that wrote it",
                    )
                return _decode(document["case"], file)
        except _DAMAGED as error:
            raise _no_case(path) from error


def _no_case(path: FilePath) -> InputError:
    return InputError(
        "not-a-case", "this is not a stored case, or it is damaged", where=path, repair="explain the record again"
    )


def _encode(value: Any, arrays: list[npt.NDArray[Any]]) -> Any:
    match value:
        case np.ndarray():
            arrays.append(value)
            return {"#": len(arrays) - 1}
        case Enum():
            return {"$": type(value).__name__, "value": value.value}
        case FilePath():
            return {"$": "Path", "value": value.name}
        case dict():
            return {"$": "dict", "items": [[key, _encode(item, arrays)] for key, item in value.items()]}
        case tuple() | list():
            return [_encode(item, arrays) for item in value]
        case float() | int() | str() | None:
            return value
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {"$": type(value).__name__, **{f.name: _encode(getattr(value, f.name), arrays) for f in fields}}
    return value.item()  # numpy's scalars


def _decode(value: Any, arrays: Any) -> Any:
    match value:
        case list():
            return tuple(_decode(item, arrays) for item in value)
        case {"#": int(index)}:
            return arrays[f"a{index}"]
        case {"$": "Path", "value": str(name)}:
            return FilePath(name)
        case {"$": "dict", "items": list(items)}:
            return {key: _decode(item, arrays) for key, item in items}
        case {"$": str(name)}:
            fields: dict[str, Any] = {key: item for key, item in value.items() if key != "$"}
            # A field that this version does not know is an addition of a later one: what is known is still right.
            noun = _NOUNS[name]
            if issubclass(noun, Enum):
                return noun(fields["value"])
            known = set(noun.__dataclass_fields__)
            return noun(**{key: _decode(item, arrays) for key, item in fields.items() if key in known})
    return value
