"""Twelve leads on ECG paper: one beat with the evidence behind it, and the record; on any paint device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from cineviewer.ecg import LEADS, Floats, Mask, Stretch, Window
from cineviewer.paint import curves, landmarks, paper
from cineviewer.paint.colourmap import laid_on
from cineviewer.paint.excerpt import Evidence
from cineviewer.paint.fonts import MEDIUM, REGULAR, SEMIBOLD, font
from cineviewer.paint.landmarks import Tick, WholeBeat
from cineviewer.paint.layout import Area, Cell, Plan
from cineviewer.paint.tokens import TYPE, WIDTH, Tokens, with_type

Style = Literal["heat", "trace", "off"]
MISSING = "missing in file"
DIFFERS = "differs (simulated truth)"
TRUTH_PX = 3.0
_COLOURED_PX = 7.0
_COLOUR_STEPS = 32
_FEW_SAMPLES = 400
_WAVE_PX = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class BeatSheet:
    """What the beat view shows.

    Attributes
    ----------
    window, evidence
        The window and its evidence, None where there is none.
    missing
        Leads that the file does not hold.
    ticks
        The beat's landmarks; empty to draw the window's own J point.
    whole
        The beat from P to the end of T, to be drawn in place of the window alone.
    window_ms
        Where on the whole beat the window begins, after QRS onset.
    differs
        (12, T) where in the window each lead differs from that of the same heart without the disease, of a simulated
        record; None shows nothing of it.
    """

    window: Window
    evidence: Evidence | None = None
    style: Style = "heat"
    missing: tuple[str, ...] = ()
    ticks: tuple[Tick, ...] = ()
    whole: WholeBeat | None = None
    window_ms: float = 0.0
    differs: Mask | None = None

    @property
    def signal_mv(self) -> Floats:
        """What is drawn, (12, n)."""
        return self.window.signal_mv if self.whole is None else self.whole.signal_mv

    @property
    def rate_hz(self) -> float:
        """Of what is drawn."""
        return self.window.rate_hz if self.whole is None else self.whole.rate_hz

    @property
    def first_s(self) -> float:
        """Where what is drawn begins, after QRS onset."""
        return 0.0 if self.whole is None else self.whole.start_ms / 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class RecordSheet:
    """What the record view shows.

    Attributes
    ----------
    signal_mv, rate_hz
        (12, n), filtered or not, as the foot says.
    beats_s, odd_s
        R peaks of the dominant cluster, and of other beats.
    waves_s
        (name, start, end) of P, QRS and T of every beat, as far as their landmarks were found.
    window_s
        Start and end of the explained window; None where there is none.
    evidence
        Of that window; None for the median beat, whose map belongs to no single beat.
    """

    signal_mv: Floats
    rate_hz: float
    stretches: tuple[Stretch, ...] = ()
    beats_s: tuple[float, ...] = ()
    odd_s: tuple[float, ...] = ()
    waves_s: tuple[tuple[str, float, float], ...] = ()
    window_s: tuple[float, float] | None = None
    evidence: Evidence | None = None
    style: Style = "heat"
    missing: tuple[str, ...] = ()


def draw_beat(painter: QPainter, plan: Plan, sheet: BeatSheet, look: Tokens) -> None:
    """Draw the beat view: paper, heat, grid, then traces and their names."""
    paper.draw_ground(painter, plan.area, look)
    found = sheet.evidence
    if found is not None and sheet.style == "heat":
        image = paper.heat(found.phi, found.limit, look, found.fade)
        for cell in plan.cells:
            _heat_cell(painter, plan, cell, image, found, sheet.window_ms / 1000.0)
    _draw_beat_grid(painter, plan, look)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(paper.box(plan.area), Qt.ClipOperation.IntersectClip)
    marks, whole = sheet.ticks or landmarks.of_window(sheet.window), sheet.whole is not None
    for cell in plan.cells:
        landmarks.draw_ticks(painter, plan, cell, marks, look, whole=whole)
        width = WIDTH.trace_beat_dark if look.dark else WIDTH.trace_beat
        signal = sheet.signal_mv[LEADS.index(cell.lead)]
        if cell.lead in sheet.missing or not np.isfinite(signal).any():
            _draw_missing(painter, cell, look)
            continue
        if found is not None and sheet.style == "trace":
            _draw_coloured(painter, plan, cell, sheet, found, look)
        _draw_signal(painter, plan, cell, signal, sheet.rate_hz, sheet.first_s, width, look)
    if sheet.differs is not None:
        _draw_truth(painter, plan, sheet, sheet.differs, look)
    for cell in plan.cells:
        _draw_name(painter, cell, look, share=found.shares.get(cell.lead) if found and found.shares else None)
    _draw_millivolt(painter, plan, look)
    painter.restore()


def draw_record(painter: QPainter, plan: Plan, sheet: RecordSheet, look: Tokens) -> None:
    """Draw the record view: paper, window and its heat, grid, hatch, pulses, traces, names and beat ticks."""
    paper.draw_ground(painter, plan.area, look)
    painter.save()
    painter.setClipRect(paper.box(plan.area), Qt.ClipOperation.IntersectClip)
    _draw_window(painter, plan, sheet, look)
    paper.draw_grid(painter, plan.area, plan.px_per_mm, (plan.cells[0].zero_x, plan.cells[0].zero_y), look)
    for stretch in sheet.stretches:
        _draw_stretch(painter, plan, stretch, look)
    paper.draw_pulses(painter, plan, look)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for cell in plan.cells:
        signal = sheet.signal_mv[LEADS.index(cell.lead)]
        if cell.lead in sheet.missing:
            _draw_missing(painter, cell, look)
            continue
        first = max(0, int(cell.start_s * sheet.rate_hz))
        last = int((cell.start_s + cell.seconds) * sheet.rate_hz) + 1
        _draw_signal(
            painter, plan, cell, signal[first:last], sheet.rate_hz, first / sheet.rate_hz, WIDTH.trace_record, look
        )
    _draw_beat_ticks(painter, plan, sheet, look)
    _draw_waves(painter, plan, sheet, look)
    for cell in plan.cells:
        if cell.column:
            _draw_separator(painter, plan, cell, look)
        _draw_name(painter, cell, look)
    _draw_stretch_words(painter, plan, sheet, look)
    painter.restore()


def _heat_cell(painter: QPainter, plan: Plan, cell: Cell, image: QImage, found: Evidence, start_s: float) -> None:
    """Lay one lead's heat into its cell, each sample's column centred on its time."""
    step = plan.px_per_s / found.rate_hz
    left = plan.x_of(cell, start_s) - step / 2.0
    target = QRectF(left, cell.area.y, step * found.phi.shape[1], cell.area.height)
    painter.save()
    painter.setClipRect(paper.box(cell.area), Qt.ClipOperation.IntersectClip)
    paper.draw_heat_row(painter, target, image, LEADS.index(cell.lead))
    painter.restore()


def _draw_beat_grid(painter: QPainter, plan: Plan, look: Tokens) -> None:
    """Draw each row's paper; where columns are whole thick squares apart one grid serves the row, to its end."""
    first = plan.cells[0]
    pitch_mm = first.area.width / plan.px_per_mm
    whole = abs(pitch_mm / 5.0 - round(pitch_mm / 5.0)) < 1e-6
    for cell in plan.cells:
        anchor = (cell.zero_x, cell.zero_y)
        if not whole:
            paper.draw_grid(painter, cell.area, plan.px_per_mm, anchor, look)
        elif cell.column == 0:
            row = Area(plan.area.x, cell.area.y, plan.area.width, cell.area.height)
            paper.draw_grid(painter, row, plan.px_per_mm, anchor, look)


def _draw_signal(
    painter: QPainter,
    plan: Plan,
    cell: Cell,
    signal: Floats,
    rate_hz: float,
    first_s: float,
    width: float,
    look: Tokens,
) -> None:
    at, values = curves.decimate(signal, rate_hz / plan.px_per_s)
    x = cell.zero_x + (first_s - cell.start_s + at / rate_hz) * plan.px_per_s
    y = cell.zero_y - cell.sign * values * plan.px_per_mv
    painter.setPen(paper.trace_pen(look.trace, width, joins=at.size <= _FEW_SAMPLES))
    curves.draw(painter, x, y)


def _draw_coloured(painter: QPainter, plan: Plan, cell: Cell, sheet: BeatSheet, found: Evidence, look: Tokens) -> None:
    """Draw the map as a broad band under the trace, in runs of equal colour."""
    rate_hz, first = sheet.rate_hz, round((sheet.window_ms / 1000.0 - sheet.first_s) * sheet.rate_hz)
    first = max(0, first)
    signal = sheet.signal_mv[LEADS.index(cell.lead), first:]
    signal = signal[: round(found.phi.shape[1] * rate_hz / found.rate_hz)]
    values = found.phi[LEADS.index(cell.lead)].astype(np.float64)
    steps = np.rint(np.clip(values / found.limit, -1.0, 1.0) * _COLOUR_STEPS).astype(int)
    x = plan.x_of(cell, sheet.first_s) + (first + np.arange(signal.size)) / rate_hz * plan.px_per_s
    y = cell.zero_y - cell.sign * signal.astype(np.float64) * plan.px_per_mv
    index = np.minimum((np.arange(signal.size) * found.rate_hz / rate_hz).astype(int), steps.size - 1)
    sampled = steps[index]
    edges = np.flatnonzero(np.diff(sampled)) + 1
    for start, end in zip(np.append(0, edges), np.append(edges, sampled.size), strict=True):
        if sampled[start]:
            share = np.array([sampled[start] / _COLOUR_STEPS])
            r, g, b, _ = (int(v) for v in laid_on(share, 1.0, look.dark, look.paper, found.fade)[0])
            painter.setPen(paper.pen(QColor(r, g, b), _COLOURED_PX))
            stop = min(end + 1, signal.size)
            curves.draw(painter, x[start:stop], y[start:stop])


def _draw_truth(painter: QPainter, plan: Plan, sheet: BeatSheet, differs: Mask, look: Tokens) -> None:
    """Mark in violet at the foot of each lead where it differs, and say once what that means."""
    step_s, start_s = 1.0 / sheet.window.rate_hz, sheet.window_ms / 1000.0
    for cell in plan.cells:
        for run in curves.runs(differs[LEADS.index(cell.lead)]):
            part = _part(plan, cell, start_s + run.start * step_s, start_s + run.stop * step_s)
            if part is not None:
                foot = QRectF(part.x, part.bottom - TRUTH_PX, part.width, TRUTH_PX)
                painter.fillRect(foot, QColor(look.truth))
    cell, face = plan.cells[0], font(TYPE.axis, MEDIUM)
    at = QPointF(cell.zero_x + 2.0, cell.area.bottom - TRUTH_PX - 4.0)
    paper.draw_text(painter, at, DIFFERS, face, look.truth, look.paper)


def _draw_missing(painter: QPainter, cell: Cell, look: Tokens) -> None:
    painter.setPen(paper.pen(look.text_third, line=Qt.PenStyle.DashLine))
    right = cell.area.right - 4.0
    painter.drawLine(QLineF(cell.zero_x, cell.zero_y, right, cell.zero_y))
    face = font(TYPE.body, MEDIUM)
    x = cell.zero_x + max(4.0, (right - cell.zero_x - paper.text_width(MISSING, face)) / 2.0)
    paper.draw_text(painter, QPointF(x, cell.zero_y - 8.0), MISSING, face, look.text_second, look.paper)


def _draw_name(painter: QPainter, cell: Cell, look: Tokens, share: float | None = None) -> None:
    x, y = cell.area.x + 4.0, cell.area.y + with_type(13.0)
    paper.draw_text(painter, QPointF(x, y), cell.label, font(TYPE.lead, SEMIBOLD), look.text, look.paper)
    if share is not None:
        words = f"{100.0 * share:.0f} %"
        paper.draw_text(
            painter, QPointF(x, y + with_type(14.0)), words, font(TYPE.caption, REGULAR), look.text_second, look.paper
        )


def _draw_millivolt(painter: QPainter, plan: Plan, look: Tokens) -> None:
    """Draw the 1 mV bar in the gutter of the last row: a pulse would be 20 mm wide at 100 mm/s."""
    cell = max((c for c in plan.cells if c.column == 0), key=lambda c: c.row)
    x, bottom = cell.area.x + 6.5, cell.area.bottom - 4.0
    top = bottom - plan.px_per_mv
    painter.setPen(paper.pen(look.text))
    painter.drawLine(QLineF(x, top, x, bottom))
    for y in (top, bottom):
        painter.drawLine(QLineF(x - 2.5, y, x + 2.5, y))
    face = font(TYPE.axis, MEDIUM)
    width = paper.text_width("1 mV", face)
    if bottom - top < width + 4.0:
        paper.draw_text(painter, QPointF(x + 6.0, bottom), "1 mV", face, look.text, look.paper)
        return
    painter.save()
    painter.translate(x + 11.0, (top + bottom + width) / 2.0)
    painter.rotate(-90.0)
    paper.draw_text(painter, QPointF(0.0, 0.0), "1 mV", face, look.text, look.paper)
    painter.restore()


def _draw_window(painter: QPainter, plan: Plan, sheet: RecordSheet, look: Tokens) -> None:
    """Shade the explained window in every cell that shows part of it, and lay its heat there."""
    if sheet.window_s is None:
        return
    start_s, end_s = sheet.window_s
    image = None
    if sheet.evidence is not None and sheet.style == "heat":
        image = paper.heat(sheet.evidence.phi, sheet.evidence.limit, look, sheet.evidence.fade)
    wash = QColor(look.teal)
    wash.setAlphaF(0.13)
    for cell in plan.cells:
        part = _part(plan, cell, start_s, end_s)
        if part is None:
            continue
        if image is not None and sheet.evidence is not None:
            _heat_cell(painter, plan, cell, image, sheet.evidence, start_s)
        else:
            painter.fillRect(paper.box(part), wash)
        painter.setPen(paper.pen(look.teal))
        for edge in (part.x, part.right):
            painter.drawLine(QLineF(edge, part.y, edge, part.y + 5.0))


def _draw_stretch(painter: QPainter, plan: Plan, stretch: Stretch, look: Tokens) -> None:
    for cell in plan.cells:
        part = _part(plan, cell, stretch.start_s, stretch.end_s) if cell.lead in stretch.leads else None
        if part is not None:
            paper.draw_hatch(painter, part, look.text_third)


def _draw_stretch_words(painter: QPainter, plan: Plan, sheet: RecordSheet, look: Tokens) -> None:
    """Say under the hatch what it means, once a stretch."""
    for stretch in sheet.stretches:
        parts = [
            part
            for cell in plan.cells
            if cell.lead in stretch.leads and (part := _part(plan, cell, stretch.start_s, stretch.end_s))
        ]
        if not parts:
            continue
        lowest = max(parts, key=lambda part: (part.bottom, -part.x))
        until = (
            f"before {stretch.end_s:.1f} s"
            if stretch.start_s <= 0.0
            else f"{stretch.start_s:.1f}–{stretch.end_s:.1f} s"
        )
        at = QPointF(lowest.x + 4.0, lowest.bottom - with_type(18.0))
        paper.draw_text(painter, at, f"{stretch.kind} {until}", font(TYPE.axis), look.text_second, look.paper)


def _draw_beat_ticks(painter: QPainter, plan: Plan, sheet: RecordSheet, look: Tokens) -> None:
    """Tick each beat at the top of the sheet and of the rhythm strip; an odd beat's tick is doubled."""
    rows = {0, max(cell.row for cell in plan.cells)}
    painter.setPen(paper.pen(look.text_third))
    for cell in plan.cells:
        if cell.row not in rows:
            continue
        top = cell.area.y + 1.0
        for times, offsets in ((sheet.beats_s, (0.0,)), (sheet.odd_s, (-1.5, 1.5))):
            shown = [t for t in times if cell.start_s <= t < cell.start_s + cell.seconds]
            for x in (plan.x_of(cell, t) + dx for t in shown for dx in offsets):
                painter.drawLine(QLineF(x, top, x, top + 4.0))


def _draw_waves(painter: QPainter, plan: Plan, sheet: RecordSheet, look: Tokens) -> None:
    """Underline P, QRS and T in the lowest row, QRS darkest; the names stand once, at the first whole beat."""
    lowest = max(cell.row for cell in plan.cells)
    named: set[str] = set()
    for cell in (c for c in plan.cells if c.row == lowest):
        bottom = cell.area.bottom - _WAVE_PX - 1.0
        for name, start_s, end_s in sheet.waves_s:
            part = _part(plan, cell, start_s, end_s)
            if part is None:
                continue
            colour = QColor(look.text_second if name == "QRS" else look.text_third)
            colour.setAlphaF(1.0 if name == "QRS" else 0.55)
            painter.fillRect(paper.box(Area(part.x, bottom, max(1.0, part.width), _WAVE_PX)), colour)
            if name not in named and start_s >= cell.start_s and (named or name == "P"):
                named.add(name)
                face = font(TYPE.axis, MEDIUM)
                at = QPointF(part.x + (part.width - paper.text_width(name, face)) / 2.0, bottom - 3.0)
                paper.draw_text(painter, at, name, face, look.text_second, look.paper)


def _draw_separator(painter: QPainter, plan: Plan, cell: Cell, look: Tokens) -> None:
    """Mark where one lead ends and the next begins, as paper recorders do."""
    painter.setPen(paper.pen(look.trace))
    half = 2.5 * plan.px_per_mm
    painter.drawLine(QLineF(cell.area.x, cell.zero_y - half, cell.area.x, cell.zero_y + half))


def _part(plan: Plan, cell: Cell, start_s: float, end_s: float) -> Area | None:
    """Return where a stretch of time lies inside a cell."""
    start, end = max(start_s, cell.start_s), min(end_s, cell.start_s + cell.seconds)
    if end <= start:
        return None
    left = plan.x_of(cell, start)
    return Area(left, cell.area.y, plan.x_of(cell, end) - left, cell.area.height)
