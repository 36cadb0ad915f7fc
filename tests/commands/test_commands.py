"""The command line as a whole."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cineviewer import __version__, commands
from cineviewer.__main__ import main


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0

    printed = capsys.readouterr().out
    assert "Example" in printed
    assert f"cineviewer {name}" in printed


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_wrong_usage_is_exit_code_2(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--no-such-option"]) == 2
    assert "no-such-option" in capsys.readouterr().err


def test_the_usage_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0

    printed = capsys.readouterr().out
    assert all(name in printed for name in commands.COMMANDS)
    assert "Research use only" in printed


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_has_its_module(name: str) -> None:
    module = importlib.import_module(f"cineviewer.commands.{name.replace('-', '_')}")

    assert callable(module.command)


def test_deciding_what_to_run_loads_nothing_heavy() -> None:
    code = (
        "import sys; from cineviewer.__main__ import main; main(['--version']);"
        "print(sorted({'torch', 'numpy', 'PySide6', 'typer', 'scipy'} & set(sys.modules)))"
    )

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed.splitlines()[-1] == "[]"


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-m", "cineviewer", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
def test_without_a_display_the_window_says_so_in_a_sentence() -> None:
    started = start()

    assert started.returncode == 1
    assert "no display" in started.stderr
    assert "--screenshot" in started.stderr


def test_a_session_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    started = start("--session", str(tmp_path / "gone.json"), "--screenshot", str(tmp_path / "x.png"))

    assert started.returncode == 1
    assert "gone.json" in started.stderr
    assert "Traceback" not in started.stderr
