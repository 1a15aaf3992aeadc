"""CSV rows become items, or one line that says where and why not."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.data import RowSpec, read_items
from recension.errors import Invalid, TooLarge

CSV = RowSpec("csv")
BY_ID = RowSpec("csv", key="id")


def read(content, rows=CSV, columns=None):
    return list(read_items(content, path="/pool.csv", rows=rows, columns=columns))


def test_mapped_columns_become_data():
    content = b'\xef\xbb\xbfINPUT:headline,id\r\n"The ""Hardest"" Test, ever",7\r\n"two\nlines",8\r\n'
    items = read(content, BY_ID, {"headline": "INPUT:headline"})
    assert [(i.id, dict(i.data)) for i in items] == [
        ("/pool.csv#7", {"headline": 'The "Hardest" Test, ever'}),
        ("/pool.csv#8", {"headline": "two\nlines"}),
    ]


def test_without_a_mapping_every_column_is_data():
    assert [dict(i.data) for i in read(b"a,b\n1,2\n\n3,4")] == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_without_a_key_a_row_is_named_by_its_content_alone():
    first = read(b"a,b\n1,2\n3,4\n1,2\n")
    moved = read(b"b,a\n4,3\n2,1\n")
    assert len(first) == 2
    assert {i.id for i in first} == {i.id for i in moved}
    assert {i.id for i in first} != {i.id for i in read(b"a,b\n1,2\n3,5\n")}


def test_a_key_is_percent_encoded_in_the_id():
    assert read(b"id\na/b #1\n", BY_ID)[0].id == "/pool.csv#a%2Fb%20%231"


@pytest.mark.parametrize(
    ("content", "rows", "where", "says"),
    [
        (b"", CSV, "/pool.csv: line 1", "empty"),
        (b"\n\n", CSV, "/pool.csv: line 1", "empty"),
        (b"x,y\n1,2\n", CSV, "/pool.csv: line 1", "no column 'headline'"),
        (b"x,y\n", CSV, "/pool.csv: line 1", "no column 'headline'"),
        (b"headline\n1\n", BY_ID, "/pool.csv: line 1", "no column 'id'"),
        (b"headline,headline\n1,2\n", CSV, "/pool.csv: line 1", "twice in the header"),
        (b"headline,b\n1,2\n3\n", CSV, "/pool.csv: line 3", "1 values, fewer than the 2"),
        (b'headline,b\n"1\n\n",2\n3,4,5\n', CSV, "/pool.csv: line 5", "3 values, more than the 2"),
        (b'headline\n"open\nend', CSV, "/pool.csv: line 2", "never closed"),
        (b'headline\na "b" c\n', CSV, "/pool.csv: line 2", "wrong quoting in value 1"),
        (b'headline,b\n1,"b" c\n', CSV, "/pool.csv: line 2", "wrong quoting in value 2"),
        (b"headline\rone\rtwo\r", CSV, "/pool.csv: line 1", "wrong quoting"),
        (b"headline\n\xff\n", CSV, "/pool.csv: line 2", "byte 1 is not UTF-8"),
        ("headline\nx\n".encode("utf-16"), CSV, "/pool.csv: line 1", "not UTF-8"),
        ("headline\nx\n".encode("utf-16-le"), CSV, "/pool.csv: line 1", "NUL"),
        (b"headline,id\na,1\nb,2\nc,1\n", BY_ID, "/pool.csv: line 4", "first in line 2"),
        (b"headline,id\na,1\nb,\n", BY_ID, "/pool.csv: line 3", "is empty"),
    ],
)
def test_a_mistake_is_named_with_its_line(content, rows, where, says):
    with pytest.raises(Invalid) as caught:
        read(content, rows, {"headline": "headline"})
    assert caught.value.where == where
    assert says in caught.value.message
    assert "\n" not in str(caught.value)


def test_a_missing_column_names_those_that_exist():
    with pytest.raises(Invalid) as caught:
        read(b"headline,INPUT:date\n1,2\n", CSV, {"headline": "INPUT:headline"})
    assert "'headline', 'INPUT:date'" in caught.value.hint


def endless(start, piece):
    yield start
    while True:
        yield piece


@pytest.mark.parametrize(
    ("start", "piece", "line"),
    [
        (b"headline\nshort\n", b"x" * (1 << 16), 3),
        (b'headline\nshort\n"', b"x\n" * (1 << 15), 3),
        (b"", b"x" * (64 << 20), 1),
    ],
)
def test_an_endless_row_is_refused_early_and_in_little_memory(start, piece, line):
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge) as caught:
            read(endless(start, piece))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.where == f"/pool.csv: line {line}"
    assert peak < 8 << 20


def test_a_row_of_just_under_a_mebibyte_is_read():
    text = "x" * ((1 << 20) - 3)
    assert read(f'a\n"{text[:-1]}"'.encode())[0].data["a"] == text[:-1]


values = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["", '"', '""', "a,b", "x\r\ny", "\n", "\r", "\ufeff"]
)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[values] * width), max_size=6).map(lambda rows: (width, rows))
)


@given(tables, st.sampled_from([1, 2, 7, 1 << 16]), st.sampled_from(["\r\n", "\n"]))
def test_it_reads_what_the_standard_library_writes(table, size, end):
    width, rows = table
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow([f"c{n}" for n in range(width)])
    writer.writerows(rows)
    raw = text.getvalue().encode()
    pieces = (raw[at : at + size] for at in range(0, len(raw), size))
    unique = list(dict.fromkeys(rows))
    assert [tuple(item.data.values()) for item in read(pieces)] == unique


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_clearly(content):
    try:
        items = read(b"headline,b\n" + content)
    except Invalid as error:
        items = []
        place = error.where
    else:
        place = "/pool.csv: line 1"
    assert place.startswith("/pool.csv: line ")
    assert all(set(item.data) == {"headline", "b"} for item in items)
