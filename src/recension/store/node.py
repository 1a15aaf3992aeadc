"""Manifest nodes as bytes: a leaf holds entries, an index holds children; both are sorted by key.

A node is a block of columns. Its first part is its identity and gives its id; what stands beside (times, MD5) does
not. The layout is written down in ``docs/reference/disk-format.md``; the bytes never change without a new magic.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

from blake3 import blake3

from recension.errors import Damaged
from recension.ids import NodeId

LeafRow = tuple[bytes, bytes, int, bytes, int, bytes]
"""path, blob id, size, style, mtime_us (NO_TIME: none), MD5 (NO_MD5: none)"""
IndexRow = tuple[bytes, bytes, int, int]
"""last key below, child id, files below, bytes below"""

NO_TIME: Final = -(1 << 63)
NO_MD5: Final = bytes(16)

_LEAF: Final = struct.Struct("<4sIIII")
_INDEX: Final = struct.Struct("<4sIII")
_LEAF_MAGIC: Final = b"RCL1"
_INDEX_MAGIC: Final = b"RCI1"
_CONTEXT: Final = "recension manifest node, format 1"
_TIMES: Final = 1
_MD5S: Final = 2


def node_id(identity: bytes | memoryview) -> NodeId:
    """BLAKE3-256 of a node's identity, in a hash domain of its own."""
    return NodeId(blake3(identity, derive_key_context=_CONTEXT).digest())


def _ends(items: Sequence[bytes]) -> bytes:
    return struct.pack(f"<{len(items)}I", *accumulate(map(len, items)))


def encode_style(mode: int, content_type: str, meta: Mapping[str, str]) -> bytes:
    """Everything of an entry that many entries share, in its one canonical spelling."""
    pairs = sorted((key.encode(), value.encode()) for key, value in meta.items())
    return struct.pack("<I", mode) + b"\0".join([content_type.encode(), *(part for pair in pairs for part in pair)])


@lru_cache(maxsize=1024)
def decode_style(style: bytes) -> tuple[int, str, Mapping[str, str]]:
    """Mode, content type and user metadata."""
    content_type, *rest = style[4:].decode().split("\0")
    return struct.unpack_from("<I", style)[0], content_type, dict(zip(rest[::2], rest[1::2], strict=True))


def encode_leaf(rows: Sequence[LeafRow]) -> tuple[NodeId, bytes]:
    """The leaf with these rows: its id and its bytes."""
    paths, blobs, sizes, styles, times, md5s = zip(*rows, strict=True) if rows else ((),) * 6
    table = sorted(set(styles))
    number = {style: position for position, style in enumerate(table)}
    names, shared, count = b"".join(paths), b"".join(table), len(rows)
    identity = b"".join(
        (
            _LEAF.pack(_LEAF_MAGIC, count, len(names), len(table), len(shared)),
            _ends(paths),
            names,
            b"".join(blobs),
            struct.pack(f"<{count}Q", *sizes),
            struct.pack(f"<{count}H", *map(number.__getitem__, styles)),
            _ends(table),
            shared,
        )
    )
    flags = _TIMES * any(time != NO_TIME for time in times) | _MD5S * any(md5 != NO_MD5 for md5 in md5s)
    beside = [struct.pack("<I", flags)]
    if flags & _TIMES:
        beside.append(struct.pack(f"<{count}q", *times))
    if flags & _MD5S:
        beside.extend(md5s)
    return node_id(identity), b"".join((identity, *beside))


def encode_index(rows: Sequence[IndexRow], level: int) -> tuple[NodeId, bytes]:
    """The index node of ``level`` (1 is right above the leaves) with these rows: its id and its bytes."""
    keys, children, files, sizes = zip(*rows, strict=True)
    names, count = b"".join(keys), len(rows)
    identity = b"".join(
        (
            _INDEX.pack(_INDEX_MAGIC, count, len(names), level),
            _ends(keys),
            names,
            b"".join(children),
            struct.pack(f"<{count}Q", *files),
            struct.pack(f"<{count}Q", *sizes),
        )
    )
    return node_id(identity), identity


class _Block:
    """What leaf and index share: sorted keys in one run of bytes."""

    __slots__ = ("_ends", "_names", "count", "id", "raw")

    level: int

    def __init__(self, identity: NodeId, raw: bytes, count: int, names: int, length: int) -> None:
        self.id = identity
        self.raw = raw
        self.count = count
        self._ends: tuple[int, ...] = (0, *struct.unpack_from(f"<{count}I", raw, names))
        self._names = names + 4 * count
        if count and self._ends[-1] != length:
            raise Damaged("a node's keys do not add up", where=identity.hex())

    def __len__(self) -> int:
        return self.count

    def key(self, position: int) -> bytes:
        """The key of one row."""
        ends, start = self._ends, self._names
        return self.raw[start + ends[position] : start + ends[position + 1]]

    def keys(self) -> list[bytes]:
        """Every key, in order."""
        raw, start, ends = self.raw, self._names, self._ends
        return [raw[start + a : start + b] for a, b in pairwise(ends)]

    def find(self, key: bytes) -> int:
        """Position of the first row whose key is not below ``key``; the number of rows when there is none."""
        raw, start, ends = self.raw, self._names, self._ends
        low, high = 0, self.count
        while low < high:
            middle = (low + high) >> 1
            if raw[start + ends[middle] : start + ends[middle + 1]] < key:
                low = middle + 1
            else:
                high = middle
        return low


class Leaf(_Block):
    """Entries in path order."""

    __slots__ = ("_blobs", "_md5s", "_numbers", "_sizes", "_styles", "_times")

    level = 0

    def __init__(self, identity: NodeId, raw: bytes) -> None:
        _, count, names, styles, shared = _LEAF.unpack_from(raw)
        super().__init__(identity, raw, count, _LEAF.size, names)
        at = self._names + names
        self._blobs, self._sizes, self._numbers = at, at + 32 * count, at + 40 * count
        at += 42 * count
        ends = (0, *struct.unpack_from(f"<{styles}I", raw, at))
        at += 4 * styles
        self._styles = [raw[at + a : at + b] for a, b in pairwise(ends)]
        at += shared
        if node_id(memoryview(raw)[:at]) != identity:
            raise Damaged("a node does not match its id", where=identity.hex())
        (flags,) = struct.unpack_from("<I", raw, at)
        self._times = at + 4 if flags & _TIMES else 0
        self._md5s = at + 4 + 8 * count * bool(flags & _TIMES) if flags & _MD5S else 0

    def row(self, position: int) -> LeafRow:
        """One row."""
        raw, blob, md5 = self.raw, self._blobs + 32 * position, self._md5s + 16 * position
        return (
            self.key(position),
            raw[blob : blob + 32],
            int.from_bytes(raw[self._sizes + 8 * position : self._sizes + 8 * position + 8], "little"),
            self._styles[struct.unpack_from("<H", raw, self._numbers + 2 * position)[0]],
            struct.unpack_from("<q", raw, self._times + 8 * position)[0] if self._times else NO_TIME,
            raw[md5 : md5 + 16] if self._md5s else NO_MD5,
        )

    def rows(self) -> list[LeafRow]:
        """Every row."""
        raw, count, styles = self.raw, self.count, self._styles
        numbers = struct.unpack_from(f"<{count}H", raw, self._numbers)
        blobs, md5s = self._blobs, self._md5s
        times = struct.unpack_from(f"<{count}q", raw, self._times) if self._times else (NO_TIME,) * count
        return list(
            zip(
                self.keys(),
                [raw[at : at + 32] for at in range(blobs, blobs + 32 * count, 32)],
                struct.unpack_from(f"<{count}Q", raw, self._sizes),
                [styles[number] for number in numbers],
                times,
                [raw[at : at + 16] for at in range(md5s, md5s + 16 * count, 16)] if md5s else [NO_MD5] * count,
                strict=True,
            )
        )

    def size_between(self, low: int, high: int) -> int:
        """Bytes of the files in rows ``low`` to ``high``."""
        return sum(struct.unpack_from(f"<{high - low}Q", self.raw, self._sizes + 8 * low))


class Index(_Block):
    """Children in key order; a child's key is the last key below it."""

    __slots__ = ("_children", "_files", "_sizes", "level")

    def __init__(self, identity: NodeId, raw: bytes) -> None:
        _, count, names, self.level = _INDEX.unpack_from(raw)
        super().__init__(identity, raw, count, _INDEX.size, names)
        self._children = self._names + names
        self._files = self._children + 32 * count
        self._sizes = self._files + 8 * count
        if node_id(memoryview(raw)[: self._sizes + 8 * count]) != identity:
            raise Damaged("a node does not match its id", where=identity.hex())

    def child(self, position: int) -> NodeId:
        """Id of one child."""
        at = self._children + 32 * position
        return NodeId(self.raw[at : at + 32])

    def rows(self) -> list[IndexRow]:
        """Every row."""
        raw, count, at = self.raw, self.count, self._children
        return list(
            zip(
                self.keys(),
                [raw[child : child + 32] for child in range(at, at + 32 * count, 32)],
                struct.unpack_from(f"<{count}Q", raw, self._files),
                struct.unpack_from(f"<{count}Q", raw, self._sizes),
                strict=True,
            )
        )

    def totals_between(self, low: int, high: int) -> tuple[int, int]:
        """Files and bytes below children ``low`` to ``high``."""
        columns = f"<{high - low}Q"
        files = sum(struct.unpack_from(columns, self.raw, self._files + 8 * low))
        return files, sum(struct.unpack_from(columns, self.raw, self._sizes + 8 * low))


Node = Leaf | Index


def decode(identity: NodeId, raw: bytes) -> Node:
    """Read a node back and check it against its id.

    Raises:
        Damaged: the bytes are no node, or another one.
    """
    try:
        return Leaf(identity, raw) if raw[:4] == _LEAF_MAGIC else Index(identity, raw)
    except (struct.error, UnicodeDecodeError, ValueError, IndexError) as error:
        raise Damaged("a node cannot be read", where=identity.hex()) from error
