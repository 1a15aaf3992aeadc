"""Values in our own form of a schema, each checked as it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from recension.errors import Invalid
from recension.label.fields import Option

_OPTION_KEYS = ("value", "label", "hotkey", "color", "hint", "max_usages", "selected")


def mapping(body: object, where: str) -> Mapping[str, object]:
    """Keys and values."""
    if not isinstance(body, Mapping):
        raise Invalid(f"expected keys and values, not {body!r}", where=where)
    return body


def only(body: Mapping[str, object], allowed: Sequence[str], where: str) -> None:
    """No key but those.

    Raises:
        Invalid: another one is there.
    """
    for key in body:
        if key not in allowed:
            raise Invalid(f"unknown key {key!r}", where=where, hint=f"keys are: {', '.join(allowed)}")


def flag(value: object, where: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Invalid(f"{where.rpartition('.')[2]} is {value!r}", where=where, hint="write true or false")
    return value


def whole(value: object, where: str) -> int:
    """A whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise Invalid(f"{value!r} is no whole number from 1", where=where)
    return value


def number(value: object, where: str) -> float | None:
    """A number, or nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise Invalid(f"{value!r} is no number", where=where)
    return value


def text(value: object, where: str) -> str:
    """A text."""
    if not isinstance(value, str):
        raise Invalid(f"{value!r} is no text", where=where, hint="put it in quotes")
    return value


def texts(value: object, where: str) -> tuple[str, ...]:
    """Texts; one alone needs no list."""
    entries = value if isinstance(value, list | tuple) else [value]
    return tuple(text(entry, where) for entry in entries)


def one_of(value: object, allowed: Sequence[str], where: str) -> str:
    """One of few texts."""
    if value not in allowed:
        raise Invalid(f"{value!r} is not possible here", where=where, hint=f"one of: {', '.join(allowed)}")
    return str(value)


def pairs(value: object, where: str) -> tuple[tuple[int, int], ...]:
    """Pairs of whole numbers."""
    found: list[tuple[int, int]] = []
    for entry in value if isinstance(value, list | tuple) else [value]:
        match entry:
            case [int(first), int(second)]:
                found.append((first, second))
            case _:
                raise Invalid(f"{entry!r} is no pair of numbers", where=where, hint="write [[0, 1], [1, 2]]")
    return tuple(found)


def options(body: object, where: str, *, nested: bool = False) -> tuple[Option, ...]:
    """Options: texts, or keys and values; with ``children`` where they form a tree."""
    if not isinstance(body, list | tuple) or not body:
        raise Invalid("no options", where=where, hint="give a list, such as [yes, no] in quotes")
    seen: set[str] = set()
    found = []
    for place, entry in enumerate(body):
        option = _option(entry, f"{where}[{place}]", nested=nested)
        if option.value in seen:
            raise Invalid(f"option {option.value!r} stands twice", where=f"{where}[{place}]")
        seen.add(option.value)
        found.append(option)
    return tuple(found)


def _option(entry: object, where: str, *, nested: bool) -> Option:
    body: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {"value": entry}
    only(body, (*_OPTION_KEYS, "children") if nested else _OPTION_KEYS, where)
    value = body.get("value")
    if not isinstance(value, str) or not value.strip():
        # YAML reads a bare yes, no or 1 as something else than text; people notice that only when answers come back.
        raise Invalid(f"option {value!r} is no text", where=where, hint="put it in quotes")
    return Option(
        value,
        str(body.get("label") or value),
        str(body.get("hotkey", "")),
        color=text(body.get("color", ""), where),
        hint=text(body.get("hint", ""), where),
        children=options(body["children"], f"{where}.children", nested=True) if body.get("children") else (),
        max_usages=None if body.get("max_usages") is None else whole(body["max_usages"], where),
        selected=flag(body.get("selected", False), f"{where}.selected"),
    )
