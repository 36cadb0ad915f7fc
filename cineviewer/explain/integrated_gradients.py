"""Integrated Gradients, averaged over noisy copies of the window, in one pass of the logit difference.

Sources: Sundararajan et al., Axiomatic Attribution for Deep Networks (2017, arXiv:1703.01365); Smilkov et al.,
SmoothGrad (2017, arXiv:1706.03825). Steps, copies and noise as in Dobiczek et al. (2026), section 3.3.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor, nn

from cineviewer.ecg import Attribution, Floats, Method, Window
from cineviewer.explain.folding import Folded, fold, logit_difference, pull_back

if TYPE_CHECKING:
    from cineviewer.models import Model

ROWS: Final = 250
"""Gradients computed together: small enough for the processor's cache and for a quick cancel."""

KEPT_BYTES: Final = 31 * 2**20
"""Just below the 32 MiB from which on glibc learns nothing from a freed block."""


def integrated_gradients(model: Model, window: Window, method: Method) -> Iterator[Attribution]:
    """Yield Integrated Gradients of a window, relative to the model's mean normal window or to no signal."""
    scaled = model.scaled(window.signal_mv)
    reference = model.scaled(model.mean_normal_mv) if method.reference == "mean-normal" else np.zeros_like(scaled)
    return integrate(model.network, scaled, reference, method)


def noise(method: Method, shape: tuple[int, ...]) -> Floats:
    """Return the (samples, *shape) noise that the method's seed stands for."""
    random = np.random.default_rng(method.seed)
    return random.standard_normal((method.samples, *shape), dtype=np.float32) * np.float32(method.sigma)


def integrate(network: nn.Module, scaled: Floats, reference: Floats, method: Method) -> Iterator[Attribution]:
    """Attribute a network's logit difference to its scaled input.

    Parameters
    ----------
    network
        Maps (n, channels, T) to (n, 2).
    scaled, reference
        (channels, T) as the network reads them.

    Yields
    ------
    Attribution
        The mean over the noisy copies done so far: coarse, but without bias. The last has the standard error over
        copies and the completeness gap.
    """
    started = time.perf_counter()
    folded = _folded(network)
    base = torch.from_numpy(np.ascontiguousarray(reference, dtype=np.float32))[None]
    copies = torch.from_numpy(scaled.astype(np.float32) + noise(method, scaled.shape))
    each: list[Tensor] = []
    size = max(1, ROWS // method.steps)
    with torch.no_grad():
        start = folded.stem(base)
        spans = folded.stem(copies) - start
    for ends, span in zip(torch.split(copies, size), torch.split(spans, size), strict=True):
        slope = _mean_slope(folded.body, start, span, method.steps)
        each.append(pull_back(folded.stem, ends, slope) * (ends - base))
        done = torch.cat(each)
        if len(done) < method.samples:
            yield Attribution(
                phi=_mean(done),
                method=method,
                standard_error=_standard_error(done),
                evaluations=len(done) * method.steps,
                seconds=time.perf_counter() - started,
                final=False,
            )
    yield Attribution(
        phi=_mean(done),
        method=method,
        standard_error=_standard_error(done),
        completeness_gap=_gap(folded, done, copies, base),
        evaluations=len(done) * method.steps + len(copies) + 1,
        seconds=time.perf_counter() - started,
    )


@lru_cache(maxsize=4)
def _folded(network: nn.Module) -> Folded:
    """Fold a network once: its weights stay as they are."""
    _keep_freed_memory()
    return fold(network)


def _keep_freed_memory() -> None:
    """Let the C library keep what one chunk frees for the next, which is a sixth faster than getting it anew.

    glibc gives memory back from twice the largest block on that was freed so far (mallopt(3), M_MMAP_THRESHOLD). A
    block that nobody writes to costs nothing.
    """
    torch.empty(KEPT_BYTES, dtype=torch.uint8)


def _mean_slope(body: nn.Module, start: Tensor, spans: Tensor, steps: int) -> Tensor:
    """Mean gradient at the stem's output on the way from the start along each of n spans, by Gauss-Legendre nodes."""
    share, weight = _quadrature(steps)
    line = start[:, None] + share[None, :, None, None] * spans[:, None]
    rows = line.flatten(0, 1).requires_grad_(True)
    with torch.enable_grad():
        (slopes,) = torch.autograd.grad(logit_difference(body(rows)).sum(), rows)
    mean: Tensor = torch.tensordot(weight, slopes.view(line.shape), dims=([0], [1]))
    return mean


@lru_cache(maxsize=4)
def _quadrature(steps: int) -> tuple[Tensor, Tensor]:
    """Nodes and weights of Gauss and Legendre on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    return torch.from_numpy((nodes + 1.0) / 2.0).float(), torch.from_numpy(weights / 2.0).float()


def _mean(copies: Tensor) -> Floats:
    mean: Floats = copies.double().mean(dim=0).float().numpy()
    return mean


def _standard_error(copies: Tensor) -> Floats | None:
    if len(copies) < 2:
        return None
    apart = copies.double() - copies.double().mean(dim=0)
    error: Floats = (apart.square().sum(dim=0) / (len(copies) - 1) / len(copies)).sqrt().float().numpy()
    return error


def _gap(folded: Folded, attributions: Tensor, copies: Tensor, base: Tensor) -> float | None:
    """|sum phi - (f(x) - f(reference))| / |f(x) - f(reference)|, f(x) being the mean over the noisy copies."""
    with torch.no_grad():
        values = logit_difference(folded.body(folded.stem(torch.cat([copies, base])))).double()
    wanted = float(values[:-1].mean() - values[-1])
    if wanted == 0:
        return None
    return abs(float(attributions.double().sum(dim=(1, 2)).mean()) - wanted) / abs(wanted)
