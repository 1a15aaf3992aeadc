"""The connections of one database: idle readers are kept for the next, those whose server has gone are replaced."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Final

from recension.db.driver import Connection, Driver

_IDLE_READERS: Final = 8


class Connections:
    """Opens connections and transactions, in the errors that callers understand; safe to share between threads."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        self._closed = False

    def open(self, *, writes: bool) -> Connection:
        """A new connection."""
        try:
            return self._driver.connect(writes=writes)
        except self._driver.errors as error:
            raise self._driver.translate(error) or error from error

    def begin(self, connection: Connection, *, writes: bool) -> None:
        """Open a transaction on a connection."""
        try:
            self._driver.begin(connection, writes=writes)
        except self._driver.errors as error:
            raise self._driver.translate(error) or error from error

    def begin_reading(self) -> Connection:
        """An idle reader or a new one, in a transaction; to be given back."""
        while True:
            with self._lock:
                if self._closed:
                    raise RuntimeError("the database is closed")
                idle = self._idle.pop() if self._idle else None
            connection = idle or self.open(writes=False)
            try:
                self.begin(connection, writes=False)
            except BaseException:
                self.give_back(connection)
                if idle is None or self._driver.is_usable(connection):
                    raise
            else:
                return connection

    def begin_writing(self, writer: Connection) -> Connection:
        """The writer, or a new one where its server has gone, in a transaction."""
        try:
            self.begin(writer, writes=True)
        except BaseException:
            if self._driver.is_usable(writer):
                raise
            writer.close()
            writer = self.open(writes=True)
            self.begin(writer, writes=True)
        return writer

    def give_back(self, reader: Connection) -> None:
        """End a reader's transaction and keep its connection, if it is any good."""
        self.roll_back(reader)
        if self._driver.is_usable(reader):
            with self._lock:
                if not self._closed and len(self._idle) < _IDLE_READERS:
                    self._idle.append(reader)
                    return
        reader.close()

    def roll_back(self, connection: Connection) -> None:
        """Undo what the transaction did, if it is still open."""
        with suppress(*self._driver.errors):
            if self._driver.in_transaction(connection):
                connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close every idle connection; those that are given back later are closed then."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
