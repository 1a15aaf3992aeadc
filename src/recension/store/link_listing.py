"""What a place holds, kept sorted in a scratch file: a listing may come in any order, and have millions of rows."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Self

from recension.store.link_source import Listed


class Found(NamedTuple):
    """One object and where it goes; ``blob`` is the hash of its bytes once they were read."""

    path: bytes
    listed: Listed
    blob: bytes | None


class Listing:
    """The scratch file; use it as a context."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"listing-{os.getpid()}-{id(self):x}"
        self._db = sqlite3.connect(self._file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute(
            "CREATE TABLE found(path BLOB PRIMARY KEY, name TEXT, size INTEGER, etag TEXT, mtime_us INTEGER, "
            "blob BLOB) WITHOUT ROWID"
        )
        self._db.execute("BEGIN")

    def add(self, path: bytes, listed: Listed) -> None:
        """Note one object."""
        self._db.execute("INSERT OR REPLACE INTO found VALUES(?, ?, ?, ?, ?, NULL)", (path, *listed))

    def rows(self) -> Iterator[Found]:
        """Everything that was noted, in path order."""
        for path, name, size, etag, mtime_us, blob in self._db.execute("SELECT * FROM found ORDER BY path"):
            yield Found(path, Listed(name, size, etag, mtime_us), blob)

    def note_hashes(self, hashes: Iterable[tuple[bytes, bytes]]) -> None:
        """Note the hash (second) of what lies at a path (first): it is not read again when the work is repeated."""
        self._db.executemany("UPDATE found SET blob = ?2 WHERE path = ?1", hashes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        self._file.unlink(missing_ok=True)
