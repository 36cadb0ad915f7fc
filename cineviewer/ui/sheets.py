"""The sheets that open over the window: keys and mouse, a case's note and tags, the cache, about."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

import cineviewer
from cineviewer.analysis.cache import Cache
from cineviewer.analysis.provenance import RESEARCH_USE_ONLY
from cineviewer.ecg import Record
from cineviewer.paint.tokens import with_type
from cineviewer.session import Notes, Session
from cineviewer.ui import interactions

TEXT_PX = 380


class ShortcutSheet(QDialog):
    """Everything that keys and mouse do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse")
        columns = QHBoxLayout()
        columns.setSpacing(28)
        blocks = [_block(place, [(interactions.key_text(a), a.text) for a in actions if a.keys])
                  for place, actions in interactions.groups() if any(a.keys for a in actions)]  # fmt: skip
        blocks.append(_block("Mouse", [(f"{where}: {gesture}", does) for where, gesture, does in interactions.MOUSE]))
        heights = [block.sizeHint().height() for block in blocks]
        limit = sum(heights) / 3 * 1.1
        column, used = QVBoxLayout(), 0.0
        columns.addLayout(column)
        for block, height in zip(blocks, heights, strict=True):
            if used and used + height > limit:
                column.addStretch(1)
                column, used = QVBoxLayout(), 0.0
                columns.addLayout(column)
            column.addWidget(block)
            used += height
        column.addStretch(1)
        page, area = QWidget(), QScrollArea()
        page.setObjectName("pane")
        page.setLayout(columns)
        area.setWidget(page)
        area.setWidgetResizable(True)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        layout.addWidget(_buttons(self, QDialogButtonBox.StandardButton.Close))
        self.resize(min(1240, page.sizeHint().width() + 60), min(720, page.sizeHint().height() + 90))


class NoteSheet(QDialog):
    """The reader's note and tags on one recording; kept by the signal's sha256, so they follow it."""

    def __init__(self, session: Session, record: Record, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Note on {record.name}")
        self._session = session
        self._key = record.sha256
        notes = session.get(Notes)
        self.tags, self.text = QLineEdit(" ".join(notes.tags.get(self._key, ()))), QPlainTextEdit()
        self.tags.setPlaceholderText("tags, separated by spaces")
        self.text.setPlaceholderText("note")
        self.text.setPlainText(notes.text.get(self._key, ""))
        layout = QVBoxLayout(self)
        layout.addWidget(self.tags)
        layout.addWidget(self.text)
        kinds = QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        layout.addWidget(_buttons(self, kinds))
        self.resize(380, 220)

    def accept(self) -> None:
        """Keep what was written."""
        notes = self._session.get(Notes)
        tags = {**notes.tags, self._key: tuple(dict.fromkeys(self.tags.text().split()))}
        text = {**notes.text, self._key: self.text.toPlainText().strip()}
        kept_tags = {key: names for key, names in tags.items() if names}
        self._session.set(replace(notes, tags=kept_tags, text={key: words for key, words in text.items() if words}))
        super().accept()


class About(QDialog):
    """Version, licences, and what the application is for."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About cineviewer")
        title, words = QLabel(f"cineviewer {cineviewer.__version__}"), QLabel(
            "Shows where a network's verdict on a 12-lead ECG comes from: in which lead, at which millisecond, "
            "and where in the heart.\n\nThe heart is a generic one, or from surfaces that somebody gave: nobody "
            "has verified that it is this patient's. What the map shows is what "
            "moved the model, not what is wrong with the heart.\n\nMIT licence. Inter: SIL OFL 1.1. "
            "Icons: Tabler, MIT. Qt and PySide6: LGPL 3."
        )  # fmt: skip
        title.setProperty("voice", "state")
        words.setWordWrap(True)
        words.setFixedWidth(round(with_type(TEXT_PX)))
        words.setMinimumHeight(words.heightForWidth(round(with_type(TEXT_PX))))
        chip = QLabel(RESEARCH_USE_ONLY)
        chip.setObjectName("research")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(words)
        layout.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(_buttons(self, QDialogButtonBox.StandardButton.Close))
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)


class EmptyCache(QDialog):
    """Asks whether what the models answered in earlier sessions is to be forgotten."""

    def __init__(self, parent: QWidget, cache: Cache) -> None:
        super().__init__(parent)
        self.setWindowTitle("Empty the cache")
        words = QLabel(
            f"{cache.n_bytes / 1e6:.1f} MB in {cache.folder}: what the models answered in earlier sessions, so that "
            "a record opened again shows its explanation at once. It holds no signal and no name of a file. Without "
            "it records are explained again when they are opened; notes, stars and landmarks set by hand stay."
        )
        words.setWordWrap(True)
        words.setFixedWidth(round(with_type(TEXT_PX)))
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = _buttons(self, QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton("Empty", QDialogButtonBox.ButtonRole.AcceptRole).setAutoDefault(False)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setDefault(True)
        layout = QVBoxLayout(self)
        layout.addWidget(words)
        layout.addWidget(buttons)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        self.accepted.connect(cache.empty)


def _block(title: str, rows: list[tuple[str, str]]) -> QWidget:
    block, grid = QWidget(), QGridLayout()
    grid.setContentsMargins(0, 0, 0, 10)
    grid.setVerticalSpacing(2)
    grid.setHorizontalSpacing(14)
    head = QLabel(title)
    head.setProperty("voice", "third")
    grid.addWidget(head, 0, 0, 1, 2)
    for k, (left, right) in enumerate(rows, 1):
        key, words = QLabel(left), QLabel(right)
        key.setProperty("voice", "strong")
        words.setProperty("voice", "second")
        grid.addWidget(key, k, 0)
        grid.addWidget(words, k, 1)
    grid.setColumnStretch(1, 1)
    block.setLayout(grid)
    return block


def _buttons(dialog: QDialog, kinds: QDialogButtonBox.StandardButton) -> QDialogButtonBox:
    box = QDialogButtonBox(kinds)
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box
