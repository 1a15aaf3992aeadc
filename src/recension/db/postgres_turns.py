"""Turns of processes anywhere: locks of the database server's, first come, first served."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import psycopg

from recension.db.postgres_session import Session
from recension.db.turns import PATIENCE_S, slots

_CLASS: Final = 0x52455455
_KEPT: Final = 4


class PostgresTurns:
    """Takes turns over connections of its own, a few of which are kept.

    Args:
        connect: a new connection.
    """

    def __init__(self, connect: Callable[[], Session]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._idle: list[Session] = []
        self._closed = False

    @contextmanager
    def take(self, names: Iterable[str]) -> Iterator[None]:
        """Wait until nobody else has these turns, or for as long as patience lasts."""
        session = self._session()
        try:
            with suppress(psycopg.Error):  # it took too long, or the line was cut: without it, then
                for slot in slots(names):
                    session.execute(f"SELECT pg_advisory_lock({_CLASS}, {session.schema} # {slot})")
            yield
        finally:
            self._give_back(session)

    def _session(self) -> Session:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        session = self._connect()
        session.execute(f"SET lock_timeout = '{PATIENCE_S}s'")
        return session

    def _give_back(self, session: Session) -> None:
        try:
            session.execute("SELECT pg_advisory_unlock_all()")
        except psycopg.Error:  # its end frees what it held
            session.close()
            return
        with self._lock:
            if not self._closed and len(self._idle) < _KEPT:
                self._idle.append(session)
                return
        session.close()

    def close(self) -> None:
        """Close what is kept."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()
