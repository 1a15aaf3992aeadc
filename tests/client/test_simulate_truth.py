"""Right answers are found by the content that is shown."""

import pytest

from recension.client.simulate import read_truth
from recension.client.simulate.truth import bind, content_key
from recension.errors import Invalid, NotFound
from recension.label import Field, ObjectTag, Option, make_schema

SCHEMA = make_schema(
    [Field("category", "choice", (Option("a", "A"), Option("b", "B"))), Field("stars", "rating", minimum=1, maximum=5)],
    [ObjectTag("h", "text", field="headline")],
)


def bound(tmp_path, *texts):
    files = []
    for number, text in enumerate(texts):
        files.append(tmp_path / f"{number}.csv")
        files[-1].write_text(text, encoding="utf-8")
    return bind(read_truth(files), SCHEMA)


def test_columns_are_found_with_and_without_their_prefix(tmp_path):
    truth = bound(
        tmp_path,
        "INPUT:headline,GOLDEN:category,note\nOne,a,x\n",
        '\ufeffheadline,category,stars\n"Two, three",b,4\n',
    )
    assert truth[content_key({"headline": "One", "date": "2020"}, SCHEMA)] == {"category": "a"}
    assert truth[content_key({"headline": "Two, three"}, SCHEMA)] == {"category": "b", "stars": 4}
    assert content_key({"headline": "Three"}, SCHEMA) not in truth


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("title,category\nx,a\n", ": line 2", "no column for the data field 'headline'"),
        ("headline,category\nx,a\ny,\n", ": line 3", "no right answer"),
        ("headline,category\nx,c\n", ": line 2", "'c' is no answer to 'category'"),
        ("headline,stars\nx,many\n", ": line 2", "'many' is no answer to 'stars'"),
    ],
)
def test_a_truth_that_does_not_fit_is_named_with_its_line(tmp_path, text, where, says):
    with pytest.raises(Invalid) as caught:
        bound(tmp_path, text)
    assert caught.value.where.endswith("0.csv" + where)
    assert says in caught.value.message


def test_a_file_that_is_not_there_or_no_csv_is_named(tmp_path):
    with pytest.raises(NotFound, match=r"no\.csv"):
        read_truth([tmp_path / "no.csv"])
    (tmp_path / "x.csv").write_bytes(b"headline\n\xff\n")
    with pytest.raises(Invalid, match=r"x\.csv"):
        read_truth([tmp_path / "x.csv"])
