"""The foot of the traces pane: scale, filter and doubts at the left, the one colour bar at the right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cineviewer.ecg import MEDIAN_BAND_HZ
from cineviewer.paint import paper
from cineviewer.paint.colourmap import N_COLOURS, laid_on
from cineviewer.paint.excerpt import Evidence
from cineviewer.paint.fonts import MEDIUM, REGULAR, SEMIBOLD, font
from cineviewer.paint.tokens import SPACE, TYPE, Tokens, with_type
from cineviewer.session import Scale
from cineviewer.ui.case_view import CaseView

BAR_PX, SHORT_BAR_PX, BAR_HEIGHT_PX = 96.0, 36.0, 8.0
_GAP_PX = 9.0
_TEXT_PX, LINE_PX = 17.0, 20


class Words(NamedTuple):
    """A piece of the foot: what it says, shorter if there is no room, its weight and its colour.

    What `may_go` is left to the tooltip where there is still no room, and what has a `least` form takes that.
    """

    full: str
    short: str
    weight: int
    colour: str
    may_go: bool = False
    least: str = ""


class TracesFoot(QWidget):
    """Painted text and colour bar."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(SPACE.foot)
        self._view: CaseView | None = None
        self._fitted = False

    def show_view(self, view: CaseView | None, *, fitted: bool) -> None:
        """Show another view; `fitted` says that the gain was chosen for this case."""
        self._view, self._fitted = view, fitted
        if view is not None:
            said = " · ".join(piece.full for piece in left_words(view, fitted))
            self.setAccessibleName(f"{said}. {bar_words(view)}")
            self.setToolTip(_tip(view, fitted=fitted))
            self._take_lines()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write what has room; longer words become shorter ones."""
        painter = QPainter(self)
        view = self._view
        if view is None:
            painter.fillRect(self.rect(), self.palette().window())
            return
        look = view.look
        painter.fillRect(self.rect(), QColor(look.panel))
        painter.setPen(paper.pen(look.line))
        painter.drawLine(0, 0, self.width(), 0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fit = _fit(view, self._fitted, self.width())
        _draw_words(painter, SPACE.padding_wide, fit.left, short=fit.short_left)
        if fit.lines > 1:
            painter.translate(0.0, with_type(LINE_PX))
        bar_px = min(BAR_PX, _bar_px(fit.short_right) + max(0.0, fit.spare_px))
        needed_px = _right_width(view, short=fit.short_right) + bar_px - _bar_px(fit.short_right)
        _draw_right(painter, self.width() - SPACE.padding_wide - needed_px, view, bar_px, short=fit.short_right)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take a second line where one does not hold all."""
        super().resizeEvent(event)
        self._take_lines()

    def _take_lines(self) -> None:
        if self._view is not None:
            lines = _fit(self._view, self._fitted, self.width()).lines
            self.setFixedHeight(SPACE.foot + round(with_type(LINE_PX)) * (lines - 1))


class _Fit(NamedTuple):
    """How the foot's words are written into its width."""

    left: tuple[Words, ...]
    short_left: bool
    short_right: bool
    spare_px: float
    lines: int


def _fit(view: CaseView, fitted: bool, width_px: float) -> _Fit:
    """Return the longest words that have room in one line, or the short ones in two."""
    room = width_px - 2.0 * SPACE.padding_wide - _GAP_PX
    every = left_words(view, fitted)
    needed = tuple(piece for piece in every if not piece.may_go)
    for left, short_left, short_right in (
        (every, False, False), (every, False, True), (every, True, True), (needed, True, True),
    ):  # fmt: skip
        spare = room - _width(left, short=short_left) - _right_width(view, short=short_right)
        if spare >= 0.0:
            return _Fit(left, short_left, short_right, spare, 1)
    short_left = _width(every, short=False) > room
    left = every if _width(every, short=short_left) <= room else needed
    if _width(left, short=short_left) > room:
        left = tuple(piece._replace(short=piece.least or piece.short) for piece in left)
    return _Fit(left, short_left, short_right=True, spare_px=room - _right_width(view, short=True), lines=2)


def left_words(view: CaseView, fitted: bool) -> tuple[Words, ...]:
    """Return scale, what is unusual about it, and the filter in force."""
    look, scale = view.look, view.scale
    pieces = [Words(scale_words(scale), scale_words(scale), SEMIBOLD, look.text)]
    if not scale.is_standard:
        words = odd_words(scale)
        pieces.append(Words(words, words, MEDIUM, look.teal, least="non-standard"))
    if fitted and view.kind != "record":
        pieces.append(Words("gain fitted to this case", "fitted", REGULAR, look.text_second, may_go=True))
    if not view.ruler.trusted:
        pieces.append(Words("not to scale: screen size unknown", "not to scale", REGULAR, look.text_second))
    pieces.append(Words(filter_words(view), filter_words(view).split(",")[0], REGULAR, look.text_third))
    return tuple(pieces)


def scale_words(scale: Scale) -> str:
    """Return speed and gain."""
    return f"{scale.speed_mm_s:g} mm/s · {scale.gain_mm_mv:g} mm/mV"


def odd_words(scale: Scale) -> str:
    """Return what is not 25 mm/s or 10 mm/mV; empty where both are."""
    odd = [
        word for word, unusual in (("speed", scale.speed_mm_s != 25.0), ("gain", scale.gain_mm_mv != 10.0)) if unusual
    ]
    return f"non-standard {' and '.join(odd)}" if odd else ""


def filter_words(view: CaseView, *, of_record: bool = False) -> str:
    """Return the filter in force as clinical devices name it, and what the sampling rate cannot hold.

    With `of_record` it is that of the record that stands above the beat.
    """
    case, rate_hz = view.case, view.case.record.rate_hz
    is_record = of_record or view.kind == "record"
    filtered = view.is_filtered if not of_record else view.paper.filtered and case.filtered_mv is not None
    named = (case.filter_text or "filtered") if filtered else "unfiltered"
    if not is_record and view.beat_index is None and (view.explanation is None or view.whole is not None):
        # The delineation's own, wider band: this is not what a model has read.
        low_hz, high_hz = MEDIAN_BAND_HZ
        band = f"{low_hz:g}–{high_hz:g} Hz" if high_hz < rate_hz / 2.0 else f"above {low_hz:g} Hz"
        named = f"{band}, zero phase"
    return f"{named}, nothing above {rate_hz / 2.0:g} Hz in the file" if rate_hz < 200.0 else named


def figure(value: float) -> str:
    """Return a figure as it stands beside the bar: ".06", "1.5"."""
    return f"{value:.2g}".removeprefix("0")


def bar_words(view: CaseView) -> str:
    """Return what stands for the bar in words."""
    found = view.evidence
    if found is None:
        return view.reason or view.shown.activity or "no evidence"
    return f"for normal −{figure(found.limit)} to +{figure(found.limit)} for abnormal, {_scope(found)}"


def _scope(found: Evidence) -> str:
    return "fixed" if found.locked else "per case"


def _ends(found: Evidence, *, short: bool) -> tuple[str, str]:
    limit = figure(found.limit)
    if not found.final:
        return "Coarse map, will sharpen", ""
    return (f"normal −{limit}", f"+{limit} abnormal") if short else (f"for normal −{limit}", f"+{limit} for abnormal")


def _right_width(view: CaseView, *, short: bool) -> float:
    found, face = view.evidence, font(TYPE.secondary)
    if found is None:
        return paper.text_width(_silence(view)[0], font(TYPE.secondary, _silence(view)[1]))
    ends = sum(paper.text_width(words, face) + 8.0 for words in _ends(found, short=short) if words)
    scope = paper.text_width(_scope(found), face) + _GAP_PX - 8.0 if found.final else 0.0
    return ends + scope + _bar_px(short)


def _bar_px(short: bool) -> float:
    return SHORT_BAR_PX if short else BAR_PX


def _silence(view: CaseView) -> tuple[str, int]:
    """Return what stands in the bar's place while there is no evidence, and its weight."""
    if view.reason:
        return view.reason, SEMIBOLD
    return (f"{view.shown.activity}…" if view.shown.activity else ""), REGULAR


def _draw_right(painter: QPainter, x: float, view: CaseView, bar_px: float, *, short: bool) -> None:
    found, look, face = view.evidence, view.look, font(TYPE.secondary)
    if found is None:
        words, weight = _silence(view)
        x += bar_px - _bar_px(short)
        colour = look.text if weight == SEMIBOLD else look.text_second
        paper.draw_text(painter, QPointF(x, with_type(_TEXT_PX)), words, font(TYPE.secondary, weight), colour)
        return
    low, high = _ends(found, short=short)
    weight = REGULAR if found.final else SEMIBOLD
    paper.draw_text(painter, QPointF(x, with_type(_TEXT_PX)), low, font(TYPE.secondary, weight), look.text)
    x += paper.text_width(low, face) + 8.0
    bar = QRectF(x, (SPACE.foot - BAR_HEIGHT_PX) / 2.0, bar_px, BAR_HEIGHT_PX)
    _draw_bar(painter, bar, view.sheet_look, found.fade)
    if high:
        x = bar.right() + 8.0
        paper.draw_text(painter, QPointF(x, with_type(_TEXT_PX)), high, face, look.text)
        x += paper.text_width(high, face) + _GAP_PX
        paper.draw_text(painter, QPointF(x, with_type(_TEXT_PX)), _scope(found), face, look.text_third)


def _draw_bar(painter: QPainter, bar: QRectF, look: Tokens, fade: float) -> None:
    pixels = np.ascontiguousarray(
        laid_on(np.linspace(-1.0, 1.0, N_COLOURS)[np.newaxis], 1.0, look.dark, look.paper, fade)
    )
    image = QImage(pixels.data, N_COLOURS, 1, 4 * N_COLOURS, QImage.Format.Format_RGBA8888)
    painter.drawImage(bar, image)
    painter.setPen(paper.pen(look.text_third))
    painter.drawLine(QPointF(bar.center().x(), bar.top() - 2.0), QPointF(bar.center().x(), bar.bottom() + 2.0))


def _width(pieces: tuple[Words, ...], *, short: bool) -> float:
    return sum(
        paper.text_width(piece.short if short else piece.full, font(TYPE.secondary, piece.weight)) + _GAP_PX
        for piece in pieces
    )


def _draw_words(painter: QPainter, x: float, pieces: tuple[Words, ...], *, short: bool) -> None:
    for piece in pieces:
        words, face = piece.short if short else piece.full, font(TYPE.secondary, piece.weight)
        paper.draw_text(painter, QPointF(x, with_type(_TEXT_PX)), words, face, piece.colour)
        x += paper.text_width(words, face) + _GAP_PX


def _tip(view: CaseView, *, fitted: bool) -> str:
    lines = [scale_words(view.scale), filter_words(view)]
    if fitted and view.kind != "record":
        lines.append("the gain is the largest usual one at which every trace of this case can be read")
    if not view.ruler.trusted:
        lines.append("not to scale: the screen does not tell its size; hold a ruler to it in the settings (Ctrl+,)")
    if view.evidence is not None:
        lines.append(f"colour: logit per sample, {bar_words(view)} (L keeps one scale for all cases)")
    if view.reason:
        lines.append(view.reason)
    return "\n".join(lines)
