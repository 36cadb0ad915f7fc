"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from PySide6.QtWidgets import QApplication

# How long an example takes says what else the machine does, not whether the code is right.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session", autouse=True)
def one_application(qapp: QApplication) -> None:
    """Make the application of a window before any page makes one without: a process has but one, of either kind."""


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real recordings; the test skips where there is none."""
    folder = Path(os.environ.get("CINEVIEWER_DATA", Path.home() / ".cache/cineviewer-data"))
    if not folder.is_dir():
        pytest.skip(f"no real recordings in {folder} (set CINEVIEWER_DATA to their folder)")
    return folder
