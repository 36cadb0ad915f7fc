"""Segments by the rule of Cerqueira 2002, and where they lie in the shipped heart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cineviewer.heart import load, regions


def at(angle_deg: float, z: float) -> np.ndarray:
    a = np.radians(angle_deg)
    return np.array([[20 * np.cos(a), 20 * np.sin(a), z]])


def name(angle_deg: float, z: float) -> str:
    return regions.NAMES[int(regions.left_segments(at(angle_deg, z), -90.0, (60.0, -60.0))[0])]


@pytest.mark.parametrize(
    ("angle", "wall"),
    [
        (30, "anteroseptal"),
        (-30, "inferoseptal"),
        (90, "anterior"),
        (150, "anterolateral"),
        (210, "inferolateral"),
        (270, "inferior"),
    ],
)
def test_sixty_degree_segments_of_base_and_middle(angle: float, wall: str) -> None:
    assert name(angle, -10.0) == f"basal {wall} LV"
    assert name(angle, -45.0) == f"mid {wall} LV"


@pytest.mark.parametrize(("angle", "wall"), [(0, "septal"), (90, "anterior"), (180, "lateral"), (270, "inferior")])
def test_apical_segments_have_ninety_degrees(angle: float, wall: str) -> None:
    for turn in (-44.0, 0.0, 44.0):
        assert name(angle + turn, -75.0) == f"apical {wall} LV"


def test_beyond_the_cavity_is_the_apex() -> None:
    assert name(0.0, -91.0) == "LV apex"


@given(st.floats(-180, 180), st.floats(-89, -1), st.floats(50, 85), st.floats(-85, -50))
def test_septal_names_lie_between_the_insertions(angle: float, z: float, anterior: float, inferior: float) -> None:
    label = int(regions.left_segments(at(angle, z), -90.0, (anterior, inferior))[0])
    if z > -60 and abs(angle - anterior) > 0.01 and abs(angle - inferior) > 0.01:
        assert ("sept" in regions.NAMES[label]) == (inferior < angle < anterior)


def test_names_are_the_seventeen_segments_and_four_of_the_right() -> None:
    assert len(regions.NAMES) == len(set(regions.NAMES)) == 21
    assert load().label_names == regions.NAMES


def test_every_region_of_the_shipped_heart_lies_where_its_name_says() -> None:
    heart = load()
    middle = {n: heart.walls_mm[heart.wall_labels == i].mean(axis=0) for i, n in enumerate(heart.label_names)}
    assert min((heart.wall_labels == i).sum() for i in range(21)) > 50
    for third in ("basal", "mid"):
        assert middle[f"{third} anterior LV"][1] > 20 > -20 > middle[f"{third} inferior LV"][1]
        assert middle[f"{third} inferolateral LV"][0] < -15
        assert middle[f"{third} anteroseptal LV"][0] > 15
    assert middle["basal RV free wall"][2] > middle["mid RV free wall"][2] > middle["apical RV free wall"][2]
    lps = heart.to_lps(np.stack([middle["RVOT"], middle["basal inferolateral LV"], middle["LV apex"]]))
    assert lps[0, 2] == max(lps[:, 2])  # the outflow is the highest
    assert lps[2, 0] == max(lps[:, 0])  # the apex points left
    assert lps[1, 1] == max(lps[:, 1])  # the inferolateral wall is the back of the heart


def test_ring_of_segments_has_the_order_of_the_bulls_eye() -> None:
    """From anterior through the septum: inferior, lateral; 60 degrees each, 90 at the apex."""
    heart = load()
    angle = np.arctan2(heart.walls_mm[:, 1], heart.walls_mm[:, 0])
    for first, n in ((0, 6), (6, 6), (12, 4)):
        chosen = [heart.wall_labels == first + i for i in range(n)]
        mean = [np.degrees(np.angle(np.exp(1j * angle[c]).mean())) for c in chosen]
        steps = np.mod(-np.diff([*mean, mean[0]]), 360.0)
        assert steps.sum() == pytest.approx(360.0)
        assert steps.min() > 0.6 * 360.0 / n
        assert steps.max() < 1.4 * 360.0 / n


def test_segments_of_a_ring_weigh_about_the_same_and_the_apex_least() -> None:
    heart = load()
    counts = np.bincount(heart.wall_labels, minlength=21)
    for first, last in ((0, 6), (6, 12), (12, 16)):
        ring = counts[first:last]
        assert ring.max() < 1.7 * ring.min()
    assert counts[16] == counts[:17].min()
    assert counts[17:].max() < 2.0 * counts[17:].min()


def test_septum_is_a_third_of_the_ring_between_the_insertions() -> None:
    heart = load()
    middle = np.abs(heart.walls_mm[:, 2] + 45.0) < 6.0
    septal = np.isin(heart.wall_labels, [i for i, n in enumerate(heart.label_names) if "sept" in n])
    right = heart.walls_mm[np.isin(heart.wall_labels, [17, 18, 19])]
    angle = np.degrees(np.arctan2(heart.walls_mm[:, 1], heart.walls_mm[:, 0]))[middle & septal]
    assert 100.0 < np.ptp(angle) < 150.0
    assert right[:, 0].min() > -5.0
