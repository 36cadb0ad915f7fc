"""From a path to a Record: the header's claims, the samples, the twelve leads, and what is doubtful about them."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cineviewer.ecg import LEADS, Floats, Record
from cineviewer.errors import InputError
from cineviewer.records import foreign, header, leads, plausibility, ptbxl, signals
from cineviewer.records.comments import Facts, facts
from cineviewer.records.header import Header
from cineviewer.records.search import find, without_suffix

LOWEST_RATE_HZ = 100.0
HIGHEST_RATE_HZ = 1000.0
IMPOSSIBLE_RATE_HZ = 10_000.0
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
    head = header.load(_header_of(path))
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
    head = header.load(_header_of(Path(path)))
    return _facts(head, without_suffix(head.path))


def _header_of(path: Path) -> Path:
    """Return the .hea file that a path means, or say what lies there instead."""
    text = str(path)
    if "\0" in text or re.match(r"[A-Za-z][A-Za-z0-9+.\-]+:/", text):
        what = "this is a network address" if "\0" not in text else "no file has such a name"
        repair = "download the record and name the local file; cineviewer never uses the network"
        raise InputError("not-local", what, where=path, repair=repair)
    own = path.with_name(f"{path.name}.hea") if path.name else path
    try:
        if path.is_dir() and not own.is_file():
            raise _folder(path)
        if path.suffix.lower() == ".hea":
            return path
        beside = path.with_suffix(".hea") if path.name else path
        if own.is_file():
            return own
        if beside.is_file() and _belongs(path, beside):
            return beside
        if path.is_file():
            raise _without_header(path)
        if path.exists():
            raise InputError("not-a-file", "it is not a regular file", where=path, repair="name a .hea file")
    except OSError as error:
        raise header.unreachable(path, error) from error
    raise header.unreachable(path, FileNotFoundError())


def _belongs(path: Path, beside: Path) -> bool:
    """Say whether a file next to a header of its name is the record's own, and not, say, a DICOM file alike named."""
    if path.suffix.lower() in (".dat", ".mat") or not path.is_file() or foreign.name_of(path) is None:
        return True
    return any(signal.file == path.name for signal in header.load(beside).signals)


def _folder(path: Path) -> InputError:
    next(path.iterdir(), None)  # a folder that may not be listed is an OSError, not an empty folder
    records = find([path])
    if records[0].path == path:
        what, repair = "this folder holds no WFDB record (no .hea file)", "name a folder with records"
    else:
        what = f"this is a folder of {len(records):,} record{'s'[: len(records) > 1]}"
        repair = f"name one of them, such as {records[0].relative}"
    return InputError("folder", what, where=path, repair=repair)


def _without_header(path: Path) -> InputError:
    kind = foreign.name_of(path)
    if kind is None and path.suffix.lower() in (".dat", ".mat"):
        what = f"its header {path.stem}.hea is not beside it"
        return InputError("no-header", what, where=path, repair=f"put {path.stem}.hea there")
    if kind is None:
        what = "this is not a WFDB record, nor any other format that is recognised"
        return InputError("not-wfdb", what, where=path, repair="name a .hea file")
    if kind == "an empty file":
        return InputError("empty", "the file is empty", where=path, repair="fetch it again")
    if kind.endswith(("text file", "text", "JSON text")):
        return InputError("text-file", f"this is {kind}, not a record", where=path, repair="name a .hea file")
    what = f"this is {kind}, which is not read yet"
    return InputError("not-read-yet", what, where=path, repair="convert it to WFDB (.hea and .dat)")


def _facts(head: Header, path: Path) -> Facts:
    known = facts(head.comments)
    row = ptbxl.facts_of(path)
    return known if row is None else replace(row, simulated=known.simulated)


@dataclass(frozen=True, slots=True)
class _Doubts:
    """Sentences so far, and the file they speak of."""

    path: Path
    sentences: list[str]

    def add(self, sentence: str | None) -> None:
        if sentence:
            self.sentences.append(sentence)


def _record(path: Path, channels: signals.Channels) -> Record:
    where = path.with_name(f"{path.name}.hea")
    if not channels.leads:
        names = ", ".join(f'"{name}"' for name in channels.names[:12]) or "without names"
        what = f"none of its signals ({names}) is named as one of the twelve leads"
        raise InputError("no-leads", what, where=where, repair="name them I, II, …, V6 at the ends of their lines")
    doubts = _Doubts(path, list(channels.warnings))
    held = {lead: values for lead, values in channels.leads.items() if not np.isnan(values).all()}
    if not held:
        what = "no lead holds a single value (all samples say that there is none)"
        raise InputError("no-values", what, where=where, repair="fetch the record again")
    _check_time(where, channels.rate_hz, next(iter(held.values())).size, doubts)
    _check_voltage(where, held, channels.rate_hz, doubts)
    doubts.add(plausibility.limb_leads_disagree(held))
    doubts.add(plausibility.arms_swapped(held, channels.rate_hz))
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
        warnings=tuple(doubts.sentences),
    )


def sha256_of(signal_mv: Floats, rate_hz: float) -> str:
    """Return what identifies a recording wherever its file lies: SHA-256 of its float32 bytes and its rate."""
    digest = hashlib.sha256(np.ascontiguousarray(signal_mv, dtype="<f4").data)
    digest.update(struct.pack("<d", rate_hz))
    return digest.hexdigest()


def _check_time(where: Path, rate_hz: float, n_samples: int, doubts: _Doubts) -> None:
    if not LOWEST_RATE_HZ <= rate_hz <= IMPOSSIBLE_RATE_HZ:
        what = f"it is sampled at {rate_hz:g} Hz"
        repair = f"bring a recording of {LOWEST_RATE_HZ:g} to {HIGHEST_RATE_HZ:g} Hz"
        raise InputError("rate", what, where=where, repair=repair)
    duration_s = n_samples / rate_hz
    if duration_s < SHORTEST_S:
        what = f"it lasts {duration_s:.3g} s"
        raise InputError("too-short", what, where=where, repair=f"bring a recording of {SHORTEST_S:g} s or more")
    if rate_hz > HIGHEST_RATE_HZ:
        doubts.add(f"Sampled at {rate_hz:g} Hz: measurements are tested up to {HIGHEST_RATE_HZ:g} Hz only")
    elif rate_hz < 250:
        doubts.add(f"Sampled at {rate_hz:g} Hz: holds nothing above {rate_hz / 2:g} Hz")
    if duration_s < SHORT_S:
        doubts.add(f"Lasts {duration_s:.3g} s only: measurements rest on few beats")


def _check_voltage(where: Path, held: dict[str, Floats], rate_hz: float, doubts: _Doubts) -> None:
    swing_mv = plausibility.swing_mv(held, rate_hz)
    if swing_mv > plausibility.IMPOSSIBLE_MV:
        what = f"its leads swing by {swing_mv:,.0f} mV within a second, a heart's by 1 to 5 mV"
        repair = "correct unit and gain in the header (microvolt taken for millivolt is a factor of 1,000)"
        raise InputError("impossible-voltage", what, where=where, repair=repair)
    if swing_mv > plausibility.HIGHEST_MV:
        doubts.add(f"Leads swing by {swing_mv:.0f} mV within a second, a heart's by 1 to 5 mV: check unit and gain")
    elif 0 < swing_mv < plausibility.LOWEST_MV:
        doubts.add(
            f"Leads swing by {1000 * swing_mv:.2g} µV within a second, a heart's by 1 to 5 mV: check unit and gain"
        )


def _check_gaps(
    held: dict[str, Floats], channels: signals.Channels, computed: dict[str, Floats], doubts: _Doubts
) -> None:
    if absent := [lead for lead in LEADS if lead not in held and lead not in computed]:
        doubts.add(f"{_listed(absent)} {'is' if len(absent) == 1 else 'are'} missing")
    if empty := [lead for lead in channels.leads if lead not in held]:
        doubts.add(f"{_listed(empty)} {'holds' if len(empty) == 1 else 'hold'} no value at all")
    gaps: dict[str, list[str]] = {}
    for lead, values in held.items():
        seconds = float(np.count_nonzero(np.isnan(values))) / channels.rate_hz
        if seconds:
            gaps.setdefault(f"{seconds:.3g}", []).append(lead)
    for seconds_text, with_gap in gaps.items():
        doubts.add(f"No values for {seconds_text} s in {_listed(with_gap)}")


def _listed(names: Sequence[str]) -> str:
    return "all leads" if len(names) == len(LEADS) else ", ".join(names)
