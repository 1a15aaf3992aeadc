"""What can be computed from shapes: extents, outlines, pixels, and one form from another with a stated error."""

from __future__ import annotations

from recension.label.geometry.extents import Bounds, area, bounds
from recension.label.geometry.outlines import corners, ellipse_points, rotated_box_around, to_polygon
from recension.label.geometry.overlap import intersection_area, likeness
from recension.label.geometry.raster import mask_of_pixels, pixels_of_mask, rasterise
from recension.label.geometry.trace import trace

__all__ = [
    "Bounds",
    "area",
    "bounds",
    "corners",
    "ellipse_points",
    "intersection_area",
    "likeness",
    "mask_of_pixels",
    "pixels_of_mask",
    "rasterise",
    "rotated_box_around",
    "to_polygon",
    "trace",
]
