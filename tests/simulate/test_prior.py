"""What the learned path is taught: hearts of one family, beats whose front is known, and what is done to them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cineviewer.cine import learned
from cineviewer.ecg import LEADS, Window
from cineviewer.heart import Heart, load
from cineviewer.heart.shape import Shape
from cineviewer.simulate import family, lessons, perturbed, prior
from cineviewer.simulate.lessons import KINDS, UNSEEN, Lessons


@pytest.fixture(scope="module")
def few() -> Lessons:
    return lessons.of_family(0, waves=6, poses=2)


def test_the_familys_plain_shape_conducts_as_our_heart_does() -> None:
    plain, ours = family.heart(Shape()), load()
    assert len(plain.walls_mm) == len(ours.walls_mm)
    np.testing.assert_allclose(plain.centroid_mm, ours.centroid_mm, atol=0.1)
    for scenario in ("normal", "lbbb", "rbbb"):
        here, there = (perturbed.of(scenario, heart).front.time_ms[-1] for heart in (plain, ours))
        assert here == pytest.approx(there, rel=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_members_differ_and_have_every_wall(seed: int) -> None:
    member = family.member(np.random.default_rng(seed))
    assert set(np.unique(member.wall_labels)) == set(range(len(member.label_names)))
    assert np.isfinite(perturbed.of("normal", member).activation_ms).all()
    assert member.walls_mm.std(axis=0) != pytest.approx(load().walls_mm.std(axis=0), rel=0.01)


def test_a_cut_base_leaves_nothing_above_it() -> None:
    assert family.heart(Shape(), cut_mm=3.0).walls_mm[:, 2].max() < 3.0


def test_scenarios_that_are_kept_unseen_are_in_no_lesson(few: Lessons) -> None:
    assert not set(KINDS) & set(UNSEEN)
    assert few.leads_mv.shape[:2] == (36, 8)
    assert len(few.kind) == 36
    assert np.isfinite(few.leads_mv).all()
    assert np.isfinite(few.front_mm).all()
    assert (few.span_ms[:, 1] > few.span_ms[:, 0]).all()


def test_the_same_seed_teaches_the_same(few: Lessons) -> None:
    again = lessons.of_family(0, waves=6, poses=2)
    assert np.array_equal(again.leads_mv, few.leads_mv)


def test_what_is_taught_is_what_will_be_read(few: Lessons) -> None:
    """A lesson's features, undisturbed, are those that the product reads from a window of the same beat."""
    taught = prior.gather([few])
    quiet = prior.shown(taught, torch.Generator().manual_seed(0), disturbed=False)[0].numpy()
    n_before = round(lessons.BEFORE_MS / lessons.STEP_MS)
    heart = _with_axes(few)
    for k in range(0, 36, 7):
        signal = np.zeros((12, few.leads_mv.shape[2] - n_before), dtype=np.float32)
        signal[[LEADS.index(lead) for lead in learned.COLUMNS]] = few.leads_mv[k, :, n_before:]
        window = Window(None, signal, 500.0, 0.0, j_ms=float(few.qrs_ms[k]))
        n_qrs = round(few.qrs_ms[k] / 2.0) + 1
        read = learned.of_window(window, heart, n_qrs)
        apart = np.abs(read - quiet[k])
        assert np.median(apart) < 0.06  # 20 microvolt of noise, and instants that are whole samples
        assert apart.max() < 0.5


def _with_axes(few: Lessons) -> Heart:
    from dataclasses import replace

    return replace(load(), axes=few.axes)


def test_answers_are_in_the_hearts_own_measure(few: Lessons) -> None:
    taught = prior.gather([few])
    front = prior.shown(taught, torch.Generator().manual_seed(0), disturbed=False)[1].numpy()
    back = few.centre_mm + front * few.scale_mm
    assert back[:, -1] == pytest.approx(few.front_mm[:, -1], abs=6.0)  # QRS is seen to end a little later
    assert np.abs(front).max() < 4.0


def test_teaching_comes_nearer(few: Lessons) -> None:
    told: list[str] = []
    taught = prior.gather([few])
    networks = prior.learn(taught, steps=60, report=told.append)
    read, front = prior.shown(taught, torch.Generator().manual_seed(1), disturbed=False)
    with torch.no_grad():
        off = (networks(read.expand(prior.MEMBERS, -1, -1)).mean(0) - front) * taught.scale_mm[:, None]
    still = front * taught.scale_mm[:, None]
    assert off.norm(dim=2).mean() < 0.7 * still.norm(dim=2).mean()


def test_what_is_stored_is_what_was_learned(few: Lessons, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    taught = prior.gather([few])
    networks = prior.learn(taught, steps=5, report=lambda _told: None)
    np.savez(tmp_path / "learned.npz", **prior.stored(networks, taught, taught))
    monkeypatch.setattr(learned.resources, "folder", lambda _name: tmp_path)
    learned.prior.cache_clear()
    try:
        known = learned.prior()
    finally:
        learned.prior.cache_clear()
    read = prior.shown(taught, torch.Generator().manual_seed(1), disturbed=False)[0]
    with torch.no_grad():
        expected = networks(read.expand(prior.MEMBERS, -1, -1)).numpy()
    answers = known.answers(known.standard(read.double().numpy()))
    np.testing.assert_allclose(answers, expected, atol=0.02)  # weights are kept with three digits
