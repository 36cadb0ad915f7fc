"""Where lists of cases come from: a PTB-XL folder, any folder of records, single files, the bundled demo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cineviewer.errors import InputError
from cineviewer.ui import demo
from cineviewer.ui.cases.list import SUPERCLASSES, CaseList, State, of_files, sex_letter

if TYPE_CHECKING:
    from cineviewer.records import Table


def of_folder(folder: Path) -> CaseList:
    """Return a folder as a list: from ptbxl_database.csv where there is one, else its WFDB records by name.

    Raises
    ------
    InputError
        If the folder's table cannot be used, or it holds no record.
    """
    from cineviewer import records

    table = records.read_table(folder)
    if not len(table):
        raise InputError(
            "no-records", "no WFDB header is in it or below it", where=folder, repair="open another folder"
        )
    return _of_table(table)


def of_demo() -> CaseList:
    """Return the bundled, simulated cases."""
    cases = of_files(demo.files())
    cases.states = ["simulated"] * len(cases)
    return cases


def of_paths(paths: Sequence[Path]) -> CaseList:
    """Return single files as a list."""
    from cineviewer import records

    return of_files([found.path for found in records.find(paths)])


def _of_table(table: Table) -> CaseList:
    n = len(table)
    here = table.here_500 | table.here_100
    states: list[State] = ["" if row_here else "not here" for row_here in here]
    root = f"{table.folder}/"
    bits = {name: 1 << k for k, name in enumerate(SUPERCLASSES)}
    return CaseList(
        paths=[
            root + (at_500 if here_500 or not here_100 else at_100)
            for at_500, at_100, here_500, here_100 in zip(
                table.paths_500, table.paths_100, table.here_500.tolist(), table.here_100.tolist(), strict=True
            )
        ],
        names=[name.rpartition("/")[2] for name in table.names.tolist()],
        ages=table.ages_years.astype(np.float64),
        sexes=[sex_letter(sex) for sex in table.sexes.tolist()],
        statements=[", ".join([s.code for s in row]) for row in table.statements],
        superclasses=np.fromiter((sum([bits.get(c, 0) for c in row]) for row in table.superclasses), np.uint8, n),
        folds=np.where(table.folds > 0, table.folds, -1).astype(np.int16),
        states=states,
        p_abnormal=np.full(n, np.nan),
        abnormal_statement=np.select([table.labels == "abnormal", table.labels == "normal"], [1, 0], -1).astype(
            np.int8
        ),
        places=[name.rpartition("/")[0] for name in table.names.tolist()],
    )
