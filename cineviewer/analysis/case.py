"""One case from file to result: the way of one record through the house, as code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import numpy as np

from cineviewer.ecg import (
    LEADS,
    Attribution,
    Delineation,
    Explanation,
    Floats,
    Method,
    Quality,
    Record,
    Verdict,
    Window,
)

if TYPE_CHECKING:
    from cineviewer.heart import Heart
    from cineviewer.models import Model

DISPLAY_BAND_HZ = (0.5, 40.0)


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


@dataclass(frozen=True, slots=True)
class Settings:
    """What a result depends on besides the record; `beat` None explains the median beat."""

    model: str = "resnet1d"
    method: Method = field(default_factory=Method)
    path: str = "recipe"
    beat: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A case so far, how much of the work is done (0-1), and what is being computed next."""

    case: Case
    fraction: float
    activity: str


def complete(record: Record, settings: Settings | None = None) -> Case:
    """Return the finished case of a record."""
    case = Case(record)
    for step in steps(record, settings or Settings()):
        case = step.case
    return case


def open_steps(path: FilePath, settings: Settings) -> Iterator[Step]:
    """Read a record and yield its case, better and better; raises InputError if it cannot be read."""
    from cineviewer import records

    started = time.perf_counter()
    record = records.read(path)
    yield from steps(record, settings, read_s=time.perf_counter() - started)


def steps(record: Record, settings: Settings, *, read_s: float = 0.0) -> Iterator[Step]:
    """Yield the case of a record, better and better; whoever stops iterating stops the work."""
    case = Case(record, seconds={"read": read_s})
    yield Step(case, 0.05, "Finding beats")
    case = _with_beats(case)
    yield Step(case, 0.15, f"Asking {settings.model}")
    yield from explained(case, settings)


def explained(case: Case, settings: Settings) -> Iterator[Step]:
    """Yield a case whose beats are known with its verdict, then with its explanation, better and better."""
    from cineviewer import explain, models

    assert case.delineation is not None
    if reason := _why_silent(case.record, case.delineation):
        yield Step(_with_notice(case, reason), 1.0, "")
        return
    started = time.perf_counter()
    model = load_model(settings.model)
    windows = models.windows(case.record, case.delineation, model.card)
    window = _chosen_window(case, settings, model, windows)
    if not windows or window is None:
        yield Step(_with_notice(case, f"No verdict: no beat with {_window_ms(model):.0f} ms after QRS onset"), 1.0, "")
        return
    verdict = models.verdict(model, windows, case.delineation)
    case = _timed(replace(case, verdict=verdict), "verdict", started)
    yield Step(case, 0.25, "Attributing")
    started = time.perf_counter()
    explanation = _explainer(model, window, settings)
    evaluations = settings.method.steps * settings.method.samples
    for attribution in explain.attribute(model, window, settings.method):
        case = _timed(replace(case, explanation=explanation(attribution)), "attribution", started)
        done = 1.0 if attribution.final else min(0.99, attribution.evaluations / evaluations)
        yield Step(case, 0.25 + 0.75 * done, "" if attribution.final else "Attributing")


@lru_cache(maxsize=4)
def load_model(name: str) -> Model:
    """Return the named model, read once a process."""
    from cineviewer import models

    return models.load(name)


@lru_cache(maxsize=2)
def load_heart(name: str = "generic") -> Heart:
    """Return the named heart, read once a process."""
    from cineviewer import heart

    return heart.load(name)


def _with_beats(case: Case) -> Case:
    from cineviewer import signal

    started = time.perf_counter()
    low_hz, high_hz = DISPLAY_BAND_HZ
    filtered = signal.band_pass(case.record.signal_mv, case.record.rate_hz, low_hz, high_hz)
    delineation = signal.analyse(case.record)
    found = replace(
        case,
        filtered_mv=filtered,
        filter_text=f"{low_hz:g}–{high_hz:g} Hz, zero phase",
        delineation=delineation,
    )
    return _timed(found, "beats", started)


def _why_silent(record: Record, delineation: Delineation) -> str | None:
    """Return why the model cannot speak on this record, or None if it can."""
    if record.missing_leads:
        return f"No verdict: the model needs 12 leads, {_are(record.missing_leads)} missing"
    if flat := tuple(lead for lead in LEADS if delineation.quality.get(lead) == Quality.FLAT):
        return f"No verdict: the model needs 12 leads, {_are(flat)} flat"
    if not delineation.beats or delineation.median is None:
        return "No verdict: no beat was found"
    return None


def _are(leads: tuple[str, ...]) -> str:
    return f"{', '.join(leads)} {'is' if len(leads) == 1 else 'are'}"


def _chosen_window(case: Case, settings: Settings, model: Model, windows: tuple[Window, ...]) -> Window | None:
    from cineviewer import models

    assert case.delineation is not None
    if settings.beat is None:
        return models.median_window(case.record, case.delineation, model.card)
    return next((window for window in windows if window.beat == settings.beat), None)


def _window_ms(model: Model) -> float:
    return 1000.0 * model.card.length / model.card.rate_hz


def _explainer(model: Model, window: Window, settings: Settings) -> Callable[[Attribution], Explanation]:
    """Do once what does not depend on the attribution; the function returned adds the attribution."""
    from cineviewer import cine, models

    heart = load_heart()
    logit, p_abnormal = models.predict(model, window)
    path = cine.path(window, heart, settings.path)
    nearest = cine.nearest(path, heart)
    terminal_region = cine.terminal_region(path, window, heart)

    def explanation(attribution: Attribution) -> Explanation:
        profile = cine.profile(attribution.phi)
        return Explanation(
            window=window,
            logit=logit,
            p_abnormal=p_abnormal,
            attribution=attribution,
            profile=profile,
            path=path,
            nearest=nearest,
            terminal_region=terminal_region,
            top_leads=_top_leads(attribution),
            evidence_share=cine.evidence_share(profile, nearest),
        )

    return explanation


def _top_leads(attribution: Attribution) -> tuple[tuple[str, float], ...]:
    """Return every lead with its share of the sum of |phi|, largest first; all shares are 0 where phi is."""
    weight = np.abs(attribution.phi).sum(axis=1, dtype=np.float64)
    share = weight / (weight.sum() or 1.0)
    return tuple((LEADS[k], float(share[k])) for k in np.argsort(-share, kind="stable"))


def _with_notice(case: Case, sentence: str) -> Case:
    return replace(case, notices=(*case.notices, sentence))


def _timed(case: Case, stage: str, started: float) -> Case:
    return replace(case, seconds={**case.seconds, stage: time.perf_counter() - started})
