"""One case from file to result: the way of one record through the house, as code."""

from __future__ import annotations

from dataclasses import dataclass, field

from cineviewer.ecg import Delineation, Explanation, Floats, Record, Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A record with all that is known of it so far; what is None has not been computed, or `notices` says why not.

    Attributes
    ----------
    filtered_mv
        (12, n) the record after the display filter that `filter_text` names ("0.5–40 Hz, zero phase");
        computed where scipy is at hand, so that panes draw it without.
    seconds
        Time spent by stage: "read", "beats", "verdict", "attribution".
    """

    record: Record
    filtered_mv: Floats | None = None
    filter_text: str = ""
    delineation: Delineation | None = None
    verdict: Verdict | None = None
    explanation: Explanation | None = None
    notices: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
