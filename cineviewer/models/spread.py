"""Work on many recordings, spread over processes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(task: Callable[[Item], Result], items: Sequence[Item], workers: int = 0) -> Iterator[Result]:
    """Yield each item's result, in order; raise what the task raised.

    Parameters
    ----------
    task
        A function of a module; it and its results travel between processes.
    workers
        Processes; 0: one a processor. With few items everything happens here.
    """
    count = workers or os.cpu_count() or 1
    early: dict[int, Result] = {}
    wanted = 0
    few = len(items) < 2 * count
    for (index, _item), result in spread(partial(_of_second, task), enumerate(items), 1 if few else count):
        if isinstance(result, Exception):
            raise result
        early[index] = result
        while wanted in early:
            yield early.pop(wanted)
            wanted += 1


def spread(
    task: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[tuple[Item, Result | Exception]]:
    """Apply `task` to every item in `workers` processes; yield (item, result or what it raised) as they finish.

    With one worker everything happens here. The one place that knows how work is distributed: an existing engine
    (dask, a queue of a cluster) takes its place by offering the same signature. No more than two items a process are
    under way, so that a batch of thousands costs no memory. When a process dies, the items that were under way are
    tried once more, each alone.
    """
    if workers == 1:
        for item in items:
            yield item, _attempt(task, item)
        return
    waiting = iter(items)
    while True:
        lost: list[Item] = []
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin) as pool:
            under_way: dict[Future[Result | Exception], Item] = {}
            for item in waiting:
                try:
                    under_way[pool.submit(_attempt, task, item)] = item
                except BrokenProcessPool:
                    lost.append(item)
                if len(under_way) >= 2 * workers:
                    yield from _collect(under_way, lost)
                if lost:
                    break
            while under_way:
                yield from _collect(under_way, lost)
        if not lost:
            return
        for item in lost:
            yield item, _alone(task, item)


def _collect(
    under_way: dict[Future[Result | Exception], Item], lost: list[Item]
) -> Iterator[tuple[Item, Result | Exception]]:
    done, _ = wait(under_way, return_when=FIRST_COMPLETED)
    for future in done:
        item = under_way.pop(future)
        try:
            yield item, future.result()
        except BrokenProcessPool:
            lost.append(item)


def _alone(task: Callable[[Item], Result], item: Item) -> Result | Exception:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin) as pool:
        try:
            return pool.submit(_attempt, task, item).result()
        except BrokenProcessPool as error:
            return error


def _attempt(task: Callable[[Item], Result], item: Item) -> Result | Exception:
    """Return what the task raised instead of raising it: one bad item is a result like any other."""
    try:
        return task(item)
    except Exception as error:  # noqa: BLE001  the boundary of a batch: it goes on whatever one item does
        return error


def _begin() -> None:
    """Set up a process: one thread for its work, and an end when the process that asked for it is gone."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    # Several processes share the processors: more threads in each only spin.
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"


def _of_second(task: Callable[[Item], Result], numbered: tuple[int, Item]) -> Result:
    return task(numbered[1])


def _end_with(parent: BaseProcess) -> None:
    # A pool whose parent was killed would wait for work for ever: its processes hold the queue's other end themselves.
    parent.join()
    os._exit(1)
