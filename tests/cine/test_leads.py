"""The lead matrices against their published relations and against Frank leads measured on people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cineviewer.cine import leads, vectors
from cineviewer.ecg import LEADS, Window


def test_inverse_dower_is_the_pseudo_inverse_of_dower() -> None:
    assert np.abs(np.linalg.pinv(leads.DOWER) - leads.INVERSE_DOWER).max() <= 0.0005


def test_kors_and_inverse_dower_differ_as_published_for_a_dipole() -> None:
    directions = np.random.default_rng(0).normal(size=(20_000, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    eight = directions @ leads.DOWER.T
    kors, dower = eight @ leads.KORS.T, eight @ leads.INVERSE_DOWER.T
    cosine = (kors * dower).sum(1) / np.linalg.norm(kors, axis=1) / np.linalg.norm(dower, axis=1)
    angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    assert angle.mean() == pytest.approx(11.7, abs=0.3)
    assert angle.max() <= 25.5


@pytest.mark.parametrize("matrix", ["kors", "inverse-dower"])
@pytest.mark.parametrize(
    ("body", "lps"), [("left", (1, 0, 0)), ("posterior", (0, 1, 0)), ("superior", (0, 0, 1))], ids=lambda v: str(v)
)
def test_vectors_come_out_in_body_axes(matrix: str, body: str, lps: tuple[int, ...], window_of) -> None:
    found = vectors(window_of(np.array([lps], dtype=float)), matrix)[0]
    assert found @ np.array(lps) / np.linalg.norm(found) > np.cos(np.radians(25))


def test_a_missing_lead_gives_no_vector_and_is_named() -> None:
    signal = np.ones((12, 10), dtype=np.float32)
    signal[LEADS.index("V3")] = np.nan
    with pytest.raises(ValueError, match="V3"):
        vectors(Window(beat=None, signal_mv=signal, rate_hz=500.0, start_s=0.0))


def test_a_missing_derived_lead_is_not_needed() -> None:
    signal = np.ones((12, 10), dtype=np.float32)
    signal[LEADS.index("aVR")] = np.nan
    assert np.isfinite(vectors(Window(beat=None, signal_mv=signal, rate_hz=500.0, start_s=0.0))).all()


@pytest.mark.real
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # between wfdb and pandas
def test_kors_follows_frank_leads_measured_on_people(real_data: Path) -> None:
    """Correlation over whole records at 0.5-40 Hz, in each record that has Frank leads."""
    import wfdb
    from scipy.signal import butter, sosfiltfilt

    found = []
    for header in sorted((real_data / "ptb_frank").rglob("*.hea")):
        record = wfdb.rdrecord(str(header.with_suffix("")))
        names = [name.lower() for name in record.sig_name]
        if "vx" not in names:
            continue
        band = butter(2, (0.5, 40.0), "bandpass", fs=record.fs, output="sos")
        signal = sosfiltfilt(band, record.p_signal.T)
        rows = np.stack([signal[names.index(lead.lower())] for lead in LEADS]).astype(np.float32)
        window = Window(beat=None, signal_mv=rows, rate_hz=float(record.fs), start_s=0.0)
        left, posterior, superior = vectors(window).T
        frank = [signal[names.index(name)] for name in ("vx", "vy", "vz")]
        found.append([np.corrcoef(a, b)[0, 1] for a, b in zip((left, -superior, posterior), frank, strict=True)])
    assert len(found) == 3
    x, y, z = np.min(found, axis=0)
    assert round(x, 2) >= 0.98
    assert round(y, 2) >= 0.95
    assert round(z, 2) >= 0.72
