"""Answers of paths to what readers said of people: counted as they were given, with published intervals."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from scipy.stats import binomtest
from typer.testing import CliRunner

from cineviewer import heart, models, resources
from cineviewer.analysis.store import read_case
from cineviewer.commands import validate_path
from cineviewer.ecg import Window
from cineviewer.validation import people
from cineviewer.validation.people import Person, Row, rows, wilson


@pytest.mark.parametrize(("right", "n"), [(51, 51), (240, 266), (0, 22), (1, 3)])
def test_interval_is_wilsons(right: int, n: int) -> None:
    expected = binomtest(right, n).proportion_ci(method="wilson")
    assert wilson(right, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


def _window(name: str) -> Window:
    case = read_case(resources.folder("demo") / f"{name}.npz")
    assert case.explanation is not None
    return case.explanation.window


@pytest.fixture(scope="module")
def table() -> tuple[Row, ...]:
    lbbb, rbbb, normal = (_window(name) for name in ("lbbb", "rbbb", "normal"))
    crowd = [
        Person(1, frozenset({"CLBBB"}), lbbb),
        Person(2, frozenset({"CLBBB"}), rbbb),  # a reader who disagrees with the path
        Person(3, frozenset({"CRBBB"}), rbbb),
        Person(4, frozenset({"NORM"}), normal),
        Person(5, frozenset({"NORM", "IRBBB"}), normal),
    ]
    return rows(crowd, heart.load())


def _of(table: tuple[Row, ...], method: str, label: str) -> Row:
    return next(row for row in table if (row.method, row.label) == (method, label))


def test_a_method_is_right_where_its_region_is_the_readers(table: tuple[Row, ...]) -> None:
    left, right = _of(table, "recipe", "CLBBB"), _of(table, "recipe", "CRBBB")
    assert (left.n, left.right) == (2, 0.5)
    assert (right.n, right.right, right.undetermined) == (1, 1.0, 0.0)


def test_normal_means_without_a_block_beside_it(table: tuple[Row, ...]) -> None:
    assert _of(table, "recipe", "NORM").n == 1
    assert _of(table, "recipe", "IRBBB").n == 1


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("sinus rhythm. incomplete right bundle branch block.", True),
        ("sinusrhythmus unvollst\u00c4ndiger rechtsschenkelblock sonst normales ekg", True),
        ("sinusrhythmus lagetyp normal rechtsschenkelblock", False),
        ("vollst\u00c4ndiger rechtsschenkelblock", False),
    ],
)
def test_the_report_is_asked_whether_a_block_is_incomplete(tmp_path: Path, report: str, said: bool) -> None:
    text = "ecg_id,patient_id,scp_codes,report,strat_fold,filename_hr\n"
    text += f'1,1,"{{\'IRBBB\': 100.0}}","{report}",1,rbbb\n'
    (tmp_path / "ptbxl_database.csv").write_text(text, encoding="utf-8")
    for suffix in (".hea", ".dat"):
        shutil.copy(resources.folder("demo") / f"rbbb{suffix}", tmp_path)
    (person,) = people.read(tmp_path, models.load().card, workers=1)
    assert person.codes == ({"IRBBB", people.SAID_INCOMPLETE} if said else {"IRBBB"})


def test_a_point_that_never_moves_answers_alike_for_everyone(table: tuple[Row, ...]) -> None:
    assert _of(table, "point: LV free wall", "CLBBB").right == 1.0
    assert _of(table, "point: LV free wall", "CRBBB").right == 0.0
    assert _of(table, "point: RV free wall", "CRBBB").right == 1.0
    septum = _of(table, "point: septum", "CLBBB")
    assert (septum.right, septum.undetermined) == (None, 1.0)


def test_document_follows_its_contract_on_a_folder_of_made_up_people(tmp_path: Path) -> None:
    text = "ecg_id,patient_id,scp_codes,strat_fold,filename_hr\n"
    for number in (1, 2, 3):
        place = tmp_path / str(number)
        place.mkdir()
        for suffix in (".hea", ".dat"):
            shutil.copy(resources.folder("demo") / f"lbbb{suffix}", place)
        text += f"{number},{number},\"{{'CLBBB': 100.0}}\",1,{number}/lbbb\n"
    (tmp_path / "ptbxl_database.csv").write_text(text)
    app = typer.Typer()
    app.command()(validate_path.command)
    done = CliRunner().invoke(
        app, ["--people", str(tmp_path), "--ids", "odd", "--workers", "1", "--draws", "1", "--json"]
    )
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert set(document) == {"schema", "hearts", "people", "normal_vector", "simulator"}
    assert [heart["name"] for heart in document["hearts"]] == ["generic"]
    assert document["simulator"] == [], "two people are too few to put a simulator beside"
    row = next(one for one in document["people"] if (one["method"], one["label"]) == ("recipe", "CLBBB"))
    assert {"method", "label", "n", "right", "undetermined", "low", "high"} <= set(row)
    assert (row["n"], row["right"], row["undetermined"]) == (2, 1.0, 0.0)


@pytest.mark.real
def test_even_numbered_blocks_end_where_they_should(real_data: Path) -> None:
    found = people.read(real_data / "ptbxl", models.load().card, ids="even", workers=1)
    table = rows([one for one in found if one.codes & {"CLBBB", "CRBBB", "IRBBB"}], heart.load())
    left, right = _of(table, "recipe", "CLBBB"), _of(table, "recipe", "CRBBB")
    assert (left.right or 0.0) >= 0.92
    assert left.undetermined <= 0.12
    assert (right.right or 0.0) >= 0.90
    assert right.undetermined <= 0.12
    assert (_of(table, "recipe", "IRBBB").right or 0.0) >= 0.90
    assert _of(table, "recipe", people.SAID_INCOMPLETE).right == 1.0
