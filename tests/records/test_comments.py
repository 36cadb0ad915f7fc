from __future__ import annotations

import pytest

from cineviewer.ecg import Statement
from cineviewer.records.comments import Facts, facts


@pytest.mark.parametrize(
    ("comments", "age", "sex"),
    [
        (["Age: 53", "Sex: Male"], 53.0, "male"),
        (["age: 81", "sex: female"], 81.0, "female"),
        (["<age>: 51", "<sex>: F"], 51.0, "female"),
        (["<age>: 25  <sex>: M  <diagnoses>: (none)  <medications>: (none)"], 25.0, "male"),
        (["Age: NaN", "Sex: Unknown"], None, None),
        (["Age: 300", "<sex>: ?"], None, None),
        (["Average: 40", "Sextant: M"], None, None),
        ([], None, None),
    ],
)
def test_age_and_sex_are_read_as_databases_write_them(comments, age, sex):
    assert facts(comments) == Facts(age_years=age, sex=sex)


def test_codes_behind_dx_become_statements_with_words():
    assert facts(["Dx: 426783006, 59118001", "Rx: Unknown"]).statements == (
        Statement("426783006", "sinus rhythm"),
        Statement("59118001", "right bundle branch block"),
    )


def test_absent_codes_are_no_statement():
    assert facts(["Dx: Unknown"]).statements == ()
    assert facts(["Dx:"]).statements == ()


def test_sentences_behind_diagnoses_become_statements_without_code():
    comments = ["<age>: 51", "<diagnoses>:", "Rhythm: Sinus bradycardia.", "Left ventricular hypertrophy."]
    assert [s.text for s in facts(comments).statements] == ["Rhythm: Sinus bradycardia", "Left ventricular hypertrophy"]


def test_diagnoses_in_the_line_of_age_and_sex_are_read():
    read = facts(["<age>: 65 <sex>: F <diagnoses> Coronary artery disease, hypertension", "PVCs, noise"])
    assert (read.age_years, read.sex) == (65.0, "female")
    assert [s.text for s in read.statements] == ["Coronary artery disease, hypertension", "PVCs, noise"]


def test_only_the_whole_line_says_simulated():
    assert facts(["simulated: yes"]).simulated
    assert not facts(["not simulated: yes"]).simulated
    assert not facts(["simulated: no"]).simulated
