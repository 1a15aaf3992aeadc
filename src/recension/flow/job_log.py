"""What a job and its datums said."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from recension.clock import Clock
from recension.db import Database, Tx
from recension.errors import NotFound
from recension.flow.datums import describe
from recension.flow.job_rows import Job, job
from recension.flow.memo import recall
from recension.ids import BlobId
from recension.store import Store

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


def logs(store: Store, tx: Tx, job_id: str, datum: str | None = None) -> Iterator[str]:
    """The lines of a job: about itself, then what each datum wrote that it ran.

    Args:
        store: where the texts are.
        tx: a transaction to read in.
        job_id: the job.
        datum: only this datum, by its id or the beginning of it.

    Raises:
        NotFound: there is no such job, or it has no such datum.
    """
    of = job(tx, job_id)
    if datum is None:
        rows = tx.execute("SELECT line FROM job_log WHERE job = :job ORDER BY line_number", {"job": job_id})
        yield from (row[0] for row in rows)
        if of.reason:
            yield f"{of.state}: {of.reason}"
    found = False
    for id_, text, state, log, error in tx.execute(
        "SELECT datum, label, state, log, error FROM job_datum WHERE job = :job ORDER BY state, datum", {"job": job_id}
    ):
        if datum is not None and not id_.startswith(datum):
            continue
        found = True
        yield f"== datum {id_} {describe(text)}: {state}" + (f", {error}" if error else "")
        yield from _lines(store, log)
    if datum is not None and not found:
        yield from _skipped(store, tx, of, datum)


def _skipped(store: Store, tx: Tx, of: Job, datum: str) -> Iterator[str]:
    """What a datum said when another job ran it."""
    records = () if of.datums is None else store.tree.walk(of.datums, prefix="/datums")
    record = next((one for one in records if one.path.rpartition("/")[2].startswith(datum)), None)
    if record is None:
        raise NotFound(f"job {of.id} has no datum {datum!r}", where="datum")
    known = recall(tx, [record.blob]).get(record.blob)
    if known is None:
        return
    yield f"== datum {record.path.rpartition('/')[2]}: skipped, run by job {known.job}"
    yield from _lines(store, known.log)


def _lines(store: Store, log: bytes | None) -> Iterator[str]:
    if log is not None:
        yield from store.open_blob(BlobId(log)).decode(errors="replace").splitlines()
