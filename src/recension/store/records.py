"""Finding and reading stored blobs and nodes: the table ``record`` and the packs it points into.

Whatever is read is checked against its id before anyone sees it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Final, TypeVar

from blake3 import blake3

from recension.db import Database, Tx
from recension.errors import Damaged, NotFound
from recension.ids import BlobId, NodeId
from recension.store.backends import Backend, Bytes
from recension.store.pack import Kind, Record, unpack
from recension.store.pack_writer import SealedPack, pack_key

T = TypeVar("T")

_BATCH: Final = 500
_CHUNK: Final = struct.Struct("<32sQ")
_COLUMNS: Final = ("id", "kind", "pack", "position", "stored", "size")
_FIND: Final = (
    "SELECT r.kind, p.name, r.position, r.stored, r.size FROM record r JOIN pack p ON p.id = r.pack WHERE r.id = ?"
)
_HINT: Final = "run recension fsck"


def batches(items: Sequence[T], size: int = _BATCH) -> Iterator[Sequence[T]]:
    """The items in slices of at most ``size``."""
    return (items[start : start + size] for start in range(0, len(items), size))


def encode_chunks(chunks: Iterable[tuple[bytes, int]]) -> bytes:
    """The list of a large blob's chunks (id and size each), followed by its own BLAKE3."""
    body = b"".join(_CHUNK.pack(identity, size) for identity, size in chunks)
    return body + blake3(body).digest()


def decode_chunks(record: Record, stored: bytes) -> list[tuple[bytes, int]]:
    """The chunks of a large blob.

    Raises:
        Damaged: the list does not match its checksum or the blob's size.
    """
    body = stored[:-32]
    chunks = list(_CHUNK.iter_unpack(body)) if len(body) % _CHUNK.size == 0 else []
    if blake3(body).digest() != stored[-32:] or sum(size for _, size in chunks) != record.size:
        raise Damaged("a list of chunks is damaged", where=f"pack {record.pack}", hint=_HINT)
    return chunks


class Records:
    """Every stored blob and node of one home."""

    def __init__(self, db: Database, objects: Backend) -> None:
        self._db = db
        self._objects = objects
        self._names: dict[int, str] = {}

    def known(self, ids: Sequence[bytes], tx: Tx | None = None) -> set[bytes]:
        """Which of the ids are stored."""
        if tx is None:
            with self._db.read() as reading:
                return self.known(ids, reading)
        found: set[bytes] = set()
        for batch in batches(ids):
            found.update(row[0] for row in tx.execute(_where("SELECT id FROM record", batch), batch))
        return found

    def any(self) -> bool:
        """Whether anything is stored at all."""
        with self._db.read() as tx:
            return tx.execute("SELECT 1 FROM record LIMIT 1").first() is not None

    def locate(self, ids: Sequence[bytes]) -> dict[bytes, Record]:
        """Where those of the ids that are stored lie."""
        found: dict[bytes, Record] = {}
        with self._db.read() as tx:
            for batch in batches(ids):
                sql = _where("SELECT id, kind, pack, position, stored, size FROM record", batch)
                for identity, kind, pack, *place in tx.execute(sql, batch):
                    name = self._names.get(pack) or self._name(tx, pack)
                    found[identity] = Record(identity, kind, name, *place)
        return found

    def _name(self, tx: Tx, pack: int) -> str:
        name: str = tx.execute("SELECT name FROM pack WHERE id = :id", {"id": pack}).one()[0]
        self._names[pack] = name
        return name

    def find(self, identity: bytes) -> Record:
        """Where one blob or node lies.

        Raises:
            Damaged: it is not stored.
        """
        with self._db.read() as tx:
            row = tx.execute(_FIND, (identity,)).first()
        if row is None:
            raise Damaged("what a commit refers to is not stored", where=identity.hex(), hint=_HINT)
        kind, name, *place = row
        return Record(identity, kind, name, *place)

    def insert(self, tx: Tx, packs: Iterable[SealedPack], at_us: int) -> None:
        """Register the contents of durable packs; what is stored already keeps its place."""
        for pack in packs:
            number: int = tx.execute(
                "INSERT INTO pack(name, size, records, at_us) VALUES(:name, :size, :records, :at) RETURNING id",
                {"name": pack.name, "size": pack.size, "records": len(pack.contents), "at": at_us},
            ).scalar()
            index = pack.contents
            rows = zip(
                index.ids,
                index.kinds,
                [number] * len(index),
                index.positions,
                index.stored,
                index.sizes,
                strict=True,
            )
            # In key order the tree of the table is walked once, from left to right.
            tx.insert_new("record", _COLUMNS, sorted(rows))

    def stored(self, record: Record) -> bytes:
        """The stored form of a record, as it lies in its pack."""
        return self.stretch(record.pack, record.position, record.stored)

    def stretch(self, pack: str, position: int, length: int) -> bytes:
        """Bytes of a pack, fewer where it ends.

        Raises:
            Damaged: the pack is missing.
        """
        try:
            return self._objects.read(pack_key(pack), position, length)
        except NotFound as error:
            raise Damaged("a pack is missing", where=f"pack {pack}", hint=_HINT) from error

    def node(self, identity: NodeId) -> bytes:
        """The bytes of a stored node; :func:`recension.store.node.decode` checks them."""
        record = self.find(identity)
        return bytes(unpack(record, self.stored(record)))

    def blob(self, identity: BlobId) -> bytes:
        """All bytes of a blob."""
        return b"".join(self.pieces(identity))

    def pieces(self, identity: BlobId, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes of a blob from ``start`` to ``end``, in pieces of at most a chunk; only what is needed is read."""
        record = self.find(identity)
        stop = record.size if end is None else min(end, record.size)
        if record.kind != Kind.CHUNKS:
            data = self.checked(record, self.stored(record))
            yield data if (start, stop) == (0, record.size) else data[start:stop]
            return
        at = 0
        for chunk, size in decode_chunks(record, self.stored(record)):
            if at < stop and at + size > start:
                part = self.find(chunk)
                data = self.checked(part, self.stored(part))
                yield data[max(start - at, 0) : stop - at]
            at += size

    def checked(self, record: Record, stored: bytes) -> bytes:
        """The plain bytes of a blob that is not in chunks.

        Raises:
            Damaged: they are not what the id says; the error names the pack.
        """
        return bytes(check(record, unpack(record, stored)))


def check(record: Record, plain: Bytes) -> Bytes:
    """``plain`` when it is the blob that the record names.

    Raises:
        Damaged: it is not.
    """
    if blake3(plain).digest() != record.id:
        raise Damaged("stored bytes do not match their hash", where=f"pack {record.pack}", hint=_HINT)
    return plain


def by_place(records: Iterable[Record]) -> list[Record]:
    """The records in the order they lie in, pack by pack."""
    return sorted(records, key=attrgetter("pack", "position"))


def _where(select: str, ids: Sequence[bytes]) -> str:
    return f"{select} WHERE id IN ({','.join('?' * len(ids))})"
