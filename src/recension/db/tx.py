"""One transaction, and the rows that a statement gives back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from recension.db.driver import Connection, Cursor, Driver, Params, Row

_NONE: Final[Mapping[str, object]] = MappingProxyType({})
_STREAM_ROWS: Final = 500


class Rows:
    """All rows of one statement, already fetched: no cursor outlives its statement."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Row], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def all(self) -> list[Row]:
        """Every row."""
        return self._rows

    def first(self) -> Row | None:
        """The first row, or None when there is none."""
        return self._rows[0] if self._rows else None

    def one(self) -> Row:
        """The only row.

        Raises:
            LookupError: there is none, or more than one.
        """
        if len(self._rows) != 1:
            raise LookupError(f"expected one row, found {len(self._rows)}")
        return self._rows[0]

    def scalar(self) -> Any:
        """The first column of the first row, or None when there is no row."""
        return self._rows[0][0] if self._rows else None


class Tx:
    """One transaction: everything executed here is seen together or not at all."""

    __slots__ = ("_connection", "_driver")

    def __init__(self, connection: Connection, driver: Driver) -> None:
        self._connection = connection
        self._driver = driver

    def _run(self, sql: str, params: Params) -> Cursor:
        # An empty mapping is what a plain statement has; sqlite3 is asked without parameters then.
        try:
            return self._connection.execute(sql, params) if params else self._connection.execute(sql)
        except self._driver.errors as error:
            raise self._driver.translate(error) or error from error

    def execute(self, sql: str, params: Params = _NONE) -> Rows:
        """Run one statement with named parameters (``:x``) and fetch what it returns.

        Raises:
            RecensionError: AlreadyExists, Conflict, Busy, Damaged or Unavailable, as the database complains.
        """
        cursor = self._run(sql, params)
        rows = cursor.fetchall() if cursor.description is not None else []
        return Rows(rows, cursor.rowcount)

    def stream(self, sql: str, params: Params = _NONE) -> Iterator[Row]:
        """Like :meth:`execute` for a long result: a bounded number of rows is held at a time."""
        try:
            cursor = self._driver.stream(self._connection, sql, params)
        except self._driver.errors as error:
            raise self._driver.translate(error) or error from error
        try:
            while rows := cursor.fetchmany(_STREAM_ROWS):
                yield from rows
        finally:
            cursor.close()

    def executemany(self, sql: str, rows: Iterable[Params]) -> None:
        """Run one statement for every row of named parameters."""
        try:
            self._connection.executemany(sql, rows)
        except self._driver.errors as error:
            raise self._driver.translate(error) or error from error

    def insert_new(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert many rows given as plain tuples, leaving alone those whose key is there already.

        The bulk path: no mapping is made per row.
        """
        try:
            self._driver.insert_new(self._connection, table, columns, rows)
        except self._driver.errors as error:
            raise self._driver.translate(error) or error from error

    def has_table(self, name: str) -> bool:
        """Whether the table exists."""
        return self.execute(self._driver.has_table, {"name": name}).first() is not None

    def check(self) -> list[str]:
        """What the database itself finds wrong with its files; empty when all is well."""
        return self._driver.check(self._connection)

    def script(self, sql: str) -> None:
        """Run every statement of a migration."""
        for statement in self._driver.script(sql):
            self._run(statement, _NONE)
