"""Overlap of shapes agrees with counting pixels and with what is known of simple figures; agreement follows from it."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.label.agreement import LEAST, match_regions, mean_agreement, region_agreement, region_distance
from recension.label.geometry import area, intersection_area, likeness, rasterise, to_polygon
from recension.label.region import Region
from recension.label.rle import canonical_runs
from recension.label.shapes import (
    Box,
    Ellipse,
    Keypoint,
    Mask,
    Polygon,
    Polyline,
    RotatedBox,
    Segment,
    Skeleton,
    Span,
    Tile,
)

SIDE = 48
place = st.integers(4, 40).map(float)
size = st.integers(2, 20).map(float)
outlines = st.one_of(
    st.builds(Box, place, place, size, size),
    st.builds(RotatedBox, place, place, size, size, st.integers(0, 359)),
    st.builds(Ellipse, place, place, size, size, st.integers(0, 359)),
    st.builds(lambda points: Polygon(tuple(points)), st.lists(st.tuples(place, place), min_size=3, max_size=7)),
)


@st.composite
def masks(draw):
    runs = canonical_runs(draw(st.lists(st.integers(1, 60), min_size=2, max_size=30)))
    total = SIDE * SIDE
    kept, left = [], total
    for run in runs:
        kept.append(min(run, left))
        left -= kept[-1]
    return Mask.of_runs(SIDE, SIDE, [*kept, 0, left] if len(kept) % 2 else [*kept, left])


def fine(shape, scale=8):
    """The shape's pixels, each a small part of a pixel."""
    polygon = to_polygon(shape)
    rings = [tuple((x * scale, y * scale) for x, y in ring) for ring in (polygon.outline, *polygon.holes)]
    return rasterise(Polygon(rings[0], tuple(rings[1:])), 64 * scale, 64 * scale)


@given(outlines, outlines)
def test_overlap_of_outlines_is_what_counting_small_pixels_gives(first, second):
    one, other = fine(first), fine(second)
    union = (one | other).sum()
    if union < 2000 or any(
        edge.any() for mask in (one, other) for edge in (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    ):
        return  # cut off at the border of the picture, or too small for its pixels
    counted = (one & other).sum() / union
    assert likeness(first, second) == pytest.approx(counted, abs=0.06)


@given(outlines, outlines)
def test_overlap_is_the_same_both_ways_and_1_with_itself(first, second):
    assert likeness(first, second) == pytest.approx(likeness(second, first), abs=1e-9)
    assert 0 <= likeness(first, second) <= 1
    if intersection_area(to_polygon(first), to_polygon(first)) > 0:
        assert likeness(first, first) == pytest.approx(1)


@given(masks(), masks())
def test_overlap_of_masks_counts_pixels(first, second):
    one, other = rasterise(first, SIDE, SIDE), rasterise(second, SIDE, SIDE)
    assert likeness(first, second) == pytest.approx((one & other).sum() / (one | other).sum())


@given(masks(), outlines)
def test_a_mask_and_an_outline_are_compared_pixel_by_pixel(mask, outline):
    one, other = rasterise(mask, SIDE, SIDE), rasterise(outline, SIDE, SIDE)
    assert likeness(mask, outline) == pytest.approx((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Box(0, 0, 10, 10), Box(5, 0, 10, 10), 1 / 3),
        (Box(0, 0, 10, 10), Box(10, 0, 10, 10), 0),
        (Box(0, 0, 10, 10), RotatedBox(5, 5, 10, 10, 90), 1),
        # A square turned by 45 degrees over itself leaves a regular octagon.
        (Box(-5, -5, 10, 10), RotatedBox(0, 0, 10, 10, 45), 1 / math.sqrt(2)),
        (Polygon(((0, 0), (4, 0), (4, 4), (0, 4)), (((1, 1), (3, 1), (3, 3), (1, 3)),)), Box(0, 0, 4, 4), 12 / 16),
        (Polygon(((0, 0), (4, 0), (4, 4), (0, 4)), (((1, 1), (3, 1), (3, 3), (1, 3)),)), Box(1, 1, 2, 2), 0),
        (Ellipse(0, 0, 50, 50), Box(-50, -50, 100, 100), math.pi / 4),
        (Span(0, 10), Span(5, 15), 1 / 3),
        (Segment(0, 10, 0), Segment(0, 10, 1), 0),
        (Segment(0, 10), Segment(0, 20), 1 / 2),
        (Tile(0, 0, 2, 2), Tile(1, 0, 2, 2), 1 / 3),
        (Keypoint(0, 0), Keypoint(3, 4), 1 / 2),
        (Keypoint(0, 0), Keypoint(30, 40), 0),
        (Polyline(((0, 0), (10, 0))), Polyline(((0, 5), (10, 5))), 1 / 2),
        (Skeleton(((0, 0, 2), (9, 9, 0))), Skeleton(((0, 5, 1), (9, 9, 0))), 1 / 2),
        (Skeleton(((0, 0, 2), (9, 9, 1))), Skeleton(((0, 0, 2), (0, 0, 0))), 1 / 2),
        (Box(0, 0, 1, 1), Keypoint(0, 0), 0),
        (Mask.of_runs(2, 2, [0, 4]), Mask.of_runs(4, 1, [0, 4]), 0),
    ],
)
def test_overlap_of_known_figures(first, second, expected):
    assert likeness(first, second) == pytest.approx(expected, abs=0.003)


def boxes(count, jitter=0.0, seed=0):
    rng = random.Random(seed)
    moved = random.Random(seed + 1)
    made = []
    for number in range(count):
        x, y = rng.uniform(0, 900), rng.uniform(0, 900)
        dx, dy = moved.uniform(-jitter, jitter), moved.uniform(-jitter, jitter)
        made.append(Region(f"r{number}", Box(x + dx, y + dy, 20, 20), ("cell",)))
    return made


def test_the_same_regions_in_any_order_agree():
    regions = boxes(50)
    assert region_agreement(regions, regions[::-1]) == pytest.approx(1)
    assert region_agreement([], []) == 1
    assert region_agreement(regions, []) == 0
    assert region_distance(regions, regions) == pytest.approx(0)


def test_matches_are_those_that_comparing_all_pairs_finds():
    first, second = boxes(60), boxes(60, jitter=6)
    found = match_regions(first, second)
    every = sorted(
        ((likeness(a.shape, b.shape), i, j) for i, a in enumerate(first) for j, b in enumerate(second)), reverse=True
    )
    best = [(i, j) for score, i, j in every if score >= LEAST]
    assert {(pair.first, pair.second) for pair in found} <= set(best)
    assert len(found) > 20
    unmatched = {i for i, _ in best} - {pair.first for pair in found}
    assert all(any(j in {pair.second for pair in found} for i, j in best if i == lonely) for lonely in unmatched)


def test_another_label_image_or_object_is_another_thing():
    box = Box(0, 0, 10, 10)
    plain = [Region("a", box, ("cell",))]
    for other in (Region("a", box, ("dust",)), Region("a", box, ("cell",), item=1), Region("a", box, ("cell",), "i")):
        assert region_agreement(plain, [other]) == 0


def test_a_missing_region_and_a_shifted_one_lower_agreement():
    a, b = Region("a", Box(0, 0, 10, 10)), Region("b", Box(50, 0, 10, 10))
    assert region_agreement([a, b], [a]) == pytest.approx(2 / 3)
    shifted = Region("c", Box(2.5, 0, 10, 10))
    assert region_agreement([a], [shifted]) == pytest.approx(7.5 / 12.5)
    assert mean_agreement([[a], [a], [shifted]]) == pytest.approx((1 + 0.6 + 0.6) / 3)
    assert mean_agreement([[a]]) is None


def test_areas_are_those_of_the_even_odd_rule():
    assert area(Box(0, 0, 3, 4)) == 12
    bow = Polygon(((0, 0), (4, 4), (4, 0), (0, 4)))
    assert intersection_area(bow, bow) == pytest.approx(8)
