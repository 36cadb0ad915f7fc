"""The product's speed beside its peers', as ratios in one run.

Each benchmark is a module with `rows() -> list[Row]`; BENCHMARKS names them.
"""

from cineviewer.benchmark.rows import BENCHMARKS, Row, document, measure, table

__all__ = ["BENCHMARKS", "Row", "document", "measure", "table"]
