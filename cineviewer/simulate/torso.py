"""A generated chest: skin, lungs, where the heart lies in it and where the nine electrodes are placed.

Torso coordinates are LPS in mm (x left, y posterior, z superior) with the origin on the midline, half way between the
shoulder blades' and the breastbone's skin, at the height of V1 and V2 (fourth intercostal space).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from cineviewer.ecg import Doubles
from cineviewer.simulate.bem import Boundary, Triangles

ELECTRODES: Final = ("RA", "LA", "LL", "V1", "V2", "V3", "V4", "V5", "V6")

MUSCLE_S_M: Final = 0.2
LUNG_S_M: Final = 0.08
"""Of the chest's tissue and of lungs filled with air. Source: Gabriel et al., Phys Med Biol 1996;41:2231."""

# Height, half width, depth in front of and behind the origin: an adult of 175 cm and 75 kg.
_OUTLINE: Final = np.array(
    [
        [-350.0, 150.0, 88.0, 98.0],
        [-280.0, 158.0, 96.0, 104.0],
        [-190.0, 146.0, 97.0, 100.0],
        [-110.0, 150.0, 104.0, 104.0],
        [-40.0, 160.0, 108.0, 112.0],
        [40.0, 166.0, 104.0, 118.0],
        [100.0, 176.0, 90.0, 112.0],
        [145.0, 178.0, 70.0, 92.0],
        [180.0, 140.0, 52.0, 70.0],
        [205.0, 75.0, 48.0, 55.0],
        [240.0, 58.0, 50.0, 55.0],
    ]
)
_ROUNDNESS: Final = 2.5
"""Exponent of the cross section's superellipse: 2 is an ellipse."""
_RING_MM: Final = 20.0
_SPOKES: Final = 36

_LUNG_CENTRES: Final = {"left": (92.0, 22.0, 20.0), "right": (-86.0, 16.0, 20.0)}
_CHEST_WALL_MM: Final = 20.0
_MEDIASTINUM_MM: Final = 30.0
_PERICARDIUM_MM: Final = 13.0
_DOME_MM: Final = -58.0
_LUNG_TOP_MM: Final = 150.0

HEART_MM: Final = (27.0, -23.0, -35.0)
"""Where the centroid of the myocardium lies."""
_HEART_RADII_MM: Final = (58.0, 50.0, 52.0)

# Height and angle about the vertical axis (0 left, 90 anterior) of the chest electrodes, placed as on people: V1 and V2
# beside the breastbone in the fourth intercostal space, V4 in the fifth on the midclavicular line, V3 between V2 and
# V4, V5 and V6 at V4's height on the anterior and the middle axillary line. Limb electrodes lie where limbs begin.
_PLACES: Final = {
    "RA": (140.0, 170.0),
    "LA": (140.0, 10.0),
    "LL": (-320.0, 30.0),
    "V1": (2.0, 112.7),
    "V2": (-1.0, 75.0),
    "V3": (-23.0, 56.0),
    "V4": (-34.0, 43.0),
    "V5": (-30.0, 22.5),
    "V6": (-25.0, -6.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class Torso:
    """A chest as the boundary-element method takes it, and the electrodes on it.

    Attributes
    ----------
    boundaries
        Skin, left lung, right lung.
    electrodes_mm
        (9, 3) in the order of ELECTRODES.
    """

    boundaries: tuple[Boundary, ...]
    electrodes_mm: Doubles


@lru_cache(maxsize=1)
def standard() -> Torso:
    """Return the generated chest of an adult."""
    skin = Boundary(*_skin(), MUSCLE_S_M, 0.0)
    lungs = tuple(Boundary(*_lung(side), LUNG_S_M, MUSCLE_S_M) for side in _LUNG_CENTRES)
    return Torso((skin, *lungs), electrodes())


def electrodes(up_mm: Sequence[float] = (0.0,) * 6, around_mm: Sequence[float] = (0.0,) * 6) -> Doubles:
    """Return the (9, 3) places of ELECTRODES; V1..V6 may be off by some mm upwards and along the skin to the left."""
    places = [place(*_PLACES[name]) for name in ELECTRODES[:3]]
    for name, up, around in zip(ELECTRODES[3:], up_mm, around_mm, strict=True):
        height, angle = _PLACES[name]
        radius = float(_radius(np.array(height), np.array(np.radians(angle))))
        places.append(place(height + up, angle - np.degrees(around / radius)))
    return np.array(places)


def place(height_mm: float, angle_deg: float) -> Doubles:
    """Return the (3,) point of the skin at a height and an angle about the vertical axis (0 left, 90 anterior)."""
    angle = np.radians(angle_deg)
    return np.asarray(_ring(np.array([height_mm]), np.array([angle]))[0, 0])


def depth_mm(points_mm: Doubles) -> Doubles:
    """Return how far (n, 3) points lie below the skin, roughly in mm; negative outside."""
    angle = np.arctan2(-points_mm[..., 1], points_mm[..., 0])
    skin = _radius(points_mm[..., 2], angle)
    return np.asarray(skin - np.hypot(points_mm[..., 0], points_mm[..., 1]))


def interpolation(boundary: Boundary, points_mm: Doubles) -> Doubles:
    """Return the (k, n) weights of a surface's n vertices that give the value at its point next to each of k points."""
    corners = boundary.vertices_mm[boundary.triangles]
    weights = np.zeros((len(points_mm), len(boundary.vertices_mm)))
    for row, point in zip(weights, points_mm, strict=True):
        shares = _barycentric(point, corners)
        # The nearest triangle is the one whose clipped shares come nearest.
        clipped = np.clip(shares, 0.0, 1.0)
        clipped /= clipped.sum(axis=1, keepdims=True)
        distance = np.linalg.norm(np.einsum("mk,mki->mi", clipped, corners) - point, axis=1)
        nearest = int(distance.argmin())
        row[boundary.triangles[nearest]] = clipped[nearest]
    return weights


def sphere(divisions: int) -> tuple[Doubles, Triangles]:
    """Return the vertices and outward triangles of an icosahedron whose triangles are divided by four some times."""
    golden = (1.0 + 5.0**0.5) / 2.0
    cyclic = [(0, 1, 2), (1, 2, 0), (2, 0, 1)]
    signs = [(a, b) for a in (-1.0, 1.0) for b in (-1.0, 1.0)]
    points = np.zeros((12, 3))
    for row, (axes, (a, b)) in enumerate((axes, sign) for axes in cyclic for sign in signs):
        points[row, list(axes)] = (0.0, a, b * golden)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    triangles = _hull(points)
    for _ in range(divisions):
        points, triangles = _divided(points, triangles)
    return points, triangles


def _barycentric(point: Doubles, corners: Doubles) -> Doubles:
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    normal = np.cross(b - a, c - a)
    size = np.einsum("mi,mi->m", normal, normal)
    second = np.einsum("mi,mi->m", np.cross(point - a, c - a), normal) / size
    third = np.einsum("mi,mi->m", np.cross(b - a, point - a), normal) / size
    return np.stack([1.0 - second - third, second, third], axis=1)


def _radius(height_mm: Doubles, angle: Doubles) -> Doubles:
    """Return the skin's distance from the vertical axis."""
    from scipy.interpolate import PchipInterpolator

    outline = PchipInterpolator(_OUTLINE[:, 0], _OUTLINE[:, 1:], axis=0)(
        np.clip(height_mm, _OUTLINE[0, 0], _OUTLINE[-1, 0])
    )
    c, s = np.abs(np.cos(angle)), np.abs(np.sin(angle))
    depth = np.where(np.sin(angle) > 0.0, outline[..., 1], outline[..., 2])
    return np.asarray(((c / outline[..., 0]) ** _ROUNDNESS + (s / depth) ** _ROUNDNESS) ** (-1.0 / _ROUNDNESS))


def _ring(heights: Doubles, angles: Doubles) -> Doubles:
    """Return (heights, angles, 3) points of the skin."""
    z, a = np.meshgrid(heights, angles, indexing="ij")
    r = _radius(z, a)
    return np.stack([r * np.cos(a), -r * np.sin(a), z], axis=-1)


def _skin() -> tuple[Doubles, Triangles]:
    """Stack rings, close both ends with discs of shrinking rings."""
    low, high = _OUTLINE[0, 0], _OUTLINE[-1, 0]
    heights = np.linspace(low, high, round((high - low) / _RING_MM))
    angles = np.linspace(0.0, 2.0 * np.pi, _SPOKES, endpoint=False)
    wall = _ring(heights, angles)
    axis = np.array([0.0, 0.0, 1.0])
    bottom, top = (wall[end] for end in (0, -1))
    discs_low = [low * axis * (1 - share) + share * bottom + (1 - share) * 0 for share in (0.35, 0.7)]
    discs_high = [high * axis * (1 - share) + share * top for share in (0.5,)]
    for disc, height in [(d, low) for d in discs_low] + [(d, high) for d in discs_high]:
        disc[:, 2] = height
    rings = np.concatenate([np.stack(discs_low), wall, np.stack(discs_high)])
    points = np.concatenate([rings.reshape(-1, 3), [[0.0, 0.0, low], [0.0, 0.0, high]]])
    return points, _closed_tube(len(rings), _SPOKES)


def _closed_tube(n_rings: int, n: int) -> Triangles:
    """Join rings that follow one another, and both ends to the last two points."""
    k, j = np.meshgrid(np.arange(n_rings - 1), np.arange(n), indexing="ij")
    here, beside = k * n + j, k * n + (j + 1) % n
    # Angles run from left to anterior: clockwise seen from above, since y points to the back.
    walls = [np.stack([here, here + n, beside], -1), np.stack([beside, here + n, beside + n], -1)]
    around = np.arange(n)
    bottom, top = n_rings * n, n_rings * n + 1
    last = (n_rings - 1) * n
    ends = [
        np.stack([np.full(n, bottom), around, (around + 1) % n], -1),
        np.stack([np.full(n, top), last + (around + 1) % n, last + around], -1),
    ]
    return np.concatenate([part.reshape(-1, 3) for part in walls + ends]).astype(np.int32)


def _lung(side: str) -> tuple[Doubles, Triangles]:
    """Cast rays from the lung's middle to its nearest limit: chest wall, mediastinum, heart, diaphragm."""
    centre = np.array(_LUNG_CENTRES[side])
    directions, triangles = sphere(2)
    near, far = np.zeros(len(directions)), np.full(len(directions), 260.0)
    for _ in range(30):
        middle = 0.5 * (near + far)
        inside = _lung_field(centre + middle[:, None] * directions, np.sign(centre[0])) > 0.0
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return centre + near[:, None] * directions, triangles


def _lung_field(points: Doubles, side: float) -> Doubles:
    """Return roughly how far inside one lung some points lie."""
    heart = np.linalg.norm((points - np.array(HEART_MM)) / (np.array(_HEART_RADII_MM) + _PERICARDIUM_MM), axis=-1)
    dome = _DOME_MM - 0.004 * ((points[..., 0] - side * 80.0) ** 2 + points[..., 1] ** 2)
    limits = (
        depth_mm(points) - _CHEST_WALL_MM,
        side * points[..., 0] - _MEDIASTINUM_MM,
        (heart - 1.0) * min(_HEART_RADII_MM),
        points[..., 2] - dome,
        _LUNG_TOP_MM - points[..., 2] - 0.25 * np.hypot(points[..., 0] - side * 70.0, points[..., 1]),
    )
    # A smooth minimum rounds the edges, at which potentials could not be trusted.
    return np.asarray(-12.0 * np.log(np.sum([np.exp(-limit / 12.0) for limit in limits], axis=0)))


def _hull(points: Doubles) -> Triangles:
    """Return the outward triangles between neighbours on a sphere (the icosahedron's twenty)."""
    edge = np.sort(np.linalg.norm(points[:, None] - points, axis=-1), axis=None)[len(points)] * 1.01
    near = np.linalg.norm(points[:, None] - points, axis=-1) < edge
    n = len(points)
    found = [
        (a, b, c) if np.linalg.det(points[[a, b, c]]) > 0.0 else (a, c, b)
        for a in range(n)
        for b in range(a + 1, n)
        for c in range(b + 1, n)
        if near[a, b] and near[b, c] and near[a, c]
    ]
    return np.array(found, dtype=np.int32)


def _divided(points: Doubles, triangles: Triangles) -> tuple[Doubles, Triangles]:
    """Divide each triangle into four and push the new points out to the sphere."""
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    unique, index = np.unique(edges, axis=0, return_inverse=True)
    ab, bc, ca = len(points) + index.reshape(3, -1)
    middle = points[unique].sum(axis=1)
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    a, b, c = triangles.T
    new = np.concatenate([np.stack(t, -1) for t in ((a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca))])
    return np.concatenate([points, middle]), new.astype(np.int32)
