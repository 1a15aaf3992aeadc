"""Writing down what happens to a job as a whole."""

from __future__ import annotations

import threading

from recension.clock import Clock
from recension.db import Database, Tx

_GROUP = 20


class JobLog:
    """Lines about a job as a whole; kept in groups, so that a talkative installer does not cost a flush a line."""

    def __init__(self, db: Database, clock: Clock, job_id: str) -> None:
        self._db = db
        self._clock = clock
        self._job = job_id
        self._lock = threading.Lock()
        self._pending: list[tuple[int, str]] = []

    def add(self, line: str) -> None:
        """Add a line."""
        with self._lock:
            self._pending.append((self._clock.now_us(), line))
            full = len(self._pending) >= _GROUP
        if full:
            self.flush()

    def flush(self) -> None:
        """Make the lines so far durable and visible."""
        with self._lock:
            lines, self._pending = self._pending, []
        if not lines:
            return

        def insert(tx: Tx) -> None:
            number = tx.execute(
                "SELECT COALESCE(MAX(line_number), 0) FROM job_log WHERE job = :job", {"job": self._job}
            ).scalar()
            tx.executemany(
                "INSERT INTO job_log(job, line_number, at_us, line) VALUES(:job, :number, :at, :line)",
                [
                    {"job": self._job, "number": number + offset, "at": at_us, "line": line}
                    for offset, (at_us, line) in enumerate(lines, 1)
                ],
            )

        self._db.write(insert)
