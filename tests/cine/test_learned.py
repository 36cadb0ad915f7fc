"""The learned path: the same beat gives the same shape in any heart, and what was never taught is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cineviewer import resources
from cineviewer.analysis.store import read_case
from cineviewer.cine import learned, nearest, path, terminal_region
from cineviewer.cine.interior import MARGIN_MM, interior
from cineviewer.cine.path import qrs_samples
from cineviewer.ecg import LEADS, Window
from cineviewer.heart import load


def bundled(name: str) -> Window:
    case = read_case(resources.folder("demo") / f"{name}.npz")
    assert case.explanation is not None
    return case.explanation.window


def test_blocks_end_on_their_side() -> None:
    ours = load()
    for name, right in (("lbbb", False), ("rbbb", True)):
        window = bundled(name)
        end = path(window, ours, "learned").points_mm[qrs_samples(window) - 1]
        assert (end[0] > ours.centroid_mm[0] + 15.0) == right
        assert (end[0] < ours.centroid_mm[0] - 15.0) == (not right)


def test_the_numpy_reading_is_torchs() -> None:
    import torch

    known = learned.prior()
    standard = np.random.default_rng(0).normal(size=(40, len(known.mean)))
    state = torch.from_numpy(np.broadcast_to(standard, (len(known.biases[0]), *standard.shape)).copy())
    for k, (weight, bias) in enumerate(zip(known.weights, known.biases, strict=True)):
        layers = [torch.nn.functional.linear(own, torch.from_numpy(w), torch.from_numpy(b))
                  for own, w, b in zip(state, weight, bias, strict=True)]  # fmt: skip
        state = torch.stack(layers)
        state = torch.relu(state) if k + 1 < len(known.weights) else state
    expected = state.reshape(*state.shape[:2], learned.DRAWN, 3).numpy()
    np.testing.assert_allclose(known.answers(standard), expected, rtol=1e-9, atol=1e-9)


def test_a_heart_of_another_size_elsewhere_gets_the_same_path_in_its_own_measure() -> None:
    ours = load()
    window = bundled("lbbb")
    by, to = np.array([1.3, 0.9, 1.1]), np.array([5.0, -7.0, 3.0])
    other = replace(ours, walls_mm=(ours.walls_mm * by + to).astype(np.float32), centroid_mm=ours.centroid_mm * by + to)
    n = qrs_samples(window)
    here, there = (learned.course(window, heart, n) for heart in (ours, other))
    np.testing.assert_allclose(there.points_mm, here.points_mm * by + to, atol=1e-3)
    assert there.unlike == here.unlike


def test_heights_do_not_matter() -> None:
    ours, window = load(), bundled("rbbb")
    n = qrs_samples(window)
    small = replace(window, signal_mv=np.float32(0.25) * window.signal_mv)
    np.testing.assert_allclose(
        learned.course(small, ours, n).points_mm, learned.course(window, ours, n).points_mm, atol=1e-4
    )


def test_the_rate_of_the_window_does_not_matter() -> None:
    ours, window = load(), bundled("normal")
    double = np.stack([np.interp(np.arange(400) / 2.0, np.arange(200), row) for row in window.signal_mv])
    fast = replace(window, signal_mv=double.astype(np.float32), rate_hz=2.0 * window.rate_hz)
    here, there = (path(one, ours, "learned").points_mm[qrs_samples(one) - 1] for one in (window, fast))
    np.testing.assert_allclose(there, here, atol=2.0)


def test_path_stays_inside_and_goes_on_after_qrs_in_the_vectors_direction() -> None:
    ours, window = load(), bundled("lbbb")
    drawn = path(window, ours, "learned")
    assert drawn.points_mm.shape == (200, 3)
    assert drawn.uncertainty_mm.shape == (200,)
    assert (drawn.uncertainty_mm > 0.0).all()
    assert drawn.speed_m_s is None
    assert interior(ours).depth(drawn.points_mm).min() > MARGIN_MM - 0.5
    n = qrs_samples(window)
    np.testing.assert_array_less(np.linalg.norm(np.diff(drawn.points_mm[n - 1 :], axis=0), axis=1), 1.5)


def test_it_names_walls_and_never_a_terminal_region() -> None:
    ours, window = load(), bundled("lbbb")
    drawn = path(window, ours, "learned")
    assert drawn.unlike is False
    assert set(nearest(drawn, ours)) <= set(ours.label_names)
    assert terminal_region(drawn, window, ours) is None


@pytest.mark.parametrize("seed", range(3))
def test_what_no_heart_makes_is_unlike_and_no_wall_is_named(seed: int) -> None:
    ours, window = load(), bundled("normal")
    strange = np.random.default_rng(seed).normal(size=window.signal_mv.shape).astype(np.float32)
    drawn = path(replace(window, signal_mv=strange), ours, "learned")
    assert drawn.unlike is True
    assert set(nearest(drawn, ours)) == {None}


def test_a_missing_lead_is_not_guessed() -> None:
    window = bundled("normal")
    missing = window.signal_mv.copy()
    missing[LEADS.index("V3")] = np.nan
    with pytest.raises(ValueError, match="V3"):
        path(replace(window, signal_mv=missing), load(), "learned")


def test_other_methods_learned_nothing() -> None:
    window = bundled("normal")
    assert path(window, load()).unlike is None
    assert path(window, load(), "centred").unlike is None
