from __future__ import annotations

import json

import pytest

from cineviewer import __version__, commands
from cineviewer.commands import doctor


def test_doctor_says_what_of_this_machine_works_in_one_document(capsys):
    code = commands.run(["doctor", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    assert document["version"] == __version__
    found = {finding["what"]: finding for finding in document["findings"]}
    assert {"python", "qt", "opengl", "3d host", "torch", "fonts", "bundled cases", "model", "settings"} <= set(found)
    assert code == (0 if all(finding["ok"] for finding in document["findings"]) else 1)
    assert "lbbb" in found["bundled cases"]["found"]
    assert all(finding["repair"] for finding in document["findings"] if not finding["ok"])


def test_a_driver_that_kills_its_process_is_a_sentence_not_a_crash():
    ok, said = doctor._probe("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert not ok
    assert said == "the process died (signal 11)"


def test_missing_opengl_is_named_with_its_repair(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "_OPENGL", "raise SystemExit('libGL.so.1 is missing')")
    monkeypatch.setattr(doctor, "_LOOKS", (doctor._opengl,))
    assert commands.run(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "libGL.so.1 is missing" in said
    assert "apt-get install libegl1" in said


def test_folder_that_cannot_be_written_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    finding = doctor._writable("settings", tmp_path / "a" / "b")
    assert not finding.ok
    assert str(tmp_path) in str(finding.repair)


@pytest.mark.parametrize("code", ["import cineviewer.commands.doctor"])
def test_looking_does_not_load_what_might_crash(code):
    ok, said = doctor._probe(f"{code}; import sys; print([n for n in sys.modules if n in ('vtk', 'torch', 'PySide6')])")
    assert ok
    assert said == "[]"


def test_doctor_says_what_is_found_of_a_given_heart(monkeypatch, capsys, heart_folder, tmp_path):
    monkeypatch.setattr(doctor, "_LOOKS", ())
    assert commands.run(["doctor", "--heart", str(heart_folder)]) == 0
    assert "mL left" in capsys.readouterr().out
    assert commands.run(["doctor", "--heart", str(tmp_path)]) == 1
    assert "neither epi" in capsys.readouterr().out
