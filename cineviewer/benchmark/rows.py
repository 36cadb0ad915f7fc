"""What a benchmark found: one row a figure, with the bar it has to meet and the peer it is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any, Final

from cineviewer.errors import InputError

BENCHMARKS: Final[dict[str, str]] = {
    "window": "start-up, cursor and camera",
    "attribution": "Integrated Gradients beside captum's",
    "explain": "records explained a second",
    "soak": "memory and stalls over 100 cases",
}
"""Every benchmark with its line of help; its module is named alike."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another program's figure for the same thing, measured in the same run or quoted with its source in the name."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes
    ----------
    bar
        The limit it has to meet: on `ratio` where there is one, else on `value`; None for a figure that only informs.
    ratio
        How many times better than the peer (above 1 is better).
    at_least
        Whether the bar is a lower limit; else it is an upper one.
    """

    what: str
    value: float
    unit: str
    bar: float | None = None
    peer: Peer | None = None
    ratio: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None without a bar."""
        if self.bar is None:
            return None
        figure = self.value if self.ratio is None else self.ratio
        return figure >= self.bar if self.at_least else figure <= self.bar


def measure(names: Iterable[str]) -> list[Row]:
    """Run the named benchmarks in order.

    Raises
    ------
    InputError
        For one that does not exist, or that needs what is not there.
    """
    found: list[Row] = []
    for name in names:
        if name not in BENCHMARKS:
            raise InputError("no-benchmark", f"there is no benchmark {name}", repair=f"choose {', '.join(BENCHMARKS)}")
        module = f"cineviewer.benchmark.{name}"
        try:
            found += import_module(module).rows()
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            repair = "leave it out"
            raise InputError("no-benchmark", f"the benchmark {name} does not exist yet", repair=repair) from error
    return found


def document(rows: Sequence[Row], machine: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON document of a run."""
    kept = ("what", "value", "unit", "bar", "peer", "ratio")
    return {"schema": 1, "machine": machine, "rows": [{key: asdict(row)[key] for key in kept} for row in rows]}


def table(rows: Sequence[Row]) -> str:
    """Return the rows for people: figure, peer, ratio, bar and whether it is met."""
    lines = [("", "measured", "peer", "ratio", "bar", "")]
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        lines.append(
            (
                row.what,
                f"{row.value:.3g} {row.unit}".strip(),
                "" if row.peer is None else f"{row.peer.value:.3g} ({row.peer.name})",
                "" if row.ratio is None else f"{row.ratio:.2f}",
                "" if row.bar is None else f"{sign} {row.bar:g}",
                {True: "met", False: "missed", None: ""}[row.met],
            )
        )
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
