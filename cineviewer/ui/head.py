"""The bar at the window's head: menus at the left, model, method and two buttons at the right."""

from __future__ import annotations

import json
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenuBar, QSizePolicy, QToolButton, QWidget

from cineviewer import resources
from cineviewer.analysis.provenance import METHOD_NAMES
from cineviewer.paint.tokens import SPACE
from cineviewer.session import Engine, Look, Session
from cineviewer.ui import icons, theme
from cineviewer.ui.choice import Choice
from cineviewer.ui.menus import Menus


class HeadBar(QWidget):
    """Menus and the engine: which model, which method."""

    def __init__(self, session: Session, menus: Menus) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(SPACE.bar)
        self._session = session
        bar = QMenuBar()
        bar.setNativeMenuBar(False)
        bar.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        menus.fill(bar)
        self._model = Choice(session, "The network that is asked")
        for name, version in installed_models():
            self._model.addItem(f"{name} {version}".rstrip(), name)
        self._method = Choice(session, "How its answer is attributed to leads and time")
        for name, text in METHOD_NAMES.items():
            self._method.addItem(text, name)
        self._method.setMinimumWidth(160)
        self._panes, self._settings = _button("Panes"), _button(menus.actions["settings"].toolTip())
        self._panes.setMenu(menus.menu("View/Panes"))
        self._settings.setAccessibleName("Settings")
        self._settings.clicked.connect(menus.actions["settings"].trigger)
        row = QHBoxLayout(self)
        row.setContentsMargins(5, 0, SPACE.padding_wide, 0)
        row.setSpacing(SPACE.padding)
        row.addWidget(bar, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        for title, box in (("Model", self._model), ("Method", self._method)):
            label = QLabel(title)
            label.setProperty("voice", "second")
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box)
            row.addSpacing(SPACE.unit)
        row.addWidget(self._panes)
        row.addWidget(self._settings)
        self._model.activated.connect(lambda: self._choose(model=self._model.currentData()))
        self._method.activated.connect(lambda: self._choose(method=self._method.currentData()))
        session.on(Engine, self._follow)
        session.on(Look, self._tint)
        self._follow(session.get(Engine))
        self._tint()

    def _choose(self, **changes: str) -> None:
        self._session.set(replace(self._session.get(Engine), **changes))  # type: ignore[arg-type]

    def _follow(self, engine: Engine) -> None:
        for box, name in ((self._model, engine.model), (self._method, engine.method)):
            if box.findData(name) < 0:
                box.addItem(f"{name} (not installed)", name)
            box.setCurrentIndex(box.findData(name))

    def _tint(self, _look: object = None) -> None:
        colours = theme.tokens_of(self._session)
        self._panes.setIcon(icons.icon("layout-columns", colours))
        self._settings.setIcon(icons.icon("settings", colours))


def installed_models() -> list[tuple[str, str]]:
    """Return name and version of the models that lie in resources."""
    found = []
    for card in sorted(resources.folder("models").glob("*/card.json")):
        try:
            version = str(json.loads(card.read_text(encoding="utf-8")).get("version", ""))
        except (OSError, ValueError):
            continue
        found.append((card.parent.name, version))
    return found


def _button(tip: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("role", "icon")
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFixedSize(SPACE.hit + 2, SPACE.hit + 2)
    button.setIconSize(QSize(SPACE.icon, SPACE.icon))
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
