"""What a project has published, in the formats of others and back."""

from __future__ import annotations

import json

import pytest
from tests.label.formats.files import MemoryFiles

from recension.label import parse_label_config
from recension.label.formats import FORMATS, Labelled, LabelSet, Losses, Reading, Writing

ASKED = parse_label_config(
    """
    <View>
      <Text name="text" value="$text"/>
      <Number name="count" toName="text"/>
      <Rating name="stars" toName="text"/>
      <TextArea name="why" toName="text"/>
      <Choices name="kinds" toName="text" choice="multiple"><Choice value="a"/><Choice value="b"/></Choices>
    </View>
    """,
    where="asked.xml",
)
SEVERAL = parse_label_config(
    """
    <View>
      <Image name="pictures" valueList="$images"/>
      <RectangleLabels name="cells" toName="pictures"><Label value="Cell"/></RectangleLabels>
    </View>
    """,
    where="several.xml",
)


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet"])
def test_a_cell_is_what_its_field_takes(name: str) -> None:
    said = {"count": 12.5, "stars": 3, "why": "[1] because, {so}", "kinds": ["a", "b"]}
    item = Labelled("rows.csv#1", {"text": "a text"}, annotations=(LabelSet(said, worker="ada"),))
    out = MemoryFiles()
    FORMATS[name].write([item], Writing(out, ASKED))
    (back,) = FORMATS[name].read(Reading(out, ASKED))
    assert dict(back.annotations[0].fields) == said


def _document(**more: object) -> dict[str, object]:
    fields = {
        "cells": [
            {"id": "a", "shape": {"type": "box", "x": 10, "y": 20, "width": 30, "height": 40}, "labels": ["Cell"]},
            {
                "id": "b",
                "shape": {"type": "box", "x": 1, "y": 2, "width": 3, "height": 4},
                "labels": ["Cell"],
                "item": 1,
            },
        ]
    }
    images = [
        {"blob": digit * 64, "type": "image/jpeg", "size": 9, "path": f"/photos/{digit}.jpg"} for digit in ("1", "2")
    ]
    return {
        "item": {"id": "/rows.jsonl#7", "path": "/rows.jsonl", "key": "7", "data": {"images": images}},
        "annotations": [{"worker": "ada", "fields": fields}],
        **more,
    }


def _published(document: dict[str, object]) -> MemoryFiles:
    sizes = {"photos/1.jpg": (100, 200), "photos/2.jpg": (640, 480)}
    return MemoryFiles({"items/rows.jsonl/7.json": json.dumps(document).encode()}, sizes)


def test_regions_of_several_images_keep_their_places_under_other_names() -> None:
    losses = Losses()
    (item,) = FORMATS["recension"].read(Reading(_published(_document()), SEVERAL, losses))
    assert item.sizes == ((100, 200), (640, 480))
    out = MemoryFiles()
    FORMATS["label-studio"].write([item], Writing(out, SEVERAL, losses))
    (task,) = json.loads(out.files["tasks.json"])
    assert task["data"]["images"] == ["/photos/1.jpg", "/photos/2.jpg"]
    assert [result["original_width"] for result in task["annotations"][0]["result"]] == [100, 640]
    (back,) = FORMATS["label-studio"].read(Reading(out, SEVERAL, losses))
    assert (back.name, back.annotations[0].fields) == (item.name, item.annotations[0].fields)
    assert losses.listed() == []


def test_a_decision_is_left_behind_by_annotations_and_said_to_be() -> None:
    losses = Losses()
    decided = _document(decision={"fields": {"cells": []}, "by": "lea"})
    list(FORMATS["recension"].read(Reading(_published(decided), SEVERAL, losses)))
    assert [(loss.what, loss.count) for loss in losses.listed()] == [
        ("what reviewers decided (recension-consensus has it)", 1)
    ]


class Elsewhere(MemoryFiles):
    """Images that lie in another place, found by their last name alone."""

    def image_size(self, name: str) -> tuple[int, int] | None:
        return self.sizes.get(name.rsplit("/", 1)[-1])


def test_images_that_lie_elsewhere_get_no_folder_that_they_are_not_in() -> None:
    labels = {"labels/a.txt": b"0 0.5 0.5 0.1 0.1\n", "data.yaml": b"names: [Cell]\n"}
    (item,) = FORMATS["yolo"].read(Reading(Elsewhere(labels, {"a.jpg": (10, 10)})))
    assert item.name == "a.jpg"
    beside = MemoryFiles({**labels, "images/a.jpg": b""}, {"images/a.jpg": (10, 10)})
    (item,) = FORMATS["yolo"].read(Reading(beside))
    assert item.name == "images/a.jpg"
