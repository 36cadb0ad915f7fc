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
        return self._depth_and_slope(np.atleast_2d(np.asarray(points_mm, dtype=np.float64)))[0]

    def contain(self, points_mm: Doubles) -> Doubles:
        """Move those of (n, 3) points that are outside to the surface along its normal.

        What a step has along the wall is kept, so a path that meets the wall slides on instead of freezing.
        """
        points = points_mm.copy()
        for _ in range(6):
            depth, slope = self._depth_and_slope(points)
            outside = depth < MARGIN_MM
            if not outside.any():
                break
            steepness = np.linalg.norm(slope[outside], axis=1, keepdims=True)
            normal = slope[outside] / np.maximum(steepness, 1e-9)
            points[outside] += (MARGIN_MM - depth[outside, None] + 1e-3) * normal
        return points

    def _depth_and_slope(self, points_mm: Doubles) -> tuple[Doubles, Doubles]:
        """Trilinear depth (n,) and its gradient (n, 3)."""
        last = np.array(self.depth_mm.shape) - 2
        cell = np.clip((points_mm - self.origin_mm) / STEP_MM, 0.0, last + 0.999)
        floor = np.minimum(cell.astype(np.intp), last)
        part = cell - floor
        corner = floor[:, None, :] + _CORNERS
        value = self.depth_mm[corner[..., 0], corner[..., 1], corner[..., 2]].reshape(-1, 2, 2, 2)
        a, b, c = part[:, 0, None, None], part[:, 1, None], part[:, 2, None]
        along_x = value[:, 0] * (1 - a) + value[:, 1] * a
        along_y = along_x[:, 0] * (1 - b) + along_x[:, 1] * b
        depth = along_y[:, 0] * (1 - part[:, 2]) + along_y[:, 1] * part[:, 2]
        d_x = value[:, 1] - value[:, 0]
        d_x = d_x[:, 0] * (1 - b) + d_x[:, 1] * b
        d_y = along_x[:, 1] - along_x[:, 0]
        slope = np.stack(
            [
                d_x[:, 0] * (1 - c[:, 0]) + d_x[:, 1] * c[:, 0],
                d_y[:, 0] * (1 - c[:, 0]) + d_y[:, 1] * c[:, 0],
                along_y[:, 1] - along_y[:, 0],
            ],
            axis=1,
        )
        return depth, slope / STEP_MM


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
