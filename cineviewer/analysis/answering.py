"""The answering process: it alone imports torch, and asks the network what the reading process found worth asking."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.connection import Connection

from cineviewer.analysis.cache import Cache
from cineviewer.analysis.case import Settings
from cineviewer.analysis.messages import Answered, Asked, Failed
from cineviewer.analysis.process import serve
from cineviewer.analysis.question import answers, load_model
from cineviewer.ecg import Window
from cineviewer.errors import InputError


def run(connection: Connection, cache: Cache | None) -> None:
    """Answer what is asked until the connection closes, and keep the answers where there is a cache."""
    # Set before torch is imported: idle OpenMP threads that spin would take the processor from the window.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Only the processor computes: torch need not search all installed packages for other devices.
    os.environ.setdefault("TORCH_DEVICE_BACKEND_AUTOLOAD", "0")
    serve(connection, _warmings(), partial(_answers, cache))


def _answers(cache: Cache | None, asked: object) -> Iterator[object]:
    assert isinstance(asked, Asked)
    try:
        for answer in answers(asked.question):
            yield Answered(asked.number, answer)
        if cache is not None:
            cache.keep(asked.question, answer)
            if asked.file is not None:
                cache.keep_verdict(asked.file, asked.question.settings.model, answer.verdict)
    except InputError as error:
        yield Failed(asked.number, str(error), error.code)
    except Exception as error:  # noqa: BLE001  the boundary: what else goes wrong costs this case, not the process
        sentence = f"The record could not be explained: {type(error).__name__}: {error}"
        yield Failed(asked.number, sentence, "internal")


def _warmings() -> Iterator[Callable[[], object]]:
    def network() -> None:
        load_model(Settings().model)

    def first_attribution() -> None:
        # Folding the network and building its kernels happen once; nobody should wait for them.
        from cineviewer import explain

        model = load_model(Settings().model)
        window = Window(None, model.mean_normal_mv, model.card.rate_hz, 0.0)
        next(explain.attribute(model, window, Settings().method))

    return iter((network, first_attribution))
