"""Regions hold their invariants and survive JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.errors import Invalid
from recension.label import (
    Box,
    Polygon,
    RotatedBox,
    Segment,
    Span,
    Tile,
    make_item,
    region_from_json,
    region_id,
    region_to_json,
)

number = st.floats(-1e6, 1e6)
size = st.floats(0.01, 1e6)
offsets = st.tuples(st.integers(0, 1000), st.integers(1, 1000)).map(lambda pair: (pair[0], pair[0] + pair[1]))
rings = st.lists(st.tuples(number, number), min_size=3, max_size=6).map(tuple)
regions = st.one_of(
    st.builds(Box, number, number, size, size),
    st.builds(RotatedBox, number, number, size, size, number),
    st.builds(Polygon, rings, st.lists(rings, max_size=2).map(tuple)),
    st.builds(lambda pair, field: Span(*pair, field=field), offsets, st.text(max_size=5)),
    st.builds(lambda pair, channel: Segment(*pair, channel=channel), offsets, st.integers(-1, 8)),
    st.builds(Tile, *[st.integers(0, 99)] * 2, *[st.integers(1, 99)] * 2, st.integers(0, 9)),
)


@given(regions)
def test_a_region_survives_json_and_keeps_its_id(region):
    again = region_from_json(json.loads(json.dumps(region_to_json(region))))
    assert again == region
    assert region_id(again) == region_id(region)
    assert len(region_id(region)) == 16


def test_a_region_of_a_row_is_an_item_of_its_own():
    item = make_item("/p.csv", "7", region=Span(0, 4, field="text"), data={"text": "word"})
    assert item.id == f"/p.csv#7@{region_id(Span(0, 4, field='text'))}"


@pytest.mark.parametrize(
    "body",
    [
        {"type": "circle"},
        {"type": "box", "x": 1, "y": 1, "width": 0, "height": 1},
        {"type": "box", "x": float("nan"), "y": 1, "width": 1, "height": 1},
        {"type": "box", "x": True, "y": 1, "width": 1, "height": 1},
        {"type": "box", "x": 1, "y": 1, "width": 1},
        {"type": "box", "x": 1, "y": 1, "width": 1, "height": 1, "colour": "red"},
        {"type": "rotated-box", "cx": 1, "cy": 1, "width": 1, "height": 1, "angle_deg": "x"},
        {"type": "polygon", "outline": [[0, 0], [1, 1]]},
        {"type": "polygon", "outline": [[0, 0], [1, 1], [2]]},
        {"type": "polygon", "outline": "abc"},
        {"type": "span", "start": 3, "end": 3},
        {"type": "span", "start": -1, "end": 3},
        {"type": "segment", "start": 0, "end": 1.5},
        {"type": "segment", "start": 0, "end": 1, "channel": -2},
        {"type": "tile", "x": 0, "y": 0, "width": 0, "height": 1},
        [],
    ],
)
def test_an_impossible_region_is_refused(body):
    with pytest.raises(Invalid):
        region_from_json(body)
