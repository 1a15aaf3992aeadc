"""Hotkeys of options: checked, normalised, and handed out where a config gives none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from recension.label.fields import Field, Option

RESERVED: Final = {
    "s": "skip",
    "g": "guideline",
    "?": "list of keys",
    "backspace": "undo",
    "enter": "submit",
    "escape": "close",
    "tab": "next control",
    "ctrl+z": "undo",
    "ctrl+shift+z": "redo",
    "ctrl+y": "redo",
}
"""Keys that the workbench itself answers to."""
_AUTOMATIC: Final = "1234567890"
_KEY: Final = re.compile(r"(?:(?:ctrl|alt|shift|meta)\+)*(?:\S|space|up|down|left|right|f\d{1,2})")
_KEYED: Final = frozenset({"choice", "choices", "regions"})
"""Kinds whose options get a digit; trees and links are chosen by typing."""


class Clash(NamedTuple):
    """A hotkey that cannot be; ``option`` is the value of what asks for it."""

    field: str
    option: str
    message: str
    hint: str


def conflicts(fields: Sequence[Field]) -> Iterator[Clash]:
    """Every hotkey that is no key, belongs to the workbench, or is given twice."""
    taken: dict[str, str] = {}
    for field in fields:
        for option in (*field.options, *field.shortcuts):
            key = option.hotkey.strip().lower()
            if not key:
                continue
            if _KEY.fullmatch(key) is None:
                message = f"hotkey {option.hotkey!r} of {option.value!r} is no key"
                yield Clash(field.name, option.value, message, "write 1, a or ctrl+a")
            elif key in RESERVED:
                message = f"hotkey {key!r} of {option.value!r} means {RESERVED[key]}"
                yield Clash(field.name, option.value, message, "take another key")
            elif key in taken:
                message = f"hotkey {key!r} of {option.value!r} is taken by {taken[key]!r}"
                yield Clash(field.name, option.value, message, "give every option its own key")
            taken.setdefault(key, option.value)


def with_hotkeys(fields: Sequence[Field]) -> list[Field]:
    """The same fields with hotkeys normalised; digits that are left go to options without one, in order.

    What gets none, because there are more options than keys, is found by typing its beginning.
    """
    given = [_normal(field) for field in fields]
    taken = {option.hotkey for field in given for option in (*field.options, *field.shortcuts)}
    free = iter([key for key in _AUTOMATIC if key not in taken])
    return [
        replace(field, options=tuple(o if o.hotkey else replace(o, hotkey=next(free, "")) for o in field.options))
        if field.kind in _KEYED
        else field
        for field in given
    ]


def without_hotkeys(field: Field) -> Field:
    """The field with no key of its own."""
    return replace(field, options=tuple(_bare(option) for option in field.options))


def _normal(field: Field) -> Field:
    return replace(
        field,
        options=tuple(replace(each, hotkey=each.hotkey.strip().lower()) for each in field.options),
        shortcuts=tuple(replace(each, hotkey=each.hotkey.strip().lower()) for each in field.shortcuts),
    )


def _bare(option: Option) -> Option:
    return replace(option, hotkey="")
