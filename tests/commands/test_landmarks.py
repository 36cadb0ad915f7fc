"""What `cineviewer landmarks` prints, and how it ends."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from cineviewer.commands import landmarks
from cineviewer.ecg import LEADS

with warnings.catch_warnings():  # between wfdb and pandas
    warnings.simplefilter("ignore", DeprecationWarning)
    import wfdb

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the same

KEYS = {"r", "p_on", "p_off", "qrs_on", "qrs_off", "t_peak", "t_end"}


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(landmarks.command)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One record of twelve beats without P waves."""
    time_s = np.arange(5000) / 500
    beat = np.zeros(5000)
    for start_s in np.arange(0.5, 9.6, 0.8):
        beat += 1.2 * np.exp(-0.5 * ((time_s - start_s) / 0.012) ** 2)
        beat += 0.3 * np.exp(-0.5 * ((time_s - start_s - 0.28) / 0.04) ** 2)
    height = np.array([0.5, 1.0, 0.5, -0.75, 0.0, 0.75, -0.5, 0.4, 0.8, 1.2, 1.1, 0.9])
    signal = np.outer(beat, height) + np.random.default_rng(0).normal(0, 0.004, (5000, 12))
    inside = tmp_path / "below"
    inside.mkdir()
    wfdb.wrsamp("good", 500, ["mV"] * 12, list(LEADS), p_signal=signal, fmt=["16"] * 12, write_dir=str(inside))
    return tmp_path


def test_json_follows_its_contract(folder: Path) -> None:
    result = run(folder, "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert set(document) == {"schema", "records"}
    assert document["schema"] == 1
    (record,) = document["records"]
    assert set(record) == {"path", "rate_hz", "beats", "error"}
    assert record["path"] == str(folder / "below" / "good")
    assert record["rate_hz"] == 500
    assert record["error"] is None
    assert all(set(beat) == KEYS for beat in record["beats"])
    assert [beat["r"] for beat in record["beats"]] == pytest.approx(250 + 400 * np.arange(12), abs=3)
    assert {beat["p_on"] for beat in record["beats"]} == {None}


def test_a_bad_record_is_said_on_stderr_and_the_others_are_done(folder: Path) -> None:
    (folder / "below" / "bad.hea").write_text("bad 12 500 5000\nbad.dat 16 1000/mV 16 0 0 0 0 I\n")
    result = run(folder, "--json")
    assert result.exit_code == 1
    records = {Path(record["path"]).name: record for record in json.loads(result.stdout)["records"]}
    assert len(records["good"]["beats"]) == 12
    assert records["bad"]["beats"] == []
    assert set(records["bad"]["error"]) == {"code", "message", "repair"}
    assert "bad" in result.stderr


def test_the_table_names_each_interval_with_its_method(folder: Path) -> None:
    result = run(folder / "below" / "good")
    assert result.exit_code == 0
    assert "QTcF ms" in result.stdout
    assert "PR ms: not measurable: no P wave leads the QRS" in result.stdout
    assert "rate bpm: 75 (mean RR interval, 12 beats)" in result.stdout


def test_help_has_an_example() -> None:
    assert "Example: cineviewer landmarks" in run("--help").stdout
