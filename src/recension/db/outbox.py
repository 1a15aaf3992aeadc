"""The outbox: events written in the very transaction that made them true, read later by whoever cares.

Consumers keep their own place with :func:`cursor` and :func:`advance`, in the transaction that holds what they did
about the event; so nothing is missed and nothing is done twice. What all of them are past is removed after a while.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from recension.clock import SystemClock
from recension.db.tx import Tx
from recension.slotted import frozen

OUTBOX_SQL: Final = """
CREATE TABLE outbox(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  topic TEXT NOT NULL,
  body TEXT NOT NULL,
  at_us BIGINT NOT NULL
);
CREATE TABLE outbox_cursor(
  consumer TEXT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL
);
"""


@frozen
class Event:
    """Something that has happened. ``seq`` grows with every event and is never used again."""

    seq: int
    topic: str
    body: Mapping[str, Any]
    at_us: int


def append(tx: Tx, topic: str, body: Mapping[str, Any], *, at_us: int | None = None) -> int:
    """Write an event that becomes visible with the transaction; return its ``seq``."""
    row = {
        "topic": topic,
        "body": json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        "at": SystemClock().now_us() if at_us is None else at_us,
    }
    sql = "INSERT INTO outbox(topic, body, at_us) VALUES(:topic, :body, :at) RETURNING seq"
    seq: int = tx.execute(sql, row).scalar()
    return seq


def after(tx: Tx, seq: int, limit: int = 1000) -> list[Event]:
    """The events after ``seq``, oldest first, at most ``limit``."""
    rows = tx.execute(
        "SELECT seq, topic, body, at_us FROM outbox WHERE seq > :seq ORDER BY seq LIMIT :limit",
        {"seq": seq, "limit": limit},
    )
    return [Event(number, topic, json.loads(body), at_us) for number, topic, body, at_us in rows]


def latest(tx: Tx) -> int:
    """The ``seq`` of the newest event; 0 when there is none."""
    seq: int = tx.execute("SELECT COALESCE(MAX(seq), 0) FROM outbox").scalar()
    return seq


def cursor(tx: Tx, consumer: str) -> int:
    """How far the consumer has come; 0 at first."""
    seq: int | None = tx.execute("SELECT seq FROM outbox_cursor WHERE consumer = :name", {"name": consumer}).scalar()
    return seq or 0


def advance(tx: Tx, consumer: str, seq: int) -> None:
    """Note that the consumer has dealt with everything up to ``seq``; never moves back."""
    tx.execute(
        "INSERT INTO outbox_cursor(consumer, seq) VALUES(:name, :seq) "
        "ON CONFLICT(consumer) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > outbox_cursor.seq",
        {"name": consumer, "seq": seq},
    )


def trim(tx: Tx, consumers: Iterable[str], *, before_us: int, keep: int, limit: int = 10_000) -> int:
    """Remove old events that every consumer is past; return how many, at most ``limit``.

    Args:
        tx: the transaction.
        consumers: who has to be past an event, with whoever has a place in the outbox.
        before_us: events from this time on stay.
        keep: so many of the newest stay, the newest of all in any case: numbers are never used again.
        limit: so many at once, so that nobody waits for long.
    """
    known = {name for (name,) in tx.execute("SELECT consumer FROM outbox_cursor")} | set(consumers)
    past = min((cursor(tx, name) for name in known), default=0)
    row = {"past": min(past, latest(tx) - max(keep, 1)), "before": before_us, "limit": limit}
    last = tx.execute(
        "SELECT MAX(seq) FROM (SELECT seq FROM outbox WHERE seq <= :past AND at_us < :before ORDER BY seq "
        "LIMIT :limit) AS old",
        row,
    ).scalar()
    if last is None:
        return 0
    return tx.execute("DELETE FROM outbox WHERE seq <= :last AND at_us < :before", {**row, "last": last}).rowcount
