"""What is said of a heart wherever it is drawn: whose it is not."""

from __future__ import annotations

from cineviewer.heart.heart import Heart

GENERIC = "generic heart, not this patient’s"
GIVEN = "surfaces as given, not verified"


def remark(heart: Heart | None, *, named: bool = False) -> str:
    """Say in a few words whose heart this is, or is not; None is the generic one.

    A folder's name may be somebody's: with `named` it is said, on screen alone.
    """
    if heart is None or heart.generic:
        return GENERIC
    return f"{GIVEN} · {heart.name}" if named else GIVEN


def account(heart: Heart | None) -> str:
    """Say in sentences, a line each, what is known of a heart."""
    if heart is None or heart.generic:
        return "A generic heart, not this patient’s: the path in it is a projection, not a location."
    told = (
        f"The heart is from the folder “{heart.name}”, surfaces as given.",
        "Nobody has verified that they are this patient’s; the path in them is no more exact.",
    )
    return "\n".join((*told, *(heart.given.sentences() if heart.given is not None else ())))
