"""Reading packs from front to back: one large read serves many small records."""

from __future__ import annotations

from typing import Final

from recension.store.pack import Record
from recension.store.records import Records

_WINDOW: Final = 8 << 20


class PackWindow:
    """A stretch of one pack held in memory; records are asked for in the order they lie in."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._pack = ""
        self._start = 0
        self._data = memoryview(b"")

    def read(self, record: Record) -> memoryview:
        """The stored form of a record."""
        return self.stretch(record.pack, record.position, record.stored)

    def stretch(self, pack: str, position: int, length: int) -> memoryview:
        """Bytes of a pack, fewer where it ends."""
        held, at = self.around(pack, position, length)
        start = position - at
        return held[start : start + length]

    def around(self, pack: str, position: int, length: int) -> tuple[memoryview, int]:
        """What is held of a pack when these bytes are, as far as they are there; and where that begins."""
        start = position - self._start
        if pack != self._pack or start < 0 or start + length > len(self._data):
            self._data = memoryview(self._records.stretch(pack, position, max(_WINDOW, length)))
            self._pack, self._start = pack, position
        return self._data, self._start
