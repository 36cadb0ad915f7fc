"""cineviewer: where a network's verdict on a 12-lead ECG comes from, in which lead, when, and where in the heart."""

__version__ = "0.1.0"
