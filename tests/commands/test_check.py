from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from cineviewer import commands
from cineviewer.ecg import LEADS

KEYS = (
    "path", "ok", "format", "rate_hz", "duration_s", "leads", "derived_leads", "n_beats", "heart_rate_bpm", "quality",
    "warnings", "error",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A record of ten beats a second apart with V3 missing, and one whose samples are cut short."""
    t = np.arange(5000) / 500 % 1.0
    beat = np.exp(-0.5 * ((t - 0.4) / 0.012) ** 2) + 0.2 * np.exp(-0.5 * ((t - 0.7) / 0.04) ** 2)
    stored = np.round(1000 * beat * np.linspace(0.6, 1.2, 8)[:, None]).astype("<i2")
    names = ("I", "II", "V1", "V2", "V4", "V5", "V6", "extra")
    for name, n in (("whole", 5000), ("cut", 3000)):
        lines = [f"{name} 8 500 5000", *(f"{name}.dat 16 1000/mV 16 0 0 0 0 {lead}" for lead in names)]
        (tmp_path / f"{name}.hea").write_text("\n".join(lines))
        (tmp_path / f"{name}.dat").write_bytes(np.ascontiguousarray(stored.T[:n]).tobytes())
    return tmp_path


def test_json_is_one_document_with_every_key_of_the_contract(folder, capsys):
    assert commands.run(["check", str(folder), "--json"]) == 1
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["schema"] == 1
    cut, whole = document["records"]
    assert all(set(record) >= set(KEYS) for record in (cut, whole))
    assert (whole["path"], whole["ok"], whole["error"]) == (str(folder / "whole"), True, None)
    assert (whole["format"], whole["rate_hz"], whole["duration_s"]) == ("WFDB 16", 500.0, 10.0)
    assert whole["leads"] == ["I", "II", "V1", "V2", "V4", "V5", "V6"]
    assert whole["derived_leads"] == ["III", "aVR", "aVL", "aVF"]
    assert set(whole["quality"]) == set(LEADS)
    assert whole["quality"]["V3"] == "missing"
    assert "V3 is missing" in whole["warnings"]
    assert whole["n_beats"] in (9, 10)
    assert whole["heart_rate_bpm"] == pytest.approx(60, abs=0.5)
    assert cut["ok"] is False
    assert cut["error"]["code"] == "truncated"
    assert "the copy is incomplete" in cut["error"]["message"]
    assert cut["error"]["repair"] == "fetch cut.dat again"
    assert "the copy is incomplete" in err


def test_good_record_ends_with_0_and_says_what_is_in_it(folder, capsys):
    assert commands.run(["check", str(folder / "whole.hea")]) == 0
    out, err = capsys.readouterr()
    assert "7 of 12 leads (III, aVR, aVL, aVF derived)" in out
    assert "warning: V3 is missing" in out
    assert err == ""


def test_simulated_record_is_named_so(folder, capsys):
    with (folder / "whole.hea").open("a") as header:
        header.write("\n# simulated: yes\n")
    assert commands.run(["check", str(folder / "whole")]) == 0
    assert "simulated, WFDB 16" in capsys.readouterr().out


def test_absent_file_ends_with_1_and_the_reason_on_stderr(tmp_path, capsys):
    assert commands.run(["check", str(tmp_path / "absent")]) == 1
    out, err = capsys.readouterr()
    assert "there is no such file; check the name" in err
    assert "no such file" not in out


def test_no_argument_is_wrong_usage(capsys):
    assert commands.run(["check"]) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_name_that_no_terminal_can_show_is_no_crash(folder, capsys):
    name = "whole\x1b[31m\udcff"
    for suffix in (".hea", ".dat"):
        (folder / f"whole{suffix}").rename(folder / f"{name}{suffix}")
    header = folder / f"{name}.hea"
    header.write_text(header.read_text().replace("whole.dat", "here.dat"))
    (folder / f"{name}.dat").rename(folder / "here.dat")
    assert commands.run(["check", str(header)]) == 0
    assert "\x1b[31m" not in capsys.readouterr().out
    assert commands.run(["check", str(header), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["records"][0]["ok"]


def test_help_has_an_example(capsys):
    assert commands.run(["check", "--help"]) == 0
    assert "cineviewer check records500" in capsys.readouterr().out
