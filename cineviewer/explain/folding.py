"""A network made ready for thousands of gradients: batch norm folded into convolutions, and its affine stem split off.

Along the straight line between two inputs the output of an affine stem is the same line between two stem outputs, so
Integrated Gradients need the stem once a line and not once a step. Both rewritings are exact but for rounding.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from cineviewer.explain.convolution import ReplicatedConv1d


@dataclass(frozen=True, slots=True)
class Folded:
    """`network(x) == body(stem(x))`; the stem is affine."""

    stem: nn.Module
    body: nn.Module


def fold(network: nn.Module) -> Folded:
    """Return the network in evaluation mode, batch norm folded, gradients of parameters off; the original is kept.

    A network that cannot be traced, or that does not begin with a convolution, keeps an identity as its stem.
    """
    whole = deepcopy(network).eval()
    for parameter in whole.parameters():
        parameter.requires_grad_(False)
    try:
        traced = fx.GraphModule(whole, _Tracer().trace(whole))
    except (fx.proxy.TraceError, TypeError):  # control flow that depends on data cannot be traced: slower, not wrong
        return Folded(nn.Identity(), whole)
    _fold_norms(traced)
    _lay_channels_last(traced)
    return _split(traced)


def logit_difference(logits: Tensor) -> Tensor:
    """Return f = (z_abnormal - z_normal) / 2 of (n, 2) logits: its attribution is Eq. 1."""
    return (logits[:, 1] - logits[:, 0]) / 2.0


def pull_back(stem: nn.Module, inputs: Tensor, gradient: Tensor) -> Tensor:
    """Carry a gradient at the stem's output back to its input."""
    inputs = inputs.detach().requires_grad_(True)
    with torch.enable_grad():
        # The sum of products instead of a gradient handed to autograd, which would first import its symbolic shapes.
        (back,) = torch.autograd.grad((stem(inputs) * gradient).sum(), inputs)
    return back


class _Tracer(fx.Tracer):
    """Keeps a convolution whole that does something to its input first, such as mirroring its edges."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, nn.Conv1d) or super().is_leaf_module(m, module_qualified_name)


def _fold_norms(traced: fx.GraphModule) -> None:
    """Replace each convolution that only a batch norm reads by one convolution that does both."""
    for norm in list(traced.graph.nodes):
        conv = norm.args[0] if norm.op == "call_module" and norm.args else None
        if not isinstance(conv, fx.Node) or conv.op != "call_module" or len(conv.users) != 1:
            continue
        first, second = traced.get_submodule(str(conv.target)), traced.get_submodule(str(norm.target))
        if isinstance(first, nn.Conv1d) and isinstance(second, nn.BatchNorm1d):
            traced.set_submodule(str(conv.target), fuse_conv_bn_eval(first, second))
            norm.replace_all_uses_with(conv)
            traced.graph.erase_node(norm)
    traced.delete_all_unused_submodules()
    traced.recompile()


def _lay_channels_last(traced: fx.GraphModule) -> None:
    """Replace each convolution by the same one in the faster layout, where it has one."""
    for name, module in list(traced.named_modules()):
        if isinstance(module, nn.Conv1d) and ReplicatedConv1d.fits(module):
            traced.set_submodule(name, ReplicatedConv1d(module))


def _split(folded: fx.GraphModule) -> Folded:
    """Cut a traced network after the convolutions that stand first, each alone reading what is before it."""
    entry = next(node for node in folded.graph.nodes if node.op == "placeholder")
    stem: list[nn.Module] = []
    while (first := _first_convolution(folded, entry)) is not None:
        stem.append(folded.get_submodule(str(first.target)))
        first.replace_all_uses_with(entry)
        folded.graph.erase_node(first)
    folded.delete_all_unused_submodules()
    folded.recompile()
    return Folded(nn.Sequential(*stem) if stem else nn.Identity(), folded)


def _first_convolution(folded: fx.GraphModule, entry: fx.Node) -> fx.Node | None:
    """Return the convolution that alone reads the input, if one does."""
    users = list(entry.users)
    if len(users) != 1 or users[0].op != "call_module":
        return None
    module = folded.get_submodule(str(users[0].target))
    return users[0] if isinstance(module, nn.Conv1d | ReplicatedConv1d) else None
