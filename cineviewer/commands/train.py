"""`cineviewer train`: makes a model that ships from a PTB-XL folder."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from cineviewer.models.card import Card, Input
from cineviewer.models.dataset import read_examples
from cineviewer.models.examples import Examples
from cineviewer.models.release import Plan, Source, release
from cineviewer.models.training import Epoch

SOURCE = "Wagner et al. 2020, PTB-XL, doi 10.1038/s41597-020-0495-6"


def command(
    model: Annotated[Literal["resnet1d"], typer.Argument(help="What to train.")],
    data: Annotated[Path, typer.Option(help="A PTB-XL folder: ptbxl_database.csv and the records it names.")],
    out: Annotated[Path, typer.Option(help="Folder in which the model gets a folder of its name.")] = Path(
        "resources/models"
    ),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first of three networks.")] = 0,
    epochs: Annotated[int, typer.Option(min=0, help="Epochs a network; 0: as shipped.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a stopped training stood.")] = False,
    work: Annotated[Path | None, typer.Option(help="Folder for windows and checkpoints (about 1 GB).")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda or mps.")] = "cpu",
    workers: Annotated[int, typer.Option(min=0, help="Processes that cut windows; 0: one a processor.")] = 0,
    json_output: Annotated[bool, typer.Option("--json", help="Print the card.")] = False,
) -> None:
    """Train a model: folds 1-8 to learn from, fold 9 to stop and calibrate on; fold 10 is not looked at.

    Example: cineviewer train resnet1d --data ptb-xl --out models --resume
    """
    work = work or _work_folder(model)
    if not resume:
        shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    console = Console(stderr=True)
    plan = Plan(seeds=(seed, seed + 1, seed + 2))
    if epochs:
        plan = replace(
            plan,
            recipe=replace(plan.recipe, epochs=epochs),
            teacher_recipe=replace(plan.teacher_recipe, epochs=epochs),
        )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        examples = _examples(data, work, workers, progress)
        card = release(
            examples,
            out / model,
            work,
            Source("PTB-XL", SOURCE, _commit()),
            plan,
            report=_Reporter(progress, plan),
            device=device,
        )
    if json_output:
        print(card.model_dump_json(by_alias=True))
    else:
        console.print(_sum_up(card, out / model))


class _Reporter:
    """One line and one bar a network."""

    def __init__(self, progress: Progress, plan: Plan) -> None:
        self._progress = progress
        self._plan = plan
        self._bars: dict[str, TaskID] = {}

    def __call__(self, what: str, epoch: Epoch) -> None:
        recipe = self._plan.teacher_recipe if what.startswith("teacher") else self._plan.recipe
        if what not in self._bars:
            self._bars[what] = self._progress.add_task(what, total=recipe.epochs)
        self._progress.update(self._bars[what], completed=epoch.number + 1)
        self._progress.console.print(
            f"{what}, epoch {epoch.number + 1}: training loss {epoch.train_loss:.3f}, "
            f"validation loss {epoch.validation_loss:.4f}, AUROC {epoch.validation_auroc:.4f}"
        )


def _examples(data: Path, work: Path, workers: int, progress: Progress) -> Examples:
    stored = work / "examples.npz"
    if stored.is_file():
        return Examples.load(stored)
    bar = progress.add_task("Cutting windows", total=None)
    examples = read_examples(
        data, Input(), workers=workers, report=lambda done, of: progress.update(bar, completed=done, total=of)
    )
    examples.save(stored)
    return examples


def _sum_up(card: Card, folder: Path) -> str:
    best = card.members[0]
    fitted = card.calibration
    return (
        f"{folder}: seed {best.seed} shows verdict and map, AUROC {best.validation_auroc:.4f} on fold 9; "
        f"temperature {card.temperature:.2f}, ECE {fitted.ece_before:.3f} before, {fitted.ece_after:.3f} after"
    )


def _work_folder(model: str) -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("cineviewer", appauthor=False) / "training" / model


def _commit() -> str:
    """Return the commit of the checkout that this code runs in, "" where there is none."""
    git = shutil.which("git")
    if git is None:
        return ""
    asked = subprocess.run(
        [git, "-C", str(Path(__file__).parent), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()
