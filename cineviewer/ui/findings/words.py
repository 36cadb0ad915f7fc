"""What the findings say of a case, as words and numbers; no painting."""

from __future__ import annotations

from dataclasses import dataclass

from cineviewer.analysis.case import Case
from cineviewer.analysis.provenance import LANDMARK_NAMES
from cineviewer.cine import COMPLETE_BLOCK_MS, VIEWS, directions
from cineviewer.ecg import LEADS, Explanation, Quality, Verdict, Window
from cineviewer.heart import Heart
from cineviewer.paint.fonts import number, percent
from cineviewer.session import Shown
from cineviewer.ui.normal_ranges import MINUS, normal_range
from cineviewer.ui.status import name_leads, stretch_words

MISSING = "–"
NAMES = {
    "hr_bpm": ("Rate", "/min"),
    "pr_ms": ("PR", "ms"),
    "qrs_ms": ("QRS", "ms"),
    "qt_ms": ("QT", "ms"),
    "qtcb_ms": ("QTcB", "ms"),
    "qtcf_ms": ("QTcF", "ms"),
    "qrs_axis_deg": ("QRS axis", "°"),
    "t_axis_deg": ("T axis", "°"),
}
LONG_NAMES = {"qtcb_ms": "QT corrected by Bazett", "qtcf_ms": "QT corrected by Fridericia"}
RESTS_ON = {
    "pr_ms": ("p_on", "qrs_on"),
    "qrs_ms": ("qrs_on", "qrs_off"),
    **dict.fromkeys(("qt_ms", "qtcb_ms", "qtcf_ms"), ("qrs_on", "t_end")),
    "qrs_axis_deg": ("qrs_on", "qrs_off"),
    "t_axis_deg": ("qrs_on", "qrs_off", "t_peak", "t_end"),
}
N_SHARES = 3
UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """The model's verdict: the number, what it means, how often it is wrong; `p` None where there is none."""

    number: str
    meaning: str
    known_error: str
    p: float | None = None
    threshold: float | None = None
    beats: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class MeasurementWords:
    """One measurement: "QRS", "128 ms", "≤ 110" or "outside"."""

    name: str
    value: str
    range: str
    outside: bool
    tip: str
    hand_set: bool = False


@dataclass(frozen=True, slots=True)
class ShareWords:
    """A share of the evidence."""

    name: str
    share: float

    @property
    def text(self) -> str:
        """The share in percent."""
        return f"{100 * self.share:.0f} %"


def verdict_words(case: Case, computing: bool) -> VerdictWords:
    """Return the verdict's words, or why there is none."""
    verdict = case.verdict
    if verdict is None:
        silent = next((notice for notice in case.notices if notice.startswith("No verdict")), None)
        if silent is not None:
            return VerdictWords(MISSING, f"{silent}.", "Nothing is invented. Traces and measurements are shown.")
        meaning = "The model is being asked" if computing else "The model has not run"
        return VerdictWords(MISSING, meaning, "")
    model = verdict.model
    return VerdictWords(
        number=percent(verdict.p_abnormal),
        meaning="calibrated probability of abnormal",
        known_error=_known_error(verdict),
        p=verdict.p_abnormal,
        threshold=model.threshold,
        beats=_beats(verdict, case.explanation),
        tip=f"{model.name} {model.version}, sha256 {model.sha256[:12]}…\nmean logit {_signed(verdict.logit, 2)}, "
        f"explained: {verdict.target}",
    )


def measurement_words(case: Case) -> list[MeasurementWords]:
    """Return every measurement in the order in which it is shown: by columns."""
    if case.delineation is None:
        return [MeasurementWords(title, MISSING, "", False, "not measured yet") for title, _ in NAMES.values()]
    rows = []
    for name, (title, unit) in NAMES.items():
        measured = getattr(case.delineation.measurements, name)
        long_name = LONG_NAMES.get(name, title)
        if measured.value is None:
            reason = measured.reason or "not measurable"
            rows.append(MeasurementWords(title, MISSING, "", False, f"{long_name}: {reason}"))
            continue
        normal = normal_range(name, case.record.sex)
        outside = normal is not None and not normal.holds(round(measured.value))
        beats = f"{measured.n_beats} beat{'' if measured.n_beats == 1 else 's'}"
        tip = f"{long_name}: {measured.method}, {beats}" + (f"; normal {normal.text} {unit}" if normal else "")
        value = f"{_signed(measured.value)}{'' if unit == '°' else ' '}{unit}"
        if hand_set := _hand_set(case, name):
            tip = f"{tip}; {hand_set} set by hand"
        rows.append(MeasurementWords(title, value, normal.text if normal else "", outside, tip, bool(hand_set)))
    return rows


def measured_from(case: Case) -> str:
    """Return what the measurements rest on."""
    median = case.delineation.median if case.delineation else None
    if median is None:
        return "global"
    words = f"median of {median.n_beats} beat{'' if median.n_beats == 1 else 's'}"
    return f"{words}, hand-set" if any(_hand_set(case, name) for name in NAMES) else f"global, {words}"


def _hand_set(case: Case, measurement: str) -> str:
    """Return the landmarks set by hand that a measurement rests on, "" for none."""
    moved = {one.landmark for one in case.hand_set if one.beat_r is None}
    return ", ".join(LANDMARK_NAMES[name] for name in RESTS_ON.get(measurement, ()) if name in moved)


def lead_shares(explanation: Explanation) -> list[ShareWords]:
    """Return the leads with the largest shares of |phi|."""
    return [ShareWords(lead, share) for lead, share in explanation.top_leads[:N_SHARES]]


def wall_shares(explanation: Explanation) -> list[ShareWords]:
    """Return the walls that the path was nearest to while the evidence fell.

    Empty where the path says nothing of walls, or where QRS ends is undetermined.
    """
    if explanation.evidence_share is None or explanation.terminal_region == UNDETERMINED:
        return []
    shares = sorted(explanation.evidence_share.items(), key=lambda item: -item[1])
    return [ShareWords(wall, share) for wall, share in shares[:N_SHARES] if share >= 0.005]


def why_no_walls(explanation: Explanation) -> str:
    """Return why no wall is named, "" if walls are."""
    if wall_shares(explanation):
        return ""
    if explanation.path.unlike:
        return "No walls: this beat is unlike those that the learned path was taught."
    if explanation.path.method == "centred":
        return "The path “centred” names no wall."
    if explanation.terminal_region == UNDETERMINED:
        return f"No walls: {_why_undetermined(explanation.window)}."
    return "No walls: there is no evidence either way."


def _why_undetermined(window: Window) -> str:
    if window.j_ms is None:
        return "the end of QRS is not measurable"
    if window.j_ms < COMPLETE_BLOCK_MS:
        measured, least = number(window.j_ms), number(COMPLETE_BLOCK_MS)
        return f"a QRS of {measured} ms ends where many fronts meet; regions are named from {least} ms on"
    return "it is in doubt in which free wall this QRS ends"


def quality_words(case: Case) -> str:
    """Return the quality of all leads in one sentence."""
    if case.delineation is None:
        return "not judged yet"
    stretches = "".join(f"; {stretch_words(one, case.record.duration_s)}" for one in case.delineation.stretches[:2])
    by_kind: dict[Quality, list[str]] = {}
    for lead in LEADS:
        by_kind.setdefault(case.delineation.quality.get(lead, Quality.MISSING), []).append(lead)
    if list(by_kind) == [Quality.GOOD]:
        derived = case.record.derived_leads
        return f"Good in all 12 leads{'; computed from others: ' + ', '.join(derived) if derived else ''}{stretches}."
    parts = [f"{kind.value}: {name_leads(tuple(by_kind[kind]))}" for kind in reversed(Quality) if kind in by_kind]
    sentence = f"{'; '.join(parts)}{stretches}."
    return sentence[0].upper() + sentence[1:]


def direction_words(explanation: Explanation, heart: Heart) -> list[tuple[str, str]]:
    """Return a sentence for each stretch of the beat: its mean heart vector's angle in each view."""
    rows = []
    for one in directions(explanation.window, heart):
        if one.degrees.count(None) == len(VIEWS):
            rows.append((one.stretch, "no net direction"))
            continue
        angles = (
            f"{view} {'along the line of sight' if angle is None else f'{number(angle)}°'}"
            for view, angle in zip(VIEWS, one.degrees, strict=True)
        )
        rows.append((one.stretch, ", ".join(angles)))
    return rows


def trust_words(explanation: Explanation) -> str:
    """Return how far the map accounts for the score, with what made it."""
    attribution = explanation.attribution
    method = attribution.method
    reference = {"mean-normal": "the mean normal beat", "zeros": "a flat line"}.get(method.reference, method.reference)
    made = f"{method.steps} steps × {method.samples} noisy copies, against {reference}"
    gap = attribution.completeness_gap
    if gap is None:
        return f"Whether it adds up to the score is not known. {made[0].upper()}{made[1:]}."
    if gap > 0.05:
        return f"It misses {100 * gap:.0f} % of the change in score: read it with care. {made[0].upper()}{made[1:]}."
    within = f"within {100 * gap:.1f} %" if gap >= 0.0005 else "to less than 0.1 %"
    return f"It adds up to the change in score {within}: {made}."


def state_words(shown: Shown) -> str:
    """Return the badge that the model's numbers carry, "" when they are final and belong to the settings."""
    explanation = shown.case.explanation if shown.case else None
    if shown.stale:
        return "Stale"
    if explanation is not None and not explanation.attribution.final:
        return "Coarse map, will sharpen"
    return ""


def _known_error(verdict: Verdict) -> str:
    if verdict.model.known_error is None:
        return "how often it is wrong is not known"
    tested = f", {verdict.model.tested_on}" if verdict.model.tested_on else ""
    return f"wrong in {100 * verdict.model.known_error:.0f} of 100 test records{tested}"


def _beats(verdict: Verdict, explanation: Explanation | None) -> str:
    record = f"mean of {verdict.n_beats} beat{'' if verdict.n_beats == 1 else 's'}"
    if explanation is None:
        return record
    beat = explanation.window.beat
    own = "median beat alone" if beat is None else f"beat {beat + 1} alone"
    return f"{record}; {own} {percent(explanation.p_abnormal)}"


def _signed(value: float, digits: int = 0) -> str:
    text = f"{value:.{digits}f}"
    return text.replace("-", MINUS) if float(text) else text.replace("-", "")
