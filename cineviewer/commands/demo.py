"""`cineviewer demo`: rebuild the bundled cases from their scenarios and seed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cineviewer import analysis, records, resources, simulate

SEED = 1


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
        path = simulate.write(simulate.simulate(scenario, SEED), folder, truth=False)
        case = analysis.complete(records.read(path))
        analysis.write_case(case, path.with_suffix(".npz"))
        verdict = case.verdict
        said = "; ".join(case.notices) if verdict is None else f"{verdict.label}, p {verdict.p_abnormal:.3f}"
        print(f"{path}: {simulate.SCENARIOS[scenario].title}: {said}", file=sys.stderr)
