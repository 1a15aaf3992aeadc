"""Curves of Label Studio's vectors, as lines: nowhere farther from the curve than half a pixel.

A stretch between two vertices is a cubic Bézier curve where one of them has a handle on that side: ``controlPoint2`` of
the first, ``controlPoint1`` of the second. Cut into n equal parts, chords are at most M / 8n² away from it, M being the
largest second derivative, at most six times the larger second difference of its four points.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from recension.label.canonical import JSON
from recension.label.shapes import Point

TOLERANCE_PX: Final = 0.5
_MOST_PARTS: Final = 500
_Corner = tuple[Point, Point | None, Point | None]


def flattened(vertices: Sequence[JSON], points: Sequence[Point], scale: Point, *, closed: bool) -> tuple[Point, ...]:
    """The points of a line that follows the curves between them.

    Args:
        vertices: as Label Studio spells them, one for each point.
        points: where they are, in pixels.
        scale: pixels of a unit of their handles, across and down.
        closed: whether the last is joined to the first.
    """
    corners = [
        (point, _handle(vertex, "controlPoint1", scale), _handle(vertex, "controlPoint2", scale))
        for vertex, point in zip(vertices, points, strict=True)
    ]
    if not corners:
        return ()
    line = [corners[0][0]]
    for before, after in pairwise([*corners, corners[0]] if closed else corners):
        line += _between(before, after)
    return tuple(line[:-1] if closed and len(line) > 1 else line)


def has_curves(vertices: JSON) -> bool:
    """Whether any stretch between vertices is curved."""
    return isinstance(vertices, list) and any(
        _handle(vertex, name, (1, 1)) is not None for vertex in vertices for name in ("controlPoint1", "controlPoint2")
    )


def _handle(vertex: JSON, name: str, scale: Point) -> Point | None:
    held = vertex.get(name) if isinstance(vertex, Mapping) and vertex.get("isBezier") else None
    match held:
        case {"x": int() | float() as x, "y": int() | float() as y}:
            return x * scale[0], y * scale[1]
        case _:
            return None


def _between(before: _Corner, after: _Corner) -> Iterator[Point]:
    """Points of one stretch, without its first."""
    start, end = before[0], after[0]
    first, second = before[2], after[1]
    if first is None and second is None:
        yield end
        return
    curve = (start, first or start, second or end, end)
    bend = max(_second_difference(*curve[:3]), _second_difference(*curve[1:]))
    parts = min(_MOST_PARTS, max(1, math.ceil(math.sqrt(6 * bend / (8 * TOLERANCE_PX)))))
    for number in range(1, parts):
        yield _at(curve, number / parts)
    yield end


def _second_difference(a: Point, b: Point, c: Point) -> float:
    return math.hypot(a[0] - 2 * b[0] + c[0], a[1] - 2 * b[1] + c[1])


def _at(curve: tuple[Point, Point, Point, Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x, y = (sum(weight * point[axis] for weight, point in zip(weights, curve, strict=True)) for axis in (0, 1))
    return x, y
