"""`cineviewer benchmark`: the product's speed on this machine, beside its peers'."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from cineviewer.benchmark import BENCHMARKS, document, machine, measure, table


def command(
    only: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(BENCHMARKS)}; may be given more than once.")
    ] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure this program's speed beside its peers' in one run, and print the ratios.

    Example: cineviewer benchmark --only attribution
    """
    where = machine.describe()
    rows = measure(only or BENCHMARKS)
    if json_output:
        print(json.dumps(document(rows, where), indent=1))
        return
    print(table(rows))
    print(
        f"\n{where['processor']}, {where['cores']} cores, load {where['load']} at the start, torch {where['torch']} "
        f"with {where['threads']} threads, matrix product {where['matmul_gflops']} GFLOP/s",
    )
    if any(row.met is False for row in rows):
        print("Missed bars are marked; read them beside the load and the machine's rate.", file=sys.stderr)
