"""How deep a point lies inside the heart, and how a path is kept inside by sliding along the wall."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from cineviewer.ecg import Doubles

if TYPE_CHECKING:
    from cineviewer.heart import Heart

STEP_MM: Final = 2.0
MARGIN_MM: Final = 1.0
"""A path stays this far below the surface, so that its tube is not half outside."""

_REACH_MM: Final = 1.8  # just more than half the diagonal of a 2 mm cell: no holes between interior points
_PADDING: Final = 6
_CORNERS: Final = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])


@dataclass(frozen=True, slots=True, eq=False)
class Interior:
    """Signed depth below the heart's surface on a regular grid.

    Attributes
    ----------
    origin_mm
        (3,) centre of the first cell.
    depth_mm
        (nx, ny, nz), positive inside.
    """

    origin_mm: Doubles
    depth_mm: Doubles

    def depth(self, points_mm: npt.ArrayLike) -> Doubles:
        """Depth of (n, 3) points in mm, positive inside."""
        return _depth(*self._cells(np.atleast_2d(np.asarray(points_mm, dtype=np.float64))))

    def contain(self, points_mm: Doubles) -> Doubles:
        """Move those of (n, 3) points that are outside to the surface along its normal.

        What a step has along the wall is kept, so a path that meets the wall slides on instead of freezing.
        """
        points = points_mm.copy()
        for _ in range(6):
            corners, part = self._cells(points)
            depth = _depth(corners, part)
            outside = depth < MARGIN_MM
            if not outside.any():
                break
            slope = _slope(corners[outside], part[outside])
            normal = slope / np.maximum(np.sqrt((slope**2).sum(axis=1, keepdims=True)), 1e-9)
            points[outside] += (MARGIN_MM - depth[outside, None] + 1e-3) * normal
        return points

    def _cells(self, points_mm: Doubles) -> tuple[Doubles, Doubles]:
        """(n, 2, 2, 2) depths at the corners of the points' cells, and (n, 3) where in its cell each point is."""
        last = np.array(self.depth_mm.shape) - 2
        cell = np.minimum(np.maximum((points_mm - self.origin_mm) / STEP_MM, 0.0), last + 0.999)
        floor = np.minimum(cell.astype(np.intp), last)
        x, y, z = (floor[:, None, :] + _CORNERS).transpose(2, 0, 1)
        return self.depth_mm[x, y, z].reshape(-1, 2, 2, 2), cell - floor


def _depth(corners: Doubles, part: Doubles) -> Doubles:
    """Trilinear depth (n,)."""
    a, b, c = part[:, 0, None, None], part[:, 1, None], part[:, 2]
    along_x = corners[:, 0] + (corners[:, 1] - corners[:, 0]) * a
    along_y = along_x[:, 0] + (along_x[:, 1] - along_x[:, 0]) * b
    return np.asarray(along_y[:, 0] + (along_y[:, 1] - along_y[:, 0]) * c)


def _slope(corners: Doubles, part: Doubles) -> Doubles:
    """Gradient (n, 3) of the trilinear depth, mm a mm."""
    a, b, c = part[:, 0, None, None], part[:, 1, None], part[:, 2]
    across_x = corners[:, 1] - corners[:, 0]
    across_x = across_x[:, 0] + (across_x[:, 1] - across_x[:, 0]) * b
    along_x = corners[:, 0] + (corners[:, 1] - corners[:, 0]) * a
    across_y = along_x[:, 1] - along_x[:, 0]
    along_y = along_x[:, 0] + across_y * b
    slope = np.empty_like(part)
    slope[:, 0] = across_x[:, 0] + (across_x[:, 1] - across_x[:, 0]) * c
    slope[:, 1] = across_y[:, 0] + (across_y[:, 1] - across_y[:, 0]) * c
    slope[:, 2] = along_y[:, 1] - along_y[:, 0]
    return slope / STEP_MM


@lru_cache(maxsize=8)
def interior(heart: Heart) -> Interior:
    """Build the depth field of a heart from its interior points; kept for the hearts used last."""
    from scipy.ndimage import distance_transform_edt, gaussian_filter
    from scipy.spatial import cKDTree

    points = np.asarray(heart.interior_mm, dtype=np.float64)
    origin = points.min(axis=0) - _PADDING * STEP_MM
    shape = np.ceil((points.max(axis=0) - origin) / STEP_MM).astype(int) + _PADDING + 1
    cells = origin + STEP_MM * np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    distance, _ = cKDTree(points).query(cells, distance_upper_bound=_REACH_MM)
    inside = np.isfinite(distance)
    half = STEP_MM / 2.0
    depth = np.where(
        inside,
        distance_transform_edt(inside) * STEP_MM - half,
        half - distance_transform_edt(~inside) * STEP_MM,
    )
    # Distances between cells come in jumps; one cell of smoothing gives normals along which a path can slide.
    return Interior(origin_mm=origin, depth_mm=np.asarray(gaussian_filter(depth, 1.0), dtype=np.float64))
