"""Answers are checked against the schema and come out in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.errors import Invalid
from recension.label import Field, ObjectTag, Option, check_answer, make_schema

OPTIONS = (Option("a", "A", "1"), Option("b", "B", "2"), Option("c", "C", "3"))
SCHEMA = make_schema(
    [
        Field("one", "choice", OPTIONS, required=True),
        Field("many", "choices", OPTIONS),
        Field("why", "text", max_length=5),
        Field("stars", "rating", minimum=1, maximum=5),
        Field("price", "number", minimum=0, maximum=10),
    ],
    [ObjectTag("t", "text", field="t")],
)


def test_the_canonical_form_follows_the_schema():
    answer = check_answer(SCHEMA, {"price": 3.0, "stars": 5.0, "why": " x ", "many": ["c", "a", "c"], "one": "b"})
    assert list(answer.items()) == [("one", "b"), ("many", ["a", "c"]), ("why", " x "), ("stars", 5), ("price", 3)]
    assert [type(answer[name]) for name in ("stars", "price")] == [int, int]


def test_what_is_left_empty_is_left_out():
    assert check_answer(SCHEMA, {"one": "a", "many": [], "why": "  ", "stars": None}) == {"one": "a"}


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({}, "one"),
        ({"one": ""}, "one"),
        ({"one": "d"}, "one"),
        ({"one": ["a"]}, "one"),
        ({"one": "a", "two": 1}, "two"),
        ({"one": "a", "many": "a"}, "many"),
        ({"one": "a", "many": ["a", 1]}, "many"),
        ({"one": "a", "why": "123456"}, "why"),
        ({"one": "a", "why": "a\0"}, "why"),
        ({"one": "a", "why": "\ud800"}, "why"),
        ({"one": "a", "stars": 0}, "stars"),
        ({"one": "a", "stars": 6}, "stars"),
        ({"one": "a", "stars": 2.5}, "stars"),
        ({"one": "a", "stars": True}, "stars"),
        ({"one": "a", "price": -0.1}, "price"),
        ({"one": "a", "price": float("nan")}, "price"),
        ({"one": "a", "price": "3"}, "price"),
        ({"one": "a", "price": 10**400}, "price"),
    ],
)
def test_what_a_field_does_not_allow_is_refused_by_name(fields, where):
    with pytest.raises(Invalid) as caught:
        check_answer(SCHEMA, fields)
    assert caught.value.where == where
    assert caught.value.hint


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from("abc"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["one", "many", "why", "stars", "price", "other"]), json_values))
def test_an_answer_is_refused_or_its_canonical_form_is_a_fixed_point(fields):
    try:
        answer = check_answer(SCHEMA, fields)
    except Invalid:
        return
    assert check_answer(SCHEMA, answer) == answer
    assert set(answer) <= set(fields)
