"""One case: a record with all that is known of it so far, and what the rest of it depends on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from cineviewer.ecg import Delineation, Explanation, Floats, HandSet, Method, Record, Verdict
from cineviewer.truth import Truth

if TYPE_CHECKING:
    from cineviewer.heart import Heart


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A record with all that is known of it so far; what is None has not been computed, or `notices` says why not.

    Attributes
    ----------
    filtered_mv
        (12, n) the record after the display filter that `filter_text` names ("0.5–40 Hz, zero phase");
        computed where scipy is at hand, so that panes draw it without.
    hand_set, measured
        Landmarks that the reader moved, with which `delineation` and all after it is made, and what was measured;
        empty and None where nothing was moved.
    heart
        The ventricles that somebody gave and in which the path is drawn; None for the generic ones.
    seconds
        Time spent by stage: "read", "beats", "verdict", "attribution".
    truth
        What is known of a simulated record, where that lies beside it and fits.
    """

    record: Record
    filtered_mv: Floats | None = None
    filter_text: str = ""
    delineation: Delineation | None = None
    hand_set: tuple[HandSet, ...] = ()
    measured: Delineation | None = None
    verdict: Verdict | None = None
    explanation: Explanation | None = None
    notices: tuple[str, ...] = ()
    heart: Heart | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    truth: Truth | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a result depends on besides the record; `beat` None explains the median beat.

    `landmarks` is the folder of landmarks set by hand that are to be used, None to use those that are measured;
    with `beside_record` those that lie beside the record are used where that folder has none. `heart` is a folder of
    somebody's own surfaces (`heart.person.read`), None for the generic heart.
    """

    model: str = "resnet1d"
    method: Method = field(default_factory=Method)
    path: str = "recipe"
    beat: int | None = None
    landmarks: FilePath | None = None
    beside_record: bool = False
    heart: FilePath | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A case so far, how much of the work is done (0-1), and what is being computed next."""

    case: Case
    fraction: float
    activity: str


def with_notice(case: Case, sentence: str) -> Case:
    """Return a case that says why something of it is missing."""
    return replace(case, notices=(*case.notices, sentence))


def with_hand_set(case: Case, hand_set: tuple[HandSet, ...]) -> Case:
    """Return a case with these landmarks set by hand, and all others as they were measured."""
    measured = case.measured or case.delineation
    if measured is None or hand_set == case.hand_set:
        return case
    if not hand_set:
        return replace(case, delineation=measured, hand_set=(), measured=None)
    from cineviewer import signal

    return replace(case, delineation=signal.with_hand_set(measured, hand_set), hand_set=hand_set, measured=measured)
