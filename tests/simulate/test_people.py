"""Simulated beats beside people's: each lead's waves lie where most records of the same disease have theirs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cineviewer import records, signal, simulate
from cineviewer.ecg import LEADS, MedianBeat

CODES = {
    "normal": "NORM",
    "lbbb": "CLBBB",
    "rbbb": "CRBBB",
    "lafb": "LAFB",
    "anterior-mi": "ASMI",
    "inferior-mi": "IMI",
    "lvh": "LVH",
}
# Records that carry one of these besides are another disease as well.
OTHERS = set(CODES.values()) - {"NORM"}
N_RECORDS = 40
WAVES = ("R", "S", "T")


@pytest.fixture(scope="module")
def table(real_data: Path) -> records.Table:
    folder = real_data / "ptbxl"
    if not folder.is_dir():
        pytest.skip(f"no PTB-XL in {real_data}")
    return records.read_table(folder)


@pytest.mark.real
@pytest.mark.parametrize("name", CODES)
def test_waves_of_each_lead_lie_within_the_middle_nine_tenths_of_people(name: str, table: records.Table) -> None:
    people = np.stack(_people(table, CODES[name]))
    low, high = np.percentile(people, [5, 95], axis=0)
    own = _waves(signal.analyse(simulate.record(name)).median)
    assert own is not None
    slack_mv = 0.03
    outside = [
        f"{WAVES[wave]} of {LEADS[lead]}: {own[wave, lead]:.2f} not in {low[wave, lead]:.2f}..{high[wave, lead]:.2f} mV"
        for wave, lead in zip(*np.nonzero((own < low - slack_mv) | (own > high + slack_mv)), strict=True)
    ]
    assert len(people) >= 9
    assert len(outside) <= 2, outside


def _people(table: records.Table, code: str) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for row in np.flatnonzero(table.here_500):
        codes = {statement.code for statement in table.statements[row]}
        alone = not codes & (OTHERS - {code}) and (code != "NORM" or table.superclasses[row] == ("NORM",))
        # The simulator's constants are chosen beside people with even numbers.
        even = int(table.names[row]) % 2 == 0
        if code in codes and alone and even and len(found) < N_RECORDS:
            waves = _waves(signal.analyse(records.read(table.folder / table.paths_500[row])).median)
            found += [] if waves is None else [waves]
    return found


def _waves(median: MedianBeat | None) -> np.ndarray | None:
    """(3, 12) mV: largest and smallest value in the QRS, and the sum of both in the T wave."""
    if median is None or median.landmarks.t_end is None:
        return None
    marks = median.landmarks
    level = median.signal_mv[:, max(0, marks.qrs_on - 8) : marks.qrs_on].mean(axis=1, keepdims=True)
    qrs = (median.signal_mv - level)[:, marks.qrs_on : marks.qrs_off + 1]
    t = (median.signal_mv - level)[:, marks.qrs_off + 20 : marks.t_end]
    if t.shape[1] < 20 or not np.isfinite(qrs).all():
        return None
    return np.stack([qrs.max(axis=1), qrs.min(axis=1), t.max(axis=1) + t.min(axis=1)])
