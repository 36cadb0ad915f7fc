"""What stands in the cavities: the papillary muscles, and the right ventricle's moderator band.

They are drawn and nothing else: no wall, volume or label knows of them.
"""

from __future__ import annotations

from cineviewer.ecg import Doubles
from cineviewer.heart.shape import Fields, Shape, fields
from cineviewer.heart.solids import Knot, smooth_max, smooth_min, tube_about
from cineviewer.heart.surface import Field, Mesh, contour, grid, merged, opened

GRID_MM = 1.9
FILLET_MM = 5.0
"""Over so much a muscle's foot spreads into the wall."""
SHOWS_MM = 0.5
"""What rises less than this from the wall is left out: it would only double the endocardium."""

ANTEROLATERAL: tuple[tuple[Knot, ...], ...] = (
    ((-18.0, 16.5, -63.0, 6.5), (-17.6, 15.6, -50.0, 6.0), (-15.6, 13.4, -39.0, 5.2), (-12.8, 10.6, -27.0, 2.4)),
    ((-18.6, 12.0, -56.0, 5.0), (-18.2, 9.6, -44.0, 4.6), (-16.4, 5.8, -31.0, 2.2)),
)
POSTEROMEDIAL: tuple[tuple[Knot, ...], ...] = (
    ((-8.5, -22.0, -62.0, 6.0), (-8.6, -21.4, -50.0, 5.8), (-8.0, -18.8, -39.0, 4.8), (-6.9, -15.2, -28.0, 2.4)),
    ((-2.5, -22.6, -57.0, 5.2), (-0.6, -21.4, -46.0, 4.8), (1.8, -17.8, -33.0, 2.2)),
)
MODERATOR: tuple[Knot, ...] = (
    (29.0, 18.0, -36.0, 3.0), (32.5, 17.5, -46.0, 2.6), (37.5, 15.0, -55.0, 1.9), (43.5, 10.0, -62.0, 2.6),
)  # fmt: skip
ANTERIOR: tuple[Knot, ...] = ((44.5, 8.0, -64.0, 4.0), (47.5, 5.0, -52.0, 3.4), (47.5, 1.5, -41.0, 2.1))
"""Of the right ventricle: it stands where the band ends."""


def papillary_muscles(shape: Shape) -> Mesh:
    """Draw both papillary muscles of the left ventricle, the right one's anterior one and its moderator band."""
    left = [*_placed(ANTEROLATERAL, _left(shape)), *_placed(POSTEROMEDIAL, _left(shape))]
    right = _placed((MODERATOR, ANTERIOR), _right(shape))
    return merged([
        _standing(left, shape, "lv_cavity", ((-34.0, -34.0, -78.0), (16.0, 26.0, -20.0))),
        _standing(right, shape, "rv_cavity", ((18.0, -16.0, -78.0), (74.0, 38.0, -26.0))),
    ])  # fmt: skip


def _standing(
    muscles: list[tuple[Knot, ...]],
    shape: Shape,
    cavity: str,
    box: tuple[tuple[float, float, float], tuple[float, float, float]],
) -> Mesh:
    """Let muscles stand on the wall of a cavity, their feet spread into it."""

    def hollow(p: Doubles) -> Doubles:
        found: Fields = fields(p, shape)
        value: Doubles = getattr(found, cavity)
        return value

    def field(p: Doubles) -> Doubles:
        value = tube_about(p, muscles[0])
        for knots in muscles[1:]:
            value = smooth_min(value, tube_about(p, knots), 4.0)
        return smooth_min(value, -hollow(p), FILLET_MM)

    mesh = contour(_within(field, hollow), grid(*box, GRID_MM), 0.08)
    return opened(mesh, -hollow(mesh.vertices_mm) - SHOWS_MM, drop=True)


def _within(field: Field, hollow: Field) -> Field:
    """Leave out of a field what lies deep in the wall, so that its surface is closed there."""
    return lambda p: smooth_max(field(p), hollow(p) - 4.0, 1.0)


def _placed(muscles: tuple[tuple[Knot, ...], ...], by: tuple[float, float]) -> list[tuple[Knot, ...]]:
    """Return muscles as the cavity's size asks: `by` is a factor on x and y, and a shift along x."""
    scale, shift = by
    return [tuple((scale * x + shift, scale * y, z, r) for x, y, z, r in knots) for knots in muscles]


def _left(shape: Shape) -> tuple[float, float]:
    return shape.lv_radius / Shape().lv_radius, 0.0


def _right(shape: Shape) -> tuple[float, float]:
    return 1.0, shape.rv_centre[0] - Shape().rv_centre[0]
