"""Shapes brought into the forms that a poorer format has, each reduction counted as a loss."""

from __future__ import annotations

from recension.label.formats.model import Labelled, Losses
from recension.label.geometry import Bounds, bounds, mask_of_pixels, pixels_of_mask, rasterise, to_polygon, trace
from recension.label.shapes import (
    Box,
    Ellipse,
    Keypoint,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
    Segment,
    Shape,
    Skeleton,
    Span,
    Tile,
)

Ring = tuple[Point, ...]
_NO_AREA = (Polyline, Keypoint, Skeleton, Span, Segment, Tile)


def as_box(shape: Shape, losses: Losses, where: str) -> Bounds | None:
    """The shape's upright rectangle; ``None`` for what has no area, of its kind or as it is drawn."""
    if isinstance(shape, _NO_AREA):
        losses.add(f"regions of shape {shape.type}", where)
        return None
    box = bounds(shape)
    if box.width <= 0 or box.height <= 0:
        losses.add(f"regions of shape {shape.type} without area", where)
        return None
    if not isinstance(shape, Box):
        losses.add(f"outlines of shape {shape.type} (kept as the box around them)", where)
    return box


def as_rings(shape: Shape, losses: Losses, where: str) -> list[Ring]:
    """The shape's outer rings: several for a mask in several parts, none for what has no area."""
    match shape:
        case Polygon():
            if shape.holes:
                losses.add("holes of polygons", where)
            return [shape.outline]
        case Box() | RotatedBox() | Ellipse():
            losses.add(f"regions of shape {shape.type} (kept as polygons)", where)
            return [to_polygon(shape).outline]
        case Mask():
            losses.add("masks (kept as polygons around their parts, without holes)", where)
            return [part.outline for part in trace(pixels_of_mask(shape))]
        case _:
            losses.add(f"regions of shape {shape.type}", where)
            return []


def as_mask(shape: Box | RotatedBox | Ellipse | Polygon | Mask, item: Labelled, losses: Losses) -> Mask | None:
    """The shape's pixels in the item's image; ``None`` when its size is unknown or no pixel's centre is inside."""
    if not isinstance(shape, Mask) and item.width and item.height:
        losses.add(f"borders of shape {shape.type} within half a pixel (kept as masks)", item.name)
        mask = mask_of_pixels(rasterise(shape, item.height, item.width))
        if mask is None:
            losses.add("regions without a pixel", item.name)
        return mask
    if not isinstance(shape, Mask):
        losses.add(f"regions of shape {shape.type} in images of unknown size", item.name)
        return None
    return shape
