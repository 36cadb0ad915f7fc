"""The documents keep their contract."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path

import numpy as np

from cineviewer import ecg, report
from cineviewer.analysis import Case, Settings
from cineviewer.errors import InputError
from cineviewer.heart import person

T = 200
RESULT_KEYS = {
    "schema", "path", "record", "model", "method", "window", "verdict", "measurements", "landmarks_ms",
    "attribution", "trajectory", "seconds",
}  # fmt: skip


def case() -> Case:
    measured = ecg.Measurement(71.0, "", "", 9)
    landmarks = ecg.Landmarks(r=45, qrs_on=25, qrs_off=75, t_end=225)
    phi = np.zeros((12, T), np.float32)
    phi[11, 10] = 2.0
    return Case(
        record=ecg.Record(Path("a/b"), 500.0, phi, ecg.LEADS, (), "WFDB 16", "0" * 64),
        delineation=ecg.Delineation(
            (ecg.Beat(landmarks),), ecg.MedianBeat(phi, 500.0, landmarks, 1),
            ecg.Measurements(*[measured] * 7, ecg.Measurement(None, "deg", "", 0, "no T wave")), {},
        ),
        verdict=ecg.Verdict(ecg.ModelIdentity("resnet1d", "1", "ff", 0.5, 0.1, ""), 0.9, 2.0, "abnormal", 1),
        explanation=ecg.Explanation(
            ecg.Window(None, phi, 500.0, 0.05), 2.0, 0.9, ecg.Attribution(phi, ecg.Method()), phi[11].astype(float),
            ecg.Path(np.zeros((T, 3)), "recipe", 0.7, np.zeros(T)), (None,) * T, "undetermined", (("V6", 1.0),),
        ),
    )  # fmt: skip


def test_a_result_has_every_key_of_the_contract_and_is_plain_json() -> None:
    document = report.case_document(case())

    assert set(document) >= RESULT_KEYS
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["window"]["beat"] == "median"
    assert document["window"]["n"] == T
    assert document["measurements"]["t_axis_deg"] is None
    assert document["verdict"]["classes"] is None


def test_landmarks_are_milliseconds_after_qrs_onset() -> None:
    landmarks = report.case_document(case())["landmarks_ms"]

    assert landmarks["qrs_on"] == 0.0
    assert landmarks["qrs_off"] == 100.0
    assert landmarks["t_end"] == 400.0
    assert landmarks["p_on"] is None


def test_a_case_without_a_verdict_says_why_and_has_nulls() -> None:
    silent = dataclasses.replace(case(), verdict=None, explanation=None, notices=("No verdict: V3 is missing",))

    document = report.case_document(silent)

    assert set(document) >= RESULT_KEYS
    assert document["verdict"] is None
    assert report.summary_row(document)["error"] == "No verdict: V3 is missing"


def test_the_summary_has_one_row_a_record_and_its_error_last() -> None:
    rows = [report.summary_row(report.case_document(case())), {"path": "x", "error": 'cut off, "quoted"'}]

    back = list(csv.DictReader(io.StringIO(report.summary_csv(rows))))

    assert [row["path"] for row in back] == ["a/b", "x"]
    assert list(back[0])[-1] == "error"
    assert back[0]["top_lead"] == "V6"
    assert back[1]["error"] == 'cut off, "quoted"'
    assert back[1]["p_abnormal"] == ""


def test_an_error_is_code_message_and_repair() -> None:
    error = InputError("truncated", "half of it is missing", where=Path("a.dat"), repair="fetch it again")

    document = report.failed_record_document("a", error)

    assert document["ok"] is False
    assert document["error"] == {
        "code": "truncated",
        "message": "a.dat: half of it is missing",
        "repair": "fetch it again",
    }
    assert set(document) == set(report.record_document(case().record, case().delineation))


def test_a_result_is_kept_only_if_settings_and_model_are_the_same(tmp_path: Path) -> None:
    report.write_arrays(case(), tmp_path)
    document = report.read_result(tmp_path)

    assert document is not None
    assert report.belongs_to(document, Settings(), "ff")
    assert not report.belongs_to(document, Settings(), "ee")
    assert not report.belongs_to(document, Settings(path="centred"), "ff")
    assert not report.belongs_to(document, Settings(method=ecg.Method(seed=1)), "ff")


def test_the_arrays_are_as_promised(tmp_path: Path) -> None:
    report.write_arrays(case(), tmp_path)

    with np.load(tmp_path / "attribution.npz", allow_pickle=False) as arrays:
        assert arrays["phi"].shape == (12, T)
        assert arrays["phi"].dtype == np.float32
        assert arrays["profile"].shape == (T,)
        assert arrays["path_mm"].shape == (T, 3)
        assert arrays["signal_mV"].shape == (12, T)
        assert list(arrays["leads"]) == list(ecg.LEADS)
        np.testing.assert_allclose(np.diff(arrays["time_ms"]), 2.0)


def test_half_a_result_is_no_result(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text('{"schema": 1, "pa')

    assert report.read_result(tmp_path) is None


def test_a_result_says_in_which_heart_its_path_is(heart_folder: Path) -> None:
    generic = report.case_document(case())["heart"]
    assert (generic["name"], generic["generic"], generic["given"]) == ("generic", True, None)

    heart = person.read(heart_folder)
    plain = case()
    assert plain.explanation is not None
    path = dataclasses.replace(plain.explanation.path, heart_sha256=heart.sha256)
    explanation = dataclasses.replace(plain.explanation, path=path)
    document = report.case_document(dataclasses.replace(plain, heart=heart, explanation=explanation))
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert (document["heart"]["generic"], document["heart"]["sha256"]) == (False, heart.sha256)
    assert document["heart"]["given"]["lv_ml"] > 150.0
    assert report.summary_row(document)["heart_sha256"] == heart.sha256

    made = Settings(), Settings(heart=heart_folder)
    assert [report.belongs_to(document, settings, "ff") for settings in made] == [False, True]
    assert [report.belongs_to(report.case_document(plain), settings, "ff") for settings in made] == [True, False]
