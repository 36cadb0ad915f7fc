"""A Record becomes its beats, landmarks, measurements and quality."""

from cineviewer.signal.delineation import analyse
from cineviewer.signal.filters import band_pass, resample
from cineviewer.signal.handset import MOVABLE, place, room, with_hand_set
from cineviewer.signal.measurements import measure, pq_level

__all__ = [
    "MOVABLE",
    "analyse",
    "band_pass",
    "measure",
    "place",
    "pq_level",
    "resample",
    "room",
    "with_hand_set",
]
