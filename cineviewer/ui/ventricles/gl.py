"""Whether OpenGL can be used here, found out without risking the window: a missing driver may end a process at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from cineviewer.paint import scene

TRIAL_S = 20.0
_TRIAL = "from cineviewer.paint.scene import trial; trial()"


def fault(marker: Path | None = None) -> str | None:
    """Say why there can be no 3D, or None.

    It costs nothing on a normal start: the libraries are looked for in this process, and only if the last start ended
    while it was making its first 3D frame (it left `marker` behind) is the same tried in a process of its own.
    """
    missing = scene.fault()
    if missing is not None:
        return missing
    marker = marker or marker_path()
    if not marker.exists():
        return None
    if getattr(sys, "frozen", False):  # an installed app has no interpreter to try with: one start without, then again
        marker.unlink(missing_ok=True)
        return "the last start ended while 3D was being made; the next one tries again"
    reason = _trial_fault()
    if reason is None:
        marker.unlink(missing_ok=True)
    return reason


def begin(marker: Path | None = None) -> Path:
    """Leave a mark that the first frame is being made."""
    marker = marker or marker_path()
    try:
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.touch()
    except OSError:  # a read-only home: then the next start cannot know
        pass
    return marker


def end(marker: Path) -> None:
    """Take the mark away: the first frame was made, or failed without ending the process."""
    marker.unlink(missing_ok=True)


def marker_path() -> Path:
    """Return where the mark is left."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation)
    return Path(folder) / "cineviewer" / "3d-starting"


def _trial_fault() -> str | None:
    try:
        done = subprocess.run([sys.executable, "-c", _TRIAL], capture_output=True, timeout=TRIAL_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "OpenGL did not answer"
    return None if done.returncode == 0 else "OpenGL fails on this machine"
