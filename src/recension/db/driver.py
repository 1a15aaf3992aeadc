"""What a database has to offer to stand behind :class:`recension.db.Database`.

A driver opens connections of the Python database API in autocommit mode and says how its dialect differs from the
portable one. Differences are data and small functions here, never ``isinstance`` elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from recension.errors import RecensionError

Row = tuple[Any, ...]
Params = Mapping[str, object] | Sequence[object]


class Cursor(Protocol):
    """The part of a database-API cursor that is used here."""

    @property
    def description(self) -> Any: ...  # noqa: D102
    @property
    def rowcount(self) -> int: ...  # noqa: D102
    def fetchall(self) -> list[Any]: ...  # noqa: D102
    def fetchmany(self, size: int = ..., /) -> list[Any]: ...  # noqa: D102
    def close(self) -> object: ...  # noqa: D102


class Connection(Protocol):
    """The part of a connection that is used here.

    It takes statements of the portable dialect and runs them outside any implicit transaction.
    """

    def execute(self, sql: str, parameters: Any = ..., /) -> Cursor: ...  # noqa: D102
    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor: ...  # noqa: D102
    def close(self) -> object: ...  # noqa: D102


class Driver(Protocol):
    """One kind of database."""

    has_table: str
    """Gives a row when the table ``:name`` exists."""
    errors: tuple[type[Exception], ...]
    """What its connections raise."""
    copy_suffix: str
    """How the name of a copy ends."""

    def connect(self, *, writes: bool) -> Connection:
        """A connection in autocommit mode, usable from any one thread at a time."""
        ...

    def begin(self, connection: Connection, *, writes: bool) -> None:
        """Open a transaction: one that sees one snapshot until it ends, or that of the one writer.

        The second waits for its turn, and sees what every writer before it has done.
        """
        ...

    def commit(self, connection: Connection) -> None:
        """End the writer's transaction; its changes are durable when this returns, and were not made when it raises.

        Raises:
            Unavailable: also when nobody can say whether they were made; the message says which.
        """
        ...

    def is_usable(self, connection: Connection) -> bool:
        """Whether the connection can serve another transaction; False once its server has gone."""
        ...

    def script(self, sql: str) -> list[str]:
        """The statements of a migration, one by one, in this database's own spelling."""
        ...

    def stream(self, connection: Connection, sql: str, params: Params) -> Cursor:
        """Run a statement whose rows are not to be held all at once."""
        ...

    def insert_new(self, connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Insert many rows, leaving alone those whose key is there already."""
        ...

    def in_transaction(self, connection: Connection) -> bool:
        """Whether the connection's transaction is still open (some errors end it)."""
        ...

    def turns(self, names: Iterable[str]) -> AbstractContextManager[None]:
        """Wait, within reason, until no other process has any of these turns; have them from ``with`` to its end."""
        ...

    def close(self) -> None:
        """Let go of what is open beside the connections that were given out."""
        ...

    def copy(self, target: Path) -> None:
        """Write a whole copy of the database, as it stands at one moment, into the new file ``target``."""
        ...

    def check(self, connection: Connection) -> list[str]:
        """What the database itself finds wrong with its files."""
        ...

    def translate(self, error: Exception) -> RecensionError | None:
        """What the error means to a caller; None when it is a defect of ours."""
        ...
