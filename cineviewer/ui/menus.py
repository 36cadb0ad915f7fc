"""Menus and shortcuts, made from the table of actions; works in every window of the application."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from cineviewer.ui.actions import ACTIONS, MENUS
from cineviewer.ui.desk import Action, Desk


class Menus(QObject):
    """Every action of the table as a QAction of one window.

    An action's key is always heard; whether it can be done is asked when it is pressed and when its menu opens,
    so that no session event has to keep sixty states up to date.
    """

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self.actions = {action.id: self._made(action, window) for action in ACTIONS}
        self._menus: dict[str, QMenu] = {}

    def fill(self, bar: QMenuBar) -> None:
        """Build the menus."""
        for title in MENUS:
            self._menus[title] = bar.addMenu(title)
        for action in ACTIONS:
            menu = self.menu(action.menu)
            if action.separated and menu.actions():
                menu.addSeparator()
            menu.addAction(self.actions[action.id])

    def menu(self, place: str) -> QMenu:
        """Return the menu at "View" or "View/Panes"."""
        if place not in self._menus:
            parent, _, title = place.rpartition("/")
            self._menus[place] = self.menu(parent).addMenu(title)
        menu = self._menus[place]
        if not menu.property("refreshes"):
            menu.setProperty("refreshes", True)
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self.refresh)
            menu.aboutToHide.connect(self._hear_all_later)
        return menu

    def refresh(self) -> None:
        """Ask every action whether it can be done and whether it is on."""
        for action in ACTIONS:
            made = self.actions[action.id]
            made.setEnabled(action.enabled(self._desk))
            if action.checked is not None:
                made.setChecked(action.checked(self._desk))

    def _made(self, action: Action, window: QWidget) -> QAction:
        made = QAction(action.text, window)
        made.setObjectName(action.id)
        made.setShortcuts([QKeySequence(key) for key in action.keys])
        made.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        made.setToolTip(tip(action))
        made.setCheckable(action.checked is not None)
        made.triggered.connect(partial(self._run, action))
        window.addAction(made)
        return made

    def _run(self, action: Action, _checked: bool = False) -> None:
        if action.enabled(self._desk):
            action.run(self._desk)

    def _hear_all_later(self) -> None:
        # Not at once: the menu hides before it triggers, and what was greyed must not be triggered by it.
        QTimer.singleShot(0, self._hear_all)

    def _hear_all(self) -> None:
        for made in self.actions.values():
            made.setEnabled(True)


def tip(action: Action) -> str:
    """Return an action's tooltip, with its key."""
    return f"{action.tip} ({action.keys[0]})" if action.keys else action.tip
