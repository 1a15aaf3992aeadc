"""A database with any number of readers and one writer.

Theory of operation: a durable commit costs a flush to disk, whatever it contains. Calls to ``write`` that arrive
while another is being flushed therefore queue up; the first of them becomes the leader, runs the work of all in one
transaction, each in its own savepoint, and flushes once for all. Work that fails is rolled back alone. Two rules:

- a caller is answered only after the flush that made its work durable;
- work runs in whichever thread leads: it may not rely on thread-local state, nor call ``write`` itself.

A connection whose server has gone is replaced when the next transaction begins, never in the middle of one.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from recension.db.connections import Connections
from recension.db.driver import Driver
from recension.db.sqlite import SqliteDriver
from recension.db.tx import Tx

T = TypeVar("T")

MAX_GROUP: Final = 256


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
        self._connections = Connections(driver)
        self._writer = self._connections.open(writes=True)

    @staticmethod
    def open(place: Path | str) -> Database:
        """The SQLite database in a file, created when it is missing; or the PostgreSQL database of a URL.

        Raises:
            Invalid: the URL is none of ``postgresql://``, or what it needs is not installed.
            Unavailable: the folder is missing or cannot be written; the server does not answer.
            Damaged: the file is no database.
        """
        if isinstance(place, Path):
            return Database(SqliteDriver(place))
        from recension.db.server_url import driver_for  # noqa: PLC0415 - for those who have a database server

        return Database(driver_for(place))

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """One consistent snapshot: what others write meanwhile is not seen."""
        connection = self._connections.begin_reading()
        try:
            yield Tx(connection, self.driver)
        finally:
            self._connections.give_back(connection)

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
            if len(group) == 1:
                group[0].result = group[0].work(tx)
            else:
                for call in group:
                    self._run(call, tx)
            self.driver.commit(self._writer)
        except Exception as error:  # noqa: BLE001  whatever ended the transaction is the answer to all of its group
            self._connections.roll_back(self._writer)
            meaning = self.driver.translate(error) if isinstance(error, self.driver.errors) else None
            for call in group:
                call.error = meaning or error
        except BaseException:
            self._connections.roll_back(self._writer)
            raise
        for call in group:
            call.done = True

    def _begin(self) -> None:
        self._writer = self._connections.begin_writing(self._writer)

    def _run(self, call: _Call, tx: Tx) -> None:
        """Run one work of several: when it fails, it alone is undone."""
        self._writer.execute("SAVEPOINT work")
        try:
            call.result = call.work(tx)
            self._writer.execute("RELEASE work")
        except Exception as error:
            if not self.driver.in_transaction(self._writer):
                raise
            call.error = error
            self._writer.execute("ROLLBACK TO work")
            self._writer.execute("RELEASE work")

    def check(self) -> list[str]:
        """What the database itself finds wrong with its files; empty when all is well."""
        try:
            with self.read() as tx:
                return tx.check()
        except self.driver.errors as error:
            return [str(error)]

    @contextmanager
    def turns(self, names: Iterable[str]) -> Iterator[None]:
        """Have the turn, among all processes that use this database, of everything that ``names`` names.

        Others wait meanwhile, within reason: whoever has lost patience goes ahead, so no law may depend on it.
        """
        with self.driver.turns(names):
            yield

    def copy(self, folder: Path, name: str) -> Path:
        """Write a whole copy of the database, as it stands now, into a folder; return the new file.

        A file of that name is there completely or not at all.
        """
        target = folder / f"{name}{self.driver.copy_suffix}"
        draft = target.with_name(f"{target.name}.part")
        draft.unlink(missing_ok=True)
        try:
            self.driver.copy(draft)
        except self.driver.errors as error:
            raise self.driver.translate(error) or error from error
        return draft.rename(target)

    def close(self) -> None:
        """Close every idle connection; later calls fail."""
        with self._lock:
            self._closed = True
        self._connections.close()
        self._writer.close()
        self.driver.close()
