"""Shapes as pixels: a pixel belongs to a shape when its centre lies inside.

So the border of the pixels is nowhere further than half a pixel's diagonal (0.71 px) from the shape's. Rings count by
the even-odd rule, so a hole is a ring inside another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from recension.errors import Invalid
from recension.label.geometry.outlines import to_polygon
from recension.label.shapes import Box, Ellipse, Mask, Point, Polygon, RotatedBox

Pixels = npt.NDArray[np.bool_]
"""Marked pixels, shape (height, width)."""
_INSIDE: Final = 0.5


def rasterise(shape: Box | RotatedBox | Ellipse | Polygon | Mask, height: int, width: int) -> Pixels:
    """The shape's pixels in an image of that size; what lies outside of it is cut off.

    Raises:
        Invalid: a mask of another size.
    """
    if isinstance(shape, Mask):
        if shape.size != (height, width):
            raise Invalid(f"a mask of {shape.size} in an image of {(height, width)}", where="shape mask")
        return pixels_of_mask(shape)
    polygon = to_polygon(shape)
    return _fill((polygon.outline, *polygon.holes), height, width)


def pixels_of_mask(mask: Mask) -> Pixels:
    """The mask's pixels."""
    height, width = mask.size
    runs = np.asarray(mask.runs)
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return np.ascontiguousarray(flat.reshape(width, height).T)


def mask_of_pixels(pixels: Pixels) -> Mask | None:
    """The mask of these pixels; ``None`` when none is marked."""
    height, width = pixels.shape
    flat = pixels.T.ravel()
    if not flat.any():
        return None
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate(([0], changes, [flat.size]))
    runs = np.diff(edges).tolist()
    return Mask.of_runs(height, width, [0, *runs] if flat[0] else runs)


def _fill(rings: Iterable[Sequence[Point]], height: int, width: int) -> Pixels:
    """Even-odd filling: every crossing of a row's middle line turns all pixels to its right over."""
    turns = np.zeros((height, width + 1), dtype=np.int32)
    for ring in rings:
        points = np.asarray(ring, dtype=np.float64)
        for (x1, y1), (x2, y2) in zip(points, np.roll(points, -1, axis=0), strict=True):
            low, high = min(y1, y2), max(y1, y2)
            first, last = max(0, int(np.ceil(low - _INSIDE))), min(height, int(np.ceil(high - _INSIDE)))
            if first >= last:
                continue
            rows = np.arange(first, last)
            crossings = x1 + (rows + _INSIDE - y1) * ((x2 - x1) / (y2 - y1))
            columns = np.clip(np.ceil(crossings - _INSIDE), 0, width).astype(np.int64)
            turns[rows, columns] += 1
    filled: Pixels = np.cumsum(turns[:, :width], axis=1) % 2 == 1
    return filled
