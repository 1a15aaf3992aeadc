"""Which commits are meant: by what their metadata says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from recension.errors import Invalid
from recension.store.model import Commit


def read_filter(words: Iterable[str]) -> dict[str, str]:
    """``key=value`` texts as a mapping.

    Raises:
        Invalid: one has no ``=``.
    """
    found = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise Invalid(f"{word!r} filters nothing", where="where", hint="KEY=VALUE")
        found[key] = value
    return found


def says(commit: Commit, where: Mapping[str, str]) -> bool:
    """Whether the metadata has each key with that value. A key may go deeper with dots; a list has what is in it.

    Values are compared as text, anything but text in its JSON form: ``true``, ``0.5``, ``null``.
    """
    return all(value in _texts(_at(commit.meta, key)) for key, value in where.items())


_NOTHING = object()


def _at(meta: Mapping[str, Any], key: str) -> Any:
    """What stands under a key, or under its parts one below the other."""
    if key in meta:
        return meta[key]
    first, dot, rest = key.partition(".")
    inner = meta.get(first)
    return _at(inner, rest) if dot and isinstance(inner, Mapping) else _NOTHING


def _texts(value: Any) -> list[str]:
    if value is _NOTHING:
        return []
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value if isinstance(value, str) else json.dumps(value, sort_keys=True)]
