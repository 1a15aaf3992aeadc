"""Columns of a published part as arrays of the kind that they are asked about as."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from recension.crowd.filters import Kind

if TYPE_CHECKING:
    import pyarrow as pa


def types() -> Mapping[Kind, Any]:
    """The type of the array of each kind of column."""
    import pyarrow as pa  # noqa: PLC0415  a quarter of a second and 60 MB that only tables need

    return {"text": pa.string(), "number": pa.float64(), "list": pa.list_(pa.string())}


def decoded(found: pa.ChunkedArray | None, kind: Kind, rows: int) -> pa.Array:
    """A column of one part as its kind; all empty when an older version wrote the part without it."""
    import pyarrow as pa  # noqa: PLC0415  as above

    wanted = types()[kind]
    if found is None:
        return pa.nulls(rows, wanted)
    array = pa.concat_arrays(found.chunks) if found.num_chunks else pa.array([], found.type)
    if array.type == wanted:
        return array
    if kind == "list" and pa.types.is_string(array.type):
        return pa.array([texts_in(each) for each in array.to_pylist()], wanted)
    if kind == "number" and pa.types.is_string(array.type):
        return pa.array([number_in(each) for each in array.to_pylist()], wanted)
    return array.cast(wanted)


def texts_in(cell: str | None) -> list[str] | None:
    """The texts of a cell that holds several options as JSON; ``None`` when it holds something else."""
    if cell is None:
        return None
    value = json.loads(cell)
    return [each if isinstance(each, str) else json.dumps(each) for each in value] if isinstance(value, list) else None


def number_in(cell: str | None) -> float | None:
    """The number in a cell; ``None`` when it is none."""
    try:
        return None if cell is None else float(cell)
    except ValueError:
        return None  # a repeated question: an object of numbers has no order
