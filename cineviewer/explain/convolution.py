"""A convolution for thousands of gradients: channels last, and edges replicated without copying the signal.

`nn.Conv1d` with replication padding copies its whole input to add a few samples, in a layout that the processor's
fast kernels first have to turn. Here the kernel pads with zeros, and what the replicated samples would have added to
the few outputs that see them is added afterwards: the outermost sample, times the weights that lie outside.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d
from torch.nn.grad import conv2d_input


class ReplicatedConv1d(nn.Module):
    """The same map as a Conv1d with weights that stay; (n, channels, T) in and out, laid out as (n, T, channels)."""

    def __init__(self, conv: nn.Conv1d) -> None:
        super().__init__()
        self.weight = conv.weight.detach()[:, :, None].contiguous(memory_format=torch.channels_last)
        self.bias = None if conv.bias is None else conv.bias.detach()
        self.back = self.weight.transpose(0, 1).flip(-1).contiguous(memory_format=torch.channels_last)
        self.stride, self.padding = int(conv.stride[0]), int(conv.padding[0])
        self._outside: dict[int, tuple[Tensor, Tensor]] = {}

    @staticmethod
    def fits(module: nn.Module) -> bool:
        """Whether a module is a convolution that this one can stand for."""
        return (
            type(module) is nn.Conv1d  # another forward would be lost
            and not isinstance(module.padding, str)
            and (module.padding_mode == "replicate" or module.padding[0] == 0)
            and module.groups == 1
            and module.dilation[0] == 1
        )

    def forward(self, signal: Tensor) -> Tensor:
        """(n, channels in, T) to (n, channels out, T / stride)."""
        if self.stride > 1 and self.weight.shape[-1] == 1 and not self.padding:
            # What a kernel of one sample skips need not be convolved: the gradient is several times faster so.
            return conv2d(signal[..., :: self.stride].unsqueeze(2), self.weight, self.bias).squeeze(2)
        first, last = self._outside_weights(signal.shape[-1])
        plane = signal.unsqueeze(2)
        output: Tensor = _Replicated.apply(  # type: ignore[no-untyped-call]
            plane, self.weight, self.bias, self.back, first, last, self.stride, self.padding
        )
        return output.squeeze(2)

    def _outside_weights(self, length: int) -> tuple[Tensor, Tensor]:
        """By which weights outputs see the first and the last sample beyond the edge: (in, outputs * out) each."""
        if length not in self._outside:
            weight = self.weight[:, :, 0]  # (out, in, kernel)
            kernel = weight.shape[-1]
            starts = torch.arange((length + 2 * self.padding - kernel) // self.stride + 1) * self.stride - self.padding
            before = [weight[:, :, :-start].sum(-1).T for start in starts.tolist() if start < 0]
            after = [
                weight[:, :, max(length - start, 0) :].sum(-1).T for start in starts.tolist() if start + kernel > length
            ]
            nothing = weight.new_zeros(weight.shape[1], 0)
            self._outside[length] = (torch.cat([nothing, *before], 1), torch.cat([nothing, *after], 1))
        return self._outside[length]


class _Replicated(torch.autograd.Function):
    """Zero-padded convolution plus what replication adds at both edges; gradients for the signal alone."""

    @staticmethod
    def forward(
        ctx: Any,
        plane: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        back: Tensor,
        first: Tensor,
        last: Tensor,
        stride: int,
        padding: int,
    ) -> Tensor:
        output = conv2d(plane, weight, bias, (1, stride), (0, padding))
        channels = weight.shape[0]
        for edge, place, outside in _edges(plane, output, first, last, channels):
            place.add_((edge @ outside).view(len(edge), -1, channels).mT)
        ctx.save_for_backward(weight, back, first, last)
        ctx.form = plane.shape, stride, padding
        return output

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        (slope,) = slopes
        weight, turned, first, last = ctx.saved_tensors
        shape, stride, padding = ctx.form
        rest = weight.shape[-1] - 1 - padding
        back: Tensor
        if stride == 1 and rest >= 0:
            back = conv2d(slope, turned, None, 1, (0, rest))  # the same thing, by the faster of two kernels
        else:
            back = conv2d_input(shape, weight, slope, (1, stride), (0, padding))  # type: ignore[no-untyped-call]
        for edge, place, outside in _edges(back, slope, first, last, weight.shape[0]):
            edge.add_(place.mT.flatten(1) @ outside.T)
        return back, None, None, None, None, None, None, None


def _edges(
    inner: Tensor, outer: Tensor, first: Tensor, last: Tensor, channels: int
) -> list[tuple[Tensor, Tensor, Tensor]]:
    """For each edge: its sample in the signal, the outputs that see it beyond the edge, and by which weights."""
    n_first, n_last = first.shape[1] // channels, last.shape[1] // channels
    both = [
        (inner[:, :, 0, 0], outer[:, :, 0, :n_first], first),
        (inner[:, :, 0, -1], outer[:, :, 0, outer.shape[-1] - n_last :], last),
    ]
    return [edge for edge in both if edge[2].shape[1]]
