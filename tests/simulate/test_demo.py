"""The bundled cases are what their scenarios and their seed make, and are finished."""

from __future__ import annotations

import numpy as np
import pytest

from cineviewer import cine, heart, records, resources, signal, simulate
from cineviewer.analysis import read_case
from cineviewer.analysis.steps import read
from cineviewer.analysis.teaching import SEED

FOLDER = resources.folder("demo")


@pytest.mark.parametrize("name", simulate.SCENARIOS)
def test_bundled_record_is_rebuilt_within_a_microvolt(name):
    bundled = records.read(FOLDER / name)
    rebuilt = simulate.record(name, SEED)
    assert bundled.simulated
    np.testing.assert_allclose(bundled.signal_mv, rebuilt.signal_mv, atol=0.001001)


@pytest.mark.parametrize("name", simulate.SCENARIOS)
def test_bundled_case_is_finished_and_says_that_it_is_simulated(name):
    case = read_case(FOLDER / f"{name}.npz")
    assert case.record.simulated
    assert case.record.sha256 == records.read(FOLDER / name).sha256
    assert case.filtered_mv is not None
    assert case.delineation is not None
    assert case.verdict is not None
    assert case.explanation is not None
    assert case.explanation.attribution.final


@pytest.mark.parametrize("name", simulate.SCENARIOS)
def test_bundled_case_knows_its_truth_also_when_it_is_computed_anew(name):
    stored = read_case(FOLDER / f"{name}.npz").truth
    assert stored is not None
    made = simulate.simulate(name, SEED).truth
    np.testing.assert_array_equal(stored.differs, made.lead_differs)
    for beat, known in zip(stored.kinds, made.kinds, strict=True):
        assert cine.fits(beat, heart.load())
        alive = np.isfinite(known.activation_ms)
        np.testing.assert_array_equal(np.isfinite(beat.activation_ms), alive)
        np.testing.assert_allclose(beat.activation_ms[alive], known.activation_ms[alive], atol=0.13)
    read_anew = read(FOLDER / name).truth
    assert read_anew is not None
    np.testing.assert_array_equal(read_anew.differs, stored.differs)


def test_bundled_cases_are_explained_by_the_bundled_model():
    from cineviewer import models

    sha256 = models.load().identity.sha256
    stale = [path.stem for path in FOLDER.glob("*.npz") if _model(path) != sha256]
    assert not stale, "make demo"


@pytest.mark.parametrize("name", simulate.SCENARIOS)
def test_bundled_measurements_are_those_of_todays_analysis(name):
    stored = read_case(FOLDER / f"{name}.npz").delineation
    today = signal.analyse(records.read(FOLDER / name))
    assert stored is not None
    assert len(stored.beats) == len(today.beats)
    for measured in ("hr_bpm", "pr_ms", "qrs_ms", "qt_ms", "qrs_axis_deg", "t_axis_deg"):
        before, now = getattr(stored.measurements, measured).value, getattr(today.measurements, measured).value
        assert before == pytest.approx(now, abs=4.0), f"{measured}: make demo"


def test_nothing_else_lies_in_the_folder():
    expected = {"README.md"} | {f"{name}{suffix}" for name in simulate.SCENARIOS for suffix in (".hea", ".dat", ".npz")}
    assert {path.name for path in FOLDER.iterdir()} == expected


def _model(path):
    verdict = read_case(path).verdict
    return None if verdict is None else verdict.model.sha256
