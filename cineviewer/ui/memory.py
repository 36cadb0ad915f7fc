"""What survives a restart: the window's geometry and arrangement, recent records, the session, the reader's notes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from cineviewer.atomic import write_atomically
from cineviewer.session import Engine, Keeping, Notes, Screens, Session, document

RECENT = 8


class Memory:
    """Settings of this user on this machine; `folder` is where files of the reader's own lie."""

    def __init__(self, folder: Path | None = None) -> None:
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
        self.folder = folder or Path(place)
        self._settings = QSettings(str(self.folder / "window.ini"), QSettings.Format.IniFormat)

    @property
    def geometry(self) -> QByteArray:
        """The main window's geometry, empty before the first time."""
        value = self._settings.value("geometry", QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._settings.setValue("geometry", value)

    @property
    def arrangement(self) -> str:
        """The panes' arrangement."""
        return str(self._settings.value("arrangement", ""))

    @arrangement.setter
    def arrangement(self, value: str) -> None:
        self._settings.setValue("arrangement", value)

    @property
    def last_folder(self) -> str:
        """Where the last record was opened from."""
        return str(self._settings.value("last_folder", str(Path.home())))

    @property
    def listed_folder(self) -> str:
        """The folder that the case list showed last, "" for none."""
        return str(self._settings.value("listed_folder", ""))

    @listed_folder.setter
    def listed_folder(self, value: str) -> None:
        self._settings.setValue("listed_folder", value)

    @property
    def recent(self) -> list[str]:
        """Records and folders opened last, newest first."""
        try:
            stored = json.loads(str(self._settings.value("recent", "[]")))
        except ValueError:
            return []
        return [str(path) for path in stored] if isinstance(stored, list) else []

    def remember(self, path: Path) -> None:
        """Put a record or folder at the head of the recent ones."""
        others = [other for other in self.recent if other != str(path)]
        self._settings.setValue("recent", json.dumps([str(path), *others][:RECENT]))
        self._settings.setValue("last_folder", str(path if path.is_dir() else path.parent))

    def forget_recent(self) -> None:
        """Empty the list of recent records: file names may be identity."""
        self._settings.setValue("recent", "[]")

    def read_session(self, session: Session) -> None:
        """Put the session of last time back and the reader's notes; no given heart: the next patient has another."""
        session.restore(document.read(_text(self.folder / "session.json")))
        session.restore([replace(session.get(Engine), heart=None)])
        beside = str(self._settings.value("landmarks_beside", "")) == "yes"
        session.restore([_notes(_text(self.folder / "notes.json")), self._screens(), Keeping(landmarks_beside=beside)])
        session.on(Screens, self._write_screens)
        session.on(Keeping, self._write_keeping)

    def _screens(self) -> Screens:
        """Return the screens that the user held a ruler to."""
        try:
            stored = json.loads(str(self._settings.value("screens", "{}")))
            return Screens({str(key): float(px_per_mm) for key, px_per_mm in stored.items()})
        except (ValueError, TypeError, AttributeError):
            return Screens()

    def _write_screens(self, screens: Screens) -> None:
        self._settings.setValue("screens", json.dumps(screens.px_per_mm))

    def _write_keeping(self, keeping: Keeping) -> None:
        self._settings.setValue("landmarks_beside", "yes" if keeping.landmarks_beside else "no")

    def write_session(self, session: Session) -> None:
        """Keep the session for next time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.folder / "session.json", document.write(session).encode())
        self._settings.sync()

    def write_notes(self, notes: Notes) -> None:
        """Keep the reader's stars, tags and notes, at once: they are the reader's work."""
        self.folder.mkdir(parents=True, exist_ok=True)
        stored = {"schema": 1, "stars": sorted(notes.stars), "tags": notes.tags, "text": notes.text}
        write_atomically(self.folder / "notes.json", json.dumps(stored, indent=1).encode())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _notes(text: str) -> Notes:
    try:
        stored = json.loads(text)
        return Notes(
            stars=frozenset(map(str, stored["stars"])),
            tags={str(key): tuple(map(str, names)) for key, names in stored["tags"].items()},
            text={str(key): str(words) for key, words in stored["text"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Notes()
