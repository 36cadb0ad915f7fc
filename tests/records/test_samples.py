"""Against wfdb, which wrote the files."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from cineviewer import records
from cineviewer.ecg import LEADS
from cineviewer.errors import InputError
from cineviewer.records import header, samples

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # wfdb 4.3.1 under pandas 3
    import wfdb

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the same

WRITTEN = {"80": 60, "212": 900, "16": 1000, "24": 1000, "32": 1000, "508": 60, "516": 1000}
"""Stored units per mV, so that the signal fits the format."""


def written(folder: Path, ecg: np.ndarray, name: str, gain: float) -> None:
    stored = np.round(ecg.T[:1501] * gain).astype(np.int64)
    stored[100:110, 3] = samples.INVALID[name]
    wfdb.wrsamp(
        f"f{name}",
        fs=500,
        units=["mV"] * 12,
        sig_name=list(LEADS),
        d_signal=stored,
        fmt=[name] * 12,
        adc_gain=[gain] * 12,
        baseline=[0] * 12,
        write_dir=str(folder),
    )


@pytest.mark.parametrize(("name", "gain"), list(WRITTEN.items()))
def test_storage_format_is_read_as_wfdb_reads_it(tmp_path, ecg, name, gain):
    written(tmp_path, ecg, name, float(gain))
    truth = wfdb.rdrecord(str(tmp_path / f"f{name}")).p_signal.T
    record = records.read(tmp_path / f"f{name}")
    np.testing.assert_allclose(record.signal_mv, truth, rtol=1e-6, atol=1e-7)
    assert np.isnan(record.signal_mv[3, 100:110]).all()
    assert record.format == f"WFDB {name}"


def packed(name: str, stored: np.ndarray) -> bytes:
    """Encode one signal as signal(5) of the WFDB guide describes the formats that wfdb does not write."""
    a, b, c = (stored[k::3] & 0x3FF for k in range(3))
    match name:
        case "8":
            return np.diff(stored, prepend=stored[:1]).astype("i1").tobytes()
        case "61":
            return stored.astype(">i2").tobytes()
        case "160":
            return (stored + 32768).astype("<u2").tobytes()
        case "310":
            return np.stack([a << 1 | (c & 0x1F) << 11, b << 1 | (c >> 5) << 11], axis=1).astype("<u2").tobytes()
        case _:
            return (a | b << 10 | c << 20).astype("<u4").tobytes()


@pytest.mark.parametrize("name", ["8", "61", "160", "310", "311"])
def test_rare_storage_format_is_read_as_the_guide_describes_it(tmp_path, ecg, name):
    stored = np.round(ecg[1, :1500] * 200).astype(np.int64)
    (tmp_path / "r.dat").write_bytes(packed(name, stored))
    (tmp_path / "r.hea").write_text(f"r 1 500 1500\nr.dat {name} 200/mV 12 0 {stored[0]} 0 0 II\n")
    np.testing.assert_allclose(records.read(tmp_path / "r").signal_mv[1], stored / 200, atol=1e-6)


def test_samples_a_frame_give_the_leads_their_own_rate(tmp_path, ecg):
    frames = np.round(ecg[:2, :4000] * 1000).astype("<i2")
    fast, slow = frames[0].reshape(-1, 4), frames[1].reshape(-1, 4)[:, :2]
    np.hstack([fast, slow]).astype("<i2").tofile(tmp_path / "r.dat")
    (tmp_path / "r.hea").write_text(
        "r 2 125 1000\nr.dat 16x4 1000/mV 16 0 0 0 0 II\nr.dat 16x2 1000/mV 16 0 0 0 0 V1\n"
    )
    record = records.read(tmp_path / "r")
    assert (record.rate_hz, record.n_samples) == (500.0, 4000)
    np.testing.assert_allclose(record.signal_mv[1], frames[0] / 1000, atol=1e-6)
    v1 = record.signal_mv[LEADS.index("V1")]
    np.testing.assert_allclose(v1[::2], slow.reshape(-1) / 1000, atol=1e-6)
    np.testing.assert_allclose(v1[1:-2:2], (v1[:-2:2] + v1[2::2]) / 2, atol=1e-6)


def test_skewed_signal_is_shifted_and_its_end_is_a_gap(tmp_path, ecg):
    stored = np.round(ecg[:2, :1000] * 1000).astype("<i2")
    stored.T.tofile(tmp_path / "r.dat")
    (tmp_path / "r.hea").write_text("r 2 500 1000\nr.dat 16:3 1000/mV 16 0 0 0 0 I\nr.dat 16 1000/mV 16 0 0 0 0 II\n")
    record = records.read(tmp_path / "r")
    np.testing.assert_allclose(record.signal_mv[0, :997], stored[0, 3:] / 1000, atol=1e-6)
    assert np.isnan(record.signal_mv[0, 997:]).all()
    np.testing.assert_allclose(record.signal_mv[1], stored[1] / 1000, atol=1e-6)


def test_leads_in_files_of_their_own_are_put_together(tmp_path, ecg):
    lines = ["r 12 500 5000"]
    for k, lead in enumerate(LEADS):
        (tmp_path / f"r_{k}.dat").write_bytes(b"head" + np.round(ecg[k] * 1000).astype("<i2").tobytes())
        lines.append(f"r_{k}.dat 16+4 1000/mV 16 0 0 0 0 {lead}")
    (tmp_path / "r.hea").write_text("\n".join(lines))
    np.testing.assert_allclose(records.read(tmp_path / "r").signal_mv, ecg, atol=0.0006)


def test_segments_of_fixed_layout_are_laid_end_to_end(write, ecg, tmp_path):
    write("a", signal_mv=ecg[:, :2000])
    write("b", signal_mv=ecg[:, 2000:])
    (tmp_path / "m.hea").write_text("m/3 12 500 5500\na 2000\n~ 500\nb 3000\n")
    record = records.read(tmp_path / "m")
    assert record.format == "WFDB 16, 2 segments"
    np.testing.assert_allclose(record.signal_mv[:, :2000], ecg[:, :2000], atol=0.0006)
    assert np.isnan(record.signal_mv[:, 2000:2500]).all()
    np.testing.assert_allclose(record.signal_mv[:, 2500:], ecg[:, 2000:], atol=0.0006)
    assert "No values for 1 s in all leads" in record.warnings


def test_segments_of_variable_layout_are_matched_by_lead_name(write, ecg, tmp_path):
    write("a", signal_mv=ecg[:2, :2000], leads=["I", "II"])
    write("b", signal_mv=ecg[[7, 1], 2000:], leads=["V2", "II"])
    (tmp_path / "m_layout.hea").write_text(
        "m_layout 3 500 0\n" + "".join(f"~ 0 200/mV 12 0 0 0 0 {n}\n" for n in ("I", "II", "V2"))
    )
    (tmp_path / "m.hea").write_text("m/3 3 500 5000\nm_layout 0\na 2000\nb 3000\n")
    record = records.read(tmp_path / "m")
    assert record.leads == ("I", "II", "V2")
    np.testing.assert_allclose(record.signal_mv[1], ecg[1], atol=0.0006)
    assert np.isnan(record.signal_mv[0, 2000:]).all()
    assert np.isnan(record.signal_mv[7, :2000]).all()


def test_layout_alone_is_no_record(tmp_path):
    (tmp_path / "m_layout.hea").write_text("m_layout 1 500 0\n~ 0 200/mV 12 0 0 0 0 II\n")
    with pytest.raises(InputError, match="layout of a longer record"):
        records.read(tmp_path / "m_layout")


@pytest.mark.parametrize(
    ("master", "says"),
    [
        ("m/2 12 500 5000\na 2000\nc 3000\n", "1 of its 2 segments are not here"),
        ("m/1 12 500 4000\na 4000\n", "it gives segment a.hea 4,000 samples, that header 2,000"),
        ("m/1 12 250 2000\na 2000\n", "sampled at 250 Hz, its segment a.hea at 500 Hz"),
        ("m/1 12 500 2000\nm 2000\n", "consists of segments itself"),
    ],
)
def test_segments_that_do_not_fit_are_refused(write, ecg, tmp_path, master, says):
    write("a", signal_mv=ecg[:, :2000])
    (tmp_path / "m.hea").write_text(master)
    with pytest.raises(InputError, match=says):
        records.read(tmp_path / "m")


def test_flac_file_that_is_none_is_refused(tmp_path):
    (tmp_path / "r.hea").write_text("r 1 500 1000\nr.dat 516 1000/mV 16 0 0 0 0 II\n")
    (tmp_path / "r.dat").write_bytes(b"\x00\x01\x02\x03" * 100)
    with pytest.raises(InputError, match="cannot be decoded as WFDB format 516"):
        records.read(tmp_path / "r")


def test_checksum_is_the_sum_of_samples_modulo_65536(write):
    head = header.load(write().with_name("r.hea"))
    stored = samples.read(head)
    assert not any(samples.checksum_differs(s, v) for s, v in zip(head.signals, stored, strict=True))
    assert samples.checksum_differs(head.signals[0], stored[0] + 1)
