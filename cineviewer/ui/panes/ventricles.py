"""The pane of the ventricles: head, scene with view buttons, and the two sentences that say what it shows."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cineviewer.ecg import Explanation
from cineviewer.heart.words import account, remark
from cineviewer.paint.tokens import SPACE, TYPE, with_type
from cineviewer.session import Camera, Cut, Look, Reveal, Session, Shown
from cineviewer.ui import deeds, icons, theme
from cineviewer.ui.controls import Line
from cineviewer.ui.ventricles.view import VentriclesView

BUTTONS = (
    ("anterior", "Anterior", "Anterior (1)"),
    ("lao", "LAO", "Left anterior oblique 45° (2)"),
    ("left-lateral", "L lat", "Left lateral (4)"),
    ("posterior", "Post", "Posterior (5)"),
    ("base", "Base", "From the base (6)"),
)
MORE = (("rao", "RAO 30°"), ("apex", "From the apex"), ("four-chamber", "Four chambers"))
REVEAL = "What is true"
WORDS_PX, WORDS_TALLEST_PX = 50, 80


class VentriclesPane(QWidget):
    """The ventricles.

    Parameters
    ----------
    session
        What is shown.
    gl
        "off" draws flat; every other value renders off-screen, with or without a graphics card.
    """

    def __init__(self, session: Session, *, gl: Literal["blit", "off"] = "blit") -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Ventricles")
        self._session = session
        self.view = VentriclesView(session, three_d=gl != "off")
        self._more, self._cut, self._remark = QToolButton(), QToolButton(), Line("third")
        self._group = QButtonGroup(self)
        self._buttons = self._view_buttons()
        self._truth = self._truth_button()
        self._words = _Words()
        self._empty = QLabel(self.view)
        self._empty.setProperty("voice", "third")
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._empty.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.view, 1)
        column.addWidget(self._words)
        self.view.installEventFilter(self)
        session.on(Shown, self._follow)
        session.on(Camera, self._mark_view)
        session.on(Cut, self._mark_cut)
        session.on(Look, self._tint)
        session.on(Reveal, self._follow_reveal)
        self.view.drawn.connect(self._place)
        self._tint()
        self._mark_view(session.get(Camera))
        self._mark_cut(session.get(Cut))
        self._follow(session.shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep buttons and remark in their corners."""
        if watched is self.view and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the scene before its window goes."""
        self.view.close_scene()
        super().closeEvent(event)

    def _head(self) -> QWidget:
        head, row = QWidget(), QHBoxLayout()
        head.setFixedHeight(SPACE.head)
        title = QLabel("Ventricles")
        title.setProperty("voice", "title")
        self._more.setProperty("role", "icon")
        self._more.setFixedSize(SPACE.hit, SPACE.hit)
        self._more.setToolTip("More views")
        self._more.setAccessibleName("More views")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cut.setProperty("role", "icon")
        self._cut.setFixedSize(SPACE.hit, SPACE.hit)
        self._cut.setCheckable(True)
        self._cut.setToolTip("Cut the heart open (X)")
        self._cut.setAccessibleName("Cut the heart open")
        self._cut.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cut.clicked.connect(lambda: deeds.toggle_cut(self._session))
        menu = QMenu(self._more)
        for view, text in MORE:
            menu.addAction(text).triggered.connect(lambda _checked, view=view: self._session.set(Camera(view)))
        menu.addSeparator()
        menu.addAction("Default view").triggered.connect(lambda: self._session.set(Camera()))
        menu.addSeparator()
        menu.addAction("Cut along the four chambers").triggered.connect(lambda: deeds.cut_four_chambers(self._session))
        self._more.setMenu(menu)
        row.setContentsMargins(SPACE.padding_wide, 0, SPACE.padding, 0)
        row.setSpacing(SPACE.padding)
        row.addWidget(title)
        row.addWidget(self._remark, 1)
        row.addWidget(self._truth)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self._cut)
        buttons.addWidget(self._more)
        row.addLayout(buttons)
        # In the narrowest pane the whole remark fits beside two buttons.
        self._remark.setStyleSheet(f"font-size: {TYPE.caption:.0f}px;")
        head.setLayout(row)
        return head

    def _view_buttons(self) -> QFrame:
        frame = QFrame(self.view)
        frame.setProperty("role", "segments")
        # Five views beside the cube also in the narrowest pane.
        frame.setStyleSheet(f"QToolButton {{ padding: 2px 5px; font-size: {TYPE.caption:.0f}px; }}")
        row = QHBoxLayout(frame)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for view, text, tip in BUTTONS:
            button = QToolButton()
            button.setProperty("role", "segment")
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(f"View: {tip}")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked, view=view: self._choose(view))
            button.setObjectName(view)
            self._group.addButton(button)
            row.addWidget(button)
        return frame

    def _truth_button(self) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "chip")
        button.setText(REVEAL)
        button.setToolTip("Show what is known of this record because it was simulated (G)")
        button.setAccessibleName("Show what is true")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda checked: self._session.set(Reveal(bool(checked))))
        button.hide()
        return button

    def _follow_reveal(self, _reveal: Reveal) -> None:
        self._follow(self._session.shown)

    def _choose(self, view: str) -> None:
        self._session.set(Camera(view))
        self._mark_view(self._session.get(Camera))

    def _mark_view(self, camera: Camera) -> None:
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(camera.view == button.objectName())
        self._group.setExclusive(camera.view is not None)

    def _mark_cut(self, cut: Cut) -> None:
        self._cut.setChecked(cut.on)

    def _follow(self, shown: Shown) -> None:
        explanation, heart = (shown.case.explanation, shown.case.heart) if shown.case is not None else (None, None)
        known = shown.case is not None and shown.case.truth is not None
        self._truth.setVisible(known)
        self._truth.setChecked(self._session.get(Reveal).truth)
        told = remark(heart, named=True)
        # A simulated record is no patient's, and the button needs the room.
        self._remark.setText(told.partition(",")[0] if known and heart is None else told)
        self._remark.setToolTip(account(heart))
        if explanation is None:
            self._words.say("", "")
            self._empty.setText(_no_path(shown))
        else:
            self._empty.setText("")
            if not explanation.attribution.final:
                self._words.say("Coarse map, will sharpen.", "")
            elif shown.stale:
                self._words.say("Settings have changed: this path is from before.", "")
            else:
                from cineviewer.cine import describe

                self._words.say(*(self._true_words(shown, explanation) or describe(explanation)))
        self.view.setAccessibleDescription(self._words.text() or self._empty.text())
        self._place()

    def _true_words(self, shown: Shown, explanation: Explanation) -> tuple[str, str] | None:
        """Say what the colours of simulated truth are; None where it is not shown."""
        case = shown.case
        if case is None or case.truth is None or not self._session.get(Reveal).truth:
            return None
        from cineviewer.cine import describe_truth, fits, true_window
        from cineviewer.heart import load

        found = true_window(case.truth, explanation.window)
        if found is None:
            return None
        if not fits(found.beat, case.heart or load()):
            return "Simulated truth is known for the generic heart alone: it is not drawn in this one.", ""
        return describe_truth(found, explanation)

    def _tint(self, _look: Look | None = None) -> None:
        look = theme.tokens_of(self._session)
        self._more.setIcon(icons.icon("dots", look))
        self._cut.setIcon(icons.icon("slice", look))

    def _place(self) -> None:
        self._words.setFixedHeight(self._words.height_for(self.width()))
        size = self._buttons.sizeHint()
        self._buttons.resize(size)
        self._buttons.move(self.view.width() - size.width() - 8, self.view.height() - size.height() - 8)
        width = max(1, self.view.width() - 2 * SPACE.padding_wide)
        self._empty.setGeometry(SPACE.padding_wide, SPACE.padding, width, self._empty.heightForWidth(width))


class _Words(QWidget):
    """Two sentences, the second one stronger."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = QLabel(), QLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.padding_wide, 6, SPACE.padding_wide, 6)
        column.setSpacing(1)
        for label in self._lines:
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            column.addWidget(label)
        column.addStretch(1)
        self._lines[1].setProperty("voice", "strong")

    def say(self, first: str, second: str) -> None:
        for label, sentence in zip(self._lines, (first, second), strict=True):
            label.setText(sentence)
            label.setVisible(bool(sentence))

    def height_for(self, width: int) -> int:
        """Return what the sentences need, within bounds that keep the scene from jumping."""
        inner = width - 2 * SPACE.padding_wide
        needed = sum(label.heightForWidth(inner) for label in self._lines if label.text()) + 14
        return round(min(max(needed, with_type(WORDS_PX)), with_type(WORDS_TALLEST_PX)))

    def text(self) -> str:
        return " ".join(label.text() for label in self._lines if label.text())


def _no_path(shown: Shown) -> str:
    if shown.case is None:
        return "No path: no record is open."
    if shown.progress is not None:
        return "No path yet: it is being computed."
    reasons = [shown.notice, *shown.case.notices]
    reason = next((reason for reason in reasons if reason), "this record was not explained")
    return f"No path. {reason}"
