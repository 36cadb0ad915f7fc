"""The rows of the case list: a Qt model over the columns, and the delegate that paints two lines a case."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cineviewer.paint import fonts
from cineviewer.paint.tokens import SPACE, TYPE, Tokens, with_type
from cineviewer.session import Notes, Session
from cineviewer.ui import icons, theme
from cineviewer.ui.cases.list import CaseList, Filter, filtered

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
BAR_PX = 34
EDGE_PX = 3


class CaseModel(QAbstractListModel):
    """The rows of a list that a filter lets through."""

    def __init__(self, cases: CaseList, session: Session) -> None:
        super().__init__()
        self.cases = cases
        self.wanted = Filter()
        self._session = session
        self._rows: npt.NDArray[np.intp] = np.arange(len(cases))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Return how many cases are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a case's words for screen readers and tooltips, or its row in the list."""
        if not index.isValid():
            return None
        row = int(self._rows[index.row()])
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{self.cases.names[row]}, {subject(self.cases, row)}, {self.cases.statements[row]}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that a case can be opened, unless its file is not here."""
        if index.isValid() and self.cases.states[int(self._rows[index.row()])] == "not here":
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled

    def show(self, wanted: Filter) -> None:
        """Show what another filter lets through."""
        self.wanted = wanted
        notes = self._session.get(Notes)
        self.beginResetModel()
        self._rows = filtered(self.cases, wanted, notes.stars, notes.tags)
        self.endResetModel()

    @property
    def rows(self) -> npt.NDArray[np.intp]:
        """The rows of the list that are shown, in order."""
        return self._rows

    def place_of(self, row: int) -> int | None:
        """Return where a row of the list is shown; None if the filter hides it."""
        at = int(np.searchsorted(self._rows, row))
        return at if at < len(self._rows) and self._rows[at] == row else None

    def touch(self, row: int) -> None:
        """Tell the view that a row of the list says something new."""
        at = self.place_of(row)
        if at is not None:
            self.dataChanged.emit(self.index(at), self.index(at))

    def _tip(self, row: int) -> str:
        cases, notes = self.cases, self._session.get(Notes)
        key = cases.sha256[row]
        lines = [cases.statements[row], cases.flags[row], " ".join(notes.tags.get(key, ())), notes.text.get(key, "")]
        if key and key in cases.hand_set:
            lines.append("landmarks set by hand")
        if cases.states[row]:
            lines.append(cases.states[row])
        return "\n".join(line for line in lines if line)


def subject(cases: CaseList, row: int) -> str:
    """Return "69 y, F" as far as it is known."""
    age = cases.ages[row]
    parts = ["" if np.isnan(age) else f"{age:.0f} y", cases.sexes[row]]
    return ", ".join(part for part in parts if part)


def probability(cases: CaseList, row: int) -> str:
    """Return ".94", or why there is none."""
    p = cases.p_abnormal[row]
    if cases.states[row] in ("not here", "not read"):
        return cases.states[row]
    if np.isnan(p):
        return "not run"
    if p > 0.995:
        return ">.99"
    return "<.01" if p < 0.005 else f"{p:.2f}".removeprefix("0")


class CaseDelegate(QStyledItemDelegate):
    """Paints one case: id, age and sex, the model's probability; under it the data set's own statement."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of two lines."""
        return QSize(100, SPACE.row_case)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        model = index.model()
        assert isinstance(model, CaseModel)
        cases, row, colours = model.cases, index.data(ROW_ROLE), theme.tokens_of(self._session)
        box = QRectF(option.rect)
        state: QStyle.StateFlag = option.state
        on = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, box, colours, on, bool(state & QStyle.StateFlag.State_MouseOver))
        inner = box.adjusted(SPACE.padding_wide, 0, -SPACE.padding_wide, 0)
        end = _paint_probability(painter, cases, row, inner, colours, on)
        first = QRectF(inner.left(), inner.top() + 4, end - inner.left(), with_type(17))
        second = QRectF(inner.left(), inner.top() + with_type(20), inner.width(), with_type(15))
        self._paint_subject(painter, cases, row, first, colours)
        if cases.sha256[row] and cases.sha256[row] in cases.hand_set:
            used = _write(painter, second, "hand-set", fonts.font(TYPE.caption, fonts.SEMIBOLD), colours.teal)
            second = second.adjusted(used + SPACE.padding, 0, 0, 0)
        _write(painter, second, self._second_line(cases, row), fonts.font(TYPE.caption), colours.text_third)
        painter.restore()

    def _paint_subject(self, painter: QPainter, cases: CaseList, row: int, box: QRectF, colours: Tokens) -> None:
        absent = cases.states[row] == "not here"
        name_font = fonts.font(TYPE.lead, fonts.SEMIBOLD)
        used = _write(painter, box, cases.names[row], name_font, colours.text_third if absent else colours.text)
        box = box.adjusted(used + SPACE.padding, 0, 0, 0)
        if cases.sha256[row] and cases.sha256[row] in self._session.get(Notes).stars:
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(QPointF(box.left() - 3, box.top() + 2), icons.pixmap("star", colours.teal, 12, ratio))
            box = box.adjusted(13, 0, 0, 0)
        if box.width() > SPACE.hit:
            colour = colours.text_third if absent else colours.text_second
            _write(painter, box, subject(cases, row), fonts.font(TYPE.secondary), colour)

    def _second_line(self, cases: CaseList, row: int) -> str:
        tags = " ".join(f"#{tag}" for tag in self._session.get(Notes).tags.get(cases.sha256[row], ()))
        simulated = "simulated" if cases.states[row] == "simulated" else ""
        parts = (simulated, cases.places[row], cases.statements[row], cases.flags[row], tags)
        return " · ".join(part for part in parts if part)


def _paint_ground(painter: QPainter, box: QRectF, colours: Tokens, on: bool, hovered: bool) -> None:
    if on or hovered:
        painter.fillRect(box, QColor(colours.teal_wash if on else colours.fill))
    painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), QColor(colours.hairline))
    if on:
        painter.fillRect(QRectF(box.left(), box.top(), EDGE_PX, box.height()), QColor(colours.teal))


def _paint_probability(painter: QPainter, cases: CaseList, row: int, box: QRectF, colours: Tokens, on: bool) -> float:
    """Paint bar and figure, or why there is none, at the right; return where they begin."""
    text = probability(cases, row)
    top = QRectF(box.left(), box.top() + 4, box.width(), with_type(17))
    if not text.startswith((".", "<", ">")):
        face = fonts.font(TYPE.caption)
        _write(painter, top, text, face, colours.text_third, Qt.AlignmentFlag.AlignRight)
        return top.right() - QFontMetricsF(face).horizontalAdvance(text) - SPACE.padding
    face = fonts.font(TYPE.body, fonts.SEMIBOLD if on else fonts.MEDIUM)
    _write(painter, top, text, face, colours.text, Qt.AlignmentFlag.AlignRight)
    bar = QRectF(top.right() - with_type(34) - BAR_PX, top.center().y() - 2.5, BAR_PX, 5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.line if on else colours.hairline))
    painter.drawRoundedRect(bar, 2.5, 2.5)
    painter.setBrush(QColor(colours.text_second))
    painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(5.0, bar.width() * cases.p_abnormal[row]), 5), 2.5, 2.5)
    return bar.left() - SPACE.padding


def _write(
    painter: QPainter,
    box: QRectF,
    text: str,
    face: QFont,
    colour: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> float:
    """Write one line, elided; return its width."""
    metrics = QFontMetricsF(face)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.setFont(face)
    painter.setPen(QColor(colour))
    painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, shown)
    return metrics.horizontalAdvance(shown)
