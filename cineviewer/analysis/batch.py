"""The batch: many records explained by several processes, resumable, each result written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path as FilePath
from typing import TypeVar

from cineviewer.analysis.case import Case, Settings, open_steps
from cineviewer.errors import InputError

Item = TypeVar("Item")
Result = TypeVar("Result")
Writer = Callable[[Case, FilePath], None]
"""Writes all files of a case into a folder, the one that marks it as done last."""


@dataclass(frozen=True, slots=True)
class Job:
    """One record and the folder that its files go to."""

    path: FilePath
    folder: FilePath


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: `error` is None when its files are written."""

    job: Job
    error: InputError | None = None


def explain_all(jobs: Iterable[Job], settings: Settings, writer: Writer, workers: int) -> Iterator[Outcome]:
    """Explain every job's record and write it; yield outcomes as they come, in any order.

    A record that cannot be read, or on which a process dies, is an outcome with an error; the others go on.
    """
    task = partial(_explain, settings=settings, writer=writer)
    for job, result in spread(task, jobs, workers):
        if isinstance(result, Exception):
            yield Outcome(job, _as_input_error(result, job))
        else:
            yield Outcome(job)


def spread(
    task: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[tuple[Item, Result | Exception]]:
    """Apply `task` to every item in `workers` processes; yield (item, result or what it raised) as they finish.

    The one place that knows how work is distributed: an existing engine (dask, a queue of a cluster) takes its
    place by offering the same signature. No more than two items a process are under way, so that a batch of
    thousands costs no memory. When a process dies, the items that were under way are tried once more, each alone.
    """
    if workers == 1:
        for item in items:
            yield item, _attempt(task, item)
        return
    waiting = iter(items)
    while True:
        lost: list[Item] = []
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_one_thread) as pool:
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
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_one_thread) as pool:
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


def _one_thread() -> None:
    # Several processes share the processors: more threads in each only spin.
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"


def _explain(job: Job, settings: Settings, writer: Writer) -> None:
    case: Case | None = None
    for step in open_steps(job.path, settings):
        case = step.case
    assert case is not None
    writer(case, job.folder)


def _as_input_error(error: Exception, job: Job) -> InputError:
    match error:
        case InputError():
            return error
        case BrokenProcessPool():
            return InputError("died", "the computing process died on this record", where=job.path, repair="report it")
    what = f"could not be explained ({type(error).__name__}: {error})"
    return InputError("internal", what, where=job.path, repair="report it with the record's header")
