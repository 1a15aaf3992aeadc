"""What a running job has at hand, and what may end it from outside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from recension.clock import Clock
from recension.db import Database
from recension.flow.job_log import JobLog
from recension.flow.job_rows import Job, job
from recension.flow.states import JobEvent
from recension.store import Store

_TICK_S: Final = 0.25


class JobEnded(Exception):
    """The job comes to nothing, for a reason that is told to its author."""

    def __init__(self, event: JobEvent, reason: str) -> None:
        super().__init__(reason)
        self.event = event
        self.reason = reason


class Interrupted(Exception):
    """The process is to end; the job goes on when it is run again."""


@dataclass(frozen=True, slots=True)
class Context:
    """The rooms and things that a job works with."""

    store: Store
    db: Database
    clock: Clock
    log: JobLog
    job: Job


class Watch:
    """Sees to it that a job ends when it is told to, or its time is up.

    ``halt`` is set as soon as there is a reason; :meth:`check` raises it.
    """

    def __init__(self) -> None:
        self.halt = threading.Event()
        self._reason: Exception | None = None

    def end(self, reason: Exception) -> None:
        """Give a reason to end; the first one counts."""
        self._reason = self._reason or reason
        self.halt.set()

    def check(self) -> None:
        """Go on, unless there is a reason not to.

        Raises:
            Interrupted: the process is to end.
            JobEnded: the job was cancelled, or its time is up.
        """
        if self._reason is not None:
            raise self._reason


@contextmanager
def watching(context: Context, stop: threading.Event, timeout_s: float | None) -> Iterator[Watch]:
    """Watch over a job in the background, until the context is left."""
    watch = Watch()
    over = threading.Event()

    def look() -> None:
        waited_s = 0.0
        while not over.wait(_TICK_S):
            waited_s += _TICK_S
            if stop.is_set():
                watch.end(Interrupted())
            elif timeout_s is not None and waited_s > timeout_s:
                watch.end(JobEnded(JobEvent.FAIL, f"the job did not end within {timeout_s:g} s"))
            else:
                with context.db.read() as tx:
                    if job(tx, context.job.id).kill_wanted:
                        watch.end(JobEnded(JobEvent.KILL, "cancelled"))

    thread = threading.Thread(target=look, name=f"watch-{context.job.id}", daemon=True)
    thread.start()
    try:
        if stop.is_set():
            watch.end(Interrupted())
        yield watch
    finally:
        over.set()
        thread.join()
