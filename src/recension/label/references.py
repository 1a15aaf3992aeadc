"""Paths into an item's data, as ``$field`` names them in a config: ``text``, ``a.b``, ``turns[2].text``.

A data field whose name holds dots comes before a path with the same spelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from recension.errors import Invalid
from recension.label.plain_text import as_text

NAME: Final = re.compile(r"[^\W\d][\w:-]*(?:\.[\w:-]+|\[(?:\d+|\{\{\w+\}\})\])*")
"""A path; ``{{...}}`` stands for the index of a repeater."""
_IN_TEXT: Final = re.compile(r"\$([^\W\d]\w*(?:\.\w+|\[(?:\d+|\{\{\w+\}\})\])*)")
_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def paths_in(text: str) -> tuple[str, ...]:
    """The paths that stand in a text as ``$field``, in its order; ``$5`` is money."""
    return tuple(_IN_TEXT.findall(text))


def filled(text: str, data: Mapping[str, object]) -> str:
    """The text with what stands at each path in place of its ``$field``; nothing where there is nothing."""
    return _IN_TEXT.sub(lambda found: as_text(look_up(data, found[1])), text)


def root_of(path: str) -> str:
    """The data field that a path begins in, as far as its spelling tells: dots may belong to the field's name."""
    return path.partition("[")[0]


def root_in(path: str, data: Mapping[str, object]) -> str:
    """The data field that a path begins in.

    Raises:
        Invalid: the data has no such field.
    """
    root = root_of(path)
    if root in data:
        return root
    first = root.partition(".")[0]
    if first in data:
        return first
    raise Invalid(f"the item has no field {root!r}", where=root, hint=f"its fields are: {', '.join(data) or 'none'}")


def look_up(data: Mapping[str, object], path: str) -> object:
    """What stands at a path; ``None`` when nothing does."""
    try:
        root = root_in(path, data)
    except Invalid:
        return None
    value: object = data[root]
    for name, index in _STEP.findall(path[len(root) :]):
        if index and isinstance(value, Sequence) and not isinstance(value, str) and int(index) < len(value):
            value = value[int(index)]
        elif name and isinstance(value, Mapping) and name in value:
            value = value[name]
        else:
            return None
    return value
