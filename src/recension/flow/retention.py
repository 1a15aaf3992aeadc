"""How long is kept what jobs said: without an end, logs would grow for ever.

What is worked out once stays known, however long ago (``memo``), and so does every job with its inputs, output and
counts. What goes after a while is the text of logs, and the record of the single datums of jobs that a newer one has
succeeded.
"""

from __future__ import annotations

from typing import Final

from recension.clock import Clock
from recension.db import Database, Tx
from recension.flow.states import UNFINISHED

KEEP_S: Final = 90 * 24 * 3600
_AT_ONCE: Final = 200
_UNFINISHED: Final = ", ".join(f"'{state}'" for state in sorted(UNFINISHED))
_OLD_JOBS: Final = (
    f"SELECT id FROM job WHERE state NOT IN ({_UNFINISHED}) AND finished_us < :before "
    "AND number NOT IN "
    "(SELECT MAX(number) FROM job WHERE state = 'success' GROUP BY workspace, pipeline, branch) "
    "AND (EXISTS (SELECT 1 FROM job_log WHERE job_log.job = job.id) "
    "OR EXISTS (SELECT 1 FROM job_datum WHERE job_datum.job = job.id) OR datums IS NOT NULL) "
    "ORDER BY number LIMIT :limit"
)
_OLD_LOGS: Final = (
    "UPDATE memo SET log = NULL WHERE key IN "
    "(SELECT key FROM memo WHERE log IS NOT NULL AND at_us < :before ORDER BY at_us LIMIT :limit)"
)


def forget_old(db: Database, clock: Clock, *, keep_s: float = KEEP_S) -> int:
    """Forget logs, and the single datums of superseded jobs, that are older than ``keep_s``; return how many jobs.

    The space comes back with the next collection. Each transaction is a short one; this may be ended anywhere.
    """
    before = {"before": clock.now_us() - int(keep_s * 1_000_000), "limit": _AT_ONCE}
    forgotten = 0

    def jobs(tx: Tx) -> int:
        old = [{"id": row[0]} for row in tx.execute(_OLD_JOBS, before)]
        for table in ("job_log", "job_datum", "job_read"):
            tx.executemany(f"DELETE FROM {table} WHERE job = :id", old)
        tx.executemany("UPDATE job SET datums = NULL WHERE id = :id", old)
        return len(old)

    def logs(tx: Tx) -> int:
        return tx.execute(_OLD_LOGS, before).rowcount

    while done := db.write(jobs):
        forgotten += done
    while db.write(logs):
        pass
    return forgotten
