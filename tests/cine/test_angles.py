"""Angles of known vectors in the three views."""

from __future__ import annotations

import numpy as np
import pytest

from cineviewer.cine import directions
from cineviewer.cine.leads import COLUMNS, KORS
from cineviewer.ecg import LEADS, Window
from cineviewer.heart import Heart, load

LEFT, INFERIOR, POSTERIOR = np.eye(3)  # Frank's axes


@pytest.fixture(scope="module")
def heart() -> Heart:
    return load()


def beat(qrs, st=INFERIOR, t=INFERIOR, *, t_end_ms: float | None = 380.0) -> Window:
    """A window whose heart vector is one constant through each of its stretches."""
    time_ms = np.arange(0.0, 400.0, 2.0)
    frank = np.where(time_ms[:, None] < 100.0, qrs, np.where(time_ms[:, None] <= 300.0, st, t))
    signal = np.zeros((12, time_ms.size), dtype=np.float32)
    signal[[LEADS.index(lead) for lead in COLUMNS]] = np.linalg.pinv(KORS) @ frank.T
    return Window(None, signal, 500.0, 0.0, j_ms=98.0, t_peak_ms=300.0, t_end_ms=t_end_ms)


def test_left_lies_to_the_right_of_the_oblique_views_and_inferior_below(heart: Heart) -> None:
    qrs, st, _ = directions(beat(LEFT), heart)
    assert qrs.degrees[1:] == pytest.approx((0.0, 0.0), abs=0.01)
    assert st.degrees[1:] == pytest.approx((90.0, 90.0), abs=1.0)


def test_posterior_is_right_in_lao_and_below_in_the_four_chamber_view(heart: Heart) -> None:
    qrs, *_ = directions(beat(POSTERIOR), heart)
    four_chamber, lao, rao = qrs.degrees
    assert lao == pytest.approx(0.0, abs=0.01)
    assert rao is None, "30 degrees from the line of sight"
    assert four_chamber == pytest.approx(90.0, abs=1.0)


def test_a_vector_along_the_line_of_sight_has_no_angle(heart: Heart) -> None:
    qrs, *_ = directions(beat(LEFT - POSTERIOR), heart)
    assert qrs.degrees[1] is None
    assert qrs.degrees[2] is not None


def test_a_stretch_that_the_window_does_not_hold_is_left_out(heart: Heart) -> None:
    assert [one.stretch for one in directions(beat(LEFT), heart)] == ["QRS", "ST to T peak", "T peak to T end"]
    assert [one.stretch for one in directions(beat(LEFT, t_end_ms=420.0), heart)] == ["QRS", "ST to T peak"]
    assert [one.stretch for one in directions(beat(LEFT, t_end_ms=None), heart)] == ["QRS", "ST to T peak"]


def test_a_stretch_that_cancels_itself_has_no_direction(heart: Heart) -> None:
    halves = np.where(np.arange(200)[:, None] < 25, LEFT, -LEFT)
    qrs, *_ = directions(beat(halves), heart)
    assert qrs.degrees == (None, None, None)
