"""The batch: many records explained by several processes, resumable, each result written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path as FilePath

from cineviewer.analysis.case import Case, Settings
from cineviewer.analysis.steps import open_steps
from cineviewer.errors import InputError
from cineviewer.models.spread import spread

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
