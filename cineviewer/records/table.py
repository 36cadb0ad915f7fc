"""A folder of records as a table, known before any signal is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Statement
from cineviewer.records.search import find


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A data set: one row a recording, every column of the same length.

    Attributes
    ----------
    folder
        Paths in the table are relative to it, with "/".
    names
        What a row is called: PTB-XL's ecg_id, else the path without suffix.
    patients
        Patient numbers, -1 where unknown.
    ages_years
        NaN where unknown; 90 stands for everyone from 90.
    sexes
        "male", "female", "" where unknown.
    folds
        1-10, 0 where there is none.
    statements, superclasses
        The data set's own, by row; superclasses in the order NORM, MI, STTC, CD, HYP.
    labels
        "normal", "abnormal" or "": the two classes that the models are trained on.
    paths_500, paths_100
        The files at 500 Hz (or the only rate there is) and at 100 Hz, without suffix, "" where the table names none.
    here_500, here_100
        Whether that file is in the folder.
    notes
        What the table lacks, as sentences.
    """

    folder: Path
    names: npt.NDArray[np.str_]
    patients: npt.NDArray[np.int64]
    ages_years: npt.NDArray[np.float32]
    sexes: npt.NDArray[np.str_]
    folds: npt.NDArray[np.int64]
    statements: tuple[tuple[Statement, ...], ...]
    superclasses: tuple[tuple[str, ...], ...]
    labels: npt.NDArray[np.str_]
    paths_500: tuple[str, ...]
    paths_100: tuple[str, ...]
    here_500: npt.NDArray[np.bool_]
    here_100: npt.NDArray[np.bool_]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names)


def table_record(table: Table, row: int) -> Path | None:
    """Return the file of a row: at 500 Hz where it is here, else at 100 Hz, None where neither is."""
    if table.here_500[row]:
        return table.folder / table.paths_500[row]
    return table.folder / table.paths_100[row] if table.here_100[row] else None


def listing(folder: Path) -> Table:
    """Return any folder of WFDB records as a table of names and paths; headers are not opened.

    What their comments say comes row by row from `read_facts`.
    """
    found = [one for one in find([folder]) if one.path != folder]
    paths = tuple(one.relative.as_posix() for one in found)
    n = len(paths)
    return Table(
        folder=folder,
        names=np.array(paths, dtype=np.str_),
        patients=np.full(n, -1, dtype=np.int64),
        ages_years=np.full(n, np.nan, dtype=np.float32),
        sexes=np.full(n, "", dtype=np.str_),
        folds=np.zeros(n, dtype=np.int64),
        statements=((),) * n,
        superclasses=((),) * n,
        labels=np.full(n, "", dtype=np.str_),
        paths_500=paths,
        paths_100=("",) * n,
        here_500=np.ones(n, dtype=np.bool_),
        here_100=np.zeros(n, dtype=np.bool_),
    )
