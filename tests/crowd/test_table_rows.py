"""A page of a table is what a plain filter and a plain sort over its rows give."""

from __future__ import annotations

import io
from functools import cmp_to_key

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recension.crowd.filters import OPS, read_filter
from recension.crowd.table_rows import PublishedTables, SortKey, Wanted
from recension.errors import Invalid
from recension.store import Put, Store

KINDS = {"item_id": "text", "label.tone": "text", "score": "number", "workers": "list"}
WORDS = st.sampled_from(["", "a", "A", "ab", "b", "Ünder", "z z"])
ROW = st.fixed_dictionaries(
    {
        "label.tone": st.none() | WORDS,
        "score": st.none() | st.sampled_from([-1.5, 0.0, 0.5, 1.0, 7.0]),
        "workers": st.none() | st.lists(WORDS, max_size=3),
    }
)


def asked_of(field):
    kind = KINDS[field]
    value = st.sampled_from([-1.5, 0.5, 3, 7.0]) if kind == "number" else WORDS
    return st.sampled_from(OPS[kind]).flatmap(
        lambda op: st.fixed_dictionaries(
            {"field": st.just(field), "op": st.just(op)}
            | ({} if op in {"empty", "filled"} else {"value": st.lists(value, max_size=3) if op == "in" else value})
        )
    )


FILTER = st.recursive(
    st.sampled_from(["label.tone", "score", "workers"]).flatmap(asked_of),
    lambda inner: (
        st.fixed_dictionaries({"and": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"or": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"not": inner})
    ),
    max_leaves=6,
)
SORT = st.lists(
    st.builds(SortKey, st.sampled_from(["item_id", "label.tone", "score"]), st.sampled_from(["asc", "desc"])),
    max_size=3,
    unique_by=lambda key: key.field,
)


SAID = {
    "empty": lambda value, _: value is None or value == [],
    "filled": lambda value, _: not (value is None or value == []),
    "has": lambda value, said: said in (value or []),
    "lacks": lambda value, said: said not in (value or []),
    "ne": lambda value, said: value != said,
    "eq": lambda value, said: value == said,
    "in": lambda value, said: value is not None and value in said,
    "contains": lambda value, said: value is not None and said.lower() in value.lower(),
    "starts": lambda value, said: value is not None and value.startswith(said),
    "lt": lambda value, said: value is not None and value < said,
    "le": lambda value, said: value is not None and value <= said,
    "gt": lambda value, said: value is not None and value > said,
    "ge": lambda value, said: value is not None and value >= said,
}


def passes(row, asked):
    if "and" in asked:
        return all(passes(row, part) for part in asked["and"])
    if "or" in asked:
        return any(passes(row, part) for part in asked["or"])
    if "not" in asked:
        return not passes(row, asked["not"])
    return SAID[asked["op"]](row[asked["field"]], asked.get("value"))


def ordered(rows, sort):
    def compare(one, other):
        for key in sort:
            a, b = one[key.field], other[key.field]
            if a == b:
                continue
            if a is None or b is None:
                return 1 if a is None else -1
            return (1 if a > b else -1) * (1 if key.direction == "asc" else -1)
        return 0

    return sorted(sorted(rows, key=lambda row: row["item_id"]), key=cmp_to_key(compare))


TYPES = {
    "item_id": pa.string(),
    "label.tone": pa.string(),
    "score": pa.float64(),
    "workers": pa.list_(pa.string()),
}


def part(rows, columns=tuple(TYPES)):
    sink = io.BytesIO()
    pq.write_table(pa.table({name: pa.array([row[name] for row in rows], TYPES[name]) for name in columns}), sink)
    return sink.getvalue()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("tables") / "home", create=True) as made:
        made.create_repo("labels")
        yield made


def put(store, files):
    with store.upload() as upload:
        edits = [Put(path, upload.add_bytes(raw), len(raw)) for path, raw in files.items()]
        return store.write("labels", "live", edits, upload=upload, author="ada")


def split(rows, parts):
    """The rows over some parts, as items are: in no order that a part's name would tell."""
    return {f"/table/{at:02x}.parquet": part(rows[at::parts]) for at in range(parts)}


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, max_size=12), FILTER, SORT, st.tuples(st.integers(0, 6), st.integers(1, 6)))
def test_a_page_is_a_plain_filter_and_sort(store, rows, asked, sort, window):
    rows = [{"item_id": f"/p.csv#{(n * 7) % 13:02d}", **row} for n, row in enumerate(rows)]
    offset, limit = window
    commit = put(store, split(rows, 3))
    wanted = Wanted.read(asked, sort, KINDS)
    page = PublishedTables(store).page(
        commit, KINDS, wanted, columns=list(TYPES), offset=offset, limit=limit, counts=["label.tone"]
    )
    expected = ordered([row for row in rows if passes(row, asked)], sort)
    assert (page.total, page.matched) == (len(rows), len(expected))
    assert list(page.rows) == expected[offset : offset + limit]
    assert sum(count for _, count in page.counts["label.tone"]) == len(expected)


def test_a_new_commit_is_read_by_its_new_parts_alone(store, monkeypatch):
    rows = [{"item_id": f"{n}", "label.tone": "a", "score": n / 1, "workers": []} for n in range(9)]
    first = put(store, split(rows, 3))
    tables, wanted = PublishedTables(store), Wanted.read(None, [], KINDS)
    tables.page(first, KINDS, wanted, columns=["score"])
    second = put(store, {"/table/01.parquet": part([{**row, "score": -1.0} for row in rows[1::3]])})
    read = []
    plain = store.read_bytes
    monkeypatch.setattr(store, "read_bytes", lambda commit, path: read.append(path) or plain(commit, path))
    assert [row["score"] for row in tables.page(second, KINDS, wanted, columns=["score"]).rows[:3]] == [0, -1, 2]
    assert read == ["/table/01.parquet"]
    assert [row["score"] for row in tables.page(first, KINDS, wanted, columns=["score"]).rows[:3]] == [0, 1, 2]
    assert len(read) == 1


def test_what_does_not_fit_is_read_again(store):
    rows = [{"item_id": f"{n}", "label.tone": "a" * n, "score": None, "workers": []} for n in range(9)]
    commit = put(store, split(rows, 3))
    tables, wanted = PublishedTables(store, max_bytes=1), Wanted.read(None, [], KINDS)
    for _ in range(2):
        assert [row["label.tone"] for row in tables.page(commit, KINDS, wanted, columns=["label.tone"]).rows][8] == (
            "a" * 8
        )


def test_parts_of_an_older_version_have_empty_columns_and_texts_are_read_as_what_they_stand_for(store):
    rows = [{"item_id": "x", "label.tone": '["b","a"]'}, {"item_id": "y", "label.tone": "4"}]
    old = {f"/table/{at:02x}.parquet": part([row], ("item_id", "label.tone")) for at, row in enumerate(rows)}
    commit = put(store, old | {"/table/02.parquet": part([])})
    page = PublishedTables(store).page(
        commit, KINDS | {"label.tone": "list"}, Wanted.read(None, [], KINDS), columns=["label.tone", "score"], limit=1
    )
    assert page.rows == ({"item_id": "x", "label.tone": ["b", "a"], "score": None},)
    numbers = KINDS | {"label.tone": "number"}
    asked = Wanted.read({"field": "label.tone", "op": "ge", "value": 4}, [], numbers)
    assert [row["item_id"] for row in PublishedTables(store).page(commit, numbers, asked, columns=[]).rows] == ["y"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([], "an object"),
        ({"field": "nope", "op": "eq", "value": "x"}, "no column 'nope'"),
        ({"field": "score", "op": "contains", "value": "x"}, "cannot be asked"),
        ({"field": "score", "op": "eq", "value": True}, "is no number"),
        ({"field": "score", "op": "in", "value": 3}, "takes a list"),
        ({"field": "workers", "op": "has", "value": 3}, "is a text"),
        ({"field": "score", "op": "empty", "value": 3}, "takes no value"),
        ({"field": "score"}, "names its field and its op"),
        ({"field": "score", "op": "eq", "value": 1, "or": []}, "no part of a test"),
        ({"and": {}}, "takes a list"),
        ({"or": [{"field": "score", "op": "eq", "value": 1}, {"and": [{}]}]}, "names its field"),
        ({"and": [{"field": "score", "op": "filled"}] * 101}, "more than 100"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_place(asked, told):
    with pytest.raises(Invalid, match=told) as caught:
        read_filter(asked, KINDS)
    assert caught.value.where.startswith("filter")


def test_groups_do_not_stand_in_each_other_for_ever():
    asked = {"field": "score", "op": "filled"}
    for _ in range(50):
        asked = {"not": asked}
    with pytest.raises(Invalid, match="deep"):
        read_filter(asked, KINDS)


@pytest.mark.parametrize(
    "sort", [[SortKey("nope")], [SortKey("workers")], [SortKey("score"), SortKey("item_id"), *[SortKey("score")] * 3]]
)
def test_an_order_is_by_columns_of_single_values(sort):
    with pytest.raises(Invalid):
        Wanted.read(None, sort, KINDS)
