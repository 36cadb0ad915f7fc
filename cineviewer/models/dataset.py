"""A PTB-XL folder becomes examples: records of all folds but the test fold's, at both rates where there are two."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cineviewer import records, signal
from cineviewer.ecg import LEADS, Floats
from cineviewer.errors import InputError
from cineviewer.models import labels
from cineviewer.models.card import Input
from cineviewer.models.examples import Examples, beat_cuts
from cineviewer.models.spread import in_order
from cineviewer.records import Table
from cineviewer.records.ptbxl import DATABASE

MARGIN_MS = 20.0
TRUST = {"True": 1.0, "False": 0.3, "": 0.75}
"""How much a label counts by PTB-XL's column validated_by_human: read by a person, by a program alone, not known."""

_LABELS = {"normal": labels.NORMAL, "abnormal": labels.ABNORMAL}


def read_examples(
    folder: Path,
    form: Input,
    *,
    workers: int = 0,
    report: Callable[[int, int], None] = lambda _done, _of: None,
) -> Examples:
    """Cut the windows of a PTB-XL folder by the one input chain.

    Parameters
    ----------
    folder
        With ptbxl_database.csv; rows without a file are passed over.
    report
        Is told how many files are done, of how many.

    Raises
    ------
    InputError
        When no record of it can be used.
    """
    table = records.read_table(folder)
    files = _files(table)
    margin = round(MARGIN_MS * form.rate_hz / 1000.0)
    cuts: list[npt.NDArray[np.int16]] = []
    for done, found in enumerate(in_order(partial(_cuts_of, form=form, margin=margin), [f[0] for f in files], workers)):
        cuts.append(found)
        report(done + 1, len(files))
    counts = np.array([len(found) for found in cuts], dtype=np.intp)
    if not counts.sum():
        raise InputError("no-data", "no record here can be learned from", where=folder, repair="name a PTB-XL folder")
    return Examples(
        cuts_uv=np.concatenate(cuts),
        owner=np.repeat(np.array([row for _, row, _ in files], dtype=np.intp), counts),
        is_median=_last_of(counts),
        is_best_rate=np.repeat(np.array([best for _, _, best in files], dtype=bool), counts),
        label=np.array([_LABELS.get(label, labels.NEITHER) for label in table.labels.tolist()], dtype=np.int8),
        statements=_statements(table),
        trust=_trust(folder, table),
        fold=table.folds.astype(np.int16),
        patient=table.patients.astype(np.int64),
        number=np.array([int(name) if name.isdecimal() else -1 for name in table.names.tolist()], dtype=np.int64),
    )


def _files(table: Table) -> list[tuple[Path, int, bool]]:
    """Return (file, row, whether it is the row's best) of all files that are here, but those of the test fold."""
    found: list[tuple[Path, int, bool]] = []
    for row in np.flatnonzero(~np.isin(table.folds, labels.TEST_FOLDS)).tolist():
        best = records.table_record(table, row)
        if best is None:
            continue
        found.append((best, row, True))
        if table.here_500[row] and table.here_100[row]:
            found.append((table.folder / table.paths_100[row], row, False))
    return found


def _cuts_of(path: Path, *, form: Input, margin: int) -> npt.NDArray[np.int16]:
    try:
        record = records.read(path)
    except InputError:  # an unreadable file teaches nothing; `cineviewer check` says what is wrong with it
        size = form.pq_samples + form.length + 2 * margin
        return np.empty((0, len(LEADS), size), dtype=np.int16)
    return beat_cuts(record, signal.analyse(record), form, margin)


def _statements(table: Table) -> npt.NDArray[np.uint8]:
    """Return which superclasses each row carries, and which of the statements that are frequent in training folds."""
    carried = [{statement.code for statement in row} for row in table.statements]
    learned = np.isin(table.folds, labels.TRAIN_FOLDS).tolist()
    codes = labels.frequent(row for row, is_learned in zip(carried, learned, strict=True) if is_learned)
    return np.array(
        [
            [name in classes for name in labels.SUPERCLASSES] + [code in row for code in codes]
            for classes, row in zip(table.superclasses, carried, strict=True)
        ],
        dtype=np.uint8,
    )


def _trust(folder: Path, table: Table) -> Floats:
    """Return how much each row's label counts; the same for all where the data set does not say who read it."""
    try:
        text = (folder / DATABASE).read_text(encoding="utf-8-sig")
    except OSError:
        return np.ones(len(table), dtype=np.float32)
    said = {row.get("ecg_id"): row.get("validated_by_human") or "" for row in csv.DictReader(io.StringIO(text))}
    return np.array([TRUST.get(said.get(name, ""), TRUST[""]) for name in table.names.tolist()], dtype=np.float32)


def _last_of(counts: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Return a mask of the last window of each file: its median."""
    last = np.zeros(int(counts.sum()), dtype=bool)
    last[np.cumsum(counts)[counts > 0] - 1] = True
    return last
