"""What a user can mend, said as one sentence: what, where, and how."""

from __future__ import annotations

from pathlib import Path


class InputError(Exception):
    """A file, folder or argument that cannot be used, with the way to mend it.

    Parameters
    ----------
    code
        A stable short name of the fault for programs ("truncated", "not-wfdb").
    what
        The fact, as a clause ("the header says 12 signals, the .dat has bytes for 8").
    where
        The file or folder concerned, or None where there is none.
    repair
        What the user can do about it, as a clause.
    """

    def __init__(self, code: str, what: str, *, where: Path | None = None, repair: str) -> None:
        self.code = code
        self.what = what
        self.where = where
        self.repair = repair
        super().__init__(code, what, where, repair)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.code, self.what, self.where, self.repair)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where is not None else ""
        return f"{place}{self.what}; {self.repair}."


def _rebuild(code: str, what: str, where: Path | None, repair: str) -> InputError:
    return InputError(code, what, where=where, repair=repair)
