"""A trained network with its card: found, loaded, asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cineviewer import resources
from cineviewer.ecg import Delineation, Doubles, Floats, ModelIdentity, Verdict, Window
from cineviewer.errors import InputError
from cineviewer.models.card import CARD, Card, Evaluation, Member, file_sha256, read_card
from cineviewer.models.inputs import dominant

if TYPE_CHECKING:
    from torch import nn

BATCH = 512


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A network ready to be asked.

    Attributes
    ----------
    network
        In evaluation mode, its parameters without gradients; reads *scaled* windows (n, 12, T), gives logits (n, 2).
    mean_normal_mv
        (12, T) mean of the normal training windows: what an attribution is relative to.
    components_mv, component_sd
        (k, 12, T) orthonormal leading principal components of the normal training windows about their mean, and
        (k,) the standard deviation along each, in mV.
    """

    card: Card
    identity: ModelIdentity
    network: nn.Module
    mean_normal_mv: Floats
    components_mv: Floats
    component_sd: Floats

    def scaled(self, windows_mv: npt.NDArray[np.floating]) -> Floats:
        """Divide windows (..., 12, T) in mV by the card's standard deviation of each lead."""
        scale = np.asarray(self.card.scale_mv, dtype=np.float32)[:, None]
        return np.asarray(windows_mv / scale, dtype=np.float32)

    def logits(self, windows_mv: npt.NDArray[np.floating]) -> Floats:
        """Return the logits (n, 2) of windows (n, 12, T) in mV."""
        import torch

        scaled = torch.from_numpy(self.scaled(windows_mv))
        with torch.inference_mode():
            parts = [self.network(part).numpy() for part in torch.split(scaled, BATCH)]
        return np.concatenate(parts) if parts else np.empty((0, 2), dtype=np.float32)

    def p_abnormal(self, logit: npt.ArrayLike) -> Doubles:
        """Turn logits (z_abnormal - z_normal) into calibrated probabilities."""
        return probability(logit, self.card.temperature)


def available() -> tuple[str, ...]:
    """Return the names of the bundled models."""
    return tuple(sorted(card.parent.name for card in resources.folder("models").glob(f"*/{CARD}")))


def model_folder(name: str) -> Path:
    """Return the folder of a bundled model, or `name` itself where it is a folder with a card.

    Raises
    ------
    InputError
        When there is no such model.
    """
    if name in available():
        return resources.folder("models") / name
    if (Path(name) / CARD).is_file():
        return Path(name)
    there = ", ".join(available()) or "none"
    raise InputError(
        "no-model", f"there is no model {name}", repair=f"choose one of {there}, or a folder with card.json"
    )


def load(name: str = "resnet1d", *, member: int = 0) -> Model:
    """Load a model.

    Parameters
    ----------
    name
        A bundled model, or a folder with card.json and its files.
    member
        0 the seed that was best on validation data, which gives verdict and map; others give agreement only.

    Raises
    ------
    InputError
        When there is no such model, or its files are not those that its card names.
    """
    from safetensors.numpy import load_file

    folder = model_folder(name)
    card = read_card(folder)
    chosen = card.members[member]
    statistics = load_file(_verified(folder / card.statistics, card.statistics_sha256))
    return Model(
        card=card,
        identity=_identity(card, chosen),
        network=_network(card, _verified(folder / chosen.weights, chosen.sha256)),
        mean_normal_mv=statistics["mean_normal_mv"],
        components_mv=statistics["components_mv"],
        component_sd=statistics["component_sd"],
    )


def predict(model: Model, window: Window) -> tuple[float, float]:
    """Return one window's logit (z_abnormal - z_normal) and calibrated probability of abnormal."""
    logit = float(_differences(model, [window])[0])
    return logit, float(model.p_abnormal(logit))


def verdict(model: Model, windows: Sequence[Window], delineation: Delineation) -> Verdict:
    """Return the model's word on a record: the mean logit over the windows of its dominant cluster, calibrated.

    Raises
    ------
    InputError
        When no window belongs to the dominant cluster.
    """
    own = {window.beat for window in dominant(tuple(windows), delineation)}
    if not own:
        raise InputError(
            "no-window", "no beat of the dominant kind lies whole in the record", repair="use a longer recording"
        )
    logits = _differences(model, windows)
    by_beat = {window.beat: float(logit) for window, logit in zip(windows, logits, strict=True)}
    mean = float(np.mean([by_beat[beat] for beat in own]))
    p_abnormal = float(model.p_abnormal(mean))
    return Verdict(
        model=model.identity,
        p_abnormal=p_abnormal,
        logit=mean,
        label=model.card.labels[int(p_abnormal >= model.card.threshold)],
        n_beats=len(own),
        beat_logits=tuple(by_beat.get(index) for index in range(len(delineation.beats))),
    )


def probability(logit: npt.ArrayLike, temperature: float = 1.0) -> Doubles:
    """Return sigmoid(logit / temperature), without overflow."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -np.asarray(logit, dtype=np.float64) / temperature)))


def _differences(model: Model, windows: Sequence[Window]) -> Floats:
    if not windows:
        return np.empty(0, dtype=np.float32)
    logits = model.logits(np.stack([window.signal_mv for window in windows]))
    return np.asarray(logits[:, 1] - logits[:, 0])


def _identity(card: Card, member: Member) -> ModelIdentity:
    tested = _test_of(card, member.seed)
    accuracy = tested.per_record.accuracy.value if tested else None
    return ModelIdentity(
        name=card.name,
        version=card.version,
        sha256=member.sha256,
        threshold=card.threshold,
        known_error=None if accuracy is None else 1.0 - accuracy,
        tested_on=f"{tested.data} test fold, {tested.per_record.n} records" if tested else "not tested",
    )


def _test_of(card: Card, seed: int) -> Evaluation | None:
    return next((one for one in card.evaluations if one.split == "test" and one.seed == seed), None)


def _verified(path: Path, sha256: str) -> Path:
    if not path.is_file():
        raise InputError("no-weights", "the file that the card names is not there", where=path, repair="restore it")
    if file_sha256(path) != sha256:
        raise InputError(
            "other-weights", "the file is not the one that the card was written for", where=path, repair="restore both"
        )
    return path


def _network(card: Card, weights: Path) -> nn.Module:
    from safetensors.torch import load_file

    from cineviewer.models.resnet1d import Resnet1d

    network = Resnet1d(card.architecture, len(card.leads))
    network.load_state_dict(load_file(weights))
    return network.eval().requires_grad_(False)
