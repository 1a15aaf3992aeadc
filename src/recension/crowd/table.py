"""The flat views of a project's labels: one CSV for pipelines, Parquet parts for queries.

Both follow from the labelled items alone, byte for byte: rows stand in the order of item ids, and a row goes to the
part that the hash of its item id names, so that one new answer rewrites one part.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from blake3 import blake3

from recension.crowd.documents import Annotation, LabelledItem
from recension.crowd.filters import Kind
from recension.crowd.pair_agreement import mean_agreement_of
from recension.label.canonical import canonical_json
from recension.label.fields import Field
from recension.label.repeat import repeated_fields
from recension.label.schema import Schema

LABELS_CSV: Final = "/labels.csv"
FOLDER: Final = "/table"
Repeated = Mapping[str, re.Pattern[str]]


def labels_csv(items: Iterable[LabelledItem], schema: Schema) -> bytes:
    """Settled items as CSV: the data that was shown, then one column per field.

    A data field that is named like a field asked has ``data.`` before its name. An item without a consensus on a
    required field (a tie) has no row: it is no label yet.
    """
    columns = [field.name for field in _columned(schema)]
    repeated = repeated_fields(schema)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*(f"data.{name}" if name in columns else name for name in schema.references), *columns])
    for item in sorted(items, key=lambda each: each.id):
        if item.status == "settled" and _is_labelled(item, schema, repeated):
            shown = (cell(item.data.get(name)) for name in schema.references)
            writer.writerow([*shown, *(cell(_value(repeated, item, name)) for name in columns)])
    return text.getvalue().encode()


def cell(value: object) -> str:
    """A value as it stands in a CSV: text as it is, nothing as empty, the rest as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical_json(value).decode()


def part_of(item_id: str) -> str:
    """The path of the table part that holds the item: one of 256."""
    return f"{FOLDER}/{blake3(item_id.encode()).hexdigest()[:2]}.parquet"


def load_writer() -> None:
    """Import what writes parts, so that a process's first publication is not taken for a slow one."""
    import pyarrow.parquet as pq  # noqa: F401, PLC0415 (a quarter of a second and 60 MB that only a publication needs)


def table_part(items: Sequence[LabelledItem], schema: Schema) -> bytes:
    """One part as Parquet; equal items give equal bytes (with one version of the Parquet writer)."""
    import pyarrow as pa  # noqa: PLC0415 (see load_writer)
    import pyarrow.parquet as pq  # noqa: PLC0415

    repeated = repeated_fields(schema)
    rows = [_row(item, schema, repeated) for item in sorted(items, key=lambda each: each.id)]
    kinds = {"d": pa.float64(), "i": pa.int32(), "s": pa.string(), "l": pa.list_(pa.string())}
    names = _columns(schema)
    arrays = [pa.array([row[name] for row in rows], type=kinds[kind]) for name, kind in names.items()]
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays, names=list(names)), sink, compression="zstd", store_schema=False)
    return sink.getvalue()


def is_current(part: bytes, schema: Schema) -> bool:
    """Whether a part that was published has the columns that parts have now."""
    import pyarrow.parquet as pq  # noqa: PLC0415 (see load_writer)

    return list(pq.read_schema(io.BytesIO(part)).names) == list(_columns(schema))


def table_kinds(schema: Schema) -> dict[str, Kind]:
    """The table's columns, those of ``LIVE`` among them, and what each is taken for when it is asked about.

    Labels are texts, save those that are numbers or several values.
    """
    kinds: dict[str, Kind] = {name: _KINDS[letter] for name, letter in _columns(schema).items()}
    kinds |= LIVE
    for field in _columned(schema):
        if field.kind in _ASKED_AS and not repeated_fields(schema).get(field.name):
            kinds |= {f"{before}.{field.name}": _ASKED_AS[field.kind] for before in ("label", "predicted")}
    return kinds


LIVE: Final[Mapping[str, Kind]] = {
    "lease": "text",
    "held_by": "list",
    "assigned_to": "list",
    "skipped_by": "list",
    "priority": "text",
    "sent_to_review_by": "text",
}
"""Columns that are in no publication: what holds of the tasks at the moment they are asked about."""
_KINDS: Final[Mapping[str, Kind]] = {"s": "text", "i": "number", "d": "number", "l": "list"}
_ASKED_AS: Final[Mapping[str, Kind]] = {"rating": "number", "number": "number", "choices": "list"}


def _columns(schema: Schema) -> dict[str, str]:
    columns = {"item_id": "s", "path": "s", "key": "s", "work_id": "s", "status": "s", "answers": "i"}
    columns |= {"workers": "l", "agreement": "d", "model": "s", "version": "s", "score": "d", "models": "l"}
    columns |= {"review": "s", "flags": "l", "comments": "i", "edited": "i"}
    columns |= {f"data.{name}": "s" for name in schema.references}
    for field in _columned(schema):
        columns |= {f"label.{field.name}": "s", f"confidence.{field.name}": "d", f"votes.{field.name}": "i"}
        columns[f"predicted.{field.name}"] = "s"
    return columns


def row_of(item: LabelledItem, schema: Schema) -> dict[str, Any]:
    """An item as a row of the table, by column."""
    return _row(item, schema, repeated_fields(schema))


def _row(item: LabelledItem, schema: Schema, repeated: Repeated) -> dict[str, Any]:
    standing = [each for each in sorted(item.annotations, key=lambda each: each.seq) if each.counts]
    agreement = mean_agreement_of(schema, [each.fields for each in standing])
    row: dict[str, Any] = {
        "item_id": item.id,
        "path": item.path,
        "key": item.key,
        "work_id": item.work_id,
        "status": item.status,
        "answers": len(standing),
        "workers": sorted({each.worker for each in standing}),
        "agreement": None if agreement is None else round(agreement, 6),
    }
    said = item.predictions[0] if item.predictions else None
    row |= {name: None if said is None else getattr(said, name) for name in ("model", "version", "score")}
    row |= {"models": sorted({each.model for each in item.predictions}), "review": _review(item, standing)}
    row |= {"flags": sorted({flag for each in standing for flag in each.remarks.flags})}
    row |= {"comments": sum(len(each.remarks.comments) for each in standing)}
    row |= {"edited": sum(_is_edited(each.fields, {} if said is None else said.fields) for each in standing)}
    row |= {f"data.{name}": _text(item.data.get(name)) for name in schema.references}
    for field in _columned(schema):
        found = item.consensus.get(field.name)
        value = _value(repeated, item, field.name)
        row[f"label.{field.name}"] = None if value is None else _text(value)
        row[f"confidence.{field.name}"] = None if found is None else found.confidence
        row[f"votes.{field.name}"] = 0 if found is None else found.votes
        row[f"predicted.{field.name}"] = None if said is None else _text(_given(repeated, said.fields, field.name))
    return row


def _review(item: LabelledItem, standing: Sequence[Annotation]) -> str | None:
    """How far an item is reviewed; ``None``: there is nothing to review."""
    if item.decision is not None:
        return "decided"
    if any(each.review is None or each.review.verb != "accept" for each in standing):
        return "unreviewed"
    if standing:
        return "accepted"
    returned = any(each.review is not None and each.review.verb == "return" for each in item.annotations)
    return "returned" if returned else None


def _is_edited(fields: Mapping[str, object], suggested: Mapping[str, object]) -> bool:
    """Whether an answer is not what was suggested: a part was changed, or another value was chosen."""
    for name, value in fields.items():
        if isinstance(value, list) and any(isinstance(each, Mapping) and "shape" in each for each in value):
            if any(each.get("origin") == "prediction-changed" for each in value):
                return True
        elif name in suggested and suggested[name] != value:
            return True
    return False


def _text(value: object) -> str | None:
    return None if value is None else cell(value)


def _columned(schema: Schema) -> Iterator[Field]:
    """The fields that items have a value of; questions about regions are answered within them."""
    return (field for field in schema.fields if not field.per_region)


def _is_labelled(item: LabelledItem, schema: Schema, repeated: Repeated) -> bool:
    """Whether nothing is undecided that must be answered; of marked parts there is no decision to wait for."""
    asked = (
        field
        for field in _columned(schema)
        if field.required and not field.opinion and not field.when and field.kind not in {"regions", "relations"}
    )
    return all(_value(repeated, item, field.name) is not None for field in asked)


def _value(repeated: Repeated, item: LabelledItem, field: str) -> object:
    """The consensus; of a repeated question an object from name to consensus."""
    return _given(repeated, {name: each.value for name, each in item.consensus.items()}, field)


def _given(repeated: Repeated, values: Mapping[str, object], field: str) -> object:
    pattern = repeated.get(field)
    if pattern is None:
        return values.get(field)
    named = {name: value for name, value in sorted(values.items()) if pattern.fullmatch(name)}
    return named if any(value is not None for value in named.values()) else None
