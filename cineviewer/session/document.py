"""The session as versioned JSON: what a restart, a figure or another machine needs to show the same again."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from cineviewer.session.parts import (
    GAINS_MM_MV,
    KINDS,
    PLAYBACK_RATES,
    SPEEDS_MM_S,
    TYPE_FACTORS,
    Grip,
    HandSets,
    Keeping,
    Notes,
    Part,
    Screens,
)
from cineviewer.session.session import Session

SCHEMA = 1
_OWN: tuple[type[Part], ...] = (Notes, HandSets, Grip, Screens, Keeping)
"""What stays in the reader's own folder, notes, landmarks, screens: a session may be handed to others."""
_KEPT: dict[str, type[Part]] = {kind.__name__: kind for kind in KINDS if kind not in _OWN}


def write(session: Session) -> str:
    """Return the session's parts as a JSON document."""
    parts = {name: asdict(session.get(kind)) for name, kind in _KEPT.items()}
    return json.dumps({"schema": SCHEMA, "session": parts}, indent=1, allow_nan=False)


def read(text: str) -> tuple[Part, ...]:
    """Return the parts that a document holds, for `Session.restore`.

    What this version does not know (a part, a field) or cannot use (a value of a wrong type) is left at its default,
    so that older and newer sessions keep opening; a text that is no session at all gives no parts.
    """
    try:
        document = json.loads(text)
    except ValueError:
        return ()
    stored = document.get("session") if isinstance(document, dict) else None
    if not isinstance(stored, dict):
        return ()
    return tuple(_part(kind, stored[name]) for name, kind in _KEPT.items() if isinstance(stored.get(name), dict))


def _part(kind: type[Part], stored: Mapping[str, Any]) -> Part:
    hints = get_type_hints(kind)
    usable = {}
    for field in fields(kind):
        if field.name in stored:
            value = _fitted(stored[field.name], hints[field.name])
            if value is not _UNFIT and _in_range(field.name, value):
                usable[field.name] = value
    return kind(**usable)


_PRESETS: dict[str, tuple[float | None, ...]] = {
    "speed_mm_s": SPEEDS_MM_S,
    "gain_mm_mv": GAINS_MM_MV,
    "rate": PLAYBACK_RATES,
    "type_factor": (None, *TYPE_FACTORS),
}


def _in_range(name: str, value: Any) -> bool:
    """Return False for a number that no control could have set: spans are divided by speeds."""
    if name == "strength":
        return bool(0.0 <= value <= 1.0)
    return name not in _PRESETS or value in _PRESETS[name]


_UNFIT = object()


def _fitted(value: Any, hint: Any) -> Any:
    """Return the value as the hint wants it, or _UNFIT."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return next((fit for arm in get_args(hint) if (fit := _fitted(value, arm)) is not _UNFIT), _UNFIT)
    if origin is Literal:
        return value if value in get_args(hint) else _UNFIT
    if origin is tuple:
        return _fitted_tuple(value, get_args(hint))
    return _fitted_record(value, hint) if hasattr(hint, "__dataclass_fields__") else _fitted_plain(value, hint)


def _fitted_tuple(value: Any, arms: tuple[Any, ...]) -> Any:
    if not isinstance(value, list) or len(value) != len(arms):
        return _UNFIT
    items = [_fitted(item, arm) for item, arm in zip(value, arms, strict=True)]
    return _UNFIT if any(item is _UNFIT for item in items) else tuple(items)


def _fitted_record(value: Any, hint: Any) -> Any:
    return _part(hint, value) if isinstance(value, dict) else _UNFIT


def _fitted_plain(value: Any, hint: Any) -> Any:
    if hint is NoneType:
        return None if value is None else _UNFIT
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else _UNFIT
    return value if type(value) is hint else _UNFIT
