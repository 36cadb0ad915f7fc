"""A Record becomes its beats, landmarks, measurements and quality."""

from cineviewer.signal.delineation import analyse
from cineviewer.signal.filters import band_pass, notch, resample
from cineviewer.signal.measurements import measure, pq_level

__all__ = ["analyse", "band_pass", "measure", "notch", "pq_level", "resample"]
