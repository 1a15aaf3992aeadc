"""Handing out many files of a commit at once: their rows as lines, the small ones' bytes as one parcel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import msgspec

from recension.errors import Damaged, TooLarge
from recension.ids import BlobId
from recension.store import Commit, Entry, Store
from recension.store.chunks import MAX_CHUNK
from recension.store.links import Link
from recension.store.pack import Kind, Record
from recension.store.pack_window import PackWindow
from recension.store.parcel import MOST_BYTES, Item, encode_contents
from recension.store.records import by_place

MOST_PATHS: Final = 10_000
_PIECE: Final = 1 << 18
_ROWS: Final = 1000
_AS_STORED: Final = frozenset({Kind.PLAIN, Kind.ZSTD})
_ENCODE: Final = msgspec.json.Encoder().encode


def listing(store: Store, commit: Commit, path: str) -> Iterator[bytes]:
    """A line for every file in a folder, at any depth, or for the one file.

    It is what a bulk commit would say of it, and behind that whether the bytes lie elsewhere.
    """
    entries = store.walk(commit, prefix=path)
    while some := list(islice(entries, _ROWS)):
        links = store.records.links.of([entry.blob for entry in some])
        rows = (
            _ENCODE((each.path, each.blob.hex(), each.size, each.mode, each.mtime_us, _linked(links, each)))
            for each in some
        )
        yield b"\n".join(rows) + b"\n"


def _linked(links: Mapping[BlobId, Sequence[Link]], entry: Entry) -> int:
    """0 when the bytes are stored; 1 when they are read elsewhere, 2 when besides the id is not their hash."""
    found = links.get(entry.blob)
    return 0 if found is None else 1 if found[0].hashed else 2


def find_records(store: Store, commit: Commit, paths: Sequence[str]) -> list[Record]:
    """Where the bytes of some files of a commit lie, in that order; files with the same bytes count once.

    Raises:
        NotFound: the commit has no such file.
        TooLarge: one is too large for a parcel, or all of them are.
    """
    if len(paths) > MOST_PATHS:
        raise TooLarge(f"at most {MOST_PATHS:,} files at once", where="paths", hint="ask several times")
    entries = {entry.blob: entry.path for entry in (store.stat(commit, path) for path in paths)}
    places = store.records.locate(list(entries))
    if lost := entries.keys() - places.keys():
        where = f"{commit.address}:{entries[min(lost)]}"
        raise Damaged("what a commit refers to is not stored", where=where, hint="run recension fsck")
    for record in places.values():
        if record.size > MAX_CHUNK or record.kind == Kind.LINK:
            raise TooLarge("too large for a parcel", where=entries[BlobId(record.id)], hint="ask for it by itself")
    if sum(_item(record).stored for record in places.values()) > MOST_BYTES:
        raise TooLarge(f"a parcel holds at most {MOST_BYTES:,} bytes", where="paths", hint="ask for fewer")
    return by_place(places.values())


def parcel(store: Store, records: Iterable[Record]) -> Iterator[bytes]:
    """The parcel, made while it is sent; small blobs go out as they lie in their packs."""
    found = list(records)
    yield encode_contents([_item(record) for record in found])
    window, pending = PackWindow(store.records), bytearray()
    for record in found:
        if record.kind not in _AS_STORED:
            for piece in store.read_blob(BlobId(record.id)):
                pending += piece
        else:
            pending += window.read(record)
        if len(pending) >= _PIECE:
            yield bytes(pending)
            pending.clear()
    yield bytes(pending)


def _item(record: Record) -> Item:
    """What a parcel says of a blob."""
    if record.kind in _AS_STORED:
        return Item(record.id, record.kind, record.stored, record.size)
    return Item(record.id, int(Kind.PLAIN), record.size, record.size)
