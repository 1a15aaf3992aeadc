"""What a running Label Studio exports beside the labels themselves: carried, or counted as lost."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import pytest
from tests.label.formats.files import MemoryFiles

from recension.label.config import parse_label_config, read_label_config
from recension.label.formats import FORMATS, Losses, Reading, Writing
from recension.label.formats.model import named_again, person_of

CONFIG = """<View><Image name="image" value="$image"/>
<RectangleLabels name="box" toName="image"><Label value="a"/></RectangleLabels>
<KeyPointLabels name="point" toName="image"><Label value="a"/></KeyPointLabels></View>"""
SIZE = {"original_width": 100, "original_height": 50, "image_rotation": 0}


def box(identity, x=10):
    value = {"x": x, "y": 10, "width": 5, "height": 5, "rotation": 0, "rectanglelabels": ["a"]}
    return {"id": identity, "from_name": "box", "to_name": "image", "type": "rectanglelabels", "value": value, **SIZE}


def point(identity, width=0.5):
    value = {"x": 10, "y": 10, "width": width, "keypointlabels": ["a"]}
    return {"id": identity, "from_name": "point", "to_name": "image", "type": "keypointlabels", "value": value, **SIZE}


def task(**parts):
    return {"id": 4, "data": {"image": "/data/upload/7/35b41fdd-a.jpg"}, "annotations": [], "predictions": [], **parts}


def read(*tasks):
    losses = Losses()
    files = MemoryFiles({"export.json": json.dumps(tasks).encode()})
    items = list(FORMATS["label-studio"].read(Reading(files, parse_label_config(CONFIG, where="config"), losses)))
    return items, {loss.what: loss.count for loss in losses.listed()}


def written(items):
    out = MemoryFiles()
    FORMATS["label-studio"].write(items, Writing(out, parse_label_config(CONFIG, where="config")))
    return json.loads(out.files["tasks.json"])


def test_an_uploaded_file_goes_by_the_name_it_is_stored_under():
    (item,), lost = read(task())
    assert item.name == "35b41fdd-a.jpg"
    assert lost == {}


@pytest.mark.parametrize(
    ("parts", "lost"),
    [
        ({"predictions": [3, 4]}, {"predictions that the file has the number of, and no more": 2}),
        ({"drafts": [{"result": []}]}, {"drafts": 1}),
        ({"meta": {"batch": 1}}, {"meta of tasks": 1}),
        ({"meta": {}}, {}),
        ({"annotations": [{"result": [], "was_cancelled": True}]}, {"skipped annotations": 1}),
        ({"annotations": [{"result": [point("p", 1.25)]}]}, {"sizes of key points other than 0.5 %": 1}),
        ({"annotations": [{"result": [point("p")]}]}, {}),
    ],
)
def test_what_is_left_behind_is_counted(parts, lost):
    _, counted = read(task(**parts))
    assert counted == lost


def test_what_lies_on_top_stays_there_over_all_controls():
    results = [box("one"), point("two"), box("three", 40), point("four")]
    items, _ = read(task(annotations=[{"completed_by": 1, "result": results}]))
    (back,) = written(items)
    assert [each["id"] for each in back["annotations"][0]["result"]] == ["one", "two", "three", "four"]


def test_a_second_annotation_of_somebody_is_theirs_again_when_it_goes_back():
    items, _ = read(task(annotations=[{"completed_by": 1, "result": [box("one")]}]))
    (first,) = items[0].annotations
    assert [named_again("ada", number) for number in (1, 2, 3)] == ["ada", "ada (2)", "ada (3)"]
    assert [person_of(named_again("ada", number), {"ada"}) for number in (1, 2)] == ["ada", "ada"]
    assert person_of("team (2)", {"team (2)", "ada"}) == "team (2)"
    again = replace(items[0], annotations=(first, replace(first, worker=named_again("1", 2))))
    assert [each["completed_by"] for each in written([again])[0]["annotations"]] == [1, 1]


def vector(*vertices, **more):
    value = {"vertices": list(vertices), "vectorlabels": ["a"], **more}
    return {"id": "v", "from_name": "line", "to_name": "image", "type": "vectorlabels", "value": value, **SIZE}


def test_curves_become_lines_within_half_a_pixel():
    handle = {"x": 10, "y": 90}, {"x": 90, "y": -70}
    first = {"id": "1", "x": 10, "y": 10, "isBezier": True, "controlPoint1": None, "controlPoint2": handle[0]}
    second = {"id": "2", "x": 90, "y": 10, "isBezier": True, "controlPoint1": handle[1], "controlPoint2": None}
    straight = {"id": "3", "x": 95, "y": 40, "isBezier": False}
    config = CONFIG.replace(
        "</View>", '<VectorLabels name="line" toName="image" curves="true"><Label value="a"/></VectorLabels></View>'
    )
    reading = read_label_config(config, where="config")
    assert [note.message for note in reading.notes] == ["curves are drawn as lines of straight pieces"]
    losses = Losses()
    exported = json.dumps([task(annotations=[{"result": [vector(first, second, straight)]}])]).encode()
    files = MemoryFiles({"export.json": exported})
    (item,) = FORMATS["label-studio"].read(Reading(files, reading.schema, losses))
    points = item.annotations[0].fields["line"][0]["shape"]["points"]
    assert {loss.what: loss.count for loss in losses.listed()} == {"curves (lines within half a pixel of them)": 1}
    assert (points[0], points[-2], points[-1]) == ([10, 5], [90, 5], [95, 20])
    pixels = [(10, 5), (10, 45), (90, -35), (90, 5)]
    for step in range(201):
        t = step / 200
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        spot = tuple(sum(w * p[axis] for w, p in zip(weights, pixels, strict=True)) for axis in (0, 1))
        assert min(distance(spot, a, b) for a, b in pairwise(points)) <= 0.5


def distance(spot, a, b):
    (px, py), (ax, ay), (bx, by) = spot, a, b
    length = math.hypot(bx - ax, by - ay) or 1
    along = max(0, min(length, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length))
    return math.hypot(px - ax - along * (bx - ax) / length, py - ay - along * (by - ay) / length)
