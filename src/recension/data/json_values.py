"""JSON as rows need it: objects only, no key twice, no ``NaN``, errors with their place."""

from __future__ import annotations

import json
from typing import Final, NoReturn

from recension.data.rows import Row, Shape
from recension.errors import Invalid
from recension.label import JSON

BOM: Final = "\ufeff"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    body = dict(pairs)
    if len(body) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"key {twice!r} stands twice in one object")
    return body


DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)


def decode_utf8(raw: bytes, *, where: str) -> str:
    """The text that the bytes spell.

    Raises:
        Invalid: they are not UTF-8.
    """
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Invalid(f"byte {error.start + 1} is not UTF-8", where=where, hint="save the file as UTF-8") from error


def object_row(value: JSON, place: str, *, where: str) -> Row:
    """A row whose columns are the keys of a JSON object.

    Raises:
        Invalid: the value is no object.
    """
    if not isinstance(value, dict):
        raise Invalid("not an object", where=where, hint='write every row as {"column": value, ...}')
    return Row(place, value, Shape(list(value), where))
