"""What is right, as simulated workers know it: tables whose columns are shown data and asked fields."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recension.errors import Invalid, NotFound
from recension.label import Field, Schema, canonical_json, check_value

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Truth:
    """Rows with right answers, not yet bound to a schema; each with the place it came from."""

    rows: tuple[tuple[str, Row], ...] = ()


def read_truth(files: Iterable[Path]) -> Truth:
    """The rows of CSV files.

    Raises:
        NotFound: there is no such file.
        Invalid: it is no CSV in UTF-8 with a header.
    """
    rows: list[tuple[str, Row]] = []
    for file in files:
        try:
            with file.open(encoding="utf-8-sig", newline="") as stream:
                table = csv.DictReader(stream, strict=True, restval="")
                rows += [(f"{file}: line {table.line_num}", row) for row in table]
        except FileNotFoundError:
            raise NotFound("no such file", where=str(file)) from None
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise Invalid(f"no readable CSV: {error}", where=str(file), hint="save it as CSV in UTF-8") from error
    return Truth(tuple(rows))


def bind(truth: Truth, schema: Schema) -> dict[bytes, dict[str, Any]]:
    """Content of the shown data -> right answers.

    A column is found under the name of the data field or of the asked field, with or without a prefix that ends in a
    colon (``INPUT:headline``, ``GOLDEN:category``). Other columns are of no matter.

    Raises:
        Invalid: a row lacks the shown data or has no answer at all, or one that its field does not allow.
    """
    return {_key(row, schema, where): _answers(row, schema, where) for where, row in truth.rows}


def content_key(data: Mapping[str, Any], schema: Schema) -> bytes:
    """What identifies a task's content: the data shown, as text."""
    return canonical_json([_as_text(data.get(name)) for name in schema.references])


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _find(row: Row, name: str) -> str | None:
    """The value under ``name``, or under ``prefix:name``; surplus values of a row are under ``None``."""
    if name in row:
        return row[name]
    return next((row[column] for column in row if column and column.rpartition(":")[2] == name), None)


def _key(row: Row, schema: Schema, where: str) -> bytes:
    shown = {name: _find(row, name) for name in schema.references}
    for name, value in shown.items():
        if value is None:
            hint = f"the columns are: {', '.join(column for column in row if column)}"
            raise Invalid(f"no column for the data field {name!r}", where=where, hint=hint)
    return content_key(shown, schema)


def _answers(row: Row, schema: Schema, where: str) -> dict[str, Any]:
    said = {field.name: (field, _find(row, field.name)) for field in schema.fields}
    answers = {name: _value(field, text, where) for name, (field, text) in said.items() if text}
    if not answers:
        hint = f"give at least one of: {', '.join(said)}"
        raise Invalid("no right answer in this row", where=where, hint=hint)
    return answers


def _value(field: Field, text: str, where: str) -> Any:
    try:
        value: Any = json.loads(text) if field.kind not in {"choice", "text", "date", "pairwise"} else text
        return check_value(field, value)
    except ValueError as error:
        hint = error.hint if isinstance(error, Invalid) else "write it as JSON"
        raise Invalid(f"{text!r} is no answer to {field.name!r}", where=where, hint=hint) from None
