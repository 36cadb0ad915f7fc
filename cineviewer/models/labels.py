"""Which records count as normal, which as abnormal, which are left out; and which folds are for what."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

NORMAL, ABNORMAL, NEITHER = 0, 1, -1

TRAIN_FOLDS = (1, 2, 3, 4, 5, 6, 7, 8)
VALIDATION_FOLDS = (9,)
TEST_FOLDS = (10,)

SUPERCLASSES = ("NORM", "MI", "STTC", "CD", "HYP")
"""PTB-XL's diagnostic superclasses."""

PTBXL_RULE = (
    "PTB-XL's own labels, not re-validated: normal = NORM alone, abnormal = any of MI, STTC, CD, HYP without NORM "
    "(whatever the likelihood); other records are left out"
)

SNOMED_NORMAL = "426783006"
SNOMED_RULE = (
    "SNOMED codes in the header: normal = sinus rhythm (426783006) alone, abnormal = any finding of infarction, "
    "ischaemia, ST-T change, conduction disturbance or hypertrophy; other records are left out"
)

SNOMED_ABNORMAL = frozenset(
    {
        # infarction
        "164865005", "164867002", "54329005", "57054005", "164861001", "413844008", "413444003",
        "426434006", "425419005", "425623009",
        # ST-T changes
        "429622005", "164931005", "164930006", "55930002", "428750005", "164934002", "59931005", "111975006",
        # conduction
        "270492004", "195042002", "54016002", "426183003", "27885002", "233917008", "6374002", "164909002",
        "733534002", "251120003", "59118001", "713427006", "713426002", "445118002", "445211001", "698252002",
        "74390002", "195060002",
        # hypertrophy
        "164873001", "55827005", "89792004", "266249003", "67741000119109", "446813000", "195126007", "446358003",
    }
)  # fmt: skip
"""SNOMED CT codes that say what one of MI, STTC, CD or HYP says.

Source: the list of diagnoses of the PhysioNet/Computing in Cardiology Challenge 2021, grouped by PTB-XL's superclasses.
"""


def two_class_snomed(codes: Iterable[str]) -> int:
    """Return the label of a record with these SNOMED CT codes."""
    found = set(codes)
    if found == {SNOMED_NORMAL}:
        return NORMAL
    return ABNORMAL if found & SNOMED_ABNORMAL else NEITHER


def frequent(carried: Iterable[Iterable[str]], least: int = 60) -> tuple[str, ...]:
    """Return the statements that at least so many records carry, in alphabetical order."""
    names, counts = np.unique([code for codes in carried for code in set(codes)], return_counts=True)
    return tuple(str(name) for name in names[counts >= least])
