"""Broken label files: one error that names the file and the line, whatever is in them."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.label.formats.files import MemoryFiles

from recension.errors import RecensionError
from recension.label.formats import FORMATS, Losses, Reading, format_of

BROKEN = [
    ("coco", {"a.json": b"{"}, "a.json: line 1, column 2"),
    ("coco", {"a.json": b"[]"}, "a.json"),
    ("coco", {"a.json": b'{"images":[{"id":1,"file_name":"x","width":"9"}]}'}, "images 1"),
    (
        "coco",
        {"a.json": b'{"images":[{"id":1,"file_name":"x"}],"annotations":[{"image_id":1,"category_id":9}]}'},
        "annotations 1",
    ),
    ("yolo", {"labels/a.txt": b"0 1 2 3 4\n"}, "labels/a.txt"),
    ("voc", {"a.xml": b"<annotation><object><name>x</name></object></annotation>"}, "a.xml: line 1"),
    ("voc", {"a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><annotation/>'}, "a.xml: line 1"),
    ("cvat", {"a.xml": b'<annotations>\n<image name="a" width="x" height="1"/></annotations>'}, "a.xml: line 2"),
    ("labelme", {"a.json": b'{"shapes":[{"points":[[1]]}]}'}, "shapes 1"),
    ("conll", {"a.conll": b"Anna B-PER\nBerlin\n"}, "a.conll: line 2"),
    ("conll", {"a.conll": b"Anna PERSON\n"}, "a.conll: line 1"),
    ("conll", {"a.conll": b"\xff B-PER\n"}, "a.conll: line 1"),
    ("spacy", {"a.jsonl": b'{"text":"abc","spans":[{"start":1,"end":9,"label":"X"}]}'}, "a.jsonl: line 1: spans 1"),
    ("spacy", {"a.jsonl": b'{"text":"abc"}\nnope'}, "a.jsonl: line 2"),
    ("brat", {"a.ann": b"T1\tPER 0 99\tx\n", "a.txt": b"abc"}, "a.ann: line 1"),
    ("brat", {"a.ann": b"T1\tPER 0 1\tx\n"}, "a.txt"),
    ("csv", {"a.csv": b"a,b\n1\n"}, "a.csv: line 2"),
    ("parquet", {"a.parquet": b"no parquet"}, "a.parquet"),
    ("imagefolder", {"metadata.jsonl": b'{"label":"x"}'}, "metadata.jsonl: line 1"),
    ("masks", {"classes.json": b'{"1":"a"}', "masks/a.png": b"no png"}, "masks/a.png"),
    ("label-studio", {"a.json": b'[{"data":{},"annotations":[{"result":[{}]}]}]'}, "task 1: annotations 1: result 1"),
    ("label-studio", {"a.json": b'[{"data":{}},'}, "element 2"),
    ("label-studio-min", {"a.json": b"[1]"}, "element 1"),
    ("recension", {"items/a.json": b"{}"}, "items/a.json"),
]


@pytest.mark.parametrize(("name", "files", "place"), BROKEN)
def test_a_broken_file_is_refused_where_it_is_broken(name, files, place):
    with pytest.raises(RecensionError) as caught:
        list(FORMATS[name].read(Reading(MemoryFiles(files))))
    assert place in (caught.value.where or ""), str(caught.value)


NAMES = {
    "label-studio": "a.json",
    "label-studio-min": "a.json",
    "coco": "a.json",
    "labelme": "a.json",
    "spacy": "a.jsonl",
    "jsonl": "a.jsonl",
    "imagefolder": "metadata.jsonl",
    "recension": "items/a.json",
}
WORDS = """id data text spans start end label labels annotations result value type from_name images shapes points
image_id category_id categories name bbox file_name objects item fields"""
KEYS = WORDS.split()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.sampled_from(["", "a", "r1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_json_says_nothing_but_clear_errors_come_of_it(name):
    @settings(max_examples=120, deadline=None)
    @given(VALUES)
    def holds(value):
        raw = json.dumps(value).encode()
        for body in (raw, b"[" + raw + b"]"):
            with suppress(RecensionError):
                list(FORMATS[name].read(Reading(MemoryFiles({NAMES[name]: body}), None, Losses())))

    holds()


def test_a_format_is_told_from_the_names_of_files_or_asked_for():
    assert format_of(["annotations.xml", "images/a.jpg"]).name == "cvat"
    assert format_of(["labels/a.txt", "data.yaml"]).name == "yolo"
    assert format_of(["doc.ann", "doc.txt"]).name == "brat"
    with pytest.raises(RecensionError, match="name the format"):
        format_of(["something.bin"])
