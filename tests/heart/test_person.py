"""A person's own heart: a copy of ours written as files comes back as itself; what is wrong is a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cineviewer import cine
from cineviewer.errors import InputError
from cineviewer.heart import Heart, load, person
from cineviewer.heart.anatomy import volume_ml
from cineviewer.heart.surface import poly_data
from cineviewer.heart.words import account, remark

SHIFT_MM = np.array([37.0, -140.0, 210.0])
LIDS = {"lv_endocardium": (("mitral", 6), ("aortic", 7)), "rv_endocardium": (("tricuspid", 8), ("pulmonary", 9))}


def labelled_copy() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Our heart as another program writes it: in scanner coordinates, one soup of labelled triangles."""
    heart = load()
    points, triangles, labels = [], [], []

    def add(vertices: np.ndarray, cells: np.ndarray, label: np.ndarray) -> None:
        triangles.append(cells + sum(len(p) for p in points))
        points.append(vertices @ heart.axes + SHIFT_MM)
        labels.append(label)

    epicardium = heart.surfaces["epicardium"]
    add(epicardium.vertices_mm, epicardium.open_triangles, np.full(len(epicardium.open_triangles), 2))
    for name, own in (("lv_endocardium", 3), ("rv_endocardium", 4)):
        surface = heart.surfaces[name]
        wall = np.full(len(surface.open_triangles), own)
        if own == 4:  # the free wall has a number of its own
            facing = surface.normals[surface.open_triangles].mean(axis=1)
            wall[facing[:, 0] > 0.0] = 5
        add(surface.vertices_mm, surface.open_triangles, wall)
        lids = surface.triangles[len(surface.triangles) - surface.lids :]
        middle = surface.vertices_mm[lids].mean(axis=1)
        numbers = [number for _, number in LIDS[name]]
        away = [np.linalg.norm(middle - heart.annuli_mm[ring], axis=1) for ring, _ in LIDS[name]]
        add(surface.vertices_mm, lids, np.array(numbers)[np.argmin(away, axis=0)])
    return np.concatenate(points), np.concatenate(triangles), np.concatenate(labels)


def write_vtp(path: Path, points: np.ndarray, triangles: np.ndarray, labels: np.ndarray | None = None) -> None:
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkIOXML import vtkXMLPolyDataWriter

    data = poly_data(points, triangles)
    if labels is not None:
        array = numpy_to_vtk(labels.astype(np.uint8), deep=True)
        array.SetName("label")
        data.GetCellData().AddArray(array)
    writer = vtkXMLPolyDataWriter()
    writer.SetFileName(str(path))
    writer.SetInputData(data)
    assert writer.Write() == 1


def write_frame(folder: Path) -> None:
    told = {"heart_axes_rows_xyz": load().axes.tolist(), "heart_origin": SHIFT_MM.tolist()}
    (folder / "frame.json").write_text(json.dumps(told), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Heart:
    folder = tmp_path_factory.mktemp("hearts") / "copy"
    folder.mkdir()
    write_vtp(folder / "heart.vtp", *labelled_copy())
    write_frame(folder)
    return person.read(folder)


@pytest.fixture(scope="module")
def frameless(tmp_path_factory: pytest.TempPathFactory) -> Heart:
    folder = tmp_path_factory.mktemp("hearts") / "frameless"
    folder.mkdir()
    write_vtp(folder / "heart.vtp", *labelled_copy())
    return person.read(folder)


def test_a_copy_of_our_heart_has_its_volumes_and_is_nobodys_generic_one(copy: Heart) -> None:
    assert (copy.name, copy.generic) == ("copy", False)
    for name in ("epicardium", "lv_endocardium", "rv_endocardium"):
        assert volume_ml(copy.surfaces[name]) == pytest.approx(volume_ml(load().surfaces[name]), rel=0.02)
        edges = np.sort(copy.surfaces[name].triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()


def names_at(heart: Heart, points: np.ndarray) -> np.ndarray:
    from scipy.spatial import cKDTree

    away, index = cKDTree(heart.walls_mm).query(points)
    return np.where(away < 2.0, np.array(heart.label_names)[heart.wall_labels[index]], "")


def test_a_copy_of_our_heart_has_its_segments(copy: Heart) -> None:
    ours = load()
    theirs = names_at(copy, ours.walls_mm)
    own = np.array(ours.label_names)[ours.wall_labels]
    met = theirs != ""
    assert met.mean() > 0.97
    assert (theirs[met] == own[met]).mean() > 0.85
    right = np.array(["RV" in name for name in own])
    assert (np.array(["RV" in name for name in theirs])[met] == right[met]).mean() > 0.95


def test_a_copy_of_our_heart_has_its_coordinates(copy: Heart) -> None:
    from scipy.spatial import cKDTree

    ours = load()
    away, index = cKDTree(copy.walls_mm).query(ours.walls_mm)
    near = away < 1.8
    apicobasal, transmural, _, right = np.abs(copy.wall_coordinates[index[near]] - ours.wall_coordinates[near]).T
    assert np.median(apicobasal) < 0.06
    assert np.median(transmural) < 0.15
    assert (right < 0.5).mean() > 0.92


def test_the_frame_is_found_from_the_cavities(copy: Heart, frameless: Heart) -> None:
    turned = np.degrees(np.arccos(np.clip((frameless.axes * load().axes).sum(axis=1), -1.0, 1.0)))
    assert turned.max() < 12.0
    here, there = (
        np.linalg.norm(heart.to_lps(heart.septum_mm[None]) - heart.to_lps(heart.centroid_mm[None]))
        for heart in (copy, frameless)
    )
    assert here == pytest.approx(there, abs=6.0)
    assert np.abs(frameless.centroid_mm - load().centroid_mm).max() < 9.0
    assert frameless.septum_mm[0] > 15.0


def test_orifices_with_a_label_are_valves(copy: Heart) -> None:
    for name, centre in copy.annuli_mm.items():
        assert np.linalg.norm(centre - load().annuli_mm[name]) < 5.0
    assert set(copy.annuli_mm) == {"mitral", "aortic", "tricuspid", "pulmonary"}


def test_a_path_can_be_contained_in_it(copy: Heart) -> None:
    inside = cine.interior.interior(copy)
    assert inside.depth(copy.septum_mm[None])[0] > 3.0
    np.testing.assert_array_equal(inside.depth(np.array([[300.0, 0.0, 0.0]])) < 0.0, [True])


@pytest.mark.parametrize("suffix", [".stl", ".ply", ".vtk"])
def test_three_open_surfaces_are_capped(tmp_path: Path, suffix: str) -> None:
    from vtkmodules.vtkIOGeometry import vtkSTLWriter
    from vtkmodules.vtkIOLegacy import vtkPolyDataWriter
    from vtkmodules.vtkIOPLY import vtkPLYWriter

    writers = {".stl": vtkSTLWriter, ".ply": vtkPLYWriter, ".vtk": vtkPolyDataWriter}
    for name, stem in person.FILES.items():
        surface = load().surfaces[name]
        writer = writers[suffix]()
        writer.SetFileName(str(tmp_path / f"{stem}{suffix}"))
        writer.SetInputData(poly_data(surface.vertices_mm @ load().axes + SHIFT_MM, surface.open_triangles))
        writer.Write()
    heart = person.read(tmp_path)
    assert volume_ml(heart.surfaces["rv_endocardium"]) == pytest.approx(
        volume_ml(load().surfaces["rv_endocardium"]), rel=0.02
    )
    assert heart.annuli_mm == {}
    assert len(heart.surfaces["annuli"].vertices_mm)
    assert (heart.wall_labels == 20).sum() > 50


def test_a_heart_without_vessels_can_be_drawn(copy: Heart) -> None:
    from cineviewer.paint.scene import Scene
    from cineviewer.paint.scene_camera import view_of
    from cineviewer.paint.tokens import tokens
    from cineviewer.session import Camera

    scene = Scene(copy, tokens(dark=False))
    pixels = scene.render(view_of(Camera(), copy, 120, 110), 120, 110).astype(int)
    scene.close()
    assert np.abs(pixels - pixels[0, 0]).max() > 40


def fault(folder: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        person.read(folder)
    return caught.value


def test_what_is_wrong_with_a_folder_is_a_sentence(tmp_path: Path) -> None:
    assert fault(tmp_path).code == "no-heart"
    assert "neither epi" in str(fault(tmp_path))

    points, triangles, labels = labelled_copy()
    path = tmp_path / "heart.vtp"
    write_vtp(path, points, triangles)
    assert "no cell array" in str(fault(tmp_path))
    write_vtp(path, points, triangles[labels != 3], labels[labels != 3])
    assert "no triangle is labelled 3" in str(fault(tmp_path))
    write_vtp(path, points / 1000.0, triangles, labels)
    assert fault(tmp_path).code in {"heart-units", "heart-open"}
    write_vtp(path, points / 10.0, triangles, labels)
    assert "millimetres" in str(fault(tmp_path))
    moved = points.copy()
    moved[np.unique(triangles[labels == 3])] += 60.0
    write_vtp(path, moved, triangles, labels)
    assert "outside the epicardium" in str(fault(tmp_path))
    path.write_bytes(b"<VTKFile")
    assert "no triangles" in str(fault(tmp_path))


@pytest.mark.parametrize(
    "told",
    [
        "{",
        '{"heart_origin": [0, 0, 0]}',
        '{"heart_axes_rows_xyz": [[1, 0, 0], [0, 1, 0], [0, 0, -1]], "heart_origin": [0, 0, 0]}',
        '{"heart_axes_rows_xyz": [[1, 0], [0, 1]], "heart_origin": [0, 0, 0]}',
        '{"heart_axes_rows_xyz": [["a", 0, 0], [0, 1, 0], [0, 0, 1]], "heart_origin": [0, 0, 0]}',
        '{"heart_axes_rows_xyz": [[NaN, 0, 0], [0, 1, 0], [0, 0, 1]], "heart_origin": [0, 0, 0]}',
    ],
)
def test_a_bad_frame_is_a_sentence(tmp_path: Path, told: str) -> None:
    write_vtp(tmp_path / "heart.vtp", *labelled_copy())
    (tmp_path / "frame.json").write_text(told, encoding="utf-8")
    assert fault(tmp_path).code == "heart-frame"


@pytest.mark.real
@pytest.mark.parametrize("name", ["cobiveco_geo1_meanshape", "cobiveco_geo2_patient"])
def test_other_peoples_hearts_are_read(real_data: Path, name: str) -> None:
    heart = person.read(real_data / "meshes" / name)
    counts = np.bincount(heart.wall_labels, minlength=21)
    assert counts.min() > 20
    for first, last in ((0, 6), (6, 12), (12, 16)):
        assert counts[first:last].max() < 3.0 * counts[first:last].min()
    middle = {n: heart.walls_mm[heart.wall_labels == i].mean(axis=0) for i, n in enumerate(heart.label_names)}
    assert middle["mid anterior LV"][1] > 15 > -15 > middle["mid inferior LV"][1]
    assert middle["mid RV free wall"][0] > middle["mid anteroseptal LV"][0] + 10
    assert middle["RVOT"][1] > 20
    assert (heart.wall_coordinates >= 0).all()
    assert (heart.wall_coordinates <= 1).all()
    assert cine.interior.interior(heart).depth(heart.septum_mm[None])[0] > 3.0


@pytest.mark.real
@pytest.mark.parametrize("name", ["cobiveco_geo1_meanshape", "cobiveco_geo2_patient"])
def test_no_muscle_lies_before_an_orifice_and_no_left_wall_is_called_right(real_data: Path, name: str) -> None:
    heart = person.read(real_data / "meshes" / name)
    axis = np.hypot(heart.walls_mm[:, 0], heart.walls_mm[:, 1])
    assert ((axis < 12.0) & (heart.walls_mm[:, 2] > -20.0)).sum() < 10
    right = np.array(["RV" in wall.split() for wall in heart.label_names])[heart.wall_labels]
    assert heart.walls_mm[right, 0].min() > 0.0


@pytest.mark.real
@pytest.mark.parametrize("name", ["cobiveco_geo1_meanshape", "cobiveco_geo2_patient"])
def test_the_frame_found_is_near_the_one_given(real_data: Path, tmp_path: Path, name: str) -> None:
    given = real_data / "meshes" / name
    (tmp_path / "heart.vtp").write_bytes((given / "heart.vtp").read_bytes())
    told = json.loads((given / "frame.json").read_text(encoding="utf-8"))
    with_frame, without = person.read(given), person.read(tmp_path)
    assert np.linalg.norm(with_frame.centroid_mm - without.centroid_mm) < 12.0
    assert len(told["heart_axes_rows_xyz"]) == 3
    if name.endswith("patient"):  # a scan: its axes are the body's
        turned = np.degrees(np.arccos((np.array(told["heart_axes_rows_xyz"]) * without.axes).sum(axis=1)))
        assert turned.max() < 12.0
    else:
        np.testing.assert_array_equal(without.axes, load().axes)


def test_what_was_found_of_given_surfaces_is_measured_and_said(copy: Heart, frameless: Heart) -> None:
    given = copy.given
    assert given is not None
    assert given.lv_ml == pytest.approx(140.2, rel=0.02)
    assert given.rv_ml == pytest.approx(138.4, rel=0.02)
    assert given.lv_mass_g == pytest.approx(127.1, rel=0.1)
    assert given.rv_mass_g == pytest.approx(49.2, rel=0.1)
    assert given.septum_mm == pytest.approx(8.3, abs=0.7)
    assert given.lateral_mm == pytest.approx(8.3, abs=0.7)
    assert given.rv_wall_mm == pytest.approx(3.4, abs=0.5)
    assert (given.frame_given, given.upright, given.unlabelled) == (True, True, ())
    assert given.off_deg == pytest.approx(0.0, abs=0.1)
    assert frameless.given is not None
    assert not frameless.given.frame_given
    assert "found from the cavities" in account(frameless)


def test_a_given_heart_is_never_said_to_be_the_patients(copy: Heart) -> None:
    assert "generic" in remark(None)
    assert "generic" in remark(load())
    assert "not verified" in remark(copy)
    assert "Nobody has verified" in account(copy)
    assert copy.name not in remark(copy)  # a folder's name may be somebody's
    assert copy.name in remark(copy, named=True)


def test_the_hash_is_of_the_files_that_are_read(heart_folder: Path, tmp_path: Path) -> None:
    first = person.read(heart_folder)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for path in heart_folder.iterdir():
        (moved / path.name).write_bytes(path.read_bytes())
    (moved / "notes.txt").write_text("not read")
    assert person.read(moved).sha256 == first.sha256
    (moved / "frame.json").unlink()
    assert person.read(moved).sha256 != first.sha256
    assert {path.name for path in person.files(moved)} == {"epi.stl", "endo_lv.stl", "endo_rv.stl"}
    (moved / "epi.stl").unlink()
    assert person.files(moved) == []


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    assert "no such folder" in str(fault(tmp_path / "gone"))
    (tmp_path / "file").touch()
    assert "a file and no folder" in str(fault(tmp_path / "file"))


@pytest.mark.real
@pytest.mark.parametrize("name", ["cobiveco_geo1_meanshape", "cobiveco_geo2_patient"])
def test_what_is_said_of_other_peoples_hearts_is_what_scans_show(real_data: Path, name: str) -> None:
    given = person.read(real_data / "meshes" / name).given
    assert given is not None
    assert 100.0 < given.lv_ml < 300.0
    assert 100.0 < given.rv_ml < 300.0
    assert 6.0 < given.septum_mm < 12.0
    assert 2.5 < given.rv_wall_mm < given.lateral_mm
    assert given.unlabelled == ("mitral", "aortic", "tricuspid", "pulmonary")
    assert given.upright == name.endswith("patient")
