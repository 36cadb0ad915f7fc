"""A long sitting: memory of window and worker over 100 explained cases."""

from __future__ import annotations

from cineviewer.benchmark.rows import Row


def rows() -> list[Row]:
    """Open and explain 100 cases in one window; return what memory it holds then."""
    from cineviewer.benchmark.window import memory_rows

    return memory_rows()
