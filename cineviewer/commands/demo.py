"""`cineviewer demo`: rebuild the bundled cases from their scenarios and seed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from cineviewer import analysis, records, resources, simulate
from cineviewer.analysis.teaching import SEED
from cineviewer.truth import Truth


def command(
    out: Annotated[
        Path | None, typer.Option(help="Folder for the cases; resources/demo of this installation if left out.")
    ] = None,
) -> None:
    """Simulate one record a scenario, explain it, and store both ready to be shown.

    Example: cineviewer demo --out /tmp/demo
    """
    folder = resources.folder("demo") if out is None else out
    for scenario in simulate.SCENARIOS:
        made = simulate.simulate(scenario, SEED)
        path = simulate.write(made, folder, truth=False)
        case = replace(analysis.complete(records.read(path)), truth=_truth(made))
        analysis.write_case(case, path.with_suffix(".npz"))
        verdict = case.verdict
        said = "; ".join(case.notices) if verdict is None else f"{verdict.label}, p {verdict.p_abnormal:.3f}"
        print(f"{path}: {simulate.SCENARIOS[scenario].title}: {said}", file=sys.stderr)


def _truth(made: simulate.Simulated) -> Truth | None:
    """Return what of a simulated record's truth a window shows, as it reads it from a file."""
    with TemporaryDirectory() as folder:
        return records.read_truth(records.read(simulate.write(made, Path(folder))))
