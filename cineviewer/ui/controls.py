"""Small controls of the traces and the timeline: one choice of a few words, buttons with an icon, badges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from cineviewer.paint.fonts import SEMIBOLD, font
from cineviewer.paint.tokens import SPACE, TYPE, Tokens
from cineviewer.ui import icons

Voice = Literal["ink", "grey", "teal"]


class Segments(QFrame):
    """A segmented control: exactly one of a few words is chosen; `chosen` is called with its value on a click."""

    def __init__(self, name: str, options: tuple[tuple[str, str, str], ...], chosen: Callable[[str], object]) -> None:
        super().__init__()
        self.setProperty("role", "segments")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for value, text, tip in options:
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(f"{name}: {text}")
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, value=value: chosen(value))
            group.addButton(button)
            row.addWidget(button)
            self._buttons[value] = button

    def set_value(self, value: str) -> None:
        """Show what is chosen."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)

    def set_enabled(self, value: str, enabled: bool) -> None:
        """Offer one option, or not."""
        self._buttons[value].setEnabled(enabled)


class IconButton(QToolButton):
    """A button with one of our icons, a hit area of 26 px, a name and a tooltip with its key."""

    def __init__(self, icon: str, name: str, tip: str, *, checkable: bool = False) -> None:
        super().__init__()
        self._icon = icon
        self._look: Tokens | None = None
        self.setProperty("role", "icon")
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(SPACE.icon, SPACE.icon))
        self.setFixedSize(SPACE.hit, SPACE.hit)

    def tint(self, look: Tokens) -> None:
        """Draw the icon in the theme's colours."""
        if look is not self._look:
            self._look = look
            self.setIcon(icons.icon(self._icon, look))


class PlayButton(QToolButton):
    """The only filled button of the timeline: play, or pause while it plays."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "primary")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(SPACE.icon, SPACE.icon))
        self.setFixedSize(SPACE.hit + 6, SPACE.hit + 2)

    def show_state(self, *, playing: bool, look: Tokens) -> None:
        """Show what a click does."""
        self.setIcon(icons.plain("player-pause" if playing else "player-play", look.on_teal))
        self.setAccessibleName("Pause" if playing else "Play")
        self.setToolTip("Pause (Space)" if playing else "Play: let the cursor run through the beat (Space)")


class Badge(QLabel):
    """A word in a frame: outlined ink for what a viewer must know, grey for a state, teal for a person's doing."""

    def __init__(self, text: str, voice: Voice, tip: str) -> None:
        super().__init__(text)
        self._voice: Voice = voice
        self.setFont(font(TYPE.caption, SEMIBOLD))
        self.setToolTip(tip)
        self.setAccessibleName(f"{text}: {tip}")
        self.hide()

    def tint(self, look: Tokens) -> None:
        """Take the theme's colours."""
        ink, ground, edge = {
            "ink": (look.text, look.panel, look.text),
            "grey": (look.text_second, look.fill, look.line),
            "teal": (look.teal, look.teal_wash, look.teal),
        }[self._voice]
        _style(
            self,
            f"color: {ink}; background: {ground}; border: 1px solid {edge}; border-radius: {SPACE.radius_badge}px;"
            f" padding: 1px 6px; font-size: {TYPE.caption:g}px; font-weight: 600;",
        )


class Line(QLabel):
    """One line of text that gives way: where there is no room it is shortened by an ellipsis, and a tip says it all."""

    def __init__(self, voice: str, least_px: int = 24) -> None:
        super().__init__()
        self._least_px = least_px
        self.setProperty("voice", voice)

    def minimumSizeHint(self) -> QSize:
        """Return the width that is never given up."""
        hint = super().minimumSizeHint()
        return QSize(min(self._least_px, hint.width()), hint.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write what has room."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
        painter.end()

    def setText(self, text: str) -> None:
        """Set the text, which is also the tip."""
        super().setText(text)
        self.setToolTip(text)


def ground(widget: QWidget, look: Tokens, edge: Literal["top", "bottom"]) -> None:
    """Give a head or a foot the panel's ground and its line towards the sheet."""
    name = widget.objectName()
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    _style(widget, f"#{name} {{ background: {look.panel}; border-{edge}: 1px solid {look.line}; }}")


def _style(widget: QWidget, sheet: str) -> None:
    """Set a style sheet if it is another one: Qt polishes the whole widget anew even for the same."""
    if widget.styleSheet() != sheet:
        widget.setStyleSheet(sheet)
