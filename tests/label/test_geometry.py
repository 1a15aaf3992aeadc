"""Geometry: one form of a shape from another, and how far they may be apart."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from recension.errors import Invalid
from recension.label.geometry import (
    area,
    bounds,
    corners,
    ellipse_points,
    mask_of_pixels,
    pixels_of_mask,
    rasterise,
    rotated_box_around,
    to_polygon,
    trace,
)
from recension.label.geometry.raster import Pixels
from recension.label.shapes import Box, Ellipse, Mask, Polygon, RotatedBox, Span

PIXELS = arrays.arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12)))
PLACES = st.floats(-50, 50)
SIZES = st.floats(0.5, 60)
ANGLES = st.floats(0, 359.9)


@given(PIXELS)
def test_a_mask_holds_exactly_its_pixels(pixels: Pixels) -> None:
    mask = mask_of_pixels(pixels)
    if mask is None:
        assert not pixels.any()
        return
    assert (pixels_of_mask(mask) == pixels).all()
    assert area(mask) == pixels.sum()
    ys, xs = np.nonzero(pixels)
    assert bounds(mask) == (xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1)


@given(PIXELS)
def test_traced_polygons_cover_each_pixel_once_and_no_other(pixels: Pixels) -> None:
    height, width = pixels.shape
    parts = trace(pixels)
    covered = sum((rasterise(part, height, width).astype(int) for part in parts), np.zeros(pixels.shape, int))
    assert (covered == pixels).all()
    assert sum(map(area, parts)) == pixels.sum()


def test_what_touches_at_a_corner_is_traced_apart_and_a_hole_is_a_hole() -> None:
    assert len(trace(np.eye(3, dtype=bool))) == 3
    ring = np.ones((3, 3), dtype=bool)
    ring[1, 1] = False
    (part,) = trace(ring)
    assert part.outline == ((0, 0), (3, 0), (3, 3), (0, 3))
    assert len(part.holes) == 1


@given(PLACES, PLACES, SIZES, SIZES, ANGLES)
def test_a_rotated_box_is_found_again_from_its_corners(x: float, y: float, w: float, h: float, angle: float) -> None:
    box = RotatedBox(x, y, w, h, angle)
    again = rotated_box_around(corners(box))
    for point in corners(again):
        assert min(math.dist(point, corner) for corner in corners(box)) < 0.01


@given(SIZES, SIZES, ANGLES)
def test_an_ellipse_is_never_further_from_its_polygon_than_it_says(rx: float, ry: float, angle: float) -> None:
    ellipse = Ellipse(0, 0, rx, ry, angle)
    points = ellipse_points(ellipse)
    middles = [((x1 + x2) / 2, (y1 + y2) / 2) for (x1, y1), (x2, y2) in pairwise(points)]
    turn = math.radians(ellipse.angle_deg)
    for x, y in middles:
        u, v = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
        reach = math.hypot(u / ellipse.rx, v / ellipse.ry)
        assert (1 - reach) * math.hypot(u, v) / reach < 0.101
    x, y, width, height = bounds(ellipse)
    assert all(x - 1e-6 <= px <= x + width + 1e-6 and y - 1e-6 <= py <= y + height + 1e-6 for px, py in points)


@given(st.integers(0, 8), st.integers(0, 8), st.integers(1, 8), st.integers(1, 8))
def test_a_box_of_whole_pixels_is_those_pixels(x: int, y: int, w: int, h: int) -> None:
    expected = np.zeros((10, 10), dtype=bool)
    expected[y : y + h, x : x + w] = True
    box = Box(x, y, w, h)
    assert (rasterise(box, 10, 10) == expected).all()
    assert (rasterise(to_polygon(box), 10, 10) == expected).all()


def test_holes_are_left_out() -> None:
    polygon = Polygon(((0, 0), (6, 0), (6, 6), (0, 6)), (((2, 2), (4, 2), (4, 4), (2, 4)),))
    assert area(polygon) == 32
    assert rasterise(polygon, 6, 6).sum() == 32


def test_shapes_that_have_no_place_in_the_image_are_refused() -> None:
    with pytest.raises(Invalid):
        bounds(Span(0, 1))
    with pytest.raises(Invalid):
        rasterise(Mask((2, 2), "04"), 3, 3)
