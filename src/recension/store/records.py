"""Finding and reading stored blobs and nodes: the table ``record`` and the packs it points into.

Whatever is read is checked against its id before anyone sees it.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import Final

from blake3 import blake3

from recension.db import Database, Tx
from recension.errors import Damaged, NotFound
from recension.ids import BlobId, NodeId
from recension.store.backends import Backend, Bytes
from recension.store.condemned import batches, condemned_among, forget_condemned, ids_in, refuse_dropped
from recension.store.links import Links
from recension.store.pack import Kind, Record, Row, read_rows, unpack
from recension.store.pack_writer import SealedPack, pack_key
from recension.store.record_places import Places

_MANY: Final = 5000
_WHOLE: Final = frozenset({Kind.PLAIN, Kind.ZSTD})
_CHUNK: Final = struct.Struct("<32sQ")
_COLUMNS: Final = ("id", "kind", "pack", "position", "stored", "size")
_FIND: Final = (
    "SELECT r.kind, p.name, r.position, r.stored, r.size FROM record r JOIN pack p ON p.id = r.pack WHERE r.id = ?"
)
_HINT: Final = "run recension fsck"


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
        self._places = Places()
        self.links = Links(db)

    def known(self, ids: Sequence[bytes], tx: Tx | None = None) -> set[bytes]:
        """Which of the ids are stored, or have a link to where their bytes are."""
        if tx is None:
            with self._db.read() as reading:
                return self.known(ids, reading)
        found = self._recorded(ids, tx)
        return found | self.links.known([identity for identity in ids if identity not in found], tx)

    def _recorded(self, ids: Sequence[bytes], tx: Tx) -> set[bytes]:
        found: set[bytes] = set()
        for batch in batches(ids):
            found.update(row[0] for row in tx.execute(ids_in("SELECT id FROM record", batch), batch))
        return found

    def reusable(self, ids: Sequence[bytes], tx: Tx | None = None) -> set[bytes]:
        """Which of the ids are stored and may be referred to anew: not those about to be collected."""
        if tx is None:
            with self._db.read() as reading:
                return self.reusable(ids, reading)
        found = self._recorded(ids, tx)
        return found - condemned_among(tx, list(found))

    def any(self) -> bool:
        """Whether anything is stored at all."""
        with self._db.read() as tx:
            return tx.execute("SELECT 1 FROM record LIMIT 1").first() is not None

    def locate(self, ids: Sequence[bytes]) -> dict[bytes, Record]:
        """Where those of the ids that are stored lie."""
        return {row[0]: Record(*row) for rows in self.in_order(ids) for row in rows}

    def in_order(self, ids: Collection[bytes]) -> Iterator[Sequence[Row]]:
        """Where those of the ids that are stored lie, in the order they lie in; some may come twice."""
        left = set(ids)
        for index in self._indexes(len(left)):
            here = [row for row in index if row[0] in left]
            left.difference_update(map(itemgetter(0), here))
            yield here
        if left:
            yield by_place(self._from_table(left))

    def _from_table(self, ids: Collection[bytes]) -> list[Record]:
        found = []
        # Numbers of packs that were collected are given to others: names hold for one transaction only.
        names: dict[int, str] = {}
        with self._db.read() as tx:
            for batch in batches(sorted(ids)):
                sql = ids_in(f"SELECT {','.join(_COLUMNS)} FROM record", batch)
                for identity, kind, pack, position, stored, size in tx.execute(sql, batch):
                    if pack not in names:
                        names[pack] = tx.execute("SELECT name FROM pack WHERE id = :id", {"id": pack}).one()[0]
                    found.append(Record(identity, kind, names[pack], position, stored, size))
            if len(found) < len(ids):
                missing = list(set(ids).difference(record.id for record in found))
                found += [_link(identity, size) for identity, size in self.links.sizes(missing, tx).items()]
        return found

    def _indexes(self, wanted: int) -> Iterator[Iterable[Row]]:
        """The packs' own indexes when so many ids are most of what is stored, else nothing.

        Then a pass over the indexes costs less than a search for each id, and gives them in the order they lie in.
        """
        if wanted < _MANY:
            return
        with self._db.read() as tx:
            packs = tx.execute("SELECT name, size, records FROM pack ORDER BY name").all()
        if wanted * 2 < sum(row[2] for row in packs):
            return
        yield from (self._index(name, size) for name, size, _ in packs)

    def _index(self, name: str, size: int) -> Iterable[Row]:
        try:
            return read_rows(name, size, partial(self._objects.read, pack_key(name)))
        except (Damaged, NotFound):
            return ()  # the table says what is missing now, and reading it says what is wrong

    def find(self, identity: bytes) -> Record:
        """Where one blob or node lies.

        Raises:
            Damaged: it is not stored.
        """
        with self._db.read() as tx:
            row = tx.execute(_FIND, (identity,)).first()
            linked = self.links.sizes([identity], tx) if row is None else {}
        if linked:
            return _link(identity, linked[identity])
        if row is None:
            raise Damaged("what a commit refers to is not stored", where=identity.hex(), hint=_HINT)
        kind, name, *place = row
        return Record(identity, kind, name, *place)

    def forget_places(self) -> None:
        """Look for every record anew: some have been moved."""
        self._places.clear()

    def insert(self, tx: Tx, packs: Iterable[SealedPack], at_us: int) -> None:
        """Register the contents of durable packs; what is stored already keeps its place.

        Raises:
            Conflict: a pack was collected before it was registered.
        """
        for pack in packs:
            refuse_dropped(tx, pack.name)
            forget_condemned(tx, pack.contents.ids)
            number: int = tx.execute(
                "INSERT INTO pack(name, size, records, at_us) VALUES(:name, :size, :records, :at) RETURNING id",
                {"name": pack.name, "size": pack.size, "records": len(pack.contents), "at": at_us},
            ).scalar()
            index = pack.contents
            columns = (index.ids, index.kinds, [number] * len(index), index.positions, index.stored, index.sizes)
            # In key order the tree of the table is walked once, from left to right.
            tx.insert_new("record", _COLUMNS, sorted(zip(*columns, strict=True), key=itemgetter(0)))

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
        record, stored = self._fetch(identity)
        return bytes(unpack(record, stored))

    def nodes(self, ids: Sequence[NodeId]) -> Iterator[bytes]:
        """The bytes of several stored nodes, one after the other, found by few questions to the database."""
        unplaced = [identity for identity in ids if identity not in self._places]
        for record in self._from_table(unplaced) if unplaced else ():
            self._places[record.id] = record
        return map(self.node, ids)

    def _fetch(self, identity: bytes) -> tuple[Record, bytes]:
        """A record and its stored form, from where it was seen last if it is there still."""
        record = self._places.get(identity)
        if record is None:
            record = self.find(identity)
            if record.kind == Kind.LINK:
                return record, b""
            self._places[identity] = record
        try:
            return record, self.stored(record)
        except Damaged:
            # The record may have been moved to another pack since its place was noted.
            self._places.pop(identity, None)
            moved = self.find(identity)
            if moved == record:
                raise
            return moved, self.stored(moved)

    def blob(self, identity: BlobId) -> bytes:
        """All bytes of a blob."""
        return b"".join(self.pieces(identity))

    def blobs(self, ids: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """All bytes of several blobs, each with its id, in the order they lie in."""
        left = dict.fromkeys(ids)
        for rows in self.in_order(left):
            for row in rows:
                record = Record(*row)
                if record.id in left:
                    del left[record.id]
                    if record.kind in _WHOLE:
                        yield record.id, self.checked(record, self.stored(record))
                    else:
                        yield record.id, self.blob(BlobId(record.id))
        for identity in left:
            yield identity, self.blob(BlobId(identity))

    def pieces(self, identity: BlobId, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes of a blob from ``start`` to ``end``, in pieces of at most a chunk; only what is needed is read."""
        record, stored = self._fetch(identity)
        stop = record.size if end is None else min(end, record.size)
        if record.kind == Kind.LINK:
            yield from self.links.pieces(identity, start, stop)
            return
        if record.kind != Kind.CHUNKS:
            data = self.checked(record, stored)
            yield data if (start, stop) == (0, record.size) else data[start:stop]
            return
        at = 0
        for chunk, size in decode_chunks(record, stored):
            if at < stop and at + size > start:
                data = self.checked(*self._fetch(chunk))
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


def _link(identity: bytes, size: int) -> Record:
    """What stands for a record of bytes that lie elsewhere."""
    return Record(identity, Kind.LINK, "", 0, 0, size)


def by_place(records: Iterable[Record]) -> list[Record]:
    """The records in the order they lie in, pack by pack."""
    return sorted(records, key=itemgetter(2, 3))
