"""Python, YAML and JSON say the same of every kind of field."""

import json

import pytest
import yaml

from recension.errors import Invalid
from recension.label import Condition, Option, build, schema_from_fields, schema_from_json, schema_to_json
from recension.label.fields import FIELD_KINDS

FORMS = """
show:
  photo: {kind: image, many: true}
  note: {kind: text, granularity: word}
  other: html
  hits: list
ask:
  one: {choice: [a, {value: b, label: B, hotkey: x, color: red, hint: h, selected: true}], required: true}
  some: {choices: [a, b], opinion: true, layout: inline}
  why: {text: {max_length: 9, rows: 3, placeholder: because}, title: Why, message: Say why}
  lines: {texts: {max_submissions: 2}}
  size: {number: {min: 0, max: 9, step: 0.5}, of: photo, per_item: true}
  stars: {rating: 3, default: 2}
  tree: {taxonomy: [{value: a, children: [b, c]}, d], leaves_only: true, max_usages: 2}
  day: {date: {parts: date, earliest: "2020-01-01"}}
  better: {pairwise: [note, other], equal: true}
  order: {ranking: hits, buckets: [good, bad]}
  marks: {regions: [{value: A, max_usages: 3}, B], of: photo, shapes: [box, skeleton], multiple: true,
    joints: [x, y], edges: [[0, 1]], snap: pixel, smart: true}
  sharp: {choice: [a], of: photo, per_region: true, when: {region-selected: {field: marks, values: [A]}}}
  links: {relations: [of]}
"""


def written():
    return build.schema(
        show=[
            build.image("photo", many=True),
            build.text_of("note", granularity="word"),
            build.shown("other", "html"),
            build.shown("hits", "list"),
        ],
        ask=[
            build.choice(
                "one", ["a", Option("b", "B", "x", color="red", hint="h", selected=True)], required=True
            ),
            build.choices("some", ["a", "b"], opinion=True, layout="inline"),
            build.text("why", max_length=9, rows=3, placeholder="because", title="Why", message="Say why"),
            build.texts("lines", max_submissions=2),
            build.number("size", 0, 9, step=0.5, of="photo", per_item=True),
            build.rating("stars", 3, default=2),
            build.taxonomy("tree", {"a": ["b", "c"], "d": []}, leaves_only=True, max_usages=2),
            build.date("day", earliest="2020-01-01"),
            build.pairwise("better", "note", "other", equal=True),
            build.ranking("order", "hits", ["good", "bad"]),
            build.regions(
                "marks",
                [Option("A", "A", max_usages=3), "B"],
                of="photo",
                shapes=["box", "skeleton"],
                multiple=True,
                joints=["x", "y"],
                edges=[(0, 1)],
                snap="pixel",
                smart=True,
            ),
            build.choice(
                "sharp", ["a"], of="photo", per_region=True, when=[Condition("region-selected", "marks", ("A",))]
            ),
            build.relations("links", ["of"]),
        ],
    )  # fmt: skip


def test_yaml_python_and_json_come_to_one_schema():
    schema = schema_from_fields(yaml.safe_load(FORMS), where="p.yaml")
    assert schema == written()
    assert {field.kind for field in schema.fields} == set(FIELD_KINDS)
    assert schema_from_json(json.loads(json.dumps(schema_to_json(schema)))) == schema


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        ("{a: {regions: [], of: gone, shapes: [box]}}", "nothing is shown as 'gone'"),
        ("{a: {regions: [], of: photo}}", "no shapes"),
        ("{a: {regions: [], shapes: [box]}}", "marks nothing"),
        ("{a: {regions: [], of: photo, shapes: [span]}}", "cannot be marked with 'span'"),
        ("{a: {regions: [], of: photo, shapes: [circle]}}", "not possible here"),
        ("{a: {regions: [], of: photo, shapes: [skeleton], joints: [a], edges: [[0, 1]]}}", "no joint"),
        ("{a: {rating: 5, of: photo, per_region: true}}", "nothing marks any"),
        ("{a: {rating: 5, of: photo, per_item: true}}", "only one is shown"),
        ("{a: {pairwise: photo}}", "a pair"),
        ("{a: {ranking: photo}}", "only a list"),
        ("{a: {choice: [x], when: {choice-selected: b}}}", "depends on 'b'"),
        ("{a: {choice: [x], when: {sometimes: b}}}", "one kind"),
        ("{a: {taxonomy: [{value: x, children: [y, y]}]}}", "twice"),
        ("{a: {choice: [{value: x, hotkey: q}]}, b: {choice: [{value: y, hotkey: q}]}}", "taken by 'x'"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(ask, says):
    with pytest.raises(Invalid, match=says) as caught:
        schema_from_fields({"show": {"photo": "image"}, "ask": yaml.safe_load(ask)}, where="p.yaml")
    assert caught.value.where.startswith("p.yaml: ask.")
