"""One way to ask for any attribution: a method's name leads to a stream of better and better values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from cineviewer.ecg import Attribution, Method, Window

if TYPE_CHECKING:
    from cineviewer.models import Model

Compute = Callable[["Model", Window, Method], Iterator[Attribution]]

REFERENCES: Final = ("mean-normal", "zeros")
"""What an attribution is relative to: the model's mean normal window, or no signal at all."""


def attribute(model: Model, window: Window, method: Method) -> Iterator[Attribution]:
    """Attribute f = (z_abnormal - z_normal) / 2 to each lead and sample of a window.

    Attributing this difference *is* Eq. 1 by linearity, in one pass instead of one for each class.

    Parameters
    ----------
    model
        Its network maps scaled windows (n, 12, T) to logits (n, 2).
    window
        At the model's rate and length.
    method
        Every parameter that the result depends on; the same method gives the same result.

    Yields
    ------
    Attribution
        Better and better values; the last one is `final`. Whoever stops iterating stops the work.

    Raises
    ------
    ValueError
        For a method or reference that does not exist.
    """
    if method.name not in METHODS:
        raise ValueError(f"{method.name!r} is none of the methods {', '.join(METHODS)}")
    if method.reference not in REFERENCES:
        raise ValueError(f"{method.reference!r} is none of the references {', '.join(REFERENCES)}")
    return METHODS[method.name](model, window, method)


def _integrated_gradients(model: Model, window: Window, method: Method) -> Iterator[Attribution]:
    from cineviewer.explain.integrated_gradients import integrated_gradients

    return integrated_gradients(model, window, method)


METHODS: Final[dict[str, Compute]] = {"ig": _integrated_gradients}
