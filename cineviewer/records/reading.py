"""From a path to a Record: the header's claims, the samples, the twelve leads, and what is doubtful about them."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from cineviewer.ecg import LEADS, Floats, Record
from cineviewer.errors import InputError
from cineviewer.records import header, leads, plausibility, ptbxl, signals
from cineviewer.records.comments import Facts, facts
from cineviewer.records.header import Header
from cineviewer.records.place import header_of
from cineviewer.records.search import without_suffix

LOWEST_RATE_HZ = 100.0
HIGHEST_RATE_HZ = 1000.0
IMPOSSIBLE_RATE_HZ = 10_000.0
COARSE_RATE_HZ = 300.0
"""Twice the 150 Hz that a diagnostic ECG of an adult has to hold (Kligfield et al. 2007, J Am Coll Cardiol 49:1109)."""
SHORTEST_S = 1.0
SHORT_S = 5.0


def read(path: Path) -> Record:
    """Return the record that a path means, with or without its suffix.

    Parameters
    ----------
    path
        A WFDB record: its name, its .hea, or one of its signal files.

    Returns
    -------
    Record
        Twelve leads in millivolt; what is doubtful about them stands in `warnings`.

    Raises
    ------
    InputError
        If it cannot be used: the file, the fact and the repair, as one sentence.
    """
    path = Path(path)
    head = header.load(header_of(path))
    channels = signals.read(head)
    record = _record(without_suffix(head.path), channels)
    known = _facts(head, record.path)
    return replace(
        record,
        age_years=known.age_years,
        sex=known.sex,
        statements=known.statements,
        simulated=known.simulated,
    )


def read_facts(path: Path) -> Facts:
    """Return age, sex and statements of a WFDB record without reading its signal; raises InputError."""
    head = header.load(header_of(Path(path)))
    return _facts(head, without_suffix(head.path))


def _facts(head: Header, path: Path) -> Facts:
    known = facts(head.comments)
    row = ptbxl.facts_of(path)
    return known if row is None else replace(row, simulated=known.simulated)


def _record(path: Path, channels: signals.Channels) -> Record:
    where = path.with_name(f"{path.name}.hea")
    if not channels.leads:
        names = ", ".join(f'"{name}"' for name in channels.names[:12]) or "without names"
        what = f"none of its signals ({names}) is named as one of the twelve leads"
        raise InputError(
            "no-leads", what, where=where, repair="if they are leads, name them I, II, …, V6 at the ends of their lines"
        )
    doubts = list(channels.warnings)
    held = {lead: values for lead, values in channels.leads.items() if not np.isnan(values).all()}
    if not held:
        what = "no lead holds a single value (all samples say that there is none)"
        raise InputError("no-values", what, where=where, repair="fetch the record again")
    _check_time(where, channels.rate_hz, next(iter(held.values())).size, doubts)
    _check_voltage(where, held, channels.rate_hz, doubts)
    suspicions = (plausibility.limb_leads_disagree(held), plausibility.arms_swapped(held, channels.rate_hz))
    doubts += [sentence for sentence in suspicions if sentence]
    computed = leads.derived(held)
    signal_mv = np.full((len(LEADS), next(iter(held.values())).size), np.nan, dtype=np.float32)
    for lead, values in (held | computed).items():
        signal_mv[LEADS.index(lead)] = values
    _check_gaps(held, channels, computed, doubts)
    signal_mv.flags.writeable = False
    return Record(
        path=path,
        rate_hz=channels.rate_hz,
        signal_mv=signal_mv,
        leads=tuple(held),
        derived_leads=tuple(computed),
        format=channels.format,
        sha256=sha256_of(signal_mv, channels.rate_hz),
        warnings=tuple(doubts),
    )


def sha256_of(signal_mv: Floats, rate_hz: float) -> str:
    """Return what identifies a recording wherever its file lies: SHA-256 of its float32 bytes and its rate."""
    digest = hashlib.sha256(np.ascontiguousarray(signal_mv, dtype="<f4").data)
    digest.update(struct.pack("<d", rate_hz))
    return digest.hexdigest()


def _check_time(where: Path, rate_hz: float, n_samples: int, doubts: list[str]) -> None:
    if not LOWEST_RATE_HZ <= rate_hz <= IMPOSSIBLE_RATE_HZ:
        what = f"it is sampled at {rate_hz:g} Hz"
        repair = f"bring a recording of {LOWEST_RATE_HZ:g} to {HIGHEST_RATE_HZ:g} Hz"
        raise InputError("rate", what, where=where, repair=repair)
    duration_s = n_samples / rate_hz
    if duration_s < SHORTEST_S:
        what = f"it lasts {duration_s:.3g} s"
        raise InputError("too-short", what, where=where, repair=f"bring a recording of {SHORTEST_S:g} s or more")
    if rate_hz > HIGHEST_RATE_HZ:
        doubts.append(f"Sampled at {rate_hz:g} Hz: measurements are tested up to {HIGHEST_RATE_HZ:g} Hz only")
    elif rate_hz < COARSE_RATE_HZ:
        doubts.append(f"Sampled at {rate_hz:g} Hz: holds nothing above {rate_hz / 2:.3g} Hz")
    if duration_s < SHORT_S:
        doubts.append(f"Lasts {duration_s:.3g} s only: measurements rest on few beats")


def _check_voltage(where: Path, held: dict[str, Floats], rate_hz: float, doubts: list[str]) -> None:
    swing_mv = plausibility.swing_mv(held, rate_hz)
    if swing_mv > plausibility.IMPOSSIBLE_MV:
        what = f"its leads swing by {swing_mv:,.0f} mV within a second, a heart's by 1 to 5 mV"
        repair = "correct unit and gain in the header (microvolt taken for millivolt is a factor of 1,000)"
        raise InputError("impossible-voltage", what, where=where, repair=repair)
    if swing_mv > plausibility.HIGHEST_MV:
        doubts.append(f"Leads swing by {swing_mv:.0f} mV within a second, a heart's by 1 to 5 mV: check unit and gain")
    elif 0 < swing_mv < plausibility.LOWEST_MV:
        doubts.append(
            f"Leads swing by {1000 * swing_mv:.2g} µV within a second, a heart's by 1 to 5 mV: check unit and gain"
        )


def _check_gaps(
    held: dict[str, Floats], channels: signals.Channels, computed: dict[str, Floats], doubts: list[str]
) -> None:
    if absent := [lead for lead in LEADS if lead not in held and lead not in computed]:
        doubts.append(f"{_listed(absent)} {'is' if len(absent) == 1 else 'are'} missing")
    if empty := [lead for lead in channels.leads if lead not in held]:
        doubts.append(f"{_listed(empty)} {'holds' if len(empty) == 1 else 'hold'} no value at all")
    gaps: dict[str, list[str]] = {}
    for lead, values in held.items():
        seconds = float(np.count_nonzero(np.isnan(values))) / channels.rate_hz
        if seconds:
            gaps.setdefault(f"{seconds:.3g}", []).append(lead)
    for seconds_text, with_gap in gaps.items():
        doubts.append(f"No values for {seconds_text} s in {_listed(with_gap)}")


def _listed(names: Sequence[str]) -> str:
    return "all leads" if len(names) == len(LEADS) else ", ".join(names)
