"""Where records were seen last: spares a question to the database for what is read again."""

from __future__ import annotations

from typing import Final

from recension.store.pack import Record

_KEPT: Final = 1 << 16


class Places(dict[bytes, Record]):
    """The newest places, at most :data:`_KEPT`; a place may be out of date, so a reader that fails has to ask again."""

    def __setitem__(self, identity: bytes, record: Record) -> None:
        """Note a place."""
        if len(self) >= _KEPT:
            self.clear()
        super().__setitem__(identity, record)
