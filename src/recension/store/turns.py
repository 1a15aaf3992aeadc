"""Who wants to write to a branch waits for their turn: losing a race means to have packed and flushed in vain.

Threads of one process always take turns. Processes do so where they have got in each other's way lately; where they
have not, nobody pays for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

from recension.db import Database

BranchKey = tuple[str, str, str]
"""Workspace, repo and branch."""

_CONTENDED_S: Final = 5.0
"""For how long a lost race lets us expect the next."""


class Turns:
    """The turns of every branch of a store; safe to share between threads."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._locks: dict[BranchKey, threading.Lock] = {}
        self._contended: dict[BranchKey, float] = {}

    @contextmanager
    def take(self, branches: Sequence[BranchKey]) -> Iterator[Turn]:
        """Have the turn of some branches, given in order."""
        with ExitStack() as held:
            for key in branches:
                held.enter_context(self._locks.setdefault(key, threading.Lock()))
            turn = Turn(self._db, branches, held, self._contended)
            if any(self._contended.get(key, 0.0) > time.monotonic() for key in branches):
                turn.keep_others_out()
            yield turn


class Turn:
    """A turn that is ours among the threads of this process."""

    def __init__(
        self, db: Database, branches: Sequence[BranchKey], held: ExitStack, contended: dict[BranchKey, float]
    ) -> None:
        self._db = db
        self._branches = branches
        self._held = held
        self._contended = contended
        self._alone = False

    def lost(self) -> None:
        """Another process was quicker: from now on it waits for us, or we for it."""
        until = time.monotonic() + _CONTENDED_S
        self._contended.update(dict.fromkeys(self._branches, until))
        self.keep_others_out()

    def keep_others_out(self) -> None:
        """Have the turn among all processes as well."""
        if not self._alone:
            self._alone = True
            self._held.enter_context(self._db.turns(["/".join(key) for key in self._branches]))
