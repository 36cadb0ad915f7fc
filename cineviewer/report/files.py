"""A case's folder: arrays, pictures and, written last, the document that marks it as done."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np

from cineviewer.analysis import Case, Settings, landmarks
from cineviewer.analysis.hearts import load_heart
from cineviewer.atomic import write_atomically
from cineviewer.ecg import LEADS
from cineviewer.report.documents import Document, case_document

RESULT = "result.json"


def write_files(case: Case, folder: Path) -> None:
    """Write attribution.npz, traces.png, ventricles.png and result.json of a case into its folder.

    Each file is written whole or not at all, result.json last, so that its presence says that all are there.
    A case without an explanation has no attribution.npz and no ventricles.png.
    """
    from cineviewer.report.pictures import page_picture, png, ventricles_picture

    write_atomically(folder / "traces.png", png(page_picture(case)))
    if case.explanation is not None:
        write_atomically(folder / "ventricles.png", png(ventricles_picture(case)))
    write_arrays(case, folder)


def write_arrays(case: Case, folder: Path) -> None:
    """Write what `write_files` writes, without the pictures."""
    if case.explanation is not None:
        write_atomically(folder / "attribution.npz", _attribution_npz(case))
    document = json.dumps(case_document(case), indent=1, allow_nan=False, ensure_ascii=False)
    write_atomically(folder / RESULT, document.encode())


def read_result(folder: Path) -> Document | None:
    """Return the result document of a folder, None where there is none that is whole."""
    try:
        document = json.loads((folder / RESULT).read_bytes())
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) and document.get("schema") == 1 else None


def belongs_to(document: Document, settings: Settings, model_sha256: str) -> bool:
    """Whether a result was made under these settings by this model, so that it need not be made again."""
    if document["verdict"] is None:
        return True  # why a model is silent depends on the record alone
    if document.get("hand_set", []) != _hand_set(document, settings):
        return False
    if not _is_in(document.get("heart"), settings):
        return False
    made = document["method"], document["model"]["sha256"], document["trajectory"]["method"]
    wanted = {name: getattr(settings.method, name) for name in settings.method.__dataclass_fields__}
    return made == (wanted, model_sha256, settings.path)


def _is_in(heart: Document | None, settings: Settings) -> bool:
    """Whether a result's path is drawn in the heart that these settings name; of older results nothing is known."""
    if heart is None or heart["sha256"] is None:
        return settings.heart is None
    return bool(heart["sha256"] == load_heart(settings.heart).sha256)


def _hand_set(document: Document, settings: Settings) -> list[Document]:
    """Return the landmarks set by hand that a result's record would be explained with now."""
    sha256 = document.get("signal_sha256", "")
    if settings.landmarks is None:
        return []
    found: list[Document] = landmarks.document(sha256, landmarks.read_for(sha256, settings.landmarks))["landmarks"]
    return found


def _attribution_npz(case: Case) -> bytes:
    explanation = case.explanation
    assert explanation is not None
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        phi=explanation.attribution.phi.astype(np.float32),
        profile=explanation.profile,
        path_mm=explanation.path.points_mm,
        time_ms=explanation.window.time_ms,
        leads=np.array(LEADS),
        signal_mV=explanation.window.signal_mv,
    )
    return buffer.getvalue()
