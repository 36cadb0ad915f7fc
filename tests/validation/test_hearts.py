"""Distances between paths and fronts: figures that can be worked out on paper, and the command's document."""

from __future__ import annotations

import json
from pathlib import Path as FilePath

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from cineviewer import cine, heart
from cineviewer.cine.regions import region_of
from cineviewer.commands import validate_path
from cineviewer.ecg import Path, Window
from cineviewer.heart import Heart, person
from cineviewer.simulate.lessons import UNSEEN
from cineviewer.simulate.scenarios import SCENARIOS
from cineviewer.validation import hearts
from cineviewer.validation.hearts import Bar, Table, Unlike
from cineviewer.validation.points import still


@pytest.fixture(scope="module")
def ours() -> Heart:
    return heart.load()


@pytest.fixture(scope="module")
def table(ours: Heart) -> Table:
    return hearts.measured(ours, draws=2)


def test_every_method_and_every_point_stands_in_the_table_for_known_and_unseen_beats(table: Table, ours: Heart) -> None:
    for kind, n in (("known", len(SCENARIOS) - len(UNSEEN)), ("unseen", len(UNSEEN))):
        rows = [row for row in table.rows if row.beats == kind]
        assert [row.method for row in rows] == [*cine.PATHS, *still(ours)]
        assert {row.n for row in rows} == {2 * n}


def test_a_points_figures_are_those_of_the_fronts_alone(table: Table, ours: Heart) -> None:
    """A point's distance depends on no electrode: it is computed here from activation times and nothing else."""
    away, last = [], []
    for seen in hearts.beats(ours, 1):
        if seen.wave.scenario in UNSEEN:
            continue
        active = seen.wave.activation_ms
        alive = np.isfinite(active)
        points = ours.walls_mm[alive].astype(np.float64)
        first, end = np.percentile(active[alive], (1.0, 98.0))
        own = []
        for instant in np.linspace(first, np.arange(first, end, 2.0)[-1], 51):
            weight = np.exp(-0.5 * ((active[alive] - instant) / 4.0) ** 2)
            own.append(np.linalg.norm(weight @ points / weight.sum() - ours.septum_mm))
        away += own
        last += own[38:]
    row = table.row("point: septum", "known")
    assert row is not None
    assert row.cosine is None
    assert row.mean_mm == pytest.approx(np.mean(away), rel=0.01)
    assert row.p95_mm == pytest.approx(np.percentile(away, 95), rel=0.02)
    assert row.last_quarter_mm == pytest.approx(np.mean(last), rel=0.01)


def test_a_point_in_a_free_wall_is_right_about_that_side_and_wrong_about_the_other(table: Table) -> None:
    left, right = table.row("point: LV free wall", "known"), table.row("point: RV free wall", "known")
    assert left is not None
    assert right is not None
    assert (left.lbbb_region, left.rbbb_region) == (1.0, 0.0)
    assert (right.lbbb_region, right.rbbb_region) == (0.0, 1.0)
    unseen = table.row("recipe", "unseen")
    assert unseen is not None
    assert unseen.lbbb_region is None


def test_what_follows_the_front_exactly_is_no_millimetre_away(ours: Heart, monkeypatch: pytest.MonkeyPatch) -> None:
    truth = {}
    for seen in hearts.beats(ours, 1):
        time, front = seen.front_mm(51)
        own = np.stack([np.interp(seen.window.time_ms, time, column) for column in front.T], axis=1)
        truth[seen.window.signal_mv.tobytes()] = own

    def draw(window: Window) -> Path:
        return Path(truth[window.signal_mv.tobytes()], "learned", None, np.zeros(200), unlike=window.j_ms is None)

    monkeypatch.setattr(hearts, "_methods", lambda _heart: {"learned": draw})
    measured = hearts.measured(ours, draws=1)
    row = measured.rows[0]
    assert row.mean_mm < 0.6  # samples are 2 ms apart
    assert row.cosine is not None
    assert row.cosine > 0.98
    assert (row.region, row.side, row.lbbb_region, row.rbbb_region) == (1.0, 1.0, 1.0, 1.0)
    assert measured.unlike == Unlike(known=0.0, unseen=0.0, unseen_wrong_region=None)


def test_each_wall_belongs_to_one_of_six_regions_and_agrees_with_its_terminal_region(ours: Heart) -> None:
    sixths = {name: hearts._sixth(name) for name in ours.label_names}
    assert set(sixths.values()) == {"RVOT", "RV free wall", "septum", "apex", "anterior LV", "posterior LV"}
    assert {name for name, sixth in sixths.items() if sixth == "apex"} == {
        "LV apex", "apical anterior LV", "apical septal LV", "apical inferior LV", "apical lateral LV",
    }  # fmt: skip
    for name, sixth in sixths.items():
        assert (sixth in ("RVOT", "RV free wall")) == (region_of(name) in ("RVOT", "RV free wall"))


def test_a_bar_is_met_from_its_own_side() -> None:
    assert Bar("mean", 18.0, 18.0).met
    assert not Bar("mean", 18.1, 18.0).met
    assert Bar("cosine", 0.5, 0.48, least=True).met
    assert not Bar("cosine", 0.4, 0.48, least=True).met


def test_points_of_a_path_that_says_it_is_unlike_are_counted_where_its_region_is_wrong(table: Table) -> None:
    unlike = table.unlike
    assert unlike.known is not None
    assert unlike.known < 0.2
    assert unlike.unseen is not None
    assert 0.0 <= unlike.unseen <= 1.0


def test_document_follows_its_contract() -> None:
    app = typer.Typer()
    app.command()(validate_path.command)
    done = CliRunner().invoke(app, ["--draws", "1", "--json"])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["people"] == []
    (own,) = document["hearts"]
    assert own["name"] == "generic"
    expected = {"method", "beats", "n", "mean_mm", "p95_mm", "last_quarter_mm", "cosine", "region", "side"}
    assert set(own["rows"][0]) == expected | {"lbbb_region", "rbbb_region"}
    assert {row["beats"] for row in own["rows"]} == {"known", "unseen"}
    assert {"what", "value", "limit", "least", "met"} == set(own["bars"][0])
    assert set(own["unlike"]) == {"known", "unseen", "unseen_wrong_region"}


def test_table_names_its_heart_and_whether_bars_are_met() -> None:
    app = typer.Typer()
    app.command()(validate_path.command)
    done = CliRunner().invoke(app, ["--draws", "1"])
    assert done.exit_code == 0, done.output
    assert "generic" in done.stdout
    assert "point: centroid" in done.stdout
    assert ": met" in done.stdout


@pytest.mark.real
@pytest.mark.parametrize("name", ["cobiveco_geo1_meanshape", "cobiveco_geo2_patient"])
def test_learned_is_nearer_than_the_other_paths_in_hearts_that_it_never_saw(name: str, real_data: FilePath) -> None:
    measured = hearts.measured(person.read(real_data / "meshes" / name), draws=10)
    rows = {row.method: row for row in measured.rows if row.beats == "known"}
    assert rows["learned"].mean_mm < 12.0
    assert rows["learned"].p95_mm < 24.0
    assert rows["learned"].mean_mm < 0.75 * min(rows[other].mean_mm for other in ("recipe", "centred", hearts.NULL))
    assert (rows["learned"].lbbb_region or 0.0) >= 0.9
    assert (rows["learned"].rbbb_region or 0.0) >= 0.9
    assert (rows["learned"].cosine or 0.0) >= 0.75


@pytest.mark.real
@pytest.mark.parametrize("name", ["cobiveco_geo1_meanshape", "cobiveco_geo2_patient"])
def test_blocks_end_on_their_side_in_hearts_of_other_people(name: str, real_data: FilePath) -> None:
    measured = hearts.measured(person.read(real_data / "meshes" / name), draws=3)
    assert measured.name == name
    row = measured.row("recipe", "known")
    assert row is not None
    assert (row.lbbb_region, row.rbbb_region) == (1.0, 1.0)
    null = measured.row(hearts.NULL, "known")
    assert null is not None
    assert 10.0 < null.mean_mm < 35.0
