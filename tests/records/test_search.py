from __future__ import annotations

import os
from pathlib import Path

import pytest

from cineviewer import records
from cineviewer.errors import InputError
from cineviewer.records import Found


def test_file_is_itself_without_suffix(write, tmp_path):
    path = write("r")
    for name in ("r", "r.hea", "r.dat"):
        assert records.find([tmp_path / name]) == [Found(path, Path("r"))]


def test_folder_is_searched_below_and_names_are_relative_to_it(write, tmp_path):
    write("b", folder=tmp_path / "x" / "y")
    write("10", folder=tmp_path)
    write("2", folder=tmp_path)
    assert [found.relative.as_posix() for found in records.find([tmp_path])] == ["2", "10", "x/y/b"]


def test_segments_are_not_listed_beside_their_record(write, ecg, tmp_path):
    write("a", signal_mv=ecg[:, :2000])
    write("b", signal_mv=ecg[:, 2000:])
    (tmp_path / "m_layout.hea").write_text("m_layout 1 500 0\n~ 0 200/mV 12 0 0 0 0 II\n")
    (tmp_path / "m.hea").write_text("m/3 12 500 5000\nm_layout 0\na 2000\nb 3000\n")
    write("other")
    assert [found.relative.name for found in records.find([tmp_path])] == ["m", "other"]


def test_record_that_two_arguments_mean_is_listed_once(write, tmp_path):
    write("r")
    assert len(records.find([tmp_path, tmp_path / "r.hea"])) == 1


def test_equal_names_from_two_folders_do_not_collide(write, tmp_path):
    write("r", folder=tmp_path / "a")
    write("r", folder=tmp_path / "b")
    write("r", folder=tmp_path / "c" / "a")
    found = records.find([tmp_path / "a", tmp_path / "b", tmp_path / "c" / "a" / "r.hea"])
    assert len({one.relative for one in found}) == 3
    assert found[0].relative == Path("r")
    assert found[1].relative == Path("b/r")


def test_folder_without_permission_stays_in_the_list(write, tmp_path, monkeypatch):
    write("r")
    (tmp_path / "locked").mkdir()
    scandir = os.scandir

    def locked(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    assert [found.relative.name for found in records.find([tmp_path])] == ["r", "locked"]
    assert [found.path for found in records.find([tmp_path / "locked"])] == [tmp_path / "locked"]


@pytest.mark.parametrize("name", ["absent", "absent.hea", "empty", "text.dat"])
def test_argument_without_a_record_stays_and_reading_it_says_why(tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.dat").write_text("words, and more words\n")
    (found,) = records.find([tmp_path / name])
    with pytest.raises(InputError) as caught:
        records.read(found.path)
    expected = {
        "absent": "no such file",
        "absent.hea": "no such file",
        "empty": "no WFDB record",
        "text.dat": "text file",
    }
    assert expected[name] in caught.value.what
