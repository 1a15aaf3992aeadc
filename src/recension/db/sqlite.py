"""SQLite behind the driver interface: WAL, ``synchronous=FULL``, one writer by ``BEGIN IMMEDIATE``."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, closing
from itertools import chain, islice
from pathlib import Path
from typing import Final

from recension.db.driver import Connection, Cursor, Params, Row
from recension.db.turns import file_turns
from recension.errors import AlreadyExists, Busy, Conflict, Damaged, RecensionError, Unavailable

BUSY_TIMEOUT_S: Final = 60.0
_VALUES: Final = 600
"""Values in one statement; every SQLite takes 999."""

# What SQLite calls it -> what a caller can do about it. Checked in order against sqlite_errorname.
_MEANING: Final[tuple[tuple[str, type[RecensionError], str, str], ...]] = (
    ("SQLITE_BUSY", Busy, "another process keeps the database locked", "try again, or stop the other process"),
    ("SQLITE_LOCKED", Busy, "another process keeps the database locked", "try again, or stop the other process"),
    ("SQLITE_FULL", Unavailable, "the disk is full", "free some space; nothing was changed"),
    ("SQLITE_IOERR", Unavailable, "the disk refuses to read or write", "check the disk; nothing was changed"),
    ("SQLITE_READONLY", Unavailable, "the database cannot be written", "check the permissions of the home folder"),
    ("SQLITE_CANTOPEN", Unavailable, "the database cannot be opened", "check the home folder and its permissions"),
    ("SQLITE_CORRUPT", Damaged, "the database is damaged", "restore it from a backup"),
    ("SQLITE_NOTADB", Damaged, "the file is no database", "restore it from a backup"),
    ("SQLITE_CONSTRAINT_UNIQUE", AlreadyExists, "a row with this key is there already", "take another name"),
    ("SQLITE_CONSTRAINT_PRIMARYKEY", AlreadyExists, "a row with this key is there already", "take another name"),
    ("SQLITE_CONSTRAINT_FOREIGNKEY", Conflict, "another row refers to this one, or is missing", "look again"),
)


# What the state of the disk explains better than SQLite does: it needs a small file beside the database even to read.
_DISK: Final = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN")
_SCARCE_BLOCKS: Final = 16


class SqliteDriver:
    """A database in one file.

    Args:
        path: the file; created when it is missing, but not its folder.
    """

    has_table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name"
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)
    copy_suffix = ".db"

    def __init__(self, path: Path) -> None:
        self.path = path

    def connect(self, *, writes: bool) -> Connection:
        """A connection in autocommit mode, usable from any one thread at a time."""
        frozen = self._is_frozen()
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?immutable=1" if frozen else self.path,
            uri=frozen,
            timeout=BUSY_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA cache_size=-8192")
            if frozen:
                connection.execute("PRAGMA query_only=ON")
            elif writes:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
            else:
                connection.execute("PRAGMA query_only=ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _is_frozen(self) -> bool:
        """Whether the file lies on a disk that nobody writes to, with nothing left to be taken over from a log."""
        try:
            if not os.statvfs(self.path).f_flag & os.ST_RDONLY:
                return False
            log = self.path.with_name(f"{self.path.name}-wal")
            return not log.exists() or log.stat().st_size == 0
        except OSError:
            return False

    def begin(self, connection: Connection, *, writes: bool) -> None:
        """A deferred transaction sees one snapshot from its first look on; an immediate one is the only writer."""
        connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    def commit(self, connection: Connection) -> None:
        """Flush the log."""
        connection.execute("COMMIT")

    def is_usable(self, connection: Connection) -> bool:  # noqa: ARG002
        """A file does not go away."""
        return True

    def script(self, sql: str) -> list[str]:
        """The portable dialect is SQLite's."""
        return split_script(sql)

    def stream(self, connection: Connection, sql: str, params: Params) -> Cursor:
        """SQLite finds rows as they are fetched."""
        return connection.execute(sql, params or ())

    def insert_new(self, connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """One statement for many rows: beginning and ending one takes longer than inserting a row."""
        marks = f"({','.join('?' * len(columns))})"
        each, pending = max(1, _VALUES // len(columns)), iter(rows)
        while batch := list(islice(pending, each)):
            sql = f"INSERT INTO {table}({','.join(columns)}) VALUES{','.join([marks] * len(batch))}"
            connection.execute(f"{sql} ON CONFLICT DO NOTHING", list(chain.from_iterable(batch)))

    def in_transaction(self, connection: Connection) -> bool:
        """SQLite rolls back by itself on some errors, a full disk among them."""
        return isinstance(connection, sqlite3.Connection) and connection.in_transaction

    def turns(self, names: Iterable[str]) -> AbstractContextManager[None]:
        """Locks on files beside the database's."""
        return file_turns(self.path, names)

    def close(self) -> None:
        """Nothing else is open."""

    def copy(self, target: Path) -> None:
        """SQLite's own online copy: one file, whole by itself."""
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")

    def check(self, connection: Connection) -> list[str]:
        """SQLite's own check of its pages, indexes and references."""
        found = [str(row[0]) for row in connection.execute("PRAGMA quick_check").fetchall()]
        lost = [
            f"{row[0]} row {row[1]} refers to nothing"
            for row in connection.execute("PRAGMA foreign_key_check").fetchall()
        ]
        return [text for text in found if text != "ok"] + lost

    def translate(self, error: Exception) -> RecensionError | None:
        """What the error means to a caller; None when it is a defect of ours."""
        name = str(getattr(error, "sqlite_errorname", ""))
        if name.startswith(_DISK) and (trouble := _trouble(self.path.parent)) is not None:
            return Unavailable(f"{trouble[0]}: {error}", where=str(self.path), hint=trouble[1])
        for prefix, kind, message, hint in _MEANING:
            if name.startswith(prefix):
                return kind(f"{message}: {error}", where=str(self.path), hint=hint)
        return None


def _trouble(folder: Path) -> tuple[str, str] | None:
    """What is wrong with a disk, and what to do about it; None when it looks well."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return None
    if disk.f_flag & os.ST_RDONLY:
        return "the disk is read-only", "mount it for writing; nothing was changed"
    if disk.f_bavail < _SCARCE_BLOCKS:
        return "the disk is full", "free some space; nothing was changed"
    return None


def split_script(sql: str) -> list[str]:
    """Split at the semicolons that end a statement, not at those inside a text or a trigger."""
    statements, pending = [], ""
    for piece in sql.split(";"):
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            statements.append(pending.strip())
            pending = ""
    return [statement for statement in statements if statement.strip("; \n\t")]
