"""The list of cases as columns: made from a data set, files or the demo, filtered and written without Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles, Record

SUPERCLASSES = ("NORM", "MI", "STTC", "CD", "HYP")
State = Literal["", "simulated", "not here", "not read"]
VerdictFilter = Literal["", "abnormal", "normal", "not run", "disagrees", "seeds disagree", "unlike training"]


@dataclass(slots=True, eq=False)
class CaseList:
    """Cases as columns of equal length; what is unknown is "", NaN or -1.

    Attributes
    ----------
    paths
        What to open, as the session's Selection wants it.
    superclasses
        Bits, one for each of SUPERCLASSES.
    p_abnormal
        (n,) calibrated probability, NaN where the model has not run.
    abnormal_statement
        (n,) 1 if the data set's own statement is abnormal, 0 if normal, -1 if neither.
    flags
        (n,) a batch's remarks ("seeds disagree", "unlike training"), joined by ", ".
    sha256, hand_set
        Of the signal, "" until a case was opened once; and whether it was then shown with landmarks set by hand.
    places
        The folder of each, relative to the list's own, "" where it lies in that.
    """

    paths: list[str]
    names: list[str]
    ages: Doubles
    sexes: list[str]
    statements: list[str]
    superclasses: npt.NDArray[np.uint8]
    folds: npt.NDArray[np.int16]
    states: list[State]
    p_abnormal: Doubles
    abnormal_statement: npt.NDArray[np.int8]
    threshold: float = 0.5
    flags: list[str] = field(default_factory=list)
    sha256: list[str] = field(default_factory=list)
    hand_set: set[str] = field(default_factory=set)
    places: list[str] = field(default_factory=list)
    searchable: list[str] = field(default_factory=list)
    _rows: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.paths)
        self.flags = self.flags or [""] * n
        self.sha256 = self.sha256 or [""] * n
        self.places = self.places or [""] * n
        if not self.searchable:
            self.searchable = [
                f"{place} {name} {'' if np.isnan(age) else f'{age:.0f} y'} {sex} {text}".lower()
                for place, name, age, sex, text in zip(
                    self.places, self.names, self.ages, self.sexes, self.statements, strict=True
                )
            ]

    def __len__(self) -> int:
        return len(self.paths)

    def row_of(self, path: str) -> int | None:
        """Return the row of a path, with or without a file's suffix."""
        if not self._rows:
            self._rows = {here: k for k, here in enumerate(self.paths)}
        return self._rows.get(path, self._rows.get(path.removesuffix(Path(path).suffix)))


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows; the empty filter shows everything."""

    text: str = ""
    superclass: str = ""
    sex: str = ""
    age_from: float | None = None
    age_to: float | None = None
    fold: int | None = None
    verdict: VerdictFilter = ""
    starred: bool = False
    tag: str = ""

    @property
    def n_hidden(self) -> int:
        """How many filters are in force besides the search and the chips."""
        return sum(
            [bool(self.sex), self.age_from is not None or self.age_to is not None, self.fold is not None,
             bool(self.verdict), self.starred, bool(self.tag)]
        )  # fmt: skip


def filtered(
    cases: CaseList, wanted: Filter, stars: frozenset[str] = frozenset(), tags: dict[str, tuple[str, ...]] | None = None
) -> npt.NDArray[np.intp]:
    """Return the rows that a filter lets through, in the list's order."""
    keep = np.ones(len(cases), dtype=bool)
    if wanted.superclass:
        keep &= (cases.superclasses & (1 << SUPERCLASSES.index(wanted.superclass))) != 0
    if wanted.sex:
        keep &= np.array([sex == wanted.sex for sex in cases.sexes], dtype=bool)
    if wanted.age_from is not None:
        keep &= cases.ages >= wanted.age_from
    if wanted.age_to is not None:
        keep &= cases.ages <= wanted.age_to
    if wanted.fold is not None:
        keep &= cases.folds == wanted.fold
    if wanted.verdict:
        keep &= _verdict_mask(cases, wanted.verdict)
    if wanted.starred:
        keep &= np.array([key in stars for key in cases.sha256], dtype=bool)
    if wanted.tag:
        tagged = {key for key, names in (tags or {}).items() if wanted.tag in names}
        keep &= np.array([key in tagged for key in cases.sha256], dtype=bool)
    rows = np.flatnonzero(keep)
    words = wanted.text.lower().split()
    if words:
        haystack = cases.searchable
        found = rows.tolist()
        for word in words:
            found = [k for k in found if word in haystack[k]]
        rows = np.array(found, dtype=np.intp)
    return rows


def _verdict_mask(cases: CaseList, verdict: VerdictFilter) -> npt.NDArray[np.bool_]:
    run = ~np.isnan(cases.p_abnormal)
    abnormal = run & (np.nan_to_num(cases.p_abnormal) >= cases.threshold)
    match verdict:
        case "abnormal":
            return np.asarray(abnormal)
        case "normal":
            return np.asarray(run & ~abnormal)
        case "not run":
            return ~run
        case "disagrees":
            return np.asarray(run & (cases.abnormal_statement >= 0) & (abnormal != (cases.abnormal_statement == 1)))
        case _:
            return np.array([verdict in flags for flags in cases.flags], dtype=bool)


def of_files(paths: Sequence[Path]) -> CaseList:
    """Return a list of records of which only the path is known."""
    n = len(paths)
    return CaseList(
        paths=[str(path) for path in paths],
        names=[path.stem if path.suffix == ".npz" else path.name for path in paths],
        ages=np.full(n, np.nan),
        sexes=[""] * n,
        statements=[""] * n,
        superclasses=np.zeros(n, np.uint8),
        folds=np.full(n, -1, np.int16),
        states=[""] * n,
        p_abnormal=np.full(n, np.nan),
        abnormal_statement=np.full(n, -1, np.int8),
    )


def describe(cases: CaseList, row: int, record: Record) -> None:
    """Write what a record says of itself into its row, where the list knew nothing."""
    cases.sha256[row] = record.sha256
    if np.isnan(cases.ages[row]) and record.age_years is not None:
        cases.ages[row] = record.age_years
    cases.sexes[row] = cases.sexes[row] or sex_letter(record.sex)
    cases.statements[row] = cases.statements[row] or ", ".join(s.text or s.code for s in record.statements)
    if record.simulated:
        cases.states[row] = "simulated"
    elif cases.states[row] == "not read":
        cases.states[row] = ""


def sex_letter(sex: str | None) -> str:
    """Return "F", "M" or ""."""
    return sex[0].upper() if sex and sex[0].upper() in "FM" else ""


def join_summary(cases: CaseList, path: Path) -> int:
    """Write a batch's summary.csv into the list's rows, by path; return how many rows it had something for."""
    import csv

    rows: dict[str, int] = {}
    for k, here in enumerate(cases.paths):
        rows[here] = k
        rows.setdefault(Path(here).name, k)
    joined = 0
    with path.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            where = line.get("path", "")
            row = rows.get(where, rows.get(Path(where).name))
            if row is None:
                continue
            joined += 1
            if line.get("error"):
                cases.states[row] = "not read"
            if value := line.get("p_abnormal"):
                cases.p_abnormal[row] = float(value)
            if value := line.get("threshold"):
                cases.threshold = float(value)
            names = (name for name in ("seeds disagree", "unlike training") if _is_true(line, name))
            cases.flags[row] = ", ".join(names)
    return joined


def _is_true(line: dict[str, str], name: str) -> bool:
    return (line.get(name.replace(" ", "_")) or "").lower() in ("1", "true", "yes")


def write_csv(
    cases: CaseList,
    rows: Iterable[int],
    path: Path,
    *,
    stars: frozenset[str],
    tags: dict[str, tuple[str, ...]],
    notes: dict[str, str],
) -> None:
    """Write rows of the list as CSV, with the reader's stars, tags and notes."""
    import csv

    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(
            (
                "path",
                "name",
                "age_years",
                "sex",
                "statements",
                "fold",
                "p_abnormal",
                "state",
                "star",
                "hand_set",
                "tags",
                "note",
            )
        )
        for k in rows:
            key = cases.sha256[k]
            age, p, fold = cases.ages[k], cases.p_abnormal[k], cases.folds[k]
            table.writerow(
                (
                    cases.paths[k], cases.names[k], "" if np.isnan(age) else f"{age:g}", cases.sexes[k],
                    cases.statements[k], "" if fold < 0 else int(fold), "" if np.isnan(p) else f"{p:.4f}",
                    cases.states[k], int(bool(key) and key in stars),
                    int(bool(key) and key in cases.hand_set), " ".join(tags.get(key, ())), notes.get(key, ""),
                )
            )  # fmt: skip


def with_verdict(cases: CaseList, row: int, p_abnormal: float, threshold: float) -> None:
    """Write a verdict that just came into its row."""
    cases.p_abnormal[row] = p_abnormal
    cases.threshold = threshold
