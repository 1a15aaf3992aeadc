"""How much two shapes overlap: intersection over union, and for what has no area a likeness by distance.

Boxes, rotated boxes and polygons are compared exactly, by the even-odd rule; ellipses as polygons (see ``outlines``
for how near those are). Two masks are compared exactly by their runs. A mask and an outline are compared pixel by
pixel, the outline's border being off by at most 0.71 px. Points and lines have no area: their likeness falls from 1 to
0 over ``TOLERANCE_PX`` of distance.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from recension.label.geometry.extents import area, bounds
from recension.label.geometry.outlines import to_polygon
from recension.label.rle import stretches
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

TOLERANCE_PX: Final = 10.0
_AREAS: Final = (Box, RotatedBox, Ellipse, Polygon, Mask)

_Edge = tuple[float, float, float, float, int]
"""x at the top, y of the top, y of the bottom, change of x per y, and which of both shapes it belongs to."""


def likeness(  # noqa: PLR0911  one line for each kind of shape
    first: Shape, second: Shape, *, tolerance_px: float = TOLERANCE_PX
) -> float:
    """From 0 (nothing in common) to 1 (the same): intersection over union where there are areas or lengths.

    Shapes of kinds that cannot be compared have nothing in common.

    Args:
        first: a shape.
        second: another.
        tolerance_px: distance at which points and lines have nothing in common any more.
    """
    match first, second:
        case (Tile(), Tile()):
            return _box_iou(_tile_box(first), _tile_box(second))
        case (Box(), Box()):
            return _box_iou(first, second)
        case (Span(), Span()):
            return _interval_iou(first.start, first.end, second.start, second.end)
        case (Segment(), Segment()):
            apart = first.channel != second.channel
            return 0.0 if apart else _interval_iou(first.start, first.end, second.start, second.end)
        case (Keypoint(), Keypoint()):
            return _near(math.dist((first.x, first.y), (second.x, second.y)), tolerance_px)
        case (Polyline(), Polyline()):
            return _near(_line_distance(first.points, second.points), tolerance_px)
        case (Skeleton(), Skeleton()):
            return _skeleton(first, second, tolerance_px)
    if isinstance(first, _AREAS) and isinstance(second, _AREAS):
        return _area_iou(first, second)
    return 0.0


def intersection_area(first: Polygon, second: Polygon) -> float:
    """Square pixels inside both, exactly: lines across at every corner and crossing cut both into trapezoids."""
    edges = [*_edges(first, 0), *_edges(second, 1)]
    levels = sorted({y for edge in edges for y in (edge[1], edge[2])})
    total = 0.0
    active: list[_Edge] = []
    waiting = sorted(edges, key=lambda edge: edge[1], reverse=True)
    for top, bottom in pairwise(levels):
        while waiting and waiting[-1][1] <= top:
            active.append(waiting.pop())
        active = [edge for edge in active if edge[2] > top]
        cuts = sorted({top, bottom, *_crossings(active, top, bottom)})
        for upper, lower in pairwise(cuts):
            total += (lower - upper) * _shared_length(active, (upper + lower) / 2)
    return total


def _area_iou(first: Shape, second: Shape) -> float:
    if not _bounds_meet(first, second):
        return 0.0
    if isinstance(first, Mask) and isinstance(second, Mask):
        return _mask_iou(first, second)
    if isinstance(first, Mask) or isinstance(second, Mask):
        return _pixel_iou(first, second)
    one, other = to_polygon(first), to_polygon(second)  # type: ignore[arg-type]  # areas that are no masks
    both = intersection_area(one, other)
    return _ratio(both, _even_odd_area(one) + _even_odd_area(other) - both)


def _even_odd_area(polygon: Polygon) -> float:
    return intersection_area(polygon, polygon)


def _bounds_meet(first: Shape, second: Shape) -> bool:
    a, b = bounds(first), bounds(second)
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def _ratio(both: float, either: float) -> float:
    return min(1.0, max(0.0, both / either)) if either > 0 else 0.0


def _box_iou(first: Box, second: Box) -> float:
    width = min(first.x + first.width, second.x + second.width) - max(first.x, second.x)
    height = min(first.y + first.height, second.y + second.height) - max(first.y, second.y)
    both = max(0.0, width) * max(0.0, height)
    return _ratio(both, first.width * first.height + second.width * second.height - both)


def _tile_box(tile: Tile) -> Box:
    return Box(tile.x, tile.y, tile.width, tile.height)


def _interval_iou(start: int, end: int, other_start: int, other_end: int) -> float:
    both = max(0, min(end, other_end) - max(start, other_start))
    return _ratio(both, (end - start) + (other_end - other_start) - both)


def _mask_iou(first: Mask, second: Mask) -> float:
    if first.size != second.size:
        return 0.0
    both, others = 0, stretches(second.runs)
    at = 0
    for start, end in stretches(first.runs):
        while at < len(others) and others[at][1] <= start:
            at += 1
        ahead = at
        while ahead < len(others) and others[ahead][0] < end:
            both += min(end, others[ahead][1]) - max(start, others[ahead][0])
            ahead += 1
    return _ratio(both, area(first) + area(second) - both)


def _pixel_iou(first: Shape, second: Shape) -> float:
    """A mask against an outline, both as pixels of the mask's image."""
    from recension.label.geometry.raster import rasterise  # noqa: PLC0415 (numpy, which only this needs)

    size = first.size if isinstance(first, Mask) else second.size  # type: ignore[union-attr]  # one of both is a mask
    one, other = rasterise(first, *size), rasterise(second, *size)  # type: ignore[arg-type]
    return _ratio(int((one & other).sum()), int((one | other).sum()))


def _edges(polygon: Polygon, owner: int) -> Iterator[_Edge]:
    for ring in (polygon.outline, *polygon.holes):
        for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]):
            if y0 < y1:
                yield x0, y0, y1, (x1 - x0) / (y1 - y0), owner
            elif y1 < y0:
                yield x1, y1, y0, (x0 - x1) / (y0 - y1), owner


def _at(edge: _Edge, y: float) -> float:
    return edge[0] + (y - edge[1]) * edge[3]


def _crossings(active: Sequence[_Edge], top: float, bottom: float) -> Iterator[float]:
    """Where edges cross between two levels: those that change places on the way, found by sorting them again."""
    order: list[tuple[float, float, _Edge]] = []
    for above, below, edge in sorted((_at(edge, top), _at(edge, bottom), edge) for edge in active):
        place = len(order)
        while place and order[place - 1][1] > below:
            place -= 1
            other_above, _, other = order[place]
            y = top + (above - other_above) / (other[3] - edge[3])
            if top < y < bottom:
                yield y
        order.insert(place, (above, below, edge))


def _shared_length(active: Sequence[_Edge], y: float) -> float:
    inside, length, since = [False, False], 0.0, 0.0
    for x, owner in sorted((_at(edge, y), edge[4]) for edge in active):
        if all(inside):
            length += x - since
        inside[owner] = not inside[owner]
        since = x
    return length


def _near(distance: float, tolerance_px: float) -> float:
    return max(0.0, 1 - distance / tolerance_px)


def _skeleton(first: Skeleton, second: Skeleton, tolerance_px: float) -> float:
    """The mean over the joints that either has; one that is only in one of them counts as 0."""
    if len(first.points) != len(second.points):
        return 0.0
    scores = [
        _near(math.dist(a[:2], b[:2]), tolerance_px) if a[2] and b[2] else 0.0
        for a, b in zip(first.points, second.points, strict=True)
        if a[2] or b[2]
    ]
    return sum(scores) / len(scores)


def _line_distance(first: Sequence[Point], second: Sequence[Point]) -> float:
    """The mean distance of the corners of each from the other."""
    there = [_from_line(point, second) for point in first]
    back = [_from_line(point, first) for point in second]
    return (sum(there) + sum(back)) / (len(there) + len(back))


def _from_line(point: Point, line: Sequence[Point]) -> float:
    return min(_from_piece(point, a, b) for a, b in pairwise(line))


def _from_piece(point: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    squared = dx * dx + dy * dy
    along = 0.0 if squared == 0 else ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / squared
    along = min(1.0, max(0.0, along))
    return math.dist(point, (a[0] + along * dx, a[1] + along * dy))
