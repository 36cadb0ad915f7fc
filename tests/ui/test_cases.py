from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from cineviewer.analysis.cache import Cache
from cineviewer.analysis.case import Case
from cineviewer.session import Notes, Selection, Session, Shown
from cineviewer.ui.cases import sources
from cineviewer.ui.cases.list import (
    SUPERCLASSES,
    CaseList,
    Filter,
    filtered,
    join_summary,
    of_files,
    with_verdict,
    write_csv,
)
from cineviewer.ui.cases.rows import probability
from cineviewer.ui.panes.cases import CasesPane


def cases(n: int = 6) -> CaseList:
    rows = range(n)
    return CaseList(
        paths=[f"/data/{k:05d}_hr" for k in rows],
        names=[str(k) for k in rows],
        ages=np.array([20.0 + 10 * k if k else np.nan for k in rows]),
        sexes=["F" if k % 2 else "M" for k in rows],
        statements=["CLBBB, AFIB" if k % 3 == 0 else "NORM, SR" for k in rows],
        superclasses=np.array([0b1000 if k % 3 == 0 else 0b1 for k in rows], np.uint8),
        folds=np.array([k % 10 + 1 for k in rows], np.int16),
        states=["not here" if k == 4 else "" for k in rows],
        p_abnormal=np.array([0.9 if k % 3 == 0 else np.nan for k in rows]),
        abnormal_statement=np.array([1 if k % 3 == 0 else 0 for k in rows], np.int8),
        sha256=[f"sha{k}" for k in rows],
    )


@pytest.fixture
def pane(qtbot: QtBot) -> CasesPane:
    made = CasesPane(Session())
    qtbot.addWidget(made)
    made.resize(240, 500)
    made.show_list(cases())
    made.show()
    return made


def view(pane: CasesPane) -> QListView:
    found = pane.findChild(QListView, "case-list")
    assert found is not None
    return found


def names(pane: CasesPane) -> list[str]:
    model = view(pane).model()
    return [model.index(k, 0).data().split(",")[0] for k in range(model.rowCount())]


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (Filter(), [0, 1, 2, 3, 4, 5]),
        (Filter(text="clbbb"), [0, 3]),
        (Filter(text="norm 60"), [4]),
        (Filter(superclass="CD"), [0, 3]),
        (Filter(sex="F"), [1, 3, 5]),
        (Filter(age_from=40), [2, 3, 4, 5]),
        (Filter(age_from=40, age_to=50), [2, 3]),
        (Filter(fold=3), [2]),
        (Filter(verdict="abnormal"), [0, 3]),
        (Filter(verdict="not run"), [1, 2, 4, 5]),
        (Filter(verdict="disagrees"), []),
        (Filter(starred=True), [2]),
        (Filter(tag="talk"), [5]),
        (Filter(sex="F", superclass="CD"), [3]),
    ],
)
def test_a_filter_lets_through_what_it_says(wanted: Filter, rows: list[int]) -> None:
    assert filtered(cases(), wanted, frozenset({"sha2"}), {"sha5": ("talk",)}).tolist() == rows


@given(st.text(), st.sampled_from(["", *SUPERCLASSES]), st.floats(0, 120), st.floats(0, 120))
def test_two_filters_let_through_what_each_does(text: str, kind: str, low: float, high: float) -> None:
    every = cases()
    both = filtered(every, Filter(text=text, superclass=kind, age_from=low, age_to=high))
    one, other = filtered(every, Filter(text=text, superclass=kind)), filtered(every, Filter(age_from=low, age_to=high))
    assert set(both.tolist()) == set(one.tolist()) & set(other.tolist())


def test_a_row_that_has_not_run_says_so_instead_of_zero() -> None:
    assert [probability(cases(), k) for k in (0, 1, 4)] == [".90", "not run", "not here"]


def test_a_click_on_a_row_opens_that_case_on_its_median_beat(pane: CasesPane, qtbot: QtBot) -> None:
    session = pane._session
    rect = view(pane).visualRect(view(pane).model().index(2, 0))
    QTest.mouseClick(view(pane).viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert session.get(Selection) == Selection(path="/data/00002_hr")


def test_next_case_skips_what_is_not_here_and_stops_at_the_ends(pane: CasesPane) -> None:
    session = pane._session
    pane.open_first()
    for _ in range(4):
        pane.step(1)
    assert session.get(Selection).path == "/data/00005_hr"
    pane.step(1)
    assert session.get(Selection).path == "/data/00005_hr"
    pane.step(-1)
    assert session.get(Selection).path == "/data/00003_hr"


def test_filtering_keeps_the_open_case_and_its_place(pane: CasesPane) -> None:
    session = pane._session
    session.set(Selection(path="/data/00003_hr"))
    pane._search.setText("clbbb")
    assert names(pane) == ["0", "3"]
    assert view(pane).currentIndex().row() == 1
    pane._search.setText("nothing like it")
    assert names(pane) == []
    assert session.get(Selection).path == "/data/00003_hr"


def test_a_record_without_a_file_cannot_be_chosen(pane: CasesPane) -> None:
    assert not view(pane).model().index(4, 0).flags() & Qt.ItemFlag.ItemIsEnabled
    rect = view(pane).visualRect(view(pane).model().index(4, 0))
    QTest.mouseClick(view(pane).viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert pane._session.get(Selection).path is None


def test_chips_filter_by_statement_and_all_takes_it_back(pane: CasesPane) -> None:
    pane._chips["NORM"].click()
    assert names(pane) == ["1", "2", "4", "5"]
    pane._chips[""].click()
    assert len(names(pane)) == 6


def test_an_opened_case_tells_its_row_the_verdict(pane: CasesPane, lbbb: Case) -> None:
    record = replace(lbbb.record, path=Path("/data/00001_hr"))
    assert lbbb.verdict is not None
    pane._session.show(Shown(replace(lbbb, record=record, verdict=replace(lbbb.verdict, p_abnormal=0.42))))
    assert probability(pane.cases, 1) == ".42"
    assert pane.cases.sha256[1] == lbbb.record.sha256


def test_a_case_that_could_not_be_read_is_marked_until_it_can(pane: CasesPane) -> None:
    pane.mark("/data/00001_hr", "truncated")
    assert probability(pane.cases, 1) == "not read"
    pane.mark("/data/00001_hr", None)
    assert probability(pane.cases, 1) == "not run"


def test_a_star_filter_follows_the_stars(pane: CasesPane) -> None:
    pane._set_filter(Filter(starred=True))
    assert names(pane) == []
    pane._session.set(Notes(stars=frozenset({"sha1"})))
    assert names(pane) == ["1"]


def test_a_batchs_summary_joins_by_path_and_says_how_many(tmp_path: Path) -> None:
    summary = tmp_path / "summary.csv"
    summary.write_text(
        "path,p_abnormal,threshold,seeds_disagree,error\n"
        "/data/00001_hr,0.71,0.47,true,\nelsewhere/00002_hr,0.1,0.47,,\n/data/00005_hr,,,,cut short\nother,0.5,,,\n"
    )
    every = cases()
    assert join_summary(every, summary) == 3
    assert every.p_abnormal[[1, 2]].tolist() == [0.71, 0.1]
    assert (every.flags[1], every.states[5], every.threshold) == ("seeds disagree", "not read", 0.47)
    assert filtered(every, Filter(verdict="disagrees")).tolist() == [1]
    assert filtered(every, Filter(verdict="seeds disagree")).tolist() == [1]


def test_the_exported_list_reads_back_with_the_readers_own_words(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    write_csv(
        cases(), [0, 2], file, stars=frozenset({"sha2"}), tags={"sha2": ("talk", "odd")}, notes={"sha2": "see, V3"}
    )
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert [row["path"] for row in rows] == ["/data/00000_hr", "/data/00002_hr"]
    assert (rows[0]["age_years"], rows[0]["p_abnormal"]) == ("", "0.9000")
    assert (rows[1]["star"], rows[1]["tags"], rows[1]["note"]) == ("1", "talk odd", "see, V3")


def test_the_demo_begins_with_the_case_that_has_most_to_see_and_names_all_as_simulated() -> None:
    demo = sources.of_demo()
    assert demo.names[:2] == ["lbbb", "normal"]
    assert set(demo.states) == {"simulated"}


def test_a_narrow_pane_is_a_rail_that_asks_for_room(pane: CasesPane, qtbot: QtBot) -> None:
    pane.set_rail(True)
    assert not view(pane).isVisible()
    with qtbot.waitSignal(pane.expand):
        QTest.mouseClick(pane._open_list, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))


@pytest.mark.real
def test_the_whole_of_ptbxl_is_listed_and_searched(real_data: Path) -> None:
    folder = real_data / "ptbxl"
    if not (folder / "ptbxl_database.csv").is_file():
        pytest.skip("no PTB-XL")
    every = sources.of_folder(folder)
    assert len(every) == 21799
    # Wagner et al. 2020, table 5: 9,514 records with a normal superclass in version 1.0.3.
    assert len(filtered(every, Filter(superclass="NORM"))) == 9514
    assert len(filtered(every, Filter(text="clbbb"))) == 536


def test_verdicts_of_earlier_sessions_stand_in_the_list_until_a_newer_one_comes(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path)
    known = {"/a/one": (0.93, 0.5), "/a/two": (0.12, 0.5)}
    monkeypatch.setattr(Cache, "verdicts", lambda _self, paths, _model: {p: known[p] for p in paths if p in known})
    made = CasesPane(Session(), cache)
    qtbot.addWidget(made)
    cases = of_files([Path("/a/one"), Path("/a/two"), Path("/a/three")])
    with_verdict(cases, 1, 0.7, 0.5)

    made.show_list(cases)
    qtbot.waitUntil(lambda: not np.isnan(cases.p_abnormal[0]))

    assert cases.p_abnormal[:2].tolist() == [0.93, 0.7]
    assert np.isnan(cases.p_abnormal[2])
