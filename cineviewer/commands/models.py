"""`cineviewer models`: which models are bundled, and what their cards say."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from cineviewer.models.card import Card, read_card
from cineviewer.models.model import available, model_folder


def command(
    names: Annotated[list[str] | None, typer.Argument(help="Models, or folders with card.json; all bundled.")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print the cards as one JSON document.")] = False,
) -> None:
    """List models with their cards: what they read, what they were trained on, how often they are wrong.

    Example: cineviewer models resnet1d
    """
    cards = [read_card(model_folder(name)) for name in (names or available())]
    if json_output:
        print(json.dumps({"schema": 1, "models": [card.model_dump(mode="json", by_alias=True) for card in cards]}))
        return
    console = Console(highlight=False)
    for card in cards:
        console.print(f"[bold]{escape(card.name)}[/bold] {card.version}: {escape(card.task)}")
        for heading, text in _lines(card):
            console.print(f"  {heading:<12} {escape(text)}", soft_wrap=True)


def _lines(card: Card) -> list[tuple[str, str]]:
    length_ms = 1000.0 * card.length / card.rate_hz
    lines = [
        ("what", card.summary),
        (
            "input",
            f"{len(card.leads)} leads, {length_ms:.0f} ms at {card.rate_hz:g} Hz, {card.low_hz:g}–{card.high_hz:g} Hz",
        ),
        ("parameters", f"{card.architecture.parameters}, seeds {', '.join(str(m.seed) for m in card.members)}"),
        ("labels", card.label_rule),
        ("trained on", f"{card.training.data}, {card.training.train}: {card.training.n_records} records"),
    ]
    for one in card.evaluations:
        if one.seed == card.members[0].seed:
            record = one.per_record
            accuracy, auroc = record.accuracy.value, record.auroc.value
            known = [f"accuracy {accuracy:.3f}"] if accuracy is not None else []
            known += [f"AUROC {auroc:.3f}"] if auroc is not None else []
            lines.append(("measured", f"{one.data}, {one.split}, {record.n} records: {', '.join(known)}"))
    lines += [("use", card.intended_use), ("licence", card.licence)]
    return lines + [("limit", limit) for limit in card.limits]
