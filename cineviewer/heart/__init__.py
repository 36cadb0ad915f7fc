"""The pair of ventricles: surfaces, labelled walls and axes of a generic heart, and the generator that shapes it.

`load` needs numpy alone; `volume` fills a heart, or one that differs by a `Morph`, with labelled voxels (scipy); only
`heart.generator` (run by `make heart`) knows VTK.
"""

from cineviewer.heart.heart import COORDINATES, SURFACES, Heart, Surface, load
from cineviewer.heart.shape import Morph
from cineviewer.heart.voxels import Volume, volume

__all__ = ["COORDINATES", "SURFACES", "Heart", "Morph", "Surface", "Volume", "load", "volume"]
