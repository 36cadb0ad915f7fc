"""The pair of ventricles: surfaces, labelled walls and axes of a generic heart, and the generator that shapes it.

`load` needs numpy alone; `volume` fills a heart, or one that differs by a `Morph`, with labelled voxels (scipy);
`person.read` takes somebody's own surfaces, and `generator` (run by `make heart`) makes the generic ones (VTK).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from cineviewer.heart.heart import COORDINATES, SURFACES, Heart, Surface, load

if TYPE_CHECKING:
    from cineviewer.heart.shape import Morph
    from cineviewer.heart.voxels import Volume, volume

_HOMES = {"Morph": "shape", "Volume": "voxels", "volume": "voxels"}

__all__ = ["COORDINATES", "SURFACES", "Heart", "Morph", "Surface", "Volume", "load", "volume"]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"cineviewer.heart.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
