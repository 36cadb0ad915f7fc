"""Landmarks in the reader's hand: taken, moved, let go, and put back where they were measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import cineviewer
from cineviewer.analysis.case import Case
from cineviewer.analysis.provenance import LANDMARK_NAMES
from cineviewer.ecg import HandSet, Landmarks
from cineviewer.paint.excerpt import selected_beat
from cineviewer.paint.fonts import number
from cineviewer.paint.landmarks import marks_of
from cineviewer.session import Grip, HandSets, Selection, Session

INTERVALS = {"PR": ("p_on", "qrs_on"), "P": ("p_on", "p_off"), "QRS": ("qrs_on", "qrs_off"), "QT": ("qrs_on", "t_end")}


def held(session: Session) -> Grip | None:
    """Return the grip on a landmark of the shown beat; None while none of it is held."""
    grip, case = session.get(Grip), session.shown.case
    if grip.landmark is None or case is None or case.record.sha256 != grip.sha256:
        return None
    return grip if selected_beat(case, session.get(Selection)) == grip.beat else None


def hold(session: Session, landmark: str) -> None:
    """Take a landmark of the shown beat, where it lies."""
    case = session.shown.case
    if case is not None and _sample(session, landmark) is not None:
        session.set(Grip(landmark, case.record.sha256, selected_beat(case, session.get(Selection))))


def move_to(session: Session, sample: int) -> None:
    """Hold the landmark at a sample, or as near to it as its neighbours let it; it is not set yet."""
    from cineviewer.signal import room

    grip, case = held(session), session.shown.case
    if grip is None or grip.landmark is None or case is None:
        return
    marks = marks_of(case, session.get(Selection))
    assert marks is not None
    low, high = room(marks, grip.landmark, _length(case, grip.beat))
    session.set(replace(grip, sample=min(max(sample, low), high)))


def step(session: Session, by: int) -> bool:
    """Move the landmark in hand by samples; False where none is held."""
    grip = held(session)
    if grip is None or grip.landmark is None:
        return False
    at = grip.sample if grip.sample is not None else _sample(session, grip.landmark)
    assert at is not None
    move_to(session, at + by)
    return True


def set_down(session: Session, case: Case | None = None) -> None:
    """Set the landmark where it is held, of a case that is shown or just was; it stays in hand, for the next step."""
    grip, case = session.get(Grip), case or session.shown.case
    if grip.landmark is None or grip.sample is None or case is None or case.record.sha256 != grip.sha256:
        return
    session.set(replace(grip, sample=None))
    _set(session, case, _with(case, grip.beat, grip.landmark, grip.sample))


def let_go(session: Session) -> bool:
    """Let go of the landmark, which stays where it was; False where none was held."""
    was_held = held(session) is not None
    session.set(Grip())
    return was_held


def hold_next(session: Session, by: int) -> None:
    """Take the next landmark of the shown beat, or the one before; what was held and moved is set."""
    set_down(session)
    case = session.shown.case
    marks = marks_of(case, session.get(Selection)) if case is not None else None
    names = [name for name in LANDMARK_NAMES if marks is not None and getattr(marks, name) is not None]
    grip = held(session)
    if not names:
        return
    if grip is None or grip.landmark not in names:
        hold(session, names[0 if by > 0 else -1])
    else:
        hold(session, names[(names.index(grip.landmark) + by) % len(names)])


def has_hand_set(session: Session) -> bool:
    """Return whether the reader set landmarks of the case on screen."""
    case = session.shown.case
    return case is not None and bool(case.hand_set)


def as_measured(session: Session) -> None:
    """Put every landmark of the case on screen back where it was measured."""
    case = session.shown.case
    if case is not None and case.hand_set:
        session.set(Grip())
        _set(session, case, ())


def toggle_whole(session: Session) -> None:
    """Show the beat from P to the end of T, or the window that the model reads."""
    selection = session.get(Selection)
    if selection.view == "record":
        session.set(replace(selection, view="median" if selection.beat is None else "beat", whole=True))
    else:
        session.set(replace(selection, whole=not selection.whole))


def moved_ms(session: Session) -> float:
    """Return how far the landmark in hand is held from where it lies."""
    grip, case = held(session), session.shown.case
    if grip is None or grip.landmark is None or grip.sample is None or case is None:
        return 0.0
    lies = _sample(session, grip.landmark)
    return 0.0 if lies is None else (grip.sample - lies) * 1000.0 / case.record.rate_hz


def reading(session: Session) -> str:
    """Return what the landmark in hand says: where it is held, and the intervals that end or begin there."""
    grip, case = held(session), session.shown.case
    marks = marks_of(case, session.get(Selection)) if case is not None else None
    if grip is None or grip.landmark is None or case is None or marks is None:
        return ""
    per_ms = case.record.rate_hz / 1000.0
    now = marks if grip.sample is None else replace(marks, **{grip.landmark: grip.sample})
    by_ms = moved_ms(session)
    words = [LANDMARK_NAMES[grip.landmark]]
    if grip.landmark != "qrs_on" and marks.qrs_on is not None:
        words[0] += f" {number((getattr(now, grip.landmark) - marks.qrs_on) / per_ms)} ms"
    if by_ms:
        words.append(f"moved {'+' if by_ms > 0 else ''}{number(by_ms)} ms")
    return " · ".join([*words, *_intervals(now, grip.landmark, per_ms)])


def _intervals(marks: Landmarks, landmark: str, per_ms: float) -> Iterator[str]:
    for name, (first, last) in INTERVALS.items():
        start: int | None = getattr(marks, first)
        end: int | None = getattr(marks, last)
        if landmark in (first, last) and start is not None and end is not None:
            yield f"{name} {(end - start) / per_ms:.0f} ms"


def _sample(session: Session, landmark: str) -> int | None:
    case = session.shown.case
    marks = marks_of(case, session.get(Selection)) if case is not None else None
    return None if marks is None else getattr(marks, landmark)


def _length(case: Case, beat: int | None) -> int:
    if beat is None and case.delineation is not None and case.delineation.median is not None:
        return int(case.delineation.median.signal_mv.shape[1])
    return case.record.n_samples


def _with(case: Case, beat: int | None, landmark: str, sample: int) -> tuple[HandSet, ...]:
    from cineviewer.signal import place

    measured = case.measured or case.delineation
    assert measured is not None
    when = datetime.now(UTC).isoformat(timespec="seconds")
    return place(measured, case.hand_set, beat, landmark, sample, when=when, version=cineviewer.__version__)


def _set(session: Session, case: Case, hand_set: tuple[HandSet, ...]) -> None:
    """Set what belongs to the case's signal; what was there before is what undo returns to."""
    known, sha256 = session.get(HandSets).by_signal, case.record.sha256
    if hand_set == case.hand_set:
        return
    if sha256 not in known:
        session.adopt(HandSets({**known, sha256: case.hand_set}))
    session.set(HandSets({**session.get(HandSets).by_signal, sha256: hand_set}))
