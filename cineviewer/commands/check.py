"""`cineviewer check`: reads records, says what is in them and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.text import Text

from cineviewer import records, report
from cineviewer.ecg import LEADS, Quality, Record
from cineviewer.errors import InputError


def command(
    paths: Annotated[list[Path], typer.Argument(help="Records or folders of records.")],
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Read records, say what is in them and what is wrong.

    Folders are searched with all below them. Exit code 1: a record could not be used; the reason is on stderr.

    Example: cineviewer check records500/06000/06154_hr
    """
    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    found = records.find(paths)
    documents = []
    quick = len(found) < 50 or not errors.is_terminal
    for document, record in track(_results(found, errors), total=len(found), console=errors, disable=quick):
        documents.append(document)
        if not json_output and record is not None:
            _say(document, record)
    n_failed = sum(not document["ok"] for document in documents)
    if json_output:
        typer.echo(json.dumps({"schema": 1, "records": documents}, allow_nan=False))
    elif len(documents) > 1:
        n_doubtful = sum(bool(document["warnings"]) for document in documents)
        typer.echo(f"{len(documents)} records: {n_failed} could not be used, {n_doubtful} with warnings")
    if n_failed:
        raise typer.Exit(1)


def _results(found: list[records.Found], errors: Console) -> Iterator[tuple[report.Document, Record | None]]:
    """Yield what `check` says of each record; why one cannot be used goes to stderr, too."""
    from cineviewer import signal

    for one in found:
        try:
            record = records.read(one.path)
        except InputError as error:
            errors.print(_printable(str(error)))
            yield report.failed_record_document(str(one.path), error), None
        else:
            yield report.record_document(record, signal.analyse(record)), record


def _say(document: report.Document, record: Record) -> None:
    console = Console(soft_wrap=True, highlight=False)
    rate, n_beats = document["heart_rate_bpm"], document["n_beats"]
    facts = [
        *(["simulated"] if record.simulated else []),
        record.format,
        f"{document['rate_hz']:g} Hz",
        f"{document['duration_s']:.4g} s",
        _leads(document),
        "no beats" if not n_beats else f"{n_beats} beat{'s'[: n_beats > 1]}",
        "no heart rate" if rate is None else f"{rate:.0f}/min",
    ]
    console.print(_printable(document["path"], "bold"))
    console.print(f"  {', '.join(facts)}", markup=False)
    for quality in Quality:
        leads = [lead for lead, own in document["quality"].items() if own == quality]
        if leads and quality != Quality.GOOD:
            console.print(f"  {quality}: {'all leads' if len(leads) == len(LEADS) else ', '.join(leads)}")
    for warning in document["warnings"]:
        console.print(Text.assemble(("  warning: ", "yellow"), _printable(warning)))


def _printable(text: str, style: str = "") -> Text:
    """Return a text as a terminal can show it: names of files may hold anything."""
    return Text("".join(letter if letter.isprintable() else "?" for letter in text), style)


def _leads(document: report.Document) -> str:
    n, derived = len(document["leads"]), document["derived_leads"]
    text = f"{n} of {len(LEADS)} leads" if n < len(LEADS) else f"{n} leads"
    return f"{text} ({', '.join(derived)} derived)" if derived else text
