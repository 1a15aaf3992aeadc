"""Shapes hold their invariants, have one canonical form, and survive JSON."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.errors import Invalid
from recension.label import (
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
    canonical_json,
    make_item,
    shape_from_json,
    shape_id,
    shape_to_json,
)
from recension.label.rle import canonical_runs, decode_runs, encode_runs

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "shapes.json").read_text())

number = st.floats(-1e6, 1e6)
size = st.floats(0.01, 1e6)
offsets = st.tuples(st.integers(0, 1000), st.integers(1, 1000)).map(lambda pair: (pair[0], pair[0] + pair[1]))
rings = st.lists(st.tuples(number, number), min_size=3, max_size=6).map(tuple)
joints = st.lists(st.tuples(number, number, st.integers(0, 2)), min_size=1, max_size=5).filter(
    lambda points: any(v for _, _, v in points)
)


@st.composite
def masks(draw):
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    bits = draw(st.lists(st.integers(0, 1), min_size=height * width, max_size=height * width).filter(any))
    return Mask.of_runs(height, width, runs_of(bits))


def runs_of(bits):
    runs, colour = [0], 0
    for bit in bits:
        if bit == colour:
            runs[-1] += 1
        else:
            runs.append(1)
            colour = bit
    return runs


shapes = st.one_of(
    st.builds(Box, number, number, size, size),
    st.builds(RotatedBox, number, number, size, size, number),
    st.builds(Ellipse, number, number, size, size, number),
    st.builds(Polygon, rings, st.lists(rings, max_size=2).map(tuple)),
    st.builds(Polyline, rings),
    st.builds(Keypoint, number, number),
    st.builds(Skeleton, joints.map(tuple)),
    masks(),
    st.builds(lambda pair, field: Span(*pair, field=field), offsets, st.text(max_size=5)),
    st.builds(lambda pair, channel: Segment(*pair, channel=channel), offsets, st.integers(-1, 8)),
    st.builds(Tile, *[st.integers(0, 99)] * 2, *[st.integers(1, 99)] * 2, st.integers(0, 9)),
)


@given(shapes)
def test_a_shape_survives_json_and_keeps_its_id(shape):
    again = shape_from_json(json.loads(json.dumps(shape_to_json(shape))))
    assert again == shape
    assert shape_id(again) == shape_id(shape)
    assert len(shape_id(shape)) == 16


@given(st.lists(st.integers(0, 70_000), min_size=1, max_size=20))
def test_run_lengths_survive_their_text(runs):
    assert decode_runs(encode_runs(runs)) == runs


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_canonical_runs_mark_the_same_pixels(runs):
    bits = [index % 2 for index, run in enumerate(runs) for _ in range(run)]
    assert canonical_runs(runs) == (runs_of(bits) if bits else [0])


def test_masks_are_spelled_as_pycocotools_spells_them():
    # from pycocotools.mask.encode of the same masks
    assert Mask.of_runs(3, 4, [3, 2, 7]).counts == "327"
    assert Mask.of_runs(100, 100, [0, 150, 9850]).counts == "0f4jc9"


def test_two_spellings_of_one_mask_are_one():
    assert Mask((2, 3), encode_runs([1, 0, 1, 2, 0, 1, 1])) == Mask((2, 3), encode_runs([2, 3, 1]))


def test_a_shape_of_a_row_is_an_item_of_its_own():
    item = make_item("/p.csv", "7", region=Span(0, 4, field="text"), data={"text": "word"})
    assert item.id == f"/p.csv#7@{shape_id(Span(0, 4, field='text'))}"


@pytest.mark.parametrize("case", VECTORS["canonical"], ids=lambda case: case["given"]["type"])
def test_the_canonical_form_is_the_one_that_is_written_down(case):
    assert canonical_json(shape_to_json(shape_from_json(case["given"]))) == canonical_json(case["canonical"])


@pytest.mark.parametrize("body", [*VECTORS["refused"], [], {"type": "box", "x": float("nan"), "y": 1}], ids=str)
def test_an_impossible_shape_is_refused(body):
    with pytest.raises(Invalid):
        shape_from_json(body)
