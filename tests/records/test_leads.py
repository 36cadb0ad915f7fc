from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cineviewer.ecg import LEADS
from cineviewer.records.leads import LIMB, derived, lead_of


@given(
    lead=st.sampled_from(LEADS),
    spell=st.sampled_from([str, str.upper, str.lower, str.swapcase]),
    prefix=st.sampled_from(["", "Lead ", "lead_", "ECG ", "EKG: ", "ECG Lead ", "MDC_ECG_LEAD_", " "]),
)
def test_lead_is_known_in_any_spelling(lead, spell, prefix):
    assert lead_of(prefix + spell(lead) + " ") == (lead, 1)
    assert lead_of(prefix + "-" + spell(lead)) == (lead, -1)


@pytest.mark.parametrize(
    ("name", "lead"),
    [
        ("C1", "V1"),
        ("c6", "V6"),
        ("DI", "I"),
        ("D2", "II"),
        ("MLII", "II"),
        ("a V R", "aVR"),
        ("Lead-aVR", "aVR"),
        ("ECG-V1", "V1"),
    ],
)
def test_other_systems_of_names_are_known(name, lead):
    assert lead_of(name) == (lead, 1)


@pytest.mark.parametrize(
    "name",
    ["", "V", "V7", "V3R", "vx", "IV", "1", "ECG", "ECG 1", "aV", "ABP", "PLETH", "MCL1", "ES", "IIII", "I-II", "avr2"],
)
def test_other_signals_are_no_lead_of_the_twelve(name):
    assert lead_of(name) is None


@pytest.mark.parametrize("known", list(itertools.combinations(LIMB, 2)))
def test_any_two_limb_leads_give_the_other_four(known, ecg):
    signal = {lead: row.astype(np.float32) for lead, row in zip(LEADS, ecg, strict=True)}
    computed = derived({lead: signal[lead] for lead in known})
    assert set(computed) == set(LIMB) - set(known)
    for lead, values in computed.items():
        np.testing.assert_allclose(values, signal[lead], atol=2e-6)


def test_one_limb_lead_gives_no_other(ecg):
    assert derived({"II": ecg[1].astype(np.float32), "V1": ecg[6].astype(np.float32)}) == {}


def test_gap_in_a_lead_is_a_gap_in_what_is_derived_from_it():
    first, second = np.array([1, np.nan], np.float32), np.array([1, 1], np.float32)
    assert np.isnan(derived({"I": first, "II": second})["III"]).tolist() == [False, True]
