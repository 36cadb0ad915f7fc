"""Integrated Gradients of one window: ours beside captum's, with captum called as it is by default and as it is best.

Each is run in fresh processes, in turns, with one thread; the fastest of its runs counts, because everything that
disturbs a run makes it slower. Time is the processor's: with one thread that is the time waited for on a machine that
does nothing else. Memory is the peak resident set less the resident set after imports.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cineviewer import cine
from cineviewer.benchmark.rows import Peer, Row
from cineviewer.ecg import Floats, Method, Window

if TYPE_CHECKING:
    from cineviewer.models import Model

ROUNDS: Final = 2
REPEATS: Final = 3
TUNINGS: Final = ((1, None), (2, None), (4, None), (8, None), (4, 100), (8, 100), (8, 200))
"""captum's nt_samples_batch_size and internal_batch_size that are tried to find its best."""

FASTER_THAN_DEFAULT: Final = 4.0
FASTER_THAN_TUNED: Final = 3.0
SMALLER_THAN_DEFAULT: Final = 4.0
SAME_AS_CAPTUM: Final = 1e-4

Attribute = Callable[[Method], Floats]


def rows() -> list[Row]:
    """Run ours, captum's default and captum's best in turns, and compare."""
    best = _in_fresh_process("tune")["best"]
    contenders = {"ours": ("ours",), "default": ("captum", "null"), "best": ("captum", json.dumps(best))}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, arguments in contenders.items():
            found[name].append(_in_fresh_process(*arguments))
    seconds = {name: min(result["seconds"] for result in results) for name, results in found.items()}
    peak = {name: min(result["peak_mb"] for result in results) for name, results in found.items()}
    captum = f"captum {metadata.version('captum')}"
    default = f"{captum}, default"
    tuned = (
        f"{captum}, {best['nt_samples_batch_size']} samples and {best['internal_batch_size'] or 'all'} rows together"
    )
    both = "Integrated Gradients 50 x 40, both classes"
    return [
        _ratio(both, "s", seconds["ours"], Peer(default, seconds["default"]), FASTER_THAN_DEFAULT),
        _ratio(both, "s", seconds["ours"], Peer(tuned, seconds["best"]), FASTER_THAN_TUNED),
        _ratio("its peak memory", "MB", peak["ours"], Peer(default, peak["default"]), SMALLER_THAN_DEFAULT),
        _ratio("its peak memory", "MB", peak["ours"], Peer(tuned, peak["best"]), None),
        *(
            Row(f"largest difference to captum, same noise, {reference}", value, "of the largest", SAME_AS_CAPTUM)
            for reference, value in _in_fresh_process("difference").items()
        ),
    ]


def _ratio(what: str, unit: str, ours: float, peer: Peer, bar: float | None) -> Row:
    return Row(what, ours, unit, bar, peer, peer.value / max(ours, 1e-9), at_least=True)


def _in_fresh_process(*arguments: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", __name__, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@dataclass(frozen=True, slots=True)
class Given:
    """What every contender explains: the bundled model, and a window that no person had."""

    model: Model
    window: Window

    @classmethod
    def load(cls) -> Given:
        """Take the mean normal window, moved by one standard deviation along each principal component."""
        import torch

        from cineviewer import models

        torch.set_num_threads(1)
        model = models.load()
        moved = np.tensordot(model.component_sd, model.components_mv, axes=1)
        signal = (model.mean_normal_mv + moved).astype(np.float32)
        return cls(model, Window(beat=None, signal_mv=signal, rate_hz=model.card.rate_hz, start_s=0.0))

    def scaled(self, reference: str) -> tuple[Floats, Floats]:
        """Return the window and the reference as the network reads them."""
        window = self.model.scaled(self.window.signal_mv)
        mean_normal = self.model.scaled(self.model.mean_normal_mv)
        return window, mean_normal if reference == "mean-normal" else np.zeros_like(window)


def _ours(given: Given) -> Attribute:
    from cineviewer.explain import attribute

    def run(method: Method) -> Floats:
        *_, final = attribute(given.model, given.window, method)
        return final.phi

    return run


def _captum(given: Given, together: dict[str, int | None]) -> Attribute:
    import torch
    from captum.attr import IntegratedGradients, NoiseTunnel

    tunnel = NoiseTunnel(IntegratedGradients(given.model.network))
    inputs, base = (torch.from_numpy(values)[None] for values in given.scaled("mean-normal"))

    def run(method: Method) -> Floats:
        settings = {"n_steps": method.steps, "nt_samples": method.samples, "stdevs": method.sigma, **together}
        normal, abnormal = (
            tunnel.attribute(inputs, baselines=base, target=target, nt_type="smoothgrad", **settings)[0].numpy()
            for target in (0, 1)
        )
        return cine.unify(abnormal, normal).astype(np.float32)

    return run


def _measure(run: Attribute) -> dict[str, float]:
    resident_mb = _resident_mb()
    run(Method(samples=1, steps=2))
    seconds = min(_seconds(run) for _ in range(REPEATS))
    return {"seconds": seconds, "peak_mb": _peak_mb() - resident_mb}


def _seconds(run: Attribute) -> float:
    started = time.process_time()
    run(Method())
    return time.process_time() - started


def _tune() -> dict[str, Any]:
    """Find captum's fastest settings on this machine."""
    given = Given.load()
    options = [{"nt_samples_batch_size": n, "internal_batch_size": rows_together} for n, rows_together in TUNINGS]
    return {"best": min(options, key=lambda option: _seconds(_captum(given, option)))}


def _difference() -> dict[str, float]:
    """Largest difference to captum's Integrated Gradients of the same noisy copies, for each reference."""
    import torch
    from captum.attr import IntegratedGradients

    from cineviewer.explain import REFERENCES
    from cineviewer.explain.integrated_gradients import noise

    given = Given.load()
    gradients = IntegratedGradients(given.model.network)
    found = {}
    for reference in REFERENCES:
        method = Method(reference=reference)
        scaled, base = given.scaled(reference)
        copies = torch.from_numpy(scaled + noise(method, scaled.shape))
        settings = {"n_steps": method.steps, "internal_batch_size": 200}
        normal, abnormal = (
            gradients.attribute(copies, baselines=torch.from_numpy(base)[None], target=target, **settings).mean(0)
            for target in (0, 1)
        )
        theirs = cine.unify(abnormal.numpy(), normal.numpy())
        found[reference] = float(np.abs(_ours(given)(method) - theirs).max() / np.abs(theirs).max())
    return found


def _resident_mb() -> float:
    """Resident set now; from the kernel where it tells, else the peak so far."""
    status = Path("/proc/self/status")
    if not status.exists():
        return _peak_mb()
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024.0


def _peak_mb() -> float:
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0**2 if sys.platform == "darwin" else 1024.0)


def _answer(task: str, *arguments: str) -> dict[str, Any]:
    """Do one task of a fresh process."""
    match task, arguments:
        case "tune", ():
            return _tune()
        case "difference", ():
            return _difference()
        case "ours", ():
            return _measure(_ours(Given.load()))
        case "captum", (together,):
            return _measure(_captum(Given.load(), json.loads(together) or {}))
        case _:
            raise ValueError(f"no task {task} {arguments}")


if __name__ == "__main__":
    json.dump(_answer(*sys.argv[1:]), sys.stdout)
