"""What the findings say of simulated truth: what was changed, and how the evidence and the path compare with it."""

from __future__ import annotations

import numpy as np

from cineviewer.analysis.case import Case
from cineviewer.analysis.teaching import LESSONS, note
from cineviewer.cine import Beside, TrueWindow, beside, fits, true_window
from cineviewer.ecg import Explanation
from cineviewer.heart import Heart, load
from cineviewer.truth import Truth

_LEAST, _FOCAL = 0.01, 0.5
"""Below and above these shares of changed muscle no wall is named as the place."""


def title(truth: Truth) -> str:
    """Return the scenario's name."""
    lesson = LESSONS.get(truth.scenario)
    return truth.scenario if lesson is None else lesson.title


def rows(case: Case) -> list[tuple[str, str]]:
    """Return what is known of a simulated case, each sentence with a word in front; empty where nothing is."""
    truth, explanation = case.truth, case.explanation
    if truth is None:
        return []
    found = true_window(truth, explanation.window) if explanation is not None else None
    learn = note(truth.scenario, truth.seed)
    told = [] if learn is None else [("", learn)]
    if found is not None and explanation is not None:
        told += _compared(found, explanation, case.heart)
    return told


def _compared(found: TrueWindow, explanation: Explanation, shown: Heart | None) -> list[tuple[str, str]]:
    heart = shown or load()
    if not fits(found.beat, heart):
        return [("Heart", "It was simulated in the generic heart and is not compared with a path in another one.")]
    compared = beside(found, explanation, heart)
    told = [("Changed", changed_words(found, compared))]
    if explanation.attribution.final and compared.span_ms is not None:
        told.append(("Evidence", evidence_words(compared)))
    return [*told, ("Front", front_words(compared)), ("Path", path_words(compared, explanation))]


def changed_words(found: TrueWindow, compared: Beside) -> str:
    """Return how much of the muscle was changed, where, and when the leads show it."""
    if compared.span_ms is None:
        return "Nothing: this is a beat without disease."
    beat, (first, last) = found.beat, compared.span_ms
    scar = float(np.isinf(beat.activation_ms).mean())
    shifted = f"{_percent(beat.changed - scar)} of the muscle is activated 10 ms earlier or later"
    muscle = f"{_percent(scar)} of the muscle is scar, {shifted.replace(' of the muscle', '')}" if scar else shifted
    where = f", most of all the {beat.region}" if beat.region and _LEAST <= beat.changed < _FOCAL else ""
    return f"{muscle[0].upper()}{muscle[1:]}{where}; leads differ from {first:.0f} to {last:.0f} ms."


def _percent(share: float) -> str:
    return "less than 1 %" if share < _LEAST else f"{100.0 * share:.0f} %"


def evidence_words(compared: Beside) -> str:
    """Return how much of the evidence fell where a lead differs, against chance."""
    ratio = compared.inside / compared.chance
    inside, chance = 100.0 * compared.inside, 100.0 * compared.chance
    return (
        f"{inside:.0f} % of |Phi| fell where a lead differs from the same heart without the disease, which is "
        f"{chance:.0f} % of leads and time: {ratio:.1f} times chance."
    )


def front_words(compared: Beside) -> str:
    """Return where activation begins, and where its front is in its last quarter."""
    return f"Begins in the {compared.begins}, ends near the {compared.ends}."


def path_words(compared: Beside, explanation: Explanation) -> str:
    """Return where the path ends by geometry and by its claim, and how far it is from the true front."""
    claim = explanation.terminal_region
    ends = "" if compared.path_ends is None else f"Ends nearest to the {compared.path_ends}"
    claimed = "" if claim is None else f"{'; ' if ends else ''}its claim: {claim}"
    apart = "" if compared.apart_mm is None else f"{compared.apart_mm:.0f} mm from the true front on average in QRS"
    return f"{', '.join(part for part in (ends + claimed, apart) if part)}."
