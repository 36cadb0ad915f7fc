"""explain: a folder a record, resumable, a bad record costs only itself."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cineviewer import commands, resources
from cineviewer.ecg import LEADS

CASES = ("lbbb", "normal")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    records = tmp_path / "records" / "a"
    records.mkdir(parents=True)
    for name in CASES:
        for suffix in (".hea", ".dat"):
            shutil.copy(resources.folder("demo") / f"{name}{suffix}", records)
    return tmp_path / "records"


def explain(folder: Path, out: Path, *options: str) -> int:
    return commands.run(["explain", str(folder), "--out", str(out), "--workers", "1", "--no-pictures", *options])


def test_each_record_gets_a_folder_of_its_own_under_its_relative_path(folder: Path, tmp_path: Path) -> None:
    assert explain(folder, tmp_path / "out") == 0

    for name in CASES:
        result = json.loads((tmp_path / "out" / "a" / name / "result.json").read_text())
        assert result["simulated"] is True
        assert result["verdict"]["label"] in ("normal", "abnormal")
        assert len(result["attribution"]["profile"]) == result["window"]["n"] == len(result["trajectory"]["path_mm"])
        with np.load(tmp_path / "out" / "a" / name / "attribution.npz") as arrays:
            summed = arrays["phi"].sum(axis=0, dtype=np.float64)
            np.testing.assert_allclose(arrays["profile"], summed / np.abs(summed).max(), atol=1e-6)
            assert tuple(arrays["leads"]) == LEADS
    assert not list((tmp_path / "out").rglob("*.partial"))


def test_a_truncated_record_is_named_with_its_reason_and_the_others_go_on(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = folder / "a" / "normal.dat"
    data.write_bytes(data.read_bytes()[:1000])

    code = explain(folder, tmp_path / "out", "--json")

    document = json.loads(capsys.readouterr().out)
    assert code == 1
    assert [result["path"] for result in document["results"]] == [str(folder / "a" / "lbbb")]
    assert [failed["path"] for failed in document["failed"]] == [str(folder / "a" / "normal")]
    assert "normal" in document["failed"][0]["error"]
    with (tmp_path / "out" / "summary.csv").open() as file:
        rows = {Path(row["path"]).name: row for row in csv.DictReader(file)}
    assert rows["lbbb"]["error"] == ""
    assert rows["lbbb"]["label"] == "abnormal"
    assert rows["normal"]["error"] != ""


def test_a_resumed_batch_does_nothing_twice_and_what_is_missing_or_half_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    explain(folder, out)
    done = out / "a" / "lbbb" / "result.json"
    half = out / "a" / "normal" / "result.json"
    before = done.stat().st_mtime_ns
    half.write_bytes(half.read_bytes()[:100])

    assert explain(folder, out, "--resume") == 0

    assert done.stat().st_mtime_ns == before
    assert json.loads(half.read_text())["verdict"] is not None
    with (out / "summary.csv").open() as file:
        assert len(list(csv.DictReader(file))) == len(CASES)


def test_other_settings_are_computed_anew_when_resumed(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    explain(folder, out)

    explain(folder, out, "--resume", "--path", "centred")

    result = json.loads((out / "a" / "lbbb" / "result.json").read_text())
    assert result["trajectory"]["method"] == "centred"
    assert result["trajectory"]["terminal_region"] is None
    assert result["trajectory"]["evidence_share"] is None


def test_the_same_record_gives_the_same_attribution_again(folder: Path, tmp_path: Path) -> None:
    for out in ("one", "two"):
        explain(folder, tmp_path / out)

    with (
        np.load(tmp_path / "one" / "a" / "lbbb" / "attribution.npz") as one,
        np.load(tmp_path / "two" / "a" / "lbbb" / "attribution.npz") as two,
    ):
        np.testing.assert_array_equal(one["phi"], two["phi"])


def test_a_folder_without_records_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()

    assert explain(tmp_path / "empty", tmp_path / "out") == 1
    assert "holds no WFDB record" in capsys.readouterr().err


def test_an_unknown_method_is_refused_by_name(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(folder, tmp_path / "out", "--method", "magic") == 1
    assert "magic" in capsys.readouterr().err


def test_a_heart_that_is_given_is_checked_said_and_named_in_the_result(
    folder: Path, tmp_path: Path, heart_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert explain(folder / "a" / "lbbb", out, "--heart", str(heart_folder)) == 0
    assert "Nobody has verified" in capsys.readouterr().err
    document = json.loads((out / "lbbb" / "result.json").read_text())
    assert document["heart"]["generic"] is False
    assert len(document["heart"]["sha256"]) == 64

    written = (out / "lbbb" / "result.json").stat().st_mtime_ns
    explain(folder / "a" / "lbbb", out, "--heart", str(heart_folder), "--resume")
    assert (out / "lbbb" / "result.json").stat().st_mtime_ns == written
    explain(folder / "a" / "lbbb", out, "--resume")
    assert json.loads((out / "lbbb" / "result.json").read_text())["heart"]["generic"] is True


def test_a_heart_that_cannot_be_used_stops_the_batch_with_a_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(folder, tmp_path / "out", "--heart", str(tmp_path / "gone")) == 1
    assert "no such folder" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
