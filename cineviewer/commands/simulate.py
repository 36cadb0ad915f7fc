"""`cineviewer simulate`: a record whose truth is known."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from cineviewer import simulate
from cineviewer.errors import InputError


def command(
    scenario: Annotated[str, typer.Argument(help=f"One of {', '.join(simulate.SCENARIOS)}.")],
    out: Annotated[Path, typer.Option(help="Folder for SCENARIO.hea, SCENARIO.dat and truth.npz; one a record.")],
    seed: Annotated[int, typer.Option(min=0, help="Same scenario and seed give the same samples.")] = 1,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Simulate 10 s of 12 leads at 500 Hz and write them with their truth.

    Example: cineviewer simulate lbbb --out simulated/lbbb --seed 3
    """
    made = simulate.simulate(scenario, seed)
    try:
        path = simulate.write(made, out)
    except OSError as error:
        raise InputError(
            "not-writable",
            f"cannot be written: {error.strerror}",
            where=out,
            repair="choose a folder that you may write to",
        ) from error
    n_beats = len(made.truth.landmarks)
    if json_output:
        document = {
            "schema": 1,
            "path": str(path),
            "scenario": scenario,
            "seed": seed,
            "generator": simulate.GENERATOR,
            "truth": str(out / "truth.npz"),
            "rate_hz": made.record.rate_hz,
            "duration_s": made.record.duration_s,
            "n_beats": n_beats,
        }
        json.dump(document, sys.stdout, allow_nan=False)
        print()
    else:
        title = simulate.SCENARIOS[scenario].title
        typer.echo(f"{path}: {title}, simulated, seed {seed}, {n_beats} beats, truth in {out / 'truth.npz'}")
