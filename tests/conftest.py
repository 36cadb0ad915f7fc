"""What every test may ask for."""

from __future__ import annotations

import json
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


@pytest.fixture(scope="session")
def heart_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our heart as somebody else gives it: three open surfaces, half as far again from front to back."""
    from vtkmodules.vtkIOGeometry import vtkSTLWriter

    from cineviewer.heart import load, person
    from cineviewer.heart.surface import poly_data

    folder = tmp_path_factory.mktemp("hearts") / "somebody"
    folder.mkdir()
    heart = load()
    for name, stem in person.FILES.items():
        surface, writer = heart.surfaces[name], vtkSTLWriter()
        writer.SetFileName(str(folder / f"{stem}.stl"))
        writer.SetInputData(poly_data(surface.vertices_mm * [1.0, 1.5, 1.0], surface.open_triangles))
        assert writer.Write() == 1
    told = {"heart_axes_rows_xyz": [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "heart_origin": [0, 0, 0]}
    (folder / "frame.json").write_text(json.dumps(told), encoding="utf-8")
    return folder
