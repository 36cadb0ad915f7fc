"""What the actions do to the session: each a small function from one session to its next state."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from cineviewer.ecg import LEADS, WINDOW_MS
from cineviewer.heart import Heart, load
from cineviewer.paint.excerpt import limit_of
from cineviewer.paint.scene_camera import View, view_of
from cineviewer.paint.scene_cut import facing, moved
from cineviewer.session import (
    GAINS_MM_MV,
    SPEEDS_MM_S,
    Calipers,
    Camera,
    ColourScale,
    Cursor,
    Cut,
    Look,
    Overlay,
    Paper,
    Scale,
    Selection,
    Session,
)

T = TypeVar("T")
STRENGTHS = (0.25, 0.5, 0.75, 1.0)


def cursor_range_ms(session: Session) -> tuple[float, float]:
    """Return the first and the last instant that the cursor may stand at: the window, or the whole record."""
    case = session.shown.case
    if case is None or case.explanation is None:
        start_s, last_ms = 0.0, WINDOW_MS
    else:
        window = case.explanation.window
        start_s, last_ms = window.start_s, float(window.time_ms[-1])
    if session.get(Selection).view != "record" or case is None:
        return 0.0, last_ms
    end_s = (case.record.n_samples - 1) / case.record.rate_hz
    return -1000.0 * start_s, 1000.0 * (end_s - start_s)


def move_cursor(session: Session, by_ms: float) -> None:
    """Move the cursor by some milliseconds, to a whole millisecond, within the window."""
    first, last = cursor_range_ms(session)
    session.set(Cursor(min(max(round(session.get(Cursor).t_ms + by_ms), first), last)))


def cursor_to_start(session: Session) -> None:
    """Put the cursor at QRS onset."""
    session.set(Cursor(0.0))


def cursor_to_end(session: Session) -> None:
    """Put the cursor at the window's last sample."""
    case = session.shown.case
    explanation = case.explanation if case else None
    session.set(Cursor(float(explanation.window.time_ms[-1]) if explanation else WINDOW_MS))


def explainable_beats(session: Session) -> tuple[int, ...]:
    """Return the beats that gave the model a window; all of them while no verdict says which."""
    case = session.shown.case
    if case is None or case.delineation is None:
        return ()
    n = len(case.delineation.beats)
    logits = case.verdict.beat_logits if case.verdict else ()
    return tuple(k for k in range(n) if k >= len(logits) or logits[k] is not None)


def step_beat(session: Session, by: int) -> None:
    """Show the next or the previous beat that has a window; from the median beat, the first or the last."""
    beats = explainable_beats(session)
    if not beats:
        return
    selection = session.get(Selection)
    present = selection.beat
    if present is None:
        beat = beats[0] if by > 0 else beats[-1]
    else:
        beyond = [k for k in beats if (k > present if by > 0 else k < present)]
        beat = (beyond[0] if by > 0 else beyond[-1]) if beyond else present
    view = "beat" if selection.view == "median" else selection.view
    session.set(replace(selection, view=view, beat=beat))


def show_beat(session: Session) -> None:
    """Show one beat: the chosen one, or the first."""
    selection = session.get(Selection)
    beats = explainable_beats(session)
    beat = selection.beat if selection.beat is not None else (beats[0] if beats else None)
    session.set(replace(selection, view="beat", beat=beat))


def show_median(session: Session) -> None:
    """Show the median beat."""
    session.set(replace(session.get(Selection), view="median", beat=None))


def scale(session: Session) -> Scale:
    """Return speed and gain of the view that is shown."""
    paper, selection = session.get(Paper), session.get(Selection)
    if selection.view == "record":
        return paper.record
    return paper.whole if selection.whole else paper.beat


def set_scale(session: Session, value: Scale) -> None:
    """Set speed and gain of the view that is shown."""
    paper, selection = session.get(Paper), session.get(Selection)
    if selection.view == "record":
        session.set(replace(paper, record=value))
    else:
        session.set(replace(paper, whole=value) if selection.whole else replace(paper, beat=value))


def step_gain(session: Session, by: int) -> None:
    """Take the next larger or smaller gain."""
    present = scale(session)
    set_scale(session, replace(present, gain_mm_mv=_step(GAINS_MM_MV, present.gain_mm_mv, by)))


def step_speed(session: Session, by: int) -> None:
    """Take the next faster or slower paper."""
    present = scale(session)
    set_scale(session, replace(present, speed_mm_s=_step(SPEEDS_MM_S, present.speed_mm_s, by)))


def step_strength(session: Session, by: int) -> None:
    """Make the overlay stronger or weaker."""
    overlay = session.get(Overlay)
    session.set(replace(overlay, strength=_step(STRENGTHS, overlay.strength, by)))


def cycle_overlay(session: Session) -> None:
    """Take the next overlay style: heat, coloured trace, off."""
    overlay = session.get(Overlay)
    session.set(replace(overlay, style=_after(("heat", "trace", "off"), overlay.style)))


def toggle_scale_lock(session: Session) -> None:
    """Keep the colour scale of the case on screen for all cases, or let each case have its own again."""
    if session.get(ColourScale).locked:
        session.set(ColourScale())
        return
    case = session.shown.case
    if case is not None and case.explanation is not None:
        session.set(ColourScale(locked=True, limit=limit_of(case.explanation.attribution.phi)))


def can_lock_scale(session: Session) -> bool:
    """Return whether there is a scale to keep: one that is kept, or that of the explanation on screen."""
    case = session.shown.case
    return session.get(ColourScale).locked or (case is not None and case.explanation is not None)


def cycle_theme(session: Session) -> None:
    """Take the next theme: system, light, dark."""
    look = session.get(Look)
    session.set(replace(look, theme=_after(("system", "light", "dark"), look.theme)))


def toggle_order(session: Session) -> None:
    """Take the Cabrera order of leads or the standard one."""
    paper = session.get(Paper)
    session.set(replace(paper, order="standard" if paper.order == "cabrera" else "cabrera"))


def has_calipers(session: Session) -> bool:
    """Return whether calipers are placed."""
    return session.get(Calipers).lead is not None


def toggle_calipers(session: Session) -> None:
    """Place calipers from QRS onset to the J point in lead II, or take them away."""
    case = session.shown.case
    if has_calipers(session) or case is None:
        session.set(Calipers())
        return
    window = case.explanation.window if case.explanation else None
    start_s = window.start_s if window else session.get(Cursor).t_ms / 1000.0
    width_ms = window.j_ms if window and window.j_ms else 100.0
    lead = "II" if "II" not in case.record.missing_leads else case.record.leads[0]
    row = case.record.signal_mv[LEADS.index(lead)]
    first = round(start_s * case.record.rate_hz)
    part = row[first : first + round(width_ms / 1000.0 * case.record.rate_hz)]
    session.set(Calipers(lead, start_s, start_s + width_ms / 1000.0, 0.0, float(part.max()) if part.size else 1.0))


def _step(values: Sequence[float], present: float, by: int) -> float:
    nearest = min(range(len(values)), key=lambda k: abs(values[k] - present))
    return values[min(max(nearest + by, 0), len(values) - 1)]


def _after(values: Sequence[T], present: T) -> T:
    return next(itertools.islice(itertools.cycle(values), values.index(present) + 1, None))


def toggle_cut(session: Session) -> None:
    """Cut the heart open along its axis, straight before whoever looks; or close it."""
    session.set(Cut() if session.get(Cut).on else facing(*_seen(session)))


def cut_four_chambers(session: Session) -> None:
    """Cut the heart open along its four-chamber plane, and look straight at it."""
    session.set(Cut(on=True))
    session.set(Camera("four-chamber"))


def move_cut(session: Session, deeper_mm: float) -> None:
    """Move the plane of the cut away from the viewer."""
    session.set(moved(session.get(Cut), deeper_mm, *_seen(session)))


def _seen(session: Session) -> tuple[View, Heart]:
    """Return from where which heart is seen; the size of the picture changes no direction."""
    shown = session.shown.case.heart if session.shown.case is not None else None
    heart = shown or load()
    return view_of(session.get(Camera), heart, 100.0, 100.0), heart
