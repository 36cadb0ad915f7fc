"""The settings: how the window looks, how large a millimetre is on this screen, what is kept where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSlider,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from cineviewer.paint import paper
from cineviewer.paint.fonts import SEMIBOLD, font
from cineviewer.paint.tokens import SPACE, TYPE, with_type
from cineviewer.session import TYPE_FACTORS, ColourScale, Keeping, Look, Screens, Session
from cineviewer.session.parts import Theme
from cineviewer.ui import deeds, screen, theme
from cineviewer.ui.controls import Segments

CARD_MM = 85.6
"""Width of a bank card (ISO/IEC 7810 ID-1)."""
_RULER_MM = 100
_SLIDER_PER_PX = 100.0
_RANGE_PX_PER_MM = (2.0, 8.0)
_WIDE_PX = 740
_NOT_TRUSTED = "This screen does not tell its size, or states one that cannot be: no millimetres are claimed."
_STATED = "As this screen states its size."
_CHECKED = "As you checked it."


class SettingsSheet(QDialog):
    """One column of settings; each takes effect at once."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._session = session
        page, column = QWidget(), QVBoxLayout()
        page.setObjectName("pane")
        column.setSpacing(SPACE.padding)
        column.setContentsMargins(SPACE.padding_wide, SPACE.padding, SPACE.padding_wide, SPACE.padding)
        page.setLayout(column)
        for title, rows in (
            ("Look", self._look()),
            ("Ruler", [RulerCheck(session, (parent or self).screen(), self)]),
            ("Colour", self._colour()),
            ("Kept", self._kept()),
        ):
            head = QLabel(title)
            head.setProperty("voice", "strong")
            column.addWidget(head)
            for row in rows:
                column.addWidget(row)
            column.addSpacing(SPACE.padding)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        room = (parent or self).screen().availableSize()
        wanted = QSize(_WIDE_PX, page.sizeHint().height() + 80).expandedTo(page.minimumSizeHint() + QSize(40, 0))
        self.resize(wanted.boundedTo(room))

    def _look(self) -> list[QWidget]:
        session = self._session
        themes = (("system", "As the system", ""), ("light", "Light", ""), ("dark", "Dark", ""))
        theme_choice = Segments("Theme", themes, lambda value: self._put_look(theme=cast("Theme", value)))
        theme_choice.set_value(session.get(Look).theme)
        sizes = (("", "As the system", f"now {theme.system_type_factor():.2g}"), *_sizes())
        size = Segments("Type", sizes, lambda value: self._put_look(type_factor=float(value) if value else None))
        factor = session.get(Look).type_factor
        size.set_value("" if factor is None else f"{factor:g}")
        paper_box = TickBox(
            session,
            "Light paper in a dark window, for projectors and print preview",
            on=session.get(Look).light_paper,
            put=lambda on: self._put_look(light_paper=on),
        )
        started = QLabel("A new size of type is taken when cineviewer starts again.")
        started.setProperty("voice", "second")
        return [_row("Theme", theme_choice), _row("Size of type", size), started, paper_box]

    def _colour(self) -> list[QWidget]:
        choice = Segments(
            "Colour scale",
            (
                ("case", "Per case", "Each case has a scale that fits it"),
                ("fixed", "Fixed", "The scale of the case on screen is kept for all, so that they can be compared"),
            ),
            self._choose_scale,
        )
        choice.set_value("fixed" if self._session.get(ColourScale).locked else "case")
        choice.set_enabled("fixed", deeds.can_lock_scale(self._session))
        return [_row("Colour scale", choice)]

    def _kept(self) -> list[QWidget]:
        beside = TickBox(
            self._session,
            "Keep landmarks set by hand beside their record too, as NAME.landmarks.json",
            on=self._session.get(Keeping).landmarks_beside,
            put=lambda on: self._session.set(Keeping(landmarks_beside=on)),
        )
        words = QLabel("They are always kept in your own folder, by the signal and not by the file's name.")
        words.setProperty("voice", "second")
        words.setWordWrap(True)
        return [beside, words]

    def _put_look(self, **changes: object) -> None:
        self._session.set(replace(self._session.get(Look), **changes))  # type: ignore[arg-type]

    def _choose_scale(self, value: str) -> None:
        if (value == "fixed") != self._session.get(ColourScale).locked:
            deeds.toggle_scale_lock(self._session)


class RulerCheck(QWidget):
    """A drawn ruler that the user makes as long as a real one, or as wide as a bank card."""

    def __init__(self, session: Session, where: QScreen, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._screen = session, where
        self.drawing = DrawnRuler(session)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        low, high = _RANGE_PX_PER_MM
        self.slider.setRange(round(low * _SLIDER_PER_PX), round(high * _SLIDER_PER_PX))
        self.slider.setAccessibleName("Length of the drawn ruler")
        self.slider.setToolTip("Drag, or use the arrow keys for the last bit")
        self.slider.valueChanged.connect(self._draw)
        self._words = QLabel()
        self._words.setProperty("voice", "second")
        self.keep, self.forget = QPushButton("It is right: keep"), QPushButton("Forget")
        self.keep.setToolTip("Claim millimetres on this screen, at this resolution")
        self.forget.setToolTip("Believe what the screen says of itself again")
        self.keep.clicked.connect(self._keep)
        self.forget.clicked.connect(self._forget)
        said = QLabel(
            f"Hold a ruler, or a bank card ({CARD_MM:g} mm), to the screen and move the slider until the drawing "
            "is as long."
        )
        said.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self._words, 1)
        buttons.addWidget(self.forget)
        buttons.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (said, self.drawing, self.slider):
            column.addWidget(part)
        column.addLayout(buttons)
        session.on(Screens, self._follow)
        self._follow()

    def _follow(self, _part: object = None) -> None:
        known = screen.ruler(self._screen, self._session.get(Screens))
        checked = screen.key_of(self._screen) in self._session.get(Screens).px_per_mm
        self.slider.setValue(round(known.px_per_mm * _SLIDER_PER_PX))
        self._words.setText(_CHECKED if checked else _STATED if known.trusted else _NOT_TRUSTED)
        self._words.setWordWrap(True)
        self.forget.setEnabled(checked)
        self._draw(self.slider.value())

    def _draw(self, value: int) -> None:
        self.drawing.px_per_mm = value / _SLIDER_PER_PX
        self.drawing.update()

    def _keep(self) -> None:
        screen.check(self._session, self._screen, self.slider.value() / _SLIDER_PER_PX)

    def _forget(self) -> None:
        screen.check(self._session, self._screen, None)


class DrawnRuler(QWidget):
    """Ten centimetres with their millimetres, and over them the width of a bank card."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.px_per_mm = screen.ASSUMED_PX_PER_MM
        self.setFixedHeight(round(with_type(66)))
        self.setAccessibleName("Ruler of 10 cm, with the width of a bank card")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ruler and card as long as they are on this screen."""
        look = theme.tokens_of(self._session)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, top = 6.0, with_type(17.0) + 7.0
        card = QRectF(left, 3.0, CARD_MM * self.px_per_mm, with_type(17.0))
        painter.setPen(paper.pen(look.teal))
        painter.setBrush(QColor(look.teal_wash))
        painter.drawRoundedRect(card, 3.0, 3.0)
        painter.setPen(QColor(look.text))
        painter.setFont(font(TYPE.caption, SEMIBOLD))
        painter.drawText(card, int(Qt.AlignmentFlag.AlignCenter), f"bank card {CARD_MM:g} mm")
        face = font(TYPE.axis)
        painter.setFont(face)
        painter.setPen(paper.pen(look.text))
        painter.drawLine(QLineF(left, top, left + _RULER_MM * self.px_per_mm, top))
        for mm in range(_RULER_MM + 1):
            x = left + mm * self.px_per_mm
            length = 16.0 if mm % 10 == 0 else 11.0 if mm % 5 == 0 else 7.0
            painter.drawLine(QLineF(x, top, x, top + length))
            if mm % 10 == 0:
                at = QPointF(x - paper.text_width(f"{mm}", face) / 2.0, top + 18.0 + with_type(12.0))
                paper.draw_text(painter, at, f"{mm}" if mm < _RULER_MM else f"{mm} mm", face, look.text_second)
                painter.setPen(paper.pen(look.text))
        painter.end()


class TickBox(QCheckBox):
    """A check box with a tick in the theme's colours: Qt's style sheets know no tinted one, so it is drawn here."""

    def __init__(self, session: Session, text: str, *, on: bool, put: Callable[[bool], object]) -> None:
        super().__init__(text)
        self._session = session
        self.setChecked(on)
        self.toggled.connect(put)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box, then its tick."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = QRectF(self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(paper.pen(theme.tokens_of(self._session).on_teal, 2.0))
        places = [(0.24, 0.54), (0.42, 0.72), (0.78, 0.30)]
        painter.drawPolyline([QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in places])
        painter.end()


def show(session: Session, parent: QWidget | None) -> None:
    """Open the settings over a window."""
    SettingsSheet(session, parent).exec()


def _sizes() -> tuple[tuple[str, str, str], ...]:
    return tuple((f"{factor:g}", f"{100 * factor:.0f} %", "") for factor in TYPE_FACTORS)


def _row(title: str, control: QWidget) -> QWidget:
    row, line = QWidget(), QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    name = QLabel(title)
    name.setBuddy(control)
    line.addWidget(name)
    line.addStretch(1)
    line.addWidget(control)
    row.setLayout(line)
    return row
