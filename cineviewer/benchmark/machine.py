"""The machine that a benchmark ran on, with a figure of its speed, so that ratios from different machines compare."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

SIZE: Final = 768
SECONDS: Final = 0.3


def describe() -> dict[str, Any]:
    """Return processor, cores, load, versions, and the measured rate of matrix multiplication."""
    import torch

    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "threads": torch.get_num_threads(),
        "matmul_gflops": round(matmul_gflops(), 1),
    }


def matmul_gflops() -> float:
    """Billions of floating-point operations a second of torch's float32 matrix product: the best of several."""
    import torch

    left = torch.from_numpy(np.random.default_rng(0).standard_normal((SIZE, SIZE), dtype=np.float32))
    left @ left
    best, until = float("inf"), time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        started = time.perf_counter()
        left @ left
        best = min(best, time.perf_counter() - started)
    return 2.0 * SIZE**3 / best / 1e9


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
