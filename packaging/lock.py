"""Writes packaging/lock.txt: the exact version of all that the package, its tests and its checks need, as installed.

Run it in an environment whose versions were tried: .venv/bin/python packaging/lock.py
"""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

LOCK = Path(__file__).parent / "lock.txt"
HEADER = "# Versions that were tried together; written by packaging/lock.py, installed by packaging/setup.sh.\n"


def installed(root: str, extras: frozenset[str]) -> dict[str, str]:
    """Return name and public version of every distribution that `root` needs, directly or not."""
    found: dict[str, str] = {}
    done: set[tuple[str, frozenset[str]]] = set()
    waiting = [(root, extras)]
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in done:
            continue
        done.add((name, wanted))
        this = distribution(name)
        # A local part such as "+cpu" names a build, not a version: which build is set-up's choice.
        found[canonicalize_name(name)] = f"{this.metadata['Name']}=={Version(this.version).public}"
        for line in this.requires or ():
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *wanted)):
                waiting.append((canonicalize_name(needed.name), frozenset(needed.extras)))
    del found[canonicalize_name(root)]
    return found


if __name__ == "__main__":
    pins = installed("cineviewer", frozenset({"test", "check"}))
    LOCK.write_text(HEADER + "".join(f"{pins[name]}\n" for name in sorted(pins)))
    print(f"{LOCK}: {len(pins)} packages")
