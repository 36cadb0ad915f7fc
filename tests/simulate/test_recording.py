from __future__ import annotations

import numpy as np
import pytest

from cineviewer import records, signal, simulate
from cineviewer.cine.leads import COLUMNS, INVERSE_DOWER
from cineviewer.ecg import LEADS
from cineviewer.errors import InputError

ROW = {lead: k for k, lead in enumerate(LEADS)}


@pytest.mark.parametrize("name", simulate.SCENARIOS)
def test_same_seed_gives_the_same_record_and_another_seed_another(name):
    first, again, other = (simulate.record(name, seed) for seed in (5, 5, 6))
    assert first.sha256 == again.sha256
    np.testing.assert_array_equal(first.signal_mv, again.signal_mv)
    assert np.abs(first.signal_mv - other.signal_mv).max() > 0.3


@pytest.mark.parametrize("name", simulate.SCENARIOS)
def test_record_is_ten_seconds_of_twelve_leads_that_obey_einthoven(name):
    x = simulate.record(name).signal_mv.astype(np.float64)
    assert x.shape == (12, 5000)
    assert np.isfinite(x).all()
    one_step_mv = 0.001001
    assert np.abs(x[ROW["II"]] - x[ROW["I"]] - x[ROW["III"]]).max() <= one_step_mv
    assert np.abs(x[ROW["aVR"]] + x[ROW["aVL"]] + x[ROW["aVF"]]).max() <= 2 * one_step_mv


def test_noise_is_as_slight_as_in_a_good_recording():
    made = simulate.simulate("normal")
    noise = made.record.signal_mv - made.truth.clean_mv
    fast = np.diff(noise, axis=1)
    assert 0.002 < fast.std() < 0.02
    assert 0.01 < noise.std() < 0.12


def test_rate_breathes():
    made = simulate.simulate("normal")
    r = np.array([landmarks.r for landmarks in made.truth.landmarks])
    intervals = np.diff(r) / made.record.rate_hz
    assert 0.01 < intervals.std() / intervals.mean() < 0.06
    assert 60 / intervals.mean() == pytest.approx(simulate.SCENARIOS["normal"].rate_bpm, abs=2)


@pytest.mark.parametrize("name", simulate.SCENARIOS)
def test_every_beat_is_found_where_the_truth_says(name):
    made = simulate.simulate(name, 2)
    # Of a beat that the record's start cuts, neither side knows an onset.
    found = [b.landmarks for b in signal.analyse(made.record).beats if b.landmarks.qrs_on is not None]
    # A notched QRS has two highest points.
    tolerance_ms = {
        "r": 40 if name == "lbbb" else 12,
        "qrs_on": 18,
        "qrs_off": 14,
        "p_on": 18,
        "p_off": 20,
        "t_peak": 14,
    }
    assert len(found) == len(made.truth.landmarks)
    for true, seen in zip(made.truth.landmarks, found, strict=True):
        for landmark, tolerance in tolerance_ms.items():
            expected, measured = getattr(true, landmark), getattr(seen, landmark)
            if expected is None or measured is None:
                continue  # cut by the record's ends
            assert abs(measured - expected) * 2 <= tolerance, landmark


def test_ectopic_beats_are_told_apart_by_the_analysis():
    made = simulate.simulate("rvot")
    found = signal.analyse(made.record).beats
    assert sum(made.truth.ectopic) >= 2
    assert tuple(beat.cluster != 0 for beat in found) == made.truth.ectopic


@pytest.mark.parametrize("name", simulate.SCENARIOS)
def test_written_record_reads_back_as_the_same_simulated_record(name, tmp_path):
    made = simulate.simulate(name, 3)
    back = records.read(simulate.write(made, tmp_path))
    np.testing.assert_array_equal(back.signal_mv, made.record.signal_mv)
    assert back.simulated
    assert back.sha256 == made.record.sha256
    assert back.rate_hz == made.record.rate_hz
    assert back.format == made.record.format
    assert back.warnings == ()


def test_header_says_that_it_is_simulated_and_how(tmp_path):
    simulate.write(simulate.simulate("lbbb", 7), tmp_path)
    header = (tmp_path / "lbbb.hea").read_text().splitlines()
    comments = [line[2:] for line in header if line.startswith("# ")]
    assert comments == ["simulated: yes", "scenario: lbbb", "seed: 7", f"generator: {simulate.GENERATOR}"]


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # between wfdb and pandas
def test_wfdb_itself_reads_one_microvolt_a_step(tmp_path):
    import wfdb

    made = simulate.simulate("rbbb")
    record = wfdb.rdrecord(str(simulate.write(made, tmp_path)))
    assert record.checksum == [int(lead.sum()) % 65536 for lead in np.round(made.record.signal_mv * 1000).astype(int)]
    assert record.fmt == ["16"] * 12
    assert record.adc_gain == [1000.0] * 12
    assert record.sig_name == list(LEADS)
    np.testing.assert_allclose(record.p_signal.T, made.record.signal_mv, atol=1e-6)


def test_truth_file_says_where_each_wave_is(tmp_path):
    made = simulate.simulate("rvot", 1)
    simulate.write(made, tmp_path)
    with np.load(tmp_path / "truth.npz", allow_pickle=False) as truth:
        assert truth["r"].tolist() == [landmarks.r for landmarks in made.truth.landmarks]
        assert truth["ectopic"].any()
        assert (truth["p_on"][truth["ectopic"]] == -1).all(), "no atrium began these beats"
        assert truth["vector_mv"].shape == (3, 5000)
        assert str(truth["sha256"]) == made.record.sha256
        assert str(truth["scenario"]) == "rvot"
        assert int(truth["seed"]) == 1


@pytest.mark.parametrize("name", ["normal", "lbbb", "rbbb", "lvh"])
def test_vector_truth_is_what_inverse_dower_finds_in_the_leads(name):
    truth = simulate.simulate(name).truth
    rows = [ROW[lead] for lead in COLUMNS]
    found = INVERSE_DOWER @ truth.clean_mv[rows].astype(np.float64)
    along = (found * truth.vector_mv).sum() / np.sqrt((found**2).sum() * (truth.vector_mv**2).sum())
    assert along > 0.8, "one direction"
    assert 0.6 < np.sqrt((found**2).sum() / (truth.vector_mv**2).sum()) < 1.6, "one size"


def test_truth_file_says_how_the_heart_was_activated(tmp_path):
    made = simulate.simulate("rvot", 1)
    simulate.write(made, tmp_path)
    with np.load(tmp_path / "truth.npz", allow_pickle=False) as truth:
        n = len(truth["nodes_mm"])
        assert truth["activation_ms"].shape == truth["ectopic_activation_ms"].shape == (n,)
        assert np.isfinite(truth["activation_ms"]).all()
        assert not truth["changed"].any(), "sinus beats are normal"
        assert truth["ectopic_changed"].any()
        assert str(truth["region"]) == ""
        first = truth["nodes_mm"][truth["ectopic_activation_ms"].argmin()]
        assert np.linalg.norm(truth["ectopic_front_mm"][0] - first) < 20, "the path begins where the beat does"
        late = truth["ectopic_recovery_ms"] - truth["ectopic_activation_ms"]
        assert (late > 150).all()


def test_time_mask_lies_in_the_ectopic_beats():
    made = simulate.simulate("rvot", 2)
    early = [marks for marks, ectopic in zip(made.truth.landmarks, made.truth.ectopic, strict=True) if ectopic]
    for marks in early:
        assert made.truth.differs[marks.qrs_on + 10 : marks.qrs_off].mean() > 0.9
    sinus = [marks for marks, ectopic in zip(made.truth.landmarks, made.truth.ectopic, strict=True) if not ectopic]
    assert not any(
        made.truth.differs[marks.qrs_on : marks.qrs_off].any() for marks in sinus if marks.qrs_on is not None
    )
    assert not simulate.simulate("normal").truth.differs.any()


def test_beats_begin_where_their_first_muscle_does():
    truth = simulate.simulate("lbbb", 2).truth
    for onset_s, marks in zip(truth.onset_s, truth.landmarks, strict=True):
        assert marks.qrs_on is not None
        assert -2.0 <= marks.qrs_on * 2.0 - 1000.0 * onset_s <= 12.0, "what is activated is seen a little later"


def test_each_lead_has_its_own_mask():
    made = simulate.simulate("rbbb", 2).truth
    marks = made.landmarks[3]
    early, late = slice(marks.qrs_on, marks.qrs_on + 6), slice(marks.qrs_on + 45, marks.qrs_on + 55)
    assert made.lead_differs[ROW["V1"], late].all(), "R'"
    assert not made.lead_differs[:, slice(marks.qrs_on - 20, marks.qrs_on)].any()
    assert made.lead_differs[:, early].mean() < 0.5 * made.lead_differs[:, late].mean()
    often = made.lead_differs.mean(axis=1)
    assert often[ROW["V1"]] > 1.5 * np.median(often)


def test_unknown_scenario_is_answered_with_those_that_exist():
    with pytest.raises(InputError, match="lbbb") as raised:
        simulate.simulate("lbb")
    assert raised.value.code == "no-scenario"
