"""Geometry of the sheets: true to scale, whatever the room."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cineviewer.ecg import LEADS
from cineviewer.paint.layout import (
    Area,
    baselines_mm,
    beat_plan,
    can_be_read,
    fitting_gain,
    fitting_speed,
    leads_in,
    record_plan,
)
from cineviewer.session import GAINS_MM_MV, SPEEDS_MM_S, Scale

LAYOUTS = ("3x4+rhythm", "3x4", "6x2", "12x1")
scales = st.builds(Scale, st.sampled_from(SPEEDS_MM_S), st.sampled_from(GAINS_MM_MV))
rooms = st.builds(Area, st.just(0.0), st.just(0.0), st.floats(300, 3000), st.floats(150, 2000))
rulers = st.floats(2.0, 12.0)


@pytest.mark.parametrize("px_per_mm", [3.78, 4.25, 8.0])
def test_standard_scale_is_25_mm_a_second_and_10_mm_a_millivolt_in_px(px_per_mm):
    plan = record_plan(Area(0, 0, 1200, 400), px_per_mm, Scale())
    cell = plan.cells[0]
    assert plan.x_of(cell, 1.0) - plan.x_of(cell, 0.0) == pytest.approx(25 * px_per_mm, abs=1e-9)
    assert plan.y_of(cell, 0.0) - plan.y_of(cell, 1.0) == pytest.approx(10 * px_per_mm, abs=1e-9)


@given(room=rooms, other=rooms, px_per_mm=rulers, scale=scales, layout=st.sampled_from(LAYOUTS))
def test_resizing_never_changes_the_scale(room, other, px_per_mm, scale, layout):
    for plan in (f(area, px_per_mm, scale, layout) for f in (beat_plan, record_plan) for area in (room, other)):
        for cell in plan.cells:
            assert plan.x_of(cell, cell.start_s + 0.1) - plan.x_of(cell, cell.start_s) == pytest.approx(
                0.1 * scale.speed_mm_s * px_per_mm
            )
            assert abs(plan.y_of(cell, 0.5) - plan.y_of(cell, 0.0)) == pytest.approx(0.5 * scale.gain_mm_mv * px_per_mm)


@given(room=rooms, px_per_mm=rulers, scale=scales, layout=st.sampled_from(LAYOUTS))
def test_beat_view_shows_every_lead_once_with_the_whole_window(room, px_per_mm, scale, layout):
    plan = beat_plan(room, px_per_mm, scale, layout)
    assert sorted(cell.lead for cell in plan.cells) == sorted(LEADS)
    assert len({(cell.column, cell.row) for cell in plan.cells}) == 12
    assert all(cell.seconds == 0.4 for cell in plan.cells)
    for cell in plan.cells:
        assert plan.x_of(cell, 0.4) <= cell.area.right + 1e-6


@given(room=rooms, px_per_mm=rulers, scale=scales, layout=st.sampled_from(LAYOUTS))
def test_beat_cells_snap_to_whole_millimetres(room, px_per_mm, scale, layout):
    plan = beat_plan(room, px_per_mm, scale, layout)
    for cell in plan.cells:
        for length in (cell.area.width, cell.zero_x - cell.area.x, cell.zero_y - cell.area.y):
            assert length / px_per_mm == pytest.approx(round(length / px_per_mm), abs=1e-6)


def test_beat_view_at_1280x800_is_the_designed_one():
    plan = beat_plan(Area(0, 0, 762, 410), 4.25, Scale(100, 20))
    assert {cell.column for cell in plan.cells} == {0, 1, 2, 3}
    assert plan.cells[3].area.x == 45 * 4.25  # so that thick lines run through from column to column
    assert plan.cells[0].zero_x == 4 * 4.25
    assert plan.row_mm == 32
    assert plan.x_of(plan.cells[-1], 0.4) <= 762


def test_beat_view_gives_up_columns_before_scale():
    wide, narrow = (beat_plan(Area(0, 0, width, 400), 4.25, Scale(200, 10)) for width in (1500, 762))
    assert max(cell.column for cell in wide.cells) == 3
    assert max(cell.column for cell in narrow.cells) == 1
    assert narrow.px_per_s == wide.px_per_s


@given(room=rooms, px_per_mm=rulers, scale=scales, start_s=st.floats(0, 1000))
def test_record_columns_are_consecutive_and_the_rhythm_strip_spans_them(room, px_per_mm, scale, start_s):
    plan = record_plan(room, px_per_mm, scale, start_s=start_s)
    top = [cell for cell in plan.cells if cell.row == 0]
    for before, after in itertools.pairwise(top):
        assert after.start_s == pytest.approx(before.start_s + before.seconds)
        assert after.area.x == pytest.approx(before.area.right)
    rhythm = plan.cells[-1]
    assert rhythm.lead == "II"
    assert rhythm.start_s == start_s
    assert rhythm.seconds == pytest.approx(4 * top[0].seconds)
    assert top[0].seconds <= 2.5 + 1e-9


def test_ten_seconds_stand_on_paper_where_there_is_room():
    plan = record_plan(Area(0, 0, 1110, 380), 4.25, Scale())
    assert [cell.start_s for cell in plan.cells if cell.row == 0] == [0.0, 2.5, 5.0, 7.5]
    assert plan.span_s == (0.0, 10.0)
    assert len(plan.pulses) == 4


@pytest.mark.parametrize(("layout", "rows", "columns"), [("3x4", 3, 4), ("6x2", 6, 2), ("12x1", 12, 1)])
def test_record_layouts(layout, rows, columns):
    plan = record_plan(Area(0, 0, 900, 600), 4.25, Scale(), layout)
    assert len(plan.cells) == 12
    assert {cell.row for cell in plan.cells} == set(range(rows))
    assert {cell.column for cell in plan.cells} == set(range(columns))


def test_cabrera_order_turns_avr_over():
    names = leads_in("cabrera")
    assert [label for _, label, _ in names[:6]] == ["aVL", "I", "−aVR", "II", "aVF", "III"]
    plan = beat_plan(Area(0, 0, 762, 410), 4.25, Scale(), order="cabrera")
    inverted = next(cell for cell in plan.cells if cell.lead == "aVR")
    assert plan.y_of(inverted, -1.0) < inverted.zero_y  # a negative aVR points up
    assert plan.voltage_at(inverted, plan.y_of(inverted, -0.7)) == pytest.approx(-0.7)


@given(room=rooms, px_per_mm=rulers, scale=scales, time_s=st.floats(0, 0.4), lead=st.sampled_from(range(12)))
def test_places_lead_back_to_times_and_voltages(room, px_per_mm, scale, time_s, lead):
    plan = beat_plan(room, px_per_mm, scale)
    cell = plan.cells[lead]
    assert plan.time_at(cell, plan.x_of(cell, time_s)) == pytest.approx(time_s, abs=1e-9)
    assert plan.voltage_at(cell, plan.y_of(cell, 0.3)) == pytest.approx(0.3)
    centre = (cell.area.x + cell.area.width / 2, cell.area.y + cell.area.height / 2)
    assert plan.cell_at(*centre) is cell


def spike(lead, millivolt):
    signal = np.zeros((12, 200), dtype=np.float32)
    signal[LEADS.index(lead), 50] = millivolt
    return signal


@pytest.mark.parametrize(
    ("millivolt", "gain"), [(0.5, 20.0), (1.5, 20.0), (3.0, 10.0), (6.0, 5.0), (-6.0, 5.0), (60.0, 2.5)]
)
def test_fitted_gain_keeps_a_lone_spike_on_the_sheet(millivolt, gain):
    assert fitting_gain(spike("V2", millivolt), 32.0, 3) == gain


@given(
    lead=st.sampled_from(LEADS),
    millivolt=st.floats(-8, 8),
    gain=st.sampled_from(GAINS_MM_MV),
    row_mm=st.integers(10, 60),
)
def test_what_can_be_read_neither_leaves_the_sheet_nor_crosses_another_trace(lead, millivolt, gain, row_mm):
    signal = spike(lead, millivolt)
    plan = beat_plan(Area(0, 0, 762, 3 * row_mm * 4.0), 4.0, Scale(100, gain), signal_mv=signal)
    traces = {c.lead: [plan.y_of(c, v) for v in signal[LEADS.index(c.lead)]] for c in plan.cells}
    inside = all(-2.1 <= y <= 3 * row_mm * 4.0 + 2.1 for ys in traces.values() for y in ys)
    pairs = [(a, b) for a in plan.cells for b in plan.cells if a.column == b.column and a.row + 1 == b.row]
    apart = all(low - high >= 3.9 for a, b in pairs for high, low in zip(traces[a.lead], traces[b.lead], strict=True))
    if can_be_read(signal, float(row_mm), 3, gain):
        assert inside
        assert apart
    else:
        assert not inside or not all(
            low - high > 4.1 for a, b in pairs for high, low in zip(traces[a.lead], traces[b.lead], strict=True)
        )


def test_leads_that_dip_together_may_reach_into_the_next_row():
    signal = spike("V1", -2.2) + spike("V2", -2.2) + spike("V3", -1.0)
    assert fitting_gain(signal, 32.0, 3) == 20.0


def test_missing_leads_do_not_decide_the_gain():
    signal = spike("V2", 1.0)
    signal[LEADS.index("V3")] = np.nan
    assert fitting_gain(signal, 32.0, 3) == 20.0


@given(
    up=st.floats(0, 3),
    down=st.floats(0, 3),
    gain=st.sampled_from(GAINS_MM_MV),
    row_mm=st.integers(10, 60),
    row=st.integers(0, 2),
)
def test_zero_line_moves_only_as_far_as_a_lead_needs(up, down, gain, row_mm, row):
    signal = spike(LEADS[row], up) + spike(LEADS[row + 3], -down)
    zero = baselines_mm(signal, float(row_mm), 3, gain, "standard")
    usual = round(0.58 * row_mm)
    assert all(place == usual for k, place in enumerate(zero) if k != row)
    if (up + down) * gain <= row_mm - 1:
        assert up * gain <= zero[row] + 0.5
        assert down * gain <= row_mm - zero[row] + 0.5
    if up * gain <= usual and down * gain <= row_mm - usual:
        assert zero[row] == usual


def test_large_screens_get_twice_the_speed():
    assert fitting_speed(762, 4.25) == 100
    assert fitting_speed(1569, 4.25) == 200


def test_one_column_gets_the_speed_that_four_have_no_room_for():
    assert fitting_speed(762, 4.25, "12x1") == 200
    assert fitting_speed(762, 4.25, "6x2") == 200


def test_grid_squares_of_a_cell_begin_at_qrs_onset():
    plan = beat_plan(Area(10, 20, 1000, 700), 4.1, Scale(100, 10))
    for cell in plan.cells:
        squares = (cell.zero_x - plan.cells[0].zero_x) / (5 * plan.px_per_mm)
        assert math.isclose(squares, round(squares), abs_tol=1e-6)
