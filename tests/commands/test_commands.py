"""The command line as a whole."""

from __future__ import annotations

import importlib
import subprocess
import sys

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
