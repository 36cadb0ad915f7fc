"""The tokens of the look: five colours with five meanings, sizes of type, spacings, widths of lines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every colour of one theme, as "#rrggbb".

    Pink is paper; ink is data and what the app computed; orange and blue are the attribution map (paint.colourmap);
    teal is where you are and what you did; grey is the frame. Nothing else may use them.
    """

    dark: bool
    paper: str
    grid_1mm: str
    grid_5mm: str
    trace: str
    text: str
    text_second: str
    text_third: str
    teal: str
    teal_wash: str
    ground: str
    panel: str
    line: str
    hairline: str
    fill: str
    rose: str
    coronary: str
    bone: str

    @property
    def on_teal(self) -> str:
        """Text on a teal ground: the panel's colour."""
        return self.panel


_LIGHT = Tokens(
    dark=False,
    paper="#fffaf8",
    grid_1mm="#f9e0dc",
    grid_5mm="#eab9b3",
    trace="#101215",
    text="#14171c",
    text_second="#4b5460",
    text_third="#656e7a",
    teal="#00736a",
    teal_wash="#dff1ef",
    ground="#eef0f3",
    panel="#ffffff",
    line="#d8dce2",
    hairline="#e8ebef",
    fill="#f3f5f7",
    rose="#be9898",
    coronary="#8d5a5e",
    bone="#c9c3b4",
)
_DARK = Tokens(
    dark=True,
    paper="#151515",
    grid_1mm="#1c1616",
    grid_5mm="#33262a",
    trace="#f4f4f2",
    text="#eef0f2",
    text_second="#b4bcc6",
    text_third="#8d97a3",
    teal="#4fd0c2",
    teal_wash="#12332f",
    ground="#0c0f12",
    panel="#15191e",
    line="#2a313a",
    hairline="#222830",
    fill="#1c2127",
    rose="#ba9ca0",
    coronary="#d7a9a6",
    bone="#c9c3b4",
)


def tokens(dark: bool) -> Tokens:
    """Return the colours of the dark or the light theme; exports and paper always take the light one."""
    return _DARK if dark else _LIGHT


@dataclass(frozen=True, slots=True)
class TypeSizes:
    """Sizes of type in px at 100 %; multiply by the system's font factor (1.0-1.6), never below 10."""

    verdict: float = 24.0
    state: float = 15.0
    title: float = 13.0
    lead: float = 12.5
    body: float = 12.0
    secondary: float = 11.5
    caption: float = 11.0
    axis: float = 10.0


@dataclass(frozen=True, slots=True)
class Spaces:
    """Distances and heights in px at 100 %, on a grid of 4."""

    unit: int = 4
    padding: int = 8
    padding_wide: int = 12
    row: int = 19
    row_case: int = 39
    head: int = 36
    head_timeline: int = 30
    foot: int = 26
    bar: int = 40
    gap: int = 1
    hit: int = 26
    hit_line: int = 9
    radius_control: int = 5
    radius_tag: int = 3
    radius_badge: int = 4
    focus_ring: int = 2


@dataclass(frozen=True, slots=True)
class Widths:
    """Widths of lines in px at 100 %."""

    trace_beat: float = 1.5
    trace_beat_dark: float = 1.7
    trace_record: float = 1.2
    grid_1mm: float = 0.75
    grid_5mm: float = 1.0
    cursor: float = 1.25
    profile: float = 1.4
    frame: float = 1.0


TYPE = TypeSizes()
SPACE = Spaces()
WIDTH = Widths()
