"""The status bar: what is being computed, how it went, the record's quality, and what the app is for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from cineviewer.analysis.case import Case
from cineviewer.analysis.provenance import RESEARCH_USE_ONLY
from cineviewer.ecg import LEADS, Quality, Stretch
from cineviewer.heart.words import remark
from cineviewer.paint.tokens import SPACE
from cineviewer.session import Session, Shown
from cineviewer.ui import theme

PROGRESS_PX, BAR_PX = 90, 4
GAP = "      "
STALE = "The explanation is of earlier settings"
LIMB, CHEST = LEADS[:6], LEADS[6:]


class StatusBar(QWidget):
    """One line at the window's foot."""

    def __init__(self, session: Session, cancel: Callable[[], None], rerun: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(SPACE.foot)
        self._activity = QLabel()
        self._bar = Progress(session)
        self._cancel = QPushButton("Cancel")
        self._cancel.setToolTip("Stop what is being computed (Esc)")
        self._cancel.setProperty("role", "link")
        self._cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cancel.clicked.connect(cancel)
        self._rerun = QPushButton("Rerun")
        self._rerun.setToolTip("Explain with the settings as they are now (F5)")
        self._rerun.setProperty("role", "link")
        self._rerun.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._rerun.clicked.connect(rerun)
        self._facts = _Facts()
        chip = QLabel(RESEARCH_USE_ONLY)
        chip.setObjectName("research")
        chip.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.padding_wide, 1, SPACE.padding_wide, 1)
        row.setSpacing(SPACE.padding)
        row.addWidget(self._activity)
        row.addWidget(self._bar)
        row.addWidget(self._cancel)
        row.addWidget(self._rerun)
        row.addWidget(self._facts, 1)
        row.addSpacing(SPACE.unit)
        row.addWidget(chip)
        session.on(Shown, self.show_state)
        self.show_state(session.shown)

    def show_state(self, shown: Shown) -> None:
        """Say what is being computed and what is known of the case."""
        busy = shown.progress is not None
        is_left = shown.stale and not busy
        self._activity.setText(shown.activity if busy else STALE if is_left else "")
        self._rerun.setVisible(is_left)
        self._bar.set_fraction(shown.progress or 0.0)
        self._bar.setVisible(busy)
        self._cancel.setVisible(busy)
        quality = quality_sentence(shown.case) if shown.case else ""
        told = explained_sentence(shown), heart_sentence(shown.case), quality
        self._facts.setText(GAP.join(text for text in told if text))
        self._facts.setToolTip(_all_warnings(shown.case))


class Progress(QWidget):
    """A thin bar; Qt's own paints at once when it is set, and with it all else that is due, in one long turn."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._fraction = 0.0
        self.setFixedSize(PROGRESS_PX, BAR_PX)
        self.setAccessibleName("Progress")

    def set_fraction(self, fraction: float) -> None:
        """Show how much is done, 0-1."""
        if fraction != self._fraction:
            self._fraction = fraction
            self.setAccessibleDescription(f"{100 * fraction:.0f} %")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what is done over what is to do."""
        colours = theme.tokens_of(self._session)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for width, colour in ((PROGRESS_PX, colours.line), (max(BAR_PX, self._fraction * PROGRESS_PX), colours.teal)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(0.0, 0.0, width, BAR_PX), BAR_PX / 2, BAR_PX / 2)


class _Facts(QLabel):
    """Sentences at the right; what is too long is elided, so that the chip beside it is never covered."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("voice", "second")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write the text, elided at its end."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


def explained_sentence(shown: Shown) -> str:
    """Return how long the explanation took, "" while there is none."""
    case = shown.case
    if case is None or case.explanation is None or not case.explanation.attribution.final or shown.stale:
        return ""
    if "kept" in case.seconds:
        return "explained before"
    seconds = case.seconds.get("attribution", case.explanation.attribution.seconds)
    return f"explained in {seconds:.2f} s"


def heart_sentence(case: Case | None) -> str:
    """Return that the heart is one that somebody gave, "" for the generic one, of which its pane speaks."""
    return f"Heart: {remark(case.heart, named=True)}" if case is not None and case.heart is not None else ""


def quality_sentence(case: Case) -> str:
    """Return the most important thing to know of the record's quality, naming leads and times."""
    delineation = case.delineation
    if case.record.missing_leads:
        return f"Quality: {', '.join(case.record.missing_leads)} missing in file"
    if delineation is None:
        return ""
    for kind in (Quality.FLAT, Quality.SATURATED, Quality.NOISY):
        leads = tuple(lead for lead, quality in delineation.quality.items() if quality == kind)
        if leads:
            return f"Quality: {name_leads(leads)} {kind.value}"
    if delineation.stretches:
        return f"Quality: {stretch_words(delineation.stretches[0], case.record.duration_s)}"
    warnings = (*case.record.warnings, *delineation.warnings)
    return warnings[0] if warnings else "Quality: good in all leads"


def name_leads(leads: tuple[str, ...]) -> str:
    """Return "limb leads", "chest leads", "all leads", or the leads by name."""
    if set(leads) >= set(LEADS):
        return "all leads"
    if set(leads) == set(LIMB):
        return "limb leads"
    if set(leads) == set(CHEST):
        return "chest leads"
    return ", ".join(leads)


def stretch_words(stretch: Stretch, duration_s: float) -> str:
    """Return "limb leads unsteady before 0.6 s"."""
    subject = f"{name_leads(stretch.leads)} {stretch.kind}"
    if stretch.start_s <= 0.05:
        return f"{subject} before {stretch.end_s:.1f} s"
    if stretch.end_s >= duration_s - 0.05:
        return f"{subject} after {stretch.start_s:.1f} s"
    return f"{subject} {stretch.start_s:.1f}–{stretch.end_s:.1f} s"


def _all_warnings(case: Case | None) -> str:
    if case is None:
        return ""
    delineation = case.delineation
    stretches = delineation.stretches if delineation else ()
    lines = [*case.record.warnings, *(delineation.warnings if delineation else ()), *case.notices]
    lines += [stretch_words(stretch, case.record.duration_s) for stretch in stretches]
    return "\n".join(lines)
