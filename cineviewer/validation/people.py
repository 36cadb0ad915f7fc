"""What paths say of people whose ECG was read by others: where a bundle branch block's QRS ends.

A statement is no path: these figures say whether a method's terminal region agrees with the conduction disorder that a
reader named, and nothing about millimetres. Points that stay where they are stand beside every method: a question that
such a point answers as well proves nothing.

Published counts for CineECG on PTB-XL (terminal mTSI, van Dam et al. 2020, doi 10.1161/CIRCEP.120.008524): left bundle
branch block 51 of 51, right 55 of 55, normal 240 of 266.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from cineviewer import cine, models, records, signal
from cineviewer.cine.path import recipe_variants
from cineviewer.cine.regions import SEPTUM, UNDETERMINED, ends, side_of
from cineviewer.ecg import Doubles, Window
from cineviewer.errors import InputError
from cineviewer.heart import Heart
from cineviewer.models import spread
from cineviewer.models.card import Input
from cineviewer.validation.points import still

Ids = Literal["all", "odd", "even"]
RIGHT_REGIONS = ("RV free wall", "RVOT")
LIKE_TAUGHT = "learned, if like what was taught"
PUBLISHED = {"CLBBB": (51, 51), "CRBBB": (55, 55), "NORM": (240, 266)}
"""Right and all of the published study, by label."""

SAID_INCOMPLETE = "IRBBB, report"
"""PTB-XL's code IRBBB stands also beside reports that say "right bundle branch block" and no more: these are the
records whose report itself says incomplete."""

_INCOMPLETE = re.compile(r"(incomplete|unvollst.ndiger|inkompletter)\s+(right bundle|rechtsschenkel)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the records with a statement, and which answers are right.

    Attributes
    ----------
    label
        The statement (SCP code) that a record carries.
    right
        The answers that agree with it; none where the question is open and answers are only counted.
    by_side
        Whether the side of the last quarter of QRS is asked for (left, right, septum) instead of its region.
    """

    label: str
    asks: str
    right: frozenset[str]
    by_side: bool = False


QUESTIONS = (
    Question("CLBBB", "complete LBBB ends in the LV free wall", frozenset({"LV free wall"})),
    Question("CRBBB", "complete RBBB ends in RV or RVOT", frozenset(RIGHT_REGIONS)),
    Question("IRBBB", "incomplete RBBB: nothing is named", frozenset({UNDETERMINED})),
    Question(SAID_INCOMPLETE, "the same, where the report too says incomplete", frozenset({UNDETERMINED})),
    Question("NORM", "a normal QRS does not end on the right", frozenset({"left", "septum"}), by_side=True),
    *(Question(code, f"{code}: where it ends", frozenset()) for code in ("LAFB", "LPFB", "WPW", "AMI", "ASMI", "IMI")),
)


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One record: its number in the data set, its statements, and its median beat."""

    number: int
    codes: frozenset[str]
    window: Window


@dataclass(frozen=True, slots=True)
class Row:
    """One method's answers to one question.

    Attributes
    ----------
    n
        Records with the label.
    right, low, high
        Share of right answers among those given, with its 95 % interval (Wilson); None where none was given or the
        question is open.
    undetermined
        Share of n for which the method did not answer.
    answers
        How often each answer was given.
    """

    method: str
    label: str
    asks: str
    n: int
    right: float | None
    low: float | None
    high: float | None
    undetermined: float
    answers: dict[str, int]


def read(
    folder: Path,
    form: Input,
    *,
    ids: Ids = "all",
    workers: int = 0,
    report: Callable[[int, int], None] = lambda _done, _of: None,
) -> tuple[Person, ...]:
    """Read the median beats of the records at 500 Hz that carry a statement in question.

    Parameters
    ----------
    folder
        A PTB-XL folder; rows without a file are passed over, and records without a usable beat.
    ids
        Which numbers: methods are chosen on even ones and reported on odd ones.
    report
        Is told how many records are done, of how many.

    Raises
    ------
    InputError
        If the folder holds no such record.
    """
    table = records.read_table(folder)
    asked = frozenset(question.label for question in QUESTIONS)
    said = _said_incomplete(folder)
    jobs = []
    for row in np.flatnonzero(table.here_500).tolist():
        number = int(table.names[row])
        codes = frozenset(one.code for one in table.statements[row] if one.likelihood != 0)
        if codes & asked and (ids == "all" or number % 2 == (ids == "odd")):
            codes |= {SAID_INCOMPLETE} if "IRBBB" in codes and number in said else set()
            jobs.append((number, codes, folder / table.paths_500[row]))
    if not jobs:
        repair = "name a PTB-XL folder with records500 (physionet.org/content/ptb-xl)"
        raise InputError("no-people", "no record at 500 Hz with a statement in question", where=folder, repair=repair)
    people = []
    for done, person in enumerate(spread.in_order(partial(_person, form=form), jobs, workers)):
        if person is not None:
            people.append(person)
        report(done + 1, len(jobs))
    return tuple(people)


def rows(people: Sequence[Person], heart: Heart) -> tuple[Row, ...]:
    """Return every method's and every constant point's answers to every question."""
    found = []
    for question in QUESTIONS:
        own = [person for person in people if _belongs(person, question)]
        for method, answer in _methods(heart, question).items():
            found.append(_row(method, question, [answer(person.window) for person in own]))
    return tuple(found)


def wilson(right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share. Source: Wilson, J Am Stat Assoc 1927;22:209."""
    z = 1.959964
    middle, spread_ = (right + z * z / 2) / (n + z * z), z / (n + z * z)
    half = spread_ * np.sqrt(right * (n - right) / n + z * z / 4)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def _said_incomplete(folder: Path) -> frozenset[int]:
    """Numbers of the records whose report calls a right bundle branch block incomplete; none without reports."""
    with (folder / "ptbxl_database.csv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return frozenset(
            int(float(row["ecg_id"])) for row in rows if _INCOMPLETE.search(row.get("report") or "") is not None
        )


def _person(job: tuple[int, frozenset[str], Path], form: Input) -> Person | None:
    number, codes, path = job
    try:
        record = records.read(path)
        window = models.median_window(record, signal.analyse(record), form)
    except InputError:
        return None
    return None if window is None else Person(number, codes, window)


def _belongs(person: Person, question: Question) -> bool:
    """Whether the record carries the label; normal is NORM without a block beside it."""
    if question.label == "NORM":
        return "NORM" in person.codes and not person.codes & {"IRBBB", "CRBBB", "CLBBB", "ILBBB"}
    return question.label in person.codes


def _row(method: str, question: Question, answers: list[str]) -> Row:
    counts = Counter(answers)
    undetermined = counts[UNDETERMINED]
    silent_is_right = UNDETERMINED in question.right
    n_said = len(answers) if silent_is_right else len(answers) - undetermined
    n_right = sum(counts[answer] for answer in question.right)
    judged = bool(question.right) and n_said > 0
    low, high = wilson(n_right, n_said) if judged else (None, None)
    return Row(
        method=method,
        label=question.label,
        asks=question.asks,
        n=len(answers),
        right=n_right / n_said if judged else None,
        low=low,
        high=high,
        undetermined=undetermined / len(answers) if answers else 0.0,
        answers=dict(counts.most_common()),
    )


def _methods(heart: Heart, question: Question) -> dict[str, Callable[[Window], str]]:
    """Return what answers: the methods, and where answers are judged, points that never move."""
    named = side_of if question.by_side else _region
    recipe = partial(_recipe_side if question.by_side else _recipe_region, heart)
    methods: dict[str, Callable[[Window], str]] = {
        "recipe": recipe,
        "centred": partial(_drawn, heart, "centred", named),
        "learned": partial(_drawn, heart, "learned", named),
        LIKE_TAUGHT: partial(_drawn_if_like, heart, named),
    }
    if not question.right:
        return methods
    constants = {name: partial(_stay, place, heart, named) for name, place in still(heart).items()}
    return methods | constants


def _region(region: str) -> str:
    return UNDETERMINED if region == SEPTUM else region


def _recipe_region(heart: Heart, window: Window) -> str:
    return cine.terminal_region(cine.path(window, heart), window, heart) or UNDETERMINED


def _recipe_side(heart: Heart, window: Window) -> str:
    """The side of the recipe's own end, whatever the QRS duration; none where its variants differ over the right."""
    own, *others = (side_of(region) for region in ends(recipe_variants(window, heart), window, heart))
    agreed = all((other == "right") == (own == "right") for other in others)
    return own if agreed else UNDETERMINED


def _drawn(heart: Heart, method: str, named: Callable[[str], str], window: Window) -> str:
    """Where a path is at the end: geometry, which the product never shows as a claim."""
    return named(ends(cine.path(window, heart, method).points_mm[None], window, heart)[0])


def _drawn_if_like(heart: Heart, named: Callable[[str], str], window: Window) -> str:
    """The same of the learned path, but where it says that the beat is unlike all that it was taught."""
    path = cine.path(window, heart, "learned")
    return UNDETERMINED if path.unlike else named(ends(path.points_mm[None], window, heart)[0])


def _stay(place_mm: Doubles, heart: Heart, named: Callable[[str], str], window: Window) -> str:
    still = np.broadcast_to(place_mm, (1, window.signal_mv.shape[1], 3))
    return named(ends(np.asarray(still), window, heart)[0])
