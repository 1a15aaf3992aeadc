"""What a new schema makes of stored answers: which fit, which a rule carries over, which are lost, and why."""

# ruff: noqa: E501  a rule, what it is given and what it makes of it stand in one line

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from recension.errors import Invalid
from recension.label import build, check_answer
from recension.label.migration import Fitting, carried_over, fitting, migrate
from recension.label.migration_form import parse_rules
from recension.label.schema_changes import compare

SHOW = [build.image("photo"), build.text_of("note")]


def schema(*ask):
    return build.schema(show=SHOW, ask=ask)


def rules(text):
    return parse_rules(yaml.safe_load(text), where="p.yaml: migrate")


BOX = {"type": "box", "x": 0, "y": 0, "width": 1, "height": 1}
OLD = schema(
    build.choice("kind", ["car", "bus", "tram"], required=True),
    build.choices("tags", ["day", "night", "fog"]),
    build.text("note2", max_length=50),
    build.regions("cars", ["car", "van"], of="photo", shapes=["box", "polygon"]),
    build.choice("size", ["big", "small"], of="photo", per_region=True),
    build.taxonomy("tree", {"a": ["b", "c"]}),
)


def marked(label, **attributes):
    return [{"id": "r", "shape": BOX, "labels": [label], "attributes": attributes}]


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("[rename_field: {from: kind, to: sort}]", {"kind": "car", "tags": ["day"]}, {"sort": "car", "tags": ["day"]}),
        ("[rename_field: {from: size, to: extent}]", {"cars": marked("car", size="big")}, {"cars": marked("car", extent="big")}),
        ("[rename_option: {field: kind, from: car, to: auto}]", {"kind": "car"}, {"kind": "auto"}),
        ("[rename_option: {field: tree, from: b, to: x}]", {"tree": [["a", "b"], ["a"]]}, {"tree": [["a", "x"], ["a"]]}),
        ("[merge_options: {field: tags, from: [day, fog], to: light}]", {"tags": ["day", "fog", "night"]}, {"tags": ["light", "night"]}),
        ("[merge_options: {field: cars, from: [van], to: car}]", {"cars": marked("van", size="big")}, {"cars": marked("car", size="big")}),
        ("[rename_option: {field: size, from: big, to: large}]", {"cars": marked("van", size="big")}, {"cars": marked("van", size="large")}),
        ("[split_option: {field: cars, from: car, by: size, to: {big: truck}}]", {"cars": marked("car", size="big")}, {"cars": marked("truck", size="big")}),
        ("[split_option: {field: cars, from: car, by: size, to: {big: truck}}]", {"cars": marked("car", size="small")}, {"cars": marked("car", size="small")}),
        ("[split_option: {field: kind, from: car, by: note2, to: {x: taxi}}]", {"kind": "car", "note2": "x"}, {"kind": "taxi", "note2": "x"}),
        ("[{drop_field: {field: note2}}, {rename_option: {field: kind, from: bus, to: car}}]", {"kind": "bus", "note2": "x"}, {"kind": "car"}),
        ("[drop_field: {field: size}]", {"cars": marked("car", size="big")}, {"cars": marked("car")}),
        ("[add_field: {field: size, value: big}]", {"cars": marked("car")}, {"cars": marked("car", size="big")}),
        ("[add_field: {field: size, value: big}]", {"cars": marked("car", size="small")}, {"cars": marked("car", size="small")}),
        ("[add_field: {field: kind, value: bus}]", {"tags": []}, {"kind": "bus", "tags": []}),
    ],
)  # fmt: skip
def test_a_rule_does_what_it_says(text, before, after):
    kept = repr(before)
    assert migrate(rules(text), OLD, before) == after
    assert repr(before) == kept  # what is stored stays as it is


def test_rules_apply_in_their_order():
    text = "[{rename_option: {field: kind, from: car, to: bus}}, {rename_option: {field: kind, from: bus, to: tram}}]"
    assert migrate(rules(text), OLD, {"kind": "car"}) == {"kind": "tram"}


@given(st.sampled_from(["car", "bus", "tram"]), st.sets(st.sampled_from(["day", "night", "fog"])))
def test_without_rules_an_answer_that_fits_stays_as_it_is(kind, tags):
    answer = check_answer(OLD, {"kind": kind, "tags": sorted(tags)})
    assert carried_over((), OLD, answer) == answer


def test_answers_are_counted_by_what_becomes_of_them():
    new = schema(build.choice("kind", ["auto", "bus"], required=True), build.text("note2"))
    answers = [
        ({"kind": "bus"}, None),
        ({"kind": "car"}, None),
        ({"kind": "tram"}, None),
        ({"kind": "bus", "tags": ["day"]}, None),
    ]
    found = fitting(rules("[rename_option: {field: kind, from: car, to: auto}]"), new, answers)
    assert found == Fitting(1, 1, {"kind: 'tram' is no answer": 1, "tags: no field 'tags'": 1})


def test_fields_are_compared_one_by_one():
    new = schema(
        build.choice("kind", ["car", "bus", "tram", "van"], required=True, title="Another title"),
        build.choices("tags", ["day", "night"]),
        build.text("note2", max_length=20, required=True),
        build.regions("cars", ["car", "van"], of="photo", shapes=["box"]),
        build.rating("size", of="photo", per_region=True),
        build.rating("stars", required=True),
        build.rating("maybe"),
    )
    found = {each.field: (each.kind, each.fits) for each in compare(OLD, new)}
    assert found == {
        "kind": ("changed", True),
        "tags": ("changed", False),
        "note2": ("changed", False),
        "cars": ("changed", False),
        "size": ("changed", False),
        "tree": ("removed", False),
        "stars": ("added", False),
        "maybe": ("added", True),
    }
    why = {each.field: each.why for each in compare(OLD, new)}
    assert why["tags"] == "without fog"
    assert why["note2"] == "it is required now; its texts have at most 20 characters"
    assert why["cars"] == "without the shapes polygon"
    assert why["size"] == "it was choice and is rating"
    assert {(each.kind, each.fits) for each in compare(OLD, OLD)} == {("same", True)}


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("{}", "p.yaml: migrate", "a list"),
        ("[1]", "p.yaml: migrate[0]", "keys and values"),
        ("[{rename: {}}]", "p.yaml: migrate[0]", "one kind"),
        ("[{rename_field: {from: a}}]", "p.yaml: migrate[0].rename_field", "to is missing"),
        ("[{rename_field: {from: a, to: b, x: c}}]", "p.yaml: migrate[0].rename_field", "unknown key"),
        ("[{drop_field: {field: 1}}]", "p.yaml: migrate[0].drop_field", "no text"),
    ],
)
def test_a_wrong_rule_is_named_by_its_place(text, where, says):
    with pytest.raises(Invalid, match=says) as caught:
        rules(text)
    assert caught.value.where == where
