"""Which wall is near, which region may be named, and how evidence is shared among walls."""

from __future__ import annotations

import numpy as np
import pytest

from cineviewer.cine import evidence_share, leads, nearest, path, terminal_region
from cineviewer.cine.regions import region_of
from cineviewer.heart import load

LEFTWARD = np.tile([1.0, 0.0, 0.0], (200, 1))


def test_a_broad_leftward_qrs_ends_in_the_left_free_wall(heart, window_of) -> None:
    window = window_of(LEFTWARD, j_ms=150.0)
    drawn = path(window, heart)
    assert terminal_region(drawn, window, heart) == "LV free wall"
    assert nearest(drawn, heart)[75] == "mid inferolateral LV"


def test_a_broad_rightward_qrs_ends_in_the_right_ventricle(heart, window_of) -> None:
    window = window_of(-LEFTWARD, j_ms=150.0)
    assert terminal_region(path(window, heart), window, heart) == "RV free wall"


@pytest.mark.parametrize(("backward", "region"), [(0.1, "RV free wall"), (1.0, "undetermined")])
def test_a_qrs_that_may_be_incomplete_ends_on_the_right_only_if_v1s_late_r_rules(
    heart, window_of, backward: float, region: str
) -> None:
    early = np.arange(200)[:, None] < 10
    window = window_of(np.where(early, [0.0, backward, 0.0], -LEFTWARD), j_ms=130.0)
    assert terminal_region(path(window, heart), window, heart) == region
    longer = window_of(np.where(early, [0.0, backward, 0.0], -LEFTWARD), j_ms=150.0)
    assert terminal_region(path(longer, heart), longer, heart) == "RV free wall"


def test_a_normal_qrs_ends_nowhere_in_particular(heart, window_of) -> None:
    window = window_of(LEFTWARD, j_ms=90.0)
    assert terminal_region(path(window, heart), window, heart) == "undetermined"


def test_a_broad_qrs_that_stays_at_the_septum_names_no_region(heart, window_of) -> None:
    to_and_fro = np.where(np.arange(200)[:, None] // 5 % 2 == 0, 1.0, -1.0) * np.array([0.0, 0.8, 0.3])
    window = window_of(to_and_fro, j_ms=150.0)
    assert terminal_region(path(window, heart), window, heart) == "undetermined"


def test_no_region_is_named_where_another_matrix_would_name_the_other_side(heart, window_of, monkeypatch) -> None:
    monkeypatch.setitem(leads.MATRICES, "inverse-dower", -leads.INVERSE_DOWER)
    window = window_of(LEFTWARD, j_ms=150.0)
    assert terminal_region(path(window, heart), window, heart) == "undetermined"


def test_without_a_j_point_no_region_is_named(heart, window_of) -> None:
    window = window_of(LEFTWARD, j_ms=None)
    assert terminal_region(path(window, heart), window, heart) == "undetermined"


def test_a_centred_path_names_neither_wall_nor_region(heart, window_of) -> None:
    window = window_of(LEFTWARD, j_ms=150.0)
    drawn = path(window, heart, "centred")
    assert set(nearest(drawn, heart)) == {None}
    assert terminal_region(drawn, window, heart) is None


@pytest.mark.parametrize(
    ("wall", "region"),
    [
        ("basal inferolateral LV", "LV free wall"),
        ("apex LV", "LV free wall"),
        ("mid anteroseptal LV", "septum"),
        ("apical septal LV", "septum"),
        ("mid RV free wall", "RV free wall"),
        ("RVOT", "RVOT"),
    ],
)
def test_every_kind_of_wall_belongs_to_a_region(wall: str, region: str) -> None:
    assert region_of(wall) == region


def test_evidence_is_shared_by_magnitude() -> None:
    shares = evidence_share([1.0, -2.0, 1.0], ["a", "b", "a"])
    assert shares == {"a": 0.5, "b": 0.5}


def test_no_wall_or_no_evidence_gives_no_shares() -> None:
    assert evidence_share([1.0, 1.0], [None, None]) is None
    assert evidence_share([0.0, 0.0], ["a", "a"]) is None


@pytest.mark.parametrize("method", ["recipe", "centred"])
def test_the_shipped_heart_names_every_wall_it_has(method: str, window_of) -> None:
    shipped = load()
    window = window_of(LEFTWARD, j_ms=150.0)
    drawn = path(window, shipped, method)
    walls = set(nearest(drawn, shipped))
    assert walls <= {*shipped.label_names} if method == "recipe" else walls == {None}
    assert {region_of(wall) for wall in shipped.label_names} == {"LV free wall", "septum", "RV free wall", "RVOT"}
    assert terminal_region(drawn, window, shipped) == ("LV free wall" if method == "recipe" else None)
