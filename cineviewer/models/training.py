"""Training of one network: cross-entropy, AdamW on one cycle, early stopping; stopped and resumed, it ends the same.

All randomness follows from the seed and the epoch, so a checkpoint holds tensors and numbers alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from cineviewer.ecg import Doubles, Floats
from cineviewer.models.card import Architecture, Input
from cineviewer.models.examples import Examples, Rows
from cineviewer.models.metrics import auroc, cross_entropy
from cineviewer.models.resnet1d import Resnet1d


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    Attributes
    ----------
    epochs, patience
        Length of the one cycle; training stops after `patience` epochs without a better validation loss.
    learning_rate, warm_up, weight_decay
        AdamW's peak rate, the share of the cycle that climbs to it, and the decay of weights (not of biases).
    jitter_ms
        A window is moved by up to so much either way, as a detector's QRS onset is.
    statements_weight
        Weight of a second head that learns which statements a record carries; it is dropped from what ships.
    bfloat16
        Multiply in bfloat16, which halves the time where the processor can; what is kept and judged is float32.
    """

    epochs: int = 18
    patience: int = 10
    batch: int = 128
    learning_rate: float = 3e-3
    warm_up: float = 0.2
    weight_decay: float = 0.02
    jitter_ms: float = 8.0
    statements_weight: float = 0.2
    gradient_limit: float = 5.0
    bfloat16: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What is learned from.

    Attributes
    ----------
    train, validate
        Rows of records.
    target
        (records,) probability of abnormal to learn, NaN where only the statements are to be learned.
    """

    examples: Examples
    form: Input
    scale_mv: tuple[float, ...]
    train: Rows
    validate: Rows
    target: Floats


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch came to."""

    number: int
    train_loss: float
    validation_loss: float
    validation_auroc: float


@dataclass(slots=True)
class _Progress:
    epochs: list[Epoch] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)

    def is_best(self) -> bool:
        return self.epochs[-1].validation_loss <= min(epoch.validation_loss for epoch in self.epochs)

    def is_over(self, recipe: Recipe) -> bool:
        if not self.epochs:
            return False
        best = min(self.epochs, key=lambda epoch: epoch.validation_loss).number
        return len(self.epochs) >= recipe.epochs or len(self.epochs) - 1 - best >= recipe.patience


class _Pupil(nn.Module):
    """The network, with the head for statements beside it."""

    def __init__(self, network: Resnet1d, kinds: int) -> None:
        super().__init__()
        self.network = network
        self.statements = nn.Linear(network.dense.in_features, kinds)

    def forward(self, scaled: Tensor) -> tuple[Tensor, Tensor]:
        features = self.network.features(scaled)
        logits = self.network.dense(features)
        return logits[:, 1] - logits[:, 0], self.statements(features)


def fit(
    lesson: Lesson,
    architecture: Architecture,
    recipe: Recipe,
    seed: int,
    *,
    checkpoint: Path | None = None,
    report: Callable[[Epoch], None] = lambda _epoch: None,
    device: str = "cpu",
) -> tuple[Resnet1d, tuple[Epoch, ...]]:
    """Train a network; return it as it was after its best epoch, and what the epochs came to.

    Parameters
    ----------
    checkpoint
        A file that is written after each epoch, and from which training goes on where it exists.
    """
    torch.manual_seed(seed)
    examples = lesson.examples
    pupil = _Pupil(Resnet1d(architecture, examples.cuts_uv.shape[1]), examples.statements.shape[1]).to(device)
    optimizer = _optimizer(pupil, recipe)
    progress = _resume(checkpoint, pupil, optimizer) if checkpoint and checkpoint.is_file() else _Progress()
    choices = _Choices.of(examples)
    while not progress.is_over(recipe):
        number = len(progress.epochs)
        train_loss = _epoch(pupil, optimizer, lesson, recipe, choices, seed=seed, number=number)
        logits, labels = record_logits(pupil.network, lesson, lesson.validate)
        progress.epochs.append(Epoch(number, train_loss, cross_entropy(labels, logits), auroc(labels, logits)))
        if progress.is_best():
            progress.best = {name: value.detach().clone() for name, value in pupil.network.state_dict().items()}
        if checkpoint:
            _keep(checkpoint, pupil, optimizer, progress)
        report(progress.epochs[-1])
    pupil.network.load_state_dict(progress.best)
    return pupil.network.eval().to("cpu"), tuple(progress.epochs)


def record_logits(network: nn.Module, lesson: Lesson, rows: Rows) -> tuple[Doubles, npt.NDArray[np.int8]]:
    """Return each record's mean logit over its beats (best rate, no medians), and its label."""
    logits, owner = window_logits(network, lesson, rows)
    size = lesson.examples.label.size
    mean = np.bincount(owner, logits, size) / np.maximum(np.bincount(owner, minlength=size), 1)
    return mean[rows], lesson.examples.label[rows]


def window_logits(network: nn.Module, lesson: Lesson, rows: Rows) -> tuple[Doubles, Rows]:
    """Return the logit of each beat of these records (best rate, no medians), and the row of its record."""
    which = lesson.examples.beats_of(rows)
    network.eval()
    device = next(network.parameters()).device
    logits = np.empty(which.size)
    with torch.inference_mode():
        for start in range(0, which.size, 512):
            chunk = which[start : start + 512]
            both = network(_scaled(lesson, chunk, 0).to(device))
            logits[start : start + 512] = (both[:, 1] - both[:, 0]).cpu().numpy()
    return logits, lesson.examples.owner[which]


@dataclass(frozen=True, slots=True, eq=False)
class _Choices:
    """Where each record's windows stand, to draw one of them."""

    first: Rows
    count: Rows

    @classmethod
    def of(cls, examples: Examples) -> _Choices:
        rows = np.arange(examples.label.size)
        first = np.searchsorted(examples.owner, rows, side="left")
        return cls(first, np.searchsorted(examples.owner, rows, side="right") - first)

    def draw(self, random: np.random.Generator, rows: Rows) -> Rows:
        return self.first[rows] + random.integers(0, self.count[rows])


def _epoch(
    pupil: _Pupil,
    optimizer: torch.optim.Optimizer,
    lesson: Lesson,
    recipe: Recipe,
    choices: _Choices,
    *,
    seed: int,
    number: int,
) -> float:
    """Show one window of each record once; return the mean loss."""
    random = np.random.default_rng([seed, number])
    torch.manual_seed(int(random.integers(2**31)))
    pupil.train()
    order = random.permutation(lesson.train)
    steps = max(1, order.size // recipe.batch)
    losses = []
    for step in range(steps):
        rows = order[step * recipe.batch : (step + 1) * recipe.batch]
        scaled = _scaled(lesson, choices.draw(random, rows), _jitter(random, recipe, lesson, rows.size))
        _set_rate(optimizer, recipe, (number * steps + step) / (recipe.epochs * steps))
        loss = _loss(pupil, scaled, rows, lesson, recipe)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(pupil.parameters(), recipe.gradient_limit)
        optimizer.step()
        losses.append(float(loss.detach()))
    return float(np.mean(losses))


def _loss(pupil: _Pupil, scaled: Tensor, rows: Rows, lesson: Lesson, recipe: Recipe) -> Tensor:
    device = next(pupil.parameters()).device
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=recipe.bfloat16):
        difference, statements = pupil(scaled.to(device))
    difference, statements = difference.float(), statements.float()
    target = torch.from_numpy(lesson.target[rows]).to(device)
    trust = torch.from_numpy(lesson.examples.trust[rows]).to(device)
    told = ~torch.isnan(target) * trust
    each = functional.binary_cross_entropy_with_logits(difference, torch.nan_to_num(target), reduction="none")
    loss = (each * told).sum() / told.sum().clamp(min=1e-6)
    if recipe.statements_weight and statements.shape[1]:
        carried = torch.from_numpy(lesson.examples.statements[rows].astype(np.float32)).to(device)
        each = functional.binary_cross_entropy_with_logits(statements, carried, reduction="none").sum(dim=1)
        loss = loss + recipe.statements_weight * (each * trust).sum() / trust.sum()
    return loss


def _scaled(lesson: Lesson, which: Rows, moved: npt.NDArray[np.integer] | int) -> Tensor:
    scale = np.asarray(lesson.scale_mv, dtype=np.float32)[:, None]
    return torch.from_numpy(lesson.examples.windows_mv(which, lesson.form, moved) / scale)


def _jitter(random: np.random.Generator, recipe: Recipe, lesson: Lesson, n: int) -> npt.NDArray[np.int64]:
    reach = min(round(recipe.jitter_ms * lesson.form.rate_hz / 1000.0), lesson.examples.margin(lesson.form))
    return random.integers(-reach, reach + 1, n)


def _optimizer(pupil: nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    weights = [p for p in pupil.parameters() if p.ndim > 1]
    others = [p for p in pupil.parameters() if p.ndim <= 1]
    groups = [{"params": weights, "weight_decay": recipe.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate)


def _set_rate(optimizer: torch.optim.Optimizer, recipe: Recipe, share: float) -> None:
    """One cycle: from a tenth of the peak up to it and down to a thousandth, along cosines."""
    if share < recipe.warm_up:
        low, rise = 0.1, share / recipe.warm_up
    else:
        low, rise = 1e-3, (1.0 - share) / (1.0 - recipe.warm_up)
    factor = low + (1.0 - low) * (1.0 - math.cos(math.pi * rise)) / 2.0
    for group in optimizer.param_groups:
        group["lr"] = recipe.learning_rate * factor


def _keep(checkpoint: Path, pupil: nn.Module, optimizer: torch.optim.Optimizer, progress: _Progress) -> None:
    from safetensors.torch import save_file

    tensors = {f"pupil.{name}": value.contiguous() for name, value in pupil.state_dict().items()}
    tensors |= {f"best.{name}": value.contiguous() for name, value in progress.best.items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value.contiguous() for name, value in state.items()}
    partial = checkpoint.with_suffix(".partial")
    save_file(tensors, partial, {"epochs": json.dumps([asdict(epoch) for epoch in progress.epochs])})
    partial.replace(checkpoint)


def _resume(checkpoint: Path, pupil: nn.Module, optimizer: torch.optim.Optimizer) -> _Progress:
    from safetensors import safe_open

    parts: dict[str, dict[str, Tensor]] = {"pupil": {}, "best": {}, "optimizer": {}}
    with safe_open(checkpoint, framework="pt") as stored:
        epochs = [Epoch(**values) for values in json.loads(stored.metadata()["epochs"])]
        for key in stored.keys():  # noqa: SIM118 (the file is no mapping)
            part, name = key.split(".", 1)
            parts[part][name] = stored.get_tensor(key)
    pupil.load_state_dict(parts["pupil"])
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in parts["optimizer"].items():
        index, name = key.split(".")
        state.setdefault(int(index), {})[name] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return _Progress(epochs, parts["best"])
