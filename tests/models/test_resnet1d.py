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
        if isinstance(module, nn.Conv1d) and module.kernel_size != (1,) and list(module.parameters()):
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


def test_the_gradient_holds_nothing_where_the_input_holds_nothing():
    """Saw teeth of a strided stem lie above 60 Hz; windows hold nothing above 40."""
    torch.manual_seed(0)
    network = Resnet1d(ARCHITECTURE).eval()
    window = torch.randn(1, 12, 200, requires_grad=True)
    (gradient,) = torch.autograd.grad(network(window)[0, 1], window)
    spectrum = torch.fft.rfft(gradient[0, :, 20:180] * torch.hann_window(160), dim=-1).abs().square().sum(0)
    frequency_hz = torch.fft.rfftfreq(160, 1 / 500)
    assert spectrum[frequency_hz > 90].sum() / spectrum.sum() < 0.01


def test_the_low_pass_leaves_alone_what_a_window_holds():
    low_pass = Resnet1d(ARCHITECTURE).low_pass
    time_s = torch.arange(400) / 500
    for frequency_hz in (0.0, 10.0, 25.0, 40.0):
        wave = torch.cos(2 * torch.pi * frequency_hz * time_s).expand(1, 12, 400)
        passed = low_pass(wave)
        assert torch.allclose(passed[..., 30:-30], wave[..., 30:-30], atol=0.03)


def test_the_low_pass_gives_the_outermost_samples_no_more_say_than_their_neighbours():
    """What is as strong everywhere behind it is as strong everywhere before it, up to the edges."""
    low_pass = Resnet1d(ARCHITECTURE).low_pass
    window = torch.randn(1, 12, 200, requires_grad=True)
    (gradient,) = torch.autograd.grad(low_pass(window).sum(), window)
    assert torch.allclose(gradient, torch.ones_like(gradient), atol=1e-5)


def test_the_low_pass_is_not_learned():
    network = Resnet1d(ARCHITECTURE)
    assert not any(name.startswith("low_pass") for name, _ in network.named_parameters())
    assert not any(name.startswith("low_pass") for name in network.state_dict())
