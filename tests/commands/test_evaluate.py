"""`cineviewer evaluate` on made-up recordings: whose label is what, and the document that others build on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cineviewer import commands
from cineviewer.ecg import LEADS

FIGURES = {"n", "accuracy", "macro_f1", "auroc", "sensitivity", "specificity", "ece"}


def write_record(path: Path, codes: str | None, *, rate_hz: int = 500, st_mv: float = 0.0, seed: int = 0) -> None:
    """Write ten seconds of beats that obey Einthoven's law, with an ST level."""
    random = np.random.default_rng(seed)
    t = np.arange(10 * rate_hz) / rate_hz
    beat = np.zeros((3, t.size))
    for onset in 0.5 + 0.8 * np.arange(11):
        since = t - onset
        beat[0] += 0.12 * np.exp(-0.5 * ((since + 0.12) / 0.02) ** 2)
        beat[1] += np.exp(-0.5 * ((since - 0.045) / 0.012) ** 2)
        beat[2] += 0.25 * np.exp(-0.5 * ((since - 0.28) / 0.04) ** 2)
        beat[2] += st_mv / 4 * (1 + np.tanh((since - 0.1) / 0.02)) * (1 - np.tanh((since - 0.35) / 0.04))
    one, two = np.array([0.7, 0.8, 0.8]) @ beat, np.array([1.0, 1.1, 1.0]) @ beat
    chest = np.array(
        [[0.3, -0.7, 0.4], [0.4, 0.3, 1.2], [0.5, 0.8, 1.2], [0.6, 1.4, 1], [0.6, 1.3, 0.9], [0.5, 1.1, 0.8]]
    )
    limb = [one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2]
    signal = np.vstack([limb, chest @ beat]) + random.normal(0, 0.004, (12, t.size))
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{path.name} 12 {rate_hz} {t.size}"]
    lines += [f"{path.name}.dat 16 1000/mV 16 0 0 0 0 {lead}" for lead in LEADS]
    lines += [] if codes is None else [f"# Dx: {codes}"]
    path.with_name(f"{path.name}.hea").write_text("\n".join(lines) + "\n")
    path.with_name(f"{path.name}.dat").write_bytes(np.rint(signal.T * 1000).astype("<i2").tobytes())


@pytest.fixture(scope="module")
def snomed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hospital")
    for k in range(3):
        write_record(folder / f"n{k}", "426783006", seed=k)
        write_record(folder / f"a{k}", "426783006,429622005", st_mv=-0.35, seed=10 + k)
    write_record(folder / "rhythm", "164889003")
    return folder


@pytest.fixture(scope="module")
def ptbxl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two patients in fold 9 and one in fold 10; record 2 at both rates, its 100 Hz file an empty one."""
    folder = tmp_path_factory.mktemp("ptbxl")
    rows = [
        (1, 10, "{'NORM': 100.0}", 9, False),
        (2, 11, "{'IMI': 100.0}", 9, True),
        (3, 11, "{'AFIB': 100.0}", 9, False),
        (4, 12, "{'NORM': 80.0}", 10, False),
    ]
    lines = ["ecg_id,patient_id,scp_codes,strat_fold,filename_lr,filename_hr"]
    for number, patient, codes, fold, both in rows:
        low, high = f"records100/00000/{number:05}_lr", f"records500/00000/{number:05}_hr"
        write_record(folder / low, None, rate_hz=100, st_mv=-0.35 * (number == 2))
        if both:
            write_record(folder / high, None, st_mv=-0.35)
            (folder / f"{low}.dat").write_bytes(b"")
        lines.append(f'{number},{patient},"{codes}",{fold},{low},{high}')
    (folder / "ptbxl_database.csv").write_text("\n".join(lines) + "\n")
    return folder


def evaluate(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = commands.run(["evaluate", "resnet1d", *map(str, arguments), "--workers", "1"])
    out, err = capsys.readouterr()
    return code, out, err


def test_document_of_a_folder_with_snomed_codes(snomed_folder, capsys):
    code, out, _ = evaluate(capsys, snomed_folder, "--json")
    document = json.loads(out)
    assert code == 0
    assert {"schema", "model", "data", "split", "per_window", "per_record"} == set(document)
    assert (document["schema"], document["model"], document["split"]) == (1, "resnet1d", "all")
    assert document["per_record"]["n"] == 6  # the rhythm alone is left out
    assert document["per_window"]["n"] > 6 * 8
    for unit in ("per_window", "per_record"):
        assert set(document[unit]) == FIGURES
        for name in FIGURES - {"n", "ece"}:
            assert set(document[unit][name]) == {"value", "low", "high"}
            assert (
                0 <= document[unit][name]["low"] <= document[unit][name]["value"] <= document[unit][name]["high"] <= 1
            )


def test_normal_looking_beats_score_below_depressed_st(snomed_folder, capsys):
    _, out, _ = evaluate(capsys, snomed_folder, "--json")
    assert json.loads(out)["per_record"]["auroc"]["value"] == 1.0


def test_folds_choose_the_records_and_the_higher_rate_is_read(ptbxl_folder, capsys):
    """Record 2 has an unusable file at 100 Hz: it is answered, so the other one was read."""
    _, out, _ = evaluate(capsys, ptbxl_folder, "--split", "validate", "--json")
    assert json.loads(out)["per_record"]["n"] == 2
    _, out, _ = evaluate(capsys, ptbxl_folder, "--split", "test", "--json")
    assert json.loads(out)["per_record"]["n"] == 1
    assert json.loads(out)["per_record"]["auroc"]["value"] is None
    _, out, _ = evaluate(capsys, ptbxl_folder, "--split", "all", "--json")
    assert json.loads(out)["per_record"]["n"] == 3


def test_all_seeds_and_apart_from_them_the_ensemble(snomed_folder, capsys):
    _, out, _ = evaluate(capsys, snomed_folder, "--seeds", "--json")
    document = json.loads(out)
    assert len(document["seeds"]) == 3
    assert document["seeds"][0]["per_record"] == document["per_record"]
    assert document["together"]["per_record"]["n"] == 6


def test_a_split_without_folds_is_refused(snomed_folder, capsys):
    code, out, err = evaluate(capsys, snomed_folder, "--split", "test", "--json")
    assert (code, out) == (1, "")
    assert "no folds" in err


def test_records_without_labels_are_said(tmp_path, capsys):
    write_record(tmp_path / "x", None)
    code, _, err = evaluate(capsys, tmp_path)
    assert code == 1
    assert "labelled" in err


def test_an_unknown_model_is_said(tmp_path, capsys):
    assert commands.run(["evaluate", "resnet9d", str(tmp_path)]) == 1
    assert "resnet1d" in capsys.readouterr().err


def test_a_split_that_does_not_exist_is_wrong_usage(tmp_path):
    assert commands.run(["evaluate", "resnet1d", str(tmp_path), "--split", "folds"]) == 2


def test_the_table_for_people_has_every_figure(snomed_folder, capsys):
    code, out, _ = evaluate(capsys, snomed_folder)
    assert code == 0
    assert all(word in out for word in ("per window", "per record", "AUROC", "sensitivity", "ECE"))
