"""Stored cases come back as they were, and nothing else is taken for one."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cineviewer import ecg
from cineviewer.analysis import Case, read_case, write_case
from cineviewer.atomic import write_atomically
from cineviewer.errors import InputError
from cineviewer.heart import person
from cineviewer.truth import TrueBeat, Truth


def finished_case() -> Case:
    rng = np.random.default_rng(1)
    measurement = ecg.Measurement(71.0, "/min", "median RR", 9)
    absent = ecg.Measurement(None, "ms", "median beat", 9, "no P wave")
    landmarks = ecg.Landmarks(r=140, qrs_on=120, qrs_off=170)
    signal = rng.normal(size=(12, 5000)).astype(np.float32)
    signal[3] = np.nan
    model = ecg.ModelIdentity("resnet1d", "1.0", "ab" * 32, 0.5, 0.12, "PTB-XL fold 10")
    return Case(
        record=ecg.Record(
            Path("/somewhere/else"), 500.0, signal, ("I", "II"), ("III",), "WFDB 16", "cd" * 32,
            warnings=("noisy",), age_years=61.0, statements=(ecg.Statement("NORM", "normal", 80.0),), simulated=True,
        ),
        delineation=ecg.Delineation(
            beats=(ecg.Beat(landmarks), ecg.Beat(landmarks, cluster=1)),
            median=ecg.MedianBeat(signal[:, :400], 500.0, landmarks, 9),
            measurements=ecg.Measurements(measurement, absent, *[measurement] * 6),
            quality=dict.fromkeys(ecg.LEADS, ecg.Quality.GOOD),
            stretches=(ecg.Stretch(("I",), 0.0, 0.6, "unsteady"),),
        ),
        verdict=ecg.Verdict(model, 0.94, 2.7, "abnormal", 9, (2.5, None)),
        explanation=ecg.Explanation(
            window=ecg.Window(None, signal[:, :200], 500.0, 0.24, j_ms=100.0),
            logit=2.5, p_abnormal=0.92,
            attribution=ecg.Attribution(signal[:, :200], ecg.Method(), completeness_gap=0.01),
            profile=np.linspace(-1, 1, 200),
            path=ecg.Path(rng.normal(size=(200, 3)), "recipe", 0.7, np.ones(200)),
            nearest=("mid septal LV", None) * 100, terminal_region="undetermined",
            top_leads=(("V6", 0.2), ("I", 0.1)), evidence_share={"mid septal LV": 0.3},
        ),
        notices=("one", "two"), seconds={"read": 0.01},
    )  # fmt: skip


def assert_same(left: Any, right: Any) -> None:
    assert type(left) is type(right)
    if isinstance(left, np.ndarray):
        np.testing.assert_array_equal(left, right)
    elif dataclasses.is_dataclass(left):
        for field in dataclasses.fields(left):
            if field.name != "path" or not isinstance(left, ecg.Record):
                assert_same(getattr(left, field.name), getattr(right, field.name))
    elif isinstance(left, dict):
        assert list(left) == list(right)
        for key in left:
            assert_same(left[key], right[key])
    elif isinstance(left, tuple):
        assert len(left) == len(right)
        for a, b in zip(left, right, strict=True):
            assert_same(a, b)
    else:
        assert left == right


def test_a_case_comes_back_as_it_was_and_lies_where_its_file_lies(tmp_path: Path) -> None:
    case = finished_case()

    write_case(case, tmp_path / "lbbb.npz")
    back = read_case(tmp_path / "lbbb.npz")

    assert_same(case, back)
    assert back.record.path == tmp_path / "lbbb"


def true_beat() -> TrueBeat:
    times = np.array([1.0, 2.5, np.inf], dtype=np.float16)
    percent = np.linspace(0.0, 90.0, 101)
    front = np.arange(4.0)
    return TrueBeat(False, times, times, front, np.zeros((4, 3)), percent, percent + 250.0, 0.5, "RVOT")


def truth() -> Truth:
    onsets, mask = np.array([0.2, 1.1]), np.zeros((12, 5000), dtype=bool)
    return Truth("lbbb", 1, "activation 1", 500.0, onsets, np.zeros(2, dtype=bool), mask, (true_beat(),))


def test_a_simulated_case_comes_back_with_its_truth(tmp_path: Path) -> None:
    case = dataclasses.replace(finished_case(), truth=truth())
    write_case(case, tmp_path / "x.npz")
    assert_same(case, read_case(tmp_path / "x.npz"))


@pytest.mark.parametrize(
    "spoilt",
    [
        {"front_mm": np.zeros((3, 3))},
        {"front_ms": np.array([0.0, 2.0, 1.0, 3.0])},
        {"active_ms": np.zeros(7)},
        {"activation_ms": np.zeros(4, dtype=np.float16)},
        {"activation_ms": np.zeros((3, 2), dtype=np.float16)},
        {"recovery_ms": np.full(3, 300.0, dtype=np.float16)},
        {"changed": 1.5},
    ],
)
def test_a_stored_case_whose_truth_cannot_be_is_refused(tmp_path: Path, spoilt: dict[str, Any]) -> None:
    case = dataclasses.replace(finished_case(), truth=truth())
    assert case.truth is not None
    (beat,) = case.truth.kinds
    for name, value in spoilt.items():
        object.__setattr__(beat, name, value)
    write_case(case, tmp_path / "x.npz")
    with pytest.raises(InputError, match="not a stored case"):
        read_case(tmp_path / "x.npz")


def test_an_unfinished_case_comes_back_too(tmp_path: Path) -> None:
    case = dataclasses.replace(finished_case(), delineation=None, verdict=None, explanation=None)

    write_case(case, tmp_path / "x.npz")

    assert_same(case, read_case(tmp_path / "x.npz"))


def test_the_stored_file_does_not_tell_in_which_folder_the_record_lay(tmp_path: Path) -> None:
    write_case(finished_case(), tmp_path / "x.npz")

    with np.load(tmp_path / "x.npz") as file:
        assert b"somewhere" not in file["document"].tobytes()


@given(content=st.binary(max_size=200))
@example(content=b"PK\x03\x04")
def test_any_other_file_is_refused_by_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "x.npz"
    path.write_bytes(content)

    with pytest.raises(InputError, match="not a stored case"):
        read_case(path)


def test_a_pickled_array_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", document=np.array([{"schema": 1}], dtype=object))

    with pytest.raises(InputError, match="not a stored case"):
        read_case(tmp_path / "x.npz")


def test_a_failed_write_leaves_the_old_file_and_no_partial_one(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"old")

    with pytest.raises(TypeError):
        write_atomically(tmp_path / "a", "not bytes")  # type: ignore[arg-type]

    assert (tmp_path / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_heart_that_was_given_comes_back_with_its_case(tmp_path: Path, heart_folder: Path) -> None:
    heart = person.read(heart_folder)
    write_case(dataclasses.replace(finished_case(), heart=heart), tmp_path / "a.npz")

    found = read_case(tmp_path / "a.npz").heart

    assert found is not None
    assert (found.name, found.generic, found.sha256, found.given) == (heart.name, False, heart.sha256, heart.given)
    np.testing.assert_array_equal(found.walls_mm, heart.walls_mm)
    np.testing.assert_array_equal(found.surfaces["epicardium"].triangles, heart.surfaces["epicardium"].triangles)
