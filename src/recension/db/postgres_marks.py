"""Signed transactions: what has become of one whose answer was lost.

A connection that is lost while ``COMMIT`` is under way leaves nobody here knowing whether it happened. So every
writing transaction leaves a mark, in a row that its connection owns. Whoever takes the writers' lock afterwards knows
that the transaction is over, and sees by the mark whether its changes are there; also on a standby that has taken
over, and after a crash. (The number of a transaction would not do: a crash may give it to another.)
"""

from __future__ import annotations

from typing import Final

from recension.db.postgres_session import Session

_LOCK_CLASS: Final = 0x52454353
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS writer_mark(writer TEXT NOT NULL PRIMARY KEY, mark BIGINT NOT NULL, "
    "at TIMESTAMPTZ NOT NULL)"
)
_FORGET: Final = "DELETE FROM writer_mark WHERE at < now() - interval '1 day'"


def prepare_marks(session: Session) -> None:
    """Make the table of marks where it is missing, and drop the marks of connections long gone."""
    there = session.execute("SELECT to_regclass(quote_ident(current_schema()) || '.writer_mark')").fetchall()[0][0]
    if there is None:
        session.execute(f"BEGIN; {_take_lock(session)}; {_TABLE}; COMMIT")
    else:
        session.execute(_FORGET)


def begin_signed(session: Session) -> None:
    """Open the transaction of the one writer: wait for the lock, and leave the mark."""
    session.mark += 1
    session.execute(
        f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {_take_lock(session)}; "
        f"INSERT INTO writer_mark(writer, mark, at) VALUES('{session.name}', {session.mark}, now()) "
        "ON CONFLICT(writer) DO UPDATE SET mark = excluded.mark, at = excluded.at"
    )


def is_in(lost: Session, asking: Session) -> bool:
    """Whether the last transaction that ``lost`` signed has happened; waits until it is over."""
    asking.execute(f"BEGIN; {_take_lock(asking)}")
    try:
        rows = asking.execute("SELECT mark FROM writer_mark WHERE writer = :name", {"name": lost.name}).fetchall()
    finally:
        asking.execute("ROLLBACK")
    return rows == [(lost.mark,)]


def end_backend(lost: Session, asking: Session) -> None:
    """End what serves a connection that is lost to us: it may not have noticed, and would hold the lock."""
    pid, since = lost.backend
    asking.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid = CAST(:pid AS INT) AND backend_start = :since",
        {"pid": pid, "since": since},
    )


def _take_lock(session: Session) -> str:
    return f"SELECT pg_advisory_xact_lock({_LOCK_CLASS}, {session.schema})"
