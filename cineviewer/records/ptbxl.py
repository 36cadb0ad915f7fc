"""A PTB-XL folder: its table of 21,799 rows, at once and without signals, and one record's own row.

Layout: Wagner et al. 2020, doi 10.1038/s41597-020-0495-6. Rows, columns and files may be missing.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from cineviewer.ecg import Statement
from cineviewer.errors import InputError
from cineviewer.records import scp
from cineviewer.records.comments import Facts
from cineviewer.records.header import unreachable
from cineviewer.records.table import Table

DATABASE = "ptbxl_database.csv"
STATEMENTS = "scp_statements.csv"
COLUMNS = ("ecg_id", "patient_id", "age", "sex", "scp_codes", "strat_fold", "filename_lr", "filename_hr")
OVER_89_YEARS = 90.0
"""PTB-XL writes 300 for everyone older than 89, so that nobody is known by age; "90" here means 90 or more."""

_PAIR = re.compile(r"""['"]([^'"]+)['"]\s*:\s*(-?\d+(?:\.\d*)?)""")
_ROW = re.compile(rb"\n(\d{1,9}),")
_SEXES = {"0": "male", "1": "female"}

Row = Mapping[str, str]


def read_table(folder: Path) -> Table:
    """Return the folder's table; what it lacks is said in `notes`.

    Raises
    ------
    InputError
        If ptbxl_database.csv cannot be read or has no column that names a record.
    """
    path = folder / DATABASE
    column = _columns(path, COLUMNS)
    if not column.keys() & {"ecg_id", "filename_hr", "filename_lr"}:
        what = "it has no rows with the columns ecg_id, filename_hr or filename_lr"
        raise InputError("bad-table", what, where=path, repair="fetch ptbxl_database.csv again")
    none = ("",) * len(next(iter(column.values())))
    codes = column.get("scp_codes", none)
    statements = tuple(_statements(text) for text in codes)
    classes = _classes(folder / STATEMENTS)
    superclasses_of = lru_cache(maxsize=None)(lambda text: _superclasses(text, classes))
    superclasses = tuple(superclasses_of(text) for text in codes)
    paths_500, paths_100 = column.get("filename_hr", none), column.get("filename_lr", none)
    here = _files_in(folder, paths_500 + paths_100)
    missing = [name for name in COLUMNS if name not in column]
    return Table(
        folder=folder,
        names=np.array(column.get("ecg_id") or [_stem(a or b) for a, b in zip(paths_500, paths_100, strict=True)]),
        patients=np.array([_whole(text, -1) for text in column.get("patient_id", none)], dtype=np.int64),
        ages_years=np.array([_age(text) for text in column.get("age", none)], dtype=np.float32),
        sexes=np.array([_sex(text) for text in column.get("sex", none)]),
        folds=np.array([_whole(text, 0) for text in column.get("strat_fold", none)], dtype=np.int64),
        statements=statements,
        superclasses=superclasses,
        labels=np.array([label_of(classes_of) for classes_of in superclasses]),
        paths_500=paths_500,
        paths_100=paths_100,
        here_500=np.array([name in here for name in paths_500]),
        here_100=np.array([name in here for name in paths_100]),
        notes=(f"{DATABASE} has no column {', '.join(missing)}",) if missing else (),
    )


def label_of(superclasses: tuple[str, ...]) -> str:
    """Return "normal" for NORM alone, "abnormal" for any other superclass without NORM, "" for the rest."""
    if superclasses == ("NORM",):
        return "normal"
    return "abnormal" if superclasses and "NORM" not in superclasses else ""


def facts_of(path: Path) -> Facts | None:
    """Return age, sex and statements of a record that lies in a PTB-XL folder; None if it lies elsewhere.

    The row is looked up in the file as it is, without reading the whole table.
    """
    number = re.match(r"\d+", path.name)
    if number is None or len(path.absolute().parents) < 3:
        return None
    database = path.absolute().parents[2] / DATABASE
    try:
        status = database.stat()
        row = _row(_content(database, status.st_mtime_ns), int(number[0]), path.name)
    except (OSError, csv.Error):
        return None  # the signal can be read without its row
    if row is None:
        return None
    age = _age(row.get("age", ""))
    return Facts(
        age_years=None if math.isnan(age) else age,
        sex=_sex(row.get("sex", "")) or None,
        statements=_statements(row.get("scp_codes", "")),
    )


def _columns(path: Path, wanted: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return those of the wanted columns that a table has; none if it has no rows."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise unreachable(path, error) from error
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        head = [name.strip() for name in next(reader, [])]
        found = {name: head.index(name) for name in wanted if name in head}
        # Only what is wanted is kept: holding all 29 columns takes longer than reading them.
        cells = list(zip(*(_picked(row, found.values()) for row in reader if row), strict=True))
    except csv.Error as error:
        what = f"it is not a table ({error})"
        raise InputError("bad-table", what, where=path, repair=f"fetch {path.name} again") from error
    return dict(zip(found, cells, strict=False))


def _picked(row: list[str], numbers: Collection[int]) -> list[str]:
    try:
        return [row[k] for k in numbers]
    except IndexError:  # a row cut short
        return [row[k] if k < len(row) else "" for k in numbers]


@lru_cache(maxsize=2)
def _content(database: Path, _changed_ns: int) -> bytes:
    """Return the table's bytes, read again when the file has changed."""
    return database.read_bytes()


def _row(content: bytes, number: int, name: str) -> Row | None:
    """Return the row that begins with a record's number and names its file."""
    columns = content[: content.find(b"\n") + 1].decode("utf-8-sig", errors="replace").strip().split(",")
    start = content.find(b"\n%d," % number, _near(content, number))
    while start >= 0:
        # Reports may hold line breaks in quotes; no row comes near this length.
        text = content[start + 1 : start + 20_000].decode("utf-8", errors="replace")
        values = next(csv.reader(io.StringIO(text, newline="")), [])
        row = dict(zip(columns, values, strict=False))
        if name in (_stem(row.get("filename_hr", "")), _stem(row.get("filename_lr", ""))):
            return row
        start = content.find(b"\n%d," % number, start + 1)
    return None


def _near(content: bytes, number: int) -> int:
    """Return a place shortly before a row, by halving: rows are sorted by number; 0 where they are not."""
    low, high = 0, len(content)
    while high - low > 20_000:
        middle = (low + high) // 2
        row = _ROW.search(content, middle, high)
        if row is not None and int(row[1]) <= number:
            low = row.start()
        else:
            high = middle
    return low if content.find(b"\n%d," % number, low, low + 40_000) >= 0 else 0


def _stem(name: str) -> str:
    return name.rpartition("/")[2]


@lru_cache(maxsize=50_000)
def _statements(text: str) -> tuple[Statement, ...]:
    """Return "{'NORM': 100.0, 'SR': 0.0}" as statements; PTB-XL writes 0 for a likelihood that is not known."""
    return tuple(
        Statement(code, scp.STATEMENTS[code][1] if code in scp.STATEMENTS else "", float(likelihood) or None)
        for code, likelihood in _PAIR.findall(text)
    )


def _superclasses(text: str, classes: Callable[[str], str]) -> tuple[str, ...]:
    present = {classes(code) for code, _ in _PAIR.findall(text)}
    return tuple(name for name in scp.SUPERCLASSES if name in present)


def _classes(path: Path) -> Callable[[str], str]:
    """Return the superclass of a code: as the folder's own scp_statements.csv says, else as published."""
    known = {code: superclass for code, (superclass, _) in scp.STATEMENTS.items()}
    try:
        own = _columns(path, ("", "diagnostic_class"))
    except InputError:
        own = {}
    if len(own) == 2:
        known |= dict(zip(*own.values(), strict=True))
    return lambda code: known.get(code, "")


def _files_in(folder: Path, names: Iterable[str]) -> set[str]:
    """Return which of the names have a header; each folder is listed once."""
    here: set[str] = set()
    for parent in {name.rpartition("/")[0] for name in names if name}:
        if parent.startswith("/") or ".." in parent.split("/"):
            continue
        try:
            with os.scandir(folder / parent) as files:
                listed = [file.name for file in files]
        except OSError:
            continue
        prefix = f"{parent}/" if parent else ""
        here.update(f"{prefix}{file[:-4]}" for file in listed if file.endswith(".hea"))
    return here


def _whole(text: str, default: int) -> int:
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return default


def _age(text: str) -> float:
    try:
        age = float(text)
    except ValueError:
        return math.nan
    return age if 0 <= age <= 120 else OVER_89_YEARS if age == 300 else math.nan


def _sex(text: str) -> str:
    return _SEXES.get(text.partition(".")[0].strip(), "")
