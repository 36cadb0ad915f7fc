"""Notices inside the window: what could not be used, with its repair; and what to do while nothing is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cineviewer.paint.tokens import SPACE
from cineviewer.session import Look, Selection, Session, Shown
from cineviewer.ui import icons, theme
from cineviewer.ui.link import STORED, is_of

WIDTH_PX = 420
TOP_PX = 48


class Notice(QFrame):
    """A card over a pane: file, fact and repair, and Retry; everything under it stays as it was."""

    def __init__(self, session: Session, over: QWidget, retry: Callable[[], None]) -> None:
        super().__init__(over)
        self.setObjectName("notice")
        self._session = session
        self._over = over
        self._icon, self._title, self._text = QLabel(), QLabel(), QLabel()
        self._title.setProperty("voice", "state")
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout()
        column.setSpacing(SPACE.padding)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addLayout(self._buttons(retry))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 12)
        row.setSpacing(SPACE.padding_wide)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        over.installEventFilter(self)
        session.on(Shown, self._follow)
        session.on(Look, self._tint)
        self._tint()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the card in its place when the pane changes its size."""
        if watched is self._over and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _buttons(self, retry: Callable[[], None]) -> QHBoxLayout:
        again, self._show_folder, dismiss = QPushButton("Retry"), QPushButton("Show in folder"), QPushButton("Dismiss")
        again.clicked.connect(retry)
        again.setToolTip("Read the record once more (F5)")
        self._show_folder.clicked.connect(self._open_folder)
        dismiss.clicked.connect(self.hide)
        for link in (self._show_folder, dismiss):
            link.setProperty("role", "link")
        self._again = again
        row = QHBoxLayout()
        for button in (again, self._show_folder, dismiss):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _follow(self, shown: Shown) -> None:
        if shown.notice is None:
            self.hide()
            return
        path = self._session.get(Selection).path
        is_shown = path is not None and shown.case is not None and is_of(shown.case.record, path)
        done = "explained" if is_shown else "read"
        record = f"{Path(path).name.removesuffix(STORED)} could not be {done}" if path else "This could not be done"
        self._title.setText(f"{shown.about} could not be used" if shown.about else record)
        self._text.setText(_broken_into_lines(shown.notice, path))
        self._again.setVisible(not shown.about)
        self._show_folder.setVisible(path is not None and not shown.about)
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        width = min(WIDTH_PX, self._over.width() - 2 * SPACE.padding_wide)
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.setFixedSize(width, layout.totalHeightForWidth(width))
        self.move((self._over.width() - self.width()) // 2, TOP_PX)

    def _tint(self, _look: object = None) -> None:
        colours = theme.tokens_of(self._session)
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(icons.pixmap("alert-triangle", colours.text, 20, ratio))
        self._again.setIcon(icons.icon("refresh", colours))

    def _open_folder(self) -> None:
        path = self._session.get(Selection).path
        if path:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(path).parent)))


class Welcome(QWidget):
    """What stands in an empty window: one sentence, Open, and the demo cases."""

    def __init__(
        self, session: Session, over: QWidget, open_record: Callable[[], None], demo: Callable[[], None]
    ) -> None:
        super().__init__(over)
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._over = over
        self._icon = QLabel()
        sentence, detail = (
            QLabel("Drop an ECG or a folder here"),
            QLabel("WFDB records and PTB-XL folders are read where they lie."),
        )
        sentence.setProperty("voice", "state")
        detail.setProperty("voice", "second")
        opening, demonstration = QPushButton("Open…"), QPushButton("Demo cases")
        opening.setProperty("role", "primary")
        opening.clicked.connect(open_record)
        demonstration.clicked.connect(demo)
        buttons = QHBoxLayout()
        for button in (opening, demonstration):
            button.setMinimumSize(120, 32)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.addStretch(1)
        for widget in (self._icon, sentence, detail):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(SPACE.padding)
        column.addLayout(buttons)
        column.setAlignment(buttons, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        over.installEventFilter(self)
        session.on(Shown, self._follow)
        session.on(Look, self._tint)
        self._tint()
        self._follow(session.shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the pane at every size."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self.resize(self._over.size())
        return False

    def _follow(self, shown: Shown) -> None:
        empty = shown.case is None and shown.progress is None
        self.setVisible(empty)
        if empty:
            self.resize(self._over.size())

    def _tint(self, _look: object = None) -> None:
        colours = theme.tokens_of(self._session)
        self._icon.setPixmap(icons.pixmap("folder-open", colours.text_second, 28, self.devicePixelRatioF()))


def _broken_into_lines(sentence: str, path: str | None) -> str:
    """Return "file: fact; repair." on lines of their own, without the folder, which the button shows."""
    if path is not None:
        sentence = sentence.replace(f"{Path(path).parent}/", "")
    fact, mark, repair = sentence.partition("; ")
    return f"{fact}.\n{repair[:1].upper()}{repair[1:]}" if mark else sentence
