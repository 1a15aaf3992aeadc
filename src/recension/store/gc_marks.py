"""Marks of a collection: which records are reachable, which are not, kept in a scratch file.

Ten million marks do not fit into bounded memory as objects; a scratch database without a journal holds them sorted.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

Dead = tuple[bytes, int, int, int]
"""id, number of its pack, stored bytes, 1 when its grace period is over"""


class Marks:
    """The scratch file; use it as a context."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"collection-{os.getpid()}-{id(self):x}"
        self._db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("PRAGMA cache_size=-32768")
        self._db.execute("CREATE TABLE live(id BLOB PRIMARY KEY) WITHOUT ROWID")
        self._db.execute("CREATE TABLE dead(id BLOB PRIMARY KEY, pack INTEGER, stored INTEGER, over INTEGER)")
        self._db.execute("BEGIN")

    def add(self, ids: Iterable[bytes]) -> None:
        """Mark as reachable."""
        self._db.executemany("INSERT OR IGNORE INTO live VALUES(?)", ((identity,) for identity in sorted(set(ids))))

    def has(self, identity: bytes) -> bool:
        """Whether it is reachable."""
        return self._db.execute("SELECT 1 FROM live WHERE id = ?", (identity,)).fetchone() is not None

    def in_order(self) -> Iterator[bytes]:
        """Everything reachable, sorted."""
        return (row[0] for row in self._db.execute("SELECT id FROM live ORDER BY id"))

    def add_dead(self, rows: Iterable[Dead]) -> None:
        """Note records as unreachable."""
        self._db.executemany("INSERT INTO dead VALUES(?, ?, ?, ?)", rows)

    def dead(self) -> Iterator[Dead]:
        """Every unreachable record, sorted by id."""
        return iter(self._db.execute("SELECT id, pack, stored, over FROM dead ORDER BY id"))

    def is_dead(self, identity: bytes) -> bool:
        """Whether it was noted as unreachable."""
        return self._db.execute("SELECT 1 FROM dead WHERE id = ?", (identity,)).fetchone() is not None

    def index_dead(self) -> None:
        """Prepare for questions by pack."""
        self._db.execute("CREATE INDEX dead_pack ON dead(pack, over)")

    def packs_to_clear(self) -> list[int]:
        """The packs that hold records to be removed."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT pack FROM dead WHERE over = 1 ORDER BY pack")]

    def to_remove(self, pack: int) -> list[bytes]:
        """The records of a pack that are to be removed: unreachable still, and their grace period is over."""
        return [
            row[0]
            for row in self._db.execute(
                "SELECT d.id FROM dead d LEFT JOIN live l ON l.id = d.id "
                "WHERE d.pack = ? AND d.over = 1 AND l.id IS NULL",
                (pack,),
            )
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        self._path.unlink(missing_ok=True)
