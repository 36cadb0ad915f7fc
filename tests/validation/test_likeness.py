"""Simulated beside real: what the table counts, on sets whose answer is known."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from cineviewer import resources, signal, simulate
from cineviewer.commands import validate_path
from cineviewer.validation import likeness, selection

N = len(likeness.FEATURES)


def test_alike_sets_cannot_be_told_apart_and_shifted_ones_can():
    random = np.random.default_rng(0)
    people, others = random.normal(size=(400, N)), random.normal(size=(400, N))
    assert likeness.auroc(people, others) == pytest.approx(0.5, abs=0.08)
    assert likeness.auroc(people, others + 0.3) > 0.72


def test_sets_that_differ_only_in_how_features_go_together_are_told_apart():
    random = np.random.default_rng(1)
    people, others = random.normal(size=(400, N)), random.normal(size=(400, N))
    others[:, 1] = others[:, 0]
    assert likeness.auroc(people, others) > 0.72


def test_missing_values_are_no_reason_to_tell_sets_apart():
    random = np.random.default_rng(2)
    people, others = random.normal(size=(300, N)), random.normal(size=(300, N))
    others[::3, 4] = np.nan
    assert likeness.auroc(people, others) < 0.62


def test_waves_are_those_of_the_record():
    made = simulate.simulate("normal")
    seen = likeness.waves(signal.analyse(made.record))
    assert seen is not None
    known = dict(zip(likeness.FEATURES, seen.features, strict=True))
    assert known["R V4"] == pytest.approx(made.truth.clean_mv[9].max(), abs=0.2)
    assert known["S V2"] == pytest.approx(-made.truth.clean_mv[7].min(), abs=0.2)
    assert 80 < known["qrs_ms"] < 110
    assert seen.concordant


def test_a_block_s_t_goes_against_its_qrs():
    seen = likeness.waves(signal.analyse(simulate.record("lbbb")))
    assert seen is not None
    assert not seen.concordant


def _wave(r, s, features, *, concordant=True):
    return likeness.Waves(np.array(r), np.array(s), np.zeros(12), np.array(features, dtype=float), concordant)


def _figures(people, simulated, label="CLBBB"):
    return {row.figure: row for row in likeness.compare("some", label, people, simulated)}


def test_signs_are_judged_where_people_agree_alone():
    ones, halves = np.ones(12), np.full(12, 0.5)
    split = np.where(np.arange(12) < 6, 1.0, 0.2)
    people = [_wave(ones, halves, range(N))] * 5 + [_wave(split, halves, range(N))] * 5
    row = _figures(people, [_wave(ones, halves, range(N)), _wave(halves, ones, range(N))])[
        "leads with people's sign of QRS, share"
    ]
    assert (row.people, row.simulated, row.met) == (1.0, 0.5, False)


def test_a_figure_is_met_within_its_bar_and_not_beyond():
    def side(qrs_ms, concordant):
        return [_wave(np.ones(12), np.zeros(12), [qrs_ms, *range(1, N)], concordant=concordant) for _ in range(4)]

    near = _figures(side(100, True), side(104, True))
    assert near["QRS duration, mean ms"].met
    assert near["T goes with QRS, share"].met
    far = _figures(side(100, True), side(106, False))
    assert (far["QRS duration, mean ms"].people, far["QRS duration, mean ms"].simulated) == (100.0, 106.0)
    assert not far["QRS duration, mean ms"].met
    assert not far["T goes with QRS, share"].met


def test_axes_either_side_of_half_a_turn_lie_beside_each_other():
    axis = likeness.FEATURES.index("qrs_axis_deg")

    def side(axes_deg):
        return [
            _wave(np.ones(12), np.zeros(12), [axes_deg[k] if j == axis else 1.0 for j in range(N)])
            for k in range(len(axes_deg))
        ]

    table = _figures(side([170.0, 175.0, 180.0]), side([-175.0, -170.0, 175.0]))
    assert table["frontal axis, 90th percentile deg"].met, "both near half a turn"


def test_only_normal_beats_are_told_apart_by_a_classifier():
    random = np.random.default_rng(5)
    side = [_wave(np.ones(12), np.zeros(12), row) for row in random.normal(size=(40, N))]
    assert "told apart by 20 features, AUROC" not in _figures(side, side)
    assert _figures(side[:20], side[20:], "NORM")["told apart by 20 features, AUROC"].rule == "at most"


@pytest.fixture
def made_up_people(tmp_path):
    """Ten left bundle branch blocks, two of them odd, and one right."""
    text = "ecg_id,patient_id,scp_codes,strat_fold,filename_hr\n"
    for number, name in [(2 * k, "lbbb") for k in range(1, 11)] + [(21, "lbbb"), (23, "lbbb"), (24, "rbbb")]:
        place = tmp_path / str(number)
        place.mkdir()
        for suffix in (".hea", ".dat"):
            shutil.copy(resources.folder("demo") / f"{name}{suffix}", place)
        text += f"{number},{number},\"{{'C{name.upper()}': 100.0}}\",1,{number}/{name}\n"
    (tmp_path / "ptbxl_database.csv").write_text(text)
    return tmp_path


def test_only_classes_of_enough_people_of_the_numbers_asked_for_are_measured(made_up_people, monkeypatch):
    monkeypatch.setattr(likeness, "N_SIMULATED", {"normal": 3, "lbbb": 3, "rbbb": 3})
    rows = likeness.measured(made_up_people, ids="even", workers=1)
    assert {(row.scenario, row.label, row.n_people, row.n_simulated) for row in rows} == {("lbbb", "CLBBB", 10, 3)}
    assert likeness.measured(made_up_people, ids="odd", workers=1) == ()


def test_command_prints_each_figure_with_its_bar(made_up_people, monkeypatch):
    monkeypatch.setattr(likeness, "N_SIMULATED", {"normal": 3, "lbbb": 3, "rbbb": 3})
    app = typer.Typer()
    app.command()(validate_path.command)
    asked = ["--people", str(made_up_people), "--ids", "even", "--workers", "1", "--draws", "1"]
    printed = CliRunner().invoke(app, asked)
    assert printed.exit_code == 0, printed.output
    assert "simulator against people" in printed.stdout
    assert "apart by at most 5" in printed.stdout
    document = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    names = {"scenario", "label", "figure", "n_people", "n_simulated", "people", "simulated", "rule", "bar", "met"}
    assert {frozenset(row) for row in document["simulator"]} == {frozenset(names)}


def test_likelier_persons_are_chosen_more_often_and_impossible_ones_never():
    random = np.random.default_rng(3)
    persons = np.arange(300.0)[:, None]
    ratio = np.where(np.arange(300) < 100, 2.0, np.where(np.arange(300) < 200, 0.0, -50.0))
    chosen = selection.choose(persons, ratio, 100, random)[:, 0]
    assert len(set(chosen)) == 100
    assert (chosen < 200).all()
    assert (chosen < 100).sum() > 60


def test_persons_are_moved_to_the_measures_wanted_of_them_by_the_traits_that_matter():
    random = np.random.default_rng(4)
    persons = random.normal(size=(2000, 3))
    measures = np.stack([2.0 * persons[:, 0], persons[:, 1] + 0.1 * random.normal(size=2000)], axis=1)
    after = selection.moved(persons, measures, np.tile([2.0, -1.0], (2000, 1)))
    assert after[:, 0].mean() == pytest.approx(1.0, abs=0.05)
    assert after[:, 1].mean() == pytest.approx(-1.0, abs=0.1)
    np.testing.assert_allclose(after[:, 2], np.clip(persons[:, 2], -3.0, 3.0), atol=0.2)


def test_measures_wanted_are_like_peoples_but_nobodys_own():
    random = np.random.default_rng(6)
    people = random.gamma(2.0, size=(500, 2)) @ np.array([[1.0, 0.5], [0.0, 1.0]])
    wanted = selection.like(people, 4000, random)
    np.testing.assert_allclose(wanted.mean(axis=0), people.mean(axis=0), rtol=0.1)
    np.testing.assert_allclose(np.cov(wanted.T), np.cov(people.T), rtol=0.2)
    assert np.abs(wanted[:, None] - people[None]).max(axis=2).min() > 0


@pytest.mark.real
def test_simulated_normals_keep_to_every_bar_beside_people(real_data):
    from cineviewer.records import read_table

    folder = real_data / "ptbxl"
    if not folder.is_dir():
        pytest.skip(f"no PTB-XL in {real_data}")
    people = likeness.people(read_table(folder), "NORM", 300, ids="even")
    table = _figures(people, likeness.simulated("normal", 100), "NORM")
    assert [row.figure for row in table.values() if not row.met] == []
