"""How large a millimetre is on a screen, and whether the screen can be believed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication, QScreen

ASSUMED_PX_PER_MM = 4.25
"""Drawn where the screen's size is unknown; then no millimetres are claimed."""
PLAUSIBLE_DPI = (50.0, 400.0)
_MM_PER_INCH = 25.4
_WITHOUT_SCREEN = ("offscreen", "minimal", "vnc", "minimalegl")


@dataclass(frozen=True, slots=True)
class Ruler:
    """Logical px per millimetre; `trusted` False where the screen did not tell its size."""

    px_per_mm: float
    trusted: bool


def ruler(screen: QScreen | None) -> Ruler:
    """Return the ruler of a screen, from its physical dots per inch in logical px."""
    if screen is None or QGuiApplication.platformName() in _WITHOUT_SCREEN:
        return Ruler(ASSUMED_PX_PER_MM, trusted=False)
    return ruler_of(screen.physicalDotsPerInch())


def ruler_of(dots_per_inch: float) -> Ruler:
    """Return the ruler for a stated resolution; implausible ones are not believed."""
    low, high = PLAUSIBLE_DPI
    if not low <= dots_per_inch <= high:
        return Ruler(ASSUMED_PX_PER_MM, trusted=False)
    return Ruler(dots_per_inch / _MM_PER_INCH, trusted=True)
