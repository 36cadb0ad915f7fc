"""The parts of a session: small frozen values, each of them what one kind of interaction changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cineviewer.ecg import HandSet, PathMethod

View = Literal["beat", "median", "record"]
Layout = Literal["3x4+rhythm", "3x4", "6x2", "12x1"]
Order = Literal["standard", "cabrera"]
Theme = Literal["system", "light", "dark"]
SPEEDS_MM_S = (12.5, 25.0, 50.0, 100.0, 200.0)
GAINS_MM_MV = (2.5, 5.0, 10.0, 20.0)
PLAYBACK_RATES = (0.1, 0.25, 1.0)
TYPE_FACTORS = (1.0, 1.1, 1.2, 1.3, 1.45, 1.6)


@dataclass(frozen=True, slots=True)
class Cursor:
    """One instant, in milliseconds after the chosen beat's QRS onset (it may lie outside the window)."""

    t_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Span:
    """What of the record is visible: its left edge in seconds; the right edge follows from speed and width."""

    start_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Paper speed and gain: the stored truth from which every visible span is derived."""

    speed_mm_s: float = 25.0
    gain_mm_mv: float = 10.0

    @property
    def is_standard(self) -> bool:
        """True for 25 mm/s and 10 mm/mV."""
        return self.speed_mm_s == 25.0 and self.gain_mm_mv == 10.0


@dataclass(frozen=True, slots=True)
class Paper:
    """How traces lie on paper: a scale each for the beat, the record and the whole beat, layout, lead order, filter."""

    beat: Scale = Scale(100.0, 10.0)
    record: Scale = Scale(25.0, 10.0)
    layout: Layout = "3x4+rhythm"
    order: Order = "standard"
    filtered: bool = True
    whole: Scale = Scale(50.0, 10.0)


@dataclass(frozen=True, slots=True)
class Overlay:
    """How the attribution lies on the traces: heat behind them, the trace coloured, or off; `strength` scales it."""

    style: Literal["heat", "trace", "off"] = "heat"
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class ColourScale:
    """The end of the attribution map in logit per sample; `locked` keeps it when the case changes."""

    locked: bool = False
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Camera:
    """A named view of the ventricles, or a free one by position, focal point and up (heart coordinates, mm)."""

    view: str | None = "anterior"
    position: tuple[float, float, float] | None = None
    focus: tuple[float, float, float] | None = None
    up: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """Whether the ventricles are cut open, and where; the half towards the viewer is left out.

    `normal` is across the plane in heart coordinates, None for the four-chamber plane; `depth_mm` moves the plane along
    its normal.
    """

    on: bool = False
    normal: tuple[float, float, float] | None = None
    depth_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Selection:
    """Which case and which of its beats is shown; beat None is the median beat.

    `whole` shows the beat from its P wave to the end of T, and not only the window that the model reads.
    """

    path: str | None = None
    view: View = "median"
    beat: int | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Engine:
    """What computes: model, attribution method, path method; `heart` is a folder of surfaces, None the generic."""

    model: str = "resnet1d"
    method: str = "ig"
    reference: Literal["mean-normal", "zeros"] = "mean-normal"
    path: PathMethod = "recipe"
    heart: str | None = None


@dataclass(frozen=True, slots=True)
class Calipers:
    """Two time lines (s of the record) and two voltage lines (mV) of one lead, or None where not placed."""

    lead: str | None = None
    t0_s: float | None = None
    t1_s: float | None = None
    v0_mv: float | None = None
    v1_mv: float | None = None


@dataclass(frozen=True, slots=True)
class Playback:
    """Whether the cursor moves by itself, and how fast (1 is real time)."""

    playing: bool = False
    rate: float = 0.1
    loop: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """Theme, type and identity: names are hidden unless asked for.

    `type_factor` is the size of type, 1.0-1.6; None follows the system's.
    """

    theme: Theme = "system"
    light_paper: bool = False
    show_identity: bool = False
    type_factor: float | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """The reader's own words on cases: star, tags and a note, by the signal's sha256."""

    stars: frozenset[str] = frozenset()
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    text: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandSets:
    """Landmarks that the reader set by hand, by the signal's sha256: of the recordings touched since the start."""

    by_signal: dict[str, tuple[HandSet, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grip:
    """The landmark in hand: which one, of which signal and beat; `sample` is where it is held, None where it lies."""

    landmark: str | None = None
    sha256: str = ""
    beat: int | None = None
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Screens:
    """Logical px per millimetre of the screens that the user held a ruler to, by the screen's own key."""

    px_per_mm: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept besides the reader's own folder: hand-set landmarks in a file beside their record, or not."""

    landmarks_beside: bool = False


@dataclass(frozen=True, slots=True)
class Reveal:
    """Whether what is true of a simulated record is drawn beside what the model and the path say of it."""

    truth: bool = False


Part = (
    Cursor | Span | Paper | Overlay | ColourScale | Camera | Cut | Selection | Engine | Calipers | Playback | Look
    | Notes | HandSets | Grip | Keeping | Screens | Reveal
)  # fmt: skip
KINDS: tuple[type[Part], ...] = (
    Cursor, Span, Paper, Overlay, ColourScale, Camera, Cut, Selection, Engine, Calipers, Playback, Look,
    Notes, HandSets, Grip, Keeping, Screens, Reveal,
)  # fmt: skip
EPHEMERAL: frozenset[type[Part]] = frozenset({Cursor, Span, Playback, Camera, Grip, Screens})
"""Parts that change too often to be worth an undo step, and the screens' sizes, which are no part of the work."""
