"""From a request to who is asking: cookie or bearer token, remembered for a moment.

One process serves a home, so the memory is coherent as long as every change of accounts calls ``forget``.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Final

from recension.clock import Clock
from recension.db import Database
from recension.errors import RecensionError, Unauthenticated
from recension.server import accounts
from recension.server.access import Identity

_REMEMBER_S: Final = 5.0
_MOST: Final = 10_000


class TooManyFailures(RecensionError):
    """Somebody is guessing; wait."""

    code = "busy"


class Callers:
    """Recognises secrets, and slows down whoever presents wrong ones."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._known: dict[tuple[bytes, bool], tuple[float, Identity]] = {}
        self._failures = Failures()
        self._lock = threading.Lock()
        self._epoch = 0

    def remembered(self, secret: str, *, by_cookie: bool) -> Identity | None:
        """The answer of ``identify`` from a moment ago, without any I/O; None when there is none."""
        found = self._known.get((accounts.hash_secret(secret), by_cookie))
        return found[1] if found is not None and found[0] > time.monotonic() else None

    def identify(self, secret: str, *, by_cookie: bool, address: str) -> Identity:
        """Who holds ``secret``.

        Raises:
            Unauthenticated: nobody, or no longer.
            TooManyFailures: wrong secrets came from this address too often just now.
        """
        epoch = self._epoch
        with self._db.read() as tx:
            identity = accounts.identify(tx, self._clock, secret, by_cookie=by_cookie)
        if identity is None:
            if not by_cookie:  # a cookie that has ended is everyday life, a wrong token is not
                self._failures.count(address)
            raise unknown_caller()
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            if epoch == self._epoch:
                self._known[accounts.hash_secret(secret), by_cookie] = (time.monotonic() + _REMEMBER_S, identity)
        return identity

    def redeem(self, link_secret: str, *, address: str) -> str:
        """Trade a sign-in link for a session.

        Raises:
            Unauthenticated: the link is unknown, used or too old.
            TooManyFailures: wrong links came from this address too often just now.
        """
        try:
            return self._db.write(lambda tx: accounts.redeem_link(tx, self._clock, link_secret))
        except Unauthenticated:
            self._failures.count(address)
            raise

    def forget(self) -> None:
        """Ask the database again for everyone: an account has changed."""
        with self._lock:
            self._epoch += 1
            self._known.clear()


class Failures:
    """At most ``most`` wrong secrets per address in ``window_s`` seconds; those after that are told to wait.

    A right secret is never refused: behind a proxy everybody has one address, and one who guesses must not lock out
    the others. Guessing 32 random bytes comes to nothing at any speed; this keeps it from being tried.
    """

    def __init__(self, *, most: int = 20, window_s: float = 60.0) -> None:
        self._most = most
        self._window_s = window_s
        self._at: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def count(self, address: str) -> None:
        """Count one failure.

        Raises:
            TooManyFailures: there were too many before it.
        """
        with self._lock:
            recent = self._recent(address)
            if len(recent) >= self._most:
                raise TooManyFailures("too many failed sign-ins", hint=f"wait {self._window_s:.0f} seconds")
            recent.append(time.monotonic())
            self._at[address] = recent

    def _recent(self, address: str) -> deque[float]:
        recent = self._at.get(address, deque())
        while recent and recent[0] < time.monotonic() - self._window_s:
            recent.popleft()
        if not recent:
            self._at.pop(address, None)
        return recent


def unknown_caller() -> Unauthenticated:
    """The one answer to whoever is not signed in."""
    return Unauthenticated("sign in first", hint="open a sign-in link: recension people link NAME")
