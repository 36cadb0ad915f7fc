"""All that the user sees and can undo: small frozen parts of one evented object. No Qt, no VTK."""

from cineviewer.session.parts import (
    Calipers,
    Camera,
    ColourScale,
    Cursor,
    Engine,
    Look,
    Notes,
    Overlay,
    Paper,
    Playback,
    Scale,
    Selection,
    Span,
)
from cineviewer.session.session import Session, Shown

__all__ = [
    "Calipers",
    "Camera",
    "ColourScale",
    "Cursor",
    "Engine",
    "Look",
    "Notes",
    "Overlay",
    "Paper",
    "Playback",
    "Scale",
    "Selection",
    "Session",
    "Shown",
    "Span",
]
