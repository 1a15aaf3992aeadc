"""Collecting what nothing refers to any more, while everybody goes on working.

Theory of operation. Marking starts from what every room says it needs (:mod:`recension.store.gc_reach`). A record that
is not marked, in a pack older than the grace period, is *condemned*: it can still be read, but whoever brings the same
bytes from then on stores them anew. When it is still unreachable a grace period later, its row is removed; a pack
that is less than half live then gives what lives to a new one and is *dropped*; its object is deleted when the grace
period has passed once more, for readers that still use it. What a crash has left (packs that were never registered,
unfinished files) goes when it is older than the grace period.

Why nothing that is needed is ever removed: rows go in a transaction that first asks every room again what it needs
and gives up when something new turns up, until that is marked too. A commit that comes later sees that the epoch has
changed, and looks again for what it takes from the store, in its own transaction. Content that is referred to by other
rows than commits is safe when it is referred to within the grace period after it was uploaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from recension.db import Tx
from recension.store.condemned import batches, ids_in
from recension.store.gc_clear import Clearing, clear_pack
from recension.store.gc_folds import forget_lost_folds
from recension.store.gc_links import forget_links
from recension.store.gc_marks import Dead, Marks
from recension.store.gc_objects import delete_objects
from recension.store.gc_reach import Reach, needs
from recension.store.gc_report import GcReport
from recension.store.parts import Parts

GRACE_S: Final = 24 * 3600
_SLICE: Final = 20_000


class _Pack(NamedTuple):
    """A registered pack."""

    name: str
    size: int
    old: bool


def collect(parts: Parts, *, grace_s: float = GRACE_S, dry_run: bool = False) -> GcReport:
    """Remove what is unreachable; safe beside readers and writers, and when it is killed.

    Args:
        parts: the store.
        grace_s: how long something has to be unreachable before each further step. Zero is for a store that nobody
            else uses: an upload in progress might lose what it has found stored.
        dry_run: find out only.

    Raises:
        Damaged: a manifest cannot be read, so nobody knows what it needs; nothing is removed.
        Conflict: a room has not said what it needs.
    """
    report = GcReport(dry_run)
    before_us = max(0, parts.clock.now_us() - int(grace_s * 1_000_000))
    with Marks(parts.home / "cache") as marks:
        reach = Reach(parts, marks)
        with parts.db.read() as tx:
            packs = {
                number: _Pack(name, size, at_us <= before_us)
                for number, name, size, at_us in tx.execute("SELECT id, name, size, at_us FROM pack")
            }
            wanted = list(needs(tx))
        reach.follow(wanted)
        forget_lost_folds(parts, marks, reach, dry_run=dry_run)
        empty = _find_dead(parts, marks, packs, None if grace_s <= 0 else before_us, report)
        marks.index_dead()
        if not dry_run:
            _condemn(parts, marks)
        clearing = Clearing(parts, marks, reach, report)
        for number in [*marks.packs_to_clear(), *empty]:
            clear_pack(clearing, number, packs[number].name, packs[number].size)
        report.removed_links = forget_links(parts, marks, reach, before_us, dry_run=dry_run)
    delete_objects(parts, grace_s, report)
    return report


def _find_dead(
    parts: Parts, marks: Marks, packs: dict[int, _Pack], before_us: int | None, report: GcReport
) -> list[int]:
    """Note every unreachable record of an old pack; return the old packs that hold no record at all.

    ``before_us``: what was condemned by then is to be removed; None: everything unreachable is, at once.
    """
    used: set[int] = set()

    def dead(tx: Tx, over: set[bytes]) -> Iterator[Dead]:
        live = marks.in_order()
        mark = next(live, None)
        for identity, number, stored in tx.stream("SELECT id, pack, stored FROM record ORDER BY id"):
            used.add(number)
            while mark is not None and mark < identity:
                mark = next(live, None)
            if mark == identity or number not in packs or not packs[number].old:
                report.live_records += 1
                report.live_bytes += stored
                continue
            is_over = before_us is None or identity in over
            report.waiting_records += not is_over
            report.waiting_bytes += 0 if is_over else stored
            yield identity, number, stored, int(is_over)

    with parts.db.read() as tx:
        over = {row[0] for row in tx.execute("SELECT id FROM condemned WHERE at_us <= :at", {"at": before_us or 0})}
        marks.add_dead(dead(tx, over))
    return [number for number, pack in packs.items() if pack.old and number not in used]


def _condemn(parts: Parts, marks: Marks) -> None:
    """Make the table of condemned records hold those that are unreachable, the older ones with their old time."""
    now_us = parts.clock.now_us()
    dead = marks.dead()
    while rows := [(row[0], now_us) for row in islice(dead, _SLICE)]:
        parts.db.write(partial(_add_condemned, rows))
    with parts.db.read() as tx:
        spared = [row[0] for row in tx.stream("SELECT id FROM condemned") if not marks.is_dead(row[0])]
    for batch in batches(spared):
        parts.db.write(partial(_spare, batch))


def _add_condemned(rows: Sequence[tuple[bytes, int]], tx: Tx) -> None:
    tx.insert_new("condemned", ("id", "at_us"), rows)


def _spare(ids: Sequence[bytes], tx: Tx) -> None:
    tx.execute(ids_in("DELETE FROM condemned", ids), ids)
