"""The popup with the filters that have no chip: statement class, sex, age, fold, verdict, stars and tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from cineviewer.session import Notes, Session
from cineviewer.ui.cases.list import SUPERCLASSES, CaseList, Filter, VerdictFilter
from cineviewer.ui.choice import Choice

ANY = "any"
OLDEST_YEARS = 120


class FilterPopup(QFrame):
    """Filters that act at once; the popup closes with a click beside it."""

    def __init__(self, session: Session, act: Callable[[Filter], None], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("notice")
        self._act = act
        self._text = ""
        self._silent = False
        self._class = _combo(session, (ANY, *SUPERCLASSES))
        self._sex = _combo(session, (ANY, "F", "M"))
        self._fold = _combo(session, (ANY,))
        self._verdict = _combo(session, (ANY, *(name for name in get_args(VerdictFilter) if name)))
        self._tag = _combo(session, (ANY,))
        self._from, self._to = QSpinBox(), QSpinBox()
        self._starred = QCheckBox("starred only")
        form = QFormLayout(self)
        form.setContentsMargins(12, 12, 12, 12)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Statement", self._class), ("Sex", self._sex), ("Age", self._ages()), ("Fold", self._fold),
            ("Verdict", self._verdict), ("Tag", self._tag), ("", self._starred),
        )  # fmt: skip
        for title, widget in rows:
            form.addRow(title, widget)
        clear = QPushButton("Clear filters")
        clear.clicked.connect(self._clear)
        form.addRow("", clear)
        for combo in (self._class, self._sex, self._fold, self._verdict, self._tag):
            combo.currentTextChanged.connect(self._changed)
        for box in (self._from, self._to):
            box.valueChanged.connect(self._changed)
        self._starred.toggled.connect(self._changed)

    def show_at(self, anchor: QWidget, present: Filter, cases: CaseList, notes: Notes) -> None:
        """Open under a widget with the present filter."""
        folds = [str(fold) for fold in np.unique(cases.folds) if fold >= 0]
        tags = sorted({tag for names in notes.tags.values() for tag in names})
        self._silent = True
        for combo, items in ((self._fold, folds), (self._tag, tags)):
            combo.clear()
            combo.addItems([ANY, *items])
            combo.setEnabled(bool(items))
        self._fill(present)
        self._silent = False
        self.adjustSize()
        self.move(anchor.mapToGlobal(QPoint(0, anchor.height() + 4)))
        self.show()

    def _fill(self, present: Filter) -> None:
        self._text = present.text
        self._class.setCurrentText(present.superclass or ANY)
        self._sex.setCurrentText(present.sex or ANY)
        self._fold.setCurrentText(ANY if present.fold is None else str(present.fold))
        self._verdict.setCurrentText(present.verdict or ANY)
        self._tag.setCurrentText(present.tag or ANY)
        self._from.setValue(int(present.age_from or 0))
        self._to.setValue(int(OLDEST_YEARS if present.age_to is None else present.age_to))
        self._starred.setChecked(present.starred)

    def _ages(self) -> QWidget:
        box, row = QWidget(), QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        for spin in (self._from, self._to):
            spin.setRange(0, OLDEST_YEARS)
            spin.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        row.addWidget(self._from)
        row.addWidget(QLabel("–"))
        row.addWidget(self._to)
        box.setLayout(row)
        return box

    def _clear(self) -> None:
        self._silent = True
        self._fill(Filter(text=self._text))
        self._silent = False
        self._changed()

    def _changed(self, _value: object = None) -> None:
        if self._silent:
            return
        fold = self._fold.currentText()
        verdict: VerdictFilter = self._verdict.currentText() if self._verdict.currentIndex() > 0 else ""  # type: ignore[assignment]
        self._act(
            Filter(
                text=self._text,
                superclass=_chosen(self._class),
                sex=_chosen(self._sex),
                age_from=float(self._from.value()) if self._from.value() > 0 else None,
                age_to=float(self._to.value()) if self._to.value() < OLDEST_YEARS else None,
                fold=int(fold) if fold.isdigit() else None,
                verdict=verdict,
                starred=self._starred.isChecked(),
                tag=_chosen(self._tag),
            )
        )


def _combo(session: Session, items: tuple[str, ...]) -> Choice:
    combo = Choice(session, "")
    combo.addItems(items)
    return combo


def _chosen(combo: QComboBox) -> str:
    return combo.currentText() if combo.currentIndex() > 0 else ""
