"""Everything that keys and mouse do, as one list: the shortcut sheet and docs/interactions.md are made from it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from cineviewer.ui.actions import ACTIONS
from cineviewer.ui.desk import Action

MOUSE: tuple[tuple[str, str, str], ...] = (
    ("Traces", "drag", "moves the cursor"),
    ("Traces", "double-click a beat of the record", "explains that beat"),
    ("Traces", "wheel over the record", "scrolls it"),
    (
        "Traces",
        "drag a landmark at a lead's top",
        "moves it; measurements and the model follow; click holds it for keys",
    ),
    ("Traces", "drag a caliper", "moves it; the read-out follows"),
    ("Timeline", "drag", "moves the cursor"),
    ("Ventricles", "drag along the path", "moves the cursor"),
    ("Ventricles", "drag beside the path", "turns the heart; so do Shift and the arrows"),
    ("Ventricles", "drag with Shift or the middle button", "moves the picture"),
    ("Ventricles", "wheel", "goes nearer or farther"),
    ("Ventricles", "wheel with Ctrl", "moves the plane along which the heart is cut"),
    ("Ventricles", "double-click", "centres what was clicked; beside the heart, all of it"),
    ("Cases", "click a row", "opens the case"),
    ("Cases", "hover a row", "shows statements, tags and note"),
    ("Window", "drop files or a folder", "opens them"),
    ("Window", "drag a border between panes", "shares the room otherwise"),
    ("Window", "close a pane's own window", "brings the pane back"),
)
HEADING = """# Keys and mouse

Made from `cineviewer/ui/actions.py` and `cineviewer/ui/interactions.py` by `python -m cineviewer.ui.interactions`;
`tests/ui/test_interactions.py` fails when this page is older than they are, and runs every key.
Keys work whichever pane or window of cineviewer has the focus, but not while you write in a text field.
Return presses the button that has the focus: Space belongs to playback.
"""


def groups() -> Iterator[tuple[str, list[Action]]]:
    """Yield the menus' places with their actions, in the table's order."""
    for place, actions in groupby(ACTIONS, key=lambda action: action.menu):
        yield place.replace("/", " › "), list(actions)


def key_text(action: Action) -> str:
    """Return an action's keys as they stand on a keyboard."""
    return " or ".join(action.keys)


def markdown() -> str:
    """Return docs/interactions.md."""
    lines = [HEADING]
    for place, actions in groups():
        lines += [f"## {place}", "", "| key | action | does |", "| --- | --- | --- |"]
        lines += [f"| {_code(action)} | {action.text} | {action.tip} |" for action in actions]
        lines.append("")
    lines += ["## Mouse", "", "| where | gesture | does |", "| --- | --- | --- |"]
    lines += [f"| {where} | {gesture} | {does} |" for where, gesture, does in MOUSE]
    return "\n".join(lines) + "\n"


def _code(action: Action) -> str:
    return " or ".join(f"`{key}`" for key in action.keys)


if __name__ == "__main__":
    print(markdown(), end="")
