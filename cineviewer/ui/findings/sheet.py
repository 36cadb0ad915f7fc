"""Draws the findings of a case on any painter: one column, section by section, each returning where it ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from cineviewer.analysis.case import Case
from cineviewer.heart import load
from cineviewer.paint import fonts
from cineviewer.paint.tokens import SPACE, TYPE, Tokens, with_type
from cineviewer.session import Shown
from cineviewer.ui.findings import truth, words
from cineviewer.ui.findings.words import MeasurementWords, ShareWords, VerdictWords

LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
CENTRE = Qt.AlignmentFlag.AlignHCenter
MARGIN = SPACE.padding_wide
STALE_OPACITY = 0.35
WIDE = 480
"""From this width on names have their own room."""


@dataclass(slots=True)
class Sheet:
    """What was drawn: its height, its words for screen readers, and what its numbers rest on."""

    height: float = 0.0
    words: list[str] = field(default_factory=list)
    tips: list[tuple[QRectF, str]] = field(default_factory=list)

    def tip_at(self, point: QPoint) -> str:
        """Return what the number at a point rests on."""
        return next((text for box, text in self.tips if box.contains(QPointF(point)) and text), "")


def draw(painter: QPainter, width: float, shown: Shown, colours: Tokens, *, truth_first: bool = False) -> Sheet:
    """Draw the column; returns what was drawn. Simulated truth comes last, or first where it is being looked at."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    column = _Column(painter, width, colours)
    case = shown.case
    if case is None:
        return column.sheet
    fade = STALE_OPACITY if shown.stale else 1.0
    column.verdict(words.verdict_words(case, shown.progress is not None), fade, words.state_words(shown))
    if truth_first:
        column.truth(case, fade)
    column.measurements(words.measurement_words(case), words.measured_from(case))
    column.where_it_looked(case, fade)
    column.paragraph("Signal", "", [("", words.quality_words(case))])
    if case.explanation is not None and case.explanation.attribution.final:
        column.paragraph("Is the map worth looking at?", "", [("", words.trust_words(case.explanation))], fade)
    if case.explanation is not None:
        turned = words.direction_words(case.explanation, case.heart or load())
        column.paragraph("Mean heart vector", "Kors; 0° right in the view, 90° down", turned, fade)
    if not truth_first:
        column.truth(case, fade)
    column.statements(case)
    column.sheet.height = column.y + SPACE.padding
    return column.sheet


class _Column:
    """A pen that moves down a column."""

    def __init__(self, painter: QPainter, width: float, colours: Tokens) -> None:
        self.sheet = Sheet()
        self.y = float(SPACE.padding)
        self._painter = painter
        self._c = colours
        self._left, self._right = float(MARGIN), width - MARGIN

    # Sections

    def verdict(self, verdict: VerdictWords, fade: float, badge: str) -> None:
        """Number, meaning, known error; the bar with its threshold; which beats it rests on."""
        self._painter.setOpacity(fade)
        number = fonts.font(TYPE.verdict, fonts.SEMIBOLD)
        top = self.y
        left = self._left
        if verdict.p is not None:
            left += (
                self._text(verdict.number, self._left, top, with_type(36), number, self._c.text) + SPACE.padding_wide
            )
        strong, second = fonts.font(TYPE.body, fonts.SEMIBOLD), fonts.font(TYPE.secondary)
        bottom = self._wrapped(verdict.meaning, left, top + 2, strong, self._c.text)
        bottom = self._wrapped(verdict.known_error, left, bottom, second, self._c.text_third)
        self._tip(QRectF(self._left, top, self._right - self._left, with_type(36)), verdict.tip)
        self.y = max(bottom, top + with_type(36)) + 3
        if verdict.p is not None and verdict.threshold is not None:
            self._verdict_bar(verdict.p, verdict.threshold)
        small = fonts.font(TYPE.caption)
        if verdict.beats:
            self._text(verdict.beats, self._left, self.y, with_type(16), small, self._c.text_second)
            self.y += with_type(17)
        self._painter.setOpacity(1.0)
        if badge:
            self._badge(badge)
        self.sheet.words += [verdict.number, verdict.meaning, verdict.known_error, verdict.beats, badge]

    def measurements(self, rows: list[MeasurementWords], title: str) -> None:
        """Two columns of name, value, range."""
        self._section("Measurements", title)
        half = len(rows) // 2
        middle = (self._left + self._right) / 2
        for k, row in enumerate(rows):
            left = self._left if k < half else middle + 6
            right = middle - 6 if k < half else self._right
            box = QRectF(left, self.y + (k % half) * SPACE.row, right - left, SPACE.row)
            self._measurement(row, box)
        self.y += half * SPACE.row + 2

    def where_it_looked(self, case: Case, fade: float) -> None:
        """The three leads with the largest shares, and the walls the path was nearest to."""
        explanation = case.explanation
        if explanation is None:
            return
        self._section("Where it looked", "share of all evidence" if explanation.attribution.final else "")
        if not explanation.attribution.final:
            self._line("Numbers appear when the map is final.", self._c.text_second)
            return
        self._painter.setOpacity(fade)
        leads, walls = words.lead_shares(explanation), words.wall_shares(explanation)
        width = self._right - self._left
        split = self._left + (0.36 if walls else 1.0) * width
        name = with_type(30.0)
        for k, row in enumerate(leads):
            self._share(row, self._left, split - (8 if walls else 0), k, name, row_strong=True)
        name = with_type(150.0 if width >= with_type(WIDE) else 118.0)
        for k, row in enumerate(walls):
            self._share(row, split + 6, self._right, k, name, row_strong=False)
        self.y += max(len(leads), len(walls)) * SPACE.row
        if not walls:
            self._line(words.why_no_walls(explanation), self._c.text_second)
        self._painter.setOpacity(1.0)

    def paragraph(
        self, title: str, aside: str, rows: list[tuple[str, str]], fade: float = 1.0, voice: str | None = None
    ) -> None:
        """A section of sentences, each with a word in front; `voice` is the colour of titles and words."""
        self._section(title, aside, voice)
        self._painter.setOpacity(fade)
        face, heavy = fonts.font(TYPE.body), fonts.font(TYPE.body, fonts.SEMIBOLD)
        column = max((QFontMetricsF(heavy).horizontalAdvance(strong) for strong, _ in rows), default=0.0)
        for strong, sentence in rows:
            self._text(strong, self._left, self.y, with_type(17), heavy, voice or self._c.text)
            left = self._left + (column + SPACE.padding if strong else 0)
            self.y = max(
                self._wrapped(sentence, left, self.y, face, self._c.text), self.y + (with_type(17) if strong else 0)
            )
            self.sheet.words.append(f"{strong} {sentence}".strip())
        self._painter.setOpacity(1.0)
        self.y += 2

    def truth(self, case: Case, fade: float) -> None:
        """What is known because the record is simulated: in violet, for neither model nor path knows it."""
        if case.truth is None:
            return
        self.paragraph("Simulated truth", truth.title(case.truth), truth.rows(case), fade, self._c.truth)

    def statements(self, case: Case) -> None:
        """What the data set itself says; last and apart, because it is not ours."""
        statements = case.record.statements
        if not statements:
            return
        rows = []
        for statement in statements:
            likelihood = "" if statement.likelihood is None else f", {statement.likelihood:.0f}"
            rows.append((statement.code, f"{statement.text or ''}{likelihood}".strip(", ")))
        self.paragraph("Data set's own statement", "simulated" if case.record.simulated else "", rows)

    # Parts of sections

    def _section(self, title: str, aside: str, voice: str | None = None) -> None:
        self.y += 5
        self._painter.fillRect(QRectF(self._left, self.y, self._right - self._left, 1), QColor(self._c.hairline))
        self.y += 5
        self._text(
            title,
            self._left,
            self.y,
            with_type(18),
            fonts.font(TYPE.caption, fonts.SEMIBOLD),
            voice or self._c.text_third,
        )
        small, heavy = fonts.font(TYPE.caption), fonts.font(TYPE.caption, fonts.SEMIBOLD)
        room = self._right - self._left - QFontMetricsF(heavy).horizontalAdvance(title) - SPACE.padding
        aside = QFontMetricsF(small).elidedText(aside, Qt.TextElideMode.ElideRight, room)
        self._text(aside, self._left, self.y, with_type(18), small, self._c.text_third, RIGHT)
        self.y += with_type(19)
        self.sheet.words.append(title)

    def _verdict_bar(self, p: float, threshold: float) -> None:
        width = self._right - self._left
        track = QRectF(self._left, self.y, width, 6)
        self._pill(track, self._c.hairline if not self._c.dark else self._c.line)
        self._pill(QRectF(track.left(), track.top(), max(6.0, width * p), 6), self._c.text)
        at = track.left() + width * threshold
        gap = QRectF(at - 2, track.top() - 4, 4, 14)
        self._painter.fillRect(gap, QColor(self._c.panel))
        self._painter.fillRect(QRectF(at - 0.75, gap.top(), 1.5, 14), QColor(self._c.text))
        small, top, high = fonts.font(TYPE.axis), self.y + 9, with_type(14)
        self._text("normal", self._left, top, high, small, self._c.text_second)
        self._text("abnormal", self._left, top, high, small, self._c.text_second, RIGHT)
        label = f"threshold {100 * threshold:.0f} %"
        wide = QFontMetricsF(small).horizontalAdvance(label)
        left = min(max(at - wide / 2, self._left + with_type(44)), self._right - with_type(54) - wide)
        self._text(label, left, top, high, fonts.font(TYPE.axis, fonts.MEDIUM), self._c.text)
        self.y = top + with_type(16)

    def _measurement(self, row: MeasurementWords, box: QRectF) -> None:
        if row.outside:
            self._painter.fillRect(box.adjusted(-5, 1, 5, 0), QColor(self._c.fill))
        body, strong = fonts.font(TYPE.body), fonts.font(TYPE.body, fonts.SEMIBOLD)
        wide = box.width() >= with_type(180)
        self._box(row.name, box, body, self._c.text_second, LEFT)
        value = box.adjusted(0, 0, -with_type(90 if wide else 54), 0)
        colour = self._c.teal if row.hand_set else self._c.text
        self._box(row.value, value, strong, colour if row.value != words.MISSING else self._c.text_third, RIGHT)
        if row.outside:
            self._box("outside", box, fonts.font(TYPE.caption, fonts.SEMIBOLD), self._c.text, RIGHT)
        else:
            self._box(row.range, box, fonts.font(TYPE.caption), self._c.text_third, RIGHT)
        self._tip(box, row.tip)
        self.sheet.words.append(f"{row.name} {row.value} {'outside ' if row.outside else ''}{row.range}".strip())
        if row.hand_set:
            self.sheet.words.append(f"{row.name} rests on a landmark set by hand")

    def _share(self, row: ShareWords, left: float, right: float, k: int, name: float, *, row_strong: bool) -> None:
        box = QRectF(left, self.y + k * SPACE.row, right - left, SPACE.row)
        strong = fonts.font(TYPE.body, fonts.SEMIBOLD)
        label = fonts.font(TYPE.body, fonts.MEDIUM) if row_strong else fonts.font(TYPE.secondary)
        name = min(name, box.width() - with_type(60))
        shown = QFontMetricsF(label).elidedText(row.name, Qt.TextElideMode.ElideRight, name)
        self._box(shown, box, label, self._c.text, LEFT)
        self._box(row.text, box, strong, self._c.text, RIGHT)
        bar = QRectF(box.left() + name + 5, box.center().y() - 2.5, box.width() - name - 5 - with_type(40), 5)
        self._pill(bar, self._c.hairline if not self._c.dark else self._c.line)
        self._pill(QRectF(bar.left(), bar.top(), max(5.0, bar.width() * min(row.share, 1.0)), 5), self._c.text_second)
        self._tip(box, "" if row_strong else f"{row.text} of the evidence while the path was nearest to: {row.name}")
        self.sheet.words.append(f"{row.name} {row.text}")

    def _badge(self, text: str) -> None:
        face = fonts.font(TYPE.caption, fonts.SEMIBOLD)
        box = QRectF(self._left, self.y + 1, QFontMetricsF(face).horizontalAdvance(text) + 16, with_type(20))
        self._painter.setPen(QColor(self._c.line))
        self._painter.setBrush(QColor(self._c.fill))
        self._painter.drawRoundedRect(box, SPACE.radius_badge, SPACE.radius_badge)
        self._box(text, box, face, self._c.text_second, CENTRE)
        self.y += with_type(23)

    def _line(self, text: str, colour: str) -> None:
        self.y = self._wrapped(text, self._left, self.y, fonts.font(TYPE.secondary), colour) + 1
        self.sheet.words.append(text)

    def _pill(self, box: QRectF, colour: str) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(colour))
        self._painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)

    def _text(
        self, text: str, left: float, top: float, height: float, face: QFont, colour: str,
        align: Qt.AlignmentFlag = LEFT,
    ) -> float:  # fmt: skip
        self._box(text, QRectF(left, top, self._right - left, height), face, colour, align)
        return QFontMetricsF(face).horizontalAdvance(text)

    def _box(self, text: str, box: QRectF, face: QFont, colour: str, align: Qt.AlignmentFlag) -> None:
        self._painter.setFont(face)
        self._painter.setPen(QColor(colour))
        self._painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)

    def _wrapped(self, text: str, left: float, top: float, face: QFont, colour: str) -> float:
        if not text:
            return top
        flags = int(LEFT | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
        metrics = QFontMetricsF(face)
        room = QRectF(left, top, self._right - left, 1000)
        height = metrics.boundingRect(room, flags, text).height()
        self._painter.setFont(face)
        self._painter.setPen(QColor(colour))
        self._painter.drawText(QRectF(left, top, self._right - left, height), flags, text)
        return top + height + 2

    def _tip(self, box: QRectF, text: str) -> None:
        self.sheet.tips.append((box, text))
