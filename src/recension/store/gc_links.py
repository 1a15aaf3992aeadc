"""Forgetting links that no commit has any more: rows only, since their bytes lie elsewhere.

The rules are those of records: a row that was noted within the grace period stays, since a commit may be about to
refer to it; and rows go in a transaction that first asks every room again what it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from recension.db import Tx
from recension.store.gc_marks import Marks
from recension.store.gc_reach import Need, Reach, needs
from recension.store.parts import Parts

_PAGE: Final = 5000
_SOME: Final = 500


def forget_links(parts: Parts, marks: Marks, reach: Reach, before_us: int, *, dry_run: bool) -> int:
    """Remove the links noted before a time whose blobs are unreachable; return how many, or how many there are."""
    count, after = 0, b""
    while True:
        with parts.db.read() as tx:
            rows = tx.execute(
                "SELECT DISTINCT blob FROM link WHERE blob > :after AND at_us <= :before ORDER BY blob LIMIT :limit",
                {"after": after, "before": before_us, "limit": _PAGE},
            ).all()
        blobs = [bytes(row[0]) for row in rows]
        for start in range(0, len(blobs), _SOME):
            some = blobs[start : start + _SOME]
            while dead := [blob for blob in some if not marks.has(blob)]:
                fresh = [] if dry_run else parts.db.write(partial(_remove, reach, dead, before_us))
                if not fresh:
                    count += len(dead)
                    break
                reach.follow(fresh)
        if len(blobs) < _PAGE:
            return count
        after = blobs[-1]


def _remove(reach: Reach, dead: Sequence[bytes], before_us: int, tx: Tx) -> list[Need]:
    """Remove links, unless a room needs something that was not marked yet; return that then."""
    fresh = reach.unknown(needs(tx))
    if fresh:
        return fresh
    tx.execute("UPDATE collection SET epoch = epoch + 1 WHERE id = 1")
    marks = ",".join("?" * len(dead))
    tx.execute(f"DELETE FROM link WHERE at_us <= ? AND blob IN ({marks})", [before_us, *dead])
    return []
