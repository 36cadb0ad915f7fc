"""From what a person gives, paths or the last session, to a list of cases and the one that is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cineviewer.session import Selection, Session
from cineviewer.ui import demo
from cineviewer.ui.link import STORED
from cineviewer.ui.memory import Memory

if TYPE_CHECKING:
    from cineviewer.ui.panes.cases import CasesPane


class Opening:
    """Lists what was given and selects a case of it.

    The list is made a moment after the first picture. What is opened before selects its first record, which is all
    that the first picture needs, and is listed by `fill`.

    Parameters
    ----------
    say
        Tells the user a sentence.
    """

    def __init__(self, session: Session, memory: Memory, say: Callable[[str], None]) -> None:
        self._session, self._memory, self._say = session, memory, say
        self._cases: CasesPane | None = None
        self._later: Callable[[], None] | None = None

    def fill(self, cases: CasesPane) -> None:
        """Take the list, and put into it what was opened before it was there."""
        self._cases = cases
        if self._later is not None:
            self._later()

    def paths(self, paths: list[Path]) -> None:
        """Open what was given: one folder as a list, else records, the first of them shown."""
        if not paths:
            return
        if self._cases is None:
            self._later = partial(self.paths, paths)
            if not paths[0].is_dir():
                first = paths[0].with_suffix("") if paths[0].suffix in (".hea", ".dat", ".mat") else paths[0]
                self._session.set(Selection(path=str(first)))
            return
        if len(paths) == 1 and paths[0].is_dir():
            self._memory.remember(paths[0])
            self._memory.listed_folder = str(paths[0])
            self._cases.open_folder(paths[0])
            return
        from cineviewer.ui.cases import sources
        from cineviewer.ui.cases.list import of_files

        stored = [path for path in paths if path.suffix == STORED]
        others = [path for path in paths if path.suffix != STORED]
        cases = sources.of_paths(others) if others else of_files(stored)
        self._memory.listed_folder = ""
        self._memory.remember(paths[0])
        self._session.set(replace(self._session.get(Selection), path=None, beat=None))
        self._cases.show_list(cases)
        self._cases.open_first()

    def again(self, selection: Selection) -> None:
        """Show again what was shown last time, in the list that it stood in."""
        if self._cases is None:
            self._later = partial(self.again, selection)
            self._session.set(selection)
            return
        from cineviewer.ui.cases import sources
        from cineviewer.ui.cases.list import of_files

        folder = Path(self._memory.listed_folder)
        path = Path(selection.path or "")
        if self._memory.listed_folder and folder.is_dir():
            self._cases.open_folder(folder)
        elif path.suffix == STORED and sources.of_demo().row_of(str(path)) is not None:
            self._cases.show_list(sources.of_demo())
        else:
            self._cases.show_list(of_files([path]) if path.suffix == STORED else sources.of_paths([path]))
        self._session.set(selection)

    def bundled(self) -> None:
        """List the bundled cases and open the first."""
        first = demo.first_case()
        if self._cases is None and first is not None:
            self._later = self.bundled
            self._session.set(Selection(path=str(first)))
            return
        if self._cases is None:
            self._later = self.bundled
            return
        from cineviewer.ui.cases import sources

        self._memory.listed_folder = ""
        cases = sources.of_demo()
        self._cases.show_list(cases)
        if not len(cases):
            self._say("The bundled cases are missing; install cineviewer again, or open a record of your own.")
        elif self._cases.cases.row_of(self._session.get(Selection).path or "") is None:
            self._cases.open_first()
