r"""The parcel: many blobs in one message between a client and a server, in either direction.

::

    header    8 bytes   b"RCPARC1\n", then n u32
    contents  41 n      id 32 | kind u8 | stored length u32 | plain length u32, of each blob
    bytes               the stored form of each blob, in that order

Numbers are little-endian. What is inside stands first, so whoever receives a parcel can refuse it, or ask once which
of its blobs are known, before the bytes come. Nothing in it is believed: each blob is hashed on arrival. Blobs have at
most the size of a chunk; a larger file is sent as the chunks it is cut into.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import zstandard
from blake3 import blake3

from recension.errors import Damaged, Invalid, TooLarge
from recension.ids import BlobId
from recension.store.backends import Bytes
from recension.store.chunks import MAX_CHUNK
from recension.store.pack import Kind, Record, squeeze, unpack

MOST_BLOBS: Final = 65_536
MOST_BYTES: Final = 64 << 20
"""A parcel with more blobs, or more bytes, is refused."""

_MAGIC: Final = b"RCPARC1\n"
_COUNT: Final = struct.Struct("<I")
_ITEM: Final = struct.Struct("<32sBII")


class Item(NamedTuple):
    """One blob of a parcel: ``kind`` is plain or zstd."""

    id: bytes
    kind: int
    stored: int
    size: int


class Parcel:
    """A parcel being filled."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._bytes: list[Bytes] = []
        self.size = 0

    def __len__(self) -> int:
        return len(self._items)

    def add(self, identity: bytes, plain: memoryview, *, squeezed: bool = True) -> None:
        """Add a blob; ``squeezed``: as a zstd frame where that saves enough."""
        packed = squeeze(plain) if squeezed else None
        kind, stored = (Kind.PLAIN, bytes(plain)) if packed is None else (Kind.ZSTD, packed)
        self._items.append(Item(identity, int(kind), len(stored), len(plain)))
        self._bytes.append(stored)
        self.size += len(stored)

    def encode(self) -> bytes:
        """The parcel as bytes."""
        return b"".join([encode_contents(self._items), *self._bytes])


def encode_contents(items: Sequence[Item]) -> bytes:
    """Everything of a parcel that stands before its bytes."""
    return b"".join([_MAGIC, _COUNT.pack(len(items)), *(_ITEM.pack(*item) for item in items)])


def read_contents(read: Callable[[int], bytes]) -> list[Item]:
    """What a parcel says is in it.

    Args:
        read: the next so many bytes, fewer only where the parcel ends.

    Raises:
        Invalid: it is none, or is cut short.
        TooLarge: there is too much in it.
    """
    head = read(len(_MAGIC) + _COUNT.size)
    if len(head) != len(_MAGIC) + _COUNT.size or not head.startswith(_MAGIC):
        raise Invalid("this is no parcel of blobs", where="body", hint="see docs/reference/http-api.md")
    (count,) = _COUNT.unpack_from(head, len(_MAGIC))
    if count > MOST_BLOBS:
        raise TooLarge(f"a parcel holds at most {MOST_BLOBS:,} blobs", where="body", hint="send several")
    table = read(count * _ITEM.size)
    if len(table) != count * _ITEM.size:
        raise Invalid("the parcel is cut short", where="body", hint="send it again")
    items = [Item(*fields) for fields in _ITEM.iter_unpack(table)]
    for item in items:
        _check(item)
    if sum(item.stored for item in items) > MOST_BYTES:
        raise TooLarge(f"a parcel holds at most {MOST_BYTES:,} bytes", where="body", hint="send several")
    return items


def read_blobs(items: Iterable[Item], read: Callable[[int], bytes]) -> Iterator[tuple[Item, bytes, Bytes]]:
    """Each blob in its stored form and plain, hashed and found right.

    Raises:
        Invalid: bytes are missing, or are not what their id says.
    """
    for item in items:
        stored = read(item.stored)
        yield item, stored, _plain(item, stored)


def _check(item: Item) -> None:
    """Make sure that a blob can be taken without being believed."""
    if item.kind not in {Kind.PLAIN, Kind.ZSTD} or (item.kind == Kind.PLAIN and item.stored != item.size):
        raise Invalid("a blob is neither plain nor compressed", where=item.id.hex(), hint="send chunks of it")
    if max(item.size, item.stored) > MAX_CHUNK:
        raise TooLarge(f"a blob in a parcel has at most {MAX_CHUNK:,} bytes", where=item.id.hex(), hint="send chunks")


def _plain(item: Item, stored: bytes) -> Bytes:
    where = BlobId(item.id).hex()
    # The frame is asked first: to open one that promises more than was announced would take that much memory.
    try:
        honest = item.kind == Kind.PLAIN or zstandard.frame_content_size(stored) == item.size
        plain = unpack(Record(item.id, item.kind, "", 0, item.stored, item.size), stored) if honest else None
    except (Damaged, zstandard.ZstdError) as error:
        raise Invalid("a blob is cut short, or cannot be decompressed", where=where, hint="send it again") from error
    if plain is None or blake3(plain).digest() != item.id:
        raise Invalid("bytes are not what their hash says", where=where, hint="send them again")
    return plain
