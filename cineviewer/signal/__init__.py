"""A Record becomes its beats, landmarks, measurements and quality."""

from cineviewer.signal.delineation import analyse
from cineviewer.signal.filters import band_pass, notch, resample

__all__ = ["analyse", "band_pass", "notch", "resample"]
