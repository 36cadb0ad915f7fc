"""What happens before Qt is imported: the arguments are read, and where they name a record, its worker starts."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from cineviewer.analysis.cache import Cache, user_folder


def run(arguments: Sequence[str]) -> int:
    """Open the window on what the arguments name; return the exit code."""
    options = _options(arguments)
    cache = None if options.no_cache else Cache(options.state / "cache" if options.state else user_folder())
    client = None
    if options.paths:
        # The first picture shows what the worker reads: its processes load while this one loads Qt.
        from cineviewer.analysis.worker import Client

        client = Client(cache, at_once=True)
    from cineviewer.ui import app

    return app.run(options, cache, client)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    return int(width), int(height)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="cineviewer", description="Shows where a network's verdict on a 12-lead ECG comes from."
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="records, or a folder of them")
    parser.add_argument("--heart", type=Path, metavar="FOLDER", help="draw the path in the surfaces of this folder")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="draw the window, save its picture, end")
    parser.add_argument("--size", type=_size, metavar="WxH", help="the window's size, 1280x800")
    parser.add_argument("--theme", choices=("light", "dark", "system"))
    parser.add_argument(
        "--gl", choices=("blit", "off"), default="blit", help="draw the ventricles in 3D, off-screen, or flat"
    )
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="compute all anew, also the bundled cases, and keep nothing of it for the next session",
    )
    parser.add_argument("--session", type=Path, metavar="FILE", help="a session saved by the window")
    parser.add_argument("--state", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--qt", nargs="*", default=[], help=argparse.SUPPRESS)
    return parser.parse_args(list(arguments))
