"""Folding rewrites a network without changing what it computes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from cineviewer.explain.folding import fold, pull_back


def test_a_folded_network_computes_the_same_without_batch_norm(network) -> None:
    folded = fold(network)
    x = torch.randn(5, 12, 80)
    assert not isinstance(folded.stem, nn.Identity)
    assert not any(isinstance(module, nn.BatchNorm1d | nn.Conv1d) for module in folded.body.modules())
    assert torch.allclose(folded.body(folded.stem(x)), network(x), atol=1e-5)


def test_the_original_is_left_as_it_was(network) -> None:
    before = {name: value.clone() for name, value in network.state_dict().items()}
    fold(network)
    assert any(isinstance(module, nn.BatchNorm1d) for module in network.modules())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_the_stem_s_gradient_is_carried_back_to_the_input(network) -> None:
    folded = fold(network)
    x = torch.randn(3, 12, 80)
    hidden = folded.stem(x).detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(folded.body(hidden).sum(), hidden)
    x.requires_grad_(True)
    (whole,) = torch.autograd.grad(network(x).sum(), x)
    assert torch.allclose(pull_back(folded.stem, x, slope), whole, atol=1e-5)


class Mirrored(nn.Conv1d):
    """A convolution that does something to its input first."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(torch.cat([x[..., :3].flip(-1), x], -1))


def test_a_convolution_with_a_forward_of_its_own_stands_first_as_it_is(network) -> None:
    """A fixed filter before the stem is affine as well: both are passed once a line."""
    whole = nn.Sequential(Mirrored(12, 12, 7), network).eval()
    folded = fold(whole)
    x = torch.randn(3, 12, 80)
    assert len(list(folded.stem.children())) == 2
    assert torch.allclose(folded.body(folded.stem(x)), whole(x), atol=1e-5)


class Branching(nn.Module):
    """Control flow that depends on data: cannot be traced."""

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.line(x.mean(1)) if x.sum() > 0 else -self.line(x.mean(1))


class TwoPaths(nn.Module):
    """An input that two modules read has no single stem."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv1d(12, 2, 3), nn.Conv1d(12, 2, 3)

    def forward(self, x: Tensor) -> Tensor:
        return (self.a(x) + self.b(x)).mean(-1)


@pytest.mark.parametrize(("odd", "length"), [(Branching(), 8), (TwoPaths(), 20)])
def test_a_network_without_a_stem_is_kept_whole(odd: nn.Module, length: int) -> None:
    folded = fold(odd)
    x = torch.randn(4, 12, length)
    assert isinstance(folded.stem, nn.Identity)
    assert torch.allclose(folded.body(folded.stem(x)), odd(x))
