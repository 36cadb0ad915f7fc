"""Where a picture or a number comes from, in one line: it stands on every pane's export and every page."""

from __future__ import annotations

from cineviewer import __version__
from cineviewer.analysis.case import Case
from cineviewer.ecg import HandSet, Method, Path

RESEARCH_USE_ONLY = "Research use only. Not for diagnosis."
METHOD_NAMES = {"ig": "Integrated Gradients"}
LANDMARK_NAMES = {
    "p_on": "P onset",
    "p_off": "P end",
    "qrs_on": "QRS onset",
    "qrs_off": "J",
    "t_peak": "T peak",
    "t_end": "T end",
}
REFERENCE_NAMES = {"mean-normal": "mean normal window", "zeros": "zeros"}


def provenance(case: Case) -> str:
    """Return model and hash, method and parameters, baseline, hand-set landmarks, filter, heart, version; one line."""
    parts: list[str] = []
    if case.record.simulated:
        parts.append("Simulated record")
    if verdict := case.verdict:
        parts.append(f"{verdict.model.name} {verdict.model.version} (sha256 {verdict.model.sha256[:12]})")
    if explanation := case.explanation:
        drawn = f"path: {_path_words(explanation.path)}, {_heart_words(case, explanation.path)}"
        parts += [describe_method(explanation.attribution.method), drawn]
    if case.hand_set:
        parts.append(f"landmarks set by hand: {hand_set_words(case)}")
    if case.filter_text:
        parts.append(f"shown filtered {case.filter_text}")
    return " · ".join([*parts, f"cineviewer {__version__}"])


def _path_words(path: Path) -> str:
    if path.method != "learned":
        return path.method
    return "learned (experimental; unlike what it was taught)" if path.unlike else "learned (experimental)"


def _heart_words(case: Case, path: Path) -> str:
    """Return in which heart a path was drawn, with the hash of what that was read from where it was kept."""
    kept = f" (sha256 {path.heart_sha256[:12]})" if path.heart_sha256 else ""
    if case.heart is None:
        return f"generic heart{kept}"
    return f"heart from surfaces as given{kept}, not verified as this patient’s"


def hand_set_words(case: Case) -> str:
    """Return which landmarks were set by hand: "J (median beat), T end (beat 4)"."""
    return ", ".join(f"{LANDMARK_NAMES[one.landmark]} ({_whose(case, one)})" for one in case.hand_set)


def _whose(case: Case, one: HandSet) -> str:
    if one.beat_r is None:
        return "median beat"
    at, beats = one.beat_r, case.delineation.beats if case.delineation else ()
    nearest = min(range(len(beats)), key=lambda k: abs(beats[k].landmarks.r - at), default=0)
    return f"beat {nearest + 1}"


def describe_method(method: Method) -> str:
    """Return a method with every parameter that its result depends on."""
    name = METHOD_NAMES.get(method.name, method.name)
    reference = REFERENCE_NAMES.get(method.reference, method.reference)
    sampling = f"{method.steps} steps × {method.samples} samples, σ {method.sigma:g}, seed {method.seed}"
    return f"{name}, {sampling}, baseline {reference}"
