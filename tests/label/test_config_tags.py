"""Every tag that is said to work does, and comes to what it says; what cannot work says so, all of it at once."""

import json
import re

import pytest
from tests.label.configs import CONFIGS, IMAGE, LABELS, TEXT

from recension.errors import Invalid
from recension.label import (
    Condition,
    check_answer,
    parse_label_config,
    schema_from_json,
    schema_hash,
    schema_to_json,
    task_schema,
)
from recension.label.config import read_label_config
from recension.label.references import look_up
from recension.label.tags import LATER, SUPPORTED


def read(tag):
    return parse_label_config(CONFIGS[tag], where="config")


@pytest.mark.parametrize("tag", SUPPORTED)
def test_every_tag_that_works_is_read_and_survives_json(tag):
    assert re.search(rf"<{tag}[ >]", CONFIGS[tag])
    reading = read_label_config(CONFIGS[tag], where="config")
    assert not reading.problems
    again = schema_from_json(json.loads(json.dumps(schema_to_json(reading.schema))))
    assert again == reading.schema
    assert schema_hash(again) == schema_hash(reading.schema)
    named = {node.name for node in reading.schema.view.walk() if node.kind == "field"}
    assert named == {field.name for field in reading.schema.fields}


@pytest.mark.parametrize("tag", LATER)
def test_a_tag_that_does_not_work_yet_says_so_with_its_line(tag):
    reading = read_label_config(f'<View>\n{TEXT}\n<{tag} name="x"/>\n<Rating name="n" toName="x"/></View>', where="c")
    assert [(each.line, each.tag) for each in reading.problems] == [(3, tag)]
    assert f"<{tag}> cannot be used yet" in reading.problems[0].message


@pytest.mark.parametrize(
    ("tag", "shapes"),
    [
        ("RectangleLabels", ("box",)),
        ("EllipseLabels", ("ellipse",)),
        ("PolygonLabels", ("polygon",)),
        ("KeyPointLabels", ("keypoint",)),
        ("BrushLabels", ("mask",)),
        ("BitmaskLabels", ("mask",)),
        ("VectorLabels", ("polyline", "polygon")),
        ("Rectangle", ("box", "rotated-box")),
        ("Ellipse", ("ellipse",)),
        ("Polygon", ("polygon",)),
        ("KeyPoint", ("keypoint",)),
        ("Brush", ("mask",)),
        ("Bitmask", ("mask",)),
        ("MagicWand", ("mask",)),
        ("Vector", ("polyline",)),
        ("Labels", ("span",)),
        ("HyperTextLabels", ("span",)),
        ("ParagraphLabels", ("span",)),
    ],
)
def test_what_marks_says_with_which_shapes(tag, shapes):
    field = read(tag).field("r")
    assert field.kind == "regions"
    assert field.shapes == shapes
    assert [(o.value, o.label, o.hotkey, o.color, o.hint) for o in field.options] == [
        ("Car", "Car", "c", "#ff0000", ""),
        ("b", "Bus", "1", "", "big"),
    ]


def test_drawing_tags_of_an_image_go_into_its_labels():
    schema = parse_label_config(
        f'<View>{IMAGE}<Brush name="b" toName="i"/><Rectangle name="d" toName="i" smart="true"/>'
        f'<Labels name="r" toName="i">{LABELS}</Labels><Labels name="more" toName="i"><Label value="x"/></Labels>'
        '<Number name="n" toName="i" perRegion="true" visibleWhen="region-selected" whenTagName="d"/></View>',
        where="c",
    )
    marks, more, number = schema.fields
    assert (marks.name, marks.shapes, marks.allow_empty) == ("r", ("mask", "box", "rotated-box"), True)
    assert (marks.smart, marks.smart_only) == (True, False)
    assert [(tool.name, tool.tool) for tool in marks.tools] == [("b", "brush"), ("d", "rectangle")]
    assert (more.kind, more.per_region) == ("choice", True)
    assert number.when == (Condition("region-selected", "r"),)
    region = {"id": "1", "shape": {"type": "box", "x": 0, "y": 0, "width": 1, "height": 1}, "labels": []}
    answer = {"r": [{**region, "attributes": {"more": "x", "n": 2}}]}
    assert check_answer(schema, answer)["r"][0]["attributes"] == {"more": "x", "n": 2}


def test_a_drawing_tag_without_labels_is_a_question_of_its_own():
    schema = parse_label_config(f'<View>{IMAGE}<Polygon name="p" toName="i"/></View>', where="c")
    assert [(field.name, field.shapes, field.options) for field in schema.fields] == [("p", ("polygon",), ())]


def test_conditions_of_views_hold_for_what_is_in_them():
    schema = read("View")
    assert schema.field("n").when == (Condition("choice-selected", "c", ("x",)),)
    assert check_answer(schema, {"c": "y", "n": 3}) == {"c": "y"}
    with pytest.raises(Invalid, match="needs an answer"):
        check_answer(schema, {"c": "x"})


def test_a_question_about_some_labels_is_asked_of_regions_with_them():
    schema = read("Labels")
    assert schema.field("c").when == (Condition("region-selected", "", ("Car",)),)
    span = {"type": "span", "start": 0, "end": 1}
    check_answer(schema, {"r": [{"id": "1", "shape": span, "labels": ["b"]}]})
    with pytest.raises(Invalid, match="'c' needs an answer"):
        check_answer(schema, {"r": [{"id": "1", "shape": span, "labels": ["Car"]}]})


def test_a_repeater_asks_about_every_entry_of_the_data():
    schema = read("Repeater")
    assert schema.varies
    data = {"turns": [{"text": "Hi"}, {"text": "Yes"}]}
    asked = task_schema(schema, data)
    assert [field.name for field in asked.fields] == ["c_0", "n_0", "c_1", "n_1"]
    assert [tag.field for tag in asked.objects] == ["turns[0].text", "turns[1].text"]
    assert asked.field("n_1").when == (Condition("choice-selected", "c_1"),)
    assert [o.hotkey for o in asked.field("c_0").options][:1] == ["x"]
    assert not asked.varies
    assert schema.references == asked.references == ("turns",)
    assert check_answer(schema, {"c_1": "y", "n_1": 2, "n_0": 1}, data) == {"c_1": "y", "n_1": 2}
    with pytest.raises(Invalid, match="no field 'c_2'"):
        check_answer(schema, {"c_2": "y"}, data)


def test_a_repeater_inside_another_repeats_for_each_entry_of_both():
    schema = parse_label_config(
        """<View><Repeater on="$groups"><Header value="$groups[{{idx}}].name: what of these?"/>
        <Repeater on="$groups[{{idx}}].lines" indexFlag="{{line}}">
        <Text name="t_{{idx}}_{{line}}" value="$groups[{{idx}}].lines[{{line}}]"/>
        <Choices name="c_{{idx}}_{{line}}" toName="t_{{idx}}_{{line}}" required="true">
        <Choice value="x"/><Choice value="y"/></Choices></Repeater></Repeater></View>""",
        where="c",
    )
    data = {"groups": [{"name": "A", "lines": ["a", "b"]}, {"name": "B", "lines": []}, {"name": "C", "lines": ["c"]}]}
    asked = task_schema(schema, data)
    assert [field.name for field in asked.fields] == ["c_0_0", "c_0_1", "c_2_0"]
    shown = [look_up(data, tag.field) if tag.field else tag.text for tag in asked.objects]
    assert shown == ["A: what of these?", "a", "b", "B: what of these?", "C: what of these?", "c"]
    answer = {"c_0_0": "x", "c_0_1": "y", "c_2_0": "x"}
    assert check_answer(schema, answer, data) == answer
    with pytest.raises(Invalid, match="c_2_0: this field needs"):
        check_answer(schema, {"c_0_0": "x", "c_0_1": "y"}, data)
    many = {"groups": [{"lines": list("abcdefgh")} for _ in range(150)]}
    with pytest.raises(Invalid, match="entries to repeat over"):
        task_schema(schema, many)


def test_a_field_may_stand_anywhere_in_a_text():
    schema = parse_label_config(
        """<View><Header value="By $author.name for $5"/><Text name="t" value="Q: $q
A: $a"/>
        <Labels name="l" toName="t"><Label value="x"/></Labels></View>""",
        where="c",
    )
    assert schema.varies
    assert schema.references == ("a", "author.name", "q")
    data = {"author": {"name": "Ada"}, "q": "Why?", "a": None}
    asked = task_schema(schema, data)
    assert [tag.text for tag in asked.objects] == ["By Ada for $5", "Q: Why? A: "]
    assert not asked.varies
    assert asked.fields[0].title == ""  # what depends on the data is nobody's title
    read_back = schema_from_json(schema_to_json(schema))
    assert read_back == schema
    # Spans count in the text that is shown.
    span = {"id": "1", "shape": {"type": "span", "start": 8, "end": 10}, "labels": ["x"]}
    assert check_answer(schema, {"l": [span]}, data)
    with pytest.raises(Invalid):
        check_answer(schema, {"l": [span | {"shape": {"type": "span", "start": 8, "end": 12}}]}, data)
    other = parse_label_config(
        '<View><Header value="By $who"/><Choices name="c" toName=""><Choice value="x"/></Choices></View>', where="c"
    )
    again = parse_label_config(
        '<View><Header value="By $whom"/><Choices name="c" toName=""><Choice value="x"/></Choices></View>', where="c"
    )
    assert schema_hash(other) != schema_hash(again)


def test_a_dialogue_is_heard_once():
    turns = '<Paragraphs name="p" value="$turns" audioUrl="$sound" sync="a"/>'
    choice = '<Choices name="c" toName="p"><Choice value="x"/></Choices>'
    alone = read_label_config(f"<View>{turns}{choice}</View>", where="c")
    assert [(tag.kind, tag.field) for tag in alone.schema.objects] == [("audio", "sound"), ("dialogue", "turns")]
    assert [note.message for note in alone.notes] == ["<Paragraphs> is not played in step with 'a'"]
    both = parse_label_config(f'<View><Audio name="a" value="$sound"/>{turns}{choice}</View>', where="c")
    assert [tag.kind for tag in both.objects] == ["audio", "dialogue"]


def test_options_come_from_the_data():
    schema = read("Choices")
    assert (schema.field("c").options_from, schema.references) == ("options", ("options", "text"))
    data = {"text": "t", "options": ["a", {"value": "B", "alias": "b", "html": "<b>B</b>"}]}
    assert [(o.value, o.label) for o in task_schema(schema, data).field("c").options] == [("a", "a"), ("b", "B")]
    assert check_answer(schema, {"c": ["b"]}, data) == {"c": ["b"]}
    with pytest.raises(Invalid, match="is no answer"):
        check_answer(schema, {"c": ["z"]}, data)
    with pytest.raises(Invalid, match="twice"):
        check_answer(schema, {"c": ["a"]}, {"text": "t", "options": ["a", "a"]})


def test_judgements_say_what_they_allow():
    texts, rating, number = (read(tag).field("n") for tag in ("TextArea", "Rating", "Number"))
    assert (texts.kind, texts.max_submissions, texts.default, texts.rows) == ("texts", 3, "begin", 4)
    assert [(o.value, o.label, o.hotkey) for o in texts.shortcuts] == [("quite so", "qs", "q")]
    assert (rating.maximum, rating.default) == (7, 2)
    assert (number.minimum, number.maximum, number.step, number.default) == (0, 1, 0.1, 0.5)
    date = read("DateTime").field("n")
    assert (date.parts, date.earliest, date.date_format) == ("date", "2020-01-01", "%d.%m.%Y")
    tree = read("Taxonomy").field("c")
    assert (tree.leaves_only, tree.max_usages) == (True, 2)
    assert [o.value for o in tree.options[0].children] == ["Cat", "Dog"]
    assert [(b.value, b.label) for b in read("Ranker").field("n").buckets] == [("good", "Good"), ("bad", "bad")]
    choice = read("Choice").field("c")
    assert (choice.default, choice.options[0].color, choice.options[1].html) == ("1", "red", "<b>2</b>")


def test_the_screen_is_a_tree_in_the_order_of_the_config():
    view = read("Collapse").view
    assert [node.kind for node in view.walk()] == ["view", "object", "collapse", "panel", "field"]
    assert (view.children[1].is_open, view.children[1].children[0].text) == (False, "More")
    head = read("Header")
    header = head.view.children[0]
    assert (header.kind, header.field, header.level) == ("header", "title", 2)
    assert head.field("n").title == "How many?"
    assert head.references == ("text", "title")


def test_all_problems_are_found_at_once_with_their_lines():
    reading = read_label_config(
        "<View>\n"
        '<Text name="t" value="$t"/>\n'
        '<Video name="v" value="$v"/>\n'
        '<TimelineLabels name="x" toName="v"><Label value="a"/></TimelineLabels>\n'
        '<Choices name="c" toName="nothing"><Choice value="a" hotkey="1"/></Choices>\n'
        '<Rating name="r" toName="t" stars="5" maxRatings="3"/>\n'
        '<Labels name="l" toName="v"><Label value="a" hotkey="1"/></Labels>\n'
        '<Number name="n" toName="t" perRegion="true"/>\n'
        "</View>",
        where="c",
    )
    assert reading.schema is None
    found = [(each.line, each.message) for each in reading.problems]
    assert [line for line, _ in found] == [4, 5, 6, 6, 7, 7, 8]
    for words, (_, message) in zip(
        [
            "TimelineLabels",
            "'nothing'",
            "'stars'",
            "'maxratings'",
            "parts of video",
            "is taken by 'a'",
            "nothing marks",
        ],
        found,
        strict=True,
    ):
        assert words in message
    assert "did you mean maxRating?" in reading.problems[3].hint


def test_the_first_problem_says_how_many_more_there_are():
    with pytest.raises(Invalid) as caught:
        parse_label_config(f'<View>{TEXT}\n<Rating/><Number name="n"\n toName="q"/></View>', where="c")
    assert caught.value.where == "c: line 2"
    assert "1 more problem in the config" in caught.value.hint


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (f'<Labels name="r" toName="i">{LABELS}</Labels>', "nothing draws"),
        (
            '<RectangleLabels name="r" toName="t"><Label value="a"/></RectangleLabels>',
            "cannot mark what is shown as text",
        ),
        ('<Rectangle name="r" toName="t"/>', "cannot mark what is shown as text"),
        ('<Pairwise name="r" toName="t"/>', "compares two"),
        ('<DateTime name="r" toName="t" only="date,month"/>', "only="),
        ('<Number name="r" toName="t" min="3" max="2"/>', "is over max"),
        ('<Repeater on="$a"><Text name="x" value="$a[{{idx}}]"/></Repeater>', "is in a <Repeater>"),
        ('<Filter toName="nobody"/><Rating name="r" toName="t"/>', "names nothing with labels"),
        ('<Choices name="r" toName="t" whenTagName="t"><Choice value="a"/></Choices>', "without visibleWhen"),
        (
            '<Number name="r" toName="t" visibleWhen="choice-selected" whenTagName="gone"/>',
            "'gone' names no tag",
        ),
        ('<VectorLabels name="r" toName="i" skeleton="true"><Label value="a"/></VectorLabels>', 'skeleton="true"'),
        (
            '<Repeater on="$a"><Repeater on="$b"><Text name="x{{idx}}" value="$a[{{idx}}]"/></Repeater></Repeater>',
            "that of the one around it",
        ),
        ('<Collapse><Rating name="r" toName="t"/></Collapse>', "put it into a <Panel"),
    ],
)
def test_what_makes_no_sense_is_refused(body, says):
    reading = read_label_config(f"<View>{IMAGE}{TEXT}{body}</View>", where="c")
    problem = reading.problems[0]
    assert says in f"{problem.message} {problem.hint}"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('<Choices name="c" toName="i" perItem="true"><Choice value="a"/></Choices>', "only one is shown"),
        ('<Ranker name="c" toName="t"/>', "only a list can be ranked"),
        (
            '<Rating name="s" toName="t"/><Number name="c" toName="t" visibleWhen="choice-selected" whenTagName="s"/>',
            "depends on 's'",
        ),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(body, says):
    (problem,) = read_label_config(f"<View>{IMAGE}{TEXT}\n{body}</View>", where="c").problems
    assert says in problem.message
    assert problem.line == 2


def test_attributes_for_models_are_left_to_them():
    schema = parse_label_config(
        f'<View>{IMAGE}<RectangleLabels name="r" toName="i" model_score_threshold="0.3">'
        '<Label value="a" predicted_values="cat,dog"/></RectangleLabels></View>',
        where="c",
    )
    assert [option.value for option in schema.field("r").options] == ["a"]


def test_case_of_tags_and_attributes_does_not_matter():
    schema = parse_label_config(f'<View>{TEXT}<rating NAME="n" toname="t" MAXRATING="3"/></View>', where="c")
    assert schema.field("n").maximum == 3
