"""A file or folder becomes Records; every check on input lives in this room.

`read` makes a Record or raises one sentence, `read_truth` what is known of a simulated one; `find` turns arguments into
records; `read_table` shows a data set.
"""

from __future__ import annotations

from pathlib import Path

from cineviewer.records.comments import Facts
from cineviewer.records.reading import read, read_facts, sha256_of
from cineviewer.records.search import Found, find
from cineviewer.records.table import Table, listing, table_record
from cineviewer.records.truth import read_truth

__all__ = [
    "Facts",
    "Found",
    "Table",
    "find",
    "read",
    "read_facts",
    "read_table",
    "read_truth",
    "sha256_of",
    "table_record",
]


def read_table(folder: Path) -> Table:
    """Return a folder as a data set: from ptbxl_database.csv where there is one, else its WFDB records by name.

    Raises
    ------
    InputError
        If ptbxl_database.csv is there and cannot be used.
    """
    from cineviewer.records import ptbxl

    folder = Path(folder)
    return ptbxl.read_table(folder) if (folder / ptbxl.DATABASE).is_file() else listing(folder)
