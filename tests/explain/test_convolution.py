"""The fast convolution is torch's own with replication padding, forwards and backwards."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cineviewer.explain.convolution import ReplicatedConv1d


@settings(max_examples=60)
@given(
    kernel=st.integers(1, 15),
    stride=st.integers(1, 5),
    padding=st.integers(0, 7),
    length=st.integers(1, 40),
    bias=st.booleans(),
)
def test_values_and_gradients_are_those_of_torch(kernel: int, stride: int, padding: int, length: int, bias) -> None:
    if length + 2 * padding < kernel:
        return
    torch.manual_seed(0)
    conv = nn.Conv1d(3, 4, kernel, stride, padding, padding_mode="replicate", bias=bias).double()
    fast = ReplicatedConv1d(conv)
    signal = torch.randn(2, 3, length, dtype=torch.float64, requires_grad=True)
    theirs, ours = conv(signal), fast(signal)
    slope = torch.randn_like(theirs)
    (their_slope,) = torch.autograd.grad(theirs, signal, slope)
    (our_slope,) = torch.autograd.grad(ours, signal, slope)
    assert torch.allclose(ours, theirs, atol=1e-12)
    assert torch.allclose(our_slope, their_slope, atol=1e-12)


@pytest.mark.parametrize(
    "odd",
    [
        nn.Conv1d(4, 4, 3, padding=1),
        nn.Conv1d(4, 4, 3, padding="same", padding_mode="replicate"),
        nn.Conv1d(4, 4, 3, padding=2, dilation=2, padding_mode="replicate"),
        nn.Conv1d(4, 4, 3, padding=1, groups=2, padding_mode="replicate"),
        nn.ReLU(),
    ],
)
def test_what_it_cannot_stand_for_is_left_alone(odd: nn.Module) -> None:
    assert not ReplicatedConv1d.fits(odd)
