"""One case from file to result: the way of one record through the house, as code."""

from __future__ import annotations

from dataclasses import dataclass, field

from cineviewer.ecg import Delineation, Explanation, Record, Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A record with all that is known of it so far; what is None has not been computed, or `notices` says why not."""

    record: Record
    delineation: Delineation | None = None
    verdict: Verdict | None = None
    explanation: Explanation | None = None
    notices: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
