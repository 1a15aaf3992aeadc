"""Answers: checked against the schema and brought into their one canonical form."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final

from recension.errors import Invalid
from recension.label.schema import Field, Schema

Value = str | int | float | list[str]
"""What a field's answer is, in canonical form."""

_LARGEST: Final = sys.float_info.max  # neither infinite, nor NaN, nor an integer that no other JSON reader takes


def check_answer(schema: Schema, fields: Mapping[str, object]) -> dict[str, Value]:
    """The answer in canonical form: fields in the order of the schema, unanswered ones left out.

    A set of options is in the order of the schema without repeats, a whole number is an ``int``, a text is kept to
    the letter.

    Raises:
        Invalid: an unknown field, a required one without an answer, or a value that the field does not allow.
    """
    known = {field.name for field in schema.fields}
    for name in fields:
        if name not in known:
            raise Invalid(f"no field {name!r}", where=str(name), hint=f"fields are: {', '.join(sorted(known))}")
    answer: dict[str, Value] = {}
    for field in schema.fields:
        value = check_value(field, fields.get(field.name))
        if value is not None:
            answer[field.name] = value
        elif field.required:
            raise Invalid("this field needs an answer", where=field.name, hint=_allowed(field))
    return answer


def check_value(field: Field, value: object) -> Value | None:
    """One field's answer in canonical form, ``None`` when it is left empty.

    Raises:
        Invalid: the field does not allow the value.
    """
    if value is None or value in ("", []):
        return None
    match field.kind:
        case "choice":
            return _option(field, value)
        case "choices":
            return _options(field, value)
        case "text":
            return _text(field, value)
        case "number" | "rating":
            return _number(field, value)


def _refuse(field: Field, value: object) -> Invalid:
    shown = repr(value)
    return Invalid(
        f"{shown if len(shown) < 80 else shown[:77] + '...'} is no answer", where=field.name, hint=_allowed(field)
    )


def _option(field: Field, value: object) -> str:
    if not isinstance(value, str) or all(option.value != value for option in field.options):
        raise _refuse(field, value)
    return value


def _options(field: Field, value: object) -> list[str]:
    if not isinstance(value, list | tuple):
        raise _refuse(field, value)
    chosen = {_option(field, entry) for entry in value}
    return [option.value for option in field.options if option.value in chosen]


def _text(field: Field, value: object) -> str | None:
    if not isinstance(value, str) or len(value) > field.max_length or "\0" in value:
        raise _refuse(field, value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _refuse(field, value) from None
    return value if value.strip() else None


def _number(field: Field, value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
        raise _refuse(field, value)
    too_small = field.minimum is not None and value < field.minimum
    too_large = field.maximum is not None and value > field.maximum
    whole = int(value) if value == int(value) else None
    if too_small or too_large or (field.kind == "rating" and whole is None):
        raise _refuse(field, value)
    return value if whole is None else whole


def _allowed(field: Field) -> str:
    match field.kind:
        case "choice":
            return f"choose one of: {', '.join(option.value for option in field.options)}"
        case "choices":
            return f"give a list of: {', '.join(option.value for option in field.options)}"
        case "text":
            return f"write text of at most {field.max_length} characters"
        case "rating":
            return f"give a whole number from 1 to {field.maximum:g}" if field.maximum else "give a whole number from 1"
        case "number":
            low = "" if field.minimum is None else f" from {field.minimum:g}"
            high = "" if field.maximum is None else f" to {field.maximum:g}"
            return f"give a number{low}{high}"
