"""What networks answered in earlier sessions, kept in the user's cache folder: no signal, no name of a file in clear.

An answer lies under a hash of all that it depends on: the very samples that the network reads, the model's card (with
the hashes of its weights and its calibration), the method with every parameter, and the code and libraries that
compute. So landmarks set by hand, another beat or a changed filter, model, setting or version simply find nothing.
What needs no network (beats, measurements, the path and the walls it is near in whichever heart) is computed anew each
time: an answer says nothing of a heart, and is the same in all.

Beside the answers lie the verdicts of files, under a hash of their path, for the list of cases alone: they hold as
long as the files' sizes and times are those of then.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path as FilePath

import numpy as np

from cineviewer import __version__, resources
from cineviewer.analysis.question import Answer, Question, explanation_of
from cineviewer.analysis.store import pack, unpack
from cineviewer.atomic import write_atomically
from cineviewer.ecg import Attribution, Verdict
from cineviewer.errors import InputError

MOST_BYTES = 200_000_000
"""When more than this is kept, what was not used for longest goes, until nine tenths are left."""

_ANSWERS, _VERDICTS = "answers", "verdicts"
_LEFT = 0.9
_ABANDONED_S = 3600.0
_COMPUTING = ("records", "signal", "models", "explain")
_LIBRARIES = ("numpy", "scipy", "torch")


@dataclasses.dataclass(frozen=True, slots=True)
class FileState:
    """A record's files at one moment: which path, and a hash of their sizes and times of change."""

    path: FilePath
    sha256: str


class Cache:
    """Answers and verdicts in a folder, bounded in size.

    Parameters
    ----------
    folder
        Made when something is first kept.
    """

    def __init__(self, folder: FilePath, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._kept_bytes: int | None = None

    def answer(self, asked: Question) -> Answer | None:
        """Return the final answer to a question, or None where it was never kept; a damaged file is removed."""
        path = self._answer_file(asked)
        try:
            verdict, logit, p_abnormal, attribution = unpack(path)
            assert isinstance(verdict, Verdict)
            assert isinstance(attribution, Attribution)
            explanation = explanation_of(asked, float(logit), float(p_abnormal), attribution)
            os.utime(path)
        except FileNotFoundError:
            return None
        except (InputError, OSError, ValueError, TypeError, AssertionError):
            _remove(path)
            return None
        return Answer(verdict, explanation, 1.0, {"kept": attribution.seconds})

    def keep(self, asked: Question, answer: Answer) -> None:
        """Keep a final answer; a folder that cannot be written keeps nothing."""
        explanation = answer.explanation
        if explanation is None or not explanation.attribution.final:
            return
        kept = (answer.verdict, explanation.logit, explanation.p_abnormal, explanation.attribution)
        self._write(self._answer_file(asked), pack(kept))

    def keep_verdict(self, file: FileState, model: str, verdict: Verdict | None) -> None:
        """Keep a file's verdict for the list of cases; None forgets it."""
        path = self._verdict_file(file.path)
        if verdict is None:
            _remove(path)
            return
        kept = {
            "file": file.sha256,
            "computed": _model_sha256(model),
            "p_abnormal": verdict.p_abnormal,
            "threshold": verdict.model.threshold,
        }
        self._write(path, json.dumps(kept).encode())

    def verdicts(self, paths: Iterable[str], model: str) -> dict[str, tuple[float, float]]:
        """Return probability and threshold of those records whose files are as they were when the model spoke."""
        try:
            there = {entry.name for entry in os.scandir(self.folder / _VERDICTS)}
            computed = _model_sha256(model)
        except OSError:
            return {}
        found = {}
        for path in paths:
            file = self._verdict_file(FilePath(path))
            if file.name not in there:
                continue
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                kept = json.loads(file.read_bytes())
                if kept["computed"] == computed and kept["file"] == state_of(FilePath(path)).sha256:
                    found[path] = float(kept["p_abnormal"]), float(kept["threshold"])
        return found

    @property
    def n_bytes(self) -> int:
        """How much is kept."""
        return sum(size for _path, _used, size in self._files())

    def empty(self) -> None:
        """Forget everything."""
        for path, _used, _size in self._files():
            _remove(path)
        self._kept_bytes = 0

    def _answer_file(self, asked: Question) -> FilePath:
        return self.folder / _ANSWERS / f"{_question_sha256(asked)}.npz"

    def _verdict_file(self, path: FilePath) -> FilePath:
        return self.folder / _VERDICTS / f"{_sha256(os.fsencode(path.absolute()))}.json"

    def _write(self, path: FilePath, content: bytes) -> None:
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, content)
            if self._kept_bytes is None:
                self._kept_bytes = self._tidied()
            self._kept_bytes += len(content)
            if self._kept_bytes > self._most_bytes:
                self._kept_bytes = self._shrunk()

    def _tidied(self) -> int:
        """Remove what killed processes left half-written; return how much there is."""
        for path, used, _size in self._files():
            if path.suffix == ".partial" and time.time() - used > _ABANDONED_S:
                _remove(path)
        return self.n_bytes

    def _shrunk(self) -> int:
        """Remove what was not used for longest; return how much is left."""
        files = sorted(self._files(), key=lambda file: file[1])
        left = sum(size for _path, _used, size in files)
        for path, _used, size in files:
            if left <= _LEFT * self._most_bytes:
                break
            _remove(path)
            left -= size
        return left

    def _files(self) -> Iterator[tuple[FilePath, float, int]]:
        """Yield every file with when it was used last and its size."""
        for room in (_ANSWERS, _VERDICTS):
            with contextlib.suppress(OSError):
                for path in (self.folder / room).iterdir():
                    with contextlib.suppress(OSError):
                        status = path.stat()
                        yield path, status.st_mtime, status.st_size


def user_folder() -> FilePath:
    """Return the folder of this user's cache."""
    from platformdirs import user_cache_path

    return user_cache_path("cineviewer", appauthor=False)


def state_of(path: FilePath) -> FileState:
    """Return a record's files as they are; without files, which reading will say in words, as good as any."""
    seen = []
    stem = path.with_suffix("") if path.suffix in (".hea", ".dat", ".mat") else path
    for suffix in ("", ".hea", ".dat", ".mat"):
        with contextlib.suppress(OSError):
            status = FilePath(f"{stem}{suffix}").stat()
            seen.append((suffix, status.st_size, status.st_mtime_ns))
    return FileState(path, _sha256(repr(seen).encode()))


def _question_sha256(asked: Question) -> str:
    """Hash all that the answer depends on."""
    told = hashlib.sha256(_model_sha256(asked.settings.model).encode())
    told.update(json.dumps(dataclasses.asdict(asked.settings.method), sort_keys=True).encode())
    told.update(repr([beat.cluster for beat in asked.delineation.beats]).encode())
    for window in (asked.window, *asked.windows):
        told.update(repr((window.beat, window.rate_hz, window.signal_mv.shape)).encode())
        told.update(np.ascontiguousarray(window.signal_mv, dtype="<f4").tobytes())
    return told.hexdigest()


def _model_sha256(name: str) -> str:
    """Hash a model's card, which names the hashes of its weights, and what computes with it."""
    bundled = resources.folder("models") / name
    folder = bundled if bundled.is_dir() else FilePath(name)
    return _sha256((folder / "card.json").read_bytes() + _computing().encode())


@lru_cache(maxsize=1)
def _computing() -> str:
    """Return the version of what computes: of the program, its code where it lies open, and the libraries."""
    from importlib import metadata

    told = hashlib.sha256()
    package = FilePath(__file__).parents[1]
    for path in sorted(path for room in _COMPUTING for path in (package / room).glob("*.py")):
        told.update(path.read_bytes())
    versions = [__version__, told.hexdigest()]
    for library in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions.append(f"{library} {metadata.version(library)}")
    return " ".join(versions)


def _remove(path: FilePath) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
