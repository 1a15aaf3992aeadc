"""Manifest nodes as bytes: a leaf holds entries, an index holds children; both are sorted by key.

A node is a block of columns. Its first part is its identity and gives its id; what stands beside (times, MD5) does
not. The layout is written down in ``docs/reference/disk-format.md``; the bytes never change without a new magic.

Columns of numbers are looked at where they lie: of a leaf with thousands of rows most readers want one.
"""

from __future__ import annotations

import struct
import sys
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final, Literal, NamedTuple

from blake3 import blake3
from xxhash import xxh3_64_intdigest

from recension.errors import Damaged
from recension.ids import NodeId
from recension.store.folder_runs import FolderRuns, Resized, Runs, encode_runs, resize

LeafRow = tuple[bytes, bytes, int, bytes, int, bytes]
"""path, blob id, size, style, mtime_us (NO_TIME: none), MD5 (NO_MD5: none)"""
Columns = tuple[Sequence[bytes], Sequence[bytes], Sequence[int], Sequence[bytes]]
"""paths, blob ids, sizes and styles of some rows"""
IndexRow = tuple[bytes, bytes, int, int, Runs | Resized | None]
"""last key below, child id, files below, bytes below; of a leaf, its folders as far as they are known"""

NO_TIME: Final = -(1 << 63)
NO_MD5: Final = bytes(16)

_LEAF: Final = struct.Struct("<4sIIII")
_INDEX: Final = struct.Struct("<4sIII")
_LEAF_MAGIC: Final = b"RCL1"
_INDEX_MAGIC: Final = b"RCI1"
_OVERLAY: Final = struct.Struct("<4s32s32s32sQQ")
_OVERLAY_MAGIC: Final = b"RCO1"
_FLAGS: Final = struct.Struct("<I")
_CONTEXT: Final = "recension manifest node, format 1"
_STRIDE: Final = 16
"""Of a node that is searched often, every so many keys are held."""
_TIMES: Final = 1
_MD5S: Final = 2
_FOLDERS: Final = 1
_CHECKED: Final = 4


def node_id(identity: bytes | memoryview) -> NodeId:
    """BLAKE3-256 of a node's identity, in a hash domain of its own."""
    return NodeId(blake3(identity, derive_key_context=_CONTEXT).digest())


def _numbers(raw: bytes, at: int, count: int, code: Literal["H", "I", "Q", "q"]) -> Sequence[int]:
    """A column of numbers, without copying it where the machine's byte order is that of the format."""
    if sys.byteorder == "little":
        return memoryview(raw)[at : at + count * struct.calcsize(f"<{code}")].cast(code)
    return struct.unpack_from(f"<{count}{code}", raw, at)


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
    beside = [struct.pack("<I", flags | _CHECKED * bool(flags))]
    if flags & _TIMES:
        beside.append(struct.pack(f"<{count}q", *times))
    if flags & _MD5S:
        beside.extend(md5s)
    return node_id(identity), identity + _sealed(b"".join(beside))


def _sealed(beside: bytes | bytearray | memoryview) -> bytes:
    """What stands beside an identity, with a checksum of its own where its flags say so: the id does not cover it."""
    checked = struct.unpack_from("<I", beside)[0] & _CHECKED
    return bytes(beside) + struct.pack("<Q", xxh3_64_intdigest(beside)) if checked else bytes(beside)


def _flags(identity: NodeId, raw: bytes, at: int) -> int:
    """The flags of what stands beside; it is compared with its checksum."""
    (flags,) = struct.unpack_from("<I", raw, at)
    if flags & _CHECKED and struct.unpack_from("<Q", raw, len(raw) - 8)[0] != xxh3_64_intdigest(memoryview(raw)[at:-8]):
        raise Damaged("what stands beside a node does not match its checksum", where=identity.hex())
    return int(flags)


def encode_index(rows: Sequence[IndexRow], level: int) -> tuple[NodeId, bytes]:
    """The index node of ``level`` (1 is right above the leaves) with these rows: its id and its bytes."""
    keys, children, files, sizes, folders = zip(*rows, strict=True)
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
    known = [runs for runs in folders if isinstance(runs, Runs)]
    if len(known) < count:
        return node_id(identity), identity
    return node_id(identity), identity + _sealed(struct.pack("<I", _FOLDERS | _CHECKED) + encode_runs(known))


class _Block:
    """What leaf and index share: sorted keys in one run of bytes."""

    __slots__ = ("_asked", "_beside", "_ends", "_marks", "_names", "count", "id", "raw")

    level: int
    _beside: int

    def __init__(self, identity: NodeId, raw: bytes, count: int, names: int, length: int) -> None:
        self.id = identity
        self.raw = raw
        self.count = count
        self._ends = _numbers(raw, names, count, "I")
        self._names = names + 4 * count
        self._asked = 0
        self._marks: list[bytes] | None = None
        if len(self._ends) != count or (count and self._ends[-1] != length):
            raise Damaged("a node's keys do not add up", where=identity.hex())

    def __len__(self) -> int:
        return self.count

    def key(self, position: int) -> bytes:
        """The key of one row."""
        ends, start = self._ends, self._names
        return self.raw[start + (ends[position - 1] if position else 0) : start + ends[position]]

    def keys(self, low: int = 0, high: int | None = None) -> list[bytes]:
        """The keys of rows ``low`` to ``high``, in order."""
        ends = list(self._ends[low:high])
        if not ends:
            return []
        start = self._names
        first = self._ends[low - 1] if low else 0
        names = self.raw[start + first : start + ends[-1]]
        return [names[a - first : b - first] for a, b in pairwise((first, *ends))]

    def find(self, key: bytes, low: int = 0) -> int:
        """Position of the first row, from ``low`` on, whose key is not below ``key``; the number of rows if none is."""
        raw, start, ends = self.raw, self._names, self._ends
        high = self.count
        if self._marks is not None:
            mark = bisect_left(self._marks, key)
            low, high = max(low, (mark - 1) * _STRIDE + 1), min(high, mark * _STRIDE)
        else:
            self._asked += 1
            if self._asked > _STRIDE:  # whoever asks so often will ask again
                self._marks = [self.key(position) for position in range(0, high, _STRIDE)]
        while low < high:
            middle = (low + high) >> 1
            if raw[start + (ends[middle - 1] if middle else 0) : start + ends[middle]] < key:
                low = middle + 1
            else:
                high = middle
        return low

    def _again(self, raw: bytearray) -> bytes:
        """The bytes of a node that was written over, with a new checksum where it has one."""
        beside = memoryview(raw)[self._beside :]
        if len(beside) > _FLAGS.size and _FLAGS.unpack_from(beside)[0] & _CHECKED:
            return bytes(memoryview(raw)[: self._beside]) + _sealed(beside[:-8])
        return bytes(raw)


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
        self._beside = at
        flags = _flags(identity, raw, at)
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

    def blob(self, position: int) -> bytes:
        """The blob id of one row."""
        at = self._blobs + 32 * position
        return self.raw[at : at + 32]

    def rows(self, low: int = 0, high: int | None = None) -> list[LeafRow]:
        """Rows ``low`` to ``high``; every row unless told."""
        raw, high = self.raw, self.count if high is None else high
        count, md5s = high - low, self._md5s + 16 * low
        times = _numbers(raw, self._times + 8 * low, count, "q") if self._times else (NO_TIME,) * count
        sums = [raw[at : at + 16] for at in range(md5s, md5s + 16 * count, 16)] if self._md5s else [NO_MD5] * count
        return list(zip(*self.columns(low, high), times, sums, strict=True))

    def columns(self, low: int, high: int) -> Columns:
        """What rows ``low`` to ``high`` say of their files, but for times and MD5."""
        raw, styles, count, blobs = self.raw, self._styles, high - low, self._blobs + 32 * low
        numbers = _numbers(raw, self._numbers + 2 * low, count, "H")
        return (
            self.keys(low, high),
            [raw[at : at + 32] for at in range(blobs, blobs + 32 * count, 32)],
            _numbers(raw, self._sizes + 8 * low, count, "Q"),
            [styles[number] for number in numbers],
        )

    def size_between(self, low: int, high: int) -> int:
        """Bytes of the files in rows ``low`` to ``high``."""
        return sum(_numbers(self.raw, self._sizes + 8 * low, high - low, "Q"))

    def same_keys(self, other: Leaf, count: int | None = None) -> bool:
        """Whether the first ``count`` paths of both are the same; all of both unless told."""
        if count is None:
            if self.count != other.count:
                return False
            count = self.count
        end = self._ends[count - 1] if count else 0
        mine, theirs = memoryview(self.raw), memoryview(other.raw)
        return (
            mine[_LEAF.size : _LEAF.size + 4 * count] == theirs[_LEAF.size : _LEAF.size + 4 * count]
            and mine[self._names : self._names + end] == theirs[other._names : other._names + end]
        )

    def same_values(self, other: Leaf, low: int, start: int, count: int) -> bool:
        """Whether ``count`` rows, from ``low`` here and ``start`` there, are alike in blob, size and style."""
        mine, theirs = memoryview(self.raw), memoryview(other.raw)
        return self._styles == other._styles and all(
            mine[at + width * low : at + width * (low + count)]
            == theirs[there + width * start : there + width * (start + count)]
            for at, there, width in (
                (self._blobs, other._blobs, 32),
                (self._sizes, other._sizes, 8),
                (self._numbers, other._numbers, 2),
            )
        )

    def replaced(self, rows: Sequence[tuple[int, LeafRow]]) -> tuple[NodeId, bytes] | None:
        """The leaf with other rows of the same paths at some positions; None where that is more than a few bytes.

        Only blobs, sizes, times and MD5 are written over: a new style, or the first time or MD5, needs other columns.
        """
        raw = bytearray(self.raw)
        for position, (_, blob, size, style, time, md5) in rows:
            if (
                style != self._styles[struct.unpack_from("<H", raw, self._numbers + 2 * position)[0]]
                or (time != NO_TIME and not self._times)
                or (md5 != NO_MD5 and not self._md5s)
            ):
                return None
            raw[self._blobs + 32 * position : self._blobs + 32 * position + 32] = blob
            struct.pack_into("<Q", raw, self._sizes + 8 * position, size)
            if self._times:
                struct.pack_into("<q", raw, self._times + 8 * position, time)
            if self._md5s:
                raw[self._md5s + 16 * position : self._md5s + 16 * position + 16] = md5
        return node_id(memoryview(raw)[: self._beside]), self._again(raw)


class Index(_Block):
    """Children in key order; a child's key is the last key below it."""

    __slots__ = ("_children", "_files", "_folders", "_sizes", "level")

    def __init__(self, identity: NodeId, raw: bytes) -> None:
        _, count, names, self.level = _INDEX.unpack_from(raw)
        super().__init__(identity, raw, count, _INDEX.size, names)
        self._children = self._names + names
        self._files = self._children + 32 * count
        self._sizes = self._files + 8 * count
        self._beside = self._sizes + 8 * count
        self._folders: FolderRuns | None = None
        if node_id(memoryview(raw)[: self._beside]) != identity:
            raise Damaged("a node does not match its id", where=identity.hex())

    @property
    def _has_folders(self) -> bool:
        return len(self.raw) > self._beside and bool(_flags(self.id, self.raw, self._beside) & _FOLDERS)

    @property
    def folders(self) -> FolderRuns | None:
        """The folders in the leaves below; None in a higher node, and where not all of them are known."""
        if self._folders is None and self._has_folders:
            self._folders = FolderRuns(self.raw, self._beside + _FLAGS.size, self.count)
        return self._folders

    def child(self, position: int) -> NodeId:
        """Id of one child."""
        at = self._children + 32 * position
        return NodeId(self.raw[at : at + 32])

    def children(self, low: int = 0, high: int | None = None) -> list[NodeId]:
        """Ids of children ``low`` to ``high``."""
        at, raw = self._children, self.raw
        high = self.count if high is None else high
        return [NodeId(raw[child : child + 32]) for child in range(at + 32 * low, at + 32 * high, 32)]

    def rows(self) -> list[IndexRow]:
        """Every row."""
        raw, count, at = self.raw, self.count, self._children
        return list(
            zip(
                self.keys(),
                [raw[child : child + 32] for child in range(at, at + 32 * count, 32)],
                _numbers(raw, self._files, count, "Q"),
                _numbers(raw, self._sizes, count, "Q"),
                [None] * count if self.folders is None else map(self.folders.of_leaf, range(count)),
                strict=True,
            )
        )

    def replaced(self, rows: Sequence[tuple[int, IndexRow]]) -> tuple[NodeId, bytes] | None:
        """The index with other children of the same keys at some positions; None where their folders are others too."""
        raw = bytearray(self.raw)
        if self._has_folders:
            changes = [(position, row[4]) for position, row in rows if isinstance(row[4], Resized)]
            if len(changes) < len(rows):
                return None
            resize(raw, self._beside + _FLAGS.size, self.count, changes)
        for position, (_, child, files, size, _) in rows:
            raw[self._children + 32 * position : self._children + 32 * position + 32] = child
            struct.pack_into("<Q", raw, self._files + 8 * position, files)
            struct.pack_into("<Q", raw, self._sizes + 8 * position, size)
        return node_id(memoryview(raw)[: self._beside]), self._again(raw)

    def totals_between(self, low: int, high: int) -> tuple[int, int]:
        """Files and bytes below children ``low`` to ``high``."""
        files = sum(_numbers(self.raw, self._files + 8 * low, high - low, "Q"))
        return files, sum(_numbers(self.raw, self._sizes + 8 * low, high - low, "Q"))


Node = Leaf | Index


class Layout(NamedTuple):
    """Where the files of a commit are to be found: those of ``base`` without ``minus``, and those of ``plus``.

    ``minus`` holds the very rows of ``base`` that do not hold any more; a file that was replaced is in both.
    """

    base: NodeId
    minus: NodeId
    plus: NodeId


def encode_overlay(layout: Layout, files: int, size: int) -> tuple[NodeId, bytes]:
    """The overlay of three trees, with the totals of the files it means: its id and its bytes."""
    raw = _OVERLAY.pack(_OVERLAY_MAGIC, *layout, files, size)
    return node_id(raw), raw


class Overlay:
    """A base with changes beside it: another layout of the files that one canonical tree would hold."""

    __slots__ = ("files", "id", "layout", "raw", "size")

    def __init__(self, identity: NodeId, raw: bytes) -> None:
        self.id = identity
        self.raw = raw
        _, base, minus, plus, self.files, self.size = _OVERLAY.unpack(raw)
        self.layout = Layout(NodeId(base), NodeId(minus), NodeId(plus))
        if node_id(raw) != identity:
            raise Damaged("a node does not match its id", where=identity.hex())


def decode(identity: NodeId, raw: bytes) -> Node | Overlay:
    """Read a node back and check it against its id.

    Raises:
        Damaged: the bytes are no node, or another one.
    """
    shape: type[Leaf | Index | Overlay] = _SHAPES.get(raw[:4], Index)
    try:
        return shape(identity, raw)
    except (struct.error, UnicodeDecodeError, ValueError, IndexError, TypeError) as error:
        raise Damaged("a node cannot be read", where=identity.hex()) from error


_SHAPES: Final[Mapping[bytes, type[Leaf | Index | Overlay]]] = {_LEAF_MAGIC: Leaf, _OVERLAY_MAGIC: Overlay}
