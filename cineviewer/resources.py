"""Finds resources/ in a checkout, in an installed wheel and in a frozen app."""

from __future__ import annotations

import sys
from pathlib import Path


def folder(name: str = "") -> Path:
    """Return the path of a folder of resources/ ("models", "demo", ...); it need not exist.

    A checkout keeps resources/ beside the package, a wheel installs it as share/cineviewer,
    a frozen app carries it beside the executable.
    """
    beside = Path(__file__).resolve().parent.parent / "resources"
    places = [beside, Path(sys.prefix) / "share" / "cineviewer"]
    if getattr(sys, "frozen", False):
        places.insert(0, Path(getattr(sys, "_MEIPASS", sys.executable)) / "resources")
    return next((place for place in places if place.is_dir()), beside) / name
