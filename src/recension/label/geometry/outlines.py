"""Outlines: shapes as polygons, and the rotated box around points.

Boxes and rotated boxes become polygons without error; an ellipse becomes one whose border is nowhere further from it
than ``TOLERANCE_PX``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from recension.label.shapes import Box, Ellipse, Point, Polygon, RotatedBox

TOLERANCE_PX: Final = 0.1
_FEWEST: Final = 16
_MOST: Final = 720


def corners(shape: Box | RotatedBox) -> tuple[Point, Point, Point, Point]:
    """The four corners, clockwise from the top left one as it lies before turning."""
    if isinstance(shape, Box):
        right, bottom = shape.x + shape.width, shape.y + shape.height
        return (shape.x, shape.y), (right, shape.y), (right, bottom), (shape.x, bottom)
    turn = math.radians(shape.angle_deg)
    across = (shape.width / 2 * math.cos(turn), shape.width / 2 * math.sin(turn))
    down = (-shape.height / 2 * math.sin(turn), shape.height / 2 * math.cos(turn))
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    four = [(shape.cx + a * across[0] + d * down[0], shape.cy + a * across[1] + d * down[1]) for a, d in signs]
    return four[0], four[1], four[2], four[3]


def ellipse_points(shape: Ellipse) -> tuple[Point, ...]:
    """Points on the ellipse, so many that their polygon is nowhere further from it than ``TOLERANCE_PX``."""
    reach = max(shape.rx, shape.ry)
    step = 2 * math.acos(max(-1.0, 1 - TOLERANCE_PX / reach)) if reach > TOLERANCE_PX else math.pi
    count = min(_MOST, max(_FEWEST, math.ceil(2 * math.pi / step)))
    cosine, sine = math.cos(math.radians(shape.angle_deg)), math.sin(math.radians(shape.angle_deg))
    points = []
    for index in range(count):
        angle = 2 * math.pi * index / count
        x, y = shape.rx * math.cos(angle), shape.ry * math.sin(angle)
        points.append((shape.cx + x * cosine - y * sine, shape.cy + x * sine + y * cosine))
    return tuple(points)


def to_polygon(shape: Box | RotatedBox | Ellipse | Polygon) -> Polygon:
    """The shape as a polygon."""
    match shape:
        case Polygon():
            return shape
        case Ellipse():
            return Polygon(ellipse_points(shape))
        case _:
            return Polygon(corners(shape))


def rotated_box_around(points: Sequence[Point]) -> RotatedBox:
    """The smallest rectangle at any angle around the points; of four corners of a rectangle, that rectangle.

    An edge of the smallest one lies along an edge of the convex hull (Freeman and Shapira, 1975), so each is tried.
    """
    hull = _hull(points)
    best: tuple[float, RotatedBox] | None = None
    for (x1, y1), (x2, y2) in zip(hull, (*hull[1:], hull[0]), strict=True):
        found = _along(hull, math.atan2(y2 - y1, x2 - x1))
        size = found.width * found.height
        if best is None or size < best[0] * (1 - 1e-9):
            best = size, found
    assert best is not None
    return best[1]


def _along(points: Sequence[Point], turn: float) -> RotatedBox:
    cosine, sine = math.cos(turn), math.sin(turn)
    us = [x * cosine + y * sine for x, y in points]
    vs = [y * cosine - x * sine for x, y in points]
    u, v = (min(us) + max(us)) / 2, (min(vs) + max(vs)) / 2
    width, height = max(max(us) - min(us), 1e-4), max(max(vs) - min(vs), 1e-4)
    return RotatedBox(u * cosine - v * sine, u * sine + v * cosine, width, height, math.degrees(turn))


def _hull(points: Sequence[Point]) -> list[Point]:
    """The convex hull (Andrew's monotone chain), beginning with the first edge of the input where that is one."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered * 2 if len(ordered) == 1 else ordered
    hull = [*_chain(ordered)[:-1], *_chain(ordered[::-1])[:-1]]
    start = hull.index(points[0]) if points[0] in hull else 0
    return hull[start:] + hull[:start]


def _chain(points: Sequence[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
