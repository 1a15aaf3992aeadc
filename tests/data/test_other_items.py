"""JSON Lines, JSON arrays, Parquet and whole files as items."""

import io
import json
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet
import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from recension.data import RowSpec, read_items
from recension.errors import Invalid, TooLarge


def read(content, rows, columns=None, path="/pool"):
    return list(read_items(content, path=path, rows=rows, columns=columns))


def parquet(**columns):
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pa.table(columns), sink)
    return sink.getvalue()


ROWS = [{"id": "1", "t": "é"}, {"id": "2", "t": ""}]


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("csv", "id,t\n1,é\n2,\n".encode()),
        ("jsonl", "".join(json.dumps(row) + "\r\n\n" for row in ROWS).encode()),
        ("json", ("\ufeff " + json.dumps(ROWS, indent=2) + "\n").encode()),
        ("parquet", parquet(id=["1", "2"], t=["é", ""])),
    ],
)
def test_every_format_gives_the_same_items(form, content):
    keyed = read(content, RowSpec(form, key="id"), {"text": "t"})
    assert [(i.id, dict(i.data)) for i in keyed] == [("/pool#1", {"text": "é"}), ("/pool#2", {"text": ""})]
    unnamed = read(content, RowSpec(form), {"text": "t"})
    assert [i.id for i in unnamed] == [
        i.id for i in read(b'{"id":"1","t":"\xc3\xa9"}\n{"t":"","id":"2"}', RowSpec("jsonl"))
    ]


rows_strategy = st.lists(
    st.dictionaries(st.text(max_size=3), st.none() | st.integers() | st.text(max_size=4), min_size=1, max_size=3),
    max_size=6,
)


@given(rows_strategy, st.sampled_from([1, 3, 1 << 16]), st.sampled_from([None, 1]), st.booleans())
def test_an_array_is_read_alike_however_it_is_cut(rows, size, indent, ascii_only):
    raw = json.dumps(rows, indent=indent, ensure_ascii=ascii_only).encode()
    pieces = (raw[at : at + size] for at in range(0, len(raw), size))
    seen = []
    for row in rows:
        if row not in seen:
            seen.append(row)
    assert [dict(i.data) for i in read(pieces, RowSpec("json"))] == seen


@pytest.mark.parametrize(
    ("form", "content", "where", "says"),
    [
        ("jsonl", b'{"t": 1}\n{"t": }\n', "/pool: line 2, column 7", "no JSON"),
        ("jsonl", b'{"t": 1}\n[1]\n', "/pool: line 2", "not an object"),
        ("jsonl", b'{"t": 1}\n{"u": 1}\n', "/pool: line 2", "no column 't'"),
        ("jsonl", b'{"t": NaN}\n', "/pool: line 1", "NaN is no JSON"),
        ("jsonl", b'{"t": 1, "t": 2}\n', "/pool: line 1", "key 't' stands twice"),
        ("jsonl", b"[" * 100_000, "/pool: line 1", "no JSON"),
        ("jsonl", b'\n{"t": "\xff"}\n', "/pool: line 2", "not UTF-8"),
        ("json", b'{"t": 1}', "/pool: line 1", "no JSON array"),
        ("json", b"", "/pool: line 1", "no JSON array"),
        ("json", b'[{"t": 1}, {"t": 2', "/pool: row 2", "no JSON"),
        ("json", b'[{"t": 1} {"t": 2}]', "/pool: row 1", "no comma"),
        ("json", b'[{"t": 1}, 5]', "/pool: row 2", "not an object"),
        ("json", b'[{"t": 1}] x', "/pool: row 2", "follows the array"),
        ("json", b'[{"t": "\xff"}]', "/pool: row 1", "not UTF-8"),
        ("parquet", b"nothing", "/pool", "no Parquet file"),
        ("parquet", parquet(u=[1]), "/pool", "no column 't'"),
        ("parquet", parquet(t=[b"raw"]), "/pool: row 1", "holds bytes"),
    ],
)
def test_a_mistake_is_named_with_its_place(form, content, where, says):
    with pytest.raises(Invalid) as caught:
        read(content, RowSpec(form), {"text": "t"})
    assert caught.value.where == where
    assert says in caught.value.message
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("form", "start"), [("jsonl", b'{"t": "'), ("json", b'[{"t": "')])
def test_an_endless_row_is_refused(form, start):
    def endless():
        yield start
        while True:
            yield b"x" * 5000

    with pytest.raises(TooLarge):
        read(endless(), RowSpec(form))


def test_parquet_values_have_a_json_form():
    import datetime as dt
    import decimal

    content = parquet(
        a=[1.5, float("nan")],
        b=[dt.date(2020, 1, 2), None],
        c=[decimal.Decimal("1.50"), None],
        d=[{"x": [1]}, None],
        e=[True, False],
    )
    assert dict(read(content, RowSpec("parquet"))[0].data) == {
        "a": 1.5,
        "b": "2020-01-02",
        "c": "1.50",
        "d": {"x": [1]},
        "e": True,
    }
    assert read(content, RowSpec("parquet"))[1].data["a"] is None


@pytest.mark.parametrize("key", [None, 1.5, True, "", [1]])
def test_a_key_is_text_or_a_whole_number(key):
    with pytest.raises(Invalid, match="the key in column 'id'"):
        read(json.dumps({"id": key}).encode(), RowSpec("jsonl", key="id"))


def test_a_file_is_an_item_by_its_path_with_its_content_behind_it():
    [item] = read(b"hello", None, path="/a/b.txt")
    assert (item.id, dict(item.data)) == (
        "/a/b.txt",
        {"path": "/a/b.txt", "name": "b.txt", "blob": blake3(b"hello").hexdigest()},
    )
    [item] = read(io.BytesIO(b"hello"), None, {"text": "content"}, path="/a/b.txt")
    assert dict(item.data) == {"text": "hello"}


def test_a_file_offers_no_other_columns():
    with pytest.raises(Invalid, match="no column 'headline'"):
        read(b"", None, {"headline": "headline"})
    with pytest.raises(Invalid, match="not UTF-8"):
        read(b"\xff", None, {"text": "content"})


def test_pyarrow_is_imported_for_parquet_only():
    program = (
        "import sys; from recension.data import RowSpec, read_items;"
        "list(read_items(b'a\\n1\\n', path='/p', rows=RowSpec('csv'))); assert 'pyarrow' not in sys.modules"
        " and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_an_unknown_format_names_those_there_are():
    with pytest.raises(Invalid, match="csv, jsonl, json, parquet"):
        RowSpec("xlsx")
