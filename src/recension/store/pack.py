r"""The pack: one stored object that holds many blobs and nodes, with an index at its end.

::

    header   8 bytes   b"RCPACK1\\n"
    records  the stored form of each blob or node, one after the other
    index    columns over all records, in the order of the records:
             ids 32 n | positions u64 n | stored lengths u64 n | plain lengths u64 n | kinds u8 n
    tail     48 bytes  position of the index u64 | n u64 | BLAKE3-256 of the index
             8 bytes   b"RCPACK1E"

Numbers are little-endian. The database table ``record`` repeats the indexes of all packs; it can be made anew from
them.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Iterator
from enum import IntEnum
from itertools import repeat
from typing import Final, NamedTuple

import zstandard
from blake3 import blake3

from recension.errors import Damaged
from recension.store.backends import Bytes

HEADER: Final = b"RCPACK1\n"
_END: Final = b"RCPACK1E"
_TAIL: Final = struct.Struct("<QQ32s8s")
TAIL_SIZE: Final = _TAIL.size

TRY_COMPRESSION_FROM: Final = 4 << 10
"""Smaller blobs are stored plain: what a few kilobytes would save costs more time than their whole ingest."""
_WORTH: Final = 0.9
_SAMPLE: Final = 16 << 10
_PATIENCE: Final = 4


class Kind(IntEnum):
    """How a record is stored, and what it is."""

    PLAIN = 0
    """A blob as it is."""
    ZSTD = 1
    """A blob as one zstd frame."""
    CHUNKS = 2
    """A large blob as a list of the blobs it is made of: 32 bytes of id and u64 of size each."""
    NODE = 3
    """A manifest node as one zstd frame."""
    LINK = 255
    """No record of a pack: the bytes lie elsewhere, where a link leads to."""


_AS_IT_IS: Final = frozenset({Kind.PLAIN, Kind.CHUNKS})


class Record(NamedTuple):
    """Where a blob or node lies. ``pack`` is the pack's name."""

    id: bytes
    kind: int
    pack: str
    position: int
    stored: int
    size: int


Row = tuple[bytes, int, str, int, int, int]
"""The fields of a :class:`Record`."""


class _Codecs(threading.local):
    """One compressor and one decompressor for each thread: zstandard's are not to be shared."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=1, write_checksum=True, write_content_size=True).compress
        # Half of a node are hashes, which do not get smaller: what a higher level or a checksum beside that of the id
        # would cost on every look-up is worth more than the hundredths that they save.
        self.compress_node = zstandard.ZstdCompressor(level=-1, write_checksum=False, write_content_size=True).compress
        self.decompress = zstandard.ZstdDecompressor().decompress


_CODECS: Final = _Codecs()


def store_node(raw: bytes) -> bytes:
    """The stored form of a node."""
    return _CODECS.compress_node(raw)


def squeeze(data: bytes | memoryview) -> bytes | None:
    """The blob as a zstd frame when that saves a tenth or more, else None.

    Of a long blob the start is tried first: most that cannot be compressed are given up after it.
    """
    if len(data) < TRY_COMPRESSION_FROM:
        return None
    if len(data) > 2 * _SAMPLE and len(_CODECS.compress(data[:_SAMPLE])) > _SAMPLE * _WORTH:
        return None
    packed = _CODECS.compress(data)
    return packed if len(packed) <= len(data) * _WORTH else None


class Trial:
    """Compresses the chunks of one file; where several in a row could not be compressed, it tries every other one."""

    def __init__(self) -> None:
        self._failed = 0

    def squeeze(self, chunk: memoryview) -> bytes | None:
        """The chunk as :func:`squeeze` gives it."""
        if self._failed >= _PATIENCE and self._failed % 2:
            self._failed += 1
            return None
        packed = squeeze(chunk)
        self._failed = self._failed + 1 if packed is None else 0
        return packed


def unpack(record: Record, stored: Bytes) -> Bytes:
    """The bytes behind a record's stored form, of the size the record says; the caller checks the hash.

    Raises:
        Damaged: they are cut short or cannot be decompressed.
    """
    if len(stored) != record.stored:
        raise Damaged("a pack is cut short", where=f"pack {record.pack}", hint="run recension fsck")
    if record.kind in _AS_IT_IS:
        return stored
    try:
        plain = _CODECS.decompress(stored, max_output_size=record.size)
    except zstandard.ZstdError as error:
        raise Damaged(
            f"a record cannot be decompressed: {error}", where=f"pack {record.pack}", hint="run recension fsck"
        ) from error
    if len(plain) != record.size:
        raise Damaged("a record has the wrong size", where=f"pack {record.pack}", hint="run recension fsck")
    return plain


class PackIndex:
    """The records of a pack being written, and its index as bytes."""

    def __init__(self) -> None:
        self.ids: list[bytes] = []
        self.positions: list[int] = []
        self.stored: list[int] = []
        self.sizes: list[int] = []
        self.kinds = bytearray()

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, identity: bytes, kind: int, position: int, stored: int, size: int) -> None:
        """Note one record."""
        self.ids.append(identity)
        self.positions.append(position)
        self.stored.append(stored)
        self.sizes.append(size)
        self.kinds.append(kind)

    def records(self, pack: str) -> Iterator[Record]:
        """Every record."""
        rows = zip(self.ids, self.kinds, self.positions, self.stored, self.sizes, strict=True)
        return (Record(identity, kind, pack, position, stored, size) for identity, kind, position, stored, size in rows)

    def encode(self, position: int) -> bytes:
        """Index and tail of a pack whose records end at ``position``."""
        count = len(self.ids)
        columns = f"<{count}Q"
        index = b"".join(
            (
                b"".join(self.ids),
                struct.pack(columns, *self.positions),
                struct.pack(columns, *self.stored),
                struct.pack(columns, *self.sizes),
                self.kinds,
            )
        )
        return index + _TAIL.pack(position, count, blake3(index).digest(), _END)


def read_index(name: str, size: int, read: Callable[[int, int], bytes]) -> list[Record]:
    """The records of a stored pack; see :func:`read_rows`."""
    return list(map(Record._make, read_rows(name, size, read)))


def read_rows(name: str, size: int, read: Callable[[int, int], bytes]) -> Iterator[Row]:
    """The records of a stored pack as plain tuples, of which many are made in little time.

    Args:
        name: the pack's name.
        size: length of the object.
        read: gives bytes of the object from a position, of a length.

    Raises:
        Damaged: this is no pack, or its index does not match its checksum.
    """
    where = f"pack {name}"
    tail = read(max(0, size - TAIL_SIZE), TAIL_SIZE)
    if len(tail) != TAIL_SIZE or read(0, len(HEADER)) != HEADER:
        raise Damaged("this is no pack, or is cut short", where=where)
    position, count, checksum, end = _TAIL.unpack(tail)
    if end != _END or position + 57 * count + TAIL_SIZE != size:
        raise Damaged("a pack is cut short", where=where)
    index = read(position, 57 * count)
    if blake3(index).digest() != checksum:
        raise Damaged("a pack's index does not match its checksum", where=where)
    columns = [struct.unpack_from(f"<{count}Q", index, 32 * count + 8 * count * part) for part in range(3)]
    ids = [index[at : at + 32] for at in range(0, 32 * count, 32)]
    return zip(ids, index[56 * count :], repeat(name), *columns, strict=False)
