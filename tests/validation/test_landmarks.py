"""The truth made of twelve leads' marks, its score, and the bars on real recordings."""

from __future__ import annotations

import json
import warnings
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from cineviewer.ecg import LEADS, Landmarks
from cineviewer.errors import InputError
from cineviewer.validation import landmarks

with warnings.catch_warnings():  # between wfdb and pandas
    warnings.simplefilter("ignore", DeprecationWarning)
    import wfdb

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the same

RATE_HZ = 500.0


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """Two beats whose marks differ between leads by a known amount; the second T wave is marked in three leads."""
    folder = tmp_path / "marked"
    folder.mkdir()
    rng = np.random.default_rng(0)
    digital = rng.integers(-500, 500, (2000, 12))
    for row in range(12):
        digital[0, row], digital[1, row] = -1000 * (row + 1), 1000 * (row + 1)
    names = [lead.lower() for lead in LEADS]
    ranges = [float(np.ptp(digital[:, row])) for row in range(12)]
    wfdb.wrsamp(
        "1", RATE_HZ, ["mV"] * 12, names, d_signal=digital, fmt=["16"] * 12, adc_gain=ranges, baseline=[0] * 12,
        write_dir=str(folder),
    )  # fmt: skip
    for k, name in enumerate(names):
        symbols, samples = [], []
        for beat, start in enumerate((400, 900)):
            waves = [("N", start + k, start + 20 + k, start + 40 + k)]
            if beat == 1:
                waves.insert(0, ("p", start - 80 + k, start - 55 + k, start - 30 + k))
            if beat == 0 or k < 3:
                waves.append(("t", start + 100 + k, start + 150 + k, start + 200 + k))
            for symbol, onset, peak, end in waves:
                symbols += ["(", symbol, ")"]
                samples += [onset, peak, end]
        wfdb.wrann("1", "mark", np.array(samples), symbols, write_dir=str(folder))
        (folder / "1.mark").rename(folder / f"1.{name}")  # wrann takes no digits
    return folder


def test_truth_is_the_quartile_of_the_edges_and_the_median_of_the_peaks(marked: Path) -> None:
    first, second = landmarks.truth(marked / "1", RATE_HZ)
    leads = np.arange(12)
    assert first.qrs_on == round(400 + np.percentile(leads, 25))
    assert first.r == int(420 + np.median(leads))
    assert first.qrs_off == round(440 + np.percentile(leads, 75))
    assert first.t_end == round(600 + np.percentile(leads, 75))
    assert first.p_on is None
    assert second.p_on == round(820 + np.percentile(leads, 25))
    assert second.t_end is None, "three leads do not make a wave"


def test_the_headers_gains_are_not_believed(marked: Path) -> None:
    signal_mv = landmarks.read(marked / "1").signal_mv
    np.testing.assert_allclose(np.ptp(signal_mv, axis=1), 2.0 * np.arange(1, 13), rtol=1e-6)


def test_a_folder_without_marks_is_an_error_with_its_repair(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="marks of each lead"):
        landmarks.names(tmp_path)


def test_the_folder_above_the_records_will_do(marked: Path) -> None:
    marked.rename(marked.with_name("data"))
    assert [path.name for path in landmarks.names(marked.parent)] == ["1"]


def beats(*r: int) -> tuple[Landmarks, ...]:
    return tuple(Landmarks(at, at - 20, at + 20, at - 90, at - 40, at + 130, at + 180) for at in r)


def test_a_score_counts_hits_misses_and_what_was_invented() -> None:
    scored = landmarks.score([(beats(500, 1000, 1500, 2000), beats(100, 505, 1000, 1250, 2003, 2400))], RATE_HZ)
    assert scored.sensitivity == pytest.approx(3 / 4)
    assert scored.predictivity == pytest.approx(3 / 4), "beats before the first mark and behind the last do not count"
    by_name = {deviation.name: deviation for deviation in scored.deviations}
    assert by_name["qrs_on"].mean_ms == pytest.approx(2 * (5 + 0 + 3) / 3)
    assert by_name["qrs_on"].sd_ms == pytest.approx(2 * np.std([5, 0, 3]))
    assert by_name["t_end"].n == 3


def test_a_score_tells_wrong_p_waves_from_unmarked_ones() -> None:
    true = (Landmarks(500, 480, 520), *beats(1000, 1500))
    scored = landmarks.score([(true, beats(500, 1000, 1500))], RATE_HZ)
    assert scored.p_right == pytest.approx(2 / 3)
    assert scored.p_right_after_first == 1.0


@pytest.mark.real
def test_landmarks_agree_with_ludbs_cardiologists(real_data: Path) -> None:
    from cineviewer import commands

    folder = real_data / "ludb"
    if not folder.is_dir():
        pytest.skip(f"no LUDB in {real_data}")
    import typer

    from cineviewer.commands import validate_landmarks

    assert "validate-landmarks" in commands.COMMANDS
    app = typer.Typer()
    app.command()(validate_landmarks.command)
    result = CliRunner().invoke(app, [str(folder), "--json"])
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    every = document["sets"]["all"]
    found = {deviation["name"]: deviation for deviation in every["deviations"]}
    assert every["n_records"] == 200
    assert every["n_beats"] == 1831
    assert every["sensitivity"] >= 0.997
    assert every["predictivity"] >= 0.995
    assert every["p_right"] >= 0.90
    for name, mean_ms, sd_ms in (("qrs_on", 4, 10), ("qrs_off", 4, 10), ("t_end", 8, 22), ("t_peak", 8, 12)):
        assert abs(found[name]["mean_ms"]) <= mean_ms, name
        assert found[name]["sd_ms"] <= sd_ms, name
    for half in ("odd", "even"):
        for deviation in document["sets"][half]["deviations"]:
            if deviation["name"] in ("qrs_on", "qrs_off"):
                assert deviation["sd_ms"] <= 11, (half, deviation)


@pytest.mark.real
def test_landmarks_of_a_hundred_hertz_are_nearly_as_good(real_data: Path) -> None:
    from cineviewer import signal

    folder = real_data / "ludb"
    if not folder.is_dir():
        pytest.skip(f"no LUDB in {real_data}")
    pairs = []
    for path in landmarks.names(folder):
        record = landmarks.read(path)
        slow = replace(record, rate_hz=100.0, signal_mv=signal.resample(record.signal_mv, RATE_HZ, 100.0))
        ours = [
            Landmarks(**{name: None if at is None else 5 * at for name, at in asdict(beat.landmarks).items()})
            for beat in signal.analyse(slow).beats
        ]
        pairs.append((landmarks.truth(path, RATE_HZ), ours))
    scored = landmarks.score(pairs, RATE_HZ)
    found = {deviation.name: deviation for deviation in scored.deviations}
    assert scored.sensitivity >= 0.997
    assert scored.predictivity >= 0.995
    assert found["qrs_on"].sd_ms <= 11
    assert found["qrs_off"].sd_ms <= 11
    assert found["t_end"].sd_ms <= 22
