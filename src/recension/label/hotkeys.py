"""Hotkeys of options: checked, normalised, and handed out where a config gives none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from recension.errors import Invalid
from recension.label.fields import Field, Option

RESERVED: Final = {
    "s": "skip",
    "g": "guideline",
    "?": "list of keys",
    "backspace": "undo",
    "enter": "submit",
    "escape": "close",
    "tab": "next control",
}
"""Keys that the workbench itself answers to."""
_AUTOMATIC: Final = "1234567890"
_KEY: Final = re.compile(r"(?:(?:ctrl|alt|shift|meta)\+)*(?:\S|space|up|down|left|right|f\d{1,2})")


def with_hotkeys(fields: Sequence[Field], *, where: str) -> list[Field]:
    """The same fields with every option on its own key; digits that are left go to options without one, in order.

    Raises:
        Invalid: a hotkey is no key, belongs to the workbench, or is given twice.
    """
    taken: dict[str, str] = {}
    keyed = [_given(field, taken, where) for field in fields]
    free = iter([key for key in _AUTOMATIC if key not in taken])
    return [
        replace(field, options=tuple(o if o.hotkey else replace(o, hotkey=next(free, "")) for o in field.options))
        for field in keyed
    ]


def _given(field: Field, taken: dict[str, str], where: str) -> Field:
    return replace(field, options=tuple(_claim(field, option, taken, where) for option in field.options))


def _claim(field: Field, option: Option, taken: dict[str, str], where: str) -> Option:
    key = option.hotkey.strip().lower()
    if not key:
        return replace(option, hotkey="")
    place = f"{where}: {field.name}"
    if _KEY.fullmatch(key) is None:
        raise Invalid(
            f"hotkey {option.hotkey!r} of {option.value!r} is no key", where=place, hint="write 1, a or ctrl+a"
        )
    if key in RESERVED:
        hint = "take another key"
        raise Invalid(f"hotkey {key!r} of {option.value!r} means {RESERVED[key]}", where=place, hint=hint)
    if key in taken:
        message = f"hotkey {key!r} of {option.value!r} is taken by {taken[key]!r}"
        raise Invalid(message, where=place, hint="give every option its own key")
    taken[key] = option.value
    return replace(option, hotkey=key)
