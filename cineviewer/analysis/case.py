"""One case from file to result: the way of one record through the house, as code."""

from __future__ import annotations

import time
from collections.abc import Iterator
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
    HandSet,
    Method,
    Path,
    Quality,
    Record,
    Truth,
    Verdict,
    Window,
)
from cineviewer.errors import InputError

if TYPE_CHECKING:
    from cineviewer.heart import Heart
    from cineviewer.models import Card, Model

DISPLAY_BAND_HZ = (0.5, 40.0)


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


def complete(record: Record, settings: Settings | None = None) -> Case:
    """Return the finished case of a record."""
    case = Case(record)
    for step in steps(record, settings or Settings()):
        case = step.case
    return case


def open_steps(path: FilePath, settings: Settings) -> Iterator[Step]:
    """Read a record and yield its case, better and better; raises InputError if it cannot be read."""
    yield from _steps(read(path), settings)


def steps(record: Record, settings: Settings) -> Iterator[Step]:
    """Yield the case of a record, better and better; whoever stops iterating stops the work."""
    yield from _steps(Case(record), settings)


def _steps(case: Case, settings: Settings) -> Iterator[Step]:
    yield Step(case, 0.05, "Finding beats")
    case = in_heart(as_the_reader_set(with_beats(case), settings), settings)
    yield Step(case, 0.15, f"Asking {settings.model}")
    yield from explained(case, settings)


def read(path: FilePath) -> Case:
    """Return the case of a record of which nothing is known but its file; raises InputError if it cannot be read."""
    from cineviewer import records

    started = time.perf_counter()
    return _timed(with_truth(Case(records.read(path))), "read", started)


def with_truth(case: Case) -> Case:
    """Return a simulated record's case with the truth beside it; where that cannot be used, with a warning."""
    from cineviewer import records

    if not case.record.simulated:
        return case
    try:
        return replace(case, truth=records.read_truth(case.record) or _stored_truth(case.record))
    except InputError as error:
        return replace(case, record=replace(case.record, warnings=(*case.record.warnings, str(error))))


def _stored_truth(record: Record) -> Truth | None:
    """Return the truth that a finished case of the same recording, stored beside it, knows: the bundled ones do."""
    from cineviewer.analysis.store import read_case

    path = record.path.with_suffix(".npz")
    if not path.is_file():
        return None
    try:
        stored = read_case(path)
    except InputError:
        return None
    return stored.truth if stored.record.sha256 == record.sha256 else None


def with_beats(case: Case) -> Case:
    """Return a case with its record filtered for display and its beats found."""
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


def explained(case: Case, settings: Settings) -> Iterator[Step]:
    """Yield a case whose beats are known with its verdict, then with its explanation, better and better."""
    asked = question(case, settings)
    if isinstance(asked, str):
        yield Step(with_notice(case, asked), 1.0, "")
        return
    for answer in answers(asked):
        yield answer.completing(case)


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


def as_the_reader_set(case: Case, settings: Settings) -> Case:
    """Return a case whose beats are known with the landmarks that the reader set for its signal."""
    from cineviewer.analysis import landmarks

    if settings.landmarks is None:
        return with_hand_set(case, ())
    try:
        return with_hand_set(case, landmarks.read(case.record, settings.landmarks, beside=settings.beside_record))
    except InputError as error:
        case = with_hand_set(case, ())
        assert case.delineation is not None
        warnings = dict.fromkeys((*case.delineation.warnings, str(error)))
        return replace(case, delineation=replace(case.delineation, warnings=tuple(warnings)))


def with_hand_set(case: Case, hand_set: tuple[HandSet, ...]) -> Case:
    """Return a case with these landmarks set by hand, and all others as they were measured."""
    measured = case.measured or case.delineation
    if measured is None or hand_set == case.hand_set:
        return case
    if not hand_set:
        return replace(case, delineation=measured, hand_set=(), measured=None)
    from cineviewer import signal

    return replace(case, delineation=signal.with_hand_set(measured, hand_set), hand_set=hand_set, measured=measured)


@lru_cache(maxsize=4)
def load_model(name: str) -> Model:
    """Return the named model, read once a process."""
    from cineviewer import models

    return models.load(name)


def load_heart(folder: FilePath | None = None) -> Heart:
    """Return the generic heart, or the one whose surfaces a folder holds: read once a process, and where they change.

    Raises
    ------
    InputError
        If the folder holds no heart that can be used.
    """
    if folder is None:
        from cineviewer import heart

        return heart.load()
    from cineviewer.heart import person

    states = [(path.name, path.stat()) for path in person.files(folder)]
    return _given_heart(folder, tuple((name, state.st_size, state.st_mtime_ns) for name, state in states))


@lru_cache(maxsize=2)
def _given_heart(folder: FilePath, _files: tuple[tuple[str, int, int], ...]) -> Heart:
    from cineviewer.heart import person

    return person.read(folder)


def in_heart(case: Case, settings: Settings) -> Case:
    """Return a case with the heart in which its path is to be drawn; raises InputError if that cannot be used."""
    heart = None if settings.heart is None else load_heart(settings.heart)
    return case if heart is case.heart else replace(case, heart=heart)


def heart_of(case: Case) -> Heart:
    """Return the heart in which a case's path is drawn."""
    return case.heart or load_heart()


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


def with_notice(case: Case, sentence: str) -> Case:
    """Return a case that says why something of it is missing."""
    return replace(case, notices=(*case.notices, sentence))


def _timed(case: Case, stage: str, started: float) -> Case:
    return replace(case, seconds={**case.seconds, stage: time.perf_counter() - started})
