from __future__ import annotations

import json

from cineviewer import commands, records


def test_simulate_writes_a_record_that_can_be_opened(tmp_path, capsys):
    assert commands.run(["simulate", "rbbb", "--out", str(tmp_path), "--seed", "4", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["scenario"] == "rbbb"
    assert document["seed"] == 4
    record = records.read(tmp_path / "rbbb")
    assert record.simulated
    assert str(tmp_path / "rbbb") == document["path"]
    assert (tmp_path / "truth.npz").is_file()


def test_unknown_scenario_exits_with_one_and_names_those_that_exist(tmp_path, capsys):
    assert commands.run(["simulate", "lbb", "--out", str(tmp_path)]) == 1
    assert "choose one of normal, lbbb" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_folder_that_cannot_be_made_is_a_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("here")
    assert commands.run(["simulate", "normal", "--out", str(tmp_path / "file")]) == 1
    assert "choose a folder" in capsys.readouterr().err


def test_wrong_usage_exits_with_two(capsys):
    assert commands.run(["simulate"]) == 2
    capsys.readouterr()
