"""What the traces show: the right lead, at the right place, with its evidence, and nothing invented."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor

from cineviewer.ecg import LEADS, Stretch
from cineviewer.paint import butterfly, excerpt, overview, traces
from cineviewer.paint.curves import decimate, runs
from cineviewer.paint.layout import Area, beat_plan, record_plan
from cineviewer.paint.tokens import tokens
from cineviewer.session import ColourScale, Overlay, Scale, Selection, Shown

LIGHT = tokens(False)
ROOM = Area(0, 0, 762, 410)


@pytest.fixture
def sheet(gaussians):
    case = gaussians.case()
    found = excerpt.evidence(Shown(case), Selection(), Overlay(), ColourScale())
    return traces.BeatSheet(excerpt.chosen_window(case, Selection()), found)


def ink_at(drawn, x, y):
    """Whether the trace passes within a px of a place."""
    return any(drawn.light(x + dx, y + dy) < 260 for dx in (-1, 0, 1) for dy in (-1, 0, 1))


def test_each_cell_shows_its_own_lead_at_true_scale(canvas, sheet):
    plan = beat_plan(ROOM, 4.25, Scale(100, 10))
    drawn = canvas(762, 410).draw(traces.draw_beat, plan, sheet, LIGHT)
    for cell in plan.cells:
        signal = sheet.window.signal_mv[LEADS.index(cell.lead)]
        for sample in (20, 35, 100, 150):
            x = cell.zero_x + sample * 2.0 * 0.425  # 100 mm/s x 4.25 px/mm is 0.425 px a millisecond
            y = cell.zero_y - float(signal[sample]) * 42.5
            assert ink_at(drawn, x, min(max(y, 1), 408)), (cell.lead, sample)


def test_heat_is_a_full_height_column_at_its_own_millisecond(canvas, sheet):
    phi = np.zeros((12, 200), np.float32)
    phi[LEADS.index("V6"), 40:45] = 1.0  # 80 to 90 ms
    phi[LEADS.index("aVL"), 100:105] = -1.0
    plan = beat_plan(ROOM, 4.25, Scale(100, 10))
    hot = replace(sheet, evidence=replace(sheet.evidence, phi=phi, limit=1.0, shares=None))
    drawn = canvas(762, 410).draw(traces.draw_beat, plan, hot, LIGHT)

    def warmth(lead, ms, share):
        cell = next(c for c in plan.cells if c.lead == lead)
        r, _, b = drawn.rgb(cell.zero_x + ms * 0.425, cell.area.y + share * cell.area.height)
        return r - b

    for share in (0.2, 0.9):
        assert warmth("V6", 85, share) > 100
        assert warmth("V6", 60, share) < 60
        assert warmth("aVL", 205, share) < -60
        assert warmth("V5", 85, share) < 60


def test_rows_are_kept_apart_by_bare_paper(canvas, sheet):
    plan = beat_plan(ROOM, 4.25, Scale(100, 2.5))
    drawn = canvas(762, 410).draw(traces.draw_beat, plan, sheet, LIGHT)
    gap_y = plan.cells[0].area.bottom + 1
    paper = QColor(LIGHT.paper).getRgb()[:3]
    assert sum(drawn.rgb(x, gap_y) == paper for x in range(762)) > 700


def test_missing_lead_is_a_dashed_line_and_not_invented(canvas, sheet):
    signal = sheet.window.signal_mv.copy()
    signal[LEADS.index("V3")] = np.nan
    holed = traces.BeatSheet(replace(sheet.window, signal_mv=signal), None, missing=("V3",))
    plan = beat_plan(ROOM, 4.25, Scale(100, 10))
    drawn = canvas(762, 410).draw(traces.draw_beat, plan, holed, LIGHT)
    cell = next(c for c in plan.cells if c.lead == "V3")
    dark = [drawn.light(x, cell.zero_y) < 500 for x in range(int(cell.zero_x) + 5, int(cell.area.right) - 8)]
    assert 0.3 < np.mean(dark) < 0.95
    peak = cell.zero_y - 0.9 * 42.5
    assert not any(ink_at(drawn, x, peak) for x in range(int(cell.zero_x) + 30, int(cell.zero_x) + 60, 2))


def test_stale_map_is_fainter_than_the_present_one(canvas, gaussians):
    case = gaussians.case()
    plan = beat_plan(ROOM, 4.25, Scale(100, 10))

    def colourfulness(shown):
        found = excerpt.evidence(shown, Selection(), Overlay(), ColourScale())
        beat = traces.BeatSheet(case.explanation.window, found)
        drawn = canvas(762, 410).draw(traces.draw_beat, plan, beat, LIGHT)
        cell = plan.cells[-1]
        return np.mean([np.ptp(drawn.rgb(cell.zero_x + x, cell.area.y + 20)) for x in range(20, 60)])

    assert colourfulness(Shown(case, stale=True)) < 0.7 * colourfulness(Shown(case))


def record_sheet(gaussians, **changes):
    case = gaussians.case()
    beats = tuple(b.landmarks.r / 500 for b in case.delineation.beats)
    return replace(traces.RecordSheet(case.record.signal_mv, 500.0, beats_s=beats), **changes)


def test_record_view_stands_at_25_mm_a_second(canvas, gaussians):
    plan = record_plan(Area(0, 0, 1110, 400), 4.25, Scale())
    drawn = canvas(1110, 400).draw(traces.draw_record, plan, record_sheet(gaussians), LIGHT)
    rhythm = plan.cells[-1]
    signal = gaussians.record().signal_mv[LEADS.index("II")]
    for peak_s in (0.622, 3.322, 9.622):  # R peaks of the rhythm strip in all four columns' times
        x = rhythm.zero_x + peak_s * 25 * 4.25
        y = rhythm.zero_y - float(signal[round(peak_s * 500)]) * 42.5
        assert ink_at(drawn, x, y)


def test_gaps_in_the_signal_stay_gaps(canvas, gaussians):
    sheet = record_sheet(gaussians)
    signal = sheet.signal_mv.copy()
    signal[:, 1000:1500] = np.nan
    plan = record_plan(Area(0, 0, 1110, 400), 4.25, Scale())
    drawn = canvas(1110, 400).draw(traces.draw_record, plan, replace(sheet, signal_mv=signal, beats_s=()), LIGHT)
    rhythm = plan.cells[-1]
    inside = range(int(plan.x_of(rhythm, 2.1)), int(plan.x_of(rhythm, 2.9)))
    outside = range(int(plan.x_of(rhythm, 3.75)), int(plan.x_of(rhythm, 4.0)))
    assert not any(drawn.light(x, rhythm.zero_y) < 260 for x in inside)
    assert np.mean([ink_at(drawn, x, rhythm.zero_y) for x in outside]) > 0.6


def test_untrusted_stretch_is_hatched_only_in_its_leads(canvas, gaussians):
    quiet = np.zeros((12, 5000), np.float32)
    plan = record_plan(Area(0, 0, 1110, 400), 4.25, Scale())
    bare = record_sheet(gaussians, signal_mv=quiet, beats_s=())
    hatched = replace(bare, stretches=(Stretch(("I",), 0.5, 1.5, "unsteady"),))
    before, after = (canvas(1110, 400).draw(traces.draw_record, plan, s, LIGHT) for s in (bare, hatched))

    def changed(lead, time_s):
        cell = next(c for c in plan.cells if c.lead == lead)
        x = plan.x_of(cell, time_s)
        return sum(
            before.rgb(x + dx, cell.area.y + dy) != after.rgb(x + dx, cell.area.y + dy)
            for dx in range(-8, 8)
            for dy in range(20, 40)
        )

    assert changed("I", 1.0) > 40
    assert changed("I", 2.2) == 0
    assert changed("II", 1.0) == 0


def test_waves_are_underlined_where_they_lie_in_the_lowest_row(canvas, gaussians):
    quiet = np.zeros((12, 5000), np.float32)
    plan = record_plan(Area(0, 0, 1110, 400), 4.25, Scale())
    bare = record_sheet(gaussians, signal_mv=quiet, beats_s=())
    marked = replace(bare, waves_s=(("P", 1.0, 1.1), ("QRS", 1.16, 1.26), ("T", 1.4, 1.6)))
    before, after = (canvas(1110, 400).draw(traces.draw_record, plan, s, LIGHT) for s in (bare, marked))
    rhythm = plan.cells[-1]
    y = rhythm.area.bottom - 2.5

    def underlined(time_s):
        x = plan.x_of(rhythm, time_s)
        return before.rgb(x, y) != after.rgb(x, y)

    assert [underlined(t) for t in (0.9, 1.05, 1.13, 1.2, 1.33, 1.5, 1.7)] == [False, True] * 3 + [False]


def test_half_an_hour_keeps_every_spike_in_the_overview(canvas):
    n = 30 * 60 * 500
    signal = np.zeros((12, n), np.float32)
    signal[1, 452_500] = 3.0  # one sample in 900,000
    signal[1, ::5000] = 0.4
    area = Area(0, 0, 762, 60)
    drawn = canvas(762, 60).draw(overview.draw, area, traces.RecordSheet(signal, 500.0), LIGHT)
    x = overview.x_of(area, 1800.0, 905.0)
    assert overview.time_at(area, 1800.0, x) == pytest.approx(905.0, abs=0.01)
    assert min(drawn.light(px, 2) for px in (x - 1, x, x + 1)) < 600
    assert min(drawn.light(px, 2) for px in range(60, int(x) - 4)) > 600


def test_decimation_keeps_extremes_and_gaps():
    signal = np.sin(np.arange(100_000) / 500.0).astype(np.float32)
    signal[61_234], signal[20_000:30_000] = 9.0, np.nan
    at, values = decimate(signal, 50.0)
    assert np.nanmax(values) == 9.0
    assert abs(at[np.nanargmax(values)] - 61_234) <= 50
    assert np.isnan(values[(at > 20_100) & (at < 29_900)]).all()
    assert values.size <= 2 * 100_000 / 50


def test_runs_are_the_stretches_without_gaps():
    found = list(runs(np.array([True, True, False, True, False, False, True])))
    assert found == [slice(0, 2), slice(3, 4), slice(6, 7)]


def test_butterfly_keeps_the_beats_gain_and_never_shrinks_time_to_fit(canvas, sheet):
    wide, narrow = (butterfly.plan(Area(0, 0, width, 300), 4.25, Scale(200, 10), 0.4) for width in (400, 260))
    assert (wide.scale.speed_mm_s, narrow.scale.speed_mm_s) == (200, 100)  # a preset, said on the sheet
    assert wide.scale.gain_mm_mv == narrow.scale.gain_mm_mv == 10
    drawn = canvas(400, 300).draw(butterfly.draw, wide, sheet, LIGHT)
    cell = wide.cells[0]
    top = next(iter(sorted(sheet.evidence.shares, key=lambda lead: -sheet.evidence.shares[lead])))
    signal = sheet.window.signal_mv[LEADS.index(top)]
    assert all(ink_at(drawn, cell.zero_x + k * 2 * 0.85, cell.zero_y - float(signal[k]) * 42.5) for k in (15, 30, 60))
