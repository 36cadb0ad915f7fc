"""The desk: what an action is, and what it may ask of the window that it acts on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cineviewer.session import Session


class Desk(Protocol):
    """What an action may ask of the window, besides changing the session."""

    session: Session

    def ask_for_record(self) -> None:
        """Ask for a record by a dialog and open it."""

    def ask_for_folder(self) -> None:
        """Ask for a folder by a dialog and list it."""

    def ask_for_heart(self) -> None:
        """Ask for a folder of surfaces by a dialog and draw the path in them."""

    def open_demo(self) -> None:
        """List the bundled cases and open the first."""

    def step_case(self, by: int) -> None:
        """Open another case of the list."""

    def retry(self) -> None:
        """Read and explain the selected case once more."""

    def cancel(self) -> None:
        """Stop what is being computed."""

    def search_cases(self) -> None:
        """Put the keyboard into the list's search."""

    def toggle_star(self) -> None:
        """Star the case on screen, or take the star away."""

    def edit_note(self) -> None:
        """Let the reader write on the case on screen."""

    def export_cases(self) -> None:
        """Save the list as CSV."""

    def join_summary(self) -> None:
        """Add a batch's summary.csv to the list."""

    def save_picture(self) -> None:
        """Save the window as a picture."""

    def save_session(self) -> None:
        """Save the session as JSON."""

    def keeps_answers(self) -> bool:
        """Return whether the model's answers are kept between sessions."""

    def empty_cache(self) -> None:
        """Forget the model's answers of earlier sessions."""

    def toggle_pane(self, name: str) -> None:
        """Show or hide a pane."""

    def toggle_detached(self, name: str) -> None:
        """Move a pane to a window of its own, or back."""

    def shows_pane(self, name: str) -> bool:
        """Return whether a pane is visible."""

    def is_detached(self, name: str) -> bool:
        """Return whether a pane has a window of its own."""

    def reset_layout(self) -> None:
        """Put every pane back in its place."""

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or a window again."""

    def show_shortcuts(self) -> None:
        """Show what keys and mouse do."""

    def show_about(self) -> None:
        """Show version, licences and purpose."""

    def quit(self) -> None:
        """Close the window."""


Deed = Callable[[Desk], object]
Test = Callable[[Desk], bool]


def always(_desk: Desk) -> bool:
    """Return True: what can be done at any time."""
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that the user can do.

    Attributes
    ----------
    menu
        Where it stands: "View", or "View/Ventricles" in a sub-menu.
    keys
        Its shortcuts, the first of which is named; empty where it has none.
    run
        What it does.
    enabled, checked
        Whether it can be done now, and whether it is on; `checked` None for what is not on or off.
    separated
        Whether a line stands above it in its menu.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...]
    tip: str
    run: Deed
    enabled: Test = always
    checked: Test | None = None
    separated: bool = False
