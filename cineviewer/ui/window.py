"""The main window: the look's composition of panes, opened by whatever a person gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QMainWindow, QMenu, QVBoxLayout, QWidget

from cineviewer.atomic import write_atomically
from cineviewer.session import Cursor, Engine, Look, Notes, Selection, Session, Shown, document
from cineviewer.ui import theme
from cineviewer.ui.actions import PANES
from cineviewer.ui.arrangement import Arrangement
from cineviewer.ui.head import HeadBar
from cineviewer.ui.link import Link
from cineviewer.ui.memory import Memory
from cineviewer.ui.menus import Menus
from cineviewer.ui.opening import Opening
from cineviewer.ui.panes.timeline import TimelinePane
from cineviewer.ui.panes.traces import TracesPane
from cineviewer.ui.playback import Player
from cineviewer.ui.status import StatusBar

SIZE = (1280, 800)
SMALLEST = (960, 600)
PATIENCE_MS = 1500
"""How long others wait for the ventricles, which may be hidden."""
if TYPE_CHECKING:
    from cineviewer.ui.panes.cases import CasesPane

Gl = Literal["blit", "off"]
RECORD_FILES = "ECG records (*.hea *.dat *.mat *.npz);;All files (*)"


class MainWindow(QMainWindow):
    """All panes around one session.

    Parameters
    ----------
    session, memory
        What the window shows, and what survives a restart.
    link
        Asks the worker for what the session selects.
    gl
        How the ventricles are drawn.
    """

    painted = Signal()
    """The traces were painted for the first time."""
    completed = Signal()
    """Every pane is there."""
    drawn = Signal()
    """The ventricles were painted for the first time, or it is too late to wait for them."""

    def __init__(self, session: Session, memory: Memory, link: Link, *, gl: Gl = "blit") -> None:
        super().__init__()
        self.session = session
        self.memory = memory
        self._link = link
        self.setWindowTitle("cineviewer")
        self.setMinimumSize(*SMALLEST)
        self.setAcceptDrops(True)
        self._gl: Gl = gl
        self._cases_pane: CasesPane | None = None
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.drawn)
        self._opening = Opening(session, memory, self._say)
        stand_ins = {name: _stand_in() for name in ("cases", "ventricles", "findings")}
        self.arrangement = Arrangement(
            {"traces": TracesPane(session), "timeline": TimelinePane(session), **stand_ins},
        )
        self.menus = Menus(self, self)
        self.setMenuWidget(HeadBar(session, self.menus))
        self._recent_menu()
        self._set_central(StatusBar(session, link.cancel, self.retry))
        self._player = Player(session, self)
        self._has_painted, self._has_pointed = False, False
        self._watch_panes(True)
        # Keys belong to the cursor from the first moment: no box or button has the focus at first.
        self.arrangement.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.arrangement.setFocus()
        self._connect()

    def _set_central(self, status: StatusBar) -> None:
        central, column = QWidget(), QVBoxLayout()
        central.setObjectName("ground")
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.arrangement, 1)
        column.addWidget(status)
        central.setLayout(column)
        self.setCentralWidget(central)

    def _connect(self) -> None:
        self.session.on(Look, self._restyle)
        self.session.on(Shown, self._point_at_evidence)
        self.session.on(Notes, self.memory.write_notes)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    @property
    def is_complete(self) -> bool:
        """Whether every pane is there; the first picture shows the traces and the timeline."""
        return self._cases_pane is not None

    def complete(self) -> None:
        """Put cases, ventricles and findings in their places, if they are not there yet.

        They come a moment after the first picture: importing and making them takes as long as half of all before.
        """
        if self._cases_pane is not None:
            return
        from cineviewer.ui.panes.ventricles import VentriclesPane

        # First, for their thread imports VTK while the rest is made.
        ventricles = VentriclesPane(self.session, gl=self._gl)
        ventricles.view.drawn.connect(self.drawn)
        self._patience.start()
        from cineviewer.ui.notice import Notice, Welcome
        from cineviewer.ui.panes.cases import CasesPane
        from cineviewer.ui.panes.findings import FindingsPane

        self._cases_pane = cases = CasesPane(self.session, self._link.cache)
        cases.expand.connect(lambda: self.arrangement.expand_cases(True))
        cases.failed.connect(self._say)
        self._link.read.connect(cases.mark)
        self.arrangement.railed.connect(cases.set_rail)
        self.arrangement.replace_panes(
            {
                "cases": cases,
                "ventricles": ventricles,
                "findings": FindingsPane(self.session),
            }
        )
        traces = self.arrangement.pane("traces")
        self.notice = Notice(self.session, traces, self.retry)
        self.welcome = Welcome(self.session, traces, self.ask_for_record, self.open_demo)
        self._opening.fill(cases)
        self.completed.emit()

    @property
    def _cases(self) -> CasesPane:
        self.complete()
        assert self._cases_pane is not None
        return self._cases_pane

    # Opening

    def open_paths(self, paths: list[Path]) -> None:
        """Open what was given: one folder as a list, else records, the first of them shown."""
        self._opening.paths(paths)

    def reopen(self, selection: Selection) -> None:
        """Show again what was shown last time, in the list that it stood in."""
        self._opening.again(selection)

    def open_demo(self) -> None:
        """List the bundled cases and open the first."""
        self._opening.bundled()

    def ask_for_record(self) -> None:
        """Ask for records by a dialog and open them."""
        names, _ = QFileDialog.getOpenFileNames(self, "Open record", self.memory.last_folder, RECORD_FILES)
        self.open_paths([Path(name) for name in names])

    def ask_for_folder(self) -> None:
        """Ask for a folder by a dialog and list it."""
        name = QFileDialog.getExistingDirectory(self, "Open folder", self.memory.last_folder)
        if name:
            self.open_paths([Path(name)])

    def ask_for_heart(self) -> None:
        """Ask for a folder of surfaces by a dialog and draw the path in them."""
        name = QFileDialog.getExistingDirectory(self, "Open a heart", self.memory.last_folder)
        if name:
            self._use_heart(Path(name))

    def _use_heart(self, folder: Path) -> None:
        self.session.set(replace(self.session.get(Engine), heart=str(folder.absolute())))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped; a folder that holds a heart's surfaces becomes the heart."""
        from cineviewer.heart import person

        event.acceptProposedAction()
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if len(paths) == 1 and person.files(paths[0]):
            self._use_heart(paths[0])
        else:
            self.open_paths(paths)

    def _recent_menu(self) -> None:
        menu = QMenu("Recent", self)
        self.menus.menu("File").insertMenu(self.menus.actions["demo"], menu)

        def fill() -> None:
            menu.clear()
            for path in self.memory.recent:
                menu.addAction(path, lambda path=path: self.open_paths([Path(path)]))  # type: ignore[misc]
            menu.addSeparator()
            menu.addAction("Forget these", self.memory.forget_recent).setEnabled(bool(self.memory.recent))

        menu.aboutToShow.connect(fill)

    # What actions ask of the window

    def step_case(self, by: int) -> None:
        """Open another case of the list."""
        self._cases.step(by)

    def retry(self) -> None:
        """Read and explain the selected case once more."""
        self._link.retry()

    def cancel(self) -> None:
        """Stop what is being computed."""
        self._link.cancel()

    def search_cases(self) -> None:
        """Put the keyboard into the list's search."""
        self.arrangement.set_shown("cases", True)
        self._cases.search()

    def toggle_star(self) -> None:
        """Star the case on screen, or take the star away."""
        case, notes = self.session.shown.case, self.session.get(Notes)
        if case is not None:
            self.session.set(replace(notes, stars=notes.stars ^ {case.record.sha256}))

    def edit_note(self) -> None:
        """Let the reader write on the case on screen."""
        if self.session.shown.case is not None:
            from cineviewer.ui.sheets import NoteSheet

            NoteSheet(self.session, self.session.shown.case.record, self).exec()

    def export_cases(self) -> None:
        """Save the rows that the list shows as CSV."""
        self._save("Export case list", "cases.csv", "CSV (*.csv)", self._cases.export)

    def join_summary(self) -> None:
        """Add a batch's summary.csv to the list."""
        name, _ = QFileDialog.getOpenFileName(self, "Join summary.csv", self.memory.last_folder, "CSV (*.csv)")
        if not name:
            return
        try:
            if not self._cases.join(Path(name)):
                self._say(f"{Path(name).name}: none of its paths is in this list; list the folder that was explained.")
        except (OSError, ValueError) as error:
            self._say(f"{Path(name).name} could not be read as a summary: {error}")

    def save_picture(self) -> None:
        """Save the window as a picture, its foot included."""
        self._save("Save picture", "cineviewer.png", "PNG (*.png)", lambda path: self.grab().save(str(path)))

    def save_session(self) -> None:
        """Save the session as JSON."""
        self._save(
            "Save session",
            "session.json",
            "JSON (*.json)",
            lambda path: write_atomically(path, document.write(self.session).encode()),
        )

    def keeps_answers(self) -> bool:
        """Return whether the model's answers are kept between sessions."""
        return self._link.cache is not None

    def empty_cache(self) -> None:
        """Forget the model's answers of earlier sessions, after a question."""
        from cineviewer.ui.sheets import EmptyCache

        if self._link.cache is not None:
            EmptyCache(self, self._link.cache).exec()

    def toggle_pane(self, name: str) -> None:
        """Show or hide a pane."""
        self.arrangement.set_shown(name, not self.arrangement.shows(name))

    def toggle_detached(self, name: str) -> None:
        """Move a pane to a window of its own, or back."""
        if self.arrangement.is_detached(name):
            self.arrangement.attach(name)
        else:
            self.arrangement.detach(name)

    def shows_pane(self, name: str) -> bool:
        """Return whether a pane is visible."""
        return self.arrangement.shows(name)

    def is_detached(self, name: str) -> bool:
        """Return whether a pane has a window of its own."""
        return self.arrangement.is_detached(name)

    def reset_layout(self) -> None:
        """Put every pane back in its place."""
        self.arrangement.reset()

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or a window again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def show_shortcuts(self) -> None:
        """Show what keys and mouse do."""
        from cineviewer.ui.sheets import ShortcutSheet

        ShortcutSheet(self).exec()

    def show_about(self) -> None:
        """Show version, licences and purpose."""
        from cineviewer.ui.sheets import About

        About(self).exec()

    def quit(self) -> None:
        """Close the window."""
        self.close()

    # What starting and testing ask of the window

    def is_busy(self) -> bool:
        """Return whether anything is still being computed or listed."""
        return not self.is_complete or self.session.shown.progress is not None or self._cases.is_busy

    def is_drawn(self) -> bool:
        """Return whether the ventricles' picture is finished, or nobody sees it."""
        from cineviewer.ui.panes.ventricles import VentriclesPane

        pane = self.arrangement.pane("ventricles")
        return isinstance(pane, VentriclesPane) and (not pane.view.isVisible() or pane.view.is_fine())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Notice the first picture; what is heavy starts after it."""
        if event.type() == QEvent.Type.Paint and not self._has_painted:
            self._has_painted = True
            self._watch_panes(False)
            QTimer.singleShot(0, self._after_first_picture)
        return False

    def _after_first_picture(self) -> None:
        self.painted.emit()
        self.complete()

    def _watch_panes(self, watched: bool) -> None:
        # All panes are painted in one go, in an order that is Qt's own. Whoever is first sets the timer that says so:
        # then it goes off when the picture is done.
        for widget in self.arrangement.findChildren(QWidget):
            if watched:
                widget.installEventFilter(self)
            else:
                widget.removeEventFilter(self)

    # What Qt asks of the window

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Return press the button that has the focus: Space belongs to playback."""
        focused = QApplication.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember what survives a restart, end the worker."""
        self.memory.geometry = self.saveGeometry()
        self.memory.arrangement = self.arrangement.save()
        self.memory.write_session(self.session)
        for name in PANES:
            self.arrangement.pane(name).close()
        self.arrangement.close_outside()
        self._patience.stop()
        self._link.close()
        super().closeEvent(event)

    def restore(self) -> None:
        """Take the size, place and arrangement of last time."""
        if self.memory.geometry.isEmpty() or not self.restoreGeometry(self.memory.geometry):
            self.resize(*SIZE)
        self.arrangement.restore(self.memory.arrangement)

    def _save(self, title: str, name: str, kind: str, write_to: Callable[[Path], object]) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, title, str(Path(self.memory.last_folder) / name), kind)
        if not chosen:
            return
        try:
            write_to(Path(chosen))
        except OSError as error:
            self._say(f"{Path(chosen).name} could not be written: {error.strerror}; choose another folder.")

    def _say(self, sentence: str) -> None:
        self.session.show(replace(self.session.shown, notice=sentence))

    def _point_at_evidence(self, shown: Shown) -> None:
        """Put the cursor, once, where the first profile speaks loudest: the first picture has something to say."""
        explanation = shown.case.explanation if shown.case else None
        if self._has_pointed or explanation is None or not explanation.attribution.final:
            return
        self._has_pointed = True
        if self.session.get(Cursor) == Cursor():
            # The last tenth is left out: at the window's edge a profile may shoot up for no reason of the heart's.
            n = max(1, round(0.9 * explanation.profile.size))
            self.session.set(Cursor(float(explanation.window.time_ms[abs(explanation.profile[:n]).argmax()])))

    def _scheme_changed(self, _scheme: object) -> None:
        if self.session.get(Look).theme == "system":
            QTimer.singleShot(0, lambda: self._restyle(self.session.get(Look)))

    def _restyle(self, look: Look) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, look)


def _stand_in() -> QWidget:
    """Return what keeps a pane's place until the pane is made."""
    pane = QWidget()
    pane.setObjectName("pane")
    pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return pane
