"""A Window and a heart become an activation path; Eq. 1 and 2; nearest wall, terminal region, uncertainty.

numpy at import; scipy where a heart is first used. `recipe` is the only path that may name a terminal region.
"""

from cineviewer.cine.angles import VIEWS, Direction, directions
from cineviewer.cine.evidence import POST_PROCESSINGS, half_evidence, post_process, profile, unify
from cineviewer.cine.leads import vectors
from cineviewer.cine.path import PATHS, path
from cineviewer.cine.regions import (
    COMPLETE_BLOCK_MS,
    TERMINAL_REGIONS,
    UNDETERMINED,
    evidence_share,
    nearest,
    terminal_region,
)
from cineviewer.cine.truth import Beside, TrueWindow, beside, fits, true_window
from cineviewer.cine.words import describe, describe_truth

__all__ = [
    "COMPLETE_BLOCK_MS",
    "PATHS",
    "POST_PROCESSINGS",
    "TERMINAL_REGIONS",
    "UNDETERMINED",
    "VIEWS",
    "Beside",
    "Direction",
    "TrueWindow",
    "beside",
    "describe",
    "describe_truth",
    "directions",
    "evidence_share",
    "fits",
    "half_evidence",
    "nearest",
    "path",
    "post_process",
    "profile",
    "terminal_region",
    "true_window",
    "unify",
    "vectors",
]
