"""The network's promises."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from torch import nn

from cineviewer.models.card import Architecture, Block
from cineviewer.models.release import ARCHITECTURE
from cineviewer.models.resnet1d import Resnet1d, count_parameters

SMALL = Architecture(
    stem=Block(channels=6, kernel=5, stride=2),
    blocks=(Block(channels=6, kernel=3), Block(channels=8, kernel=3, stride=2)),
    dropout=0.1,
)


def test_what_ships_has_at_most_120_thousand_parameters():
    assert count_parameters(Resnet1d(ARCHITECTURE)) <= 120_000


def test_convolutions_pad_by_replication_and_no_relu_works_in_place():
    for module in Resnet1d(ARCHITECTURE).modules():
        if isinstance(module, nn.Conv1d) and module.kernel_size != (1,):
            assert module.padding_mode == "replicate"
        if isinstance(module, nn.ReLU):
            assert not module.inplace
        assert not isinstance(module, nn.MaxPool1d)


def test_each_module_is_used_once():
    network = Resnet1d(SMALL).eval()
    calls: Counter[str] = Counter()
    for name, module in network.named_modules():
        if not list(module.children()):
            module.register_forward_hook(lambda *_args, name=name: calls.update([name]))
    network(torch.zeros(1, 12, 200))
    assert set(calls.values()) == {1}
    assert sum(isinstance(m, nn.ReLU) for m in network.modules()) == 1 + 2 * len(SMALL.blocks)


@pytest.mark.parametrize("length", [40, 200, 333, 1000])
def test_any_length_gives_two_logits(length):
    assert Resnet1d(SMALL).eval()(torch.randn(3, 12, length)).shape == (3, 2)


def test_constant_input_gives_the_same_logits_at_every_length():
    """Padding by replication makes no edge: with zeros the ends of a constant would look different."""
    torch.manual_seed(0)
    network = Resnet1d(SMALL).eval()
    constant = torch.randn(1, 12, 1)
    short, long = (network(constant.expand(1, 12, n)) for n in (60, 400))
    assert torch.allclose(short, long, atol=1e-5)
