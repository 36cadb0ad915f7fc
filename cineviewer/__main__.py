"""Decides between the window and a sub-command before anything heavy is loaded."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run cineviewer; return the exit code."""
    from cineviewer import commands

    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and (given[0] in commands.COMMANDS or given[0] in ("--help", "-h", "--version")):
        return commands.run(given)
    from cineviewer.errors import InputError
    from cineviewer.ui import start

    try:
        return start.run(given)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
