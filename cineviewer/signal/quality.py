"""What of a record's signal can be trusted: a verdict on each lead, and the stretches to beware of."""

from __future__ import annotations

import numpy as np

from cineviewer.ecg import LEADS, Quality, Record

_FLAT_MV = 0.02
_SATURATED_SHARE = 0.02


def judge(record: Record) -> dict[str, Quality]:
    """Verdict on each lead."""
    return {lead: _verdict(record, row) for row, lead in enumerate(LEADS)}


def _verdict(record: Record, row: int) -> Quality:
    lead = record.signal_mv[row]
    known = lead[np.isfinite(lead)]
    if known.size < 0.5 * lead.size or known.size == 0:
        return Quality.MISSING
    if float(np.percentile(known, 99.5) - np.percentile(known, 0.5)) < _FLAT_MV:
        return Quality.FLAT
    top = np.mean(known >= known.max()) + np.mean(known <= known.min())
    if top > _SATURATED_SHARE:
        return Quality.SATURATED
    return Quality.GOOD
