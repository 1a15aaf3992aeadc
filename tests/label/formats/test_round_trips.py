"""Every format gives back what was written, or has said what it lost."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.label.formats.files import (
    BOXES,
    ELLIPSES,
    KEYPOINTS,
    MASKS,
    POLYGONS,
    POLYLINES,
    ROTATED,
    SKELETONS,
    WHOLE_BOXES,
    MemoryFiles,
    by,
    image_items,
    said,
    span_items,
    there_and_back,
)

from recension.label.formats import FORMATS, Labelled, LabelSet, Losses, Writing
from recension.label.shape_json import shape_from_json, shape_to_json
from recension.label.shapes import Polygon, RotatedBox, Shape

OF_TEXTS = {"conll", "spacy", "brat"}
PUBLISHED = {"recension", "recension-consensus"}
TABLES = {"csv", "jsonl", "parquet"}
EXACT = {
    "label-studio": BOXES | ELLIPSES | POLYGONS | POLYLINES | KEYPOINTS | MASKS,
    "label-studio-min": BOXES | ELLIPSES | POLYGONS | POLYLINES | KEYPOINTS | MASKS,
    "coco": BOXES | POLYGONS | KEYPOINTS | MASKS | SKELETONS,
    "yolo": BOXES,
    "yolo-seg": POLYGONS,
    "yolo-pose": KEYPOINTS | SKELETONS,
    "voc": WHOLE_BOXES,
    "cvat": BOXES | ROTATED | ELLIPSES | POLYGONS | POLYLINES | KEYPOINTS | MASKS | SKELETONS,
    "labelme": BOXES | POLYGONS | POLYLINES | KEYPOINTS,
    "csv": BOXES | ROTATED | ELLIPSES | POLYGONS | POLYLINES | KEYPOINTS | MASKS | SKELETONS,
    "jsonl": BOXES | ROTATED | ELLIPSES | POLYGONS | POLYLINES | KEYPOINTS | MASKS | SKELETONS,
    "parquet": BOXES | ROTATED | ELLIPSES | POLYGONS | POLYLINES | KEYPOINTS | MASKS | SKELETONS,
    "imagefolder": BOXES,
}


@pytest.mark.parametrize("name", EXACT)
def test_what_a_format_can_carry_comes_back_as_it_was_and_nothing_is_lost(name: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(image_items(EXACT[name]))
    def holds(items: list[Labelled]) -> None:
        back, losses = there_and_back(FORMATS[name], by("ada", items) if name in TABLES else items)
        assert losses.listed() == []
        assert close(said(back), said(items))

    holds()


@settings(max_examples=60, deadline=None)
@given(image_items(KEYPOINTS))
def test_points_are_poses_of_one_joint_which_trainers_are_told(items: list[Labelled]) -> None:
    losses, files = Losses(), MemoryFiles()
    FORMATS["yolo-pose"].write(iter(items), Writing(files, None, losses))
    told = yaml.safe_load(files.files["data.yaml"])
    lines = [line for name, text in files.files.items() if name.endswith(".txt") for line in text.splitlines()]
    assert losses.listed() == []
    assert [len(line.split()) for line in lines] == [8] * len(shapes(items))
    assert told.get("kpt_shape") == ([1, 3] if lines else None)


@settings(max_examples=60, deadline=None)
@given(image_items(ROTATED))
def test_oriented_boxes_come_back_as_the_same_rectangle(items: list[Labelled]) -> None:
    back, losses = there_and_back(FORMATS["yolo-obb"], items)
    assert losses.listed() == []
    for before, after in zip(shapes(items), shapes(back), strict=True):
        assert isinstance(before, RotatedBox)
        assert isinstance(after, RotatedBox)
        assert (after.cx, after.cy) == pytest.approx((before.cx, before.cy), abs=0.01)
        assert sorted((after.width, after.height)) == pytest.approx(sorted((before.width, before.height)), abs=0.02)


@pytest.mark.parametrize("name", ["label-studio", "spacy", "csv", "jsonl", "parquet"])
def test_overlapping_spans_come_back_as_they_were(name: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(span_items(overlapping=True))
    def holds(items: list[Labelled]) -> None:
        back, losses = there_and_back(FORMATS[name], by("ada", items) if name in TABLES else items)
        assert losses.listed() == []
        assert list(said(back).values()) == list(said(items).values())

    holds()


@settings(max_examples=60, deadline=None)
@given(span_items(overlapping=True))
def test_brat_gives_texts_and_spans_back(items: list[Labelled]) -> None:
    back, losses = there_and_back(FORMATS["brat"], items)
    assert losses.listed() == []
    assert said(back) == said(items)
    assert [item.data["text"] for item in back] == [item.data["text"] for item in items]


@settings(max_examples=60, deadline=None)
@given(span_items(overlapping=False, word_borders=True))
def test_conll_gives_spans_on_tokens_back(items: list[Labelled]) -> None:
    back, losses = there_and_back(FORMATS["conll"], items)
    assert losses.listed() == []
    assert list(said(back).values()) == list(said(items).values())
    assert [item.data for item in back] == [item.data for item in items]


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in OF_TEXTS | PUBLISHED])
def test_no_region_goes_without_a_word(name: str) -> None:
    """A region that does not come back in its shape is in the list of losses."""
    every = BOXES | ROTATED | ELLIPSES | POLYGONS | POLYLINES | KEYPOINTS | MASKS | SKELETONS

    @settings(max_examples=40, deadline=None)
    @given(image_items(every))
    def holds(items: list[Labelled]) -> None:
        back, losses = there_and_back(FORMATS[name], items)
        counts = len(shapes(back)) == len(shapes(items))
        kinds = [shape.type for shape in shapes(back)] == [shape.type for shape in shapes(items)]
        assert (counts and kinds) or len(losses)

    holds()


@settings(max_examples=40, deadline=None)
@given(image_items(WHOLE_BOXES, st.sampled_from(["cat", "dog"])))
def test_masks_hold_what_is_drawn_last(items: list[Labelled]) -> None:
    back, _ = there_and_back(FORMATS["masks"], items)
    labels = {item.name: {region["labels"][0] for region in regions(item)} for item in back}
    for item in items:
        if regions(item):
            assert regions(item)[-1]["labels"][0] in labels[item.name]


def regions(item: Labelled) -> list[dict[str, list[str]]]:
    return item.annotations[0].fields.get("objects", []) if item.annotations else []


def shapes(items: list[Labelled]) -> list[Shape]:
    return [shape_from_json(region["shape"]) for item in items for region in regions(item)]


def close(one: object, other: object) -> bool:
    """Equal, numbers within a thousandth of a pixel: per cent and shares round."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(close(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(close, one, other))
        case ((int() | float()), (int() | float())):
            return abs(one - other) < 1e-3
        case _:
            return one == other


def test_holes_are_kept_as_pixels_by_coco_and_that_is_said() -> None:

    ring = Polygon(((0, 0), (6, 0), (6, 6), (0, 6)), (((2, 2), (4, 2), (4, 4), (2, 4)),))

    region = {"id": "a", "shape": shape_to_json(ring), "labels": ["cat"]}
    item = Labelled("a.png", {"image": "a.png"}, 8, 8, annotations=(LabelSet({"objects": [region]}),))
    back, losses = there_and_back(FORMATS["coco"], [item])
    assert [loss.what for loss in losses.listed()] == ["borders of shape polygon within half a pixel (kept as masks)"]
    (mask,) = shapes(back)
    assert mask.type == "mask"
