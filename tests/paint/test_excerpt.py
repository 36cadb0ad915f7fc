"""Which window is shown, and which evidence belongs to it."""

from dataclasses import replace

import numpy as np
import pytest

from cineviewer.paint import excerpt
from cineviewer.session import ColourScale, Overlay, Selection, Shown


def evidence(case, selection=None, overlay=None, scale=None, *, stale=False):
    shown = Shown(case, stale=stale)
    return excerpt.evidence(shown, selection or Selection(), overlay or Overlay(), scale or ColourScale())


def test_map_of_one_beat_is_never_laid_on_another(gaussians):
    case = gaussians.case(beat=3)
    assert evidence(case, Selection(view="beat", beat=3)) is not None
    assert evidence(case, Selection(view="beat", beat=4)) is None
    assert evidence(case, Selection(view="median")) is None


def test_window_is_cut_from_the_record_while_the_model_has_not_spoken(gaussians):
    case = gaussians.case(explained=False)
    window = excerpt.chosen_window(case, Selection(view="beat", beat=2))
    marks = case.delineation.beats[2].landmarks
    raw = case.filtered_mv[:, marks.qrs_on : marks.qrs_on + 200]
    assert window.signal_mv.shape == (12, 200)
    assert window.start_s == marks.qrs_on / 500
    assert window.j_ms == pytest.approx(128)
    level = np.median(case.filtered_mv[:, marks.qrs_on - 8 : marks.qrs_on], axis=1, keepdims=True)
    assert window.signal_mv == pytest.approx(raw - level, abs=1e-6)


def test_unfiltered_beat_comes_from_the_record_itself(gaussians):
    case = gaussians.case(beat=2)
    hum = (0.1 * np.sin(2 * np.pi * 50 * np.arange(5000) / 500)).astype(np.float32)
    case = replace(case, record=replace(case.record, signal_mv=case.record.signal_mv + hum))
    shown = [excerpt.chosen_window(case, Selection(view="beat", beat=2), filtered=f).signal_mv for f in (True, False)]
    assert np.abs(shown[0] - shown[1]).max() > 0.08


def test_beat_at_the_records_end_is_padded_with_nothing(gaussians):
    case = gaussians.case(explained=False)
    cut = replace(case.record, signal_mv=case.record.signal_mv[:, : case.delineation.beats[-1].landmarks.qrs_on + 50])
    case = replace(case, record=cut, filtered_mv=cut.signal_mv)
    window = excerpt.chosen_window(case, Selection(view="beat", beat=len(case.delineation.beats) - 1))
    assert np.isfinite(window.signal_mv[:, :50]).all()
    assert np.isnan(window.signal_mv[:, 50:]).all()


def test_coarse_map_comes_in_steps_of_20_ms_without_shares(gaussians):
    found = evidence(gaussians.case(final=False))
    assert not found.final
    assert found.shares is None
    assert np.ptp(found.phi.reshape(12, 20, 10), axis=2).max() == 0
    whole = gaussians.case().explanation.attribution.phi
    assert found.phi.sum() == pytest.approx(whole.sum(), rel=1e-4)


def test_stale_map_shows_no_figures(gaussians):
    found = evidence(gaussians.case(), stale=True)
    assert found.fade == 0.35
    assert found.shares is None


@pytest.mark.parametrize(("largest", "limit"), [(0.058, 0.06), (0.0123, 0.015), (0.9, 1.0), (3.1, 4.0)])
def test_limit_is_a_figure_one_can_read(largest, limit):
    phi = np.full((12, 200), largest, dtype=np.float32)
    assert excerpt.limit_of(phi) == pytest.approx(limit)


def test_zero_attribution_has_a_limit_all_the_same():
    assert excerpt.limit_of(np.zeros((12, 200), np.float32)) > 0


def test_locked_scale_keeps_its_limit_from_case_to_case(gaussians):
    case = gaussians.case()
    own = evidence(case)
    locked = evidence(case, scale=ColourScale(locked=True, limit=0.2))
    assert own.limit == excerpt.limit_of(case.explanation.attribution.phi)
    assert (locked.limit, locked.locked) == (0.2, True)
    nothing_to_keep = evidence(case, scale=ColourScale(locked=True))
    assert (nothing_to_keep.limit, nothing_to_keep.locked) == (
        own.limit,
        False,
    )  # never said to be fixed when it is not


def test_strength_changes_the_limit_that_the_bar_names_and_not_the_values(gaussians):
    weak, full = evidence(gaussians.case(), overlay=Overlay(strength=0.5)), evidence(gaussians.case())
    assert weak.limit == pytest.approx(2 * full.limit)
    assert np.array_equal(weak.phi, full.phi)


def test_median_beat_has_no_place_in_the_record_before_it_is_explained(gaussians):
    assert excerpt.start_of(gaussians.case(explained=False), Selection()) is None
    assert excerpt.start_of(gaussians.case(), Selection()) == gaussians.case().explanation.window.start_s
