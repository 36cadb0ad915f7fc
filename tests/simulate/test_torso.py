"""The chest, and what its electrodes see of the heart, against Dower's lead vectors and measured Frank leads."""

from __future__ import annotations

import numpy as np
import pytest

from cineviewer import heart
from cineviewer.cine.leads import COLUMNS, DOWER
from cineviewer.simulate import leadfield, torso
from cineviewer.simulate.person import FRANK_MV, Person, body

FRANK_IN_LPS = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


@pytest.fixture(scope="module")
def lead_vectors():
    """(8, 3) mV of each lead from 1 mV of Frank's vector at the heart's centre, LPS."""
    pose = body(Person()).rest
    ends = pose.centroid_mm + 0.5 * np.concatenate([pose.axes.T, -pose.axes.T])
    seen = leadfield.leads(pose.potentials(ends))  # V from 1 A a mm apart: mV from 1 mA mm
    return (seen[:, :3] - seen[:, 3:]) / FRANK_MV


def test_surfaces_are_closed_and_of_a_person_s_size():
    chest = torso.standard()
    for boundary, (least, most) in zip(chest.boundaries, [(25, 40), (1.5, 3.5), (2.0, 4.0)], strict=True):
        edges = np.sort(boundary.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()
        corners = boundary.vertices_mm[boundary.triangles]
        litres = np.einsum("mi,mi->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6e6
        assert least < litres < most


def test_heart_lies_inside_the_chest_and_outside_the_lungs():
    own = body(Person())
    walls = own.rest.to_torso(own.tissue.points_mm)
    assert torso.depth_mm(walls).min() > 20
    for lung in torso.standard().boundaries[1:]:
        apart = np.linalg.norm(walls[::20, None] - lung.vertices_mm, axis=-1).min()
        assert apart > 5


def test_electrodes_are_on_the_skin_in_their_order():
    places = dict(zip(torso.ELECTRODES, torso.electrodes(), strict=True))
    assert all(abs(torso.depth_mm(place[None])[0]) < 0.01 for place in places.values())
    assert places["RA"][0] < 0 < places["LA"][0]
    left = [places[f"V{k}"][0] for k in range(1, 7)]
    assert left == sorted(left)
    assert places["V1"][0] < 0 < places["V2"][0]
    assert places["V6"][1] > places["V4"][1], "V6 lies behind V4"


def test_moved_electrodes_move_as_far_along_the_skin():
    usual, moved = torso.electrodes(), torso.electrodes((10.0,) * 6, (0.0,) * 6)
    np.testing.assert_allclose(moved[3:, 2] - usual[3:, 2], 10.0)
    around = torso.electrodes((0.0,) * 6, (12.0,) * 6)
    assert (np.abs(np.linalg.norm(around[3:] - usual[3:], axis=1) - 12.0) < 4).all()


def test_lead_vectors_point_where_dower_s_do(lead_vectors):
    dower = DOWER @ FRANK_IN_LPS.T
    for lead, ours, his in zip(COLUMNS, lead_vectors, dower, strict=True):
        cosine = ours @ his / np.linalg.norm(ours) / np.linalg.norm(his)
        assert np.degrees(np.arccos(cosine)) < 35, lead
        assert 0.5 < np.linalg.norm(ours) / np.linalg.norm(his) < 2.0, lead


def test_uniformly_excited_muscle_is_silent_and_a_front_is_not():
    own = body(Person())
    n = len(own.tissue.points_mm)
    matrix = leadfield.transfer(own.tissue, own.rest, np.full(n, 0.1))
    front = matrix @ (own.tissue.points_mm[:, 2] > -40).astype(float)
    assert np.abs(matrix.sum(axis=1)).max() < 1e-6 * np.abs(front).max()


def test_scar_neither_drives_nor_carries_current():
    own = body(Person())
    scar = own.tissue.points_mm[:, 2] < -60
    matrix = leadfield.transfer(own.tissue, own.rest, np.full(len(scar), 0.1), scar=scar)
    assert not matrix[:, scar].any()


def test_moment_of_a_plane_front_is_its_area_and_points_ahead():
    own = body(Person())
    n = len(own.tissue.points_mm)
    excited = (own.tissue.points_mm[:, 2] > -40).astype(float)  # excited at the base: the front looks to the apex
    moment = (leadfield.transfer(own.tissue, own.rest, np.full(n, 0.1)) @ excited)[9:]
    to_apex = -own.rest.axes[2]
    assert moment @ to_apex > 0.97 * np.linalg.norm(moment)
    layer = np.abs(own.tissue.points_mm[:, 2] + 40) <= own.tissue.spacing_mm / 2
    area_mm2 = layer.sum() * own.tissue.spacing_mm**2
    assert np.linalg.norm(moment) == pytest.approx(0.1 * 0.1 * area_mm2, rel=0.15)


@pytest.mark.real
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # between wfdb and pandas
def test_sign_and_size_agree_with_leads_measured_beside_frank_s(real_data, lead_vectors):
    import wfdb
    from scipy.signal import butter, sosfiltfilt

    folder = real_data / "ptb_frank"
    names = [path.stem for path in sorted(folder.glob("s*.hea"))]
    if not names:
        pytest.skip(f"no Frank leads in {folder}")
    correlations, sizes, by_dower = [], [], []
    for name in names:
        found = wfdb.rdrecord(str(folder / name))
        levelled = sosfiltfilt(butter(2, 0.7, "high", fs=found.fs, output="sos"), found.p_signal.T)
        rows = {lead.lower(): row for lead, row in zip(found.sig_name, levelled, strict=True)}
        frank = np.stack([rows["vx"], rows["vy"], rows["vz"]])
        guessed = lead_vectors @ FRANK_IN_LPS @ frank
        for lead, row in zip(COLUMNS, guessed, strict=True):
            measured = rows[lead.lower()]
            correlations.append((lead, float(np.corrcoef(measured, row)[0, 1])))
            sizes.append(float(np.std(row) / np.std(measured)))
            by_dower.append(float(np.corrcoef(measured, DOWER[COLUMNS.index(lead)] @ frank)[0, 1]))
    assert min(r for _, r in correlations) > 0.5, correlations
    assert np.mean([r for _, r in correlations]) > 0.8
    assert np.mean([r for _, r in correlations]) > np.mean(by_dower) - 0.02, "as well as by Dower's own vectors"
    assert 0.7 < np.median(sizes) < 1.4


def test_standard_heart_is_the_generic_one():
    assert body(Person()).heart is heart.load()
