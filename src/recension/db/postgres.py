"""PostgreSQL behind the driver interface: many readers on snapshots, one writer at a time by an advisory lock.

Theory of operation. Every writing transaction first takes one lock of the database (of its schema, so that one
database can hold several), then its snapshot is taken statement by statement: it sees all that writers before it have
committed, and nothing moves under it. Writers are as good as serial, from however many processes; no transaction ever
has to be repeated because of another; events get their numbers in the order in which they become visible. What makes
this fast is that ``Database`` lets all threads of a process share one transaction.

When the connection is lost while ``COMMIT`` is under way, its answer is lost and nobody here knows whether it
happened. The server does: it keeps the fate of every recent transaction. So the number of the transaction is asked
for when it begins, and after a loss another connection asks what has become of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, islice
from typing import Any, Final, cast

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper

from recension.db.driver import Connection, Cursor, Params, Row
from recension.db.postgres_dialect import spell, spell_script
from recension.db.postgres_errors import meaning
from recension.errors import Invalid, RecensionError, Unavailable

OLDEST_SERVER: Final = 130_000
WAIT_S: Final = 60
"""How long to wait for another writer, and how long a writer may keep silent in the middle of its transaction."""
SETTLE_S: Final = 30.0
"""How long to ask what has become of a transaction whose answer was lost."""

_LOCK_CLASS: Final = 0x52454353
_SLICE: Final = 5000
_DEFAULTS: Final[dict[str, Any]] = {
    "application_name": "recension",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "tcp_user_timeout": 30_000,
}
_WRITER: Final = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';"
    f"SET lock_timeout = '{WAIT_S}s'; SET idle_in_transaction_session_timeout = '{WAIT_S}s'"
)


class _Number(Loader):
    """Sums of whole numbers come as whole numbers, everything else as floats, as SQLite has it."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else float(text)


class _Truth(Loader):
    """Truth values are 0 and 1 in the portable dialect."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


class _TruthDumper(Dumper):
    """Truth values are 0 and 1 in the portable dialect."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: object) -> bytes:
        return b"1" if obj else b"0"


class Session(psycopg.Connection[Row]):
    """A connection that takes the portable dialect."""

    transaction_number: str | None = None
    """Of the writing transaction that is open."""
    begin_write: str = ""
    """Opens one."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> psycopg.Cursor[Row]:
        """Run one statement; without parameters it is sent as it stands."""
        return super().execute(spell(query) if params else query, params or None, **options)

    def executemany(self, sql: str, rows: Iterable[Params]) -> psycopg.Cursor[Row]:
        """Run one statement for every row of parameters, without waiting for each."""
        cursor = self.cursor()
        cursor.executemany(cast("Any", spell(sql)), rows)
        return cursor


class PostgresDriver:
    """A database of a PostgreSQL server, version 13 or later.

    Args:
        url: ``postgresql://USER@HOST:PORT/NAME``, or with anything else that libpq knows. What it leaves out, libpq
            takes from where it always does: ``PGPASSWORD``, ``~/.pgpass``, a service file.
    """

    has_table = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = :name"
    errors: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, url: str) -> None:
        try:
            known = conninfo_to_dict(url)
        except psycopg.Error as error:
            raise Invalid(f"not the URL of a database: {error}", where="database") from error
        self._options: dict[str, Any] = {**_DEFAULTS, **known}
        self.where = place(known)
        self._cursors = count()

    def connect(self, *, writes: bool) -> Connection:
        """A connection in autocommit mode, usable from any one thread at a time."""
        session = Session.connect(**self._options, autocommit=True)
        try:
            self._refuse_unfit(session)
            session.adapters.register_loader("numeric", _Number)
            session.adapters.register_loader("bool", _Truth)
            session.adapters.register_dumper(bool, _TruthDumper)
            session.adapters.register_dumper(int, Int8BinaryDumper)
            session.execute("SET jit = off")
            if writes:
                session.execute(_WRITER)
                session.begin_write = self._begin_write(session)
            else:
                session.execute("SET default_transaction_read_only = on")
        except BaseException:
            session.close()
            raise
        return cast("Connection", session)

    def _refuse_unfit(self, session: Session) -> None:
        if session.info.server_version < OLDEST_SERVER:
            raise Unavailable("PostgreSQL 13 or later is needed", where=self.where, hint="upgrade the server")
        if session.info.parameter_status("server_encoding") != "UTF8":
            raise Unavailable("the database does not keep texts in UTF-8", where=self.where, hint="createdb -E UTF8")

    def _begin_write(self, session: Session) -> str:
        sql = "SELECT oid::int4 FROM pg_namespace WHERE nspname = current_schema()"
        row = session.execute(sql).fetchone()
        if row is None:
            raise Unavailable("the schema to work in is not there", where=self.where, hint="CREATE SCHEMA makes it")
        return (
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
            f"SELECT pg_advisory_xact_lock({_LOCK_CLASS}, {row[0]});"
            "SELECT pg_current_xact_id()::text"
        )

    def begin(self, connection: Connection, *, writes: bool) -> None:
        """A snapshot to read; or the lock of the one writer, together with the number of its transaction."""
        session = cast("Session", connection)
        if not writes:
            session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return
        session.transaction_number = None
        answers = session.execute(session.begin_write)
        while answers.nextset():
            pass
        session.transaction_number = str(answers.fetchall()[0][0])

    def commit(self, connection: Connection) -> None:
        """Flush the transaction; when the answer is lost, ask again who knows."""
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

    def _settle(self, session: Session, lost: psycopg.OperationalError) -> None:
        """Return when the transaction is in.

        Raises:
            Unavailable: it is not in, or it is unknown.
        """
        deadline = time.monotonic() + SETTLE_S
        pause_s = 0.05
        fate = None
        while time.monotonic() < deadline:
            try:
                fate = self._fate(session)
            except psycopg.OperationalError:
                fate = None
            if fate == "committed":
                return
            if fate == "aborted":
                hint = "try again; nothing was changed"
                raise Unavailable("the connection to the database server was lost", where=self.where, hint=hint)
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, 1.0)
        raise Unavailable(
            f"the database server was lost ({str(lost).strip().partition(chr(10))[0]}), and nobody can say whether the "
            "last change was made",
            where=self.where,
            hint="when it is back, look whether the change is there before making it again",
        ) from lost

    def _fate(self, session: Session) -> str | None:
        with psycopg.connect(**self._options, autocommit=True) as asking:
            row = asking.execute("SELECT pg_xact_status(%s::text::xid8)", (session.transaction_number,)).fetchone()
        return None if row is None else row[0]

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

    def check(self, connection: Connection) -> list[str]:
        """Pages whose checksum was wrong when the server read them, where it keeps checksums."""
        sql = "SELECT COALESCE(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()"
        failures = connection.execute(sql).fetchall()[0][0]
        return [f"{failures} pages had a wrong checksum"] if failures else []

    def translate(self, error: Exception) -> RecensionError | None:
        """What the error means to a caller; None when it is a defect of ours."""
        return meaning(error, self.where)


def place(options: Mapping[str, Any]) -> str:
    """Where a database is, without anything secret."""
    user = f"{options['user']}@" if options.get("user") else ""
    port = f":{options['port']}" if options.get("port") else ""
    host = options.get("host") or options.get("service") or ""
    return f"postgresql://{user}{host}{port}/{options.get('dbname') or ''}"
