"""Teaches the learned path (`make path-prior`): beats of a family of hearts become resources/path/learned.npz.

`python -m cineviewer.simulate.prior WORK` simulates into the folder WORK, from which an interrupted run goes on, and
learns from what lies there. What is taught is disturbed anew each time it is shown: where QRS begins and ends, how high
each lead is and how far leads mix, noise and baseline.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from cineviewer import resources
from cineviewer.cine.leads import vectors_of
from cineviewer.cine.learned import DRAWN, READ, Prior, features
from cineviewer.ecg import Doubles
from cineviewer.simulate import lessons
from cineviewer.simulate.lessons import BEFORE_MS, INSTANTS, KINDS, KNOWN, STEP_MS, Lessons

HEARTS: Final = 70
MEMBERS: Final = 5
_WIDTHS: Final = (96, 96)
_STEPS, _BATCH, _RATE = 6000, 256, 2e-3
_DECAY: Final = 1e-3
_KEPT, _APART, _SHRINKAGE = 24, 3, 0.5
"""Principal directions that are weighed by their variance, directions that tell scenarios from other beats, and how far
the spread within scenarios is drawn towards a sphere."""
_USUAL: Final = (0.99, 0.90)
"""Shares of the family's beats of known scenarios that count as like all that was taught, and as like some scenario."""
_HELD_OUT: Final = 10
"""The last so many hearts are not taught: on them the spread is widened, and the family's own error told."""
_WEIGHTS: Final = {"lbbb": 2.0, "rbbb": 2.5, "normal": 1.5}
_ENOUGH: Final = 20_000
"""Beats from which means and spreads are taken."""
_MOVES: Final = 3
"""Movements are compared over so many of the path's instants."""


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """Beats of all hearts as tensors; the front in units of each heart's measure."""

    leads_mv: Tensor
    qrs_ms: Tensor
    span_ms: Tensor
    front: Tensor
    scale_mm: Tensor
    to_heart: Tensor
    weight: Tensor
    kind: Tensor

    def at(self, index: Tensor) -> Taught:
        """Return some of the beats."""
        return Taught(*(getattr(self, field.name)[index] for field in fields(self)))

    def __len__(self) -> int:
        return len(self.qrs_ms)


class Networks(nn.Module):
    """MEMBERS small networks of the same form side by side; (m, n, f) features become (m, n, DRAWN, 3) answers."""

    def __init__(self, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        self.mean, self.deviation = mean, deviation
        sizes = (len(mean), *_WIDTHS, 3 * DRAWN)
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for inputs, outputs in pairwise(sizes):
            self.weights.append(torch.randn(MEMBERS, outputs, inputs) * (2.0 / inputs) ** 0.5)
            self.biases.append(torch.zeros(MEMBERS, outputs))

    def forward(self, features: Tensor) -> Tensor:
        """Answer (m, n, f) features, one batch a member."""
        state = (features - self.mean) / self.deviation
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            state = torch.baddbmm(bias[:, None], state, weight.transpose(1, 2))
            if k + 1 < len(self.weights):
                state = torch.relu(state)
        return state.reshape(*state.shape[:2], DRAWN, 3)


def gather(hearts: Iterable[Lessons]) -> Taught:
    """Put the beats of several hearts together."""
    parts: list[tuple[Tensor, ...]] = []
    kinds = torch.tensor([_WEIGHTS.get(kind, 1.0) for kind in KINDS])
    for one in hearts:
        n = len(one.qrs_ms)
        to_heart = np.stack([one.axes @ vectors_of(row[:, None]).T[:, 0] for row in np.eye(8)], axis=1)
        parts.append((
            torch.from_numpy(one.leads_mv),
            torch.from_numpy(one.qrs_ms),
            torch.from_numpy(one.span_ms),
            torch.from_numpy(((one.front_mm - one.centre_mm) / one.scale_mm).astype(np.float32)),
            torch.from_numpy(one.scale_mm.astype(np.float32)).expand(n, 3),
            torch.from_numpy(to_heart.astype(np.float32)).expand(n, 3, 8),
            kinds[torch.from_numpy(one.kind.astype(np.int64))],
            torch.from_numpy(one.kind.astype(np.int64)),
        ))  # fmt: skip
    return Taught(*(torch.cat(column) for column in zip(*parts, strict=True)))


def shown(beats: Taught, random: torch.Generator, *, disturbed: bool = True) -> tuple[Tensor, Tensor]:
    """Return what the networks read of some beats, (n, f), and what they should answer, (n, DRAWN, 3).

    Parameters
    ----------
    disturbed
        Whether anything but 20 microvolt of noise is done to them.
    """
    n = len(beats)

    def some(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=random)

    on, off, leads = torch.zeros(n), beats.qrs_ms, beats.leads_mv
    stretch, noise = torch.ones(n), torch.full((n, 1, 1), 0.02)
    if disturbed:
        on, off = 4.0 * some(n), off + 6.0 * some(n)
        stretch = torch.exp(0.12 * some(n))
        noise = 0.005 + 0.02 * torch.rand(n, 1, 1, generator=random)
    times = on[:, None] + torch.linspace(0.0, 1.0, READ) * (off - on)[:, None]
    read = _interpolated(leads, (times + BEFORE_MS) / STEP_MS)
    if disturbed:
        mixing = torch.diag_embed(torch.exp(0.12 * some(n, 8))) + 0.04 * some(n, 8, 8)
        read = mixing @ read + 0.01 * some(n, 8, 1)
    read = read + noise * some(n, 8, READ)
    times = on[:, None] + torch.linspace(0.0, 1.0, DRAWN) * (off - on)[:, None]
    first, last = beats.span_ms.T
    place = (times - first[:, None]) / (last - first)[:, None] * (INSTANTS - 1)
    front = _interpolated(beats.front.transpose(1, 2), place).transpose(1, 2)
    return _features(read, (beats.to_heart @ read).transpose(1, 2), stretch * (off - on)), front


def learn(taught: Taught, *, steps: int = _STEPS, seed: int = 0, report: Callable[[str], None] = print) -> Networks:
    """Teach the networks, each on batches of its own."""
    torch.manual_seed(seed)
    random = torch.Generator().manual_seed(seed)
    standard = shown(taught.at(torch.randint(len(taught), (_ENOUGH,), generator=random)), random)[0]
    networks = Networks(standard.mean(0), standard.std(0) + 1e-3)
    optimiser = torch.optim.AdamW(networks.parameters(), lr=_RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps)
    told = 0.0
    for step in range(steps):
        batch = taught.at(torch.multinomial(taught.weight, MEMBERS * _BATCH, replacement=True, generator=random))
        read, front = shown(batch, random)
        answers = networks(read.reshape(MEMBERS, _BATCH, -1)).flatten(0, 1)
        loss = _loss((answers - front) * batch.scale_mm[:, None])
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        told += float(loss.detach())
        if (step + 1) % 500 == 0:
            report(f"step {step + 1}: {told / 500.0:.2f} mm")
            told = 0.0
    return networks


def _loss(off_mm: Tensor) -> Tensor:
    """Return the mean distance, the last quarter counting twice, and half of what movements differ by."""
    away: Tensor = off_mm.norm(dim=2)
    moved: Tensor = (off_mm[:, _MOVES:] - off_mm[:, :-_MOVES]).norm(dim=2)
    return away.mean() + away[:, 3 * DRAWN // 4 :].mean() + 0.5 * moved.mean()


def _interpolated(rows: Tensor, place: Tensor) -> Tensor:
    """Return (n, r, k) values of (n, r, t) rows at (n, k) places between samples."""
    place = place.clamp(0.0, rows.shape[2] - 1.001)
    first = place.floor().long()
    part = (place - first)[:, None]
    before, after = (rows.gather(2, (first + k)[:, None].expand(-1, rows.shape[1], -1)) for k in (0, 1))
    return before * (1.0 - part) + after * part


def _features(read: Tensor, vectors: Tensor, qrs_ms: Tensor) -> Tensor:
    found = features(*(part.double().numpy() for part in (read, vectors, qrs_ms)))
    return torch.from_numpy(found.astype(np.float32))


def stored(networks: Networks, taught: Taught, held_out: Taught) -> dict[str, np.ndarray]:
    """Return the arrays of the file that `cine.learned` reads."""
    random = torch.Generator().manual_seed(1)
    parts = {"mean": networks.mean, "deviation": networks.deviation}
    parts |= {f"weight{k}": weight.detach() for k, weight in enumerate(networks.weights)}
    parts |= {f"bias{k}": bias.detach() for k, bias in enumerate(networks.biases)}
    arrays = {name: part.numpy().astype(np.float16 if "weight" in name else np.float32) for name, part in parts.items()}
    arrays["widening"] = np.array(_widening(networks, held_out, random))
    return arrays | _likeness(networks, taught, held_out, random)


def _likeness(networks: Networks, taught: Taught, held_out: Taught, random: torch.Generator) -> dict[str, np.ndarray]:
    """Return by what a beat is told to be like what was taught: `Prior.basis` and what follows it."""

    def standard(beats: Taught) -> Doubles:
        seen = shown(beats, random, disturbed=False)[0]
        return np.asarray(((seen - networks.mean) / networks.deviation).double().numpy())

    some = taught.at(torch.randint(len(taught), (_ENOUGH,), generator=random))
    features, kinds = standard(some), some.kind.numpy()
    variance, basis = np.linalg.eigh(features.T @ features / len(features))
    named = [features[kinds == kind] for kind in np.unique(kinds) if kind < len(KNOWN)]
    middles = np.stack([own.mean(axis=0) for own in named])
    within = np.concatenate([own - middle for own, middle in zip(named, middles, strict=True)])
    spread = within.T @ within / len(within) + _SHRINKAGE * np.eye(features.shape[1])
    others = features[kinds >= len(KNOWN)] - np.concatenate(named).mean(axis=0)
    # In the coordinates in which the spread within scenarios is a sphere, the directions in which others lie farthest.
    root = np.linalg.inv(np.linalg.cholesky(spread))
    _, directions = np.linalg.eigh(root @ (others.T @ others / len(others)) @ root.T)
    apart = root.T @ directions[:, -_APART:]
    arrays = {
        "basis": basis[:, -_KEPT:].astype(np.float32),
        "variance": variance[-_KEPT:].astype(np.float32),
        "apart": apart.astype(np.float32),
        "centres": (middles @ apart).astype(np.float32),
    }
    known = np.concatenate([*named, standard(held_out.at(held_out.kind < len(KNOWN)))])
    empty = np.zeros(0)
    like = Prior(
        mean=empty,
        deviation=empty,
        weights=(),
        biases=(),
        basis=basis[:, -_KEPT:],
        variance=variance[-_KEPT:],
        apart=apart,
        centres=middles @ apart,
        farthest=empty,
        widening=1.0,
    )
    columns = like.distances(known).T
    arrays["farthest"] = np.array([np.quantile(own, usual) for own, usual in zip(columns, _USUAL, strict=True)])
    return arrays


def _widening(networks: Networks, beats: Taught, random: torch.Generator) -> float:
    """Return the factor on the spread within which two thirds of the points lie."""
    read, front = shown(beats, random, disturbed=False)
    with torch.no_grad():
        answers = networks(read.expand(MEMBERS, -1, -1))
    scale = beats.scale_mm[:, None]
    middle = answers.mean(0)
    spread = (((answers - middle) * scale) ** 2).sum(3).mean(0).sqrt()
    away = ((middle - front) * scale).norm(dim=2)
    return float((away / spread).flatten().quantile(2.0 / 3.0))


def simulated(work: Path, hearts: int = HEARTS) -> list[Lessons]:
    """Return the lessons of so many hearts; those that are not yet in the folder are simulated into it."""
    work.mkdir(parents=True, exist_ok=True)
    found = []
    for seed in range(hearts):
        path = work / f"h{seed:03d}.npz"
        if not path.is_file():
            one = lessons.of_family(seed)
            np.savez(path, allow_pickle=False, **{field.name: getattr(one, field.name) for field in fields(one)})
        with np.load(path, allow_pickle=False) as file:
            found.append(Lessons(**{field.name: file[field.name] for field in fields(Lessons)}))
        print(f"heart {seed + 1} of {hearts}", file=sys.stderr)
    return found


def main(work: Path, out: Path) -> None:
    """Simulate what is missing, learn, and write what was learned."""
    hearts = simulated(work)
    taught, held_out = gather(hearts[:-_HELD_OUT]), gather(hearts[-_HELD_OUT:])
    networks = learn(taught)
    arrays = stored(networks, taught, held_out)
    print(f"on {_HELD_OUT} hearts of the family that were not taught: {_error_mm(networks, held_out):.1f} mm")
    out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out, allow_pickle=False, **arrays)


def _error_mm(networks: Networks, beats: Taught) -> float:
    read, front = shown(beats, torch.Generator().manual_seed(2), disturbed=False)
    with torch.no_grad():
        middle = networks(read.expand(MEMBERS, -1, -1)).mean(0)
    return float(((middle - front) * beats.scale_mm[:, None]).norm(dim=2).mean())


if __name__ == "__main__":
    main(Path(sys.argv[1]), resources.folder("path") / "learned.npz")
