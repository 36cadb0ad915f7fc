"""Where traces lie on paper: pure geometry, from scale and room to cells; the scale is never fitted to the room.

Everything visible is derived from speed, gain and the screen's px per mm: a larger room shows more, never larger.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cineviewer.ecg import LEADS, WINDOW_MS, Floats
from cineviewer.session import GAINS_MM_MV, SPEEDS_MM_S, Scale
from cineviewer.session.parts import Layout, Order

BASELINE = 0.58
"""The zero line's place in a row, from its top: QRS complexes reach further up than down."""
RECORD_BASELINES = (0.68, 0.5)
"""The same in the record view for the first row, whose R waves must stay on the sheet, and the last, whose S waves."""
ROW_GAP_PX = 2.0
CABRERA = ("aVL", "I", "aVR", "II", "aVF", "III", "V1", "V2", "V3", "V4", "V5", "V6")
COLUMN_S = 2.5
_COLUMNS: dict[Layout, int] = {"3x4+rhythm": 4, "3x4": 4, "6x2": 2, "12x1": 1}
_GUTTER_MM = 9.0
_EDGE_MM = 0.5
_APART_MM = 1.0
_TALLEST_RECORD_ROW_MM = 40.0


class Area(NamedTuple):
    """A rectangle in px."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.y + self.height


class Cell(NamedTuple):
    """One lead's stretch of paper.

    `sign` is -1 for the inverted aVR of the Cabrera order; time `start_s` lies at `zero_x`, 0 mV at `zero_y`,
    and `seconds` of signal follow.
    """

    lead: str
    label: str
    sign: int
    area: Area
    zero_x: float
    zero_y: float
    start_s: float
    seconds: float
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A sheet's cells with their one scale; `pulses` are the places of the calibration pulse's foot, one a row."""

    area: Area
    px_per_mm: float
    scale: Scale
    cells: tuple[Cell, ...]
    row_mm: float
    pulses: tuple[tuple[float, float], ...] = ()

    @property
    def px_per_s(self) -> float:
        """Length of a second."""
        return self.scale.speed_mm_s * self.px_per_mm

    @property
    def px_per_mv(self) -> float:
        """Height of a millivolt."""
        return self.scale.gain_mm_mv * self.px_per_mm

    @property
    def span_s(self) -> tuple[float, float]:
        """First and last second that any cell shows."""
        return min(c.start_s for c in self.cells), max(c.start_s + c.seconds for c in self.cells)

    def x_of(self, cell: Cell, time_s: float) -> float:
        """Return the px at which a time lies in a cell, also beyond its edges."""
        return cell.zero_x + (time_s - cell.start_s) * self.px_per_s

    def y_of(self, cell: Cell, voltage_mv: float) -> float:
        """Return the px at which a voltage lies in a cell."""
        return cell.zero_y - cell.sign * voltage_mv * self.px_per_mv

    def time_at(self, cell: Cell, x: float) -> float:
        """Return the time at a px."""
        return cell.start_s + (x - cell.zero_x) / self.px_per_s

    def voltage_at(self, cell: Cell, y: float) -> float:
        """Return the voltage at a px."""
        return cell.sign * (cell.zero_y - y) / self.px_per_mv

    def cell_at(self, x: float, y: float) -> Cell:
        """Return the cell under a point, or the nearest one."""

        def distance(cell: Cell) -> float:
            dx = max(cell.area.x - x, 0.0, x - cell.area.right)
            dy = max(cell.area.y - y, 0.0, y - cell.area.bottom)
            return dx * dx + dy * dy

        return min(self.cells, key=distance)

    def holding(self, time_s: float) -> tuple[Cell, ...]:
        """Return the cells that show a time."""
        return tuple(c for c in self.cells if c.start_s <= time_s <= c.start_s + c.seconds)


def leads_in(order: Order) -> tuple[tuple[str, str, int], ...]:
    """Return (lead, label, sign) in drawing order: Cabrera's turns aVR over, so that the limb leads run evenly."""
    if order == "cabrera":
        return tuple((lead, "−aVR", -1) if lead == "aVR" else (lead, lead, 1) for lead in CABRERA)
    return tuple((lead, lead, 1) for lead in LEADS)


def beat_plan(
    area: Area,
    px_per_mm: float,
    scale: Scale,
    layout: Layout = "3x4",
    order: Order = "standard",
    *,
    seconds: float = WINDOW_MS / 1000.0,
    start_s: float = 0.0,
    signal_mv: Floats | None = None,
) -> Plan:
    """Return the cells of the beat view: every lead from `start_s` on, QRS onset on a thick line of the paper.

    Columns give way to rows where the scale leaves no room for four; the scale itself never gives way.
    With the window's signal (12, T) the zero line of a row that would leave its paper is moved.
    """
    width_mm, needed_mm = area.width / px_per_mm, seconds * scale.speed_mm_s
    columns = next(
        (n for n in (4, 3, 2, 1) if n <= _COLUMNS[layout] and n * math.ceil(needed_mm + 1) <= width_mm + 1), 1
    )
    rows = math.ceil(len(LEADS) / columns)
    pitch_mm, gutter_mm = _pitch(width_mm, columns, needed_mm)
    row_mm = max(1.0, float(math.floor(area.height / rows / px_per_mm + 1e-9)))
    usual = (float(round(BASELINE * row_mm)),) * rows
    zero_mm = usual if signal_mv is None else baselines_mm(signal_mv, row_mm, rows, scale.gain_mm_mv, order)
    cells = []
    for k, (lead, label, sign) in enumerate(leads_in(order)):
        column, row = divmod(k, rows)
        x, y = area.x + column * pitch_mm * px_per_mm, area.y + row * row_mm * px_per_mm
        box = Area(x, y, pitch_mm * px_per_mm, row_mm * px_per_mm - ROW_GAP_PX)
        zero_y = y + zero_mm[row] * px_per_mm
        cells.append(Cell(lead, label, sign, box, x + gutter_mm * px_per_mm, zero_y, start_s, seconds, column, row))
    return Plan(area, px_per_mm, scale, tuple(cells), row_mm)


def record_plan(
    area: Area,
    px_per_mm: float,
    scale: Scale,
    layout: Layout = "3x4+rhythm",
    order: Order = "standard",
    *,
    start_s: float = 0.0,
) -> Plan:
    """Return the cells of the record view: consecutive columns (2.5 s, or what the room holds), lead II below."""
    columns = _COLUMNS[layout]
    rhythm = layout == "3x4+rhythm"
    rows = len(LEADS) // columns + rhythm
    margin_mm = math.ceil((0.2 * scale.speed_mm_s + 5.0) / 5.0) * 5.0
    column_mm = _column_mm((area.width / px_per_mm - margin_mm) / columns, scale, layout)
    seconds = column_mm / scale.speed_mm_s
    row_mm = min(_TALLEST_RECORD_ROW_MM, max(1.0, float(math.floor(area.height / rows / px_per_mm + 1e-9))))
    left = area.x + margin_mm * px_per_mm

    def cell(name: tuple[str, str, int], column: int, row: int, span: int) -> Cell:
        box = Area(
            left + column * column_mm * px_per_mm,
            area.y + row * row_mm * px_per_mm,
            span * column_mm * px_per_mm,
            row_mm * px_per_mm,
        )
        share = RECORD_BASELINES[0] + (RECORD_BASELINES[1] - RECORD_BASELINES[0]) * row / max(1, rows - 1)
        zero_y = box.y + round(share * row_mm) * px_per_mm
        return Cell(*name, box, box.x, zero_y, start_s + column * seconds, span * seconds, column, row)

    names = leads_in(order)
    per_column = len(LEADS) // columns
    cells = [cell(name, k // per_column, k % per_column, 1) for k, name in enumerate(names)]
    if rhythm:
        cells.append(cell(("II", "II", 1), 0, rows - 1, columns))
    pulses = tuple((area.x + 2.0 * px_per_mm, c.zero_y) for c in cells if c.column == 0)
    return Plan(area, px_per_mm, scale, tuple(cells), row_mm, pulses)


def fitting_gain(signal_mv: Floats, row_mm: float, rows: int, order: Order = "standard") -> float:
    """Return the largest usual gain at which (12, T) can be read, see `can_be_read`; the smallest one if none is."""
    gains = reversed(GAINS_MM_MV)
    return next((gain for gain in gains if can_be_read(signal_mv, row_mm, rows, gain, order)), GAINS_MM_MV[0])


def can_be_read(signal_mv: Floats, row_mm: float, rows: int, gain_mm_mv: float, order: Order = "standard") -> bool:
    """Return whether no trace leaves the sheet and none crosses the trace below it.

    A deep S wave may reach into the next row, as on printed paper, as long as the two traces stay apart.
    """
    zero = baselines_mm(signal_mv, row_mm, rows, gain_mm_mv, order)
    depth_mm = np.full((rows, math.ceil(len(LEADS) / rows), signal_mv.shape[1]), np.nan)
    for k, (lead, _, sign) in enumerate(leads_in(order)):
        column, row = divmod(k, rows)
        depth_mm[row, column] = row * row_mm + zero[row] - sign * gain_mm_mv * signal_mv[LEADS.index(lead)]
    outside = (depth_mm < -_EDGE_MM) | (depth_mm > rows * row_mm + _EDGE_MM)
    crossing = np.diff(depth_mm, axis=0) < _APART_MM  # NaN, where a lead is missing, compares as False
    return not outside.any() and not crossing.any()


def baselines_mm(signal_mv: Floats, row_mm: float, rows: int, gain_mm_mv: float, order: Order) -> tuple[float, ...]:
    """Return each row's zero line, in whole mm from its top: at 58 %, or moved so far that its leads have room.

    Where a row is too low for its leads, what they lack is shared above and below, and zero stays well inside.
    """
    usual, places = round(BASELINE * row_mm), []
    for up, down in _extents(signal_mv, rows, order):
        lowest, highest = math.ceil(up * gain_mm_mv - _EDGE_MM), math.floor(row_mm - down * gain_mm_mv + _EDGE_MM)
        shared = min(max(row_mm * up / (up + down or 1.0), 0.25 * row_mm), 0.75 * row_mm)
        places.append(float(min(max(usual, lowest), highest) if lowest <= highest else round(shared)))
    return tuple(places)


def _extents(signal_mv: Floats, rows: int, order: Order) -> list[tuple[float, float]]:
    """Return for each row how far its leads reach above and below zero, in mV."""
    reach = [(0.0, 0.0)] * rows
    for k, (lead, _, sign) in enumerate(leads_in(order)):
        values = sign * signal_mv[LEADS.index(lead)]
        values = values[np.isfinite(values)]
        if values.size:
            up, down = reach[k % rows]
            reach[k % rows] = max(up, float(values.max())), max(down, -float(values.min()))
    return reach


def fitting_speed(
    width_px: float,
    px_per_mm: float,
    layout: Layout = "3x4",
    *,
    seconds: float = WINDOW_MS / 1000.0,
    slowest_mm_s: float = 100.0,
) -> float:
    """Return the fastest usual speed at which the layout's columns have room, but none below `slowest_mm_s`."""
    for speed in reversed(SPEEDS_MM_S):
        if speed <= slowest_mm_s or _COLUMNS[layout] * (seconds * speed + 4.0) <= width_px / px_per_mm:
            return speed
    return slowest_mm_s


def _pitch(width_mm: float, columns: int, needed_mm: float) -> tuple[float, float]:
    """Distance of columns and QRS onset's place in them: a multiple of 5 mm, so that thick lines run through."""
    for pitch in range(math.floor((width_mm + 5.0) / columns / 5.0) * 5, math.ceil(needed_mm), -5):
        gutter = min(_GUTTER_MM, pitch - needed_mm - 1.0)
        if gutter >= 2.0 and (columns - 1) * pitch + gutter + needed_mm <= width_mm:
            return float(pitch), float(math.floor(gutter))
    pitch = max(math.floor(width_mm / columns), math.ceil(needed_mm))
    return float(pitch), float(max(0, math.floor(min(_GUTTER_MM, pitch - needed_mm))))


def _column_mm(room_mm: float, scale: Scale, layout: Layout) -> float:
    longest_s = {"12x1": math.inf, "6x2": 2 * COLUMN_S}.get(layout, COLUMN_S)
    longest_mm = longest_s * scale.speed_mm_s
    return longest_mm if longest_mm <= room_mm else max(5.0, math.floor(room_mm / 5.0) * 5.0)
