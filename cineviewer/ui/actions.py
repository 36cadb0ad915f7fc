"""The actions: one table from which menus, shortcuts, the shortcut sheet, docs/interactions.md and tests come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QApplication

from cineviewer.paint.scene_cut import STEP_MM
from cineviewer.session import (
    PLAYBACK_RATES,
    Camera,
    ColourScale,
    Cut,
    Engine,
    Look,
    Notes,
    Overlay,
    Paper,
    Playback,
    Reveal,
    Scale,
    Selection,
)
from cineviewer.ui import deeds, landmarks
from cineviewer.ui.desk import Action, Deed, Desk, Test, always

PANES = ("cases", "traces", "timeline", "ventricles", "findings")
VIEWS = (
    ("anterior", "Anterior"),
    ("lao", "LAO 45°"),
    ("rao", "RAO 30°"),
    ("left-lateral", "Left lateral"),
    ("posterior", "Posterior"),
    ("base", "Base"),
    ("apex", "Apex"),
    ("four-chamber", "Four chambers"),
)
LAYOUTS = (("3x4+rhythm", "3×4 + rhythm"), ("3x4", "3×4"), ("6x2", "6×2"), ("12x1", "12×1"))


def _put(kind: type[Any], **changes: object) -> Deed:
    """Return what sets these fields of a part."""
    return lambda desk: desk.session.set(replace(desk.session.get(kind), **changes))


def _flip(kind: type[Any], name: str) -> Deed:
    """Return what turns one field of a part on or off."""
    return lambda desk: desk.session.set(
        replace(desk.session.get(kind), **{name: not getattr(desk.session.get(kind), name)})
    )


def _is(kind: type[Any], **values: object) -> Test:
    """Return whether these fields of a part have these values."""
    return lambda desk: all(getattr(desk.session.get(kind), name) == value for name, value in values.items())


def _do(deed: Callable[..., object], *arguments: object) -> Deed:
    """Return what does a deed of the session."""
    return lambda desk: deed(desk.session, *arguments)


def _has_case(desk: Desk) -> bool:
    return desk.session.shown.case is not None


def _has_truth(desk: Desk) -> bool:
    case = desk.session.shown.case
    return case is not None and case.truth is not None


def _has_beats(desk: Desk) -> bool:
    return bool(deeds.explainable_beats(desk.session))


def _computes(desk: Desk) -> bool:
    return desk.session.shown.progress is not None


def _show_settings(desk: Desk) -> None:
    from cineviewer.ui import settings

    settings.show(desk.session, QApplication.activeWindow())


def _has_hand_set(desk: Desk) -> bool:
    return landmarks.has_hand_set(desk.session)


def _has_path(desk: Desk) -> bool:
    return desk.session.get(Selection).path is not None


def _cursor_or_landmark(by_ms: float) -> Deed:
    """Return what moves the landmark in hand by a sample, or the cursor by milliseconds where none is held."""

    def move(desk: Desk) -> None:
        if not landmarks.step(desk.session, 1 if by_ms > 0 else -1):
            deeds.move_cursor(desk.session, by_ms)

    return move


def _let_go_or_cancel(desk: Desk) -> None:
    if not landmarks.let_go(desk.session):
        desk.cancel()


def _holds_or_computes(desk: Desk) -> bool:
    return _computes(desk) or landmarks.held(desk.session) is not None


def _has_given_heart(desk: Desk) -> bool:
    return desk.session.get(Engine).heart is not None


def _has_calipers(desk: Desk) -> bool:
    return deeds.has_calipers(desk.session)


def _is_starred(desk: Desk) -> bool:
    case = desk.session.shown.case
    return case is not None and case.record.sha256 in desk.session.get(Notes).stars


def _rate_text(rate: float) -> str:
    return "real time" if rate == 1.0 else f"1/{round(1 / rate)} of real time"


_FILE = (
    Action("open", "Open record…", "File", ("Ctrl+O",), "Open one ECG record", lambda d: d.ask_for_record()),
    Action(
        "open-folder", "Open folder…", "File", ("Ctrl+Shift+O",), "List a folder of records, or a PTB-XL folder",
        lambda d: d.ask_for_folder(),
    ),
    Action(
        "open-heart", "Open a heart…", "File", (), "Draw the path in surfaces of a folder (epi, endo_lv and endo_rv)",
        lambda d: d.ask_for_heart(),
    ),
    Action(
        "generic-heart", "Use the generic heart", "File", (), "Draw the path in the generic heart again",
        _put(Engine, heart=None), _has_given_heart,
    ),
    Action("demo", "Demo cases", "File", (), "Show the bundled, simulated cases", lambda d: d.open_demo()),
    Action(
        "save-session", "Save session…", "File", ("Ctrl+S",), "Save what the window shows, to draw it again",
        lambda d: d.save_session(), separated=True,
    ),
    Action(
        "save-picture", "Save picture of the window…", "File", ("Ctrl+Shift+S",), "Save the window as it is",
        lambda d: d.save_picture(),
    ),
    Action(
        "join-summary", "Join a batch's summary.csv…", "File", (), "Add a batch's verdicts to the case list",
        lambda d: d.join_summary(), separated=True,
    ),
    Action(
        "export-cases", "Export case list as CSV…", "File", (), "Save the filtered list with stars, tags and notes",
        lambda d: d.export_cases(),
    ),
    Action(
        "empty-cache", "Empty the cache…", "File", (), "Forget what the models answered in earlier sessions",
        lambda d: d.empty_cache(), lambda d: d.keeps_answers(), separated=True,
    ),
    Action(
        "settings", "Settings…", "File", ("Ctrl+,",), "Theme, size of type, ruler, colour scale, what is kept where",
        _show_settings, separated=True,
    ),
    Action("quit", "Quit", "File", ("Ctrl+Q",), "Close cineviewer", lambda d: d.quit()),
)  # fmt: skip

_CURSOR = (
    Action(
        "cursor-back", "1 ms back", "View/Cursor", ("Left",), "Move the cursor back, or the landmark in hand a sample",
        _cursor_or_landmark(-1.0), _has_case,
    ),
    Action(
        "cursor-on", "1 ms on", "View/Cursor", ("Right",), "Move the cursor on, or the landmark in hand a sample",
        _cursor_or_landmark(1.0), _has_case,
    ),
    Action(
        "cursor-back-10", "10 ms back", "View/Cursor", ("PgUp",), "Move the cursor 10 ms back",
        _do(deeds.move_cursor, -10.0), _has_case,
    ),
    Action(
        "cursor-on-10", "10 ms on", "View/Cursor", ("PgDown",), "Move the cursor 10 ms on",
        _do(deeds.move_cursor, 10.0), _has_case,
    ),
    Action(
        "cursor-start", "QRS onset", "View/Cursor", ("Home",), "Put the cursor at the window's start, QRS onset",
        _do(deeds.cursor_to_start), _has_case,
    ),
    Action(
        "cursor-end", "End of the window", "View/Cursor", ("End",), "Put the cursor at the window's end",
        _do(deeds.cursor_to_end), _has_case,
    ),
    Action(
        "play", "Play", "View/Cursor", ("Space",), "Let the cursor run; again to pause",
        _flip(Playback, "playing"), _has_case, _is(Playback, playing=True), separated=True,
    ),
    *(
        Action(
            f"rate-{rate:g}", f"Play at {_rate_text(rate)}", "View/Cursor", (), f"Play at {_rate_text(rate)}",
            _put(Playback, rate=rate), always, _is(Playback, rate=rate),
        )
        for rate in PLAYBACK_RATES
    ),
    Action(
        "loop", "Repeat", "View/Cursor", (), "Begin again at QRS onset when the end is reached",
        _flip(Playback, "loop"), always, _is(Playback, loop=True),
    ),
)  # fmt: skip

_TRACES = (
    Action(
        "view-beat", "Beat", "View/Traces", ("B",), "Show one beat in 12 leads",
        _do(deeds.show_beat), _has_beats, _is(Selection, view="beat"),
    ),
    Action(
        "view-median", "Median beat", "View/Traces", ("M",), "Show the median beat in 12 leads",
        _do(deeds.show_median), _has_case, _is(Selection, view="median"),
    ),
    Action(
        "view-record", "Whole record", "View/Traces", ("R",), "Show the record on paper",
        _put(Selection, view="record"), _has_case, _is(Selection, view="record"),
    ),
    Action(
        "whole-beat", "Whole beat", "View/Traces", ("W",), "Show the beat from P to the end of T, with its landmarks",
        _do(landmarks.toggle_whole), _has_beats, _is(Selection, whole=True),
    ),
    Action(
        "filter", "Filtered", "View/Traces", ("F",), "Show the filtered or the raw signal",
        _flip(Paper, "filtered"), always, _is(Paper, filtered=True), separated=True,
    ),
    Action("gain-up", "Larger gain", "View/Traces", ("+", "="), "More mm per mV", _do(deeds.step_gain, 1)),
    Action("gain-down", "Smaller gain", "View/Traces", ("-",), "Fewer mm per mV", _do(deeds.step_gain, -1)),
    Action("speed-up", "Faster paper", "View/Traces", (".",), "More mm per second", _do(deeds.step_speed, 1)),
    Action("speed-down", "Slower paper", "View/Traces", (",",), "Fewer mm per second", _do(deeds.step_speed, -1)),
    Action(
        "standard-scale", "25 mm/s and 10 mm/mV", "View/Traces", ("S",), "Return to standard speed and gain",
        _do(deeds.set_scale, Scale()),
    ),
    *(
        Action(
            f"layout-{layout}", f"Record as {name}", "View/Traces", (f"Ctrl+{k}",), f"Lay the record out as {name}",
            _put(Paper, layout=layout), always, _is(Paper, layout=layout), separated=k == 1,
        )
        for k, (layout, name) in enumerate(LAYOUTS, 1)
    ),
    Action(
        "cabrera", "Cabrera order", "View/Traces", ("C",), "Order the limb leads aVL, I, −aVR, II, aVF, III",
        _do(deeds.toggle_order), always, _is(Paper, order="cabrera"),
    ),
    Action(
        "calipers", "Calipers", "View/Traces", ("K",), "Place calipers on the traces, or take them away",
        _do(deeds.toggle_calipers), _has_case, _has_calipers, separated=True,
    ),
    Action(
        "landmark-next", "Next landmark", "View/Traces", ("T",), "Take the next landmark in hand; arrows move it",
        _do(landmarks.hold_next, 1), _has_case,
    ),
    Action(
        "landmark-back", "Previous landmark", "View/Traces", ("Shift+T",), "Take the landmark before in hand",
        _do(landmarks.hold_next, -1), _has_case,
    ),
    Action(
        "landmarks-measured", "Landmarks as measured", "View/Traces", (), "Take back every landmark set by hand",
        _do(landmarks.as_measured), _has_hand_set,
    ),
)  # fmt: skip

_OVERLAY = (
    Action(
        "overlay-next", "Next overlay style", "View/Attribution", ("O",), "Heat, coloured trace, off",
        _do(deeds.cycle_overlay),
    ),
    *(
        Action(
            f"overlay-{style}", text, "View/Attribution", (), f"Show the attribution as: {text.lower()}",
            _put(Overlay, style=style), always, _is(Overlay, style=style), separated=style == "heat",
        )
        for style, text in (("heat", "Heat behind the traces"), ("trace", "Coloured traces"), ("off", "Off"))
    ),
    Action(
        "stronger", "Stronger", "View/Attribution", ("Ctrl+Up",), "Show the attribution stronger",
        _do(deeds.step_strength, 1), separated=True,
    ),
    Action(
        "weaker", "Weaker", "View/Attribution", ("Ctrl+Down",), "Show the attribution weaker",
        _do(deeds.step_strength, -1),
    ),
    Action(
        "lock-scale", "Lock the colour scale", "View/Attribution", ("L",), "Keep one colour scale for all cases",
        _do(deeds.toggle_scale_lock), _has_case, _is(ColourScale, locked=True), separated=True,
    ),
)  # fmt: skip

_VENTRICLES = (
    *(
        Action(
            f"camera-{view}", name, "View/Ventricles", (str(k),), f"Look at the ventricles from: {name.lower()}",
            _put(Camera, view=view, position=None, focus=None, up=None), always, _is(Camera, view=view),
        )
        for k, (view, name) in enumerate(VIEWS, 1)
    ),
    Action(
        "camera-default", "Default view", "View/Ventricles", ("0",), "Return to the first view",
        lambda d: d.session.set(Camera()), separated=True,
    ),
    Action(
        "cut", "Cut open", "View/Ventricles", ("X",), "Cut the heart open along its axis, facing you; or close it",
        _do(deeds.toggle_cut), always, _is(Cut, on=True), separated=True,
    ),
    Action(
        "cut-four-chambers", "Cut along the four chambers", "View/Ventricles", ("Shift+X",),
        "Cut the heart open along its four-chamber plane and look straight at it", _do(deeds.cut_four_chambers),
    ),
    Action(
        "cut-deeper", "Cut deeper", "View/Ventricles", ("Alt+Down",), "Move the cut away from you",
        _do(deeds.move_cut, STEP_MM), _is(Cut, on=True),
    ),
    Action(
        "cut-nearer", "Cut less deep", "View/Ventricles", ("Alt+Up",), "Move the cut towards you",
        _do(deeds.move_cut, -STEP_MM), _is(Cut, on=True),
    ),
)  # fmt: skip

_PANES = (
    *(
        Action(
            f"pane-{name}", name.capitalize(), "View/Panes", (f"Alt+{k}",), f"Show or hide {name}",
            lambda d, name=name: d.toggle_pane(name), always, lambda d, name=name: d.shows_pane(name),  # type: ignore[misc]
        )
        for k, name in enumerate(PANES, 1)
    ),
    *(
        Action(
            f"detach-{name}", f"{name.capitalize()} in a window of its own", "View/Panes", (f"Alt+Shift+{k}",),
            f"Move {name} to a second window, or back",
            lambda d, name=name: d.toggle_detached(name), always, lambda d, name=name: d.is_detached(name),  # type: ignore[misc]
            separated=k == 1,
        )
        for k, name in enumerate(PANES, 1)
    ),
    Action(
        "reset-layout", "Reset the layout", "View/Panes", (), "Put every pane back in its place",
        lambda d: d.reset_layout(), separated=True,
    ),
)  # fmt: skip

_LOOK = (
    *(
        Action(
            f"theme-{theme}", text, "View/Theme", (), f"Theme: {text.lower()}",
            _put(Look, theme=theme), always, _is(Look, theme=theme),
        )
        for theme, text in (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))
    ),
    Action(
        "theme-next", "Next theme", "View/Theme", ("Ctrl+T",), "As the system, light, dark", _do(deeds.cycle_theme),
        separated=True,
    ),
    Action(
        "light-paper", "Light paper in a dark window", "View/Theme", (), "For projectors and print preview",
        _flip(Look, "light_paper"), always, _is(Look, light_paper=True),
    ),
    Action(
        "truth", "Show what is true", "View", ("G",),
        "Of a simulated record: how the heart was activated, where the front was, where the leads differ",
        _flip(Reveal, "truth"), _has_truth, _is(Reveal, truth=True), separated=True,
    ),
    Action(
        "identity", "Show names and birth dates", "View", (), "Identity is hidden unless asked for",
        _flip(Look, "show_identity"), always, _is(Look, show_identity=True),
    ),
    Action(
        "full-screen", "Full screen", "View", ("F11",), "Use the whole screen, or a window again",
        lambda d: d.toggle_full_screen(),
    ),
)  # fmt: skip

_CASE = (
    Action("case-next", "Next case", "Case", ("N",), "Open the next case of the list", lambda d: d.step_case(1)),
    Action("case-back", "Previous case", "Case", ("P",), "Open the case before", lambda d: d.step_case(-1)),
    Action(
        "beat-back", "Previous beat", "Case", ("[",), "Explain the beat before", _do(deeds.step_beat, -1), _has_beats,
        separated=True,
    ),
    Action("beat-next", "Next beat", "Case", ("]",), "Explain the next beat", _do(deeds.step_beat, 1), _has_beats),
    Action(
        "star", "Star", "Case", ("Ctrl+D",), "Mark this case with a star, or take it away",
        lambda d: d.toggle_star(), _has_case, _is_starred, separated=True,
    ),
    Action(
        "note", "Note and tags…", "Case", ("Ctrl+E",), "Write a note and tags on this case",
        lambda d: d.edit_note(), _has_case,
    ),
    Action("search", "Search the list", "Case", ("Ctrl+F", "/"), "Search id, statement, age",
           lambda d: d.search_cases(), separated=True),
    Action("undo", "Undo", "Case", ("Ctrl+Z",), "Take the last change back", lambda d: d.session.undo(),
           lambda d: d.session.can_undo, separated=True),
    Action("redo", "Redo", "Case", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do the change again", lambda d: d.session.redo(),
           lambda d: d.session.can_redo),
)  # fmt: skip

_MODEL = (
    Action(
        "retry", "Explain again", "Model", ("F5",), "Read the record and compute once more",
        lambda d: d.retry(), _has_path,
    ),
    Action(
        "cancel", "Cancel", "Model", ("Esc",), "Let go of the landmark in hand, else stop what is being computed",
        _let_go_or_cancel, _holds_or_computes,
    ),
    *(
        Action(
            f"reference-{name}", text, "Model", (), f"Attribute against: {text.lower()}",
            _put(Engine, reference=name), always, _is(Engine, reference=name), separated=name == "mean-normal",
        )
        for name, text in (("mean-normal", "Reference: mean normal beat"), ("zeros", "Reference: a flat line"))
    ),
    *(
        Action(
            f"path-{name}", text, "Model", (), f"Draw the path by the method “{name}”",
            _put(Engine, path=name), always, _is(Engine, path=name), separated=name == "recipe",
        )
        for name, text in (
            ("recipe", "Path: recipe, inside the walls"),
            ("centred", "Path: centred, no region"),
            ("learned", "Path: learned, experimental"),
        )
    ),
)  # fmt: skip

_HELP = (
    Action(
        "shortcuts", "Keys and mouse", "Help", ("?",), "Everything that keys and mouse do", lambda d: d.show_shortcuts()
    ),
    Action("about", "About cineviewer", "Help", (), "Version, licences, what this is for", lambda d: d.show_about()),
)

ACTIONS: tuple[Action, ...] = (
    *_FILE, *_CURSOR, *_TRACES, *_OVERLAY, *_VENTRICLES, *_PANES, *_LOOK, *_CASE, *_MODEL, *_HELP,
)  # fmt: skip
MENUS = ("File", "View", "Case", "Model", "Help")
