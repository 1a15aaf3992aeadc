"""The flat views follow from the labelled items alone."""

from __future__ import annotations

import io
from dataclasses import replace

import pyarrow.parquet as pq

from recension.crowd.documents import Annotation, FieldConsensus, LabelledItem
from recension.crowd.predictions import Prediction
from recension.crowd.table import LIVE, is_current, labels_csv, part_of, table_kinds, table_part
from recension.label import Field, ObjectTag, Option, make_schema

SCHEMA = make_schema(
    [Field("category", "choice", (Option("a", "A"), Option("b", "B")), required=True), Field("note", "text")],
    [ObjectTag("shown", "text", "headline")],
)


def item(key: str, value: str | None, *, status: str = "settled", headline: str = "x") -> LabelledItem:
    found = FieldConsensus(value, 0.5, "majority", 2, {"a": 0.5, "b": 0.5}, tie=value is None)
    note = Annotation(1, "ada", {"category": "a"}, None, "g", 0)
    return LabelledItem(
        f"/p.csv#{key}",
        "/p.csv",
        key,
        None,
        {"headline": headline},
        key * 64,
        status,
        (note,),
        consensus={"category": found},
    )


def test_only_settled_items_with_a_label_are_rows_in_the_order_of_item_ids() -> None:
    items = [item("3", "a"), item("1", "b", headline='say "x", y'), item("2", None), item("4", "a", status="open")]
    assert labels_csv(items, SCHEMA) == b'headline,category,note\n"say ""x"", y",b,\nx,a,\n'
    assert labels_csv(reversed(items), SCHEMA) == labels_csv(items, SCHEMA)


def test_a_table_part_is_deterministic_and_holds_every_status() -> None:
    items = [item("2", "a"), item("1", None, status="open")]
    raw = table_part(items, SCHEMA)
    assert raw == table_part(items[::-1], SCHEMA)
    rows = pq.read_table(io.BytesIO(raw)).to_pylist()
    assert [(r["item_id"], r["status"], r["label.category"], r["votes.category"], r["answers"]) for r in rows] == [
        ("/p.csv#1", "open", None, 2, 1),
        ("/p.csv#2", "settled", "a", 2, 1),
    ]


def test_an_item_belongs_to_one_of_256_parts() -> None:
    parts = {part_of(f"/p.csv#{n}") for n in range(5000)}
    assert len(parts) == 256
    assert all(part.startswith("/table/") and part.endswith(".parquet") for part in parts)


def test_a_row_says_who_answered_how_far_they_agree_and_what_the_newest_prediction_says() -> None:
    given = [("ada", "a", False), ("bob", "b", False), ("cy", "a", False), ("dot", "b", True)]
    said = [Annotation(n, who, {"category": x}, None, "g", 0, excluded=out) for n, (who, x, out) in enumerate(given)]
    predicted = [
        Prediction("m", "2", "", 0.75, {"category": "b"}, 2),
        Prediction("m", "1", "", 0.5, {"category": "a", "note": "old"}, 1),
    ]
    rows = pq.read_table(
        io.BytesIO(
            table_part([replace(item("1", "a"), annotations=said, predictions=predicted), item("2", "a")], SCHEMA)
        )
    ).to_pylist()
    names = ["answers", "workers", "agreement", "model", "version", "score", "predicted.category", "predicted.note"]
    assert [[row[name] for name in names] for row in rows] == [
        [3, ["ada", "bob", "cy"], 0.333333, "m", "2", 0.75, "b", None],
        [1, ["ada"], None, None, None, None, None, None],
    ]
    assert set(rows[0]) == set(table_kinds(SCHEMA)) - set(LIVE)
    assert [[row[name] for name in ("models", "review", "edited")] for row in rows] == [
        [["m"], "unreviewed", 2],
        [[], "unreviewed", 0],
    ]


def test_what_a_column_is_asked_as_follows_from_its_question() -> None:
    fields = [Field("stars", "rating"), Field("tags", "choices", (Option("a", "A"),)), Field("note", "text")]
    kinds = table_kinds(make_schema(fields, [ObjectTag("shown", "text", "headline")]))
    assert {name: kind for name, kind in kinds.items() if name.startswith(("label", "predicted"))} == {
        "label.stars": "number",
        "predicted.stars": "number",
        "label.tags": "list",
        "predicted.tags": "list",
        "label.note": "text",
        "predicted.note": "text",
    }
    assert (kinds["workers"], kinds["agreement"], kinds["data.headline"]) == ("list", "number", "text")


def test_a_part_of_other_columns_is_told() -> None:
    other = make_schema([Field("note", "text")], [ObjectTag("shown", "text", "headline")])
    assert is_current(table_part([item("1", "a")], SCHEMA), SCHEMA)
    assert not is_current(table_part([], other), SCHEMA)
