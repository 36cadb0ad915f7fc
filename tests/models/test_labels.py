"""Who counts as normal."""

from __future__ import annotations

import pytest

from cineviewer.models.labels import ABNORMAL, NEITHER, NORMAL, frequent, two_class_snomed


@pytest.mark.parametrize(
    ("codes", "label"),
    [
        (["426783006"], NORMAL),
        (["426783006", "164909002"], ABNORMAL),  # sinus rhythm with left bundle branch block
        (["164890007", "429622005"], ABNORMAL),
        (["426783006", "427084000"], NEITHER),  # sinus tachycardia: none of the four superclasses
        (["164889003"], NEITHER),  # a rhythm alone: the network hears none
        ([], NEITHER),
    ],
)
def test_snomed_codes(codes, label):
    assert two_class_snomed(codes) == label


def test_frequent_statements_are_counted_once_a_record():
    assert frequent([["A", "A", "B"], ["A"], ["C", "B"]], least=2) == ("A", "B")
