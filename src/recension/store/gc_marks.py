"""Marks of a collection: which records are reachable, which are not, kept in a scratch file.

Ten million marks do not fit into bounded memory as objects; a scratch database without a journal holds them sorted.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Self

from recension.errors import Unavailable

Dead = tuple[bytes, int, int, int]
"""id, number of its pack, stored bytes, 1 when its grace period is over"""

_PREPARE: Final = (
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA cache_size=-32768",
    "CREATE TABLE live(id BLOB PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE dead(id BLOB PRIMARY KEY, pack INTEGER, stored INTEGER, over INTEGER)",
    "BEGIN",
)


class Marks:
    """The scratch file; use it as a context.

    Raises:
        Unavailable: the file cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"collection-{os.getpid()}-{id(self):x}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise self._unavailable(error) from error
        try:
            for statement in _PREPARE:
                self._run(statement)
            self._path.unlink()  # the file lives while it is open: a kill leaves nothing
        except BaseException:
            self._close()
            raise

    def _run(self, sql: str, params: Sequence[object] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(sql, params)
        except sqlite3.Error as error:
            raise self._unavailable(error) from error

    def _run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        try:
            self._db.executemany(sql, rows)
        except sqlite3.Error as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> Unavailable:
        text = error.strerror if isinstance(error, OSError) else str(error)
        hint = "check space and permissions; nothing is lost"
        return Unavailable(f"no scratch file can be written: {text}", where=str(self._path), hint=hint)

    def add(self, ids: Iterable[bytes]) -> None:
        """Mark as reachable."""
        self._run_many("INSERT OR IGNORE INTO live VALUES(?)", ((identity,) for identity in sorted(set(ids))))

    def has(self, identity: bytes) -> bool:
        """Whether it is reachable."""
        return self._run("SELECT 1 FROM live WHERE id = ?", (identity,)).fetchone() is not None

    def in_order(self) -> Iterator[bytes]:
        """Everything reachable, sorted."""
        return (row[0] for row in self._run("SELECT id FROM live ORDER BY id"))

    def add_dead(self, rows: Iterable[Dead]) -> None:
        """Note records as unreachable."""
        self._run_many("INSERT INTO dead VALUES(?, ?, ?, ?)", rows)

    def dead(self) -> Iterator[Dead]:
        """Every unreachable record, sorted by id."""
        return iter(self._run("SELECT id, pack, stored, over FROM dead ORDER BY id"))

    def is_dead(self, identity: bytes) -> bool:
        """Whether it was noted as unreachable."""
        return self._run("SELECT 1 FROM dead WHERE id = ?", (identity,)).fetchone() is not None

    def index_dead(self) -> None:
        """Prepare for questions by pack."""
        self._run("CREATE INDEX dead_pack ON dead(pack, over)")

    def packs_to_clear(self) -> list[int]:
        """The packs that hold records to be removed."""
        return [row[0] for row in self._run("SELECT DISTINCT pack FROM dead WHERE over = 1 ORDER BY pack")]

    def to_remove(self, pack: int) -> list[bytes]:
        """The records of a pack that are to be removed: unreachable still, and their grace period is over."""
        return [
            row[0]
            for row in self._run(
                "SELECT d.id FROM dead d LEFT JOIN live l ON l.id = d.id "
                "WHERE d.pack = ? AND d.over = 1 AND l.id IS NULL",
                (pack,),
            )
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        self._db.close()
        self._path.unlink(missing_ok=True)
