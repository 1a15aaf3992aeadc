"""Clearing one pack of what is to be removed; what lives goes to a new pack where that is the smaller part."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from recension.db import Tx
from recension.errors import Damaged, NotFound
from recension.ids import NodeId, new_commit_id
from recension.store.condemned import batches
from recension.store.gc_marks import Marks
from recension.store.gc_reach import Need, Reach, needs
from recension.store.gc_report import GcReport
from recension.store.node import decode
from recension.store.pack import Kind, Record, read_index, unpack
from recension.store.pack_window import PackWindow
from recension.store.pack_writer import PackWriter, SealedPack, pack_key
from recension.store.parts import Parts
from recension.store.records import by_place, check, decode_chunks


class Clearing(NamedTuple):
    """A collection in progress."""

    parts: Parts
    marks: Marks
    reach: Reach
    report: GcReport


class _Plan(NamedTuple):
    """What becomes of one pack: ``gone`` leave it; when it is dropped, what is in ``copy`` stays behind."""

    number: int
    name: str
    size: int
    gone: Sequence[bytes]
    dropped: bool
    copy: SealedPack | None


def clear_pack(clearing: Clearing, number: int, name: str, size: int) -> None:
    """Remove what is unreachable in a pack; as often as something in it turns out to be needed, look again."""
    parts, marks, reach, report = clearing
    while True:
        gone = marks.to_remove(number)
        removed = set(gone)
        there = _in_pack(parts, number, name, size)
        kept = [record for record in there if record.id not in removed]
        lost = [record for record in there if record.id in removed]
        live = sum(record.stored for record in kept)
        drop = 2 * live < size
        if not (gone or drop):
            return
        copy = None
        if drop and kept and not report.dry_run:
            try:
                copy = _copy(parts, kept)
            except Damaged as error:
                report.damaged.append(f"{name}: {error}")
                drop = False
        plan = _Plan(number, name, size, gone, drop, copy)
        fresh = [] if report.dry_run else parts.db.write(partial(_remove, parts, reach, plan))
        if not fresh:
            break
        if copy is not None:
            parts.objects.delete(pack_key(copy.name))
        reach.follow(fresh)
    report.removed_records += len(lost)
    report.removed_bytes += sum(record.stored for record in lost)
    report.packs_dropped += drop
    report.packs_rewritten += drop and bool(kept)
    report.bytes_dropped += size - live if drop else 0


def _in_pack(parts: Parts, number: int, name: str, size: int) -> list[Record]:
    """The records that the table says lie in a pack."""
    try:
        index = read_index(name, size, lambda start, length: parts.objects.read(pack_key(name), start, length))
    except (Damaged, NotFound):
        sql = "SELECT id, kind, position, stored, size FROM record WHERE pack = :pack"
        with parts.db.read() as tx:
            return [Record(row[0], row[1], name, *row[2:]) for row in tx.stream(sql, {"pack": number})]
    found: list[Record] = []
    with parts.db.read() as tx:
        for batch in batches(index):
            marks = ",".join("?" * len(batch))
            sql = f"SELECT id, position FROM record WHERE pack = ? AND id IN ({marks})"
            rows = set(tx.execute(sql, [number, *(record.id for record in batch)]))
            found.extend(record for record in batch if (record.id, record.position) in rows)
    return found


def _copy(parts: Parts, records: Sequence[Record]) -> SealedPack:
    """A durable new pack with these records, each compared with its hash on the way.

    Raises:
        Damaged: one of them is.
    """
    writer = PackWriter(parts.objects, new_commit_id(parts.clock.now_us()))
    try:
        window = PackWindow(parts.records)
        for record in by_place(records):
            stored = window.read(record)
            plain = unpack(record, stored)
            if record.kind == Kind.NODE:
                decode(NodeId(record.id), bytes(plain))
            elif record.kind == Kind.CHUNKS:
                decode_chunks(record, bytes(plain))
            else:
                check(record, plain)
            writer.append(record.id, record.kind, bytes(stored), record.size)
        return writer.seal()
    finally:
        writer.abort()


def _remove(parts: Parts, reach: Reach, plan: _Plan, tx: Tx) -> list[Need]:
    """Carry out a plan, unless a room needs something that was not marked yet; return that then."""
    fresh = reach.unknown(needs(tx))
    if fresh:
        return fresh
    tx.execute("UPDATE collection SET epoch = epoch + 1 WHERE id = 1")
    for batch in batches(plan.gone):
        marks = ",".join("?" * len(batch))
        # Bytes that came again meanwhile lie in another pack: that row stays.
        tx.execute(f"DELETE FROM record WHERE pack = ? AND id IN ({marks})", [plan.number, *batch])
        tx.execute(f"DELETE FROM condemned WHERE id IN ({marks})", batch)
    if not plan.dropped:
        return []
    if plan.copy is not None:
        _move(tx, plan.number, plan.copy)
    tx.execute("DELETE FROM pack WHERE id = :id", {"id": plan.number})
    tx.insert_new("dropped_pack", ("name", "at_us", "gone"), [(plan.name, parts.clock.now_us(), 0)])
    return []


def _move(tx: Tx, old: int, copy: SealedPack) -> None:
    """Register a copy of what lives in a pack, as old as that, and make the table point to it."""
    new = tx.execute(
        "INSERT INTO pack(name, size, records, at_us) SELECT :name, :size, :records, at_us FROM pack WHERE id = :old "
        "RETURNING id",
        {"name": copy.name, "size": copy.size, "records": len(copy.contents), "old": old},
    ).scalar()
    tx.executemany(
        "UPDATE record SET pack = :new, position = :position WHERE id = :id AND pack = :old",
        [
            {"new": new, "old": old, "id": identity, "position": position}
            for identity, position in zip(copy.contents.ids, copy.contents.positions, strict=True)
        ],
    )
