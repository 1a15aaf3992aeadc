"""PostgreSQL behind the driver interface: many readers on snapshots, one writer at a time by an advisory lock.

Theory of operation. Every writing transaction first takes one lock of the database (of its schema, so that one
database can hold several), then its snapshot is taken statement by statement: it sees all that writers before it have
committed, and nothing moves under it. Writers are as good as serial, from however many processes; no transaction ever
has to be repeated because of another; events get their numbers in the order in which they become visible. What makes
this fast is that ``Database`` lets all threads of a process share one transaction.

An answer to ``COMMIT`` that is lost is asked for again over another connection (``postgres_marks``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import count, islice
from pathlib import Path
from typing import Any, Final, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from recension.db.driver import Connection, Cursor, Params, Row
from recension.db.postgres_copy import write_copy
from recension.db.postgres_dialect import spell, spell_script
from recension.db.postgres_errors import meaning
from recension.db.postgres_hold import Hold
from recension.db.postgres_marks import begin_signed, end_backend, is_in, prepare_marks
from recension.db.postgres_session import Session, open_session
from recension.db.postgres_turns import PostgresTurns
from recension.errors import Invalid, RecensionError, Unavailable

WAIT_S: float = 60
"""How long to wait for another writer, and how long a writer may keep silent in the middle of its transaction."""
SETTLE_S: float = 30
"""How long to ask what has become of a transaction whose answer was lost."""

_SLICE: Final = 5000
_FLUSHES: Final = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)


class PostgresDriver:
    """A database of a PostgreSQL server, version 13 or later.

    Args:
        url: ``postgresql://USER@HOST:PORT/NAME``, or with anything else that libpq knows. What it leaves out, libpq
            takes from where it always does: ``PGPASSWORD``, ``~/.pgpass``, a service file.
    """

    has_table = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = :name"
    errors: tuple[type[Exception], ...] = (psycopg.Error,)
    copy_suffix = ".sql"

    def __init__(self, url: str) -> None:
        try:
            self._options: Mapping[str, Any] = conninfo_to_dict(url)
        except psycopg.Error as error:
            raise Invalid(f"not the URL of a database: {error}", where="database") from error
        self.where = place(self._options)
        self._cursors = count()
        self._writer: Session | None = None
        self._turns = PostgresTurns(self._open)

    def connect(self, *, writes: bool) -> Connection:
        """A connection in autocommit mode, usable from any one thread at a time."""
        session = self._open()
        try:
            if writes:
                session.execute(_FLUSHES)
                session.execute(
                    f"SET lock_timeout = '{WAIT_S}s'; SET idle_in_transaction_session_timeout = '{WAIT_S}s'"
                )
                if self._writer is not None:
                    end_backend(self._writer, session)
                prepare_marks(session)
                self._writer = session
            else:
                session.execute("SET default_transaction_read_only = on")
        except BaseException:
            session.close()
            raise
        return cast("Connection", session)

    def _open(self) -> Session:
        return open_session(self._options, self.where)

    def begin(self, connection: Connection, *, writes: bool) -> None:
        """A snapshot to read; or the lock of the one writer."""
        session = cast("Session", connection)
        if writes:
            begin_signed(session)
        else:
            session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def commit(self, connection: Connection) -> None:
        """Flush the transaction; when the answer is lost, find out."""
        session = cast("Session", connection)
        try:
            answer = session.execute("COMMIT").statusmessage
        except psycopg.OperationalError as error:
            if self.is_usable(connection):
                raise
            self._settle(session, error)
        else:
            if answer != "COMMIT":
                raise psycopg.errors.InFailedSqlTransaction("the transaction had failed before it was to be committed")

    def _settle(self, lost: Session, error: psycopg.OperationalError) -> None:
        """Return when the transaction is in.

        Raises:
            Unavailable: it is not in, or it is unknown.
        """
        text = str(error).strip().partition("\n")[0]
        fate = self._fate(lost)
        if fate is None:
            raise Unavailable(
                f"the database server was lost ({text}), and nobody can say whether the last change was made",
                where=self.where,
                hint="when it is back, look whether the change is there before making it again",
            )
        if not fate:
            hint = "try again; nothing was changed"
            raise Unavailable(f"the database server was lost: {text}", where=self.where, hint=hint)

    def _fate(self, lost: Session) -> bool | None:
        """Whether the transaction is in; None when the server does not come back in time."""
        deadline, pause_s = time.monotonic() + SETTLE_S, 0.05
        while True:
            try:
                with self._open() as asking:
                    asking.execute(f"SET lock_timeout = '{WAIT_S}s'")
                    end_backend(lost, asking)
                    return is_in(lost, asking)
            except (psycopg.OperationalError, Unavailable):
                if time.monotonic() + pause_s > deadline:
                    return None
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, 1.0)

    def is_usable(self, connection: Connection) -> bool:
        """Whether the server is still at the other end, as far as we have heard."""
        return not cast("Session", connection).closed

    def script(self, sql: str) -> list[str]:
        """Types as PostgreSQL has them."""
        return spell_script(sql)

    def stream(self, connection: Connection, sql: str, params: Params) -> Cursor:
        """A cursor of the server's: rows stay there until they are fetched."""
        cursor = cast("Session", connection).cursor(name=f"stream_{next(self._cursors)}")
        cursor.execute(cast("Any", spell(sql) if params else sql), params or None)
        return cursor

    def insert_new(self, connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Columns travel as arrays, some thousand rows in one statement."""
        source = iter(rows)
        sql = (
            f"INSERT INTO {table}({','.join(columns)}) SELECT * FROM unnest({','.join(['%b'] * len(columns))}) "
            "ON CONFLICT DO NOTHING"
        )
        session = cast("Session", connection)
        while batch := list(islice(source, _SLICE)):
            with session.cursor() as cursor:
                cursor.execute(cast("Any", sql), [list(column) for column in zip(*batch, strict=True)])

    def in_transaction(self, connection: Connection) -> bool:
        """Also when it has failed and waits for its end."""
        status = cast("Session", connection).info.transaction_status
        return status in {TransactionStatus.INTRANS, TransactionStatus.INERROR, TransactionStatus.ACTIVE}

    def turns(self, names: Iterable[str]) -> AbstractContextManager[None]:
        """Locks of the server's, over connections of their own."""
        return self._turns.take(names)

    def close(self) -> None:
        """Close the connections that turns are taken over."""
        self._turns.close()

    def copy(self, target: Path) -> None:
        """A script for ``psql``."""
        with self._open() as session, target.open("xb") as file:
            write_copy(session, file)

    def check(self, connection: Connection) -> list[str]:
        """Pages whose checksum was wrong when the server read them, where it keeps checksums."""
        sql = "SELECT COALESCE(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()"
        failures = connection.execute(sql).fetchall()[0][0]
        return [f"{failures} pages had a wrong checksum"] if failures else []

    def hold(self, name: str, lost: Callable[[], None]) -> Hold:
        """Be the only one of that name, from ``with`` to its end."""
        return Hold(self._open, name, self.where, lost)

    def translate(self, error: Exception) -> RecensionError | None:
        """What the error means to a caller; None when it is a defect of ours."""
        return meaning(error, self.where)


def place(options: Mapping[str, Any]) -> str:
    """Where a database is, without anything secret."""
    user = f"{options['user']}@" if options.get("user") else ""
    port = f":{options['port']}" if options.get("port") else ""
    host = options.get("host") or options.get("service") or ""
    return f"postgresql://{user}{host}{port}/{options.get('dbname') or ''}"
