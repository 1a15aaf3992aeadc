"""Pixels as polygons: outlines along the edges of the pixels, with holes, so that filling them gives the pixels back.

Marked pixels that touch at a corner only are parts of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from recension.label.geometry.raster import Pixels
from recension.label.shapes import Point, Polygon

_Corner = tuple[int, int]
_EAST: Final = (1, 0)
_SOUTH: Final = (0, 1)
_WEST: Final = (-1, 0)
_NORTH: Final = (0, -1)


def trace(pixels: Pixels) -> list[Polygon]:
    """One polygon for each part that hangs together by edges, from the top; exact.

    Args:
        pixels: shape (height, width).
    """
    outlines: list[list[_Corner]] = []
    holes: list[list[_Corner]] = []
    for ring in _rings(_steps(pixels)):
        (outlines if _twice_area(ring) > 0 else holes).append(ring)
    inside: list[list[tuple[Point, ...]]] = [[] for _ in outlines]
    for hole in holes:
        inside[_owner(hole, outlines)].append(tuple(hole))
    return [Polygon(tuple(outline), tuple(own)) for outline, own in zip(outlines, inside, strict=True)]


def _steps(pixels: Pixels) -> dict[_Corner, list[_Corner]]:
    """From every corner of a border the directions in which it goes on, the marked side at its right hand."""
    padded = np.pad(pixels, 1)
    height, width = pixels.shape
    here = padded[1:-1, 1:-1]
    steps: dict[_Corner, list[_Corner]] = {}
    borders = (
        (here & ~padded[:-2, 1:-1], (0, 0), _EAST),
        (here & ~padded[1:-1, 2:], (1, 0), _SOUTH),
        (here & ~padded[2:, 1:-1], (1, 1), _WEST),
        (here & ~padded[1:-1, :-2], (0, 1), _NORTH),
    )
    assert here.shape == (height, width)
    for edge, (dx, dy), direction in borders:
        ys, xs = np.nonzero(edge)
        for x, y in zip((xs + dx).tolist(), (ys + dy).tolist(), strict=True):
            steps.setdefault((x, y), []).append(direction)
    return steps


def _rings(steps: dict[_Corner, list[_Corner]]) -> Iterator[list[_Corner]]:
    """Closed borders, corners only where they turn; uses the steps up."""
    for start in sorted(steps, key=lambda corner: (corner[1], corner[0])):
        while steps[start]:
            ring: list[_Corner] = []
            at, heading = start, steps[start][0]
            before: _Corner | None = None
            while True:
                steps[at].remove(heading)
                if heading != before:
                    ring.append(at)
                at, before = (at[0] + heading[0], at[1] + heading[1]), heading
                right = (-heading[1], heading[0])  # where two borders meet: keeps what touches there only apart
                if right in steps[at]:
                    heading = right
                elif at == start:
                    break
                else:
                    heading = steps[at][0]
            if len(ring) > 1 and _straight(ring[-1], ring[0], ring[1]):
                ring.pop(0)
            yield ring


def _straight(a: _Corner, b: _Corner, c: _Corner) -> bool:
    return (a[0] == b[0] == c[0]) or (a[1] == b[1] == c[1])


def _twice_area(ring: Sequence[_Corner]) -> int:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True))


def _owner(hole: Sequence[_Corner], outlines: Sequence[Sequence[_Corner]]) -> int:
    """The smallest outline around the hole: just outside of the hole's top edge a marked pixel of its part lies."""
    x, y = min(hole, key=lambda corner: (corner[1], corner[0]))
    point = (x + 0.5, y - 0.5)
    around = [index for index, outline in enumerate(outlines) if _contains(outline, point)]
    return min(around, key=lambda index: _twice_area(outlines[index]))


def _contains(ring: Sequence[_Corner], point: Point) -> bool:
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside
