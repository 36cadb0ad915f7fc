"""From examples to a model that ships: teachers, three seeds, calibration, statistics, card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from cineviewer import __version__
from cineviewer.ecg import Floats
from cineviewer.errors import InputError
from cineviewer.models import calibration, labels
from cineviewer.models.card import (
    Architecture,
    Block,
    Calibration,
    Card,
    Input,
    Member,
    Training,
    file_sha256,
    write_card,
)
from cineviewer.models.examples import Examples, Rows, lead_scale, normal_statistics
from cineviewer.models.metrics import auroc, brier, calibration_error, cross_entropy
from cineviewer.models.model import probability
from cineviewer.models.resnet1d import Resnet1d, count_parameters
from cineviewer.models.training import Epoch, Lesson, Recipe, fit, record_logits, window_logits

MOST_FOR_STATISTICS = 6000

ARCHITECTURE = Architecture(
    stem=Block(channels=48, kernel=15, stride=5),
    blocks=(
        Block(channels=48, kernel=5),
        Block(channels=48, kernel=5),
        Block(channels=64, kernel=3, stride=2),
        Block(channels=64, kernel=3),
    ),
    dropout=0.3,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a released model is made.

    Attributes
    ----------
    seeds
        One network each; the best on the validation folds shows verdict and map.
    teacher_weight
        Share of a learned target that comes from teachers: networks trained likewise on the other training folds,
        so that none judges a record it has seen. It softens labels that the recording does not bear out.
    teacher_groups
        Into how many groups the training folds are split for that.
    """

    recipe: Recipe = field(default_factory=Recipe)
    seeds: tuple[int, ...] = (0, 1, 2)
    teacher_recipe: Recipe = field(default_factory=lambda: Recipe(epochs=12))
    teacher_weight: float = 0.5
    teacher_groups: int = 4


@dataclass(frozen=True, slots=True)
class Source:
    """What the examples were cut from, in the card's words."""

    data: str
    source: str
    commit: str
    summary: str = (
        "1D residual network on the 400 ms from QRS onset of one beat, 12 leads at 500 Hz; a comparable task to that "
        "of Dobiczek et al. 2026, whose labels cardiologists re-validated"
    )
    licence: str = (
        "MIT for the weights; learned from PTB-XL (Wagner et al. 2020, doi 10.1038/s41597-020-0495-6, CC BY 4.0)"
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Trained:
    member: Member
    network: Resnet1d
    temperature: float
    calibration: Calibration


def release(
    examples: Examples,
    folder: Path,
    work: Path,
    source: Source,
    plan: Plan | None = None,
    *,
    architecture: Architecture = ARCHITECTURE,
    report: Callable[[str, Epoch], None] = lambda _what, _epoch: None,
    device: str = "cpu",
) -> Card:
    """Train what ships and write it.

    Parameters
    ----------
    folder
        Where the weights, statistics and card go.
    work
        Where checkpoints are kept; what stands there is not trained again.
    report
        Is told after each epoch what is being trained and how it went.
    """
    from safetensors.torch import save_file

    plan = plan or Plan()
    lesson = _lesson(examples, plan)
    work.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    if plan.teacher_weight:
        lesson = replace(lesson, target=_taught(lesson, architecture, plan, work, report, device))
    trained: list[_Trained] = []
    for seed in plan.seeds:
        network, _ = fit(
            lesson,
            architecture,
            plan.recipe,
            seed,
            checkpoint=work / f"seed-{seed}.safetensors",
            report=lambda epoch, seed=seed: report(f"seed {seed}", epoch),  # type: ignore[misc]
            device=device,
        )
        temperature, fitted = _calibrated(lesson, network)
        path = folder / f"seed-{seed}.safetensors"
        save_file({name: value.contiguous() for name, value in network.state_dict().items()}, path)
        logits, truth = record_logits(network, lesson, lesson.validate)
        member = Member(
            seed=seed,
            weights=path.name,
            sha256=file_sha256(path),
            validation_auroc=auroc(truth, logits),
            validation_loss=cross_entropy(truth, logits / temperature),
        )
        trained.append(_Trained(member, network, temperature, fitted))
    trained.sort(key=lambda one: one.member.validation_loss)
    shown = trained[0]
    statistics = _write_statistics(lesson, folder)
    architecture = architecture.model_copy(update={"parameters": count_parameters(shown.network)})
    card = Card(
        **lesson.form.model_dump(),
        name="resnet1d",
        version=__version__,
        task="normal against abnormal, one beat's QRS-T",
        summary=source.summary,
        label_rule=labels.PTBXL_RULE,
        architecture=architecture,
        scale_mv=lesson.scale_mv,
        temperature=shown.temperature,
        threshold=0.5,
        members=tuple(one.member for one in trained),
        statistics=statistics.name,
        statistics_sha256=file_sha256(statistics),
        calibration=shown.calibration,
        training=_training(lesson, plan, source),
        licence=source.licence,
        intended_use="Research and teaching: to see what a network looks at in an ECG. Not for diagnosis.",
        limits=(
            "It reads QRS and T of single beats: it hears no rhythm, no P wave and no PR interval.",
            "Normal means PTB-XL's NORM; a record can be abnormal in ways that no PTB-XL superclass names.",
            "Trained on recordings of one manufacturer's devices from Germany, 1989-1996, limited to 0.5-40 Hz.",
            "Its probability is calibrated where 44 % are normal; elsewhere it is too high or too low.",
        ),
    )
    write_card(card, folder)
    return card


def _lesson(examples: Examples, plan: Plan) -> Lesson:
    form = Input()
    train = examples.records(labels.TRAIN_FOLDS)
    judged = examples.label >= 0
    if not plan.recipe.statements_weight:
        train = train[judged[train]]
    validate = examples.records(labels.VALIDATION_FOLDS)
    validate = validate[judged[validate]]
    if np.unique(examples.label[validate]).size < 2 or np.unique(examples.label[train[judged[train]]]).size < 2:
        raise InputError(
            "no-folds",
            "there are not normal and abnormal records in both folds 1-8 and fold 9",
            repair="name a whole PTB-XL folder",
        )
    target = np.where(judged, examples.label, np.nan).astype(np.float32)
    return Lesson(
        examples=examples,
        form=form,
        scale_mv=lead_scale(_some(examples, train, form)),
        train=train,
        validate=validate,
        target=target,
    )


def _taught(
    lesson: Lesson,
    architecture: Architecture,
    plan: Plan,
    work: Path,
    report: Callable[[str, Epoch], None],
    device: str,
) -> Floats:
    """Soften the labels of the training records by networks that were trained without them."""
    fold = lesson.examples.fold
    target = lesson.target.copy()
    for group, out in enumerate(np.array_split(np.asarray(labels.TRAIN_FOLDS), plan.teacher_groups)):
        held_out = np.isin(fold[lesson.train], out)
        network, _ = fit(
            replace(lesson, train=lesson.train[~held_out]),
            architecture,
            plan.teacher_recipe,
            group,
            checkpoint=work / f"teacher-{group}.safetensors",
            report=lambda epoch, group=group: report(f"teacher {group + 1}", epoch),  # type: ignore[misc]
            device=device,
        )
        rows = lesson.train[held_out]
        logits, _ = record_logits(network, lesson, rows)
        said = probability(logits).astype(np.float32)
        own = target[rows]
        mixed = (1.0 - plan.teacher_weight) * own + plan.teacher_weight * said
        target[rows] = np.where(np.isnan(own), np.nan, mixed)
    return target


def _calibrated(lesson: Lesson, network: Resnet1d) -> tuple[float, Calibration]:
    """Fit temperature and offset on validation records and their windows, each set counting the same.

    The offset goes into the last layer, so that a logit of zero is a probability of one half.
    """
    logits, truth = record_logits(network, lesson, lesson.validate)
    single, owner = window_logits(network, lesson, lesson.validate)
    temperature, offset = calibration.calibrate([(truth, logits), (lesson.examples.label[owner], single)])
    network.dense.bias.data += torch.tensor([offset / 2.0, -offset / 2.0])
    before, after = probability(logits), probability(logits - offset, temperature)
    return temperature, Calibration(
        data="PTB-XL fold 9, records",
        n=truth.size,
        offset=offset,
        brier_before=brier(truth, before),
        brier_after=brier(truth, after),
        ece_before=calibration_error(truth, before) or 0.0,
        ece_after=calibration_error(truth, after) or 0.0,
    )


def _write_statistics(lesson: Lesson, folder: Path) -> Path:
    from safetensors.numpy import save_file

    normal = lesson.train[lesson.examples.label[lesson.train] == labels.NORMAL]
    mean, components, deviation = normal_statistics(_some(lesson.examples, normal, lesson.form))
    path = folder / "statistics.safetensors"
    save_file({"mean_normal_mv": mean, "components_mv": components, "component_sd": deviation}, path)
    return path


def _some(examples: Examples, rows: Rows, form: Input) -> Floats:
    """Return windows of records spread over `rows`, one each."""
    spread = rows[np.unique(np.linspace(0, rows.size - 1, min(rows.size, MOST_FOR_STATISTICS)).astype(np.intp))]
    which = examples.beats_of(spread)
    _, first = np.unique(examples.owner[which], return_index=True)
    return examples.windows_mv(which[first], form)


def _training(lesson: Lesson, plan: Plan, source: Source) -> Training:
    examples = lesson.examples
    used = np.isin(examples.owner, lesson.train)
    recipe = {f"{name}": value for name, value in asdict(plan.recipe).items()}
    recipe |= {f"teacher_{name}": value for name, value in asdict(plan.teacher_recipe).items()}
    recipe |= {"teacher_weight": plan.teacher_weight, "teacher_groups": plan.teacher_groups, "seeds": plan.seeds}
    return Training(
        data=source.data,
        source=source.source,
        data_sha256=examples.sha256(),
        train="folds 1-8",
        validate_on="fold 9",
        n_records=lesson.train.size,
        n_windows=int(used.sum()),
        n_patients=np.unique(examples.patient[lesson.train]).size,
        recipe=recipe,
        commit=source.commit,
        versions={name: version(name) for name in ("torch", "numpy", "scipy")},
    )
