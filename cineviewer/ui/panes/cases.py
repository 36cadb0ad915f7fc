"""The pane of cases: search, chips and filters over a list of two-line rows; a rail where the window is narrow."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QListView,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cineviewer.analysis.cache import Cache
from cineviewer.analysis.case import Case
from cineviewer.analysis.store import read_case
from cineviewer.errors import InputError
from cineviewer.paint.tokens import SPACE, with_type
from cineviewer.session import Engine, Look, Notes, Selection, Session, Shown
from cineviewer.ui import icons, theme
from cineviewer.ui.cases import sources
from cineviewer.ui.cases.list import (
    SUPERCLASSES,
    CaseList,
    Filter,
    describe,
    join_summary,
    of_files,
    with_verdict,
    write_csv,
)
from cineviewer.ui.cases.rows import ROW_ROLE, CaseDelegate, CaseModel

if TYPE_CHECKING:
    from cineviewer.ui.cases.filters import FilterPopup

EMPTY = of_files([])
RAIL_PX = 40
STORED = ".npz"


class CasesPane(QWidget):
    """The list of cases; choosing one sets the session's Selection."""

    expand = Signal()
    """The rail was clicked: the list wants its whole width."""
    failed = Signal(str)
    """A folder could not be listed: the sentence."""
    listed = Signal()
    """Another list is shown."""
    _loaded = Signal(object)
    _recalled = Signal(object, object)

    def __init__(self, session: Session, cache: Cache | None = None) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._cache = cache
        self._filter = Filter()
        self._reading = 0
        self._unread: list[int] = []
        self._reader = QTimer(self)
        self._reader.timeout.connect(self._learn_next)
        self._model = CaseModel(EMPTY, session)
        self._build()
        self._loaded.connect(self._receive)
        self._recalled.connect(self._take_over)
        session.on(Selection, self._follow)
        session.on(Shown, self._learn)
        session.on(Notes, self._renote)
        session.on(Look, self._tint)
        self._tint()
        self.set_rail(False)
        self.setMinimumWidth(round(with_type(RAIL_PX)))

    # What the window asks

    @property
    def cases(self) -> CaseList:
        """The list that is shown."""
        return self._model.cases

    @property
    def is_busy(self) -> bool:
        """Whether a folder is being listed, or stored cases are being read."""
        return self._reading > 0 or bool(self._unread)

    def show_list(self, cases: CaseList) -> None:
        """Show another list, unfiltered."""
        self._model = CaseModel(cases, self._session)
        self._list.setModel(self._model)
        self._list.selectionModel().currentChanged.connect(self._chosen)
        self._search.clear()
        self._set_filter(Filter())
        if self._session.shown.case is not None:
            self._learn(self._session.shown)
        self._follow(self._session.get(Selection))
        self.learn_stored()
        self._recall(cases)
        self.listed.emit()

    def open_folder(self, folder: Path) -> None:
        """List a folder, in a thread of its own; `listed` or `failed` says when it is done.

        The first case that is here is opened, unless the one that is selected stands in the list.
        """
        self._count.setText("reading …")
        self._reading += 1
        self._in_thread(lambda: sources.of_folder(folder))

    def learn_stored(self) -> None:
        """Take over the finished results of stored cases, one at a time between events."""
        self._unread = [k for k, path in enumerate(self.cases.paths) if path.endswith(STORED)]
        self._reader.start(30)

    def step(self, by: int) -> None:
        """Open the next or the previous case that is here."""
        at = self._list.currentIndex().row()
        while 0 <= (at := at + by) < self._model.rowCount():
            index = self._model.index(at)
            if index.flags() & Qt.ItemFlag.ItemIsEnabled:
                self._list.setCurrentIndex(index)
                return

    def open_first(self) -> None:
        """Open the first case that is here."""
        self._list.setCurrentIndex(self._model.index(-1))
        self.step(1)

    def mark(self, path: str, sentence: str | None) -> None:
        """Note that a case could not be read, or could."""
        row = self.cases.row_of(path)
        if row is not None and self.cases.states[row] in ("", "not read"):
            self.cases.states[row] = "not read" if sentence else ""
            self._model.touch(row)

    def search(self) -> None:
        """Put the keyboard into the search."""
        self.expand.emit()
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def join(self, path: Path) -> int:
        """Add a batch's summary.csv; return how many rows it had something for."""
        joined = join_summary(self.cases, path)
        self._set_filter(self._filter)
        return joined

    def export(self, path: Path) -> int:
        """Write the rows that are shown as CSV; return how many."""
        notes = self._session.get(Notes)
        rows = [int(row) for row in self._model.rows]
        write_csv(self.cases, rows, path, stars=notes.stars, tags=notes.tags, notes=notes.text)
        return len(rows)

    def set_rail(self, rail: bool) -> None:
        """Be a rail with one button, or the whole list."""
        self._stack.setCurrentIndex(1 if rail else 0)

    # How it is made

    def _build(self) -> None:
        self._search = QLineEdit()
        self._search.setPlaceholderText("id, statement, age…")
        self._search.setClearButtonEnabled(True)
        self._search.setToolTip("Every word must occur in id, age, sex or statements (Ctrl+F)")
        self._search.textChanged.connect(lambda text: self._set_filter(replace(self._filter, text=text)))
        self._search_icon = self._search.addAction(
            icons.plain("search", "#888888"), QLineEdit.ActionPosition.LeadingPosition
        )
        self._count, self._column = QLabel(), QLabel("p abnormal")
        self._count.setProperty("voice", "strong")
        self._column.setProperty("voice", "third")
        self._column.setToolTip("Calibrated probability of “abnormal” by the model, where it has run")
        self._list = QListView()
        self._list.setObjectName("case-list")
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setItemDelegate(CaseDelegate(self._session))
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setModel(self._model)
        self._popup: FilterPopup | None = None
        whole, column = QWidget(), QVBoxLayout()
        column.setContentsMargins(0, SPACE.padding, 0, 0)
        column.setSpacing(0)
        for widget, side in ((self._search, 8), (self._chip_row(), 8), (self._head(), 12)):
            row = QHBoxLayout()
            row.setContentsMargins(side, 0, side, 0)
            row.addWidget(widget)
            column.addLayout(row)
            column.addSpacing(SPACE.unit)
        column.addWidget(self._list, 1)
        whole.setLayout(column)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(whole)
        self._stack.addWidget(self._rail())

    def _chip_row(self) -> QWidget:
        row, layout = QWidget(), QHBoxLayout()
        layout.setContentsMargins(0, SPACE.unit, 0, 0)
        layout.setSpacing(SPACE.unit)
        self._chips: dict[str, QToolButton] = {}
        for name in ("", *SUPERCLASSES):
            chip = self._chip(name or "All", partial(self._choose_class, name))
            chip.setToolTip(f"Show only {name}" if name else "Show all statements")
            self._chips[name] = chip
            layout.addWidget(chip)
        self._more = self._chip("+", self._open_popup)
        self._more.setToolTip("More filters: fold, age, sex, verdict, stars and tags")
        layout.addWidget(self._more)
        layout.addStretch(1)
        # Chips that do not fit are hidden, so they must not widen the pane.
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setLayout(layout)
        row.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row.setMinimumSize(0, self._more.sizeHint().height() + SPACE.unit)
        return row

    def _chip(self, text: str, clicked: Callable[[], object]) -> QToolButton:
        chip = QToolButton()
        chip.setText(text)
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.clicked.connect(clicked)
        return chip

    def _head(self) -> QWidget:
        head, layout = QWidget(), QHBoxLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._count)
        layout.addStretch(1)
        layout.addWidget(self._column)
        head.setLayout(layout)
        return head

    def _rail(self) -> QWidget:
        rail, layout = QWidget(), QVBoxLayout()
        layout.setContentsMargins(6, SPACE.padding, 6, 0)
        self._open_list = QToolButton()
        self._open_list.setProperty("role", "icon")
        self._open_list.setFixedSize(QSize(SPACE.hit + 2, SPACE.hit + 2))
        self._open_list.setToolTip("Show the list of cases (Ctrl+F)")
        self._open_list.clicked.connect(self.expand)
        layout.addWidget(self._open_list)
        layout.addStretch(1)
        rail.setLayout(layout)
        return rail

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many chips as fit; the rest stand behind the last one."""
        super().resizeEvent(event)
        self._fit_chips()

    def _fit_chips(self) -> None:
        room = self.width() - 2 * SPACE.padding - self._more.sizeHint().width()
        hidden = 0
        for name, chip in self._chips.items():
            room -= chip.sizeHint().width() + SPACE.unit
            chip.setVisible(room >= 0 or name == "")
            hidden += room < 0 and name != ""
        in_force = self._filter.n_hidden + bool(
            self._filter.superclass and self._chips[self._filter.superclass].isHidden()
        )
        self._more.setText(f"+{hidden}" if hidden else "+")
        self._more.setChecked(bool(in_force))

    # What it does

    def _choose_class(self, name: str, _on: bool = False) -> None:
        self._set_filter(replace(self._filter, superclass=name) if name else Filter(text=self._filter.text))

    def _open_popup(self, _on: bool = False) -> None:
        from cineviewer.ui.cases.filters import FilterPopup

        if self._popup is None:
            self._popup = FilterPopup(self._session, self._set_filter, self)
        self._popup.show_at(self._more, self._filter, self.cases, self._session.get(Notes))
        self._fit_chips()

    def _set_filter(self, wanted: Filter) -> None:
        self._filter = wanted
        self._model.show(wanted)
        for name, chip in self._chips.items():
            chip.setChecked(name == wanted.superclass if name else wanted == Filter(text=wanted.text))
        self._fit_chips()
        n, shown = len(self.cases), self._model.rowCount()
        noun = "record" if n == 1 else "records"
        self._count.setText(f"{n:,} {noun}" if shown == n else f"{shown:,} of {n:,}")
        self._follow(self._session.get(Selection))

    def _chosen(self, index: QModelIndex, _before: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if row is None:
            return
        selection = self._session.get(Selection)
        path = self.cases.paths[row]
        if path != selection.path:
            view = "median" if selection.view == "beat" else selection.view
            self._session.set(replace(selection, path=path, beat=None, view=view))

    def _follow(self, selection: Selection) -> None:
        """Stand at the selected case without choosing it again."""
        row = self.cases.row_of(selection.path) if selection.path else None
        place = self._model.place_of(row) if row is not None else None
        picked = self._list.selectionModel()
        if place is None:
            picked.clearSelection()
        elif self._list.currentIndex().row() != place or not picked.hasSelection():
            picked.setCurrentIndex(self._model.index(place), QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _learn(self, shown: Shown) -> None:
        """Take over what an opened record says of itself, and its verdict."""
        if shown.case is None or shown.stale:
            return
        path = str(shown.case.record.path)
        row = self.cases.row_of(path)
        row = self.cases.row_of(path + STORED) if row is None else row
        if row is not None:
            self._learn_case(row, shown.case)

    def _learn_case(self, row: int, case: Case) -> None:
        describe(self.cases, row, case.record)
        (self.cases.hand_set.add if case.hand_set else self.cases.hand_set.discard)(case.record.sha256)
        if case.verdict is not None:
            with_verdict(self.cases, row, case.verdict.p_abnormal, case.verdict.model.threshold)
        self._model.touch(row)

    def _learn_next(self) -> None:
        if not self._unread or self._unread[-1] >= len(self.cases):
            self._reader.stop()
            return
        row = self._unread.pop(0)
        path = Path(self.cases.paths[row])
        if path.suffix == STORED:
            with contextlib.suppress(InputError):
                self._learn_case(row, read_case(path))

    def _recall(self, cases: CaseList) -> None:
        """Look up, in a thread, what the model said of these files in earlier sessions."""
        if self._cache is None or not len(cases):
            return
        cache, model = self._cache, self._session.get(Engine).model

        def work() -> None:
            verdicts = cache.verdicts(cases.paths, model)
            with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
                self._recalled.emit(cases, verdicts)

        threading.Thread(target=work, name="case-verdicts", daemon=True).start()

    def _take_over(self, cases: CaseList, verdicts: dict[str, tuple[float, float]]) -> None:
        """Write earlier verdicts into the rows of the list that they were looked up for."""
        for path, (p_abnormal, threshold) in verdicts.items():
            row = cases.row_of(path)
            if row is not None and np.isnan(cases.p_abnormal[row]):
                with_verdict(cases, row, p_abnormal, threshold)
        if verdicts and cases is self.cases:
            self._set_filter(self._filter)

    def _renote(self, _notes: Notes) -> None:
        if self._filter.starred or self._filter.tag:
            self._set_filter(self._filter)
        self._list.viewport().update()

    def _tint(self, _look: object = None) -> None:
        colours = theme.tokens_of(self._session)
        self._search_icon.setIcon(icons.plain("search", colours.text_second))
        self._open_list.setIcon(icons.icon("layout-sidebar", colours))
        self._list.viewport().update()

    def _in_thread(self, make: Callable[[], CaseList]) -> None:
        def work() -> None:
            try:
                self._loaded.emit(make())
            except InputError as error:
                self._loaded.emit(str(error))

        threading.Thread(target=work, name="case-list", daemon=True).start()

    def _receive(self, result: CaseList | str) -> None:
        self._reading -= 1
        if isinstance(result, str):
            self._set_filter(self._filter)
            self.failed.emit(result)
        else:
            self.show_list(result)
            if self.cases.row_of(self._session.get(Selection).path or "") is None:
                self.open_first()
