"""What the window and its two processes tell each other, each with the number of the request that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath

from cineviewer.analysis.cache import FileState
from cineviewer.analysis.case import Case, Settings
from cineviewer.analysis.question import Answer, Question


@dataclass(frozen=True, slots=True)
class Request:
    """To the reading process: open a record under these settings."""

    number: int
    path: FilePath
    settings: Settings


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """From the reading process: a record's case so far; `case` None is the one that it sent last."""

    number: int
    case: Case | None
    fraction: float
    activity: str


@dataclass(frozen=True, slots=True)
class Silent:
    """From the reading process: why the network is not asked about the case that was found."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """From the reading process: why the folder of surfaces cannot be used as a heart, as a sentence for the user."""

    number: int
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """From the reading process to the answering one: what the network is asked about the case that was found.

    `file` is what the case was read from, where the verdict may be kept as that file's.
    """

    number: int
    question: Question
    file: FileState | None


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """From the answering process, or from the reading one where the answer was kept."""

    number: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """A record that could not be read or explained, as a sentence for the user."""

    number: int
    sentence: str
    code: str
