"""One Case from file to result, in order; its store, worker process and batch. No Qt."""

from cineviewer.analysis.case import Case, Settings, Step
from cineviewer.analysis.steps import complete, open_steps, steps
from cineviewer.analysis.store import read_case, write_case

__all__ = ["Case", "Settings", "Step", "complete", "open_steps", "read_case", "steps", "write_case"]
