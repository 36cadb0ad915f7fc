"""Tells files of other formats by their content: those that users have and that are not read yet first of all."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_LOOKED_AT = 20_000

_XML_ROOTS = {
    "annotatedecg": "an HL7 aECG",
    "restingecgdata": "a Philips Sierra ECG",
    "restingecg": "a GE MUSE ECG",
    "cardiologyxml": "a GE CardioSoft ECG",
    "sapphire": "a GE Sapphire ECG",
    "ecgreport": "a Mortara ECG",
    "ecg": "a Mortara ECG",
    "scheduledeventsbymachine": "a Schiller ECG",
    "examination": "a Schiller ECG",
}
_MAGIC = (
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (128, b"DICM", "a DICOM file"),
    (0, b"ISHNE1.0", "an ISHNE Holter ECG"),
    (0, b"ANN  1.0", "an ISHNE annotation file"),
    (0, b"\xffBIOSEMI", "a BDF (BioSemi) file"),
    (0, b"MATLAB 5.0", "a MATLAB file (version 5 or later)"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"fLaC", "a FLAC file"),
    (0, b"RIFF", "a RIFF (WAV) file"),
)
_MAGIC_OF_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"\x7fELF", "a program"),
)


class Sort(Enum):
    """Whether a file may hold an ECG that some program reads, or what else it holds."""

    NOT_READ_YET = "not-read-yet"
    TEXT = "text-file"
    EMPTY = "empty"
    OTHER = "no-record"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is, in words ("a DICOM file")."""

    name: str
    sort: Sort = Sort.NOT_READ_YET


def kind_of(path: Path) -> Kind | None:
    """Return what a file is, None if nothing is recognised; raises OSError if it cannot be read."""
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
    if not start:
        return Kind("an empty file", Sort.EMPTY)
    if name := _by_magic(start) or _edf(start) or _scp(start) or _mfer(start):
        return Kind(name)
    if name := next((name for magic, name in _MAGIC_OF_OTHERS if start.startswith(magic)), None):
        return Kind(name, Sort.OTHER)
    return _by_text(start)


def _by_magic(start: bytes) -> str | None:
    return next((name for offset, magic, name in _MAGIC if start[offset:].startswith(magic)), None)


def _edf(start: bytes) -> str | None:
    """EDF: version "0" in 8 characters, then printable fields; bytes 192-197 say EDF+."""
    if len(start) < 256 or start[:8] != b"0       " or not start[184:192].strip().isdigit():
        return None
    return "an EDF+ file" if start[192:196] == b"EDF+" else "an EDF file"


def _scp(start: bytes) -> str | None:
    """SCP-ECG (EN 1064): section 0 begins behind 6 bytes of CRC and size and carries "SCPECG"."""
    return "an SCP-ECG file" if start[16:22] == b"SCPECG" else None


def _mfer(start: bytes) -> str | None:
    return "an MFER file" if start[:2] == b"\x40\x20" and start[2:5] == b"MFR" else None


def _by_text(start: bytes) -> Kind | None:
    encoding = "utf-16" if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8"
    text = start.decode(encoding, errors="replace").lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return Kind(_xml(text))
    if "\0" in text or text.count("\ufffd") > len(text) // 50:
        return None
    if text.startswith(("{", "[")):
        return Kind("a JSON text", Sort.TEXT)
    first = text.partition("\n")[0]
    is_table = max(first.count(","), first.count(";"), first.count("\t")) > 1
    return Kind("a table of text" if is_table else "a text file", Sort.TEXT)


def _xml(text: str) -> str:
    root = re.search(
        r"<([A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)", re.sub(r"<!--.*?-->|<[?!][^>]*>", "", text, flags=re.DOTALL)
    )
    name = _XML_ROOTS.get(root[2].casefold()) if root else None
    return f"{name} (XML)" if name else "an XML file"
