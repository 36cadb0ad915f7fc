"""Work on many recordings, spread over processes."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def spread(work: Callable[[Job], Result], jobs: Sequence[Job], workers: int = 0) -> Iterator[Result]:
    """Yield the result of each job, in order.

    Parameters
    ----------
    work
        A function of a module; it and its results travel between processes.
    workers
        Processes; 0: one a processor. With one, or with few jobs, everything happens here.
    """
    count = workers or os.cpu_count() or 1
    if count == 1 or len(jobs) < 2 * count:
        yield from map(work, jobs)
        return
    # A fresh interpreter a process: forking one that runs threads (torch, BLAS) can hang.
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield from pool.map(work, jobs, chunksize=max(1, min(16, len(jobs) // (4 * count))))
        except GeneratorExit:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
