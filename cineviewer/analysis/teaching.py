"""What each scenario teaches: where to look in its leads, at which millisecond, and what the heart does there.

Milliseconds count from QRS onset as it is measured. Each note is true of the scenario as it is simulated here, which
tests/analysis/test_teaching.py holds against the bundled records; it says nothing of any person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SEED: Final = 1
"""Of the bundled records: of another seed's a note need not be true to the millisecond."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A scenario's name as a cardiologist would say it, and a note of a few sentences."""

    title: str
    note: str


LESSONS: Final[dict[str, Lesson]] = {
    "normal": Lesson(
        "Normal sinus rhythm",
        "The septum goes first, from left to right: a small r in V1 and a small q in V6 within 30 ms. Then both "
        "ventricles are activated from within at once, so that most of the forces cancel; R in V5 stands at about 50 "
        "ms, and the left lateral base ends the beat. The true front moves little while a path of constant speed must "
        "go on: in a normal beat it says the least.",
    ),
    "lbbb": Lesson(
        "Left bundle branch block",
        "See what is missing in the first 30 ms: no q in I and V6, in V1 but the small r of the right free wall, for "
        "the septum is crossed from right to left, in slow muscle. At 60 ms the right ventricle is nearly done and "
        "most of the left is still at rest; its lateral base comes last, at about 130 ms. R has two summits in I and "
        "V6, and ST and T run against the QRS.",
    ),
    "rbbb": Lesson(
        "Right bundle branch block",
        "The first 50 ms are nearly normal, because the left ventricle is. Then the right free wall follows alone: R' "
        "in V1 and a broad S in I and V6 at about 90 ms, T inverted in V1. A wall of 4 mm writes the "
        "largest wave of V1 once nothing on the left opposes it.",
    ),
    "lafb": Lesson(
        "Left anterior fascicular block",
        "Up to 35 ms the inferior wall goes alone: r in II, III and aVF, q in I and aVL. Then the wave must climb to "
        "the anterolateral base through muscle: deep S in II, III and aVF and a tall R in aVL at about 60 ms, and the "
        "axis turns far left. QRS is hardly broad: a branch is missing, not the bundle.",
    ),
    "lpfb": Lesson(
        "Left posterior fascicular block",
        "The mirror image of the anterior block: up to 35 ms the anterior wall goes alone, r in I and aVL, q in II, "
        "III and aVF. The inferolateral wall comes last: a tall R in II, III and aVF at about 65 ms with S in I and "
        "aVL, axis to the right. In people, right ventricular overload and a lateral infarct must be ruled out first.",
    ),
    "anterior-mi": Lesson(
        "Anterior myocardial infarction",
        "QS in V1 to V3 from the first 20 ms on: these electrodes look through a window of scar (striped) at muscle "
        "that is activated away from them. Limb leads stay nearly normal, and R comes back in V5 and V6 at about 65 "
        "ms, when the living lateral wall is reached.",
    ),
    "inferior-mi": Lesson(
        "Inferior myocardial infarction",
        "Q in II, III and aVF at about 40 ms: the inferior wall is not there to pull downwards, so the muscle opposite "
        "wins. What lives beside the scar comes late, a small R at about 75 ms. The axis turns left, T is inverted in "
        "III, and the chest leads hardly change.",
    ),
    "lvh": Lesson(
        "Left ventricular hypertrophy with strain",
        "The order of activation is normal; more muscle writes larger waves: S in V1 and R in V5 add up to more than "
        "3.5 mV (Sokolow and Lyon). The outer layers recover late, so T turns over in I, aVL, V5 and V6 (strain): look "
        "at 280 to 340 ms too, where no order of activation is to be seen.",
    ),
    "wpw": Lesson(
        "Pre-excitation by a left lateral pathway",
        "PR is short and QRS begins with a slur: a pathway activates the left lateral base from outside some 45 ms "
        "before the bundles arrive. At 30 ms the delta wave is negative in I, aVL and V6 and positive in V1: it runs "
        "away from the pathway. The path starts in the septum by its rule, so it cannot show where this beat begins.",
    ),
    "rvot": Lesson(
        "Ectopic beats from the right ventricular outflow tract",
        "The median is of the normal beats. Choose Beat and step with ] to an early one: no P before it, broad, "
        "negative in V1, tall in II, III and aVF, because everything runs down and to the left from the outflow "
        "tract. The record's verdict is that of its dominant beats and says nothing of these.",
    ),
    "apical-paced": Lesson(
        "Pacing from the right ventricle's apex",
        "The wave needs more than 150 ms from the apex to the base, through muscle: QRS is broad and begins slowly. "
        "Leads that look at the apex see it leave: II, III, aVF and V2 to V5 are negative at about 120 ms, aVR is "
        "positive, and T runs against the QRS.",
    ),
    "brugada": Lesson(
        "Brugada-like ST elevation",
        "QRS is nearly normal up to 45 ms. Behind it ST stands high in V1 and V2 and slopes down, and low in II, III "
        "and aVF: the outer layers of the outflow tract lose their plateau early while the inner ones keep it. A "
        "twentieth of the muscle is changed, and all of it lies under two electrodes.",
    ),
}
"""By the scenario's name."""


def note(scenario: str, seed: int) -> str | None:
    """Return what there is to learn from a scenario, and of which record that is said; None of an unknown one."""
    lesson = LESSONS.get(scenario)
    if lesson is None:
        return None
    return (
        lesson.note
        if seed == SEED
        else f"Of the bundled case, from which this one differs (seed {seed}): {lesson.note}"
    )
