"""The truth beside a simulated record, truth.npz: nothing of it is believed before it was checked."""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import LEADS, Doubles, Halves, Record
from cineviewer.errors import InputError
from cineviewer.truth import TrueBeat, Truth

NAME = "truth.npz"
MOST_BYTES = 100_000_000
"""More than this no array of a file that `cineviewer simulate` writes comes near."""
_MOST_ARRAYS = 200
_QUARTERS = 4.0
_ANOTHER = "it is damaged or was written by another version"
_PERCENT = np.linspace(0.0, 100.0, 101)
_DAMAGED = (OSError, KeyError, TypeError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error)

Array = npt.NDArray[Any]


def read_truth(record: Record) -> Truth | None:
    """Read what is known of a simulated record; None where nothing lies beside it.

    Raises
    ------
    InputError
        If what lies beside it is another record's, is damaged, or does not hold what it should.
    """
    path = record.path.parent / NAME
    if not record.simulated or not path.is_file():
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            return _truth(_Arrays(archive), record)
    except ValueError as error:
        told = str(error) if isinstance(error, _MisfitError) or str(error).startswith("its ") else _ANOTHER
        raise _unusable(path, told) from error
    except _DAMAGED as error:
        raise _unusable(path, _ANOTHER) from error


class _MisfitError(ValueError):
    """What is wrong with a file, as the middle of a sentence."""


def _unusable(path: Path, reason: str) -> InputError:
    return InputError(
        "no-truth",
        f"the simulated truth beside the record is not used: {reason}",
        where=path,
        repair="simulate the record again, each into a folder of its own",
    )


class _Arrays:
    """The arrays of an archive, each looked at before memory is given to it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        members = archive.infolist()
        if len(members) > _MOST_ARRAYS or sum(member.file_size for member in members) > MOST_BYTES:
            raise _MisfitError("it is larger than any truth")
        self._archive = archive
        self._names = {member.filename for member in members}

    def holds(self, name: str) -> bool:
        return f"{name}.npy" in self._names

    def take(self, name: str, kinds: str, shape: tuple[int | None, ...]) -> Array:
        """Return an array whose dtype is one of `kinds` and whose shape is this; None fits every length."""
        raw = io.BytesIO(self._archive.read(f"{name}.npy"))
        version = np.lib.format.read_magic(raw)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        found, _, dtype = read_header(raw)
        if dtype.kind not in kinds or math.prod(found) * dtype.itemsize > raw.getbuffer().nbytes:
            raise _MisfitError(f"“{name}” is not what it should be")
        if len(found) != len(shape) or any(w is not None and w != n for w, n in zip(shape, found, strict=True)):
            raise _MisfitError(f"“{name}” has the shape {found}")
        raw.seek(0)
        return np.asarray(np.lib.format.read_array(raw, allow_pickle=False))

    def text(self, name: str, pattern: str) -> str:
        array = self.take(name, "U", ())
        found = str(array)
        if not re.fullmatch(pattern, found):
            raise _MisfitError(f"“{name}” is not what it should be")
        return found


def _truth(arrays: _Arrays, record: Record) -> Truth:
    if arrays.text("sha256", "[0-9a-f]{64}") != record.sha256:
        raise _MisfitError("it is that of another recording")
    if tuple(arrays.take("leads", "U", (len(LEADS),)).tolist()) != LEADS:
        raise _MisfitError("its leads are not the twelve")
    prefixes = [prefix for prefix in ("", "ectopic_") if not prefix or arrays.holds(f"{prefix}activation_ms")]
    onset_s = arrays.take("onset_s", "f", (None,)).astype(np.float64)
    return Truth(
        scenario=arrays.text("scenario", "[a-z][a-z0-9-]{0,31}"),
        seed=int(arrays.take("seed", "iu", ())),
        generator=arrays.text("generator", "[a-z0-9 .]{1,40}"),
        rate_hz=record.rate_hz,
        onset_s=onset_s,
        ectopic=arrays.take("ectopic", "b", onset_s.shape),
        differs=arrays.take("lead_differs", "b", (len(LEADS), record.n_samples)),
        kinds=tuple(_beat(arrays, prefix) for prefix in prefixes),
    )


def _beat(arrays: _Arrays, prefix: str) -> TrueBeat:
    def times(name: str) -> Doubles:
        return arrays.take(f"{prefix}{name}", "f", (None,)).astype(np.float64)

    active, recovered, front_ms = times("activation_ms"), times("recovery_ms"), times("front_ms")
    return TrueBeat(
        ectopic=bool(prefix),
        activation_ms=_halves(active),
        recovery_ms=_halves(recovered),
        front_ms=front_ms,
        front_mm=arrays.take(f"{prefix}front_mm", "f", (front_ms.size, 3)).astype(np.float64),
        active_ms=_course(active),
        recovered_ms=_course(recovered),
        changed=float(arrays.take(f"{prefix}changed", "b", active.shape).mean()),
        region=arrays.text(f"{prefix}region", "[A-Za-z ]{0,40}") or None,
    )


def _course(times_ms: Doubles) -> Doubles:
    """Return when 0, 1 ... 100 percent of what lives were reached."""
    known = times_ms[np.isfinite(times_ms)]
    if not known.size:
        raise _MisfitError("it has no living muscle")
    return np.asarray(np.percentile(known, _PERCENT), dtype=np.float64)


def _halves(times_ms: Doubles) -> Halves:
    """Round to quarters of a millisecond, which half precision holds and files pack well."""
    with np.errstate(over="ignore"):
        return (np.rint(times_ms * _QUARTERS) / _QUARTERS).astype(np.float16)
