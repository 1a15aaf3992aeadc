"""Connections to PostgreSQL that take the portable dialect and give back what SQLite would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, cast
from uuid import uuid4

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.types.numeric import Int8BinaryDumper

from recension.db.driver import Params, Row
from recension.db.postgres_dialect import spell
from recension.errors import Unavailable

OLDEST_SERVER: Final = 130_000
_DEFAULTS: Final[dict[str, Any]] = {
    "application_name": "recension",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "tcp_user_timeout": 30_000,
}
_ABOUT: Final = (
    "SELECT current_schema()::regnamespace::oid::int4, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
)


class _Number(Loader):
    """Sums of whole numbers come as whole numbers, everything else as floats."""

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
    """One connection; :func:`open_session` makes it.

    Attributes:
        schema: the number of the schema it works in.
        backend: process and start of what serves it, by which others can tell it.
        name: its own, by which it signs its transactions.
        mark: the number of the last transaction it signed.
    """

    schema: int
    backend: tuple[int, datetime]
    name: str
    mark: int = 0

    def execute(self, query: Any, params: Any = None, **options: Any) -> psycopg.Cursor[Row]:
        """Run one statement; without parameters it is sent as it stands."""
        return super().execute(spell(query) if params else query, params or None, **options)

    def executemany(self, sql: str, rows: Iterable[Params]) -> psycopg.Cursor[Row]:
        """Run one statement for every row of parameters, without waiting for each."""
        cursor = self.cursor()
        cursor.executemany(cast("Any", spell(sql)), rows)
        return cursor


def open_session(options: Mapping[str, Any], where: str) -> Session:
    """A new connection in autocommit mode.

    Raises:
        Unavailable: the database or its server will not do.
    """
    session = Session.connect(**{**_DEFAULTS, **options}, autocommit=True)
    try:
        _refuse_unfit(session, where)
        schema, since = session.execute(_ABOUT).fetchall()[0]
        session.schema, session.backend, session.name = schema, (session.info.backend_pid, since), uuid4().hex
        session.adapters.register_loader("numeric", _Number)
        session.adapters.register_loader("bool", _Truth)
        session.adapters.register_dumper(bool, _TruthDumper)
        session.adapters.register_dumper(int, Int8BinaryDumper)
        session.execute("SET jit = off")
    except BaseException:
        session.close()
        raise
    return session


def _refuse_unfit(session: Session, where: str) -> None:
    if session.info.server_version < OLDEST_SERVER:
        raise Unavailable("PostgreSQL 13 or later is needed", where=where, hint="upgrade the server")
    if session.info.parameter_status("server_encoding") != "UTF8":
        raise Unavailable("the database does not keep texts in UTF-8", where=where, hint="createdb -E UTF8")
    if session.execute("SELECT current_schema()").fetchall()[0][0] is None:
        raise Unavailable("the schema to work in is not there", where=where, hint="CREATE SCHEMA makes it")
