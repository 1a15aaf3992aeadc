"""Bounding boxes and areas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from recension.errors import Invalid
from recension.label.geometry.outlines import corners
from recension.label.rle import count_ones, stretches
from recension.label.shapes import (
    Box,
    Ellipse,
    ImageShape,
    Keypoint,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
    Shape,
    Skeleton,
)


class Bounds(NamedTuple):
    """The smallest upright rectangle around a shape, in pixels; of a keypoint without extent."""

    x: float
    y: float
    width: float
    height: float


def bounds(shape: Shape) -> Bounds:
    """The smallest upright rectangle around an image shape; of a mask in whole pixels.

    Raises:
        Invalid: the shape is none of an image.
    """
    match shape:
        case Box():
            return Bounds(shape.x, shape.y, shape.width, shape.height)
        case Ellipse():
            return _ellipse(shape)
        case Mask():
            return _mask(shape)
        case _:
            return _around(_points(shape))


def area(shape: ImageShape) -> float:
    """Square pixels inside the shape; of lines and points 0."""
    match shape:
        case Box() | RotatedBox():
            return shape.width * shape.height
        case Ellipse():
            return math.pi * shape.rx * shape.ry
        case Polygon():
            return max(0.0, ring_area(shape.outline) - sum(map(ring_area, shape.holes)))
        case Mask():
            return count_ones(shape.runs)
        case _:
            return 0


def ring_area(ring: Sequence[Point]) -> float:
    """Area inside one closed ring, by the shoelace formula; what is wound around twice counts twice."""
    twice = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True))
    return abs(twice) / 2


def _points(shape: Shape) -> Sequence[Point]:
    match shape:
        case RotatedBox():
            return corners(shape)
        case Polygon():
            return shape.outline
        case Polyline():
            return shape.points
        case Keypoint():
            return [(shape.x, shape.y)]
        case Skeleton():
            return [(x, y) for x, y, v in shape.points if v]
        case _:
            raise Invalid(f"a {shape.type} has no place in an image", where="shape")


def _around(points: Sequence[Point]) -> Bounds:
    xs, ys = zip(*points, strict=True)
    return Bounds(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _ellipse(shape: Ellipse) -> Bounds:
    turn = math.radians(shape.angle_deg)
    half_width = math.hypot(shape.rx * math.cos(turn), shape.ry * math.sin(turn))
    half_height = math.hypot(shape.rx * math.sin(turn), shape.ry * math.cos(turn))
    return Bounds(shape.cx - half_width, shape.cy - half_height, 2 * half_width, 2 * half_height)


def _mask(shape: Mask) -> Bounds:
    height = shape.size[0]
    marked = stretches(shape.runs)
    left, right = marked[0][0] // height, (marked[-1][1] - 1) // height
    # A stretch that runs on into the next column marks the foot of one and the head of the other.
    over = [start // height != (end - 1) // height for start, end in marked]
    tops = [0 if runs_on else start % height for (start, _), runs_on in zip(marked, over, strict=True)]
    feet = [height if runs_on else (end - 1) % height + 1 for (_, end), runs_on in zip(marked, over, strict=True)]
    return Bounds(left, min(tops), right - left + 1, max(feet) - min(tops))
