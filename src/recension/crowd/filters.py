"""Filters of a table's rows as data: read from JSON, checked against the columns, applied to Arrow columns.

A filter is one test, ``{"field": "status", "op": "eq", "value": "open"}``, or one of ``{"and": [...]}``,
``{"or": [...]}`` and ``{"not": ...}``. Two values are never "unknown": a row without a value passes ``empty``, ``ne``
and ``lacks``, and no other test.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from recension.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Kind = Literal["text", "number", "list"]
"""What a column holds: texts, numbers, or lists of texts."""

_ORDER: Final = ("lt", "le", "gt", "ge")
_SINGLE: Final = ("eq", "ne", "in", *_ORDER, "empty", "filled")
OPS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "text": (*_SINGLE, "contains", "starts"),
    "number": _SINGLE,
    "list": ("has", "lacks", "empty", "filled"),
}
"""What may be asked of each kind of column."""

_MAX_TESTS: Final = 100
_MAX_DEPTH: Final = 8
_MAX_VALUES: Final = 1000
_MAX_TEXT: Final = 10_000
_HINT: Final = 'a test is {"field": ..., "op": ..., "value": ...}; several stand in {"and": [...]} or {"or": [...]}'


@dataclass(frozen=True, slots=True)
class Test:
    """One test of one column; ``value`` is ``None`` for those that need none."""

    __test__ = False  # no test of ours
    field: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Group:
    """Several filters: all of them, any of them, or (of one) its opposite."""

    how: Literal["and", "or", "not"]
    parts: tuple[Filter, ...]


Filter = Test | Group


def read_filter(value: object, kinds: Mapping[str, Kind]) -> Filter:
    """A filter from JSON; ``None`` and an empty object let every row pass.

    Args:
        value: what was asked.
        kinds: the columns there are, and what they hold.

    Raises:
        Invalid: it is no filter of these columns; names the place.
    """
    left = [_MAX_TESTS]
    return Group("and", ()) if value is None or value == {} else _read(value, kinds, "filter", left)


def _read(value: object, kinds: Mapping[str, Kind], where: str, left: list[int]) -> Filter:
    if not isinstance(value, dict):
        raise Invalid("a filter is an object", where=where, hint=_HINT)
    if where.count(".") > _MAX_DEPTH:
        raise Invalid(f"groups stand in each other more than {_MAX_DEPTH} deep", where=where, hint="ask for less")
    for how in ("and", "or", "not"):
        if value.keys() == {how}:
            given = [value[how]] if how == "not" else value[how]
            if not isinstance(given, list):
                raise Invalid(f"{how!r} takes a list of filters", where=where, hint=_HINT)
            places = enumerate(given)
            return Group(how, tuple(_read(each, kinds, f"{where}.{how}[{at}]", left) for at, each in places))
    left[0] -= 1
    if left[0] < 0:
        raise Invalid(f"more than {_MAX_TESTS} tests", where=where, hint="put values of one field into one 'in'")
    return _test(value, kinds, where)


def _test(value: Mapping[str, object], kinds: Mapping[str, Kind], where: str) -> Test:
    unknown = sorted(value.keys() - {"field", "op", "value"})
    if unknown or not {"field", "op"} <= value.keys():
        message = f"{unknown[0]!r} is no part of a test" if unknown else "a test names its field and its op"
        raise Invalid(message, where=where, hint=_HINT)
    field, op = str(value["field"]), str(value["op"])
    kind = kind_of(field, kinds, where)
    if op not in OPS[kind]:
        raise Invalid(f"{op!r} cannot be asked of {field!r}", where=where, hint=f"one of {', '.join(OPS[kind])}")
    if op in {"empty", "filled"}:
        if value.get("value") is not None:
            raise Invalid(f"{op!r} takes no value", where=where, hint="leave the value out")
        return Test(field, op)
    return Test(field, op, _checked(value.get("value"), kind, op, f"{where}: {field}"))


def kind_of(field: str, kinds: Mapping[str, Kind], where: str) -> Kind:
    """What a column holds.

    Raises:
        Invalid: there is no such column.
    """
    if field not in kinds:
        raise Invalid(f"there is no column {field!r}", where=where, hint=f"there are {', '.join(kinds)}")
    return kinds[field]


def _checked(value: object, kind: Kind, op: str, where: str) -> Any:
    if op == "in":
        if not isinstance(value, list) or len(value) > _MAX_VALUES:
            raise Invalid(f"'in' takes a list of at most {_MAX_VALUES} values", where=where, hint=_HINT)
        return tuple(_one(each, kind, where) for each in value)
    return _one(value, kind, where)


def _one(value: object, kind: Kind, where: str) -> str | float:
    if kind == "number":
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Invalid(f"{value!r} is no number", where=where, hint="this column holds numbers")
        return float(value)
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise Invalid("the value is a text", where=where, hint=f"of at most {_MAX_TEXT} characters")
    return value


def fields_of(asked: Filter) -> set[str]:
    """The columns that a filter looks at."""
    if isinstance(asked, Test):
        return {asked.field}
    return set().union(*(fields_of(part) for part in asked.parts))


def passing(asked: Filter, column: Callable[[str], pa.ChunkedArray], rows: int) -> np.ndarray[Any, Any]:
    """Which rows pass.

    Args:
        asked: the filter.
        column: the values of a column.
        rows: how many there are.

    Returns:
        One boolean a row.
    """
    import numpy as np  # noqa: PLC0415  pages of tables alone need it

    if isinstance(asked, Test):
        values = column(asked.field)
        return _has(values, asked) if asked.op in {"has", "lacks"} else _compared(values, asked)
    found = [passing(part, column, rows) for part in asked.parts]
    if asked.how == "not":
        mask: np.ndarray[Any, Any] = np.logical_not(found[0])
        return mask
    mask = np.full(rows, asked.how == "and")
    for each in found:
        mask = mask & each if asked.how == "and" else mask | each
    return mask


def _compared(values: pa.ChunkedArray, asked: Test) -> np.ndarray[Any, Any]:
    import numpy as np  # noqa: PLC0415  as above
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    value, mask = asked.value, None
    match asked.op:
        case "empty":
            mask = _is_empty(values)
        case "filled":
            mask = pc.invert(_is_empty(values))
        case "in":
            mask = pc.is_in(values, value_set=pa.array(list(value), values.type))
        case "contains":
            mask = pc.match_substring(values, value, ignore_case=True)
        case "starts":
            mask = pc.starts_with(values, value)
        case op:
            said = pa.scalar(value, values.type)
            compare = {"eq": "equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"}
            mask = pc.call_function(compare.get(op, "equal"), [values, said])
    found: np.ndarray[Any, Any] = pc.fill_null(mask, fill_value=False).to_numpy()
    return np.logical_not(found) if asked.op == "ne" else found


def _is_empty(values: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa  # noqa: PLC0415  as above
    import pyarrow.compute as pc  # noqa: PLC0415

    nothing = pc.is_null(values)
    if pa.types.is_list(values.type):
        return pc.or_(nothing, pc.fill_null(pc.equal(pc.list_value_length(values), 0), fill_value=True))
    return nothing


def _has(values: pa.ChunkedArray, asked: Test) -> np.ndarray[Any, Any]:
    import numpy as np  # noqa: PLC0415  as above
    import pyarrow.compute as pc  # noqa: PLC0415

    mask = np.zeros(len(values), bool)
    start = 0
    for chunk in values.chunks:
        equal = pc.fill_null(pc.equal(pc.list_flatten(chunk), asked.value), fill_value=False).to_numpy(False)
        mask[start + pc.list_parent_indices(chunk).to_numpy()[equal]] = True
        start += len(chunk)
    return np.logical_not(mask) if asked.op == "lacks" else mask
