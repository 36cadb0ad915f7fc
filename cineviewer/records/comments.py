"""Age, sex and diagnoses from the comment lines of a WFDB header, as the public databases write them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cineviewer.ecg import Statement
from cineviewer.records.snomed import TEXTS

_AGE = re.compile(r"<?\bage\b>?\s*[:=]\s*(\d{1,3}(?:\.\d+)?)", re.IGNORECASE)
_SEX = re.compile(r"<?\b(?:sex|gender)\b>?\s*[:=]\s*(f|m)(?:emale|ale)?\b", re.IGNORECASE)
_CODES = re.compile(r"dx\s*:\s*(.*)", re.IGNORECASE)
_DIAGNOSES = re.compile(r"<diagnoses>\s*:?\s*(.*)", re.IGNORECASE)
_REASON = re.compile(r"reason for admission\s*:\s*(.*)", re.IGNORECASE)
_SIMULATED = re.compile(r"simulated\s*:\s*yes", re.IGNORECASE)
_NOTHING = ("", "n/a", "none", "(none)", "unknown", "nan")
OLDEST_YEARS = 120.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What came with a record besides its signal."""

    age_years: float | None = None
    sex: str | None = None
    statements: tuple[Statement, ...] = ()
    simulated: bool = False


def facts(comments: Sequence[str]) -> Facts:
    """Return what the comments say: "Age: 73", "<sex>: F", "Dx: 426783006,…", "simulated: yes"."""
    text = "\n".join(comments)
    age, sex = _AGE.search(text), _SEX.search(text)
    years = float(age[1]) if age else math.nan
    return Facts(
        age_years=years if 0 <= years <= OLDEST_YEARS else None,
        sex=None if sex is None else {"f": "female", "m": "male"}[sex[1].lower()],
        statements=_statements(comments),
        simulated=any(_SIMULATED.fullmatch(line) for line in comments),
    )


def _statements(comments: Sequence[str]) -> tuple[Statement, ...]:
    statements: list[Statement] = []
    free_text = False
    for line in comments:
        if codes := _CODES.fullmatch(line):
            statements += [_coded(code) for code in re.split(r"[,;\s]+", codes[1]) if code.lower() not in _NOTHING]
        elif diagnoses := _DIAGNOSES.search(line):
            # LUDB: the diagnoses are the lines that follow, one sentence each.
            free_text = True
            statements += _spoken(diagnoses[1].partition("<")[0])
        elif reason := _REASON.fullmatch(line):
            statements += _spoken(reason[1])
        elif free_text:
            statements += _spoken(line)
    return tuple(statements)


def _coded(code: str) -> Statement:
    return Statement(code, TEXTS.get(code, ""))


def _spoken(text: str) -> list[Statement]:
    """Return a statement that has words and no code, if there are words."""
    clean = text.strip().rstrip(".")
    return [] if clean.lower() in _NOTHING else [Statement("", clean)]
