"""Where a picture or a number comes from, in one line: it stands on every pane's export and every page."""

from __future__ import annotations

from cineviewer import __version__
from cineviewer.analysis.case import Case
from cineviewer.ecg import Method

RESEARCH_USE_ONLY = "Research use only. Not for diagnosis."
METHOD_NAMES = {"ig": "Integrated Gradients"}
REFERENCE_NAMES = {"mean-normal": "mean normal window", "zeros": "zeros"}


def provenance(case: Case) -> str:
    """Return model and hash, method with its parameters, baseline, filter, heart and version of a case, one line."""
    parts: list[str] = []
    if case.record.simulated:
        parts.append("Simulated record")
    if verdict := case.verdict:
        parts.append(f"{verdict.model.name} {verdict.model.version} (sha256 {verdict.model.sha256[:12]})")
    if explanation := case.explanation:
        parts += [describe_method(explanation.attribution.method), f"path: {explanation.path.method}, generic heart"]
    if case.filter_text:
        parts.append(f"shown filtered {case.filter_text}")
    return " · ".join([*parts, f"cineviewer {__version__}"])


def describe_method(method: Method) -> str:
    """Return a method with every parameter that its result depends on."""
    name = METHOD_NAMES.get(method.name, method.name)
    reference = REFERENCE_NAMES.get(method.reference, method.reference)
    sampling = f"{method.steps} steps × {method.samples} samples, σ {method.sigma:g}, seed {method.seed}"
    return f"{name}, {sampling}, baseline {reference}"
