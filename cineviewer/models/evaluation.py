"""Honest figures: a model's verdicts on labelled recordings, a window and a record at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from cineviewer import records, signal
from cineviewer.ecg import Doubles, Floats
from cineviewer.errors import InputError
from cineviewer.models import labels
from cineviewer.models.card import Card, Evaluation, Figures, Input
from cineviewer.models.inputs import dominant, windows
from cineviewer.models.metrics import RESAMPLES, figures
from cineviewer.models.model import Model, probability
from cineviewer.models.spread import in_order

Split = Literal["train", "validate", "test", "all"]
FOLDS: dict[Split, tuple[int, ...]] = {
    "train": labels.TRAIN_FOLDS,
    "validate": labels.VALIDATION_FOLDS,
    "test": labels.TEST_FOLDS,
}
_TOGETHER = 64  # records whose windows go through the network at once


@dataclass(frozen=True, slots=True)
class Labelled:
    """A file, its label (0 normal, 1 abnormal) and whose it is."""

    path: Path
    label: int
    patient: str


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the networks said.

    Attributes
    ----------
    logits
        (members, windows) z_abnormal - z_normal of each beat of the dominant cluster.
    owner
        (windows,) the record of each, as an index into `asked`.
    asked
        The records.
    """

    logits: Doubles
    owner: npt.NDArray[np.intp]
    asked: tuple[Labelled, ...]

    @property
    def answered(self) -> npt.NDArray[np.intp]:
        """Records that gave at least one window."""
        return np.unique(self.owner)

    def record_logits(self) -> Doubles:
        """(members, answered records) mean logit over the windows of each."""
        size = len(self.asked)
        counts = np.maximum(np.bincount(self.owner, minlength=size), 1)
        means = [np.bincount(self.owner, row, size) / counts for row in self.logits]
        return np.stack(means)[:, self.answered]


def labelled(folder: Path, split: Split) -> list[Labelled]:
    """Return the labelled records of a PTB-XL folder, or of a folder of WFDB records with SNOMED codes.

    Raises
    ------
    InputError
        When no record is labelled, or a split is asked for where there are no folds.
    """
    table = records.read_table(folder)
    is_split = bool(table.folds.any())
    if split != "all" and not is_split:
        raise InputError(
            "no-folds", f"these records have no folds to take {split} from", where=folder, repair="ask for --split all"
        )
    wanted = np.isin(table.folds, FOLDS[split]) if split != "all" else np.ones(len(table), dtype=bool)
    found = []
    for row in np.flatnonzero(wanted).tolist():
        path = records.table_record(table, row)
        if path is None:
            continue
        label = _label(table.labels[row], path, is_split=is_split)
        patient = str(table.patients[row]) if table.patients[row] >= 0 else path.as_posix()
        if label != labels.NEITHER:
            found.append(Labelled(path, label, patient))
    if not found:
        raise InputError(
            "no-labels", "no record here is labelled normal or abnormal", where=folder, repair="name a labelled folder"
        )
    return found


def ask(
    models: Sequence[Model],
    asked: Sequence[Labelled],
    *,
    workers: int = 0,
    report: Callable[[int, int], None] = lambda _done, _of: None,
) -> Answers:
    """Ask models with the same input about records; the windows are cut once, in `workers` processes."""
    form = Input(**models[0].card.model_dump(include=set(Input.model_fields)))
    cut = in_order(partial(record_windows, form=form), [one.path for one in asked], workers)
    logits: list[Doubles] = []
    owners: list[int] = []
    for first, group in _in_groups(cut, _TOGETHER):
        stack = np.concatenate(group)
        said = [model.logits(stack) for model in models]
        logits.append(np.stack([z[:, 1] - z[:, 0] for z in said]).astype(np.float64))
        for index, found in enumerate(group):
            owners += [first + index] * len(found)
        report(first + len(group), len(asked))
    return Answers(np.concatenate(logits, axis=1), np.array(owners, dtype=np.intp), tuple(asked))


def record_windows(path: Path, form: Input) -> Floats:
    """Return the windows (n, 12, T) in mV that a record's verdict rests on; none where the record is unusable."""
    empty = np.empty((0, len(form.leads), form.length), dtype=np.float32)
    try:
        record = records.read(path)
    except InputError:  # counted as not answered; `cineviewer check` says what is wrong with it
        return empty
    delineation = signal.analyse(record)
    own = dominant(windows(record, delineation, form), delineation)
    return np.stack([window.signal_mv for window in own]) if own else empty


def judge(
    answers: Answers, logits: tuple[Doubles, Doubles], card: Card, *, resamples: int = RESAMPLES
) -> tuple[Figures, Figures]:
    """Return figures per window and per record.

    Parameters
    ----------
    logits
        Of windows and of answered records: one member's, or the mean over members.
    """
    label = np.array([one.label for one in answers.asked])
    patient = np.array([one.patient for one in answers.asked])
    per_window, per_record = (
        figures(
            label[rows],
            probability(said, card.temperature),
            patient[rows],
            threshold=card.threshold,
            resamples=resamples,
        )
        for said, rows in zip(logits, (answers.owner, answers.answered), strict=True)
    )
    return per_window, per_record


def evaluations(
    models: Sequence[Model], answers: Answers, data: str, split: Split, *, resamples: int = RESAMPLES
) -> tuple[tuple[Evaluation, ...], Evaluation | None]:
    """Return each member's figures, and apart from them those of their mean logit (None with one member)."""
    card = models[0].card
    of_records = answers.record_logits()

    def evaluation(seed: int, logits: tuple[Doubles, Doubles]) -> Evaluation:
        per_window, per_record = judge(answers, logits, card, resamples=resamples)
        return Evaluation(data=data, split=split, seed=seed, per_window=per_window, per_record=per_record)

    each = tuple(
        evaluation(card.members[index].seed, (answers.logits[index], of_records[index])) for index in range(len(models))
    )
    together = evaluation(-1, (answers.logits.mean(axis=0), of_records.mean(axis=0))) if len(models) > 1 else None
    return each, together


def _label(own: str, path: Path, *, is_split: bool) -> int:
    """Return PTB-XL's label where there is a table, else what the SNOMED codes in the header say."""
    if own or is_split:
        return {"normal": labels.NORMAL, "abnormal": labels.ABNORMAL}.get(own, labels.NEITHER)
    try:
        statements = records.read_facts(path).statements
    except InputError:
        return labels.NEITHER
    return labels.two_class_snomed(statement.code for statement in statements)


def _in_groups(items: Iterator[Floats], size: int) -> Iterator[tuple[int, list[Floats]]]:
    group: list[Floats] = []
    first = 0
    for item in items:
        group.append(item)
        if len(group) == size:
            yield first, group
            first, group = first + size, []
    if group:
        yield first, group
