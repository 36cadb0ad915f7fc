"""`cineviewer doctor`: what of this machine works, and what to do about what does not."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Annotated, Final

import typer

from cineviewer import __version__, resources
from cineviewer.analysis.cache import MOST_BYTES, Cache, user_folder
from cineviewer.errors import InputError

PROBE_S: Final = 60.0
# Whatever OpenGL does to the process, it does it to one of its own.
_OPENGL: Final = """
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow
window = vtkRenderWindow()
window.SetOffScreenRendering(1)
window.SetSize(32, 32)
window.AddRenderer(vtkRenderer())
window.Render()
print(window.ReportCapabilities())
"""
_QT: Final = """
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
screen = app.primaryScreen()
size = f"{screen.size().width()}x{screen.size().height()}, scale {screen.devicePixelRatio():g}"
print(f"{app.platformName()}|{qVersion()}|{size}, {screen.physicalDotsPerInch():.0f} dpi")
"""
_TORCH: Final = "import torch; print(f'{torch.__version__}|{torch.get_num_threads()}')"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `repair` says what to do where it is not ok."""

    what: str
    ok: bool
    found: str
    repair: str | None = None


def command(
    heart: Annotated[Path | None, typer.Option(help="Folder of surfaces: say also what is found of them.")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Say what of this machine works: Python, Qt, OpenGL, the worker, fonts, models, bundled cases, folders.

    Exit code 1: something that the window needs does not work.

    Example: cineviewer doctor
    """
    findings = [finding for look in _LOOKS for finding in look()]
    if heart is not None:
        findings += _given_heart(heart)
    if json_output:
        document = {"schema": 1, "version": __version__, "findings": [asdict(finding) for finding in findings]}
        json.dump(document, sys.stdout, allow_nan=False)
        print()
    else:
        for finding in findings:
            typer.echo(f"{'ok' if finding.ok else 'NOT OK':<7} {finding.what:<16} {finding.found}")
            if finding.repair is not None:
                typer.echo(f"{'':<24} {finding.repair}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _python() -> list[Finding]:
    where = f"{platform.python_version()} in {sys.prefix}, {platform.platform()}"
    return [
        Finding("cineviewer", ok=True, found=f"{__version__} in {Path(__file__).resolve().parents[1]}"),
        Finding("python", ok=True, found=where),
    ]


def _qt() -> list[Finding]:
    ok, said = _probe(_QT)
    if not ok:
        hint = "install the libraries that it names (Debian, Ubuntu: apt-get install libxcb-cursor0 libxkbcommon-x11-0)"
        if not _has_display():
            hint = "no display here: QT_QPA_PLATFORM=offscreen draws without one"
        return [Finding("qt", ok=False, found=said, repair=hint)]
    name, version, screen = said.split("|")
    return [Finding("qt", ok=True, found=f"{version}, platform {name}, screen {screen}")]


def _opengl() -> list[Finding]:
    ok, said = _probe(_OPENGL)
    if not ok:
        repair = "install OpenGL (Debian, Ubuntu: apt-get install libegl1 libgl1); everything but 3D works without"
        return [
            Finding("opengl", ok=False, found=said, repair=repair),
            Finding("3d host", ok=True, found="none: the ventricles pane says why and shows the path flat"),
        ]
    facts = dict(line.split(":", 1) for line in said.splitlines() if ":" in line)
    renderer = facts.get("OpenGL renderer string", "unknown renderer").strip()
    version = facts.get("OpenGL version string", "").strip()
    software = any(name in renderer.lower() for name in ("llvmpipe", "softpipe", "swr", "software"))
    kind = "drawn by the processor" if software else "drawn by the graphics card"
    why = "blit: drawn off-screen and shown as a picture, which works with any renderer and over remote desktop"
    return [
        Finding("opengl", ok=True, found=f"{renderer}, {version} ({kind})"),
        Finding("3d host", ok=True, found=why),
    ]


def _worker() -> list[Finding]:
    ok, said = _probe(_TORCH)
    if not ok:
        return [Finding("torch", ok=False, found=said, repair="install it again: pip install 'torch>=2.6'")]
    version, threads = said.split("|")
    return [Finding("torch", ok=True, found=f"{version}, {threads} threads of {os.cpu_count()} processors")]


def _packages() -> list[Finding]:
    names = ("PySide6-Essentials", "vtk", "numpy", "scipy", "wfdb")
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            return [Finding("packages", ok=False, found=f"{name} is missing", repair=f"pip install {name}")]
    return [Finding("packages", ok=True, found=", ".join(found))]


def _resources() -> list[Finding]:
    fonts = sorted(path.stem for path in resources.folder("fonts").glob("*.otf"))
    cases = sorted(path.stem for path in resources.folder("demo").glob("*.npz"))
    heart = resources.folder("heart") / "generic.npz"
    repair = "the installation is incomplete: install cineviewer again"
    found = [
        Finding("fonts", bool(fonts), ", ".join(fonts) or "none"),
        Finding("heart", heart.is_file(), f"{heart}" if heart.is_file() else f"{heart} is missing"),
        Finding("bundled cases", bool(cases), ", ".join(cases) or "none"),
    ]
    return [finding if finding.ok else Finding(finding.what, False, finding.found, repair) for finding in found]


def _given_heart(folder: Path) -> list[Finding]:
    from cineviewer.heart import person

    try:
        heart = person.read(folder)
    except InputError as error:
        return [Finding("given heart", ok=False, found=f"{folder}: {error.what}", repair=error.repair)]
    assert heart.given is not None
    told = (f"{heart.name}, sha256 {heart.sha256[:12]}", *heart.given.sentences())
    return [Finding("given heart", ok=True, found=sentence) for sentence in told]


def _models() -> list[Finding]:
    from cineviewer.models.card import read_card
    from cineviewer.models.model import available, model_folder

    names = available()
    if not names:
        return [Finding("models", ok=False, found="none", repair="make models trains them anew")]
    found = []
    for name in names:
        try:
            card = read_card(model_folder(name))
        except InputError as error:
            found.append(Finding("model", ok=False, found=str(error), repair="install cineviewer again"))
            continue
        found.append(Finding("model", ok=True, found=f"{card.name} {card.version}, {len(card.members)} seeds"))
    return found


def _folders() -> list[Finding]:
    data = Path(os.environ.get("CINEVIEWER_DATA", Path.home() / ".cache/cineviewer-data"))
    said = f"{data}" if data.is_dir() else f"{data} is not there: tests on real recordings are skipped"
    from PySide6.QtCore import QCoreApplication, QStandardPaths

    QCoreApplication.setApplicationName("cineviewer")
    QCoreApplication.setOrganizationName("cineviewer")
    places = QStandardPaths.StandardLocation
    return [
        Finding("recordings", ok=True, found=said),
        _writable("settings", Path(QStandardPaths.writableLocation(places.AppDataLocation))),
        _cache(user_folder()),
    ]


def _cache(folder: Path) -> Finding:
    found = _writable("cache", folder)
    said = f"{found.found}, {Cache(folder).n_bytes / 1e6:.1f} MB of at most {MOST_BYTES / 1e6:.0f} MB"
    return replace(found, found=said) if found.ok else found


def _writable(what: str, folder: Path) -> Finding:
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if os.access(nearest, os.W_OK):
        return Finding(what, ok=True, found=str(folder))
    return Finding(
        what, ok=False, found=f"{folder} cannot be written", repair=f"give yourself the right to write {nearest}"
    )


def _probe(code: str) -> tuple[bool, str]:
    """Run code in a Python of its own; return whether it ended well, and what it said."""
    environment = dict(os.environ)
    if sys.platform.startswith("linux") and not _has_display():
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=PROBE_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False, f"no answer in {PROBE_S:.0f} s"
    if done.returncode == 0:
        return True, done.stdout.strip()
    if done.returncode < 0:
        return False, f"the process died (signal {-done.returncode})"
    return False, done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit code {done.returncode}"


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


_LOOKS: Final[tuple[Callable[[], list[Finding]], ...]] = (
    _python,
    _packages,
    _qt,
    _opengl,
    _worker,
    _resources,
    _models,
    _folders,
)
