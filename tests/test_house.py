"""Rules of the house that no linter knows: what a stranger may rely on wherever he opens it."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import cineviewer
from cineviewer import commands
from cineviewer.ecg import LEADS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cineviewer"
MODULES = sorted(PACKAGE.rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TEXT = (".py", ".md", ".toml", ".txt", ".sh", ".yaml", ".yml", ".json", ".svg", ".hea", "")
# What marks work in progress, spelled in halves so that this file does not hold it itself.
TRACES = tuple(a + b for a, b in (("/wo", "rk/"), ("sha", "red/"), ("TO", "DO"), ("FIX", "ME"), ("XX", "X")))
QT_WIDGETS = {"PySide6.QtWidgets", "PySide6.QtOpenGLWidgets", "pyvistaqt", "pyqtgraph", "qtpy"}
QT_FREE_OF_WIDGETS = ("paint", "report")
# On the way to the first picture these would cost more than the picture.
HEAVY = {"captum", "matplotlib", "pandas", "pydantic", "pyqtgraph", "pyvista", "pyvistaqt"}
HEAVY |= {"scipy", "torch", "typer", "vtk", "vtkmodules", "wfdb"}


def names(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


def tracked() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def imports(path: Path, *, top_level: bool = False) -> Iterator[str]:
    """Yield the full names that a module imports; of those at its top level only, if asked."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.iter_child_nodes(tree) if top_level else ast.walk(tree):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
                yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_module_opens_with_a_sentence_on_its_subject(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert len(docstring.splitlines()[0]) <= 120


def test_widgets_live_in_ui_alone():
    outside = [path for path in MODULES if path.relative_to(PACKAGE).parts[0] not in ("ui", "benchmark")]
    guilty = [(path.name, name) for path in outside for name in imports(path) if _under(name, QT_WIDGETS)]
    assert not guilty


def test_paint_and_report_use_of_qt_only_what_draws():
    for room in QT_FREE_OF_WIDGETS:
        found = {
            name for path in (PACKAGE / room).rglob("*.py") for name in imports(path) if name.startswith("PySide6")
        }
        allowed = ("PySide6.QtGui", "PySide6.QtCore", "PySide6.QtSvg", "PySide6.QtPdf")
        assert all(name == "PySide6" or name.startswith(allowed) for name in found), room


def test_ui_takes_cases_and_the_worker_from_analysis_and_not_its_batch():
    taken = {name for path in (PACKAGE / "ui").rglob("*.py") for name in imports(path)}
    assert not [name for name in taken if name.startswith("cineviewer.analysis.batch")]


@pytest.mark.parametrize("room", ["ecg.py", "errors.py", "resources.py", "session", "ui", "__main__.py"])
def test_nothing_heavy_is_imported_at_the_top_on_the_way_to_the_first_picture(room):
    place = PACKAGE / room
    paths = [place] if place.is_file() else sorted(place.rglob("*.py"))
    guilty = [(path.name, name) for path in paths for name in imports(path, top_level=True) if _under(name, HEAVY)]
    assert not [pair for pair in guilty if not _is_loaded_late(pair[0])]


def test_every_import_is_declared_in_pyproject():
    ours = {"cineviewer", "__future__"}
    declared = {re.split(r"[<>=\[; ]", line)[0].lower().replace("_", "-") for line in PROJECT["dependencies"]}
    known = packages_distributions()
    used = {name.split(".")[0] for path in MODULES for name in imports(path)} - ours
    foreign = {module: {name.lower().replace("_", "-") for name in known[module]} for module in used if module in known}
    # PySide6-Essentials brings shiboken6; typer brings click.
    undeclared = {module for module, sources in foreign.items() if not sources & (declared | {"shiboken6"})}
    assert not undeclared


def test_no_trace_of_the_work_is_left_in_the_project():
    found = []
    for path in tracked():
        if path.suffix in TEXT and path.stat().st_size < 2_000_000:
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            found += [f"{path.relative_to(ROOT)}: {trace}" for trace in TRACES if trace in text]
    assert not found


def test_weights_and_cases_are_never_pickles():
    assert not [path.name for path in tracked() if path.suffix in (".pkl", ".pickle", ".pt", ".pth", ".joblib")]


def test_every_folder_of_resources_says_whence_it_comes():
    with_files = [folder for folder in (ROOT / "resources").iterdir() if folder.is_dir() and any(folder.iterdir())]
    assert with_files
    assert not [folder.name for folder in with_files if not (folder / "README.md").is_file()]


def test_leads_are_the_twelve_in_the_order_of_a_printed_recording():
    assert LEADS == ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


ROOMS = sorted(path.parent for path in PACKAGE.rglob("__init__.py"))


@pytest.mark.parametrize("folder", ROOMS, ids=names(ROOMS))
def test_what_a_room_offers_exists_and_is_written_in_order(folder):
    module = importlib.import_module(".".join(folder.relative_to(ROOT).parts))
    offered = getattr(module, "__all__", [])
    assert not [name for name in offered if not hasattr(module, name)]
    assert len(offered) == len(set(offered))


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_has_its_module_and_an_example(name):
    module = importlib.import_module(f"cineviewer.commands.{name.replace('-', '_')}")
    assert f"cineviewer {name}" in (module.command.__doc__ or ""), "its help shows an example"


def test_commands_and_modules_are_the_same_list():
    modules = {path.stem.replace("_", "-") for path in (PACKAGE / "commands").glob("*.py")} - {"--init--"}
    assert modules == set(commands.COMMANDS)


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/manual.md"])
def test_documents_name_only_commands_targets_and_files_that_exist(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    blocks = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    called = set(re.findall(r"^(?:\$ )?cineviewer ([a-z][a-z-]+)(?=\s)", blocks, re.MULTILINE))
    called |= set(re.findall(r"`cineviewer ([a-z][a-z-]+)[ `]", text))
    assert not called - set(commands.COMMANDS)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert (
        not set(re.findall(r"`make ([a-z-]+)", text) + re.findall(r"^make ([a-z-]+)", blocks, re.MULTILINE)) - targets
    )
    linked = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text)
    assert not [link for link in linked if not ((ROOT / document).parent / link).exists()]


def test_readme_names_every_command_and_every_target():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in commands.COMMANDS if f"`{name}`" not in text and f"cineviewer {name}" not in text]
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert not [target for target in targets if target != "help" and f"make {target}" not in text]


def test_readme_shows_what_the_commands_print(capsys, monkeypatch, tmp_path):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    monkeypatch.chdir(ROOT)
    assert commands.run(["check", "resources/demo/lbbb"]) == 0
    assert capsys.readouterr().out in text
    monkeypatch.chdir(tmp_path)
    assert commands.run(["simulate", "rbbb", "--out", "simulated/rbbb", "--seed", "3"]) == 0
    assert capsys.readouterr().out in text


def test_version_is_one_and_the_changelog_has_it():
    assert PROJECT["version"] == cineviewer.__version__
    assert f"## [{cineviewer.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def _under(name: str, roots: set[str]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def _is_loaded_late(file_name: str) -> bool:
    """Modules of the window that it imports after its first picture, on purpose."""
    return file_name in {"timeline.py", "trust.py", "ventricles.py", "native.py"}
