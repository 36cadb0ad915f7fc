"""Inter, loaded from our own resources, with tabular figures and without hinting."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase

from cineviewer import resources

FAMILY = "Inter"
REGULAR, MEDIUM, SEMIBOLD = 400, 500, 600
SMALLEST_PX = 10
MINUS = "−"
_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")


@lru_cache(maxsize=1)
def load() -> bool:
    """Register the three files with Qt, once; False when one is missing and the system's font stands in."""
    folder = resources.folder("fonts")
    found = [QFontDatabase.addApplicationFont(str(folder / name)) for name in _FILES]
    return min(found) >= 0


@lru_cache(maxsize=256)
def font(size_px: float, weight: int = REGULAR) -> QFont:
    """Return Inter at a size in px and a weight of 400, 500 or 600.

    Qt knows whole px only ("11.5" becomes 12); points would be fractional but mean another size on every device,
    and one drawing must serve screen, image and print.
    """
    load()
    face = QFont(FAMILY)
    face.setPixelSize(max(SMALLEST_PX, int(size_px + 0.5)))
    face.setWeight(QFont.Weight(weight))
    face.setFeature(QFont.Tag("tnum"), 1)
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return face


def number(value: float, digits: int = 0) -> str:
    """Return a figure with a real minus sign."""
    return f"{value:.{digits}f}".replace("-", MINUS)


def percent(p: float) -> str:
    """Return a probability in percent, never as certainty."""
    if p > 0.995:
        return "> 99 %"
    return "< 1 %" if p < 0.005 else f"{100 * p:.0f} %"
