"""A model and a Window become an Attribution; torch is imported when the first one is computed."""

from cineviewer.explain.attribute import METHODS, REFERENCES, attribute

__all__ = ["METHODS", "REFERENCES", "attribute"]
