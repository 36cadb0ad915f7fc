"""The labelled grid: coordinates obey Laplace's principle and run the way they say; morphs change what they name."""

from __future__ import annotations

import numpy as np
import pytest

from cineviewer.heart import COORDINATES, load
from cineviewer.heart.coordinates import CAVITY_LV, CAVITY_RV
from cineviewer.heart.generator import heart_axes
from cineviewer.heart.regions import NAMES
from cineviewer.heart.shape import Morph, Shape
from cineviewer.heart.voxels import Volume, volume


@pytest.fixture(scope="module")
def generic() -> Volume:
    return volume()


def neighbours(values: np.ndarray, wall: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest value among the 26 neighbours of every voxel, NaN where there is none."""
    padded = np.pad(values, 1, constant_values=np.nan)
    shifted = [
        padded[1 + i : padded.shape[0] - 1 + i, 1 + j : padded.shape[1] - 1 + j, 1 + k : padded.shape[2] - 1 + k]
        for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1) if (i, j, k) != (0, 0, 0)
    ]  # fmt: skip
    stack = np.stack([s[wall] for s in shifted])
    kept = np.isfinite(stack)
    return np.where(kept, stack, np.inf).min(axis=0), np.where(kept, stack, -np.inf).max(axis=0)


def named(filled: Volume, *words: str) -> np.ndarray:
    wanted = [1 + i for i, name in enumerate(NAMES) if set(words) & set(name.split())]
    return np.isin(filled.labels, wanted)


def test_every_voxel_of_muscle_has_coordinates_from_0_to_1_and_no_other_has(generic: Volume) -> None:
    for name in COORDINATES:
        values = getattr(generic, name)
        assert (np.isfinite(values) == generic.wall).all()
        assert np.nanmin(values) >= 0.0
        assert np.nanmax(values) <= 1.0


def test_apicobasal_has_its_extremes_only_at_apex_and_base(generic: Volume) -> None:
    wall, values = generic.wall, generic.apicobasal[generic.wall]
    low, high = neighbours(generic.apicobasal, wall)
    inside = (values > 0.02) & (values < 0.98)
    assert (low[inside] <= values[inside]).all()
    assert (high[inside] >= values[inside]).all()
    assert np.mean((low[inside] < values[inside]) & (high[inside] > values[inside])) > 0.99


def test_apicobasal_rises_with_height_along_every_wall(generic: Volume) -> None:
    height = generic.points_mm[..., 2]
    for name in ("anterior", "inferior", "lateral", "anterolateral", "inferolateral", "septal", "free"):
        chosen = named(generic, name)
        bins = np.round(height[chosen] / 8.0)
        means = [generic.apicobasal[chosen][bins == b].mean() for b in np.unique(bins) if (bins == b).sum() > 10]
        assert (np.diff(means) > -0.01).all(), name


def test_apicobasal_goes_all_the_way_and_evenly(generic: Volume) -> None:
    for name, low, high in (("apex", 0.0, 0.25), ("apical", 0.02, 0.65), ("mid", 0.3, 0.85), ("basal", 0.6, 1.0)):
        chosen = named(generic, name) & ~named(generic, "RV")
        assert low <= np.quantile(generic.apicobasal[chosen], 0.02), name
        assert np.quantile(generic.apicobasal[chosen], 0.98) <= high, name
    left = named(generic, "anterolateral", "inferolateral", "lateral")
    share = -generic.points_mm[..., 2][left] / 90.0
    assert np.abs(1.0 - share - generic.apicobasal[left]).mean() < 0.08


def test_transmural_rises_from_endocardium_to_epicardium(generic: Volume) -> None:
    from scipy.ndimage import distance_transform_edt

    blood = np.isin(generic.labels, [CAVITY_LV, CAVITY_RV])
    to_blood, to_air = distance_transform_edt(~blood), distance_transform_edt(generic.labels > 0)
    free = named(generic, "anterolateral", "inferolateral", "inferior")
    share = to_blood[free] / (to_blood[free] + to_air[free])
    assert np.corrcoef(share, generic.transmural[free])[0, 1] > 0.9
    assert np.median(generic.transmural[free & (to_blood <= 1.0)]) < 0.25
    assert np.median(generic.transmural[free & (to_air <= 1.0)]) > 0.75


def test_transmural_is_deepest_in_the_middle_of_the_septum(generic: Volume) -> None:
    x = generic.points_mm[..., 0]
    row = named(generic, "anteroseptal", "inferoseptal") & (np.abs(generic.points_mm[..., 1]) < 1.5)
    row &= np.abs(generic.points_mm[..., 2] + 44.0) < 1.5
    order = np.argsort(x[row])
    depth, right = generic.transmural[row][order], generic.transventricular[row][order]
    deepest = int(depth.argmax())
    assert 0 < deepest < len(depth) - 1
    assert (np.diff(depth[: deepest + 1]) >= -1e-6).all()
    assert (np.diff(depth[deepest:]) <= 1e-6).all()
    assert right[0] == 0.0
    assert right[-1] == 1.0


def test_rotational_counts_from_the_anterior_insertion_through_septum_or_right_wall(generic: Volume) -> None:
    for name, low, high in (
        ("anteroseptal", 0.0, 0.17), ("inferoseptal", 0.16, 0.34), ("inferolateral", 0.49, 0.67),
        ("anterolateral", 0.66, 0.84),
    ):  # fmt: skip
        values = generic.rotational[named(generic, name)]
        assert low <= values.min()
        assert values.max() <= high
    right = named(generic, "RV") & (np.abs(generic.points_mm[..., 2] + 40.0) < 4.0)
    assert generic.rotational[right].max() <= 1 / 3 + 1e-6
    y = generic.points_mm[..., 1]
    assert np.corrcoef(y[right], generic.rotational[right])[0, 1] < -0.9


def test_right_side_is_the_right_wall_and_the_right_half_of_the_septum(generic: Volume) -> None:
    right = generic.transventricular == 1.0
    assert right[named(generic, "RV", "RVOT")].mean() > 0.97
    assert not right[named(generic, "anterolateral", "inferolateral", "lateral")].any()
    assert 0.35 < right[named(generic, "anteroseptal", "inferoseptal")].mean() < 0.65


def test_shipped_heart_carries_the_grids_coordinates(generic: Volume) -> None:
    heart = load()
    np.testing.assert_allclose(heart.walls_mm, generic.points_mm[generic.wall], atol=1e-3)
    expected = np.stack([getattr(generic, name)[generic.wall] for name in COORDINATES], axis=-1)
    np.testing.assert_allclose(heart.wall_coordinates, expected, atol=0.003)


def grams(filled: Volume, *words: str) -> float:
    return float(named(filled, *words).sum() * filled.spacing_mm**3 / 1000.0 * 1.05)


def millilitres(filled: Volume, label: int) -> float:
    return float((filled.labels == label).sum() * filled.spacing_mm**3 / 1000.0)


def test_a_thicker_wall_weighs_more_and_leaves_the_cavities(generic: Volume) -> None:
    thick = volume(Morph(lv_wall_mm=4.0))
    assert 1.4 < grams(thick, "LV") / grams(generic, "LV") < 1.8
    assert millilitres(thick, CAVITY_LV) == pytest.approx(millilitres(generic, CAVITY_LV), rel=0.02)
    assert millilitres(thick, CAVITY_RV) == pytest.approx(millilitres(generic, CAVITY_RV), rel=0.15)


def test_a_dilated_left_ventricle_holds_more(generic: Volume) -> None:
    wide = volume(Morph(lv_size=1.15))
    assert 1.25 < millilitres(wide, CAVITY_LV) / millilitres(generic, CAVITY_LV) < 1.6
    assert millilitres(wide, CAVITY_RV) == pytest.approx(millilitres(generic, CAVITY_RV), rel=0.15)


def test_a_dilated_right_ventricle_holds_more(generic: Volume) -> None:
    wide = volume(Morph(rv_size=1.2))
    assert 1.2 < millilitres(wide, CAVITY_RV) / millilitres(generic, CAVITY_RV) < 1.8
    assert millilitres(wide, CAVITY_LV) == pytest.approx(millilitres(generic, CAVITY_LV), rel=0.02)


def test_a_more_vertical_heart_points_further_down() -> None:
    assert Shape.of(Morph(axis_deg=20.0)).axis_deg == 20.0
    plain, vertical = -heart_axes()[2], -heart_axes(20.0)[2]
    turn = [np.degrees(np.arctan2(-axis[2], axis[0])) for axis in (plain, vertical)]
    assert turn[1] - turn[0] == pytest.approx(20.0)
    np.testing.assert_allclose(np.linalg.det(heart_axes(20.0)), 1.0)
