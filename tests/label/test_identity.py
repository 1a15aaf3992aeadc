"""Hashes and ids depend on exactly what they should."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.errors import Invalid
from recension.label import (
    Field,
    ObjectTag,
    Option,
    canonical_json,
    item_id,
    make_schema,
    parse_item_id,
    schema_from_json,
    schema_hash,
    schema_to_json,
    work_id,
)

CATEGORY = Field("category", "choice", (Option("a", "A", "1"), Option("b", "B", "2")), required=True)
WHY = Field("why", "text", max_length=50)
SHOWN = ObjectTag("h", "text", field="headline")
SCHEMA = make_schema([CATEGORY, WHY], [SHOWN])


@pytest.mark.parametrize(
    "changed",
    [
        make_schema([WHY, CATEGORY], [SHOWN]),
        make_schema([replace(CATEGORY, options=CATEGORY.options[::-1]), WHY], [SHOWN]),
        make_schema([replace(CATEGORY, title="Which?", opinion=True), WHY], [SHOWN]),
        make_schema([replace(CATEGORY, options=(Option("a", "x", "9"), Option("b", "y"))), WHY], [SHOWN]),
        make_schema([CATEGORY, WHY], [ObjectTag("", "header", text="Hello"), replace(SHOWN, name="other")]),
    ],
)
def test_what_leaves_every_answer_good_keeps_the_hash(changed):
    assert schema_hash(changed) == schema_hash(SCHEMA)


@pytest.mark.parametrize(
    "changed",
    [
        make_schema([CATEGORY], [SHOWN]),
        make_schema([replace(CATEGORY, name="kind"), WHY], [SHOWN]),
        make_schema([replace(CATEGORY, kind="choices"), WHY], [SHOWN]),
        make_schema([replace(CATEGORY, options=(*CATEGORY.options, Option("c", "C"))), WHY], [SHOWN]),
        make_schema([replace(CATEGORY, required=False), WHY], [SHOWN]),
        make_schema([CATEGORY, replace(WHY, max_length=51)], [SHOWN]),
        make_schema([CATEGORY, WHY], [replace(SHOWN, field="title")]),
        make_schema([CATEGORY, WHY], [replace(SHOWN, kind="image")]),
        make_schema([CATEGORY, WHY], [SHOWN, ObjectTag("", "header", field="source")]),
    ],
)
def test_what_changes_the_question_changes_the_hash(changed):
    assert schema_hash(changed) != schema_hash(SCHEMA)


def test_the_hash_is_the_same_in_every_release():
    assert schema_hash(SCHEMA) == "5b11c7b3296ed156cf8209cfcc6328b79736defc8248cf180ed3dc5924241c96"
    assert work_id("p", SCHEMA, {"headline": "x"}) == "dc184a8088b19ba3751b31d1a21bc1162f2fd724cdbdbe5f3cd10c3a9b052d7f"


def test_a_schema_reads_back_from_json():
    assert schema_from_json(schema_to_json(SCHEMA)) == SCHEMA
    with pytest.raises(Invalid):
        schema_from_json({"fields": [{"name": "x", "kind": "smell"}], "objects": []})


def test_work_is_what_is_shown_and_nothing_else():
    same = work_id("p", SCHEMA, {"headline": "x", "date": "2020"})
    assert same == work_id("p", SCHEMA, {"date": "2021", "headline": "x"})
    assert same != work_id("p", SCHEMA, {"headline": "y"})
    assert same != work_id("q", SCHEMA, {"headline": "x"})
    with pytest.raises(Invalid, match="no field 'headline'"):
        work_id("p", SCHEMA, {"title": "x"})


segments = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
    lambda text: text not in {".", ".."}
)
paths = st.lists(segments, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
keys = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(paths, keys, st.none() | st.from_regex(r"[0-9a-f]{16}", fullmatch=True))
def test_an_item_id_reads_back_to_what_it_names(path, key, region):
    assert parse_item_id(item_id(path, key, region)) == (path, key, region)


def test_ordinary_ids_look_ordinary():
    assert item_id("/a b/é.csv") == "/a b/é.csv"
    assert item_id("/p.csv", "10/3 #1") == "/p.csv#10%2F3%20%231"
    assert item_id("/p.csv", "k", "00ff00ff00ff00ff") == "/p.csv#k@00ff00ff00ff00ff"


@pytest.mark.parametrize(("path", "key"), [("/a", ""), ("/a/../b", None), ("/a", "\ud800")])
def test_what_cannot_be_named_is_refused(path, key):
    with pytest.raises(Invalid):
        item_id(path, key)


@pytest.mark.parametrize("text", ["a", "/a#", "/a@", "/a#b#c", ""])
def test_what_is_no_id_is_refused(text):
    with pytest.raises(Invalid):
        parse_item_id(text)


@pytest.mark.parametrize("value", [float("nan"), b"x", "\ud800", {"a": {1}}])
def test_what_json_cannot_spell_is_refused(value):
    with pytest.raises(Invalid):
        canonical_json(value)


def test_canonical_json_is_sorted_and_bare():
    assert canonical_json({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'.encode()
