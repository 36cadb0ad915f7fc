"""Which heart a case's path is drawn in: the generic one, or one whose surfaces somebody gave."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cineviewer.analysis.case import Case, Settings

if TYPE_CHECKING:
    from cineviewer.heart import Heart


def load_heart(folder: Path | None = None) -> Heart:
    """Return the generic heart, or the one whose surfaces a folder holds: read once a process, and where they change.

    Raises
    ------
    InputError
        If the folder holds no heart that can be used.
    """
    if folder is None:
        from cineviewer import heart

        return heart.load()
    from cineviewer.heart import person

    states = [(path.name, path.stat()) for path in person.files(folder)]
    return _given_heart(folder, tuple((name, state.st_size, state.st_mtime_ns) for name, state in states))


@lru_cache(maxsize=2)
def _given_heart(folder: Path, _files: tuple[tuple[str, int, int], ...]) -> Heart:
    from cineviewer.heart import person

    return person.read(folder)


def in_heart(case: Case, settings: Settings) -> Case:
    """Return a case with the heart in which its path is to be drawn; raises InputError if that cannot be used."""
    heart = None if settings.heart is None else load_heart(settings.heart)
    return case if heart is case.heart else replace(case, heart=heart)


def heart_of(case: Case) -> Heart:
    """Return the heart in which a case's path is drawn."""
    return case.heart or load_heart()
