"""Media of a task on its way to a workbench: where each file is fetched, and how large it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypedDict
from urllib.parse import quote

from recension.ids import BlobId
from recension.label import MediaRef, Schema, media_from_json, media_tags
from recension.label.image_header import HEAD_BYTES, ImageSize, image_size
from recension.server.tiles.pyramid import SIDE, Pyramid, can_cut, is_large, too_large
from recension.server.wire.workbench import Media, Tiles
from recension.store import Store

KEPT: Final = "private, max-age=31536000, immutable"
"""A file that is named by its content never changes."""


def media_of(
    store: Store, project: str, schema: Schema, task: int, data: Mapping[str, object]
) -> dict[str, Media | list[Media | None]]:
    """Data field → its media; of a list with one entry for each of its own, ``None`` for what is no stored file."""
    folder = f"/api/v1/projects/{quote(project)}/tasks/{task}/media"
    return shown_media(store, schema, data, lambda ref: f"{folder}/{ref.blob}", cut=True)


def shown_media(
    store: Store, schema: Schema, data: Mapping[str, object], url_of: Callable[[MediaRef], str], *, cut: bool = False
) -> dict[str, Media | list[Media | None]]:
    """Like :func:`media_of`, with other addresses; ``cut`` where squares of large images are found below them."""
    found: dict[str, Media | list[Media | None]] = {}
    for name, tag in media_tags(schema).items():
        value = data.get(name)
        if tag.many and isinstance(value, list):
            found[name] = [_media(store, media_from_json(each), url_of, cut=cut) for each in value]
        elif (one := _media(store, media_from_json(value), url_of, cut=cut)) is not None:
            found[name] = one
    return found


def refs_in(schema: Schema, data: Mapping[str, object]) -> Iterator[MediaRef]:
    """Every stored file that a task shows."""
    for name in media_tags(schema):
        value = data.get(name)
        for each in value if isinstance(value, list) else [value]:
            if (ref := media_from_json(each)) is not None:
                yield ref


def _media(store: Store, ref: MediaRef | None, url_of: Callable[[MediaRef], str], *, cut: bool) -> Media | None:
    if ref is None:
        return None
    url = url_of(ref)
    size = shown_size(store, ref)
    if size is None:
        return Media(url=url, type=ref.type)
    return Media(url=url, type=ref.type, width=size.width, height=size.height, **_large(url, ref.type, size, cut=cut))


class _Large(TypedDict, total=False):
    """What is said of large images."""

    tiles: Tiles
    note: str
    refused: str


def _large(url: str, kind: str, size: ImageSize, *, cut: bool) -> _Large:
    if why := too_large(size):
        return {"refused": f"{why[0].upper()}{why[1:]}."}
    if not (cut and is_large(kind, size)):
        return {}
    if not can_cut():
        return {"note": "Drawn smaller than it is: for its full size the server lacks recension[images]."}
    return {"tiles": Tiles(url=f"{url}/tiles/{{level}}/{{x}}_{{y}}", size=SIDE, levels=Pyramid(size).levels)}


def shown_size(store: Store, ref: MediaRef) -> ImageSize | None:
    """Of an image, from its first bytes, as it is turned by its EXIF data; ``None`` of anything else."""
    if not ref.type.startswith("image/"):
        return None
    head = b"".join(store.read_blob(BlobId(bytes.fromhex(ref.blob)), 0, min(ref.size, HEAD_BYTES)))
    return image_size(head)
