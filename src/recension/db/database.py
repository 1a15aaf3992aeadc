"""A database with any number of readers and one writer.

Theory of operation: a durable commit costs a flush to disk, whatever it contains. Calls to ``write`` that arrive
while another is being flushed therefore queue up; the first of them becomes the leader, runs the work of all in one
transaction, each in its own savepoint, and flushes once for all. Work that fails is rolled back alone. Two rules:

- a caller is answered only after the flush that made its work durable;
- work runs in whichever thread leads: it may not rely on thread-local state, nor call ``write`` itself.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from recension.db.driver import Connection, Driver
from recension.db.sqlite import SqliteDriver
from recension.db.tx import Tx

T = TypeVar("T")

MAX_GROUP: Final = 256
_IDLE_READERS: Final = 8


class _Call:
    """One ``write`` waiting for its answer."""

    __slots__ = ("done", "error", "leads", "result", "wake", "work")

    def __init__(self, work: Callable[[Tx], Any]) -> None:
        self.work = work
        self.wake = threading.Event()
        self.leads = False
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None


class Database:
    """Connections to one database; safe to share between threads, not across a fork."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self._lock = threading.Lock()
        self._queue: deque[_Call] = deque()
        self._led = False
        self._leader: int | None = None
        self._closed = False
        self._idle: list[Connection] = []
        self._writer = self._connect(writes=True)

    @staticmethod
    def open(path: Path) -> Database:
        """The SQLite database in the file ``path``, created when it is missing.

        Raises:
            Unavailable: the folder is missing or cannot be written.
            Damaged: the file is no database.
        """
        return Database(SqliteDriver(path))

    def _connect(self, *, writes: bool) -> Connection:
        try:
            return self.driver.connect(writes=writes)
        except self.driver.errors as error:
            raise self.driver.translate(error) or error from error

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """One consistent snapshot: what others write meanwhile is not seen."""
        connection = self._take_reader()
        try:
            tx = Tx(connection, self.driver)
            tx.execute(self.driver.begin_read)
            yield tx
        finally:
            self._give_back(connection)

    def _take_reader(self) -> Connection:
        with self._lock:
            if self._closed:
                raise RuntimeError("the database is closed")
            if self._idle:
                return self._idle.pop()
        return self._connect(writes=False)

    def _give_back(self, connection: Connection) -> None:
        if self.driver.in_transaction(connection):
            connection.execute("ROLLBACK")
        with self._lock:
            if not self._closed and len(self._idle) < _IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run ``work`` in a transaction and return its result once that is durable.

        Args:
            work: quick, without any other I/O, and repeatable: it may be run again when the thread that ran it first
                was interrupted. When it raises, its changes are undone and the error reaches the caller.

        Raises:
            Busy: another process holds the database.
        """
        call = _Call(work)
        with self._lock:
            if self._closed:
                raise RuntimeError("the database is closed")
            if self._leader == threading.get_ident():
                raise RuntimeError("write called from inside a write")
            self._queue.append(call)
            if not self._led:
                self._led = call.leads = True
        if not call.leads:
            self._await_turn(call)
        if not call.done:
            self._lead(call)
        if call.error is not None:
            raise call.error
        result: T = call.result
        return result

    def _await_turn(self, call: _Call) -> None:
        """Wait until the call is answered, or leads."""
        try:
            call.wake.wait()
        except BaseException:  # a signal: what is still queued must neither run nor be waited for as the leader
            with self._lock:
                if call in self._queue:
                    self._queue.remove(call)
                if call.leads and not call.done:
                    self._hand_on()
            raise

    def _hand_on(self) -> None:
        """Make the first in the queue the leader; called with the lock held."""
        heir = self._queue[0] if self._queue else None
        self._led = heir is not None
        if heir is not None:
            heir.leads = True
            heir.wake.set()

    def _lead(self, own: _Call) -> None:
        """Serve one group, which holds the leader's own call, then hand the lead to the next in the queue."""
        with self._lock:
            self._leader = threading.get_ident()
            group = [own]
            self._queue.remove(own)
            while self._queue and len(group) < MAX_GROUP:
                group.append(self._queue.popleft())
        try:
            self._commit_group(group)
        except BaseException as error:
            # Interrupted: nothing of the group is in. The others' calls go back to the head of the queue.
            own.done, own.error = True, error
            with self._lock:
                self._queue.extendleft(call for call in reversed(group) if call is not own and not call.done)
            raise
        finally:
            with self._lock:
                self._leader = None
                self._hand_on()
            for call in group:
                if call.done and call is not own:
                    call.wake.set()

    def _commit_group(self, group: list[_Call]) -> None:
        try:
            self._begin()
            tx = Tx(self._writer, self.driver)
            for call in group:
                self._run(call, tx)
            self._writer.execute("COMMIT")
        except Exception as error:  # noqa: BLE001  whatever ended the transaction is the answer to all of its group
            self._rollback()
            meaning = self.driver.translate(error) if isinstance(error, self.driver.errors) else None
            for call in group:
                call.error = meaning or error
        except BaseException:
            self._rollback()
            raise
        for call in group:
            call.done = True

    def _begin(self) -> None:
        self._writer.execute(self.driver.begin_write)

    def _run(self, call: _Call, tx: Tx) -> None:
        self._writer.execute("SAVEPOINT work")
        try:
            call.result = call.work(tx)
        except Exception as error:
            if not self.driver.in_transaction(self._writer):
                raise
            call.error = error
            self._writer.execute("ROLLBACK TO work")
        self._writer.execute("RELEASE work")

    def _rollback(self) -> None:
        with suppress(*self.driver.errors):
            if self.driver.in_transaction(self._writer):
                self._writer.execute("ROLLBACK")

    def check(self) -> list[str]:
        """What the database itself finds wrong with its files; empty when all is well."""
        connection = self._take_reader()
        try:
            return self.driver.check(connection)
        except self.driver.errors as error:
            return [str(error)]
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close every idle connection; later calls fail."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in [*idle, self._writer]:
            connection.close()
