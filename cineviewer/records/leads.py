"""Names of leads in any spelling, and the limb leads that follow from two others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from cineviewer.ecg import LEADS, Floats

LIMB = LEADS[:6]
IN_I_AND_II = {
    "I": (1.0, 0.0),
    "II": (0.0, 1.0),
    "III": (-1.0, 1.0),
    "aVR": (-0.5, -0.5),
    "aVL": (1.0, -0.5),
    "aVF": (-0.5, 1.0),
}
"""Each limb lead as a sum of I and II: Einthoven's law and Goldberger's definition of the augmented leads."""

_PREFIX = re.compile(r"^(?:mdc[_ ]?)?(?:(?:ecg|ekg|lead|derivation|ableitung)(?:-|[_ :.]*))+")
"""A hyphen right behind such a word ("Lead-aVR") joins; one that stands apart ("Lead -aVR") turns the lead."""
_SPELLINGS = {lead.casefold(): lead for lead in LEADS}
_SPELLINGS |= {f"c{k}": f"V{k}" for k in range(1, 7)}
_SPELLINGS |= {"di": "I", "dii": "II", "diii": "III", "d1": "I", "d2": "II", "d3": "III"}
_TORSO = {"mli": "I", "mlii": "II", "mliii": "III"}
_VAGUE = re.compile(r"v|c|ecg ?\d*|mcl ?\d|cm ?\d|cc5|ekg ?\d*|lead ?\d*")


@lru_cache(maxsize=1024)
def lead_of(name: str) -> tuple[str, int] | None:
    """Return which of LEADS a signal's name means, and -1 where it is written inverted ("-aVR"); None for others.

    Known are any case, "Lead I", "ECG V1", "MDC_ECG_LEAD_AVF", the chest leads C1-C6 of IEC 60601-2-25,
    D1-D3 and DI-DIII, and Mason and Likar's MLI-MLIII.
    """
    plain = _plain(name)
    sign = 1
    if plain[:1] in ("-", "−"):
        plain, sign = plain[1:].strip(), -1
    lead = _SPELLINGS.get(plain) or _TORSO.get(plain)
    return None if lead is None else (lead, sign)


def is_torso(name: str) -> bool:
    """Say whether the name tells that limb electrodes sat on the torso (MLII)."""
    return _plain(name) in _TORSO


def is_vague(name: str) -> bool:
    """Say whether a name looks like an ECG lead but does not tell which of the twelve."""
    return name.strip() == "" or _VAGUE.fullmatch(name.strip().casefold()) is not None


def derived(signal_mv: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the limb leads that are not in `signal_mv`, computed from two that are; none if fewer than two are.

    Parameters
    ----------
    signal_mv
        (n,) millivolt by lead.
    """
    known = [lead for lead in LIMB if lead in signal_mv][:2]
    if len(known) < 2:
        return {}
    matrix = np.linalg.inv(np.array([IN_I_AND_II[lead] for lead in known]))
    first, second = (signal_mv[lead] for lead in known)
    leads = {}
    for lead in LIMB:
        if lead not in signal_mv:
            a, b = np.asarray(IN_I_AND_II[lead]) @ matrix
            leads[lead] = np.asarray(np.float32(a) * first + np.float32(b) * second, dtype=np.float32)
    return leads


def _plain(name: str) -> str:
    plain = _PREFIX.sub("", name.strip().casefold())
    return plain.replace("_", "").replace(" ", "")
