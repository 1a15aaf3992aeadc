"""Media in an item's data: a stored file stands as its content, not as the path it happens to have.

``{"blob": "<64 hex digits>", "type": "image/png", "size": 12345}``, with ``path`` as the data spelled it where the item
is a row. Only the blob counts for identity: the same picture under another name is the same work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from recension.label.canonical import JSON
from recension.label.schema import Schema
from recension.label.screen import ObjectTag

MEDIA_KINDS: Final = frozenset({"image", "audio", "video"})
_BLOB: Final = re.compile(r"[0-9a-f]{64}")
_KEYS: Final = frozenset({"blob", "type", "size", "path"})


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A stored file that is shown.

    Args:
        blob: BLAKE3 of its bytes, in hex.
        type: its content type.
        size: in bytes.
        path: as a row spelled it; empty where the item is the file itself.
    """

    blob: str
    type: str
    size: int
    path: str = ""


def media_to_json(ref: MediaRef) -> dict[str, JSON]:
    """The reference as it stands in an item's data."""
    body: dict[str, JSON] = {"blob": ref.blob, "type": ref.type, "size": ref.size}
    return body | {"path": ref.path} if ref.path else body


def media_from_json(value: object) -> MediaRef | None:
    """The reference that stands there; ``None`` when something else does."""
    if not isinstance(value, Mapping) or not {"blob", "type", "size"} <= value.keys() <= _KEYS:
        return None
    blob, kind, size, path = value["blob"], value["type"], value["size"], value.get("path", "")
    if not isinstance(blob, str) or _BLOB.fullmatch(blob) is None or not isinstance(kind, str):
        return None
    if not isinstance(size, int) or not isinstance(path, str):
        return None
    return MediaRef(blob, kind, size, path)


def media_tags(schema: Schema) -> dict[str, ObjectTag]:
    """Data field → what shows it, of whole fields that hold media or the address of something else."""
    return {
        tag.field: tag
        for tag in schema.objects
        if tag.field in schema.references and (tag.kind in MEDIA_KINDS or tag.from_url)
    }


def identity_of(value: object) -> object:
    """What of a value in the data counts for work identity."""
    if isinstance(value, list | tuple):
        return [identity_of(entry) for entry in value]
    ref = media_from_json(value)
    return value if ref is None else {"blob": ref.blob}
