"""Deleting objects that no record lies in any more, and what interrupted writes have left."""

from __future__ import annotations

from functools import partial
from typing import Final

from recension.db import Tx
from recension.errors import NotFound
from recension.ids import new_commit_id
from recension.store.gc_report import GcReport
from recension.store.pack_writer import pack_key
from recension.store.parts import Parts

_IDLE_S: Final = 3600.0
"""A file that is being written is written to more often than this."""
_TIME: Final = 10
"""So many first characters of a pack's name say when it was begun."""


def delete_objects(parts: Parts, grace_s: float, report: GcReport) -> None:
    """Delete packs that were dropped, and remains that were begun, a grace period ago."""
    before_us = max(0, parts.clock.now_us() - int(grace_s * 1_000_000))
    with parts.db.read() as tx:
        known = {row[0] for row in tx.execute("SELECT name FROM pack UNION SELECT name FROM dropped_pack")}
        doomed = [
            row[0]
            for row in tx.execute("SELECT name FROM dropped_pack WHERE gone = 0 AND at_us <= :at", {"at": before_us})
        ]
    latest = new_commit_id(before_us)[:_TIME]
    names = (key.removeprefix("packs/") for key in parts.objects.keys("packs/"))
    orphans = [name for name in names if name not in known and name[:_TIME] <= latest]
    if not report.dry_run:
        orphans = [name for name in orphans if parts.db.write(partial(_give_up, parts, name))]
    for name in [*doomed, *orphans]:
        _delete(parts, name, report)
    count, size = parts.objects.remove_unfinished(max(grace_s, _IDLE_S), dry_run=report.dry_run)
    report.objects_deleted += count
    report.bytes_freed += size


def _give_up(parts: Parts, name: str, tx: Tx) -> bool:
    """Note of a pack that was never registered that it will not be; False when it just has been."""
    if tx.execute("SELECT 1 FROM pack WHERE name = :name", {"name": name}).first() is not None:
        return False
    tx.insert_new("dropped_pack", ("name", "at_us", "gone"), [(name, parts.clock.now_us(), 0)])
    return True


def _delete(parts: Parts, name: str, report: GcReport) -> None:
    try:
        report.bytes_freed += parts.objects.size(pack_key(name))
        report.objects_deleted += 1
    except NotFound:
        pass  # a collection that was killed had come so far
    if not report.dry_run:
        parts.objects.delete(pack_key(name))
        parts.db.write(lambda tx: tx.execute("UPDATE dropped_pack SET gone = 1 WHERE name = :name", {"name": name}))
