"""The tokens of the look: six colours with six meanings, sizes of type, spacings, widths of lines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every colour of one theme, as "#rrggbb".

    Pink is paper; ink is data and what the app computed; orange and blue are the attribution map (paint.colourmap);
    teal is where you are and what you did; violet is what is true of a simulated record; grey is the frame. Nothing
    else may use them.
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
    truth: str
    truth_early: str
    truth_late: str
    truth_front: str
    ground: str
    panel: str
    line: str
    hairline: str
    fill: str
    rose: str
    muscle: str
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
    truth="#5f2c9e",
    truth_early="#54319f",
    truth_late="#d9ccf4",
    truth_front="#3d0f86",
    ground="#eef0f3",
    panel="#ffffff",
    line="#d8dce2",
    hairline="#e8ebef",
    fill="#f3f5f7",
    rose="#be9898",
    muscle="#b59796",
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
    truth="#c4a8ff",
    truth_early="#4b2f8f",
    truth_late="#a88cf0",
    truth_front="#f4eeff",
    ground="#0c0f12",
    panel="#15191e",
    line="#2a313a",
    hairline="#222830",
    fill="#1c2127",
    rose="#ba9ca0",
    muscle="#7a6669",
    coronary="#d7a9a6",
    bone="#c9c3b4",
)


def tokens(dark: bool) -> Tokens:
    """Return the colours of the dark or the light theme; exports and paper always take the light one."""
    return _DARK if dark else _LIGHT


_type_factor = 1.0


def set_type_factor(factor: float) -> None:
    """Make type, and what must hold it, larger; once, before anything is drawn: heights are taken from it for good.

    A process that only writes files leaves it at 1: a page looks the same whoever prints it.
    """
    global _type_factor  # noqa: PLW0603  one size of type a process, as there is one application
    _type_factor = factor


def with_type(px: float) -> float:
    """Return a length, given in px at 100 %, that grows with the size of type."""
    return px * _type_factor


class _Size:
    """A size of type in px at 100 %."""

    def __init__(self, px: float) -> None:
        self._px = px

    def __get__(self, _of: object, _kind: type | None = None) -> float:
        return with_type(self._px)


class _Height:
    """A height in whole px at 100 %: of what holds a line of type, or grows with it by a smaller share."""

    def __init__(self, px: int, share: float = 1.0) -> None:
        self._px, self._share = px, share

    def __get__(self, _of: object, _kind: type | None = None) -> int:
        return round(self._px * (1.0 + self._share * (_type_factor - 1.0)))


class TypeSizes:
    """Sizes of type in px, at the present size of type, never below 10."""

    verdict = _Size(24.0)
    state = _Size(15.0)
    title = _Size(13.0)
    lead = _Size(12.5)
    body = _Size(12.0)
    secondary = _Size(11.5)
    caption = _Size(11.0)
    axis = _Size(10.0)


class Spaces:
    """Distances in px, on a grid of 4; heights that hold type grow with it."""

    row = _Height(19)
    row_case = _Height(39)
    head = _Height(36)
    head_timeline = _Height(30)
    foot = _Height(26)
    bar = _Height(40)
    hit = _Height(26, 0.5)
    icon = _Height(16, 0.5)
    ruler = _Height(16)
    tag = _Height(14)
    unit = 4
    padding = 8
    padding_wide = 12
    gap = 1
    hit_line = 9
    radius_control = 5
    radius_tag = 3
    radius_badge = 4
    focus_ring = 2


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
