"""The truth beside a simulated record is read where it fits, and nothing else is believed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cineviewer import records, simulate
from cineviewer.ecg import Record
from cineviewer.errors import InputError

Arrays = dict[str, Any]


@pytest.fixture(scope="module")
def made() -> simulate.Simulated:
    return simulate.simulate("anterior-mi", 4)


@pytest.fixture(scope="module")
def arrays(made: simulate.Simulated, tmp_path_factory: pytest.TempPathFactory) -> Arrays:
    folder = tmp_path_factory.mktemp("written")
    simulate.write(made, folder)
    with np.load(folder / "truth.npz") as file:
        return {name: file[name] for name in file.files}


@pytest.fixture
def beside(made: simulate.Simulated, tmp_path: Path) -> Callable[[Arrays], Record]:
    """Put these arrays beside the record."""
    record = records.read(simulate.write(made, tmp_path, truth=False))

    def put(found: Arrays) -> Record:
        np.savez(tmp_path / "truth.npz", **found)
        return record

    return put


def test_what_was_simulated_is_read_back(made, arrays, beside) -> None:
    truth = records.read_truth(beside(arrays))
    assert truth is not None
    assert (truth.scenario, truth.seed, truth.generator) == ("anterior-mi", 4, simulate.GENERATOR)
    np.testing.assert_array_equal(truth.differs, made.truth.lead_differs)
    (beat,), (known,) = truth.kinds, made.truth.kinds
    alive = np.isfinite(known.activation_ms)
    np.testing.assert_array_equal(np.isfinite(beat.activation_ms), alive)
    np.testing.assert_allclose(beat.activation_ms[alive], known.activation_ms[alive], atol=0.126)
    np.testing.assert_allclose(beat.recovery_ms[alive], known.recovery_ms[alive], atol=0.26)  # half precision
    assert beat.changed == pytest.approx(known.difference.nodes.mean())
    assert np.interp(50, beat.active_ms, np.linspace(0, 1, 101)) == pytest.approx(
        (known.activation_ms[alive] <= 50).mean(), abs=0.011
    )


def test_record_without_a_truth_has_none(made, tmp_path) -> None:
    assert records.read_truth(records.read(simulate.write(made, tmp_path, truth=False))) is None


def test_recording_of_a_person_is_never_given_a_truth(arrays, beside) -> None:
    assert records.read_truth(replace(beside(arrays), simulated=False)) is None


def test_truth_of_another_recording_is_not_used(arrays, beside) -> None:
    with pytest.raises(InputError, match="that of another recording") as raised:
        records.read_truth(beside(arrays | {"sha256": np.array("0" * 64)}))
    assert raised.value.code == "no-truth"
    assert "simulate the record again" in str(raised.value)


def _later(values):
    return values[::-1].copy()


def _seventh(values, value):
    return np.where(np.arange(len(values)) == 7, np.float32(value), values)


WRONG = {
    "a time that is not a number": lambda a: {"activation_ms": _seventh(a["activation_ms"], np.nan)},
    "minus infinity": lambda a: {"activation_ms": _seventh(a["activation_ms"], -np.inf)},
    "scar that recovers": lambda a: {"recovery_ms": np.full_like(a["recovery_ms"], 300.0)},
    "two numbers of nodes": lambda a: {"recovery_ms": a["recovery_ms"][:-1]},
    "changed muscle of another number": lambda a: {"changed": a["changed"][:-1]},
    "no muscle alive": lambda a: dict.fromkeys(("activation_ms", "recovery_ms"), np.full(99, np.inf)),
    "a front that runs back": lambda a: {"front_ms": _later(a["front_ms"])},
    "a front of two dimensions": lambda a: {"front_mm": a["front_mm"][:, :2]},
    "a front far away": lambda a: {"front_mm": a["front_mm"] + 1e6},
    "a mask of another length": lambda a: {"lead_differs": a["lead_differs"][:, :-1]},
    "a mask of numbers": lambda a: {"lead_differs": a["lead_differs"].astype(float)},
    "an ectopic beat of which nothing is known": lambda a: {"ectopic": ~a["ectopic"]},
    "fewer onsets than beats": lambda a: {"onset_s": a["onset_s"][:-1]},
    "leads in another order": lambda a: {"leads": a["leads"][::-1]},
    "a scenario that is markup": lambda _: {"scenario": np.array("<b>lbbb</b>")},
    "a region that is a sentence": lambda _: {"region": np.array("see your doctor; now")},
    "an object": lambda _: {"front_ms": np.array([{"a": 1}, 2], dtype=object)},
    "complex numbers": lambda a: {"front_ms": a["front_ms"].astype(complex)},
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_true_is_refused_by_a_sentence(arrays, beside, wrong) -> None:
    record = beside(arrays | WRONG[wrong](arrays))
    with pytest.raises(InputError, match="simulated truth beside the record is not used"):
        records.read_truth(record)


@pytest.mark.parametrize("name", ["onset_s", "lead_differs", "recovery_ms", "front_mm", "sha256"])
def test_truth_with_a_part_missing_is_refused(arrays, beside, name) -> None:
    record = beside({key: value for key, value in arrays.items() if key != name})
    with pytest.raises(InputError, match="another version"):
        records.read_truth(record)


def test_array_that_claims_more_than_it_holds_takes_no_memory(arrays, beside) -> None:
    record = beside(arrays)
    path = record.path.parent / "truth.npz"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**13,)})
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in (members | {"onset_s.npy": header.getvalue()}).items():
            new.writestr(name, content)
    with pytest.raises(InputError, match="onset_s"):
        records.read_truth(record)


def test_archive_that_would_fill_the_memory_is_not_unpacked(arrays, beside) -> None:
    record = beside(arrays)
    with zipfile.ZipFile(record.path.parent / "truth.npz", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("padding.npy", bytes(120_000_000))
    with pytest.raises(InputError, match="larger than any truth"):
        records.read_truth(record)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(content=st.binary(max_size=300))
def test_any_other_file_is_refused_by_a_sentence(made, tmp_path, content) -> None:
    record = replace(made.record, path=tmp_path / "x")
    (tmp_path / "truth.npz").write_bytes(content)
    with pytest.raises(InputError, match="simulated truth"):
        records.read_truth(record)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(at=st.integers(0, 10**6), flip=st.integers(1, 255))
def test_damaged_truth_is_read_right_or_refused(arrays, beside, at, flip) -> None:
    record = beside(arrays)
    path = record.path.parent / "truth.npz"
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= flip
    path.write_bytes(content)
    try:
        truth = records.read_truth(record)
    except InputError:
        return
    assert truth is not None
    assert truth.scenario == "anterior-mi"
