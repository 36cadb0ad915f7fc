"""From a WFDB header to the leads it holds, in millivolt: names, units, gains, frames and segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cineviewer.ecg import LEADS, Floats
from cineviewer.errors import InputError
from cineviewer.records import header as headers
from cineviewer.records import samples
from cineviewer.records.header import DEFAULT_GAIN, DEFAULT_RATE_HZ, MAX_SAMPLES, NO_FILE, Header, Signal, is_file
from cineviewer.records.leads import is_torso, is_vague, lead_of
from cineviewer.records.samples import INVALID, Stored

_MV_BY_UNIT = {"mv": 1.0, "millivolt": 1.0, "millivolts": 1.0, "v": 1e3, "volt": 1e3, "volts": 1e3, "nv": 1e-6}
_MV_BY_UNIT |= dict.fromkeys(("uv", "µv", "μv", "microvolt", "microvolts"), 1e-3)
_GAINS = (1e-9, 1e12)
"""Stored units per mV between which arithmetic stays finite; whether the voltages are possible is asked later."""


@dataclass(frozen=True, slots=True, eq=False)
class Channels:
    """The leads that a record's files hold.

    Attributes
    ----------
    leads
        (n,) millivolt by lead, NaN where no value is stored, in the order of LEADS.
    names
        Every signal's name as written, recognised or not.
    format
        "WFDB 16", "WFDB 16 and 212", with the number of segments if there are several.
    """

    leads: dict[str, Floats]
    names: tuple[str, ...]
    rate_hz: float
    format: str
    warnings: tuple[str, ...]


def read(header: Header) -> Channels:
    """Return the leads of a record of one or several segments.

    Raises
    ------
    InputError
        If the files do not hold what the header claims.
    """
    return _joined(header) if header.segments else _single(header, header.path.name)


def _single(header: Header, said_of: str) -> Channels:
    """Return the leads of one segment; what is silent in all segments is `said_of` the whole record."""
    if header.n_samples is None and all(signal.file == NO_FILE for signal in header.signals):
        what = "none of its signals has a file: this is the layout of a longer record"
        raise InputError("no-signals", what, where=header.path, repair="name the record that this layout belongs to")
    found, warnings = _found(header)
    stored = samples.read(found)
    warnings += _strangers(found, stored, renamed=found is not header)
    chosen, doubts = _chosen(found, stored)
    warnings += doubts
    a_frame = max((found.signals[k].a_frame for k in chosen.values()), default=1)
    leads = {}
    for lead, k in chosen.items():
        values = stored[k]
        assert values is not None
        leads[lead] = _at(a_frame, _millivolt(found.signals[k], values, header), found.signals[k].a_frame)
    return Channels(
        leads={lead: leads[lead] for lead in LEADS if lead in leads},
        names=tuple(signal.name for signal in found.signals),
        rate_hz=(found.rate_hz or DEFAULT_RATE_HZ) * a_frame,
        format=_format(found.signals),
        warnings=(*warnings, *_silences(found, chosen, said_of)),
    )


def _found(header: Header) -> tuple[Header, list[str]]:
    """Take a signal file that was renamed together with its header, and say so; its checksums have to agree."""
    renamed = {
        signal.file: f"{header.path.stem}.{signal.file.rpartition('.')[2]}"
        for signal in header.signals
        if signal.file != NO_FILE and not is_file(header.path.with_name(signal.file))
    }
    if len(renamed) == 1 and all(is_file(header.path.with_name(name)) for name in renamed.values()):
        signals = tuple(replace(signal, file=renamed.get(signal.file, signal.file)) for signal in header.signals)
        (old, new), *_ = renamed.items()
        sentence = f"{header.path.name} names {old}, which is not here; {new} was read in its place"
        return replace(header, signals=signals), [sentence]
    if header.name != header.path.stem:
        return header, [f'{header.path.name} calls its record "{header.name}": a file was renamed']
    return header, []


def _strangers(header: Header, stored: Sequence[Stored | None], *, renamed: bool) -> list[str]:
    """Say whose samples are not those that the header was written for.

    Refused are a renamed file of which this cannot be told, and lines in another order than the samples: the checksums
    prove that leads would be exchanged.
    """
    pairs = [(signal, values) for signal, values in zip(header.signals, stored, strict=True) if values is not None]
    differing = [signal.name for signal, values in pairs if samples.checksum_differs(signal, values)]
    # Writers that compute no checksums leave them out or write 0 throughout.
    known = any(signal.checksum for signal, _ in pairs)
    if renamed and (differing or not known):
        file = pairs[0][0].file
        what = f"it names a signal file that is not here, and {file} cannot be shown to be the same"
        raise InputError("no-signal-file", what, where=header.path, repair="put the file that it names beside it")
    if not (differing and known):
        return []
    if sorted((signal.checksum or 0) % 65536 for signal, _ in pairs) == sorted(
        samples.checksum(values) for _, values in pairs
    ):
        what = "its lines are in another order than the signals (by their checksums): leads would be exchanged"
        raise InputError("scrambled", what, where=header.path, repair=f"fetch {header.path.name} again")
    whose = "all signals" if len(differing) == len(pairs) > 1 else ", ".join(differing)
    return [f"The checksums in {header.path.name} do not fit {whose}: header or signals have been changed"]


def _chosen(header: Header, stored: Sequence[Stored | None]) -> tuple[dict[str, int], list[str]]:
    """Return which signal is which lead, and sentences on names and units that leave doubt."""
    chosen: dict[str, int] = {}
    warnings = []
    vague = []
    for k, signal in enumerate(header.signals):
        match lead_of(signal.name):
            case None:
                vague += [signal.name] if is_vague(signal.name) else []
            case _ if stored[k] is None:
                pass
            case (lead, _) if signal.units.casefold() not in _MV_BY_UNIT and signal.units:
                warnings.append(f'{lead} is in "{signal.units}", which is no voltage: it was not used')
            case (lead, _) if lead in chosen:
                warnings.append(f"{lead} is there twice: the first was used")
            case (lead, sign):
                chosen[lead] = k
                if sign < 0:
                    warnings.append(f'{lead} was turned: the file holds it inverted ("{signal.name}")')
                if is_torso(signal.name):
                    warnings.append(f'{lead} is "{signal.name}": limb electrodes on the torso alter it')
    if vague and len(chosen) < len(LEADS):
        names = ", ".join(f'"{name}"' if name else "A signal without a name" for name in dict.fromkeys(vague))
        says = "does not say which lead it is" if len(set(vague)) == 1 else "do not say which leads they are"
        warnings.append(f"{names} {says}: not used")
    return chosen, warnings


def _silences(header: Header, chosen: dict[str, int], said_of: str) -> list[str]:
    """Say what the header leaves open and WFDB's defaults had to fill."""
    warnings = []
    if header.rate_hz is None:
        warnings.append(f"{said_of} gives no sampling rate: WFDB's default of {DEFAULT_RATE_HZ:g} Hz was taken")
    no_gain = [lead for lead, k in chosen.items() if header.signals[k].gain is None]
    if no_gain:
        whose = "any lead" if len(no_gain) == len(chosen) else ", ".join(no_gain)
        warnings.append(
            f"{said_of} gives no gain for {whose}: WFDB's default of {DEFAULT_GAIN:g} units per mV was taken, "
            "so voltages may be wrong"
        )
    no_units = [lead for lead, k in chosen.items() if not header.signals[k].units and header.signals[k].gain]
    if no_units:
        whose = "any lead" if len(no_units) == len(chosen) else ", ".join(no_units)
        warnings.append(f"{said_of} gives no unit for {whose}: WFDB's default of mV was taken")
    return warnings


def _millivolt(signal: Signal, values: Stored, header: Header) -> Floats:
    match = lead_of(signal.name)
    assert match is not None
    factor = _MV_BY_UNIT.get(signal.units.casefold(), 1.0)
    gain = (signal.gain or DEFAULT_GAIN) / factor
    if not _GAINS[0] <= abs(gain) <= _GAINS[1]:
        what = f"the gain of {signal.name}, {signal.gain:g} per {signal.units or 'mV'}, is impossible"
        raise InputError("bad-gain", what, where=header.path, repair="correct the gain in the header")
    millivolt = ((values.astype(np.float64) - signal.baseline) * (match[1] / gain)).astype(np.float32)
    invalid = INVALID.get(signal.format)
    if invalid is not None:
        millivolt[values == invalid] = np.nan
    return millivolt


def _at(a_frame: int, signal_mv: Floats, own: int) -> Floats:
    """Interpolate a signal with fewer samples a frame than the leads have at most."""
    if own == a_frame:
        return signal_mv
    n_frames = signal_mv.size // own
    times = np.arange(n_frames * a_frame) / a_frame
    return np.interp(times, np.arange(signal_mv.size) / own, signal_mv).astype(np.float32)


def _format(signals: Iterable[Signal]) -> str:
    names = sorted({signal.format for signal in signals if signal.file != NO_FILE}, key=int)
    return f"WFDB {' and '.join(names)}" if len(names) < 3 else f"WFDB {', '.join(names[:-1])} and {names[-1]}"


def _joined(header: Header) -> Channels:
    """Lay the segments end to end, NaN where a segment lacks a lead or there is a gap."""
    parts = _parts(header)
    channels = [(start, _single(part, header.path.name)) for start, part in parts]
    with_leads = [(start, part) for start, part in channels if part.leads]
    rates = {part.rate_hz for _, part in with_leads}
    if len(rates) > 1:
        what = f"its segments are sampled at {', '.join(f'{rate:g}' for rate in sorted(rates))} Hz"
        raise InputError("bad-header", what, where=header.path, repair="open one of its segments")
    frame_rate_hz = header.rate_hz or DEFAULT_RATE_HZ
    rate_hz = rates.pop() if rates else frame_rate_hz
    a_frame = max(1, round(rate_hz / frame_rate_hz))
    n = sum(segment.n_samples for segment in header.segments) * a_frame
    if n > MAX_SAMPLES:
        what = f"it has {n:,} samples a lead"
        repair = f"cut out a part of at most {MAX_SAMPLES:,} samples (two hours at 1000 Hz)"
        raise InputError("too-long", what, where=header.path, repair=repair)
    present = [lead for lead in LEADS if any(lead in part.leads for _, part in with_leads)]
    leads = {lead: np.full(n, np.nan, dtype=np.float32) for lead in present}
    for start, part in with_leads:
        for lead, signal_mv in part.leads.items():
            leads[lead][start * a_frame : start * a_frame + signal_mv.size] = signal_mv
    return Channels(
        leads=leads,
        names=tuple(dict.fromkeys(name for _, part in channels for name in part.names)),
        rate_hz=rate_hz,
        format=f"{_format(signal for _, part in parts for signal in part.signals)}, {len(parts)} segments",
        warnings=tuple(dict.fromkeys(warning for _, part in channels for warning in part.warnings)),
    )


def _parts(header: Header) -> list[tuple[int, Header]]:
    """Return the headers of all segments with samples, and where each starts; all have to be here and fit."""
    total = sum(segment.n_samples for segment in header.segments)
    parts, missing, start = [], [], 0
    for segment in header.segments:
        path = header.path.with_name(f"{segment.name}.hea")
        if segment.name != NO_FILE and segment.n_samples:
            if is_file(path):
                parts.append((start, _part(path, segment.n_samples, header)))
            else:
                missing.append(path.name)
        start += segment.n_samples
    if missing:
        what = f"{len(missing)} of its {len(parts) + len(missing)} segments are not here ({missing[0]}, …)"
        raise InputError("no-segment", what, where=header.path, repair="fetch the record's whole folder again")
    if total > MAX_SAMPLES or not parts:
        what = f"it has {total:,} samples a lead" if parts else "it has no segment with samples"
        repair = f"name a part of it, of at most {MAX_SAMPLES:,} samples (two hours at 1000 Hz)"
        raise InputError("too-long" if parts else "no-signals", what, where=header.path, repair=repair)
    return parts


def _part(path: Path, n_samples: int, whole: Header) -> Header:
    part = headers.load(path)
    rate_hz = part.rate_hz or DEFAULT_RATE_HZ
    if part.segments:
        what = f"its segment {path.name} consists of segments itself"
    elif part.n_samples not in (None, n_samples):
        what = f"it gives segment {path.name} {n_samples:,} samples, that header {part.n_samples:,}"
    elif rate_hz != (whole.rate_hz or DEFAULT_RATE_HZ):
        what = f"it is sampled at {whole.rate_hz or DEFAULT_RATE_HZ:g} Hz, its segment {path.name} at {rate_hz:g} Hz"
    else:
        return replace(part, n_samples=n_samples)
    raise InputError("bad-header", what, where=whole.path, repair="fetch the record's whole folder again")
