"""How far paths are from the truth of simulated beats, in millimetres: in our heart, and in hearts that it never saw.

Each scenario is simulated on the muscle of the heart in question and seen as `simulate.perturbed` says; every method
draws its path in that same heart, knowing neither how it lay nor where electrodes were, and is compared with the
centroid of the activation front. Points that stay where they are stand beside every method, the heart's centroid first:
a method that is farther off than that has moved in vain. Figures on the family of hearts that a method was trained on
are no accuracy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

import numpy as np

from cineviewer import cine
from cineviewer.cine.path import recipe_variants
from cineviewer.cine.regions import names_at, region_of, side_of
from cineviewer.ecg import Doubles, Path, Window
from cineviewer.heart import Heart
from cineviewer.simulate import perturbed
from cineviewer.simulate.lessons import UNSEEN
from cineviewer.simulate.person import body
from cineviewer.simulate.perturbed import Seen
from cineviewer.simulate.scenarios import SCENARIOS
from cineviewer.validation.points import still

Beats = Literal["known", "unseen"]
Draw = Callable[[Window], Path]
NULL: Final = "point: centroid"
DRAWS: Final = 60
"""So many times every scenario is seen, each time by a heart and electrodes that lie otherwise."""
_INSTANTS: Final = 51
"""A beat is compared at so many even instants from 1 to 98 % of activation, however long it is."""
_BLOCKS: Final = {"lbbb": "left", "rbbb": "right"}
"""On which side these end."""


@dataclass(frozen=True, slots=True)
class Row:
    """One method on all beats of a heart that are of scenarios `learned` knows, or of those it does not.

    Attributes
    ----------
    n
        Beats.
    mean_mm, p95_mm
        Distance from the front's centroid over all instants.
    last_quarter_mm
        Mean distance in the last quarter of QRS.
    cosine
        Between the path's and the front's movement over a sixth of QRS, longer movements counting more; None for
        points.
    region, side
        Share of beats whose last quarter's mean is nearest to the front's region of six (RVOT, RV free wall, septum,
        apex, anterior and posterior LV), and on its side of three (left, septum, right).
    lbbb_region, rbbb_region
        Share of such beats that end in a free wall on the side where the block lets them end; None without such beats.
    """

    method: str
    beats: Beats
    n: int
    mean_mm: float
    p95_mm: float
    last_quarter_mm: float
    cosine: float | None
    region: float
    side: float
    lbbb_region: float | None
    rbbb_region: float | None


@dataclass(frozen=True, slots=True)
class Unlike:
    """Shares of beats that `learned` says are unlike what it was taught; None where there are no such beats."""

    known: float | None
    unseen: float | None
    unseen_wrong_region: float | None


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of one heart.

    Attributes
    ----------
    family
        Whether it is the heart whose family `learned` was trained on.
    matrices_mm
        How far the choice of lead matrix moves the recipe, on average.
    """

    name: str
    family: bool
    rows: tuple[Row, ...]
    unlike: Unlike
    matrices_mm: float

    def row(self, method: str, beats: Beats) -> Row | None:
        """Return one row, None where there is none."""
        return next((row for row in self.rows if (row.method, row.beats) == (method, beats)), None)


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure has to reach: `value` at most `limit`, or at least it where `least`."""

    what: str
    value: float
    limit: float
    least: bool = False

    @property
    def met(self) -> bool:
        """Whether it does."""
        return self.value >= self.limit if self.least else self.value <= self.limit


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """One path beside one front: (n,) distances, what moved alike, and where the last quarter lies."""

    scenario: str
    away_mm: Doubles
    cosine: float | None
    region: bool
    side: bool
    ends: str
    unlike: bool


def measured(
    heart: Heart, *, draws: int = DRAWS, report: Callable[[int, int], None] = lambda _done, _of: None
) -> Table:
    """Simulate every scenario on a heart and judge every method on it.

    Parameters
    ----------
    draws
        How often each scenario is seen.
    report
        Is told how many draws are done, of how many.
    """
    methods = _methods(heart)
    judged: dict[str, list[_Judged]] = {name: [] for name in methods}
    apart: list[float] = []
    for done, seen in enumerate(beats(heart, draws)):
        true_mm = seen.front_mm(_INSTANTS)
        for name, draw in methods.items():
            judged[name].append(_judge(seen, true_mm, draw(seen.window), heart))
        apart.append(_between_matrices(seen.window, heart))
        if (done + 1) % len(SCENARIOS) == 0:
            report((done + 1) // len(SCENARIOS), draws)
    rows = []
    for kind in ("known", "unseen"):
        for name, all_of_it in judged.items():
            own = [one for one in all_of_it if (one.scenario in UNSEEN) == (kind == "unseen")]
            rows.append(_row(name, kind, own))
    return Table(heart.name, heart.generic, tuple(rows), _unlike(judged["learned"]), float(np.mean(apart)))


def beats(heart: Heart, draws: int, seed: int = 0) -> Iterable[Seen]:
    """Yield every scenario's beat in a heart, as often as there are draws of its position and of the electrodes."""
    random = np.random.default_rng(seed)
    waves = [perturbed.of(scenario, heart) for scenario in SCENARIOS]
    for _ in range(draws):
        own = body(perturbed.displaced(SCENARIOS["normal"].person, random), heart)
        potentials = own.rest.potentials(own.tissue.points_mm)
        for wave in waves:
            yield perturbed.seen(wave, own, potentials, random)


def bars(table: Table) -> tuple[Bar, ...]:
    """Return what this project asks of the methods on any heart."""
    found: list[Bar] = [Bar("recipe: Kors against inverse Dower, mm", table.matrices_mm, 6.0)]
    known, null = table.row("centred", "known"), table.row(NULL, "known")
    if known is not None and null is not None:
        found += [
            Bar("centred: mean, mm", known.mean_mm, 18.0),
            Bar("centred: 95th percentile, mm", known.p95_mm, 42.0),
            Bar("centred: last quarter, mm", known.last_quarter_mm, 22.0),
            Bar("centred: cosine", known.cosine or 0.0, 0.48, least=True),
            Bar("centred: below the null, share", 1.0 - known.mean_mm / null.mean_mm, 0.15, least=True),
        ]
    learned, unseen = table.row("learned", "known"), table.row("learned", "unseen")
    if learned is not None and unseen is not None:
        found += _family_bars(learned) if table.family else _learned_bars(learned, unseen, table.unlike)
    return tuple(found)


def _family_bars(known: Row) -> list[Bar]:
    """A check of the teaching: no figure on the family is an accuracy."""
    return [Bar("learned, its own family: mean, mm", known.mean_mm, 7.0), *_block_bars(known)]


def _learned_bars(known: Row, unseen: Row, unlike: Unlike) -> list[Bar]:
    found = [
        Bar("learned: mean, mm", known.mean_mm, 12.0),
        Bar("learned: 95th percentile, mm", known.p95_mm, 24.0),
        Bar("learned: last quarter, mm", known.last_quarter_mm, 15.0),
        Bar("learned: cosine", known.cosine or 0.0, 0.75, least=True),
        Bar("learned: region of six, share", known.region, 0.85, least=True),
        Bar("learned, unseen: mean, mm", unseen.mean_mm, 16.0),
        Bar("learned, unseen: 95th percentile, mm", unseen.p95_mm, 33.0),
        Bar("learned, unseen: cosine", unseen.cosine or 0.0, 0.58, least=True),
        *_block_bars(known),
    ]
    if unlike.unseen_wrong_region is not None:
        what = "learned, unseen: said to be unlike where the region is wrong, share"
        found.append(Bar(what, unlike.unseen_wrong_region, 0.8, least=True))
    return found


def _block_bars(known: Row) -> list[Bar]:
    shares = {"LBBB": known.lbbb_region, "RBBB": known.rbbb_region}
    return [
        Bar(f"learned: {name} ends on its side, share", share or 0.0, 0.95, least=True)
        for name, share in shares.items()
    ]


def _unlike(judged: Sequence[_Judged]) -> Unlike:
    def share(own: list[bool]) -> float | None:
        return float(np.mean(own)) if own else None

    return Unlike(
        known=share([one.unlike for one in judged if one.scenario not in UNSEEN]),
        unseen=share([one.unlike for one in judged if one.scenario in UNSEEN]),
        unseen_wrong_region=share([one.unlike for one in judged if one.scenario in UNSEEN and not one.region]),
    )


def _methods(heart: Heart) -> dict[str, Draw]:
    """Return the methods, and the points that never move."""

    def drawn(name: str, window: Window) -> Path:
        return cine.path(window, heart, name)

    def stays(place_mm: Doubles, window: Window) -> Path:
        n = window.signal_mv.shape[1]
        return Path(np.broadcast_to(place_mm, (n, 3)), "point", None, np.zeros(n))

    methods: dict[str, Draw] = {name: partial(drawn, name) for name in cine.PATHS}
    return methods | {name: partial(stays, place) for name, place in still(heart).items()}


def _judge(seen: Seen, true_mm: tuple[Doubles, Doubles], drawn: Path, heart: Heart) -> _Judged:
    time, truth = true_mm
    path = np.stack([np.interp(time, seen.window.time_ms, column) for column in drawn.points_mm.T], axis=1)
    last = slice(3 * _INSTANTS // 4, None)
    own, right = names_at(np.stack([path[last].mean(axis=0), truth[last].mean(axis=0)]), heart)
    return _Judged(
        scenario=seen.wave.scenario,
        away_mm=np.linalg.norm(path - truth, axis=1),
        cosine=_cosine(path, truth),
        region=_sixth(own) == _sixth(right),
        side=side_of(region_of(own)) == side_of(region_of(right)),
        ends=side_of(region_of(own)),
        unlike=bool(drawn.unlike),
    )


def _cosine(path: Doubles, truth: Doubles) -> float | None:
    """Return the cosine between movements over a sixth of the beat, weighted by how far the front moves."""
    step = _INSTANTS // 6
    moved, front = path[step:] - path[:-step], truth[step:] - truth[:-step]
    length, weight = np.linalg.norm(moved, axis=1), np.linalg.norm(front, axis=1)
    if not length.any():
        return None
    return float(np.sum((moved * front).sum(axis=1) / np.maximum(length, 1e-9)) / weight.sum())


def _sixth(wall: str) -> str:
    """Return the one of six regions that a wall belongs to."""
    region = region_of(wall)
    if region != "LV free wall" and not (region == "septum" and wall.startswith("apical")):
        return region
    if wall.startswith("apical") or wall == "LV apex":
        return "apex"
    return "anterior LV" if "anter" in wall else "posterior LV"


def _row(method: str, kind: Beats, judged: Sequence[_Judged]) -> Row:
    away = np.concatenate([one.away_mm for one in judged])
    cosines = [one.cosine for one in judged if one.cosine is not None]

    def ends_right(block: str) -> float | None:
        own = [one.ends == _BLOCKS[block] for one in judged if one.scenario == block]
        return float(np.mean(own)) if own else None

    return Row(
        method=method,
        beats=kind,
        n=len(judged),
        mean_mm=float(away.mean()),
        p95_mm=float(np.percentile(away, 95.0)),
        last_quarter_mm=float(np.mean([one.away_mm[3 * _INSTANTS // 4 :].mean() for one in judged])),
        cosine=float(np.mean(cosines)) if cosines else None,
        region=float(np.mean([one.region for one in judged])),
        side=float(np.mean([one.side for one in judged])),
        lbbb_region=ends_right("lbbb"),
        rbbb_region=ends_right("rbbb"),
    )


def _between_matrices(window: Window, heart: Heart) -> float:
    kors, dower, _ = recipe_variants(window, heart)
    return float(np.linalg.norm(kors - dower, axis=1).mean())
