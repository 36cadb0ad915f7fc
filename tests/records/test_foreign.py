from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cineviewer import records
from cineviewer.errors import InputError
from cineviewer.records import foreign

EDF = b"0       " + b" " * 160 + b"21.11.26" + b"06.42.32" + b"3584    " + b"EDF+C" + b" " * 100
WRITTEN = {
    "an HL7 aECG (XML)": b'<?xml version="1.0"?>\n<!-- made -->\n<AnnotatedECG xmlns="urn:hl7-org:v3"/>',
    "a Philips Sierra ECG (XML)": '\ufeff<?xml version="1.0" encoding="utf-16"?><restingecgdata/>'.encode("utf-16-le"),
    "a GE MUSE ECG (XML)": b'<?xml version="1.0"?><!DOCTYPE RestingECG SYSTEM "restecg.dtd"><RestingECG></RestingECG>',
    "an XML file": b"<recording/>",
    "a DICOM file": bytes(128) + b"DICM" + bytes(40),
    "an SCP-ECG file": b"\x6b\x06\x60\x85\x00\x00" + bytes(10) + b"SCPECG" + bytes(100),
    "an EDF+ file": EDF,
    "an EDF file": EDF.replace(b"EDF+C", b"     "),
    "an HDF5 file": b"\x89HDF\r\n\x1a\n" + bytes(90),
    "a MATLAB file (version 5 or later)": b"MATLAB 5.0 MAT-file, Platform: GLNXA64" + bytes(90),
}


@pytest.mark.parametrize(("name", "content"), list(WRITTEN.items()))
@pytest.mark.parametrize("suffix", [".xml", ".bin", ""])
def test_format_is_told_by_content_and_said_not_to_be_read_yet(tmp_path, name, content, suffix):
    path = tmp_path / f"r{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        records.read(path)
    assert caught.value.code == "not-read-yet"
    assert str(caught.value) == f"{path}: this is {name}, which is not read yet; convert it to WFDB (.hea and .dat)."


@pytest.mark.parametrize(
    ("name", "content"),
    [("a ZIP archive", b"PK\x03\x04"), ("a PDF document", b"%PDF-1.7\n"), ("a PNG picture", b"\x89PNG\r\n\x1a\n")],
)
def test_file_that_is_no_recording_is_said_to_be_none(tmp_path, name, content):
    (tmp_path / "r").write_bytes(content + bytes(90))
    with pytest.raises(InputError, match=f"this is {name}, not a record"):
        records.read(tmp_path / "r")


@pytest.mark.parametrize("content", [b"I,II,III\n0,1,2\n", b"just words\n", b'{"a": 1}'])
def test_text_is_said_to_be_no_record(tmp_path, content):
    (tmp_path / "r.txt").write_bytes(content)
    with pytest.raises(InputError, match="not a record"):
        records.read(tmp_path / "r.txt")


def test_empty_file_is_said_to_be_empty(tmp_path):
    (tmp_path / "r.xml").write_bytes(b"")
    with pytest.raises(InputError, match="the file is empty"):
        records.read(tmp_path / "r.xml")


def test_unknown_bytes_are_said_to_be_unknown(tmp_path):
    (tmp_path / "r.bin").write_bytes(bytes(range(128, 256)) * 10)
    with pytest.raises(InputError, match="nor any other format that is recognised"):
        records.read(tmp_path / "r.bin")


def test_other_format_beside_a_record_of_the_same_name_is_not_taken_for_it(write, tmp_path):
    write("r")
    (tmp_path / "r.dcm").write_bytes(WRITTEN["a DICOM file"])
    with pytest.raises(InputError, match="a DICOM file"):
        records.read(tmp_path / "r.dcm")


@given(content=st.binary(max_size=300))
def test_any_bytes_are_named_or_not(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("bytes") / "r"
    path.write_bytes(content)
    assert isinstance(foreign.kind_of(path), foreign.Kind | None)
