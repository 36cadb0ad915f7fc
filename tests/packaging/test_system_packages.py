from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging/system_packages.py"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the wheels bring all they need")


@pytest.fixture(scope="module")
def system_packages():
    spec = importlib.util.spec_from_file_location("system_packages", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_library_that_is_there_is_not_reported_and_one_that_is_not_is(system_packages):
    found = system_packages.missing_libraries({"libc6": "libc.so.6", "libnowhere1": "libnowhere.so.1"})
    assert found == ["libnowhere1"]
    assert system_packages.missing_programs({"coreutils": "true", "nowhere": "no-such-program"}) == ["nowhere"]


def test_one_command_installs_all_of_them(system_packages):
    assert " ".join(system_packages.apt_command(["a1", "b2"])) == "apt-get install -y --no-install-recommends a1 b2"


@pytest.mark.parametrize(("table", "code"), [("OFFSCREEN", 1), ("WINDOW", 3)])
def test_missing_packages_are_named_and_stop_only_what_needs_them(system_packages, monkeypatch, capsys, table, code):
    for name in ("OFFSCREEN", "WINDOW", "VIRTUAL_SCREEN"):
        monkeypatch.setattr(system_packages, name, {})
    monkeypatch.setattr(system_packages, table, {"libnowhere1": "libnowhere.so.1"})
    monkeypatch.setattr(sys, "argv", ["system_packages.py", "--for", "window"])
    assert system_packages.main() == code
    assert "sudo apt-get install -y --no-install-recommends libnowhere1" in capsys.readouterr().err


def test_looking_does_not_import_qt_or_vtk():
    look = f"m = runpy.run_path({str(SCRIPT)!r}); m['_missing'](['window'])"
    code = f"import runpy, sys; {look}; print([n for n in sys.modules if n.startswith(('PySide6', 'vtk'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
