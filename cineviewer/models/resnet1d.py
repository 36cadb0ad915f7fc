"""The 1D residual network: a strided-convolution stem, residual blocks, global average pooling, two logits."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from cineviewer.models.card import Architecture, Block, LowPass


class Resnet1d(nn.Module):
    """Map scaled windows (n, leads, T) to logits (n, 2): normal, abnormal. T may be any length.

    Convolutions pad by replication, because a zero beside a wave that does not end at zero is an edge that nobody's
    heart made. No ReLU works in place and each is used once, so that hooks see what they should.

    A fixed low-pass stands first. The input chain leaves nothing above 40 Hz in a window, so the verdict hardly sees
    it; but what the strided stem would answer to frequencies that no input has, saw teeth and spikes of one sample in
    every gradient, cannot pass it: the attribution points only where an input could go.
    """

    def __init__(self, architecture: Architecture, n_leads: int = 12) -> None:
        super().__init__()
        stem = architecture.stem
        self.low_pass = MirroredLowPass(architecture.low_pass, n_leads)
        self.stem = _convolution(n_leads, stem.channels, stem)
        self.stem_norm = nn.BatchNorm1d(stem.channels)
        self.stem_relu = nn.ReLU()
        widths = [stem.channels, *(block.channels for block in architecture.blocks)]
        self.blocks = nn.Sequential(
            *(Residual(width, block) for width, block in zip(widths[:-1], architecture.blocks, strict=True))
        )
        self.pool = nn.AdaptiveAvgPool1d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(architecture.dropout)
        self.dense = nn.Linear(widths[-1], 2)

    def forward(self, scaled: Tensor) -> Tensor:
        """(n, leads, T) to (n, 2)."""
        logits: Tensor = self.dense(self.features(scaled))
        return logits

    def features(self, scaled: Tensor) -> Tensor:
        """(n, leads, T) to what the last layer reads, (n, channels)."""
        stem = self.stem_relu(self.stem_norm(self.stem(self.low_pass(scaled))))
        pooled: Tensor = self.dropout(self.flatten(self.pool(self.blocks(stem))))
        return pooled


class Residual(nn.Module):
    """Two convolutions beside a shortcut, which is a 1 x 1 convolution where the shape changes."""

    def __init__(self, n_in: int, block: Block) -> None:
        super().__init__()
        n_out = block.channels
        self.conv1 = _convolution(n_in, n_out, block)
        self.norm1 = nn.BatchNorm1d(n_out)
        self.relu1 = nn.ReLU()
        self.conv2 = _convolution(n_out, n_out, block.model_copy(update={"stride": 1}))
        self.norm2 = nn.BatchNorm1d(n_out)
        same = n_in == n_out and block.stride == 1
        self.shortcut: nn.Module = (
            nn.Identity()
            if same
            else nn.Sequential(nn.Conv1d(n_in, n_out, 1, block.stride, bias=False), nn.BatchNorm1d(n_out))
        )
        self.relu2 = nn.ReLU()
        nn.init.zeros_(self.norm2.weight)  # each block starts as its shortcut

    def forward(self, signal: Tensor) -> Tensor:
        """(n, channels in, time) to (n, channels out, time / stride)."""
        inner = self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(signal)))))
        output: Tensor = self.relu2(inner + self.shortcut(signal))
        return output


class MirroredLowPass(nn.Conv1d):
    """A Hamming-windowed sinc on each lead by itself: unit gain at 0 Hz, linear phase, nothing learned.

    Beyond an edge the signal goes on as in a mirror. Were the outermost sample repeated instead, it would be given the
    gradients of all its copies: a spike of one sample at the end of every attribution.
    """

    def __init__(self, design: LowPass, n_leads: int) -> None:
        super().__init__(n_leads, n_leads, design.taps, groups=n_leads, bias=False)
        at = np.arange(design.taps) - design.taps // 2
        response = np.sinc(2 * design.cutoff * at) * np.hamming(design.taps)
        taps = torch.tensor(response / response.sum(), dtype=torch.float32).expand(n_leads, 1, design.taps)
        del self.weight
        self.register_buffer("weight", taps.contiguous(), persistent=False)

    def forward(self, signal: Tensor) -> Tensor:
        """(n, leads, T) to the same, T being at least half as many samples as there are taps."""
        reach = self.kernel_size[0] // 2
        before, after = signal[..., :reach].flip(-1), signal[..., -reach:].flip(-1)
        return super().forward(torch.cat([before, signal, after], dim=-1))


def count_parameters(network: nn.Module) -> int:
    """Return how many numbers were learned."""
    return sum(parameter.numel() for parameter in network.parameters())


def _convolution(n_in: int, n_out: int, block: Block) -> nn.Conv1d:
    return nn.Conv1d(n_in, n_out, block.kernel, block.stride, block.kernel // 2, padding_mode="replicate", bias=False)
