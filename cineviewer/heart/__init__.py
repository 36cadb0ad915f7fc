"""The pair of ventricles: surfaces, labelled walls and axes of a generic heart, and the generator that shapes it.

`load` needs numpy alone; only `heart.generator` (run by `make heart`) knows VTK.
"""

from cineviewer.heart.heart import COORDINATES, SURFACES, Heart, Surface, load

__all__ = ["COORDINATES", "SURFACES", "Heart", "Surface", "load"]
