"""Reading blobs of which some lie in the rows of staged changes, and in no pack yet."""

from __future__ import annotations

from collections.abc import Iterator

from blake3 import blake3

from recension.errors import Damaged
from recension.ids import BlobId
from recension.store.records import Records


class StagedRecords(Records):
    """Every stored blob and node of one home, with what is staged."""

    def pieces(self, identity: BlobId, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes of a blob from ``start`` to ``end``, in pieces of at most a chunk."""
        stored = super().pieces(identity, start, end)
        try:
            first = next(stored, None)
        except Damaged:
            held = self._held(identity)
            if held is None:  # committed just now, then; or damaged indeed
                yield from super().pieces(identity, start, end)
            else:
                yield held[start:end]
            return
        if first is not None:
            yield first
            yield from stored

    def _held(self, identity: BlobId) -> bytes | None:
        """The bytes of a blob that lie in a row."""
        with self._db.read() as tx:
            sql = "SELECT bytes FROM staged WHERE blob = :id AND bytes IS NOT NULL LIMIT 1"
            row = tx.execute(sql, {"id": identity}).first()
        if row is None:
            return None
        held = bytes(row[0])
        if blake3(held).digest() != identity:
            raise Damaged("staged bytes do not match their hash", where=identity.hex(), hint="run recension fsck")
        return held
