"""Parquet as rows. Imports pyarrow only when such a file is read."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import tempfile
from collections.abc import Collection, Iterator
from typing import IO, Any, Final

from recension.data.lines import MAX_ROW, Source, chunks
from recension.data.rows import Row, Shape
from recension.errors import Invalid, TooLarge
from recension.label import JSON

_IN_MEMORY: Final = 16 << 20
_BATCH: Final = 1024


def parquet_rows(
    source: Source, *, where: str, needs: Collection[str] = (), only_needed: bool = False
) -> Iterator[Row]:
    """Every row of a file that must have the columns in ``needs``; with ``only_needed`` no other is read.

    Dates and times become ISO text, decimals text, floats without a value ``None``. Parquet keeps its index at the
    end, so the file is spooled: to memory up to 16 MiB, to a temporary file beyond.

    Raises:
        Invalid: no Parquet file, a column is missing, or a value has no JSON form; names the row, counted from 1.
        TooLarge: a text over 1 MiB.
    """
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
        for piece in chunks(source):
            spool.write(piece)
        spool.seek(0)
        yield from _rows(spool, where, needs, only_needed=only_needed)


def _rows(file: IO[bytes], where: str, needs: Collection[str], *, only_needed: bool) -> Iterator[Row]:
    # Most readers of rows never need pyarrow, and it is slow to import.
    from pyarrow import ArrowInvalid  # noqa: PLC0415
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    try:
        table = ParquetFile(file)
    except ArrowInvalid as error:
        raise Invalid("no Parquet file", where=where, hint=str(error).splitlines()[0]) from error
    shape = Shape(list(table.schema_arrow.names), where)
    for column in needs:
        shape.require(column)
    number = 0
    for batch in table.iter_batches(_BATCH, columns=sorted(set(needs)) if only_needed else None):
        for values in batch.to_pylist():
            number += 1
            place = f"{where}: row {number}"
            yield Row(f"row {number}", {name: _json(value, name, place) for name, value in values.items()}, shape)


def _json(value: Any, column: str, where: str) -> JSON:  # noqa: PLR0911 - one return per kind of value
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case str():
            if len(value) > MAX_ROW:
                raise TooLarge(f"column {column!r} is over 1 MiB", where=where)
            return value
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case decimal.Decimal():
            return str(value)
        case list():
            return [_json(part, column, where) for part in value]
        case dict():
            return {str(name): _json(part, column, where) for name, part in value.items()}
        case _:
            hint = "leave the column out, or store it as text"
            raise Invalid(f"column {column!r} holds {type(value).__name__}", where=where, hint=hint)
