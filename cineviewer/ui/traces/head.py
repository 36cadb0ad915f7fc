"""The heads of the traces pane: whose record and which beat this is, and what can be chosen about the sheets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from cineviewer.analysis.provenance import hand_set_words
from cineviewer.paint.fonts import number
from cineviewer.paint.tokens import SPACE, Tokens, with_type
from cineviewer.session import GAINS_MM_MV, SPEEDS_MM_S, Overlay, Paper, Selection, Session
from cineviewer.session.parts import Layout
from cineviewer.session.parts import View as Kind
from cineviewer.ui import deeds, landmarks
from cineviewer.ui.case_view import CaseView
from cineviewer.ui.controls import Badge, IconButton, Line, Segments, ground

T = TypeVar("T")
_ROOMY_PX = 470
KINDS = (
    ("beat", "Beat", "One beat in 12 leads (B); [ and ] step through beats"),
    ("median", "Median", "The median of the dominant beats (M)"),
    ("record", "Record", "The whole record on paper (R)"),
)
LAYOUTS = (
    ("12x1", "12×1", "Twelve rows (Ctrl+4)"),
    ("6x2", "6×2", "Six rows, two columns (Ctrl+3)"),
    ("3x4", "3×4", "Three rows, four columns (Ctrl+2)"),
    ("3x4+rhythm", "3×4 + II", "Three rows, four columns, lead II below (Ctrl+1)"),
)
STYLES = (("heat", "Heat behind the traces"), ("trace", "Coloured traces"), ("off", "No overlay"))


class RecordHead(QWidget):
    """Whose record this is: id first and heaviest, age and sex beside it; a wrong patient must be seen.

    `said` are the words after them; what stands at the right is added by `add_tools`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tracesHead")
        self.setFixedHeight(SPACE.head)
        self._id, self._said = Line("title", round(with_type(180))), Line("second")
        self._simulated = Badge("Simulated", "ink", "No person ever had this record")
        self._hand_set = Badge("Hand-set", "teal", "Landmarks were moved by hand")
        self._stale = Badge(
            "Stale",
            "grey",
            "Settings changed; the map is of the old ones until the new one is there (F5 runs it again)",
        )
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE.padding_wide, 0, SPACE.padding_wide, 0)
        self._row.setSpacing(SPACE.padding)
        for widget in (self._id, self._said, self._simulated, self._hand_set, self._stale):
            self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addStretch(1)

    def add_tools(self, *tools: QWidget) -> None:
        """Put controls at the right."""
        for tool in tools:
            self._row.addWidget(tool, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_view(self, view: CaseView, said: str) -> None:
        """Say whose record it is, and `said`."""
        record = view.case.record
        age = "" if record.age_years is None else f"{record.age_years:.0f} y"
        person = ", ".join(part for part in (age, _sex(record.sex)) if part)
        self._id.setText(record.name)
        self._id.setToolTip(str(record.path))
        self._said.setText(f"{person}  ·  {said}" if person else said)
        self._simulated.setVisible(record.simulated)
        self._hand_set.setVisible(bool(view.case.hand_set))
        self._hand_set.setToolTip(f"Moved by hand: {hand_set_words(view.case)}")
        self._stale.setVisible(view.shown.stale)
        for badge in (self._simulated, self._hand_set, self._stale):
            badge.tint(view.look)
        ground(self, view.look, "bottom")


class BeatHead(QWidget):
    """The second head, above the beat, where the record stands over it on a large screen."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("beatHead")
        self.setFixedHeight(SPACE.head)
        self._title, self._said = Line("title", round(with_type(120))), Line("second")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE.padding_wide, 0, SPACE.padding_wide, 0)
        self._row.setSpacing(SPACE.padding)
        self._row.addWidget(self._title)
        self._row.addWidget(self._said)
        self._row.addStretch(1)

    def add_tools(self, *tools: QWidget) -> None:
        """Put controls at the right."""
        for tool in tools:
            self._row.addWidget(tool, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_view(self, view: CaseView) -> None:
        """Say which beat it is."""
        self._title.setText(beat_words(view).capitalize())
        start_ms, end_ms = view.extent_ms
        window = f"{view.window_ms:.0f} ms from QRS onset"
        self._said.setText(window if view.whole is None else f"{number(start_ms)} to {number(end_ms)} ms of QRS onset")
        ground(self, view.look, "bottom")


class Tools(QWidget):
    """View, overlay and calipers at one click, the rest in a menu; each also has its key."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.kinds = Segments("View", KINDS, self._choose_kind)
        self._overlay = IconButton("stack-2", "Overlay", "Show or hide the evidence (O: next style)", checkable=True)
        self._whole = IconButton(
            "arrows-horizontal",
            "Whole beat",
            "The whole beat, P to end of T, to check its landmarks (W)",
            checkable=True,
        )
        self._calipers = IconButton("ruler-measure", "Calipers", "Calipers: ms, mV, bpm (K)", checkable=True)
        self._more = IconButton("dots", "More", "Gain, speed, layout, order, filter, overlay style")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self._more)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._more.setMenu(self._menu)
        self._overlay.clicked.connect(self._flip_overlay)
        self._whole.clicked.connect(lambda: landmarks.toggle_whole(session))
        self._calipers.clicked.connect(lambda: deeds.toggle_calipers(session))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.unit // 2)
        row.addWidget(self.kinds, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addSpacing(SPACE.unit)
        for button in (self._whole, self._overlay, self._calipers, self._more):
            row.addWidget(button)

    def show_view(self, view: CaseView) -> None:
        """Show what is chosen."""
        self.kinds.set_value(view.kind)
        for kind in ("beat", "median"):
            self.kinds.set_enabled(kind, view.case.delineation is not None and bool(view.case.delineation.beats))
        self._overlay.setChecked(view.overlay.style != "off")
        self._whole.setChecked(view.whole is not None and view.kind != "record")
        self.follow_calipers()
        self.tint(view.look)

    def set_room(self, width_px: int) -> None:
        """Leave what stands in a menu too to that menu, where a narrow head must say whose record it is."""
        for button in (self._overlay, self._calipers):
            button.setVisible(width_px >= with_type(_ROOMY_PX))

    def follow_calipers(self) -> None:
        """Show whether calipers are placed."""
        self._calipers.setChecked(deeds.has_calipers(self._session))

    def tint(self, look: Tokens) -> None:
        """Take the theme's colours."""
        for button in (self._whole, self._overlay, self._calipers, self._more):
            button.tint(look)

    def _choose_kind(self, kind: str) -> None:
        if kind == "beat":
            deeds.show_beat(self._session)
        elif kind == "median":
            deeds.show_median(self._session)
        else:
            self._session.set(replace(self._session.get(Selection), view=cast("Kind", kind)))

    def _flip_overlay(self) -> None:
        overlay = self._session.get(Overlay)
        self._session.set(replace(overlay, style="heat" if overlay.style == "off" else "off"))

    def _fill_menu(self) -> None:
        session, menu = self._session, self._menu
        paper, overlay, scale = session.get(Paper), session.get(Overlay), deeds.scale(session)
        menu.clear()
        self._options("Overlay", [(t, s) for s, t in STYLES], overlay.style, lambda v: self._put(overlay, style=v))
        strengths = [(f"{100 * s:.0f} %", s) for s in deeds.STRENGTHS]
        self._options("Strength", strengths, overlay.strength, lambda v: self._put(overlay, strength=v))
        menu.addSeparator()
        gains = [(f"{g:g} mm/mV", g) for g in GAINS_MM_MV]
        speeds = [(f"{s:g} mm/s", s) for s in SPEEDS_MM_S]
        self._options("Gain", gains, scale.gain_mm_mv, lambda v: deeds.set_scale(session, replace(scale, gain_mm_mv=v)))
        self._options(
            "Speed", speeds, scale.speed_mm_s, lambda v: deeds.set_scale(session, replace(scale, speed_mm_s=v))
        )
        menu.addSeparator()
        layouts = [(text, value) for value, text, _ in reversed(LAYOUTS)]
        self._options("Layout", layouts, paper.layout, lambda v: self._put(paper, layout=v))
        orders = [("Standard", "standard"), ("Cabrera: aVL, I, −aVR, II, aVF, III", "cabrera")]
        self._options("Lead order", orders, paper.order, lambda v: self._put(paper, order=v))
        raw = menu.addAction("Filtered")
        raw.setCheckable(True)
        raw.setChecked(paper.filtered)
        raw.triggered.connect(lambda on: self._put(paper, filtered=on))

    def _options(self, title: str, options: list[tuple[str, T]], present: T, put: Callable[[T], object]) -> None:
        menu = self._menu.addMenu(title)
        group = QActionGroup(menu)
        for text, value in options:
            action = QAction(text, menu, checkable=True, checked=value == present)
            action.triggered.connect(lambda _=False, value=value: put(value))
            group.addAction(action)
            menu.addAction(action)

    def _put(self, part: Overlay | Paper, **changes: object) -> None:
        self._session.set(replace(part, **changes))  # type: ignore[arg-type]


def layout_segments(session: Session) -> Segments:
    """Return the control of the record's layout."""
    return Segments(
        "Layout",
        LAYOUTS,
        lambda value: session.set(replace(session.get(Paper), layout=cast("Layout", value))),
    )


def beat_words(view: CaseView) -> str:
    """Return which beat is shown: "beat 4 of 10", "beat 6 of 10, ectopic", "median of 9 beats"."""
    delineation = view.case.delineation
    if delineation is None:
        return "finding beats"
    if view.beat_index is None:
        count = delineation.median.n_beats if delineation.median else 0
        return f"median of {count} beats" if count else "no median beat"
    odd = ", ectopic" if delineation.beats[view.beat_index].cluster else ""
    return f"beat {view.beat_index + 1} of {len(delineation.beats)}{odd}"


def record_words(view: CaseView) -> str:
    """Return how the record is laid out: "whole record 10 s · columns are consecutive"."""
    seconds = view.duration_s
    length = f"{seconds:.0f} s" if seconds < 120.0 else f"{seconds / 60.0:.0f} min"
    return f"record of {length} · " + ("rows" if view.paper.layout == "12x1" else "columns are consecutive")


def _sex(sex: str | None) -> str:
    return {"f": "F", "female": "F", "m": "M", "male": "M"}.get((sex or "").strip().lower(), "")


__all__ = ["BeatHead", "RecordHead", "Tools", "beat_words", "layout_segments", "record_words"]
