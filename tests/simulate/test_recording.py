from __future__ import annotations

import numpy as np
import pytest

from cineviewer import records, signal, simulate
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
    found = [beat.landmarks for beat in signal.analyse(made.record).beats]
    tolerance_ms = {"r": 12, "qrs_on": 20, "qrs_off": 24, "p_on": 16, "p_off": 16, "t_peak": 14}
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


def test_vector_truth_gives_the_limb_leads():
    from cineviewer.cine.leads import COLUMNS, DOWER

    made = simulate.simulate("lvh")
    for lead in ("I", "II"):
        expected = DOWER[COLUMNS.index(lead)] @ made.truth.vector_mv
        np.testing.assert_allclose(made.truth.clean_mv[ROW[lead]], expected, atol=1e-6)


def test_unknown_scenario_is_answered_with_those_that_exist():
    with pytest.raises(InputError, match="lbbb") as raised:
        simulate.simulate("lbb")
    assert raised.value.code == "no-scenario"
