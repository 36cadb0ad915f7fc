"""The timeline: where its curve lies, what its bands and its sentence mean."""

from dataclasses import replace

import numpy as np
import pytest

from cineviewer.paint import timeline
from cineviewer.paint.layout import Area
from cineviewer.paint.tokens import tokens

ROOM = Area(0, 0, 762, 136)


@pytest.fixture
def sheet(gaussians):
    found = gaussians.explanation()
    return timeline.TimelineSheet(found.window, found.profile)


def test_window_takes_the_whole_width_and_zero_lies_at_two_thirds(sheet):
    place = timeline.frame(ROOM, replace(sheet, profile=np.abs(sheet.profile)))
    assert place.end_ms == 400
    assert place.time_at(place.x_of(86.0)) == pytest.approx(86.0)
    assert (place.y_of(0.0) - place.curve.y) / place.curve.height == pytest.approx(2 / 3, abs=0.01)


def test_profile_that_speaks_for_normal_has_room_below(sheet):
    place = timeline.frame(ROOM, replace(sheet, profile=-np.abs(sheet.profile)))
    assert place.y_of(-1.0) <= place.curve.bottom


def test_curve_is_filled_in_the_colour_of_its_sign_on_the_side_of_its_sign(canvas, sheet):
    profile = np.zeros(200)
    profile[20:60], profile[100:140] = -0.5, 1.0
    drawn = canvas(762, 136).draw(timeline.draw, ROOM, replace(sheet, profile=profile), tokens(False))
    place = timeline.frame(ROOM, replace(sheet, profile=profile))

    def warmth(ms, value):
        r, _, b = drawn.rgb(place.x_of(ms), place.y_of(value))
        return r - b

    assert warmth(240, 0.5) > 80
    assert warmth(80, -0.25) < -40
    assert abs(warmth(240, -0.3)) < 30
    assert abs(warmth(80, 0.5)) < 30


def test_half_of_the_evidence_lies_in_the_span_that_is_named(sheet):
    start, end = timeline.half_span_ms(sheet)
    inside = (sheet.window.time_ms >= start) & (sheet.window.time_ms < end)
    assert np.abs(sheet.profile)[inside].sum() >= 0.5 * np.abs(sheet.profile).sum()
    assert end - start < 200


def test_coarse_profile_names_no_span(sheet):
    assert timeline.half_span_ms(replace(sheet, final=False)) is None


def test_segments_follow_the_landmarks(sheet):
    assert timeline.segments(sheet.window) == (
        ("QRS", 0.0, 128.0), ("ST", 128.0, 200.0), ("T", 200.0, 380.0),
    )  # fmt: skip


def test_segments_end_with_the_window(sheet):
    late = replace(sheet.window, t_peak_ms=350.0, t_end_ms=460.0)
    assert timeline.segments(late)[-1] == ("T", 240.0, 400.0)


def test_no_j_point_means_no_segments(sheet):
    assert timeline.segments(replace(sheet.window, j_ms=None)) == ()


def test_no_t_peak_means_no_t_wave(sheet):
    names = [name for name, _, _ in timeline.segments(replace(sheet.window, t_peak_ms=None, t_end_ms=None))]
    assert names == ["QRS", "ST–T"]
