from __future__ import annotations

import numpy as np
import pytest

from cineviewer import records
from cineviewer.ecg import LEADS


@pytest.mark.parametrize("lead", ["II", "III", "aVR", "aVL", "aVF"])
def test_wrong_gain_of_one_limb_lead_is_said(write, ecg, lead):
    signal = ecg.copy()
    signal[LEADS.index(lead)] *= 1.6
    (warning,) = records.read(write(signal_mv=signal)).warnings
    assert warning.startswith("The limb leads disagree")
    assert "Einthoven" in warning


def test_each_lead_scaled_to_one_millivolt_is_said(write, ecg):
    scaled = ecg / np.ptp(ecg, axis=1, keepdims=True)
    assert records.read(write(signal_mv=scaled)).warnings[0].startswith("The limb leads disagree")


def test_leads_in_each_others_place_are_said(write, ecg):
    signal = ecg[[1, 0, *range(2, 12)]]
    assert records.read(write(signal_mv=signal)).warnings[0].startswith("The limb leads disagree")


def test_offset_of_an_electrode_and_rounding_are_no_disagreement(write, ecg):
    signal = np.round(ecg / 0.005) * 0.005
    signal[1] += 0.3
    assert records.read(write(signal_mv=signal)).warnings == ()


def test_swapped_arms_are_said(write, ecg):
    swapped = ecg[[0, 2, 1, 4, 3, 5, *range(6, 12)]] * np.array([-1, *[1] * 11])[:, None]
    assert records.read(write(signal_mv=swapped)).warnings == (
        "Right and left arm electrodes may be swapped: lead I is upside down against V6",
    )


def test_right_axis_with_upright_p_and_t_is_not_taken_for_swapped_arms(write, ecg):
    t = np.arange(5000) / 500 % 1.0
    deep_s = 1.2 * np.exp(-0.5 * ((t - 0.42) / 0.012) ** 2)
    i, ii = np.round(1000 * (ecg[0] - deep_s)) / 1000, ecg[1]
    signal = np.vstack([i, ii, ii - i, -(i + ii) / 2, i - ii / 2, ii - i / 2, ecg[6:]])
    assert records.read(write(signal_mv=signal)).warnings == ()


def test_flat_record_raises_no_doubt_about_its_voltage(write, ecg):
    assert records.read(write(signal_mv=0 * ecg)).warnings == ()


def test_wandering_baseline_is_not_taken_for_a_wrong_unit(write, ecg):
    drift = 8 * np.sin(2 * np.pi * 0.1 * np.arange(5000) / 500)
    assert (
        records.read(write(signal_mv=ecg + drift * np.array([1, 1, 0, -1, 0.5, 0.5, *[1] * 6])[:, None])).warnings == ()
    )
