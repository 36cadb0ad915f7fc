"""The traces pane: the chosen beat in twelve leads with its evidence, or the record, on ECG paper."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cineviewer.paint.fonts import SEMIBOLD, font
from cineviewer.paint.layout import beat_plan, can_be_read, fitting_gain, fitting_speed, record_plan
from cineviewer.paint.tokens import SPACE, TYPE, with_type
from cineviewer.session import (
    Calipers,
    ColourScale,
    Look,
    Overlay,
    Paper,
    Reveal,
    Scale,
    Screens,
    Selection,
    Session,
    Shown,
    Span,
)
from cineviewer.ui import deeds, theme
from cineviewer.ui.case_view import CaseView, gather
from cineviewer.ui.cursor_sheet import whole
from cineviewer.ui.screen import ruler
from cineviewer.ui.traces.beat import BeatTraces, ButterflyTraces
from cineviewer.ui.traces.foot import TracesFoot, filter_words, scale_words
from cineviewer.ui.traces.head import BeatHead, RecordHead, Tools, beat_words, layout_segments, record_words
from cineviewer.ui.traces.record import Overview, RecordTraces

LARGE_PX = (1100, 800)
OVERVIEW_PX = 39
WHOLE_BEAT_S = 0.8
_BUTTERFLY_PX = 200
_ROW_MM = (15.0, 25.0)
_RECORD_SHARE = 0.42


class TracesPane(QWidget):
    """Head, sheets and foot; on a large pane the record stands above the beat, with the butterfly beside it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setAccessibleName("Traces")
        self.setMinimumSize(360, 240)
        self._session = session
        self._view: CaseView | None = None
        self._fitted: Scale | None = None
        self._fitted_whole: Scale | None = None
        self._record_sha256: str | None = None
        self._unfitted = False
        self._layout = session.get(Paper).layout
        # Fitting waits until the window has settled: a gain chosen for a room that is still growing would not fit.
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self._fit_once)
        self._build(session)
        session.on(Shown, self._follow_shown)
        for kind in (Paper, Overlay, ColourScale, Look, Reveal, Screens):
            session.on(kind, self._follow)
        session.on(Selection, self._follow_selection)
        session.on(Span, self._follow_span)
        session.on(Calipers, self._follow_calipers)
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the composition that the room allows."""
        super().resizeEvent(event)
        self._compose()
        self._settle.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Learn the screen's scale."""
        super().showEvent(event)
        handle = self.window().windowHandle()
        if handle is not None:
            handle.screenChanged.connect(self._follow, Qt.ConnectionType.UniqueConnection)
        self._follow()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Show a sentence while no case is open; sheets cover it otherwise."""
        look = theme.tokens_of(self._session)
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.panel)
        if self._view is None:
            middle = self.rect().adjusted(0, -24, 0, 0), self.rect().adjusted(0, 24, 0, 0)
            for box, words, face, colour in (
                (middle[0], "No case is open", font(TYPE.state, SEMIBOLD), look.text),
                (middle[1], "Open a record, or drop one here", font(TYPE.body), look.text_second),
            ):
                painter.setFont(face)
                painter.setPen(colour)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
        painter.end()

    def _build(self, session: Session) -> None:
        self._head, self._beat_head = RecordHead(), BeatHead()
        self._tools, self._layouts = Tools(session), layout_segments(session)
        self._overview, self._record = Overview(session), RecordTraces(session)
        self._beat, self._butterfly = BeatTraces(session), ButterflyTraces(session)
        self._foot = TracesFoot()
        self._offer = QPushButton("Traces overlap: fit gain", self._beat)
        self._offer.setToolTip("Take the largest usual gain at which no trace leaves the sheet or crosses another")
        self._offer.clicked.connect(self._fit_gain)
        self._offer.hide()
        self._overview.setFixedHeight(round(with_type(OVERVIEW_PX)))
        self._head.add_tools(self._layouts, self._tools)
        self._upper = QHBoxLayout()
        self._upper.setSpacing(SPACE.gap)
        self._upper.addWidget(self._record, 1)
        self._upper.addWidget(self._butterfly)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._overview)
        column.addLayout(self._upper)
        column.addWidget(self._beat_head)
        column.addWidget(self._beat, 1)
        column.addWidget(self._foot)

    @property
    def _is_large(self) -> bool:
        return self.width() >= LARGE_PX[0] and self.height() >= LARGE_PX[1]

    def _follow(self, _part: object = None) -> None:
        self._view = gather(self._session, ruler(self.screen(), self._session.get(Screens)))
        self._note_new_record()
        self._compose()
        for sheet in (self._overview, self._record, self._beat, self._butterfly):
            sheet.show_view(self._view)
        self._follow_span()
        self._settle.start()
        self._tell_foot()
        self.update()

    def _follow_shown(self, shown: Shown) -> None:
        """Progress alone changes the foot's words, not the sheets."""
        view = self._view
        same = view is not None and view.case is shown.case and view.shown.stale == shown.stale
        if not same or view is None:
            self._follow()
            return
        self._view = replace(view, shown=shown)
        self._tell_foot()

    def _follow_selection(self, _selection: Selection) -> None:
        """Show what was chosen; in the record view bring the chosen beat on screen."""
        self._follow()
        view, plan = self._view, self._record.plan
        if view is None or plan is None or view.kind != "record" or not view.placed:
            return
        low, high = plan.span_s
        if not low <= view.start_s <= high - view.window_ms / 1000.0:
            last = max(0.0, view.duration_s - (high - low))
            start_s = min(max(view.start_s - 0.4 * (high - low), 0.0), last)
            self._session.set(Span(round(start_s, 3)))

    def _follow_span(self, _span: Span | None = None) -> None:
        if _span is not None:
            self._record.refresh()
        self._overview.visible_s = self._record.plan.span_s if self._record.plan is not None else None
        self._overview.update()

    def _follow_calipers(self, _calipers: Calipers) -> None:
        self._tools.follow_calipers()

    def _compose(self) -> None:
        """Show the sheets that kind and room ask for."""
        view = self._view
        parts = (self._head, self._overview, self._record, self._butterfly, self._beat_head, self._beat, self._foot)
        if view is None:
            for part in parts:
                part.hide()
            return
        both = self._is_large and view.kind != "record"
        self._move_tools(self._beat_head if both else self._head)
        self._head.show()
        self._foot.show()
        self._overview.setVisible(not both)
        self._beat_head.setVisible(both)
        self._layouts.setVisible(both)
        self._record.setVisible(both or view.kind == "record")
        self._beat.setVisible(view.kind != "record")
        self._size_upper(view, both=both)
        self._tools.show_view(view)
        self._tools.set_room(self.width())
        self._layouts.set_value(view.paper.layout)
        self._head.show_view(view, self._head_words(view, both=both))
        self._beat_head.show_view(view)

    def _size_upper(self, view: CaseView, *, both: bool) -> None:
        """Give the record its rows and its whole width in millimetres; the butterfly takes what is left."""
        if not both:
            self._butterfly.hide()
            self._record.setMinimumHeight(0)
            self._record.setMaximumHeight(16777215)
            self._record.setMaximumWidth(16777215)
            return
        px = view.ruler.px_per_mm
        room = self.height() - 2 * SPACE.head - SPACE.foot
        rows = 4
        low, high = (row_mm * rows * px for row_mm in _ROW_MM)
        self._record.setFixedHeight(round(min(max(_RECORD_SHARE * room, low), high)) + SPACE.ruler)
        plan = record_plan(whole(self), px, view.paper.record, view.paper.layout, view.paper.order, start_s=0.0)
        needed = max(cell.area.right for cell in plan.cells) + px
        spare = self.width() - needed - SPACE.gap
        self._butterfly.setVisible(spare >= _BUTTERFLY_PX)
        self._record.setMaximumWidth(round(needed) if spare >= _BUTTERFLY_PX else 16777215)
        self._butterfly.setFixedWidth(max(_BUTTERFLY_PX, int(spare)))

    def _move_tools(self, head: RecordHead | BeatHead) -> None:
        if self._tools.parent() is not head:
            head.add_tools(self._tools)
            self._tools.show()

    def _head_words(self, view: CaseView, *, both: bool) -> str:
        if both:
            parts = (record_words(view), scale_words(view.paper.record), filter_words(view, of_record=True))
            return " · ".join(parts)
        return record_words(view) if view.kind == "record" else beat_words(view)

    # The gain at which no trace leaves the sheet or runs into another.

    def _fitting(self, speed_mm_s: float | None = None) -> Scale | None:
        """Return the beat's scale with the gain that fits at a speed, the present one unless another is given.

        None while nothing is laid out.
        """
        view, plan = self._view, self._beat.plan
        if view is None or view.window is None or plan is None or not self._beat.isVisible():
            return None
        assert view.beat is not None
        scale = view.beat_scale if speed_mm_s is None else replace(view.beat_scale, speed_mm_s=speed_mm_s)
        seconds, paper = plan.cells[0].seconds, view.paper
        plan = beat_plan(plan.area, plan.px_per_mm, scale, paper.layout, paper.order, seconds=seconds)
        rows = max(cell.row for cell in plan.cells) + 1
        return replace(scale, gain_mm_mv=fitting_gain(view.beat.signal_mv, plan.row_mm, rows, paper.order))

    def _note_new_record(self) -> None:
        """Remember that a record's, or a layout's, scale is still to be fitted, unless the user has chosen one."""
        if self._view is None:
            return
        untouched = self._view.paper.beat in (self._fitted, Paper().beat)
        if self._view.paper.layout != self._layout:
            self._layout = self._view.paper.layout
            self._unfitted = untouched
        sha256 = self._view.case.record.sha256
        if sha256 != self._record_sha256:
            if self._record_sha256 is not None:
                self._session.set(Span())
            self._record_sha256 = sha256
            self._unfitted = untouched

    def _fit_once(self) -> None:
        """Fit gain and speed to a newly opened record or layout, once; later it is only offered."""
        view = self._view
        if not self._unfitted or view is None:
            self._tell_foot()
            return
        room = self._beat.width(), view.ruler.px_per_mm, view.paper.layout
        fitting = self._fitting(fitting_speed(*room, seconds=view.window_ms / 1000.0))
        if fitting is None:
            self._tell_foot()
            return
        self._unfitted = False
        self._fitted = fitting
        whole = replace(fitting, speed_mm_s=fitting_speed(*room, seconds=WHOLE_BEAT_S, slowest_mm_s=50.0))
        self._fitted_whole = whole
        self._session.set(replace(self._session.get(Paper), beat=self._fitted, whole=whole))
        self._tell_foot()

    def _fit_gain(self) -> None:
        fitting = self._fitting()
        if fitting is not None:
            self._fitted = fitting
            deeds.set_scale(self._session, fitting)

    def _tell_foot(self) -> None:
        view, plan = self._view, self._beat.plan
        crowded = False
        if view is not None and view.window is not None and plan is not None and self._beat.isVisible():
            rows = max(cell.row for cell in plan.cells) + 1
            gain = view.beat_scale.gain_mm_mv
            assert view.beat is not None
            crowded = not can_be_read(view.beat.signal_mv, plan.row_mm, rows, gain, view.paper.order)
        fitted = view is not None and view.beat_scale in (self._fitted, self._fitted_whole)
        self._foot.show_view(view, fitted=fitted)
        self._offer.setVisible(crowded and not fitted)
        size = self._offer.sizeHint()
        self._offer.setGeometry(
            self._beat.width() - size.width() - SPACE.padding,
            self._beat.height() - SPACE.ruler - size.height() - SPACE.padding,
            size.width(),
            size.height(),
        )
