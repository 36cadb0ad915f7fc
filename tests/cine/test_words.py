"""The two sentences under the ventricles say what was drawn, and claim no anatomy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cineviewer.cine import describe, evidence_share, nearest, path, profile, terminal_region
from cineviewer.ecg import Attribution, Explanation, Method


def explained(heart, window, phi, method: str = "recipe") -> Explanation:
    drawn = path(window, heart, method)
    walls = nearest(drawn, heart)
    value = profile(phi)
    return Explanation(
        window=window,
        logit=1.0,
        p_abnormal=0.7,
        attribution=Attribution(phi=phi.astype(np.float32), method=Method()),
        profile=value,
        path=drawn,
        nearest=walls,
        terminal_region=terminal_region(drawn, window, heart),
        top_leads=(),
        evidence_share=evidence_share(value, walls),
    )


def phi_at(start_ms: float, end_ms: float) -> np.ndarray:
    phi = np.zeros((12, 200))
    phi[:, int(start_ms / 2) : int(end_ms / 2)] = 1.0
    return phi


LEFT_BACK = np.tile([1.0, 0.7, 0.0], (200, 1))


def test_a_recipe_path_is_told_from_its_anchor_on(heart, window_of) -> None:
    course, place = describe(explained(heart, window_of(LEFT_BACK, j_ms=150.0), phi_at(100, 148)))
    assert course == "Starts left septal, goes leftward and back."
    assert place == "Half of the evidence sits at 100–124 ms, while nearest to the lateral LV."


def test_a_turn_is_told_in_order(heart, window_of) -> None:
    vector = LEFT_BACK.copy()
    vector[:30] = [-0.3, -1.0, 0.0]
    course, _ = describe(explained(heart, window_of(vector, j_ms=120.0), phi_at(10, 20)))
    assert course == "Starts left septal, goes forward, then leftward and back."


def test_a_centred_path_is_told_without_a_place(heart, window_of) -> None:
    course, place = describe(explained(heart, window_of(LEFT_BACK, j_ms=150.0), phi_at(100, 148), "centred"))
    assert "septal" not in course
    assert "only its shape counts" in course
    assert place == "Half of the evidence sits at 100–124 ms; this path names no wall."


def test_a_learned_path_is_told_as_experimental_by_the_walls_near_its_ends(heart, window_of) -> None:
    found = explained(heart, window_of(LEFT_BACK, j_ms=150.0), phi_at(100, 148), "learned")
    walls = ("mid inferoseptal LV",) * 70 + ("mid inferolateral LV",) * 130
    taught = replace(found, path=replace(found.path, unlike=False), nearest=walls)
    assert describe(taught)[0] == "Learned, experimental: from near the inferoseptal LV to near the lateral LV."
    back = replace(taught, nearest=("RVOT",) * 200)
    assert describe(back)[0] == "Learned, experimental: from near the RVOT and back."


def test_a_beat_unlike_all_that_was_taught_is_told_so_without_a_wall(heart, window_of) -> None:
    found = explained(heart, window_of(LEFT_BACK, j_ms=150.0), phi_at(100, 148), "learned")
    strange = replace(found, path=replace(found.path, unlike=True), nearest=(None,) * 200, evidence_share=None)
    course, place = describe(strange)
    assert course == "Learned, experimental: this beat is unlike those it was taught; no wall is named."
    assert place == "Half of the evidence sits at 100–124 ms; this path names no wall."


def test_evidence_after_the_j_point_names_no_wall(heart, window_of) -> None:
    _, place = describe(explained(heart, window_of(LEFT_BACK, j_ms=90.0), phi_at(200, 300)))
    assert "LV" not in place
    assert "ST-T" in place


def test_no_evidence_is_said(heart, window_of) -> None:
    _, place = describe(explained(heart, window_of(LEFT_BACK), np.zeros((12, 200))))
    assert place == "No evidence either way in this window."


@pytest.mark.parametrize("method", ["recipe", "centred", "learned"])
def test_an_unknown_qrs_end_is_said(heart, window_of, method: str) -> None:
    course, _ = describe(explained(heart, window_of(LEFT_BACK, j_ms=None), phi_at(0, 50), method))
    assert course.endswith("The end of QRS is not measurable.")


def test_where_the_end_is_undetermined_no_wall_is_named(heart, window_of) -> None:
    found = explained(heart, window_of(LEFT_BACK, j_ms=90.0), phi_at(20, 60))
    assert found.terminal_region == "undetermined"
    assert describe(found)[1] == "Half of the evidence sits at 20–40 ms."
