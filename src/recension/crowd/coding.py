"""How answers of every kind are spelled for consensus, which knows single values, sets, numbers and texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from recension.label import Field, canonical_json
from recension.label.values import paths


@dataclass(frozen=True, slots=True)
class Coding:
    """One field's spelling.

    Args:
        kind: what consensus takes it for.
        values: every answer there can be; empty when that is not known beforehand.
        write: answer → what consensus sees.
        read: back again.
    """

    kind: str
    values: tuple[object, ...] = ()
    write: Callable[[Any], Any] = lambda value: value
    read: Callable[[Any], Any] = lambda value: value


def coding_of(field: Field) -> Coding:  # noqa: PLR0911  one line for each kind
    """The spelling of a field's answers; of regions and relations there is none."""
    if field.per_item:
        return Coding("text", write=_text, read=json.loads)
    match field.kind:
        case "choice" | "choices":
            return Coding(field.kind, () if field.options_from else field.values())
        case "pairwise":
            return Coding("choice", ("left", "right", "equal") if field.equal else ("left", "right"))
        case "rating":
            return Coding("rating", tuple(range(int(field.minimum or 1), int(field.maximum or 5) + 1)))
        case "taxonomy":
            order = {_text(list(path)): place for place, path in enumerate(paths(field.options))}
            return Coding(
                "choices",
                write=lambda value: [_text(path) for path in value],
                read=lambda value: [json.loads(each) for each in sorted(value, key=lambda path: order.get(path, 0))],
            )
        case "number" | "text":
            return Coding(field.kind)
        case "date":
            return Coding("text")
        case _:
            return Coding("text", write=_text, read=json.loads)


def _text(value: object) -> str:
    return canonical_json(value).decode()
