from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from cineviewer import records
from cineviewer.ecg import LEADS
from cineviewer.errors import InputError
from cineviewer.records import reading


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        records.read(path)
    assert str(caught.value).endswith(".")
    assert caught.value.repair
    return caught.value


def test_record_is_read_with_its_twelve_leads_in_millivolt(write, ecg):
    record = records.read(write())
    np.testing.assert_allclose(record.signal_mv, ecg, atol=0.0006)
    assert record.leads == LEADS
    assert record.derived_leads == ()
    assert (record.rate_hz, record.duration_s, record.format) == (500.0, 10.0, "WFDB 16")
    assert record.warnings == ()
    assert record.name == "r"


@pytest.mark.parametrize("suffix", ["", ".hea", ".dat"])
def test_any_of_a_records_names_opens_it(write, suffix):
    path = write("00017_hr")
    assert records.read(path.with_name(path.name + suffix)).path == path


def test_lead_order_and_spelling_do_not_matter(write, ecg):
    names = {"I": "Lead I", "II": "ECG II", "aVR": "AVR", "aVL": "avl", "V1": "v1", "V2": "C2", "III": "DIII"}
    order = [5, 11, 0, 3, 7, 1, 9, 2, 4, 10, 6, 8]
    record = records.read(write(signal_mv=ecg[order], leads=[names.get(LEADS[k], LEADS[k]) for k in order]))
    np.testing.assert_allclose(record.signal_mv, ecg, atol=0.0006)


def test_frank_leads_beside_the_twelve_do_no_harm(write, ecg):
    record = records.read(write(signal_mv=np.vstack([ecg, ecg[:3]]), leads=[*LEADS, "vx", "vy", "vz"]))
    np.testing.assert_allclose(record.signal_mv, ecg, atol=0.0006)
    assert record.warnings == ()


def test_eight_leads_give_the_other_four_named_as_derived(write, ecg):
    held = [0, 1, 6, 7, 8, 9, 10, 11]
    record = records.read(write(signal_mv=ecg[held], leads=[LEADS[k] for k in held]))
    assert record.derived_leads == ("III", "aVR", "aVL", "aVF")
    np.testing.assert_allclose(record.signal_mv, ecg, atol=1e-6)
    assert record.missing_leads == ()


def test_missing_lead_is_reported_not_invented(write, ecg):
    held = [k for k in range(12) if LEADS[k] != "V3"]
    record = records.read(write(signal_mv=ecg[held], leads=[LEADS[k] for k in held]))
    assert record.missing_leads == ("V3",)
    assert np.isnan(record.signal_mv[LEADS.index("V3")]).all()
    assert "V3 is missing" in record.warnings


def test_lead_without_a_single_value_is_missing(write, ecg):
    signal = ecg.copy()
    signal[8] = np.nan
    record = records.read(write(signal_mv=signal))
    assert record.missing_leads == ("V3",)
    assert "V3 holds no value at all" in record.warnings


def test_gaps_stay_gaps_and_are_said(write, ecg):
    signal = ecg.copy()
    signal[6, 500:1000] = np.nan
    record = records.read(write(signal_mv=signal))
    assert np.isnan(record.signal_mv[6, 500:1000]).all()
    assert np.isfinite(record.signal_mv[7]).all()
    assert record.warnings == ("No values for 1 s in V1",)


def test_record_of_nothing_but_gaps_is_refused(write, ecg):
    assert refused(write(signal_mv=np.full_like(ecg, np.nan))).code == "no-values"


@pytest.mark.parametrize(
    ("gain", "per_mv"),
    [("1(0)/uV", 1000.0), ("1(0)/µV", 1000.0), ("1e6(0)/V", 1000.0), ("0.001/nV", 1000.0), ("1000", 1000.0)],
)
def test_units_become_millivolt(write, ecg, gain, per_mv):
    record = records.read(write(gain=gain, per_mv=per_mv))
    np.testing.assert_allclose(record.signal_mv, ecg, atol=0.0006)


def test_missing_unit_is_said(write):
    assert records.read(write(gain="1000")).warnings == (
        "r.hea gives no unit for any lead: WFDB's default of mV was taken",
    )


def test_missing_gain_is_said(write):
    (warning,) = records.read(write(gain="0/mV", per_mv=200.0)).warnings
    assert "gives no gain for any lead" in warning
    assert "voltages may be wrong" in warning


def test_lead_in_a_unit_that_is_no_voltage_is_not_used(write):
    path = write()
    header = path.with_name("r.hea")
    header.write_text(header.read_text().replace("1000(0)/mV 16 0 -0", "1000(0)/mV").replace("/mV", "/mmHg", 1))
    record = records.read(path)
    assert "I" not in record.leads
    assert 'I is in "mmHg", which is no voltage: it was not used' in record.warnings


def test_microvolt_taken_for_millivolt_is_refused_with_the_repair(write):
    error = refused(write(gain="1(0)/mV"))
    assert error.code == "impossible-voltage"
    assert "mV within a second" in error.what
    assert "1,000" in error.repair


def test_volt_taken_for_millivolt_is_said(write, ecg):
    warnings = records.read(write(signal_mv=ecg, gain="1000000(0)/mV")).warnings
    assert any("µV within a second" in warning and "check unit and gain" in warning for warning in warnings)


def test_inverted_lead_is_turned_and_said(write, ecg):
    signal = ecg.copy()
    signal[3] *= -1
    record = records.read(write(signal_mv=signal, leads=["-aVR" if lead == "aVR" else lead for lead in LEADS]))
    np.testing.assert_allclose(record.signal_mv, ecg, atol=0.0006)
    assert record.warnings == ('aVR was turned: the file holds it inverted ("-aVR")',)


def test_lead_that_is_there_twice_is_said(write, ecg):
    record = records.read(write(signal_mv=np.vstack([ecg, 0 * ecg[:1]]), leads=[*LEADS, "V1"]))
    np.testing.assert_allclose(record.signal_mv, ecg, atol=0.0006)
    assert record.warnings == ("V1 is there twice: the first was used",)


def test_signals_without_lead_names_are_refused(write):
    error = refused(write(leads=[f"ECG {k}" for k in range(12)]))
    assert error.code == "no-leads"
    assert '"ECG 0"' in error.what


def test_unnamed_signals_are_refused(write):
    assert refused(write(leads=[""] * 12)).code == "no-leads"


def test_monitor_lead_is_not_taken_for_a_chest_lead(write, ecg):
    record = records.read(write(signal_mv=ecg[[1, 6]], leads=["II", "V"]))
    assert record.leads == ("II",)
    assert '"V" does not say which lead it is: not used' in record.warnings


@pytest.mark.parametrize("rate", ["100", "257", "1000"])
def test_rates_from_100_to_1000_are_read(write, rate):
    assert records.read(write(rate=rate)).rate_hz == float(rate)


def test_100_hz_record_says_what_it_cannot_hold(write):
    assert records.read(write(rate="100")).warnings == ("Sampled at 100 Hz: holds nothing above 50 Hz",)


def test_2000_hz_record_is_read_and_said_to_be_untested(write):
    (warning,) = (w for w in records.read(write(rate="2000")).warnings if "2000" in w)
    assert "tested up to 1000 Hz" in warning


@pytest.mark.parametrize("rate", ["50", "99.9", "100000"])
def test_other_rates_are_refused(write, rate):
    assert refused(write(rate=rate)).code == "rate"


def test_silent_rate_is_wfdbs_default_and_said(write):
    path = write()
    header = path.with_name("r.hea")
    lines = header.read_text().splitlines()
    header.write_text("\n".join(["r 12", *lines[1:]]))
    record = records.read(path)
    assert (record.rate_hz, record.n_samples) == (250.0, 5000)
    assert "r.hea gives no sampling rate: WFDB's default of 250 Hz was taken" in record.warnings


def test_two_second_record_is_read_and_said_to_be_short(write, ecg):
    record = records.read(write(signal_mv=ecg[:, :1000]))
    assert record.duration_s == 2.0
    assert record.warnings == ("Lasts 2 s only: measurements rest on few beats",)


def test_record_without_room_for_a_beat_is_refused(write, ecg):
    assert refused(write(signal_mv=ecg[:, :200])).code == "too-short"


def test_half_an_hour_is_read_whole(write, ecg):
    record = records.read(write(signal_mv=np.tile(ecg, 180)))
    assert record.duration_s == 1800.0
    np.testing.assert_allclose(record.signal_mv[:, -5000:], ecg, atol=0.0006)


def test_truncated_file_is_refused_with_file_fact_and_repair(write):
    path = write("00017_hr")
    data = path.with_name("00017_hr.dat")
    data.write_bytes(data.read_bytes()[: 8 * 2 * 5000])
    error = refused(path)
    assert error.code == "truncated"
    assert str(error) == (
        f"{data}: 00017_hr.hea says 12 signals of 5,000 samples (120,000 bytes), 00017_hr.dat has 80,000 bytes, "
        "enough for 8: the copy is incomplete; fetch 00017_hr.dat again."
    )


def test_empty_files_are_refused(write):
    path = write()
    path.with_name("r.dat").write_bytes(b"")
    assert refused(path).code == "empty"
    path.with_name("r.hea").write_bytes(b"")
    assert refused(path).code == "empty-header"


def test_comment_only_header_is_refused(write):
    path = write()
    path.with_name("r.hea").write_text("# nothing\n")
    assert refused(path).code == "empty-header"


def test_missing_signal_file_is_refused(write):
    path = write()
    path.with_name("r.dat").unlink()
    error = refused(path)
    assert error.code == "no-signal-file"
    assert "r.dat, which is not here" in error.what


def test_dat_without_its_header_says_so(write):
    path = write()
    path.with_name("r.hea").unlink()
    assert refused(path.with_name("r.dat")).code == "no-header"


def test_text_file_called_dat_is_refused(write, tmp_path):
    path = write()
    path.with_name("r.dat").write_text("time,I,II\n" + "0.002,0.1,0.2\n" * 20_000)
    assert refused(path).code == "text-file"
    (tmp_path / "note.dat").write_text("Dear colleague,\nplease find\n")
    assert refused(tmp_path / "note.dat").code == "text-file"


def test_renamed_pair_is_read_when_its_checksums_prove_it(write, ecg):
    path = write("old")
    for suffix in (".hea", ".dat"):
        path.with_suffix(suffix).rename(path.with_name(f"new{suffix}"))
    record = records.read(path.with_name("new"))
    np.testing.assert_allclose(record.signal_mv, ecg, atol=0.0006)
    assert record.warnings == ("new.hea names old.dat, which is not here; new.dat was read in its place",)


def test_renamed_pair_may_have_spaces_in_its_name(write):
    path = write("old")
    for suffix in (".hea", ".dat"):
        path.with_suffix(suffix).rename(path.with_name(f"my copy{suffix}"))
    assert records.read(path.with_name("my copy.hea")).leads == LEADS


def test_renamed_pair_of_another_recording_is_refused(write, ecg):
    path = write("old")
    path.with_suffix(".hea").rename(path.with_name("new.hea"))
    write("other", signal_mv=np.roll(ecg, 1, axis=0)).with_suffix(".dat").rename(path.with_name("new.dat"))
    path.with_suffix(".dat").unlink()
    assert refused(path.with_name("new")).code == "no-signal-file"


def test_renamed_header_is_said(write):
    path = write("old")
    path.with_suffix(".hea").rename(path.with_name("new.hea"))
    (warning,) = records.read(path.with_name("new")).warnings
    assert 'calls its record "old"' in warning


def test_signals_of_another_recording_are_noticed_by_their_checksums(write, ecg):
    path = write()
    write("other", signal_mv=ecg[:, ::-1] * 0.8).with_suffix(".dat").rename(path.with_suffix(".dat"))
    (warning,) = records.read(path).warnings
    assert warning == "The checksums in r.hea do not fit all signals: header or signals have been changed"


def test_signal_lines_in_another_order_than_the_signals_are_refused(write):
    path = write()
    header = path.with_name("r.hea")
    lines = header.read_text().splitlines()
    header.write_text("\n".join([lines[0], *lines[7:13], *lines[1:7]]))
    assert refused(path).code == "scrambled"


def test_absent_checksums_are_no_reproach(write):
    assert records.read(write(checksums=False)).warnings == ()


@pytest.mark.parametrize("file", ["../r.dat", "/etc/passwd", "sub/r.dat", "C:\\r.dat", "https://host/r.dat"])
def test_header_naming_a_file_elsewhere_is_refused(write, file, monkeypatch):
    path = write()
    header = path.with_name("r.hea")
    header.write_text(header.read_text().replace("r.dat", file))
    error = refused(path)
    assert error.code == "file-elsewhere"
    assert "elsewhere" in error.what


@pytest.mark.parametrize("name", ["https://physionet.org/files/r", "s3://bucket/r", "http:/host/r.hea"])
def test_network_address_is_refused(name):
    error = refused(Path(name))
    assert error.code == "not-local"
    assert "never uses the network" in error.repair


def test_name_that_no_file_can_have_is_refused():
    assert refused(Path("r\0.hea")).code == "not-local"
    assert refused(Path("r" * 5000)).code in ("unreadable", "not-found")


def test_nothing_there_is_refused(tmp_path):
    assert refused(tmp_path / "absent").code == "not-found"
    assert refused(tmp_path / "absent.hea").code == "not-found"


def test_folder_says_what_is_in_it(write, tmp_path):
    assert "no WFDB record" in refused(tmp_path).what
    write("a")
    write("b")
    error = refused(tmp_path)
    assert error.code == "folder"
    assert "a folder of 2 records" in error.what
    assert error.repair == "name one of them, such as a"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe_is_refused_without_waiting_on_it(tmp_path):
    os.mkfifo(tmp_path / "r.hea")
    assert refused(tmp_path / "r").code in ("not-a-file", "not-found")
    assert refused(tmp_path / "r.hea").code == "not-a-file"


def test_file_without_permission_says_so(write, monkeypatch):
    path = write()
    opened = Path.open

    def locked(self, *arguments, **options):
        if self.suffix == ".dat":
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", locked)
    error = refused(path)
    assert error.code == "no-permission"
    assert error.where == path.with_name("r.dat")


def test_file_that_vanishes_between_header_and_samples_says_so(write, monkeypatch):
    path = write()
    read_header = reading.header.load

    def load(own_path):
        head = read_header(own_path)
        path.with_name("r.dat").unlink()
        return head

    monkeypatch.setattr(reading.header, "load", load)
    assert refused(path).code == "no-signal-file"


def test_names_beyond_ascii_are_read(write, ecg, tmp_path):
    for name in ("Müller_Größe", "心電図"):
        record = records.read(write(name, folder=tmp_path / "Ärzte & Söhne"))
        np.testing.assert_allclose(record.signal_mv, ecg, atol=0.0006)


def test_header_name_ending_in_mat_is_read(write, ecg):
    path = write("E07500", file="E07500.mat")
    header = path.with_name("E07500.hea")
    header.write_text(header.read_text().replace("E07500 12", "E07500.mat 12", 1))
    for name in ("E07500", "E07500.hea", "E07500.mat"):
        record = records.read(path.with_name(name))
        assert record.path == path
        assert record.warnings == ()
        np.testing.assert_allclose(record.signal_mv, ecg, atol=0.0006)


def test_age_sex_codes_and_simulation_come_from_comments(write):
    record = records.read(
        write(comments=["Age: 73", "Sex: Female", "Dx: 164889003,999999999", " simulated: yes"]),
    )
    assert (record.age_years, record.sex, record.simulated) == (73.0, "female", True)
    assert [(s.code, s.text, s.likelihood) for s in record.statements] == [
        ("164889003", "atrial fibrillation", None),
        ("999999999", "", None),
    ]


def test_sha256_belongs_to_the_signal_and_its_rate_not_to_the_file(write, ecg):
    one = records.read(write("one", comments=["Age: 40"]))
    assert records.read(write("two", folder=one.path.parent / "sub")).sha256 == one.sha256
    assert records.read(write("slow", rate="250")).sha256 != one.sha256
    assert records.read(write("turned", signal_mv=-ecg)).sha256 != one.sha256


def test_signal_cannot_be_written_to(write):
    with pytest.raises(ValueError, match="read-only"):
        records.read(write()).signal_mv[0, 0] = 1.0


def test_plain_record_is_read_without_wfdb_scipy_or_pandas(write):
    import subprocess
    import sys

    code = (
        "import sys; from pathlib import Path; from cineviewer import records; records.read(Path(sys.argv[1])); "
        "print(sorted({'wfdb', 'scipy', 'pandas', 'torch'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code, str(write())], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
