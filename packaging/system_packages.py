"""Says which system packages are missing, before Qt or VTK is imported (without them VTK may crash instead of failing).

    system_packages.py [--for window] [--for tests] [--install]

Libraries are looked for by loading them, programs by name; packages are named as Debian and Ubuntu name them.
Exit code 0: all there (or installed now); 1: something needed even without a display is missing;
3: only what a display or a virtual screen needs is missing.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

OFFSCREEN = {
    "libglib2.0-0": "libglib-2.0.so.0",
    "libegl1": "libEGL.so.1",
    "libgl1": "libGL.so.1",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libdbus-1-3": "libdbus-1.so.3",
    "libfontconfig1": "libfontconfig.so.1",
}
WINDOW = {
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-xkb1": "libxcb-xkb.so.1",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    "libxcb-xinerama0": "libxcb-xinerama.so.0",
}
VIRTUAL_SCREEN = {"xvfb": "xvfb-run", "xauth": "xauth"}


def missing_libraries(packages: Mapping[str, str]) -> list[str]:
    """Return the packages whose library cannot be loaded."""
    return [package for package, library in packages.items() if not _loads(library)]


def missing_programs(packages: Mapping[str, str]) -> list[str]:
    """Return the packages whose program is not on the path."""
    return [package for package, program in packages.items() if shutil.which(program) is None]


def apt_command(packages: list[str]) -> list[str]:
    """Return the one command that installs packages on Debian and Ubuntu."""
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _install(packages: list[str]) -> bool:
    """Install packages if this is root on Debian or Ubuntu; return whether that worked."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], [*apt_command(packages), "-qq"]):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"{' '.join(command)} failed:\n{done.stderr.strip()}", file=sys.stderr)
    return True


def _missing(purposes: list[str]) -> tuple[list[str], list[str]]:
    """Return what is missing always, and what is missing for some purposes only."""
    optional: list[str] = []
    if "window" in purposes or "tests" in purposes:
        optional += missing_libraries(WINDOW)
    if "tests" in purposes:
        optional += missing_programs(VIRTUAL_SCREEN)
    return missing_libraries(OFFSCREEN), optional


def main() -> int:
    parser = argparse.ArgumentParser(description="Say which system packages are missing.")
    parser.add_argument("--for", dest="purposes", action="append", default=[], choices=["window", "tests"])
    parser.add_argument("--install", action="store_true")
    given = parser.parse_args()
    if sys.platform != "linux":
        return 0  # the wheels bring all they need
    needed, optional = _missing(given.purposes)
    if (needed or optional) and given.install and _install(needed + optional):
        needed, optional = _missing(given.purposes)
    if not needed and not optional:
        return 0
    purpose = "cineviewer cannot start" if needed else "a window or a virtual screen cannot be opened"
    print(f"Without these system packages {purpose}: {' '.join(needed + optional)}", file=sys.stderr)
    print(f"On Debian or Ubuntu: sudo {' '.join(apt_command(needed + optional))}", file=sys.stderr)
    return 1 if needed else 3


if __name__ == "__main__":
    sys.exit(main())
