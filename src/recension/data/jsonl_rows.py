"""JSON Lines as rows."""

from __future__ import annotations

import json
from collections.abc import Iterator

from recension.data.json_values import BOM, DECODER, decode_utf8, object_row
from recension.data.lines import Source, numbered_lines
from recension.data.rows import Row
from recension.errors import Invalid
from recension.label import JSON


def jsonl_rows(source: Source, *, where: str) -> Iterator[Row]:
    """Every line's object; blank lines are skipped.

    Raises:
        Invalid: a line is no JSON object; names line and column.
        TooLarge: a line over 1 MiB.
    """
    for number, raw in numbered_lines(source, where=where):
        place = f"{where}: line {number}"
        text = decode_utf8(raw, where=place).removeprefix(BOM if number == 1 else "")
        if text.strip():
            yield object_row(_value(text, place), f"line {number}", where=place)


def _value(text: str, where: str) -> JSON:
    try:
        value: JSON = DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Invalid(f"no JSON: {error.msg}", where=f"{where}, column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise Invalid(f"no JSON: {error}", where=where) from error
    return value
