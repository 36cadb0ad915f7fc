"""Integrated Gradients against captum's, against what can be computed by hand, and as a stream."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients, NoiseTunnel
from torch import Tensor, nn

from cineviewer.cine import unify
from cineviewer.ecg import Method
from cineviewer.explain.integrated_gradients import integrate, noise

SHAPE = (12, 120)


def case(reference: str) -> tuple[np.ndarray, np.ndarray]:
    """A scaled window and a reference such as the mean normal window, or zeros."""
    random = np.random.default_rng(3)
    phase = np.linspace(0, 6, SHAPE[1])
    window = random.normal(size=(12, 1)) * np.sin(phase) + 0.3 * random.normal(size=SHAPE)
    mean = 0.7 * random.normal(size=(12, 1)) * np.cos(phase) if reference == "mean-normal" else np.zeros(SHAPE)
    return window.astype(np.float32), mean.astype(np.float32)


def last(network: nn.Module, window: np.ndarray, reference: np.ndarray, method: Method):
    *_, final = integrate(network, window, reference, method)
    return final


@pytest.mark.parametrize("reference", ["mean-normal", "zeros"])
def test_one_pass_is_captum_s_two_classes_with_the_same_noise(network, reference: str, monkeypatch) -> None:
    method = Method(steps=50, samples=8)
    window, mean = case(reference)
    ours = last(network, window, mean, method).phi
    same_noise = torch.from_numpy(noise(method, SHAPE))
    monkeypatch.setattr(torch, "normal", lambda *_: same_noise)
    tunnel = NoiseTunnel(IntegratedGradients(network))
    of_class = [
        tunnel.attribute(
            torch.from_numpy(window)[None],
            baselines=torch.from_numpy(mean)[None],
            target=target,
            n_steps=method.steps,
            nt_type="smoothgrad",
            nt_samples=method.samples,
            stdevs=method.sigma,
            method="gausslegendre",
        )[0].numpy()
        for target in (0, 1)
    ]
    theirs = unify(of_class[1], of_class[0])
    assert np.abs(ours - theirs).max() <= 1e-4 * np.abs(theirs).max()


class Affine(nn.Module):
    """z_k = w_k x + b_k: its attributions are known exactly."""

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(SHAPE[0] * SHAPE[1], 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.line(x.flatten(1))


def test_a_linear_network_gets_weight_times_difference() -> None:
    torch.manual_seed(1)
    network = Affine().eval()
    window, mean = case("mean-normal")
    method = Method(steps=5, samples=6)
    weight = network.line.weight.detach().numpy()
    slope = ((weight[1] - weight[0]) / 2).reshape(SHAPE)
    wanted = slope * (window + noise(method, SHAPE).mean(axis=0) - mean)
    found = last(network, window, mean, method)
    assert found.phi == pytest.approx(wanted, abs=1e-6)
    assert found.standard_error == pytest.approx(np.abs(slope) * noise(method, SHAPE).std(0, ddof=1) / 6**0.5, abs=1e-6)


def test_attributions_sum_to_the_change_of_the_logit_difference(network) -> None:
    window, mean = case("mean-normal")
    method = Method(samples=6)
    found = last(network, window, mean, method)
    with torch.no_grad():
        z = network(torch.from_numpy(np.concatenate([window + noise(method, SHAPE), mean[None]]))).double().numpy()
    f = (z[:, 1] - z[:, 0]) / 2
    wanted = f[:-1].mean() - f[-1]
    assert found.phi.sum(dtype=float) == pytest.approx(wanted, rel=0.02)
    assert found.completeness_gap == pytest.approx(abs(found.phi.sum(dtype=float) - wanted) / abs(wanted), abs=1e-4)


def test_too_few_steps_show_as_a_gap(network) -> None:
    window, mean = case("mean-normal")
    coarse = last(network, window, mean, Method(steps=1, samples=4)).completeness_gap
    fine = last(network, window, mean, Method(steps=50, samples=4)).completeness_gap
    assert coarse is not None
    assert fine is not None
    assert coarse > 5 * fine


def test_a_window_that_is_its_reference_has_no_evidence_and_no_gap(network) -> None:
    window, _ = case("zeros")
    found = last(network, window, window, Method(samples=2, sigma=0.0))
    assert (found.phi == 0).all()
    assert found.completeness_gap is None


def test_values_get_better_and_only_the_last_is_final(network) -> None:
    window, mean = case("mean-normal")
    method = Method(samples=40)
    stream = list(integrate(network, window, mean, method))
    assert len(stream) >= 5
    assert [value.final for value in stream] == [False] * (len(stream) - 1) + [True]
    assert all(a.evaluations < b.evaluations for a, b in pairwise(stream))
    assert all(value.completeness_gap is None for value in stream[:-1])
    away = [np.abs(value.phi - stream[-1].phi).mean() for value in stream]
    assert away[0] > 2 * away[-2]


def test_a_coarse_value_is_the_mean_of_its_first_copies(network) -> None:
    window, mean = case("mean-normal")
    first = next(integrate(network, window, mean, Method(samples=40)))
    copies = first.evaluations // 50
    assert first.phi == pytest.approx(last(network, window, mean, Method(samples=copies)).phi, abs=1e-7)


def test_the_same_seed_gives_the_same_and_another_seed_another(network) -> None:
    window, mean = case("mean-normal")
    method = Method(samples=3)
    assert (last(network, window, mean, method).phi == last(network, window, mean, method).phi).all()
    assert (last(network, window, mean, Method(samples=3, seed=1)).phi != last(network, window, mean, method).phi).any()


def test_whoever_stops_iterating_stops_the_work(network) -> None:
    window, mean = case("zeros")
    stream = integrate(network, window, mean, Method(samples=40))
    assert next(stream).evaluations <= 250
    stream.close()
    assert list(stream) == []
