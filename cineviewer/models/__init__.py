"""Networks, cards, weights, training and evaluation: the only home of torch.nn.

A window goes in, a logit comes out; `load` finds a model and its card, `windows` is the one input chain, `verdict`
the model's word on a record. Nothing here imports torch before a network is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cineviewer.models.card import Card, read_card
    from cineviewer.models.inputs import median_of, median_window, windows
    from cineviewer.models.model import Model, available, load, model_folder, predict, verdict

_HOMES = {
    "Card": "card",
    "Model": "model",
    "available": "model",
    "load": "model",
    "median_of": "inputs",
    "median_window": "inputs",
    "model_folder": "model",
    "predict": "model",
    "read_card": "card",
    "verdict": "model",
    "windows": "inputs",
}

__all__ = [
    "Card",
    "Model",
    "available",
    "load",
    "median_of",
    "median_window",
    "model_folder",
    "predict",
    "read_card",
    "verdict",
    "windows",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"cineviewer.models.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
