"""Repair: records whose place is damaged or forgotten are read from a second copy from now on, where there is one.

Two uploads that brought the same bytes at the same time both hold them; the table names one. And a row that was lost
can be made anew from the index of its pack.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from recension.db import Tx
from recension.errors import Damaged, NotFound
from recension.ids import NodeId
from recension.store.backends import Bytes
from recension.store.node import decode
from recension.store.pack import Kind, Record, read_index, unpack
from recension.store.pack_writer import pack_key
from recension.store.parts import Parts
from recension.store.records import check, decode_chunks


def whole(record: Record, stored: Bytes) -> None:
    """Make sure that the stored form of a record is what its id says.

    Raises:
        Damaged: it is not.
    """
    data = unpack(record, stored)
    if record.kind == Kind.NODE:
        decode(NodeId(record.id), bytes(data))
    elif record.kind == Kind.CHUNKS:
        decode_chunks(record, bytes(data))
    else:
        check(record, data)


def repair_records(parts: Parts, ids: Collection[bytes]) -> int:
    """Let the table name a whole copy of each of these records; return how many there is one of."""
    wanted, found = set(ids), dict[bytes, Record]()
    with parts.db.read() as tx:
        packs = tx.execute("SELECT id, name, size FROM pack ORDER BY name").all()
    for _, name, size in packs:
        try:
            index = read_index(name, size, partial(parts.objects.read, pack_key(name)))
        except (Damaged, NotFound):
            continue
        for record in index:
            if record.id in wanted and record.id not in found and _is_whole(parts, record):
                found[record.id] = record
    numbers = {name: number for number, name, _ in packs}
    rows = [(r.id, r.kind, numbers[r.pack], r.position, r.stored, r.size) for r in found.values()]

    def point(tx: Tx) -> None:
        tx.executemany("DELETE FROM record WHERE id = :id", [{"id": row[0]} for row in rows])
        tx.insert_new("record", ("id", "kind", "pack", "position", "stored", "size"), rows)

    if rows:
        parts.db.write(point)
        parts.records.forget_places()
    return len(rows)


def _is_whole(parts: Parts, record: Record) -> bool:
    try:
        whole(record, parts.records.stored(record))
    except Damaged:
        return False
    return True
