"""Items: what is asked about, and how an item is named.

``/folder/file.csv`` is a file, ``/folder/file.csv#key`` a row of it, and ``...@0123456789abcdef`` a region of either.
In the path ``%``, ``#`` and ``@`` are percent-encoded, in the key everything but letters, digits and ``_.-~``: so an
id reads back to exactly one item.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from recension.errors import Invalid
from recension.ids import check_path
from recension.label.canonical import JSON
from recension.label.shape_json import shape_id
from recension.label.shapes import Shape

_ID: Final = re.compile(r"(?P<path>/[^#@]*)(?:#(?P<key>[^#@]+))?(?:@(?P<region>[0-9A-Za-z_-]+))?", re.DOTALL)
_IN_PATH: Final = re.compile("[%#@]")


class ItemName(NamedTuple):
    """An item id, taken apart."""

    path: str
    key: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """A file, a row of a table file, or a region of either.

    ``data`` holds what may be shown and asked about, by field name.
    """

    id: str
    path: str
    key: str | None = None
    region: Shape | None = None
    data: Mapping[str, JSON] = field(default_factory=dict)


def make_item(path: str, key: str | None = None, *, region: Shape | None = None, data: Mapping[str, JSON]) -> Item:
    """The item with the id that follows from its place."""
    name = item_id(path, key, None if region is None else shape_id(region))
    return Item(id=name, path=path, key=key, region=region, data=data)


def item_id(path: str, key: str | None = None, region: str | None = None) -> str:
    """The id of a file, of its row ``key``, or of a region of either.

    Raises:
        Invalid: the path breaks its rules, or the key is empty or not UTF-8.
    """
    text = _IN_PATH.sub(lambda match: f"%{ord(match[0]):02X}", check_path(path))
    if key is not None:
        text += f"#{encode_key(key)}"
    return text if region is None else f"{text}@{region}"


def encode_key(key: str) -> str:
    """A row's key, percent-encoded: fit for an id, a file name and a URL.

    Raises:
        Invalid: the key is empty or not UTF-8.
    """
    if not key:
        raise Invalid("the key of a row is empty", hint="give every row a key, or name no key column")
    try:
        return quote(key, safe="")
    except UnicodeEncodeError as error:
        raise Invalid(f"the key {key!r} is not UTF-8") from error


def parse_item_id(text: str) -> ItemName:
    """Take an item id apart.

    Raises:
        Invalid: it does not have the shape.
    """
    match = _ID.fullmatch(text)
    if match is None:
        raise Invalid(f"{text!r} is no item id", hint="write /file, /file#key or /file#key@region")
    key = match["key"]
    return ItemName(check_path(unquote(match["path"])), None if key is None else unquote(key), match["region"])
