"""A person's own ventricles from a folder of surfaces: registered, checked and labelled like the generic ones."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.errors import InputError
from cineviewer.heart import anatomy, regions, sheets
from cineviewer.heart.coordinates import Booleans, Distances, coordinates
from cineviewer.heart.given import Given
from cineviewer.heart.heart import Heart, Surface, load
from cineviewer.heart.labelling import NAMES, labelled
from cineviewer.heart.sheets import Closed
from cineviewer.heart.surface import Indices, Mesh, grid, merged, poly_data
from cineviewer.heart.tube import tube

WHOLE, FRAME = "heart.vtp", "frame.json"
FILES = {"epicardium": "epi", "lv_endocardium": "endo_lv", "rv_endocardium": "endo_rv"}
LABELS = {"epicardium": (2,), "lv_endocardium": (3,), "rv_endocardium": (4, 5)}
RINGS = {"mitral": 6, "aortic": 7, "tricuspid": 8, "pulmonary": 9}
"""Numbers of the cell array `label` of heart.vtp; 1 is the base."""
SPACING_MM = 2.0
CAVITY_ML = {"lv_endocardium": (20.0, 700.0), "rv_endocardium": (20.0, 800.0)}
"""What a cavity may hold, from a child's to a failing heart's; beyond it the unit is not the millimetre."""
MOST_OUTSIDE = 0.1
HUGE_MM = 400.0
"""Nothing larger than this is a heart in millimetres; no grid is laid over it."""
BODY = (0.25, 0.7)
"""Between these shares of the way from AV plane to apex the right cavity has neither outflow nor apex."""
UPRIGHT_DEG = 45.0
"""A long axis farther than this from the usual one means that the file's axes are not the body's."""
FRAME_REPAIR = 'give three unit vectors at right angles in "heart_axes_rows_xyz" and three numbers in "heart_origin"'


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Where the heart lies in its file: rows x from LV to RV, y anterior, z apex to base; the AV plane's middle."""

    axes: Doubles
    origin: Doubles

    def into(self, points: Doubles) -> Doubles:
        """Return points of the file in heart coordinates."""
        return np.asarray((points - self.origin) @ self.axes.T, dtype=np.float64)


def read(folder: Path) -> Heart:
    """Read a person's ventricles.

    Parameters
    ----------
    folder
        Holds epi, endo_lv and endo_rv (VTK, STL or PLY; what is open is capped), or one heart.vtp with the cell array
        `label`: 1 base, 2 epicardium, 3 LV endocardium, 4 RV endocardium or its septal part, 5 RV free wall's, 6 to 9
        mitral, aortic, tricuspid and pulmonary orifice. An optional frame.json gives `heart_axes_rows_xyz` and
        `heart_origin`; otherwise the frame is found from the cavities.

    Returns
    -------
    A heart whose `generic` is False. Its `axes` are the file's (scanner, LPS) where its long axis lies as people's do,
    else the generic heart's.

    Raises
    ------
    InputError
        If a surface is missing, cannot be closed, is not in millimetres, or a cavity is not inside the epicardium.
    """
    sha256 = _sha256(folder)
    found, rings = _surfaces(folder)
    told = _given_frame(folder)
    frame = told or _found_frame(found)
    placed = {name: _placed(found[name], frame) for name in NAMES}
    points, filled = _filled(placed)
    _check(placed, filled, folder)
    rings = {name: frame.into(points) for name, points in rings.items()}
    heart, away = _heart(frame, placed, rings, points, filled)
    given = _given(heart, away, frame, frame_given=told is not None)
    return replace(heart, name=folder.resolve().name, sha256=sha256, given=given)


def files(folder: Path) -> list[Path]:
    """Return the files of a folder that a heart would be read from; none where it holds no heart."""
    whole, frame = folder / WHOLE, [path for path in (folder / FRAME,) if path.is_file()]
    if whole.is_file():
        return [whole, *frame]
    parts = [next(filter(Path.is_file, _candidates(folder, name)), None) for name in NAMES]
    found = [path for path in parts if path is not None]
    return [*found, *frame] if len(found) == len(NAMES) else []


def _candidates(folder: Path, name: str) -> list[Path]:
    return [folder / f"{FILES[name]}{suffix}" for suffix in sheets.SUFFIXES]


def _sha256(folder: Path) -> str:
    """Hash the names and contents of the files that are read."""
    told = hashlib.sha256()
    for path in files(folder):
        told.update(path.name.encode() + b"\0" + path.read_bytes())
    return told.hexdigest()


def _surfaces(folder: Path) -> tuple[dict[str, Closed], dict[str, Doubles]]:
    """Return the three closed surfaces, and the points of each labelled orifice, in the file's coordinates."""
    whole = folder / WHOLE
    if whole.is_file():
        sheet = sheets.read(whole)
        if sheet.labels is None:
            repair = "add a cell array “label” (1 base, 2 epicardium, 3 and 4 endocardia)"
            raise InputError("heart-label", "it has no cell array “label”", where=whole, repair=repair)
        closed = {}
        for name, numbers in LABELS.items():
            chosen = sheet.triangles[np.isin(sheet.labels, numbers)]
            if not len(chosen):
                repair = f"label the {_spoken(name)} {' or '.join(map(str, numbers))}"
                raise InputError("heart-label", f"no triangle is labelled {numbers[0]}", where=whole, repair=repair)
            closed[name] = sheets.closed(sheet.vertices_mm, chosen, _spoken(name), whole)
        rings = {}
        for name, number in RINGS.items():
            lid = np.unique(sheet.triangles[sheet.labels == number])
            if len(lid):
                rings[name] = sheet.vertices_mm[lid]
        return closed, rings
    return {name: _from_file(folder, name) for name in NAMES}, {}


def _from_file(folder: Path, name: str) -> Closed:
    for path in _candidates(folder, name):
        if path.is_file():
            sheet = sheets.read(path)
            return sheets.closed(sheet.vertices_mm, sheet.triangles, _spoken(name), path)
    what = f"there is neither {FILES[name]} (.vtp, .vtk, .stl, .ply) nor {WHOLE}"
    if not folder.is_dir():
        what = "there is no such folder" if not folder.exists() else "this is a file and no folder"
    repair = "name a folder with surfaces epi, endo_lv and endo_rv, or with one labelled heart.vtp"
    raise InputError("no-heart", what, where=folder, repair=repair)


def _spoken(name: str) -> str:
    return {"epicardium": "epicardium", "lv_endocardium": "LV endocardium", "rv_endocardium": "RV endocardium"}[name]


def _given_frame(folder: Path) -> Frame | None:
    path = folder / FRAME
    if not path.is_file():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        axes = np.array(told["heart_axes_rows_xyz"], dtype=np.float64)
        origin = np.array(told["heart_origin"], dtype=np.float64)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            "heart-frame", f"the frame cannot be read ({error})", where=path, repair=FRAME_REPAIR
        ) from error
    square = axes.shape == (3, 3) and origin.shape == (3,)
    if not square or not np.allclose(axes @ axes.T, np.eye(3), atol=0.01) or np.linalg.det(axes) < 0.0:
        what = "its axes are not three unit vectors at right angles, right-handed"
        raise InputError("heart-frame", what, where=path, repair=FRAME_REPAIR)
    return Frame(axes, origin)


def _found_frame(found: dict[str, Closed]) -> Frame:
    """Find the frame: the left cavity's long axis, the right cavity beside it, the AV plane at the left rims."""
    left, right = found["lv_endocardium"], found["rv_endocardium"]
    centre, _ = _moments(left.mesh)
    rims = np.concatenate(left.rims_mm or (left.mesh.vertices_mm[-1:],))
    if left.rims_mm:
        top = rims.mean(axis=0)
    else:  # a closed bag: its blunt end is the base, toward which the right cavity's middle is not
        spread = left.mesh.vertices_mm - centre
        top = centre + 0.9 * spread[np.linalg.norm(spread, axis=1).argmin()]
    z = (top - centre) / np.linalg.norm(top - centre)
    for _ in range(8):  # the axis runs from the farthest point, the apex, through the cavity's middle
        apex = left.mesh.vertices_mm[(left.mesh.vertices_mm @ z).argmin()]
        z = (centre - apex) / np.linalg.norm(centre - apex)
    # Beside it lies the right cavity's body; the outflow, high and in front, would turn the axes.
    height = (right.mesh.vertices_mm - top) @ z / float((apex - top) @ z)
    body = right.mesh.vertices_mm[(height > BODY[0]) & (height < BODY[1])]
    aside = (body.mean(axis=0) if len(body) else _moments(right.mesh)[0]) - centre
    x = aside - (aside @ z) * z
    x /= np.linalg.norm(x)
    axes = np.stack([x, np.cross(z, x), z])
    return Frame(axes, centre + ((top - centre) @ z) * z)


def _moments(mesh: Mesh) -> tuple[Doubles, float]:
    """Return centroid and volume (mm3) of what a closed surface holds."""
    a, b, c = (mesh.vertices_mm[mesh.triangles[:, k]] for k in range(3))
    part = np.einsum("ij,ij->i", a, np.cross(b, c)) / 6.0
    volume = float(part.sum())
    return np.asarray((part[:, None] * (a + b + c) / 4.0).sum(axis=0) / volume, dtype=np.float64), volume


def _placed(surface: Closed, frame: Frame) -> Closed:
    mesh = surface.mesh
    turned = Mesh(frame.into(mesh.vertices_mm), mesh.triangles, mesh.normals @ frame.axes.T, mesh.lids)
    return Closed(turned, tuple(frame.into(rim) for rim in surface.rims_mm))


def _check(placed: dict[str, Closed], filled: dict[str, Booleans], folder: Path) -> None:
    for name, (low, high) in CAVITY_ML.items():
        holds = _moments(placed[name].mesh)[1] / 1000.0
        if not low <= holds <= high:
            what = f"the {_spoken(name)} holds {holds:.3g} mL, which no heart does"
            raise InputError("heart-units", what, where=folder, repair="give all surfaces in millimetres")
        outside = 1.0 - float((filled[name] & filled["epicardium"]).sum() / max(int(filled[name].sum()), 1))
        if outside > MOST_OUTSIDE:
            what = f"{outside:.0%} of what the {_spoken(name)} holds lies outside the epicardium"
            repair = "check that the files are of one heart and in the same coordinates"
            raise InputError("heart-nested", what, where=folder, repair=repair)


def _filled(placed: dict[str, Closed]) -> tuple[Doubles, dict[str, Booleans]]:
    """Return a grid about the heart, and which of its points each surface holds."""
    everything = np.concatenate([placed[name].mesh.vertices_mm for name in NAMES])
    low, high = everything.min(axis=0) - 4.0, everything.max(axis=0) + 4.0
    if (high - low).max() > HUGE_MM:
        return np.zeros((0, 0, 0, 3)), {name: np.zeros((0, 0, 0), dtype=np.bool_) for name in NAMES}
    points = grid((low[0], low[1], low[2]), (high[0], high[1], high[2]), SPACING_MM)
    return points, {name: _within(placed[name].mesh, points) for name in NAMES}


def _within(mesh: Mesh, points: Doubles) -> Booleans:
    """Say which points of a regular (a, b, c, 3) grid a closed surface holds."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkImagingStencil import vtkImageStencilToImage, vtkPolyDataToImageStencil

    a, b, c = points.shape[:3]
    stencil = vtkPolyDataToImageStencil()
    stencil.SetInputData(poly_data(mesh.vertices_mm, mesh.triangles))
    stencil.SetOutputOrigin(*points[0, 0, 0])
    stencil.SetOutputSpacing(*(points[1, 1, 1] - points[0, 0, 0]))
    stencil.SetOutputWholeExtent(0, a - 1, 0, b - 1, 0, c - 1)
    image = vtkImageStencilToImage()
    image.SetInputConnection(stencil.GetOutputPort())
    image.SetInsideValue(1)
    image.SetOutsideValue(0)
    image.SetOutputScalarTypeToUnsignedChar()
    image.Update()
    held = vtk_to_numpy(image.GetOutput().GetPointData().GetScalars())
    return np.asarray(held.reshape(c, b, a).transpose(2, 1, 0) > 0, dtype=np.bool_)


def _heart(
    frame: Frame,
    placed: dict[str, Closed],
    rings: dict[str, Doubles],
    points: Doubles,
    filled: dict[str, Booleans],
) -> tuple[Heart, Distances]:
    """Make the heart, and return how far its muscle lies from the surfaces."""
    labels, wall, away, insertions = labelled(placed, rings, points, filled)
    surfaces = {key: _surface(placed[key].mesh) for key in NAMES}
    rims = [rim for key in NAMES[1:] for rim in placed[key].rims_mm if len(rim) > 8]
    surfaces["annuli"] = _ring_surface(rims)
    for other in ("great_vessels", "atria", "coronaries", "leaflets", "papillary_muscles"):
        surfaces[other] = _surface(_nothing())
    inside = labels > 0
    left = surfaces["lv_endocardium"].vertices_mm
    middle_z = 0.5 * float(left[:, 2].min())
    level = left[np.abs(left[:, 2] - middle_z) < 4.0]
    anchor = level[(level[:, 0] - np.abs(level[:, 1])).argmax()].astype(np.float64)
    heart = Heart(
        name="",
        generic=False,
        axes=frame.axes if _off_deg(frame) < UPRIGHT_DEG else load().axes,
        surfaces=surfaces,
        interior_mm=points[inside].astype(np.float32),
        spacing_mm=SPACING_MM,
        walls_mm=points[wall].astype(np.float32),
        wall_labels=(labels[wall] - 1).astype(np.uint8),
        label_names=regions.NAMES,
        septum_mm=anchor,
        centroid_mm=points[wall].mean(axis=0),
        annuli_mm={ring: at.mean(axis=0) for ring, at in rings.items()},
        wall_coordinates=coordinates(points, labels, wall, away, insertions).astype(np.float32),
    )
    return heart, away


def _off_deg(frame: Frame) -> float:
    """Return how far the long axis lies from the generic heart's."""
    return float(np.degrees(np.arccos(np.clip(frame.axes[2] @ load().axes[2], -1.0, 1.0))))


def _given(heart: Heart, away: Distances, frame: Frame, *, frame_given: bool) -> Given:
    """Measure what was given; a wall is as thick as the ways from its middle to both its sides together."""
    names = np.array(heart.label_names)[heart.wall_labels]
    septal = np.char.find(names, "sept") >= 0
    left = (np.char.find(names, "LV") >= 0) & ~septal
    right = ~septal & ~left

    def median(of: Booleans, one_mm: Doubles, other_mm: Doubles) -> float:
        return float(np.median((one_mm + other_mm)[of])) if of.any() else float("nan")

    off_deg = _off_deg(frame)
    return Given(
        lv_ml=anatomy.volume_ml(heart.surfaces["lv_endocardium"]),
        rv_ml=anatomy.volume_ml(heart.surfaces["rv_endocardium"]),
        lv_mass_g=anatomy.mass_g(heart, "LV"),
        rv_mass_g=anatomy.mass_g(heart, "RV", "RVOT"),
        septum_mm=median(septal, away.left_mm, away.right_mm),
        lateral_mm=median(left, away.left_mm, away.outside_mm),
        rv_wall_mm=median(right, away.right_mm, away.outside_mm),
        frame_given=frame_given,
        off_deg=off_deg,
        upright=off_deg < UPRIGHT_DEG,
        unlabelled=tuple(name for name in RINGS if name not in heart.annuli_mm),
    )


def _surface(mesh: Mesh) -> Surface:
    triangles: Indices = mesh.triangles
    return Surface(
        mesh.vertices_mm.astype(np.float32), triangles.astype(np.int32), mesh.normals.astype(np.float32), mesh.lids
    )


def _ring_surface(rims: list[Doubles]) -> Surface:
    rings = [tube(_rounded(rim), 1.0, 5, closed=True) for rim in rims]
    meshes = [Mesh(v.astype(np.float64), t.astype(np.int64), n.astype(np.float64)) for v, t, n in rings]
    return _surface(merged(meshes) if meshes else _nothing())


def _rounded(rim: Doubles, n: int = 60) -> Doubles:
    """Take the teeth of triangles out of a rim: its lowest harmonics."""
    at = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(rim, axis=0, append=rim[:1]), axis=1))])
    even = np.linspace(0.0, at[-1], 256, endpoint=False)
    closed = np.concatenate([rim, rim[:1]])
    waves = np.fft.rfft(np.stack([np.interp(even, at, closed[:, k]) for k in range(3)]), axis=1)
    waves[:, 9:] = 0.0
    return np.asarray(np.fft.irfft(waves, 256, axis=1).T[:: 256 // n], dtype=np.float64)


def _nothing() -> Mesh:
    return Mesh(np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int64), np.zeros((0, 3)))
