"""The arrangement: where the panes stand, how they share the window, and which have a window of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from cineviewer.paint.tokens import SPACE, with_type
from cineviewer.ui.actions import PANES

RAIL_BELOW_PX = 1180
RAIL_PX = 40
TALLEST_TIMELINE = 0.29
_SMALL, _LARGE = (1280, 734), (2560, 1374)
"""The two sizes of the space for panes that the look is drawn for; between and beyond, sizes follow a line."""


@dataclass(frozen=True, slots=True)
class Composition:
    """The panes' sizes in px: widths of the columns, heights in the centre and at the right."""

    columns: tuple[int, int, int]
    centre: tuple[int, int]
    right: tuple[int, int]


def compose(width: int, height: int) -> Composition:
    """Return how the look shares a space of this size: 184, 762, 332 px at 1280; the right pane up to 690 px.

    With larger type a space is shared as a smaller one would be with usual type.
    """
    plain = width / with_type(1.0)
    cases = RAIL_PX if plain < RAIL_BELOW_PX else _between(plain, 0, 184, 300)
    right = min(690, _between(plain, 0, 332, 690))
    cases, right = round(with_type(cases)), round(with_type(right))
    timeline = min(round(with_type(_between(height / with_type(1.0), 1, 206, 296))), round(TALLEST_TIMELINE * height))
    ventricles = round(height * 390 / 734)
    gap = SPACE.gap
    return Composition(
        (cases, width - cases - right - 2 * gap, right),
        (height - timeline - gap, timeline),
        (ventricles, height - ventricles - gap),
    )


def _between(size: float, axis: int, small: int, large: int) -> int:
    share = (size - _SMALL[axis]) / (_LARGE[axis] - _SMALL[axis])
    return round(small + max(share, 0.0) * (large - small))


class Arrangement(QSplitter):
    """Three columns: cases; traces over timeline; ventricles over findings. Panes can be hidden and moved out.

    While nobody has moved a border the look's own sizes are kept at every size of the window.
    """

    railed = Signal(bool)
    changed = Signal()

    def __init__(self, panes: dict[str, QWidget]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._panes = panes
        self._outside: dict[str, _Outside] = {}
        self._by_hand = False
        self._centre, self._right = QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Vertical)
        self._homes = {
            "cases": self,
            "traces": self._centre,
            "timeline": self._centre,
            "ventricles": self._right,
            "findings": self._right,
        }
        self.addWidget(panes["cases"])
        for column in (self._centre, self._right):
            self.addWidget(column)
        for name in PANES[1:]:
            self._homes[name].addWidget(panes[name])
        for splitter in (self, self._centre, self._right):
            splitter.setHandleWidth(SPACE.gap)
            splitter.setChildrenCollapsible(False)
            splitter.splitterMoved.connect(self._moved)
        self.setStretchFactor(1, 1)
        self._centre.setStretchFactor(0, 1)

    def pane(self, name: str) -> QWidget:
        """Return a pane by its name."""
        return self._panes[name]

    def replace_panes(self, panes: dict[str, QWidget]) -> None:
        """Put panes in the places of their stand-ins; hidden and moved ones stay so."""
        for name, pane in panes.items():
            old, self._panes[name] = self._panes[name], pane
            is_hidden = old.isHidden()
            if name in self._outside:
                self._outside[name].take(pane)
            else:
                home = self._homes[name]
                home.replaceWidget(home.indexOf(old), pane)
                pane.setVisible(not is_hidden)
            old.setParent(None)
            old.deleteLater()
        self.railed.emit(self._is_narrow)
        self._tidy()

    @property
    def _is_narrow(self) -> bool:
        return self.width() < with_type(RAIL_BELOW_PX)

    def shows(self, name: str) -> bool:
        """Return whether a pane is visible, here or in a window of its own."""
        return not self._panes[name].isHidden()

    def set_shown(self, name: str, shown: bool) -> None:
        """Show or hide a pane; a column with nothing left in it goes too."""
        if name in self._outside:
            self.attach(name)
        self._panes[name].setVisible(shown)
        self._tidy()

    def is_detached(self, name: str) -> bool:
        """Return whether a pane has a window of its own."""
        return name in self._outside

    def detach(self, name: str) -> None:
        """Move a pane to a window of its own; closing that window brings it back."""
        if name in self._outside:
            return
        pane = self._panes[name]
        size = pane.size()
        outside = _Outside(name, lambda: self.attach(name))
        outside.take(pane)
        self._outside[name] = outside
        outside.resize(size)
        outside.show()
        self._tidy()

    def attach(self, name: str) -> None:
        """Bring a pane back from its window."""
        outside = self._outside.pop(name, None)
        if outside is None:
            return
        home = self._homes[name]
        before = [n for n in PANES[: PANES.index(name)] if self._homes[n] is home and n not in self._outside]
        home.insertWidget(len(before), self._panes[name])
        self._panes[name].show()
        outside.finish()
        self._tidy()

    def close_outside(self) -> None:
        """Close the windows that panes were moved to."""
        for outside in self._outside.values():
            outside.finish()

    def reset(self) -> None:
        """Put every pane back in its place at the look's sizes."""
        for name in list(self._outside):
            self.attach(name)
        for pane in self._panes.values():
            pane.show()
        self._by_hand = False
        self._tidy()

    def expand_cases(self, expanded: bool) -> None:
        """Let the list of cases take its whole width in a narrow window, or be a rail again."""
        width = self.width()
        wide = round(with_type(184 if expanded else RAIL_PX))
        right = compose(width, self.height()).columns[2]
        self._set_rail(not expanded)
        self.setSizes([wide, width - wide - right - 2 * SPACE.gap, right])

    def save(self) -> str:
        """Return the arrangement as text for `restore`."""
        splitters = {"columns": self, "centre": self._centre, "right": self._right}
        state = {
            "by_hand": self._by_hand,
            "hidden": [name for name in PANES if not self.shows(name)],
            "detached": {name: _text(window.saveGeometry()) for name, window in self._outside.items()},
            "sizes": {name: _text(splitter.saveState()) for name, splitter in splitters.items()},
        }
        return json.dumps(state)

    def restore(self, text: str) -> None:
        """Put back what `save` returned; what cannot be read changes nothing."""
        try:
            state = json.loads(text)
            sizes, hidden, detached = dict(state["sizes"]), list(state["hidden"]), dict(state["detached"])
            self._by_hand = bool(state["by_hand"])
        except (ValueError, KeyError, TypeError):
            return
        for name in set(hidden) & set(PANES):
            self._panes[name].hide()
        for name in set(detached) & set(PANES):
            self.detach(name)
            self._outside[name].restoreGeometry(_bytes(detached[name]))
        if self._by_hand:
            for name, splitter in {"columns": self, "centre": self._centre, "right": self._right}.items():
                splitter.restoreState(_bytes(sizes.get(name, "")))
        self._tidy()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the look's sizes while nobody has chosen others."""
        super().resizeEvent(event)
        self._set_rail(self._is_narrow)
        if not self._by_hand:
            self._compose()

    def _compose(self) -> None:
        sizes = compose(self.width(), self.height())
        self.setSizes(list(sizes.columns))
        self._centre.setSizes(list(sizes.centre))
        self._right.setSizes(list(sizes.right))

    def _set_rail(self, rail: bool) -> None:
        if self.property("rail") != rail:
            self.setProperty("rail", rail)
            self.railed.emit(rail)

    def _moved(self) -> None:
        self._by_hand = True
        self.changed.emit()

    def _tidy(self) -> None:
        for column in (self._centre, self._right):
            inside = [name for name, home in self._homes.items() if home is column and name not in self._outside]
            column.setVisible(any(not self._panes[name].isHidden() for name in inside))
        if not self._by_hand:
            self._compose()
        self.changed.emit()


class _Outside(QWidget):
    """A window of its own for one pane."""

    def __init__(self, name: str, bring_back: Callable[[], None]) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle(f"{name.capitalize()} – cineviewer")
        self._bring_back: Callable[[], None] | None = bring_back
        QVBoxLayout(self).setContentsMargins(0, 0, 0, 0)

    def take(self, pane: QWidget) -> None:
        """Hold this pane."""
        layout = self.layout()
        assert layout is not None
        layout.addWidget(pane)
        pane.show()

    def finish(self) -> None:
        """Close without bringing the pane back."""
        self._bring_back = None
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._bring_back is not None:
            self._bring_back()
        super().closeEvent(event)


def _text(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode("ascii")


def _bytes(text: object) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(str(text).encode()))
