"""Turning the wheel: events become jobs, jobs become commits, commits are events."""

from __future__ import annotations

from recension.clock import Clock
from recension.db import Database, outbox
from recension.flow.engines import Engine
from recension.flow.job_rows import Job, runnable
from recension.flow.planning import JobId, on_ref
from recension.flow.running import run_job
from recension.store import Store

CONSUMER = "flow"


def plan_events(db: Database, store: Store) -> list[JobId]:
    """Plan jobs for every event not looked at yet; return their ids.

    The place in the outbox moves after an event's jobs are in. A crash in between plans nothing twice, because an
    event plans each run once.
    """
    planned: list[JobId] = []
    while True:
        with db.read() as tx:
            events = outbox.after(tx, outbox.cursor(tx, CONSUMER), 200)
        for event in events:
            if event.topic == "ref":
                planned += on_ref(db, store, event)
        if not events:
            return planned
        _advance(db, events[-1].seq)


def _advance(db: Database, seq: int) -> None:
    db.write(lambda tx: outbox.advance(tx, CONSUMER, seq))


def drain(store: Store, db: Database, clock: Clock, engine: Engine) -> list[Job]:
    """Plan and run, one job after another, until there is nothing left to do; return the jobs run."""
    done: list[Job] = []
    while True:
        plan_events(db, store)
        with db.read() as tx:
            waiting = runnable(tx)
        if not waiting:
            return done
        done.append(run_job(store, db, clock, waiting[0].id, engine))
