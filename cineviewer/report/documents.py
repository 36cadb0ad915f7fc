"""The JSON documents that others build on: what of a record, a case and an error is said, and under which key."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from cineviewer import cine
from cineviewer.analysis import Case, landmarks
from cineviewer.ecg import LEADS, Delineation, Explanation, Measurements, Path, Quality, Record
from cineviewer.errors import InputError
from cineviewer.heart import Heart, load
from cineviewer.heart.given import Given

SCHEMA = 1
Document = dict[str, Any]


def record_document(record: Record, delineation: Delineation | None) -> Document:
    """Return what `check` says of a record that could be read."""
    rate = delineation.measurements.hr_bpm.value if delineation else None
    quality = delineation.quality if delineation else {}
    return {
        "path": str(record.path),
        "ok": True,
        "format": record.format,
        "rate_hz": record.rate_hz,
        "duration_s": record.duration_s,
        "leads": list(record.leads),
        "derived_leads": list(record.derived_leads),
        "n_beats": len(delineation.beats) if delineation else None,
        "heart_rate_bpm": _rounded(rate, 1),
        "quality": {lead: str(quality.get(lead, Quality.MISSING)) for lead in LEADS},
        "warnings": [*record.warnings, *(delineation.warnings if delineation else ())],
        "error": None,
    }


def failed_record_document(path: str, error: InputError) -> Document:
    """Return what `check` says of a record that could not be read."""
    return {
        "path": path,
        "ok": False,
        "format": None,
        "rate_hz": None,
        "duration_s": None,
        "leads": [],
        "derived_leads": [],
        "n_beats": None,
        "heart_rate_bpm": None,
        "quality": {},
        "warnings": [],
        "error": error_document(error),
    }


def error_document(error: InputError) -> Document:
    """Return an error as code, message (the fact, with the file) and repair."""
    where = f"{error.where}: " if error.where is not None else ""
    return {"code": error.code, "message": f"{where}{error.what}", "repair": error.repair}


def case_document(case: Case) -> Document:
    """Return a case as result.json holds it; what was not computed is null, and `notices` says why."""
    verdict, explanation = case.verdict, case.explanation
    return {
        "schema": SCHEMA,
        "path": str(case.record.path),
        "simulated": case.record.simulated,
        "record": record_document(case.record, case.delineation),
        "model": None if verdict is None else _picked(asdict(verdict.model), "name", "version", "sha256"),
        "method": None if explanation is None else asdict(explanation.attribution.method),
        "window": None if explanation is None else _window_document(explanation),
        "verdict": None
        if verdict is None
        else {
            "p_abnormal": verdict.p_abnormal,
            "logit": verdict.logit,
            "threshold": verdict.model.threshold,
            "label": verdict.label,
            "classes": None,
            "target": verdict.target,
        },
        "measurements": _measurements_document(case.delineation.measurements if case.delineation else None),
        "landmarks_ms": _landmarks_document(case),
        "signal_sha256": case.record.sha256,
        "hand_set": landmarks.document(case.record.sha256, case.hand_set)["landmarks"],
        "attribution": None if explanation is None else _attribution_document(explanation),
        "trajectory": None if explanation is None else _trajectory_document(explanation, case.heart or load()),
        "heart": None if explanation is None else _heart_document(case.heart, explanation.path),
        "notices": list(case.notices),
        "seconds": {stage: _rounded(seconds, 4) for stage, seconds in case.seconds.items()},
    }


SUMMARY_COLUMNS = (
    "path", "simulated", "format", "rate_hz", "duration_s", "n_beats", "heart_rate_bpm",
    "p_abnormal", "logit", "threshold", "label", "window_logit", "window_p_abnormal",
    "hr_bpm", "pr_ms", "qrs_ms", "qt_ms", "qtcb_ms", "qtcf_ms", "qrs_axis_deg", "t_axis_deg",
    "completeness_gap", "top_lead", "top_lead_share", "terminal_region",
    "model", "model_sha256", "method", "heart", "heart_sha256", "hand_set", "warnings", "error",
)  # fmt: skip


def summary_row(document: Document) -> dict[str, object]:
    """Return the scalars of a result document as one row of summary.csv."""
    record, verdict, window = document["record"], document["verdict"] or {}, document["window"] or {}
    attribution, trajectory = document["attribution"] or {}, document["trajectory"] or {}
    top = (attribution.get("top_leads") or [{}])[0]
    return {
        "path": document["path"],
        "simulated": document["simulated"],
        **_picked(record, "format", "rate_hz", "duration_s", "n_beats", "heart_rate_bpm"),
        **{key: verdict.get(key) for key in ("p_abnormal", "logit", "threshold", "label")},
        "window_logit": window.get("logit"),
        "window_p_abnormal": window.get("p_abnormal"),
        **document["measurements"],
        "completeness_gap": attribution.get("completeness_gap"),
        "top_lead": top.get("lead"),
        "top_lead_share": top.get("share"),
        "terminal_region": trajectory.get("terminal_region"),
        "model": (document["model"] or {}).get("name"),
        "model_sha256": (document["model"] or {}).get("sha256"),
        "method": (document["method"] or {}).get("name"),
        "heart": (document.get("heart") or {}).get("name"),
        "heart_sha256": (document.get("heart") or {}).get("sha256"),
        "hand_set": " ".join(sorted({one["landmark"] for one in document.get("hand_set", [])})),
        "warnings": " | ".join(record["warnings"]),
        "error": None if verdict else " | ".join(document["notices"]),
    }


def summary_csv(rows: Iterable[dict[str, object]]) -> str:
    """Return summary.csv; a row without a column leaves it empty, as does None."""
    text = io.StringIO()
    writer = csv.DictWriter(text, SUMMARY_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _window_document(explanation: Explanation) -> Document:
    window = explanation.window
    return {
        "beat": "median" if window.beat is None else window.beat,
        "start_s": window.start_s,
        "rate_hz": window.rate_hz,
        "n": int(window.signal_mv.shape[1]),
        "logit": explanation.logit,
        "p_abnormal": explanation.p_abnormal,
    }


def _measurements_document(measurements: Measurements | None) -> Document:
    names = Measurements.__dataclass_fields__
    if measurements is None:
        return dict.fromkeys(names)
    return {name: _rounded(getattr(measurements, name).value, 1) for name in names}


def _landmarks_document(case: Case) -> Document | None:
    """Return the explained beat's landmarks in milliseconds after its QRS onset."""
    delineation = case.delineation
    if delineation is None or delineation.median is None:
        return None
    beat = case.explanation.window.beat if case.explanation else None
    landmarks = delineation.median.landmarks if beat is None else delineation.beats[beat].landmarks
    rate_hz = delineation.median.rate_hz if beat is None else case.record.rate_hz
    onset = landmarks.qrs_on
    if onset is None:
        return None
    samples = asdict(landmarks)
    return {name: None if at is None else _rounded((at - onset) * 1000 / rate_hz, 1) for name, at in samples.items()}


def _attribution_document(explanation: Explanation) -> Document:
    return {
        "completeness_gap": explanation.attribution.completeness_gap,
        "top_leads": [{"lead": lead, "share": share} for lead, share in explanation.top_leads],
        "profile": [_rounded(float(value), 6) for value in explanation.profile],
    }


def _trajectory_document(explanation: Explanation, heart: Heart) -> Document:
    path = explanation.path
    return {
        "method": path.method,
        "speed_m_s": path.speed_m_s,
        "unlike": path.unlike,
        "path_mm": [[round(float(value), 3) for value in point] for point in path.points_mm],
        "nearest": list(explanation.nearest),
        "terminal_region": explanation.terminal_region,
        "evidence_share": explanation.evidence_share,
        "angles_deg": {
            one.stretch: {
                view: None if angle is None else _rounded(angle, 1)
                for view, angle in zip(cine.VIEWS, one.degrees, strict=True)
            }
            for one in cine.directions(explanation.window, heart)
        },
    }


def _heart_document(heart: Heart | None, path: Path) -> Document:
    """Return in which heart the path is drawn; `given` is what was found of somebody's own surfaces."""
    return {
        "name": "generic" if heart is None else heart.name,
        "generic": heart is None,
        "sha256": path.heart_sha256 or None,
        "given": None if heart is None or heart.given is None else _given_document(heart.given),
    }


def _given_document(given: Given) -> Document:
    measured = {
        name: _rounded(value, 1) if isinstance(value, float) else value for name, value in asdict(given).items()
    }
    return {**measured, "unlabelled": list(given.unlabelled)}


def _picked(document: Document, *keys: str) -> Document:
    return {key: document[key] for key in keys}


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), digits)
