"""All that the user sees and can undo: small frozen parts of one evented object. No Qt, no VTK."""

from cineviewer.session import document
from cineviewer.session.parts import (
    GAINS_MM_MV,
    PLAYBACK_RATES,
    SPEEDS_MM_S,
    Calipers,
    Camera,
    ColourScale,
    Cursor,
    Engine,
    Look,
    Notes,
    Overlay,
    Paper,
    Part,
    Playback,
    Scale,
    Selection,
    Span,
)
from cineviewer.session.session import Session, Shown

__all__ = [
    "GAINS_MM_MV",
    "PLAYBACK_RATES",
    "SPEEDS_MM_S",
    "Calipers",
    "Camera",
    "ColourScale",
    "Cursor",
    "Engine",
    "Look",
    "Notes",
    "Overlay",
    "Paper",
    "Part",
    "Playback",
    "Scale",
    "Selection",
    "Session",
    "Shown",
    "Span",
    "document",
]
