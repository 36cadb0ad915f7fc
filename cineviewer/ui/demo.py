"""The bundled cases: where they lie, and which comes first."""

from __future__ import annotations

from pathlib import Path

from cineviewer import resources

ORDER = ("lbbb", "normal", "rbbb", "lafb", "anterior-mi", "lvh")
"""The first cases, the very first of them the one with most to see; others follow by name."""


def files() -> list[Path]:
    """Return the bundled cases in their order."""
    found = list(resources.folder("demo").glob("*.npz"))
    return sorted(found, key=lambda path: (ORDER.index(path.stem) if path.stem in ORDER else len(ORDER), path.stem))


def first_case() -> Path | None:
    """Return the case that a first start shows; None where none is bundled."""
    first = resources.folder("demo") / f"{ORDER[0]}.npz"
    return first if first.is_file() else next(iter(files()), None)
