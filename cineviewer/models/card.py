"""A model's card: what it reads, how it was made, how often it is wrong, and what it is for; kept as card.json."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cineviewer.atomic import write_atomically
from cineviewer.ecg import LEADS
from cineviewer.errors import InputError

CARD = "card.json"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Input(_Part):
    """What the input chain needs to know.

    Attributes
    ----------
    rate_hz, length
        Sampling rate of a window and its samples.
    low_hz, high_hz
        Band that the record is limited to, zero phase.
    pq_ms
        The mean of so many milliseconds before QRS onset is subtracted from each lead: its PQ level.
    leads
        In the order of the network's channels.
    """

    rate_hz: float = 500.0
    length: int = 200
    low_hz: float = 0.5
    high_hz: float = 40.0
    pq_ms: float = 16.0
    leads: tuple[str, ...] = LEADS

    @property
    def pq_samples(self) -> int:
        """Samples whose mean is the PQ level."""
        return max(1, round(self.pq_ms * self.rate_hz / 1000.0))


class Block(_Part):
    """One residual block: two convolutions of `kernel`, the first with `stride`."""

    channels: int
    kernel: int
    stride: int = 1


class LowPass(_Part):
    """A fixed windowed-sinc low-pass: odd number of taps, cut-off in cycles a sample."""

    taps: int = 37
    cutoff: float = 0.13


class Architecture(_Part):
    """The network's shape; `parameters` counts what was learned and ships."""

    low_pass: LowPass = LowPass()
    stem: Block
    blocks: tuple[Block, ...]
    dropout: float
    parameters: int = 0


class Interval(_Part):
    """A figure with its 95 % bootstrap interval over patients; None where it is not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Figures(_Part):
    """How well a model did on `n` windows or records."""

    n: int
    accuracy: Interval
    macro_f1: Interval
    auroc: Interval
    sensitivity: Interval
    specificity: Interval
    ece: float | None


class Evaluation(_Part):
    """Figures on one set of recordings, by one seed."""

    data: str
    split: str
    seed: int
    per_window: Figures
    per_record: Figures


class Calibration(_Part):
    """What calibration changed, measured where it was fitted (`n` records of `data`).

    `offset` was taken off the logit, by the last layer's biases, before the card's temperature divides it.
    """

    data: str
    n: int
    offset: float
    brier_before: float
    brier_after: float
    ece_before: float
    ece_after: float


class Member(_Part):
    """One of the networks that were trained alike but for the seed; the first shows verdict and map."""

    seed: int
    weights: str
    sha256: str
    validation_auroc: float
    validation_loss: float


class Training(_Part):
    """Where the weights come from: enough to make them again."""

    data: str
    source: str
    data_sha256: str
    train: str
    validate_on: str
    n_records: int
    n_windows: int
    n_patients: int
    recipe: dict[str, float | int | str | bool | tuple[int, ...]]
    commit: str
    versions: dict[str, str]


class Card(Input):
    """The whole card.

    Attributes
    ----------
    scale_mv
        Standard deviation of each lead's training windows; a window is divided by it.
    temperature, threshold
        `p_abnormal = sigmoid(logit / temperature)`; from `threshold` on the label is the second one.
    members
        Best first, by validation loss.
    statistics, statistics_sha256
        File of the mean normal window, and of the leading principal components of normal windows.
    """

    schema_version: Literal[1] = Field(1, alias="schema")
    name: str
    version: str
    task: str
    summary: str
    labels: tuple[str, str] = ("normal", "abnormal")
    label_rule: str
    architecture: Architecture
    scale_mv: tuple[float, ...]
    temperature: float
    threshold: float
    members: tuple[Member, ...]
    statistics: str
    statistics_sha256: str
    calibration: Calibration
    training: Training
    evaluations: tuple[Evaluation, ...] = ()
    licence: str
    intended_use: str
    limits: tuple[str, ...]

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_alias=True, validate_by_name=True
    )


def read_card(folder: Path) -> Card:
    """Read a model folder's card.

    Raises
    ------
    InputError
        Where there is none, or it says something that a card cannot say.
    """
    path = folder / CARD
    try:
        return Card.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError("no-model", "there is no model card", where=path, repair="name a model's folder") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the document"
        raise InputError(
            "bad-card", f"the card is wrong at {place}: {first['msg']}", where=path, repair="restore it or train anew"
        ) from error


def write_card(card: Card, folder: Path) -> None:
    """Write the card, so that a reader never sees half of it."""
    write_atomically(folder / CARD, (card.model_dump_json(indent=1, by_alias=True) + "\n").encode())


def file_sha256(path: Path) -> str:
    """Return a file's SHA-256, as cards name it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
