"""Real recordings, where there are any: what wfdb reads, we read; what cannot be used is said."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import numpy as np
import pytest

from cineviewer import records
from cineviewer.ecg import LEADS
from cineviewer.errors import InputError
from cineviewer.records import header, samples
from cineviewer.records.leads import lead_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # wfdb 4.3.1 under pandas 3
    import wfdb

pytestmark = pytest.mark.real

NOT_READ_YET = {
    "hl7_aecg": "HL7 aECG",
    "dicom": "DICOM",
    "scp": "SCP-ECG",
    "muse_xml": "GE MUSE",
    "philips_xml": "Philips",
    "edf": "EDF",
    "sph_hdf5": "HDF5",
    "mat_xyz": "MATLAB",
}
REFUSED = {
    "broken_nodat": "no-signal-file",
    "broken_emptydat": "empty",
    "broken_emptyhea": "empty-header",
    "p000878": "no-segment",
    "p000878-2137-10-26-16-57": "no-segment",
    "3269321_0001": "no-leads",
    "3269321_layout": "no-signals",
    "3234460_layout": "no-signals",
}


def every(folder: Path, count: int) -> list[Path]:
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    found = [one.path for one in records.find([folder])]
    return found[:: max(1, len(found) // count)]


def same_as_wfdb(path: Path) -> None:
    truth = wfdb.rdrecord(str(path))
    record = records.read(path)
    assert record.rate_hz == truth.fs
    for name, values in zip(truth.sig_name, truth.p_signal.T, strict=True):
        if (lead := lead_of(name)) is not None:
            np.testing.assert_allclose(record.signal_mv[LEADS.index(lead[0])], values, rtol=1e-6, atol=1e-7)
            assert lead[0] in record.leads


@pytest.mark.parametrize(
    ("folder", "count"),
    [("ludb/data", 40), ("ptbxl_exact", 80), ("cpsc2018", 40), ("georgia", 60), ("chapman", 60), ("ptb_frank", 7)],
)
def test_signals_are_those_of_wfdb(real_data, folder, count):
    for path in every(real_data / folder, count):
        same_as_wfdb(path)


def test_ptbxl_is_read_with_its_row_and_without_doubts(real_data):
    for path in every(real_data / "ptbxl" / "records500", 60):
        same_as_wfdb(path)
        record = records.read(path)
        assert record.warnings == ()
        assert record.statements


def test_wrong_gains_in_ludbs_own_headers_are_noticed_in_every_record(real_data):
    for path in every(real_data / "ludb" / "data", 200):
        assert any("limb leads disagree" in warning for warning in records.read(path).warnings), path.name


def test_mended_gains_of_ludb_raise_no_doubt(real_data, tmp_path):
    if not (real_data / "ludb" / "hea_fixed").is_dir():
        pytest.skip("no ludb")
    for mended in sorted((real_data / "ludb" / "hea_fixed").glob("*.hea"))[::5]:
        (tmp_path / mended.name).write_bytes(mended.read_bytes())
        (tmp_path / f"{mended.stem}.dat").write_bytes((real_data / "ludb/data" / f"{mended.stem}.dat").read_bytes())
        assert records.read(tmp_path / mended.stem).warnings == ()


def test_every_odd_file_is_read_or_refused_as_its_list_says(real_data):
    folder = real_data / "odd_formats"
    if not folder.is_dir():
        pytest.skip("no odd_formats")
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        listed = [row["file"] for row in csv.DictReader(file)]
    for name in listed:
        path, kind = folder / name, name.partition("/")[0]
        if path.suffix in (".dat", ".qrs") or path.suffix[1:2] == "d" or name.endswith("metadata.csv"):
            continue
        if kind in NOT_READ_YET or path.suffix == ".edf":
            with pytest.raises(InputError) as caught:
                records.read(path)
            assert caught.value.code == "not-read-yet"
            assert NOT_READ_YET.get(kind, "EDF") in caught.value.what
        elif path.suffix == ".hea":
            read_or_refused(path)


def read_or_refused(path: Path) -> None:
    """Refused are the listed ones, signals that are no leads, and trends of less than 100 Hz or 1 s."""
    code = None
    try:
        assert records.read(path).leads
    except InputError as error:
        code = error.code
    expected = REFUSED.get(path.stem)
    assert code == expected or (expected is None and code in ("no-leads", "too-short")), f"{path.name}: {code}"


@pytest.mark.parametrize(
    "name",
    ["binformats", "flacformats", "310derive", "310derive_2", "310derive_3", "311derive", "test01_00s",
     "test01_00s_skew", "test01_00s_frame", "test01_00s_skewframe", "a103l", "a103l-no-len", "mixedsignals"],
)  # fmt: skip
def test_storage_formats_are_decoded_as_wfdb_does(real_data, name):
    path = real_data / "odd_formats" / "wfdb_formats" / name
    if not path.with_name(f"{name}.hea").is_file():
        pytest.skip("no odd_formats")
    head = header.load(path.with_name(f"{name}.hea"))
    truth = wfdb.rdrecord(str(path), smooth_frames=False)
    for k, (signal, values) in enumerate(zip(head.signals, samples.read(head), strict=True)):
        gain = signal.gain or header.DEFAULT_GAIN
        expected = truth.e_p_signal[k]
        assert signal.name.strip() == truth.sig_name[k].strip()
        held = np.isfinite(expected)
        np.testing.assert_allclose((values[held] - signal.baseline) / gain, expected[held], rtol=1e-9)
        assert (values[~held] == samples.INVALID.get(signal.format)).all()


@pytest.mark.parametrize("name", ["041s/041s", "s25047/s25047-2704-05-04-10-44"])
def test_segments_are_joined_as_wfdb_does(real_data, name):
    path = real_data / "odd_formats" / "multi_segment" / name
    if not path.with_name(f"{path.name}.hea").is_file():
        pytest.skip("no odd_formats")
    truth = wfdb.rdrecord(str(path), smooth_frames=False)
    record = records.read(path)
    for lead in record.leads:
        expected = truth.e_p_signal[truth.sig_name.index(lead)]
        np.testing.assert_allclose(record.signal_mv[LEADS.index(lead)], expected, rtol=1e-6, atol=1e-7)


def test_table_of_ptbxl_has_the_published_classes(real_data):
    if not (real_data / "ptbxl" / "ptbxl_database.csv").is_file():
        pytest.skip("no ptbxl")
    table = records.read_table(real_data / "ptbxl")
    assert len(table) == 21_799
    assert ((table.labels == "normal").sum(), (table.labels == "abnormal").sum()) == (9_069, 11_877)
    patients_of = [set(table.patients[table.folds == fold].tolist()) for fold in range(1, 11)]
    assert len(set.union(*patients_of)) == sum(map(len, patients_of))
