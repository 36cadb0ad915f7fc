"""Training on a made-up task: learned, reproducible, resumed to the same end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from cineviewer.models.card import Architecture, Block, Input
from cineviewer.models.examples import Examples
from cineviewer.models.release import Plan, Source, release
from cineviewer.models.training import Lesson, Recipe, fit, record_logits

ARCHITECTURE = Architecture(
    stem=Block(channels=8, kernel=7, stride=5), blocks=(Block(channels=8, kernel=3),), dropout=0.1
)
RECIPE = Recipe(epochs=4, patience=4, batch=32, learning_rate=1e-2)
FORM = Input()


@pytest.fixture(scope="module")
def examples() -> Examples:
    """300 records of three windows and a median; abnormal ones have a deep ST segment in the precordial leads."""
    random = np.random.default_rng(0)
    n, windows = 300, 4
    label = random.integers(0, 2, n).astype(np.int8)
    t = np.arange(FORM.pq_samples + FORM.length + 20) * 2.0 - 36.0
    beat = 900.0 * np.exp(-0.5 * ((t - 50.0) / 12.0) ** 2) + 250.0 * np.exp(-0.5 * ((t - 260.0) / 40.0) ** 2)
    st = -250.0 * ((t > 110) & (t < 220))
    owner = np.repeat(np.arange(n), windows)
    gain = random.uniform(0.5, 1.5, (n, 12, 1))
    cuts = gain[owner] * beat + random.normal(0, 60, (owner.size, 12, t.size))
    cuts[:, 6:] += np.where(label[owner, None, None], st, 0.0)
    label[:5] = -1  # neither: known by their statements alone
    return Examples(
        cuts_uv=np.rint(cuts).astype(np.int16),
        owner=owner,
        is_median=np.tile([False, False, False, True], n),
        is_best_rate=np.ones(owner.size, dtype=bool),
        label=label,
        statements=np.stack([label == 0, label == 1, random.uniform(size=n) < 0.3], axis=1).astype(np.uint8),
        trust=np.ones(n, dtype=np.float32),
        fold=(np.arange(n) % 10 + 1).astype(np.int16),
        patient=np.arange(n) // 2,
        number=np.arange(n),
    )


@pytest.fixture(scope="module")
def lesson(examples: Examples) -> Lesson:
    rows = examples.records((9,))
    return Lesson(
        examples=examples,
        form=FORM,
        scale_mv=(0.3,) * 12,
        train=examples.records((1, 2, 3, 4, 5, 6, 7, 8)),
        validate=rows[examples.label[rows] >= 0],
        target=np.where(examples.label >= 0, examples.label, np.nan).astype(np.float32),
    )


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def same(first: torch.nn.Module, second: torch.nn.Module) -> bool:
    mine, theirs = first.state_dict(), second.state_dict()
    return all(torch.equal(mine[name], theirs[name]) for name in mine)


def test_the_task_is_learned(lesson):
    network, epochs = fit(lesson, ARCHITECTURE, replace(RECIPE, epochs=8), seed=0)
    assert max(epoch.validation_auroc for epoch in epochs) > 0.98
    logits, labels = record_logits(network, lesson, lesson.examples.records((10,)))
    assert np.mean((logits > 0) == (labels == 1)) > 0.9


def test_the_same_seed_gives_the_same_network(lesson):
    (first, epochs), (second, again) = (fit(lesson, ARCHITECTURE, RECIPE, seed=3) for _ in range(2))
    assert same(first, second)
    assert epochs == again
    other, _ = fit(lesson, ARCHITECTURE, RECIPE, seed=4)
    assert not same(first, other)


def test_stopped_and_resumed_it_ends_the_same(lesson, tmp_path):
    whole, epochs = fit(lesson, ARCHITECTURE, RECIPE, seed=1)
    checkpoint = tmp_path / "one.safetensors"

    class StoppedError(Exception):
        pass

    def stop(epoch):
        if epoch.number == 1:
            raise StoppedError

    with pytest.raises(StoppedError):
        fit(lesson, ARCHITECTURE, RECIPE, seed=1, checkpoint=checkpoint, report=stop)
    seen = []
    resumed, again = fit(lesson, ARCHITECTURE, RECIPE, seed=1, checkpoint=checkpoint, report=seen.append)
    assert [epoch.number for epoch in seen] == [2, 3]
    assert again == epochs
    assert same(whole, resumed)


def test_it_stops_when_validation_gets_no_better(lesson):
    upside_down = replace(lesson, target=1.0 - lesson.target)  # what is learned is wrong on the validation records
    _, epochs = fit(upside_down, ARCHITECTURE, replace(RECIPE, epochs=30, patience=2), seed=0)
    best = min(epochs, key=lambda epoch: epoch.validation_loss)
    assert len(epochs) == best.number + 3 < 30


def test_what_is_kept_is_the_best_epoch(lesson):
    network, epochs = fit(lesson, ARCHITECTURE, replace(RECIPE, learning_rate=0.1), seed=0)
    logits, labels = record_logits(network, lesson, lesson.validate)
    signs = 2.0 * labels - 1.0
    loss = np.mean(np.logaddexp(0, -signs * logits))
    assert loss == pytest.approx(min(epoch.validation_loss for epoch in epochs), rel=1e-5)


def test_records_that_are_neither_teach_their_statements_alone(lesson):
    """Their label must not matter: another target for them that is NaN too changes nothing."""
    only = replace(lesson, train=lesson.train[lesson.examples.label[lesson.train] == -1])
    _, epochs = fit(only, ARCHITECTURE, replace(RECIPE, epochs=1, batch=4), seed=0)
    assert np.isfinite(epochs[0].train_loss)
    _, silent = fit(only, ARCHITECTURE, replace(RECIPE, epochs=1, batch=4, statements_weight=0.0), seed=0)
    assert silent[0].train_loss == 0.0


def test_labels_that_are_not_trusted_are_not_learned(lesson):
    """Half of the training records have the wrong label and no trust: the task is learned all the same."""
    examples, target = lesson.examples, lesson.target.copy()
    wrong = lesson.train[::2]
    target[wrong] = 1.0 - target[wrong]
    trust = np.ones_like(examples.trust)
    trust[wrong] = 0.0
    doubted = replace(lesson, examples=replace(examples, trust=trust), target=target)
    _, epochs = fit(doubted, ARCHITECTURE, replace(RECIPE, epochs=8, statements_weight=0.0), seed=0)
    assert max(epoch.validation_auroc for epoch in epochs) > 0.95


def test_moved_windows_keep_their_pq_level_at_zero(examples):
    still = examples.windows_mv(np.arange(8), FORM)
    moved = examples.windows_mv(np.arange(8), FORM, np.full(8, 3))
    raw = examples.cuts_uv[:8].astype(float) / 1000.0
    margin, pq = examples.margin(FORM), FORM.pq_samples
    level = raw[:, :, margin + 3 : margin + 3 + pq].mean(axis=2, keepdims=True)
    assert moved == pytest.approx(raw[:, :, margin + pq + 3 : margin + pq + 203] - level, abs=1e-5)
    assert not np.array_equal(still, moved)


def test_a_release_can_be_loaded_and_asked(examples, tmp_path):
    from cineviewer.models import load

    plan = Plan(recipe=RECIPE, teacher_recipe=replace(RECIPE, epochs=1), seeds=(5, 6), teacher_groups=2)
    card = release(
        examples,
        tmp_path / "made",
        tmp_path / "work",
        Source("made up", "nobody", "0"),
        plan,
        architecture=ARCHITECTURE,
    )
    assert [m.validation_loss for m in card.members] == sorted(m.validation_loss for m in card.members)
    model = load(str(tmp_path / "made"))
    other = load(str(tmp_path / "made"), member=1)
    assert model.card == card
    assert {model.card.members[0].seed, model.card.members[1].seed} == {5, 6}
    rows = examples.records((10,))
    which = examples.beats_of(rows)
    mv = examples.windows_mv(which, FORM)
    logits = model.logits(mv)
    truth = examples.label[examples.owner[which]]
    assert np.mean((logits[:, 1] > logits[:, 0])[truth >= 0] == (truth[truth >= 0] == 1)) > 0.9
    assert not np.allclose(logits, other.logits(mv))
    assert model.logits(model.mean_normal_mv[None])[0, 0] > model.logits(model.mean_normal_mv[None])[0, 1]


def test_normal_statistics_are_those_of_the_windows():
    from cineviewer.models.examples import normal_statistics

    random = np.random.default_rng(0)
    axes = np.linalg.qr(random.normal(size=(24, 2)))[0].T
    draws = random.normal(size=(20_000, 2)) * (3.0, 1.0)
    windows = (draws @ axes + np.arange(24.0)).reshape(-1, 2, 12).astype(np.float32)
    mean, components, deviation = normal_statistics(windows, components=2)
    assert mean.ravel() == pytest.approx(np.arange(24.0), abs=0.1)
    assert deviation == pytest.approx([3.0, 1.0], rel=0.03)
    assert np.abs(components.reshape(2, 24) @ axes.T) == pytest.approx(np.eye(2), abs=0.02)
