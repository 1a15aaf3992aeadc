"""Which stored blobs a caller may refer to by their hash alone.

Blobs are stored once, whoever brings them. If a hash were enough to commit a blob, whoever has heard of a hash could
read what they may not; and if the server told everybody what it has, whoever can guess a file could find out whether
somebody else keeps it. So a caller may refer to, and is told of,

- blobs that they have sent themselves, within the last 30 days;
- blobs in the heads of the repo they write to, which they may read;
- every blob, if they run the server.

Everything else has to be sent: whoever has the bytes gives nothing away by sending them, and the store keeps one copy.
A blob in a larger repo than :data:`MOST_FILES` that others have sent is sent again when it gets another path: that
costs bytes on the line, never in the store.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, TypeVar

from recension.clock import Clock
from recension.db import Tx
from recension.ids import NodeId
from recension.server.access import Identity, Need
from recension.store import Commit, Store
from recension.store.pack import Kind, Record
from recension.store.records import decode_chunks

T = TypeVar("T")

KEPT_US: Final = 30 * 24 * 3600 * 1_000_000
MOST_FILES: Final = 300_000
_HEADS: Final = 4
_BATCH: Final = 500


class Target(NamedTuple):
    """The repo that a caller writes to."""

    workspace: str
    repo: str


class Claims:
    """Answers what a caller may refer to; remembers what the heads of a few repos hold."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._heads: OrderedDict[NodeId, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, tx: Tx, account: int, packs: Iterable[str], blobs: Iterable[bytes]) -> None:
        """Remember that an account has sent what is in some packs, and some blobs that were stored before."""
        now_us = self._clock.now_us()
        for table in ("sent_pack", "sent_blob", "sent_commit"):
            tx.execute(f"DELETE FROM {table} WHERE at_us < :at", {"at": now_us - KEPT_US})
        tx.insert_new("sent_pack", ("account", "pack", "at_us"), [(account, pack, now_us) for pack in packs])
        tx.insert_new("sent_blob", ("account", "blob", "at_us"), [(account, blob, now_us) for blob in blobs])

    def among(self, who: Identity, target: Target, ids: Sequence[bytes]) -> dict[bytes, Record]:
        """Those of the ids that the caller may refer to, with where they lie.

        What is about to be collected is left out: it has to be sent anew.
        """
        found = self._store.records.locate(list(self._store.records.reusable(ids)))
        stored = {identity: record for identity, record in found.items() if record.kind != Kind.NODE}
        if who.may(Need.MANAGE_PEOPLE):
            return stored
        mine = self._sent(who.account, stored)
        rest = stored.keys() - mine
        if rest and who.may(Need.READ_DATA, workspace=target.workspace, repo=target.repo):
            mine |= self._in_heads(target, rest)
        return {identity: stored[identity] for identity in mine}

    def _sent(self, account: int, stored: dict[bytes, Record]) -> set[bytes]:
        packs = list({record.pack for record in stored.values()})
        with self._store.db.read() as tx:
            mine = _present(tx, "sent_pack", "pack", account, packs)
            found = {identity for identity, record in stored.items() if record.pack in mine}
            return found | _present(tx, "sent_blob", "blob", account, list(stored.keys() - found))

    def _in_heads(self, target: Target, ids: Iterable[bytes]) -> set[bytes]:
        wanted = set(ids)
        found: set[bytes] = set()
        heads = {branch.head for branch in self._store.branches(target.repo, workspace=target.workspace)}
        for head in sorted(filter(None, heads), reverse=True)[:_HEADS]:
            commit = self._store.commit(head)
            if commit.files <= MOST_FILES and wanted - found:
                held = self._held(commit)
                found |= {identity for identity in wanted - found if _holds(held, identity)}
        return found

    def _held(self, commit: Commit) -> bytes:
        """Every blob of a version and every chunk of its large ones, sorted, one behind another."""
        with self._lock:
            known = self._heads.get(commit.root)
            if known is not None:
                self._heads.move_to_end(commit.root)
                return known
        blobs: set[bytes] = {entry.blob for entry in self._store.walk(commit)}
        places = self._store.records.locate(list(blobs))
        for record in places.values():
            if record.kind == Kind.CHUNKS:
                blobs.update(chunk for chunk, _ in decode_chunks(record, self._store.records.stored(record)))
        held = b"".join(sorted(blobs))
        with self._lock:
            self._heads[commit.root] = held
            while len(self._heads) > _HEADS:
                self._heads.popitem(last=False)
        return held


def _present(tx: Tx, table: str, column: str, account: int, values: Sequence[T]) -> set[T]:
    """Those of the values that stand in a table for the account."""
    found: set[T] = set()
    for start in range(0, len(values), _BATCH):
        some = values[start : start + _BATCH]
        marks = ",".join("?" * len(some))
        rows = tx.execute(f"SELECT {column} FROM {table} WHERE account = ? AND {column} IN ({marks})", (account, *some))
        found.update(row[0] for row in rows)
    return found


def _holds(held: bytes, identity: bytes) -> bool:
    count = len(held) // 32
    at = bisect_left(range(count), identity, key=lambda number: held[32 * number : 32 * number + 32])
    return at < count and held[32 * at : 32 * at + 32] == identity
