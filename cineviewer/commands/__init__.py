"""The command line: one thin module a sub-command, each offering a function `command`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from cineviewer import __version__
from cineviewer.errors import InputError

COMMANDS: dict[str, str] = {
    "check": "read records, say what is in them and what is wrong",
    "landmarks": "beats and their landmarks",
    "explain": "explain records: verdict, attribution, path, pictures, one folder a record",
    "render": "draw the panes of one record without a window",
    "train": "train a model",
    "evaluate": "measure a model on labelled records",
    "models": "list the bundled models and their cards",
    "simulate": "write a record whose truth is known",
    "demo": "rebuild the bundled cases",
    "validate-landmarks": "measure the landmarks against annotated recordings",
    "validate-path": "measure the path against simulated truth and what readers said of people",
    "benchmark": "measure this program's speed beside its peers'",
    "doctor": "say what of this machine works",
}
"""Every sub-command with its line of help; its module is named alike."""

USAGE = """\
usage: cineviewer [PATH...] [options]     open the window
       cineviewer COMMAND ...             run one command; cineviewer COMMAND --help says how

window options: --theme light|dark, --size WIDTHxHEIGHT, --gl blit|off, --no-cache,
                --heart FOLDER, --session FILE, --screenshot FILE

commands:
{commands}

example: cineviewer records500/06000/06154_hr
Research use only. Not for diagnosis.
"""


def run(arguments: Sequence[str]) -> int:
    """Run a sub-command or print the usage; return the exit code (0 done, 1 a record was unusable, 2 wrong usage)."""
    name = arguments[0]
    if name in ("--help", "-h"):
        width = max(map(len, COMMANDS))
        print(USAGE.format(commands="\n".join(f"  {n:<{width}}  {text}" for n, text in COMMANDS.items())), end="")
        return 0
    if name == "--version":
        print(f"cineviewer {__version__}")
        return 0
    import typer

    module = importlib.import_module(f"cineviewer.commands.{name.replace('-', '_')}")
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(name=name)(module.command)
    try:
        app(args=list(arguments[1:]), prog_name=f"cineviewer {name}")
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0
