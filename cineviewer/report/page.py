"""One A4 page of a case, true to scale: the record, the beat with its evidence, the heart, the profile, the words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter

from cineviewer.analysis import Case
from cineviewer.analysis.provenance import RESEARCH_USE_ONLY, provenance
from cineviewer.ecg import Measurement
from cineviewer.paint import landmarks, paper, timeline, traces
from cineviewer.paint.colourmap import laid_on
from cineviewer.paint.excerpt import chosen_window, evidence
from cineviewer.paint.fonts import MEDIUM, REGULAR, SEMIBOLD, font, number, percent
from cineviewer.paint.layout import Area, beat_plan, fitting_gain, record_plan
from cineviewer.paint.tokens import Tokens, tokens
from cineviewer.session import ColourScale, Overlay, Scale, Selection, Shown

PX_PER_MM = 4.0
"""Units of the page: a font of 10 units is 2.5 mm high in print."""
WIDTH_MM, HEIGHT_MM = 297.0, 210.0
RECORD_SCALE = Scale(25.0, 10.0)
BEAT_SPEED_MM_S = 100.0
_LOOK: Tokens = tokens(dark=False)


def _area(x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> Area:
    return Area(*(value * PX_PER_MM for value in (x_mm, y_mm, width_mm, height_mm)))


_MARGIN_MM = 12.0
_FULL_MM = WIDTH_MM - 2 * _MARGIN_MM
_BEAT_WIDTH_MM = 184.0
_HEAD = _area(_MARGIN_MM, 8, _FULL_MM, 13)
_RECORD = _area(_MARGIN_MM, 22, _FULL_MM, 84)
_BEAT_TITLE = _area(_MARGIN_MM, 107, _BEAT_WIDTH_MM, 6)
_BEAT = _area(_MARGIN_MM, 113, _BEAT_WIDTH_MM, 54)
_PROFILE = _area(_MARGIN_MM, 168, _BEAT_WIDTH_MM, 29)
_RIGHT_MM = _MARGIN_MM + _BEAT_WIDTH_MM + 4
HEART = _area(_RIGHT_MM, 107, WIDTH_MM - _MARGIN_MM - _RIGHT_MM, 90)
_FOOT = _area(_MARGIN_MM, 198, _FULL_MM, 9)


def draw(painter: QPainter, case: Case, heart: QImage | None) -> None:
    """Draw the page in units of which PX_PER_MM are a millimetre.

    Parameters
    ----------
    painter
        On any device, scaled to the page's units.
    case
        Whatever of it is known is drawn; its notices say the rest.
    heart
        Picture of the ventricles with the path and its words, of the shape of HEART; None leaves its place empty.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.fillRect(QRectF(0, 0, WIDTH_MM * PX_PER_MM, HEIGHT_MM * PX_PER_MM), QColor(_LOOK.panel))
    _draw_head(painter, case)
    _draw_record(painter, case)
    selection = Selection(view="beat" if _beat(case) is not None else "median", beat=_beat(case))
    found = evidence(Shown(case), selection, Overlay(), ColourScale())
    if (window := chosen_window(case, selection)) is not None:
        marks = tuple(tick for tick in landmarks.ticks(case, selection) if tick.hand_set or tick.landmark == "qrs_off")
        _draw_beat(painter, case, traces.BeatSheet(window, found, missing=case.record.missing_leads, ticks=marks))
        sheet = timeline.TimelineSheet(window, found.profile if found else None)
        timeline.draw(painter, _PROFILE, sheet, _LOOK)
    if heart is not None:
        painter.drawImage(paper.box(HEART), heart)
    _draw_foot(painter, case)


def _beat(case: Case) -> int | None:
    return case.explanation.window.beat if case.explanation else None


def _draw_head(painter: QPainter, case: Case) -> None:
    record = case.record
    x, y = _HEAD.x, _HEAD.y
    paper.draw_text(painter, QPointF(x, y + 16), record.name, font(15, SEMIBOLD), _LOOK.text)
    x += paper.text_width(record.name, font(15, SEMIBOLD)) + 12
    person = [] if record.age_years is None else [f"{record.age_years:g} y"]
    facts = [*person, *([record.sex] if record.sex else []), f"{record.format}, {record.rate_hz:g} Hz"]
    if record.rate_hz <= 100:
        facts.append("holds nothing above 50 Hz")
    paper.draw_text(painter, QPointF(x, y + 16), " · ".join(facts), font(12, REGULAR), _LOOK.text_second)
    badges = [("Simulated", _LOOK.text)] if record.simulated else []
    badges += [("Hand-set landmarks", _LOOK.teal)] if case.hand_set else []
    for words, colour in badges:
        paper.draw_text(painter, QPointF(x, y + 32), words, font(12, SEMIBOLD), colour)
        x += paper.text_width(words, font(12, SEMIBOLD)) + 12
    shown = [
        f"{RECORD_SCALE.speed_mm_s:g} mm/s",
        f"{RECORD_SCALE.gain_mm_mv:g} mm/mV",
        case.filter_text or "unfiltered",
    ]
    scale = " · ".join([*shown, "columns are consecutive"])
    paper.draw_text(painter, QPointF(_HEAD.x, y + 48), scale, font(11, REGULAR), _LOOK.text_second)
    _draw_right(painter, _HEAD.right, y + 16, _verdict_words(case), font(12, MEDIUM).weight())
    _draw_right(painter, _HEAD.right, y + 32, _error_words(case), REGULAR)
    _draw_right(painter, _HEAD.right, y + 48, " · ".join(_measurement_words(case)), REGULAR)


def _draw_right(painter: QPainter, right: float, y: float, text: str, weight: int) -> None:
    face = font(12 if weight != REGULAR else 11, weight)
    colour = _LOOK.text if weight != REGULAR else _LOOK.text_second
    paper.draw_text(painter, QPointF(right - paper.text_width(text, face), y), text, face, colour)


def _verdict_words(case: Case) -> str:
    if (verdict := case.verdict) is None:
        return " ".join(case.notices) or "No verdict"
    threshold = f"threshold {100 * verdict.model.threshold:.0f} %"
    return f"{percent(verdict.p_abnormal)} calibrated probability of abnormal ({threshold})"


def _error_words(case: Case) -> str:
    model = case.verdict.model if case.verdict else None
    if model is None or model.known_error is None:
        return ""
    return f"{model.name} is wrong in {100 * model.known_error:.0f} of 100 test records, {model.tested_on}"


def _measurement_words(case: Case) -> Iterator[str]:
    if case.delineation is None:
        return
    found = case.delineation.measurements
    named: tuple[tuple[str, Measurement], ...] = (
        ("rate", found.hr_bpm), ("PR", found.pr_ms), ("QRS", found.qrs_ms), ("QT", found.qt_ms),
        ("QTcF", found.qtcf_ms), ("QRS axis", found.qrs_axis_deg),
    )  # fmt: skip
    for name, measured in named:
        unit = "°" if measured.unit in ("deg", "°") else f" {measured.unit}"
        yield f"{name} –" if measured.value is None else f"{name} {number(measured.value)}{unit}"


def _draw_record(painter: QPainter, case: Case) -> None:
    plan = record_plan(_RECORD, PX_PER_MM, RECORD_SCALE)
    record, delineation = case.record, case.delineation
    beats = delineation.beats if delineation else ()
    window = case.explanation.window if case.explanation else None
    end_s = window.start_s + window.signal_mv.shape[1] / window.rate_hz if window else 0.0
    sheet = traces.RecordSheet(
        case.filtered_mv if case.filtered_mv is not None else record.signal_mv,
        record.rate_hz,
        stretches=delineation.stretches if delineation else (),
        beats_s=tuple(beat.landmarks.r / record.rate_hz for beat in beats if beat.cluster == 0),
        odd_s=tuple(beat.landmarks.r / record.rate_hz for beat in beats if beat.cluster != 0),
        window_s=(window.start_s, end_s) if window is not None and window.beat is not None else None,
        missing=record.missing_leads,
    )
    traces.draw_record(painter, plan, sheet, _LOOK)


def _draw_beat(painter: QPainter, case: Case, sheet: traces.BeatSheet) -> None:
    window, found = sheet.window, sheet.evidence
    gain = fitting_gain(window.signal_mv, _BEAT.height / 3 / PX_PER_MM, 3)
    scale = Scale(BEAT_SPEED_MM_S, gain)
    plan = beat_plan(_BEAT, PX_PER_MM, scale, signal_mv=window.signal_mv)
    traces.draw_beat(painter, plan, sheet, _LOOK)
    n_beats = case.delineation.median.n_beats if case.delineation and case.delineation.median else 0
    which = f"median of {n_beats} beats" if window.beat is None else f"beat {window.beat + 1}"
    words = f"{which}, 400 ms from QRS onset · {scale.speed_mm_s:g} mm/s · {scale.gain_mm_mv:g} mm/mV (non-standard)"
    paper.draw_text(painter, QPointF(_BEAT_TITLE.x, _BEAT_TITLE.bottom - 8), words, font(11, MEDIUM), _LOOK.text)
    if found is not None:
        _draw_bar(painter, found.limit)


def _draw_bar(painter: QPainter, limit: float) -> None:
    """Draw the colour bar with its numbers at the right of the beat's title."""
    width, height, y = 90.0, 8.0, _BEAT_TITLE.bottom - 16
    after, before = f"+{number(limit, 3)} for abnormal", f"for normal {number(-limit, 3)}"
    face = font(10, REGULAR)
    left = _BEAT_TITLE.right - paper.text_width(after, face) - 6 - width
    gradient = QLinearGradient(left, 0, left + width, 0)
    stops = np.linspace(-1.0, 1.0, 17)
    for at, colour in zip(stops, laid_on(stops, 1.0, False, _LOOK.panel), strict=True):
        gradient.setColorAt((at + 1) / 2, QColor(*(int(part) for part in colour[:3])))
    painter.fillRect(QRectF(left, y, width, height), gradient)
    middle = left + width / 2
    painter.fillRect(QRectF(middle - 0.5, y, 1, height), QColor(_LOOK.text_second))
    paper.draw_text(painter, QPointF(left + width + 6, y + 8), after, face, _LOOK.text_second)
    paper.draw_text(painter, QPointF(left - 6 - paper.text_width(before, face), y + 8), before, face, _LOOK.text_second)


def _draw_foot(painter: QPainter, case: Case) -> None:
    face, chip = font(10, REGULAR), font(10, SEMIBOLD)
    width = paper.text_width(RESEARCH_USE_ONLY, chip) + 12
    painter.fillRect(QRectF(_FOOT.right - width, _FOOT.y, width, 18), QColor(_LOOK.text))
    paper.draw_text(painter, QPointF(_FOOT.right - width + 6, _FOOT.y + 13), RESEARCH_USE_ONLY, chip, _LOOK.panel)
    painter.save()
    painter.setPen(QColor(_LOOK.text_second))
    painter.setFont(face)
    flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    painter.drawText(QRectF(_FOOT.x, _FOOT.y, _FOOT.width - width - 24, _FOOT.height), flags, provenance(case))
    painter.restore()
