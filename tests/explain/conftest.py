"""A small residual network such as the models room makes, with random weights and running statistics."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(inputs, outputs, 5, stride, 2, padding_mode="replicate", bias=False)
        self.norm1 = nn.BatchNorm1d(outputs)
        self.conv2 = nn.Conv1d(outputs, outputs, 5, 1, 2, padding_mode="replicate", bias=False)
        self.norm2 = nn.BatchNorm1d(outputs)
        self.short = nn.Sequential(nn.Conv1d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm1d(outputs))
        self.relu1, self.relu2 = nn.ReLU(), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(x)))))
        return self.relu2(y + self.short(x))


class SmallResNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv1d(12, 16, 7, 2, 3, padding_mode="replicate", bias=False)
        self.norm, self.relu = nn.BatchNorm1d(16), nn.ReLU()
        self.blocks = nn.Sequential(Block(16, 16, 1), Block(16, 24, 2))
        self.dropout, self.head = nn.Dropout(0.3), nn.Linear(24, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.dropout(self.blocks(self.relu(self.norm(self.stem(x)))).mean(-1)))


@pytest.fixture(scope="session")
def network() -> nn.Module:
    torch.manual_seed(0)
    network = SmallResNet()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.2)
    return network.eval()
