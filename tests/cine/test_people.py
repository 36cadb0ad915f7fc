"""What the recipe says of people: a block ends on the side whose bundle is blocked; elsewhere nothing is named.

Labels are not paths: this judges the terminal region, never millimetres. Only even ecg_ids, on which the rule was
chosen; odd ones are for reporting.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cineviewer import heart, models, records, signal
from cineviewer.cine import path, terminal_region, vectors
from cineviewer.cine.path import qrs_samples, recipe_variants
from cineviewer.ecg import Window
from cineviewer.models.card import Input

pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("ignore:The inplace keyword")]

MOST = 40


def median_windows(folder: Path, code: str) -> Iterator[Window]:
    table = records.read_table(folder)
    found = 0
    for row in range(len(table)):
        codes = {statement.code for statement in table.statements[row]}
        if int(table.names[row]) % 2 or code not in codes or not table.here_500[row]:
            continue
        record = records.read(table.folder / table.paths_500[row])
        window = models.median_window(record, signal.analyse(record), Input())
        if window is not None:
            yield window
            found += 1
        if found == MOST:
            return


def regions(folder: Path, code: str) -> list[str | None]:
    shipped = heart.load()
    return [
        terminal_region(path(window, shipped), window, shipped) for window in median_windows(folder / "ptbxl", code)
    ]


@pytest.mark.parametrize(("code", "side"), [("CLBBB", {"LV free wall"}), ("CRBBB", {"RV free wall", "RVOT"})])
def test_a_complete_block_ends_on_the_blocked_side(real_data: Path, code: str, side: set[str]) -> None:
    found = regions(real_data, code)
    assert len(found) >= 20
    named = [region for region in found if region != "undetermined"]
    assert np.mean([region in side for region in named]) >= 0.95
    assert len(named) >= 0.85 * len(found)


def test_nothing_is_named_in_a_normal_beat(real_data: Path) -> None:
    assert set(regions(real_data, "NORM")) == {"undetermined"}


def test_a_normal_mean_vector_points_left_and_the_two_matrices_stay_close(real_data: Path) -> None:
    shipped = heart.load()
    left, apart = [], []
    for window in median_windows(real_data / "ptbxl", "NORM"):
        n = qrs_samples(window)
        left.append(vectors(window)[:n].mean(axis=0)[0] > 0)
        kors, dower, _ = recipe_variants(window, shipped)[:, :n]
        apart.append(np.linalg.norm(kors - dower, axis=1).mean())
    assert np.mean(left) >= 0.94
    assert np.mean(apart) <= 6.0
