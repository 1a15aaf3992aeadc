"""Answers with regions, relations and judgements come out in the form that is written down, or are refused."""

import json
from pathlib import Path

import pytest

from recension.errors import Invalid
from recension.label import (
    Field,
    canonical_json,
    check_answer,
    check_value,
    schema_from_json,
    schema_hash,
    schema_to_json,
)

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "answers.json").read_text())
SCHEMA = schema_from_json(VECTORS["schema"])
DATA = VECTORS["data"]


@pytest.mark.parametrize("case", VECTORS["canonical"], ids=lambda case: json.dumps(case["given"])[:60])
def test_an_answer_comes_out_in_the_form_that_is_written_down(case):
    answer = check_answer(SCHEMA, case["given"], DATA)
    assert canonical_json(answer) == canonical_json(case["canonical"])
    assert check_answer(SCHEMA, answer, DATA) == answer


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["why"])
def test_an_impossible_answer_is_refused_with_its_place(case):
    with pytest.raises(Invalid) as caught:
        check_answer(SCHEMA, case["given"], DATA)
    assert caught.value.where


def test_the_schema_survives_json():
    again = schema_from_json(json.loads(json.dumps(schema_to_json(SCHEMA))))
    assert again == SCHEMA
    assert schema_hash(again) == schema_hash(SCHEMA)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (Field("f", "date"), ["2024-01-31T12:00", "2024-01-31T12:00:30.5+02:00"], ["2024-01-31", "2024-01-31 12:00"]),
        (Field("f", "date", parts="month", latest="2024-06"), ["2024-06"], ["2024-07", "2024-13"]),
        (Field("f", "date", parts="time"), ["23:59"], ["24:01", "7:00"]),
        (Field("f", "date", parts="year", earliest="1900"), ["1900"], ["1899", "190"]),
        (Field("f", "date", latest="2024-01-31"), ["2024-01-31T23:59"], ["2024-02-01T00:00"]),
        (Field("f", "pairwise"), ["left", "right"], ["equal", 1]),
        (Field("f", "texts", max_length=3, max_submissions=2), [["a", "b"]], ["a", ["a", "b", "c"], ["abcd"]]),
        (Field("f", "ranking"), [["a", "b"]], ["a", ["a", "a"], [1]]),
    ],
)
def test_values_of_one_field_are_checked_without_the_rest(field, good, bad):
    for value in good:
        assert check_value(field, value) == value
    for value in bad:
        with pytest.raises(Invalid):
            check_value(field, value)


def test_regions_cannot_be_checked_alone():
    with pytest.raises(Invalid):
        check_value(SCHEMA.field("parts"), [{}])
