"""Being the only one: a lock of the database server's that ends with the process that holds it.

The server frees it when the connection ends, so it is looked after: a lost connection is replaced and the lock taken
again. Should somebody else have been quicker, the holder is told.
"""

from __future__ import annotations

import logging
import threading
import zlib
from collections.abc import Callable
from typing import Final, Self

import psycopg

from recension.db.postgres_marks import end_backend
from recension.db.postgres_session import Session
from recension.errors import Busy, RecensionError

LOOK_S: float = 3.0

logger: Final = logging.getLogger(__name__)


class Hold:
    """Holds a name from ``with`` to its end.

    Args:
        connect: a new connection.
        name: what is held; each schema of the database has names of its own.
        where: the database, for messages.
        lost: called when somebody else has it after the connection was lost.

    Raises:
        Busy: somebody else has it.
    """

    def __init__(self, connect: Callable[[], Session], name: str, where: str, lost: Callable[[], None]) -> None:
        self._connect = connect
        self._name = name
        self._where = where
        self._lost = lost
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name=f"hold-{name}", daemon=True)
        self._session: Session | None = None

    def __enter__(self) -> Self:
        self._session = self._connect()
        if not self._take(self._session):
            self._session.close()
            raise Busy(
                f"another {self._name} has this database open",
                where=self._where,
                hint="stop it, or name another database",
            )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._session is not None:
            self._session.close()

    def _take(self, session: Session) -> bool:
        key = zlib.crc32(f"recension {self._name}".encode()) >> 1
        row = session.execute(f"SELECT pg_try_advisory_lock({key}, {session.schema})").fetchone()
        return row is not None and bool(row[0])

    def _look_after(self) -> None:
        while not self._stop.wait(LOOK_S):
            try:
                if not self._still_holds():
                    logger.error("lock lost to another", extra={"lock": self._name})
                    self._lost()
                    return
            except (psycopg.Error, RecensionError) as error:
                logger.warning("lock out of reach", extra={"lock": self._name, "error": str(error)})

    def _still_holds(self) -> bool:
        """Whether the lock is ours, taken again where the connection was lost; raises while nobody can say."""
        before = self._session
        if before is not None and not before.closed:
            try:
                before.execute("SELECT 1")
            except psycopg.OperationalError:
                if not before.closed:
                    raise
            else:
                return True
        session = self._connect()
        if before is not None:
            end_backend(before, session)
        self._session = session
        return self._take(session)
