"""How large a millimetre is on a screen, and whether the screen can be believed."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace

from PySide6.QtGui import QGuiApplication, QScreen

from cineviewer.session import Screens, Session

ASSUMED_PX_PER_MM = 4.25
"""Drawn where the screen's size is unknown; then no millimetres are claimed."""
PLAUSIBLE_DPI = (50.0, 400.0)
_MM_PER_INCH = 25.4
_WITHOUT_SCREEN = ("offscreen", "minimal", "vnc", "minimalegl")
_ASPECTS_MM = {(160, 90), (160, 100), (16, 9), (16, 10), (40, 30), (4, 3)}
"""Sizes that projectors and televisions state in place of their own: only the shape of the picture."""
_SQUARE = 0.05  # the pixels of every flat screen are square, within this
_REMOTE_SESSION = 0x1000  # SM_REMOTESESSION of GetSystemMetrics


@dataclass(frozen=True, slots=True)
class Ruler:
    """Logical px per millimetre; `trusted` False where the screen did not tell its size, and nobody checked it."""

    px_per_mm: float
    trusted: bool


@dataclass(frozen=True, slots=True)
class Stated:
    """What a screen says of itself: its size in millimetres, its resolution in logical px per inch, who made it."""

    size_mm: tuple[float, float]
    dots_per_inch: tuple[float, float]
    maker: str


def ruler(screen: QScreen | None, screens: Screens | None = None) -> Ruler:
    """Return the ruler of a screen: as the user checked it, else as the screen states it, if that can be believed."""
    if screen is None:
        return Ruler(ASSUMED_PX_PER_MM, trusted=False)
    checked = screens.px_per_mm.get(key_of(screen)) if screens is not None else None
    if checked is not None:
        return Ruler(checked, trusted=True)
    if QGuiApplication.platformName() in _WITHOUT_SCREEN or is_remote():
        return Ruler(ASSUMED_PX_PER_MM, trusted=False)
    size = screen.physicalSize()
    return ruler_of(
        Stated(
            (size.width(), size.height()),
            (screen.physicalDotsPerInchX(), screen.physicalDotsPerInchY()),
            f"{screen.manufacturer()}{screen.model()}",
        )
    )


def ruler_of(stated: Stated) -> Ruler:
    """Return the ruler for what a screen states; what is implausible is not believed."""
    low, high = PLAUSIBLE_DPI
    across, down = stated.dots_per_inch
    believed = (
        min(stated.size_mm) > 0.0
        and (round(stated.size_mm[0]), round(stated.size_mm[1])) not in _ASPECTS_MM
        and low <= min(across, down)
        and max(across, down) <= high
        and abs(across - down) <= _SQUARE * down
        and bool(stated.maker.strip())
    )
    if not believed:
        return Ruler(ASSUMED_PX_PER_MM, trusted=False)
    return Ruler((across + down) / 2.0 / _MM_PER_INCH, trusted=True)


def key_of(screen: QScreen) -> str:
    """Return what tells a screen, at its present resolution, from others."""
    size = screen.geometry().size()
    who = (screen.manufacturer(), screen.model(), screen.serialNumber(), screen.name())
    return " ".join([*(part for part in who if part), f"{size.width()}x{size.height()}@{screen.devicePixelRatio():g}"])


def is_remote() -> bool:
    """Return whether the window is seen through another machine's screen, whose size nobody here knows."""
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.user32.GetSystemMetrics(_REMOTE_SESSION))
    tokens = ("XRDP_SESSION", "VNCDESKTOP", "X2GO_SESSION", "NX_CLIENT")
    forwarded = "SSH_CONNECTION" in os.environ and not os.environ.get("DISPLAY", ":0").startswith(":")
    return forwarded or any(os.environ.get(name) for name in tokens)


def check(session: Session, screen: QScreen, px_per_mm: float | None) -> None:
    """Keep what the user's own ruler says of a screen; None to believe the screen again."""
    known = {key: value for key, value in session.get(Screens).px_per_mm.items() if key != key_of(screen)}
    if px_per_mm is not None:
        known[key_of(screen)] = px_per_mm
    session.set(replace(session.get(Screens), px_per_mm=known))
