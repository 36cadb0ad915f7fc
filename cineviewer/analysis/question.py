"""What a network is asked about a case, and what it answers; only answering needs torch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cineviewer.analysis.case import Case, Settings, Step
from cineviewer.analysis.hearts import heart_of
from cineviewer.ecg import (
    LEADS,
    Attribution,
    Delineation,
    Explanation,
    Path,
    Quality,
    Record,
    Verdict,
    Window,
)

if TYPE_CHECKING:
    from cineviewer.models import Card, Model


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What a network is asked about a record, and what of the explanation is known without one.

    Attributes
    ----------
    windows
        Of every beat that has one: the verdict rests on those of the dominant cluster.
    window
        The one to explain.
    """

    settings: Settings
    delineation: Delineation
    windows: tuple[Window, ...]
    window: Window
    path: Path
    nearest: tuple[str | None, ...]
    terminal_region: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a network answered so far: the verdict first, then the explanation, better and better."""

    verdict: Verdict
    explanation: Explanation | None
    fraction: float
    seconds: dict[str, float]

    def completing(self, case: Case) -> Step:
        """Return the case that was asked about, with this answer."""
        seconds = {**case.seconds, **self.seconds}
        case = replace(case, verdict=self.verdict, explanation=self.explanation, seconds=seconds)
        return Step(case, self.fraction, "Attributing" if self.fraction < 1.0 else "")


def question(case: Case, settings: Settings) -> Question | str:
    """Return what a network is to be asked about a case whose beats are known, or the reason why it is not asked.

    Knows the model's card and not its network: nothing here needs torch.
    """
    from cineviewer import cine, models

    assert case.delineation is not None
    if reason := _why_silent(case.record, case.delineation):
        return reason
    card = load_card(settings.model)
    windows = models.windows(case.record, case.delineation, card)
    window = _chosen_window(windows, case.delineation, settings)
    if not windows or window is None:
        return _why_no_window(case.record, case.delineation, settings, card)
    heart = heart_of(case)
    path = cine.path(window, heart, settings.path)
    return Question(
        settings=settings,
        delineation=case.delineation,
        windows=windows,
        window=window,
        path=path,
        nearest=cine.nearest(path, heart),
        terminal_region=cine.terminal_region(path, window, heart),
    )


def answers(asked: Question) -> Iterator[Answer]:
    """Ask the network; whoever stops iterating stops the work."""
    from cineviewer import explain, models

    settings = asked.settings
    started = time.perf_counter()
    model = load_model(settings.model)
    verdict = models.verdict(model, asked.windows, asked.delineation)
    seconds = {"verdict": time.perf_counter() - started}
    yield Answer(verdict, None, 0.25, seconds)
    started = time.perf_counter()
    logit, p_abnormal = models.predict(model, asked.window)
    evaluations = settings.method.steps * settings.method.samples
    for attribution in explain.attribute(model, asked.window, settings.method):
        explanation = explanation_of(asked, logit, p_abnormal, attribution)
        seconds = {**seconds, "attribution": time.perf_counter() - started}
        done = 1.0 if attribution.final else min(0.99, attribution.evaluations / evaluations)
        yield Answer(verdict, explanation, 0.25 + 0.75 * done, seconds)


def explanation_of(asked: Question, logit: float, p_abnormal: float, attribution: Attribution) -> Explanation:
    """Return all that is drawn of an attribution of the window that was asked about."""
    from cineviewer import cine

    profile = cine.profile(attribution.phi)
    return Explanation(
        window=asked.window,
        logit=logit,
        p_abnormal=p_abnormal,
        attribution=attribution,
        profile=profile,
        path=asked.path,
        nearest=asked.nearest,
        terminal_region=asked.terminal_region,
        top_leads=_top_leads(attribution),
        evidence_share=cine.evidence_share(profile, asked.nearest),
    )


@lru_cache(maxsize=4)
def load_card(name: str) -> Card:
    """Return the named model's card, read once a process."""
    from cineviewer import models

    return models.read_card(models.model_folder(name))


@lru_cache(maxsize=4)
def load_model(name: str) -> Model:
    """Return the named model, read once a process."""
    from cineviewer import models

    return models.load(name)


def _why_silent(record: Record, delineation: Delineation) -> str | None:
    """Return why the model cannot speak on this record, or None if it can."""
    if record.missing_leads:
        return f"No verdict: the model needs 12 leads, {_are(record.missing_leads)} missing"
    if flat := tuple(lead for lead in LEADS if delineation.quality.get(lead) == Quality.FLAT):
        return f"No verdict: the model needs 12 leads, {_are(flat)} flat"
    if not delineation.beats or delineation.median is None:
        return "No verdict: no beat was found"
    return None


def _why_no_window(record: Record, delineation: Delineation, settings: Settings, card: Card) -> str:
    """Return why no beat, or not the one that was asked for, has a window."""
    chosen = delineation.beats if settings.beat is None else delineation.beats[settings.beat : settings.beat + 1]
    before, after = card.pq_samples / card.rate_hz, card.length / card.rate_hz
    gaps: set[str] = set()
    for onset in (beat.landmarks.qrs_on for beat in chosen if beat.landmarks.qrs_on is not None):
        first, end = onset - round(before * record.rate_hz), onset + round(after * record.rate_hz)
        if first >= 0 and end <= record.n_samples:
            rows = zip(LEADS, record.signal_mv[:, first:end], strict=True)
            gaps |= {lead for lead, row in rows if not np.isfinite(row).all()}
    leads = ", ".join(lead for lead in LEADS if lead in gaps)
    if settings.beat is None:
        if leads:
            return f"No verdict: no beat has all its samples, values of {leads} are missing"
        return f"No verdict: no beat has {1000.0 * after:.0f} ms after its QRS onset in the record"
    if leads:
        return f"No verdict: values of {leads} are missing in beat {settings.beat + 1}"
    return f"No verdict: beat {settings.beat + 1} has no {1000.0 * after:.0f} ms after its QRS onset in the record"


def _are(leads: tuple[str, ...]) -> str:
    return f"{', '.join(leads)} {'is' if len(leads) == 1 else 'are'}"


def _chosen_window(windows: tuple[Window, ...], delineation: Delineation, settings: Settings) -> Window | None:
    from cineviewer import models

    if settings.beat is None:
        return models.median_of(windows, delineation)
    return next((window for window in windows if window.beat == settings.beat), None)


def _top_leads(attribution: Attribution) -> tuple[tuple[str, float], ...]:
    """Return every lead with its share of the sum of |phi|, largest first; all shares are 0 where phi is."""
    weight = np.abs(attribution.phi).sum(axis=1, dtype=np.float64)
    share = weight / (weight.sum() or 1.0)
    return tuple((LEADS[k], float(share[k])) for k in np.argsort(-share, kind="stable"))
