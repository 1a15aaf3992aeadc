"""Answers of every kind come to something: one value, a set, or how far people agree."""

import pytest

from recension.crowd.consensus_of import Vote, consensus_of
from recension.crowd.policy import ConsensusPolicy
from recension.label import build, check_answer, parse_label_config

SHOW = [build.image("photo", many=True), build.text_of("a"), build.text_of("b"), build.shown("hits", "list")]
SCHEMA = build.schema(
    show=SHOW,
    ask=[
        build.taxonomy("tree", {"animal": ["cat", "dog"], "plant": []}),
        build.date("day"),
        build.pairwise("better", "a", "b"),
        build.ranking("order", "hits"),
        build.texts("lines"),
        build.rating("sharp", of="photo", per_item=True),
        build.regions("cells", ["round", "long"], of="photo", shapes=["box"]),
        build.relations("links"),
    ],
)


def came_to(schema, *answers, task="t"):
    votes = [Vote(task, f"w{number}", check_answer(schema, fields)) for number, fields in enumerate(answers)]
    return consensus_of(schema, ConsensusPolicy(method="majority"), votes, {}).get(task, {})


@pytest.mark.parametrize(
    ("field", "first", "second", "agreed"),
    [
        ("tree", [["animal", "cat"], ["plant"]], [["animal", "dog"]], [["animal", "cat"], ["plant"]]),
        ("day", "2024-01-01", "2024-01-02", "2024-01-01"),
        ("better", "left", "right", "left"),
        ("order", ["x", "y"], ["y", "x"], ["x", "y"]),
        ("lines", ["one", "two"], ["one"], ["one", "two"]),
        ("sharp", {"0": 3}, {"0": 4}, {"0": 3}),
    ],
)
def test_most_votes_decide_in_the_form_of_the_answer(field, first, second, agreed):
    found = came_to(SCHEMA, {field: first}, {field: second}, {field: first})[field]
    assert (found.value, found.votes, found.tie) == (agreed, 3, False)
    assert found.confidence > 0
    tie = came_to(SCHEMA, {field: first}, {field: second})[field]
    assert tie.value is None
    assert tie.tie


def cell(identity, x, label="round"):
    return {"id": identity, "shape": {"type": "box", "x": x, "y": 0, "width": 10, "height": 10}, "labels": [label]}


def test_a_lone_answer_of_regions_is_the_value_and_several_say_how_far_they_agree():
    lone = came_to(SCHEMA, {"cells": [cell("a", 0)]})["cells"]
    assert (lone.method, lone.votes, lone.confidence) == ("single", 1, None)
    assert lone.value[0]["labels"] == ["round"]
    same = came_to(SCHEMA, {"cells": [cell("a", 0), cell("b", 50)]}, {"cells": [cell("z", 50), cell("y", 0)]})["cells"]
    assert (same.value, same.method, same.votes, same.confidence, same.tie) == (None, "overlap", 2, 1.0, False)
    apart = came_to(SCHEMA, {"cells": [cell("a", 0)]}, {"cells": [cell("a", 0, "long")]})["cells"]
    assert apart.confidence == 0
    # Of three, one found nothing: a third of all pairs agrees.
    one_empty = came_to(SCHEMA, {"cells": [cell("a", 0)]}, {"cells": [cell("a", 0)]}, {"day": "2024-01-01"})["cells"]
    assert one_empty.confidence == pytest.approx(1 / 3, abs=1e-6)


def test_links_and_questions_about_regions_have_no_consensus():
    body = {"cells": [cell("a", 0), cell("b", 50)], "links": [{"from": "a", "to": "b"}]}
    assert came_to(SCHEMA, body, body).keys() == {"cells"}


def test_a_repeated_question_is_one_for_each_entry():
    schema = parse_label_config(
        '<View><Repeater on="$turns"><Text name="t{{idx}}" value="$turns[{{idx}}]"/>'
        '<Choices name="c{{idx}}" toName="t{{idx}}"><Choice value="x"/><Choice value="y"/></Choices></Repeater></View>',
        where="c",
    )
    data = {"turns": ["one", "two"]}
    given = [{"c0": "x", "c1": "y"}, {"c0": "x"}, {"c0": "y", "c1": "y"}]
    votes = [Vote("t", f"w{n}", check_answer(schema, fields, data)) for n, fields in enumerate(given)]
    found = consensus_of(schema, ConsensusPolicy(method="majority"), votes, {})["t"]
    assert {name: each.value for name, each in found.items()} == {"c0": "x", "c1": "y"}


def test_options_from_the_data_are_voted_on_too():
    schema = parse_label_config(
        '<View><Text name="t" value="$t"/><Choices name="c" toName="t" choice="multiple" value="$o"/></View>', where="c"
    )
    data = {"t": "x", "o": ["a", "b", "c"]}
    votes = [
        Vote("t", f"w{n}", check_answer(schema, {"c": chosen}, data))
        for n, chosen in enumerate([["a", "b"], ["a", "c"], ["a"]])
    ]
    found = consensus_of(schema, ConsensusPolicy(method="majority"), votes, {})["t"]["c"]
    assert found.value == ["a"]
