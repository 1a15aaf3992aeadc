"""Handing out many files of a commit at once: their rows as lines, the small ones' bytes as one parcel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from recension.errors import Damaged, Invalid, TooLarge
from recension.ids import BlobId
from recension.server.bulk_commits import Row
from recension.store import Commit, Store
from recension.store.chunks import MAX_CHUNK
from recension.store.pack import Kind, Record
from recension.store.pack_window import PackWindow
from recension.store.parcel import MOST_BYTES, Item, encode_contents
from recension.store.records import by_place

MOST_PATHS: Final = 10_000
_PIECE: Final = 1 << 18
_ENCODE: Final = msgspec.json.Encoder().encode


def listing(store: Store, commit: Commit, path: str) -> Iterator[bytes]:
    """A line for every file in a folder, at any depth, or for the one file: what a bulk commit would say of it."""
    lines = bytearray()
    for entry in store.walk(commit, prefix=path):
        lines += _ENCODE(Row(entry.path, entry.blob.hex(), entry.size, entry.mode, entry.mtime_us))
        lines += b"\n"
        if len(lines) >= _PIECE:
            yield bytes(lines)
            lines.clear()
    yield bytes(lines)


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
        if record.size > MAX_CHUNK:
            raise TooLarge("too large for a parcel", where=entries[BlobId(record.id)], hint="ask for it by itself")
    if sum(_length(record) for record in places.values()) > MOST_BYTES:
        raise TooLarge(f"a parcel holds at most {MOST_BYTES:,} bytes", where="paths", hint="ask for fewer")
    return by_place(places.values())


def parcel(store: Store, records: Iterable[Record]) -> Iterator[bytes]:
    """The parcel, made while it is sent; small blobs go out as they lie in their packs."""
    found = list(records)
    kinds = {record.id: Kind.PLAIN if record.kind == Kind.CHUNKS else record.kind for record in found}
    yield encode_contents([Item(each.id, int(kinds[each.id]), _length(each), each.size) for each in found])
    window, pending = PackWindow(store.records), bytearray()
    for record in found:
        if record.kind == Kind.CHUNKS:
            for piece in store.read_blob(BlobId(record.id)):
                pending += piece
        else:
            pending += window.read(record)
        if len(pending) >= _PIECE:
            yield bytes(pending)
            pending.clear()
    yield bytes(pending)


def _length(record: Record) -> int:
    """How long a blob is in a parcel."""
    if record.kind == Kind.NODE:
        raise Invalid("this is no file", where=record.id.hex())
    return record.size if record.kind == Kind.CHUNKS else record.stored
