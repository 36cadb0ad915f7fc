from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cineviewer import records
from cineviewer.ecg import Statement
from cineviewer.errors import InputError

ROWS = """\
ecg_id,patient_id,age,sex,report,scp_codes,strat_fold,filename_lr,filename_hr
1,15709.0,56.0,1,"sinus, normal","{'NORM': 100.0, 'SR': 0.0}",3,records100/00000/00001_lr,records500/00000/00001_hr
2,13243.0,300.0,0,"two
2,lines","{'IMI': 35.0, 'ABQRS': 0.0, 'LVH': 0.0}",10,records100/00000/00002_lr,records500/00000/00002_hr
3,,,,,"{'NORM': 80.0, 'STACH': 0.0, 'IRBBB': 100.0}",1,records100/00000/00003_lr,records500/00000/00003_hr
4,1.0,44.0,0,,"{'SR': 0.0}",2,records100/00000/00004_lr,records500/00000/00004_hr
"""


@pytest.fixture
def ptbxl(tmp_path, write) -> Path:
    (tmp_path / "ptbxl_database.csv").write_text(ROWS)
    write("00001_hr", folder=tmp_path / "records500" / "00000")
    write("00001_lr", folder=tmp_path / "records100" / "00000", rate="100")
    write("00002_lr", folder=tmp_path / "records100" / "00000", rate="100")
    return tmp_path


def test_columns_say_what_the_rows_say(ptbxl):
    table = records.read_table(ptbxl)
    assert table.names.tolist() == ["1", "2", "3", "4"]
    assert table.patients.tolist() == [15709, 13243, -1, 1]
    assert table.sexes.tolist() == ["female", "male", "", "male"]
    assert table.folds.tolist() == [3, 10, 1, 2]
    np.testing.assert_array_equal(table.ages_years, np.array([56, 90, np.nan, 44], np.float32))
    assert table.notes == ()


def test_likelihood_zero_is_unknown(ptbxl):
    assert records.read_table(ptbxl).statements[0] == (
        Statement("NORM", "normal ECG", 100.0),
        Statement("SR", "sinus rhythm", None),
    )


def test_superclasses_and_the_two_class_label_follow_from_the_statements(ptbxl):
    table = records.read_table(ptbxl)
    assert table.superclasses == (("NORM",), ("MI", "HYP"), ("NORM", "CD"), ())
    assert table.labels.tolist() == ["normal", "abnormal", "", ""]


def test_own_list_of_statements_goes_before_the_published_one(ptbxl):
    (ptbxl / "scp_statements.csv").write_text(",description,diagnostic_class\nSR,sinus rhythm,NORM\n")
    assert records.read_table(ptbxl).superclasses[3] == ("NORM",)


def test_rows_without_a_file_are_not_here(ptbxl):
    table = records.read_table(ptbxl)
    assert table.here_500.tolist() == [True, False, False, False]
    assert table.here_100.tolist() == [True, True, False, False]
    found = [records.table_record(table, row) for row in range(4)]
    assert found == [ptbxl / "records500/00000/00001_hr", ptbxl / "records100/00000/00002_lr", None, None]


def test_missing_columns_are_said_and_the_rest_is_there(tmp_path):
    (tmp_path / "ptbxl_database.csv").write_text("ecg_id,filename_hr\n7,records500/00000/00007_hr\n")
    table = records.read_table(tmp_path)
    assert len(table) == 1
    assert table.labels.tolist() == [""]
    assert "has no column patient_id, age, sex, scp_codes, strat_fold, filename_lr" in table.notes[0]


def test_rows_cut_short_are_tolerated(tmp_path):
    lines = ROWS.splitlines()
    (tmp_path / "ptbxl_database.csv").write_text("\n".join([lines[0], lines[1], "5,77.0,30"]))
    table = records.read_table(tmp_path)
    assert table.names.tolist() == ["1", "5"]
    assert table.ages_years.tolist() == [56, 30]


@pytest.mark.parametrize("content", ["", "ecg_id,age\n", "a,b\n1,2\n"])
def test_table_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "ptbxl_database.csv").write_text(content)
    with pytest.raises(InputError) as caught:
        records.read_table(tmp_path)
    assert caught.value.code == "bad-table"


def test_names_that_lead_out_of_the_folder_are_not_here(tmp_path, write):
    write("r", folder=tmp_path / "outside")
    folder = tmp_path / "ptbxl"
    folder.mkdir()
    names = f"../outside/r,{tmp_path}/outside/r"
    (folder / "ptbxl_database.csv").write_text(f"ecg_id,filename_lr,filename_hr\n1,{names}\n")
    assert records.table_record(records.read_table(folder), 0) is None


def test_record_in_the_folder_knows_its_row(ptbxl):
    record = records.read(ptbxl / "records500/00000/00001_hr")
    assert (record.age_years, record.sex) == (56.0, "female")
    assert [s.code for s in record.statements] == ["NORM", "SR"]


def test_row_is_found_behind_a_report_that_looks_like_one(ptbxl):
    record = records.read(ptbxl / "records100/00000/00002_lr.hea")
    assert (record.age_years, record.sex) == (90.0, "male")
    assert [s.code for s in record.statements] == ["IMI", "ABQRS", "LVH"]


@pytest.mark.parametrize("content", ["", "\n1,2,3\n", "ecg_id,filename_hr\n1,\r\r\n1,a\rb\n"])
def test_broken_table_does_not_keep_a_record_from_being_read(ptbxl, content):
    (ptbxl / "ptbxl_database.csv").write_text(content)
    assert records.read(ptbxl / "records500/00000/00001_hr").statements == ()


@pytest.mark.parametrize("order", [1, -1])
def test_row_of_a_long_table_is_found_whether_it_is_sorted_or_not(ptbxl, order):
    lines = ROWS.replace("two\n2,lines", "long").splitlines()
    rows = [lines[1].replace("1,15709", f"{k},15709").replace("00001", f"{k:05}") for k in range(2, 3000)][::order]
    (ptbxl / "ptbxl_database.csv").write_text("\n".join([lines[0], *rows[:900], lines[1], *rows[900:], ""]))
    assert records.read(ptbxl / "records500/00000/00001_hr").age_years == 56.0
    assert records.read(ptbxl / "records100/00000/00002_lr").age_years == 56.0


def test_record_of_another_name_in_the_folder_gets_no_row(ptbxl, write):
    assert records.read(write("1", folder=ptbxl / "records500" / "00000")).statements == ()


def test_plain_folder_is_a_table_of_names_and_facts_come_when_asked(write, tmp_path):
    write("a", folder=tmp_path / "x", comments=["Age: 40", "Dx: 426783006"])
    write("b", folder=tmp_path / "y")
    table = records.read_table(tmp_path)
    assert table.names.tolist() == ["x/a", "y/b"]
    path = records.table_record(table, 0)
    assert path == tmp_path / "x" / "a"
    facts = records.read_facts(path)
    assert (facts.age_years, [s.code for s in facts.statements]) == (40.0, ["426783006"])
