"""`cineviewer train` from a folder of made-up recordings to a model that answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cineviewer import commands, models, simulate


@pytest.fixture(scope="module")
def ptbxl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two simulated patients in each of the folds 1-9, one of them with left bundle branch block."""
    folder = tmp_path_factory.mktemp("ptbxl")
    lines = ["ecg_id,patient_id,scp_codes,strat_fold,filename_lr,filename_hr"]
    for fold in range(1, 10):
        for scenario, code in (("normal", "NORM"), ("lbbb", "CLBBB")):
            number = len(lines)
            path = simulate.write(simulate.simulate(scenario, number), folder / f"{number:05}")
            lines.append(f"{number},{number},{{'{code}': 100.0}},{fold},,{path.relative_to(folder).as_posix()}")
    (folder / "ptbxl_database.csv").write_text("\n".join(lines) + "\n")
    return folder


def train(folder: Path, tmp_path: Path, *arguments: str) -> int:
    places = ["--data", str(folder), "--out", str(tmp_path / "out"), "--work", str(tmp_path / "work")]
    return commands.run(["train", "resnet1d", *places, "--workers", "1", "--epochs", "1", *arguments])


def test_from_a_folder_to_a_model(ptbxl_folder, tmp_path, capsys):
    assert train(ptbxl_folder, tmp_path, "--seed", "7", "--json") == 0
    out, err = capsys.readouterr()
    card = models.read_card(tmp_path / "out" / "resnet1d")
    assert json.loads(out) == json.loads(card.model_dump_json(by_alias=True))
    assert "seed 7, epoch 1" in err
    assert {member.seed for member in card.members} == {7, 8, 9}
    assert (card.training.n_records, card.training.n_patients, card.calibration.n) == (16, 16, 2)
    assert models.load(str(tmp_path / "out" / "resnet1d")).identity.known_error is None

    # Resumed, nothing is left to do, and what is written is the same.
    assert train(ptbxl_folder, tmp_path, "--seed", "7", "--resume") == 0
    assert models.read_card(tmp_path / "out" / "resnet1d").members == card.members


def test_a_folder_without_recordings_is_said(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert train(tmp_path / "empty", tmp_path) == 1
    assert "no record here can be learned from" in capsys.readouterr().err
