"""What the server does by itself: it follows the outbox, publishes, takes back pages, and runs jobs.

Each loop is a thread that looks, works and sleeps until the bell rings or its time is up. What one look finds can be
found again: every piece of work is idempotent, so a loop may be killed anywhere and simply looks again. Trouble with
one project, pipeline or job is that one's alone (``troubles``).

An event is dealt with by two consumers, each with its own place in the outbox: ``people`` brings projects to the new
input, ``flow`` plans jobs. A home's first start reads the outbox from its beginning, and so takes in what was
committed before there was a server.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Final, Self

from recension.crowd.following import catch_up, on_ref
from recension.crowd.leases import expire_pages
from recension.crowd.publication import publish
from recension.crowd.registry import projects
from recension.crowd.release import Due, due_publications
from recension.db import outbox
from recension.db.outbox import Event
from recension.flow.loop import CONSUMER
from recension.server import backends, bulk_work, upkeep
from recension.server.people import means_of
from recension.server.pipelines import Jobs, plan_event
from recension.server.site import Site

logger = logging.getLogger(__name__)

LOOK_S: Final = 0.2
"""Commits of other processes ring no bell here; they are noticed within this time."""
_EXPIRE_S: Final = 1.0
_PUBLISH_S: Final = 0.5
_RECONCILE_S: Final = 1.0
_JOBS_S: Final = 1.0
_DUE_S: Final = 1.0
_BACKENDS_S: Final = 1.0
_BULK_S: Final = 1.0
_TRIM_S: Final = 60.0
_FOLD_S: Final = 30.0
JOBS_AT_ONCE: Final = 2
_GIVE_UP_AFTER: Final = 20
_JOIN_S: Final = 10.0


class Loops:
    """All loops, from ``with`` to its end."""

    def __init__(self, at: Site) -> None:
        self._at = at
        self._jobs = Jobs(at)
        self._behind = threading.Event()
        self._behind.set()  # after a start every project is compared with the heads it follows
        self._threads = [
            threading.Thread(target=self._repeat, args=(work, every_s), name=name, daemon=True)
            for name, work, every_s in (
                ("people", self._follow_people, LOOK_S),
                ("pipelines", self._follow_pipelines, LOOK_S),
                ("reconcile", self._reconcile, _RECONCILE_S),
                ("publish", self._publish, _PUBLISH_S),
                ("expire", self._expire, _EXPIRE_S),
                ("staged", partial(upkeep.commit_staged, at), _DUE_S),
                ("triggers", partial(upkeep.fire_triggers, at), _DUE_S),
                ("folds", partial(upkeep.fold_heads, at), _FOLD_S),
                ("events", upkeep.Trimming(at), _TRIM_S),
                ("backends", partial(backends.look, at), _BACKENDS_S),
                ("bulk", partial(bulk_work.look, at), _BULK_S),
                *((f"jobs-{number}", self._run_jobs, _JOBS_S) for number in range(JOBS_AT_ONCE)),
            )
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._at.wake.stop()
        self._jobs.stop()
        for thread in self._threads:
            thread.join(_JOIN_S)
        self._jobs.close()

    def _repeat(self, work: Callable[[], None], every_s: float) -> None:
        heard = -1
        name = threading.current_thread().name
        while not self._at.wake.stopping:
            if self._at.troubles.is_due("loop", name):
                self._at.troubles.attempt(("loop", name), work)
            heard = self._at.wake.sleep(every_s, heard)

    def _follow_people(self) -> None:
        events = self._next_events(upkeep.PEOPLE)
        for event in events:
            if event.topic == "ref":
                self._take_in(event)
                self._tell(event)
        if events:  # a crash before this only has the same events taken in again
            self._advance(upkeep.PEOPLE, events[-1])

    def _take_in(self, event: Event) -> None:
        take_in = partial(on_ref, means_of(self._at), event.body, event=event.seq)
        if not self._at.troubles.attempt(("intake",), take_in):
            self._behind.set()

    def _follow_pipelines(self) -> None:
        for event in self._next_events(CONSUMER):
            if not self._plan(event):
                return
            self._advance(CONSUMER, event)

    def _plan(self, event: Event) -> bool:
        """Plan the jobs of an event; False when it has to be tried again before any later one."""
        subject = ("pipelines", str(event.seq))
        if not self._at.troubles.is_due(*subject):
            return False
        if self._at.troubles.attempt(subject, partial(plan_event, self._at, event)):
            return True
        if self._at.troubles.tries(*subject) < _GIVE_UP_AFTER:
            return False
        logger.error("event left out", extra={"seq": event.seq, "body": dict(event.body)})
        self._at.troubles.forget(*subject)
        return True

    def _reconcile(self) -> None:
        """Compare projects with the heads they follow, after a start and after trouble."""
        if not self._behind.is_set():
            return
        self._behind.clear()
        with self._at.db.read() as tx:
            found = projects(tx)
        for each in found:
            subject = ("project", each.name)
            work = partial(catch_up, means_of(self._at), project_id=each.id)
            if not (self._at.troubles.is_due(*subject) and self._at.troubles.attempt(subject, work)):
                self._behind.set()

    def _publish(self) -> None:
        with self._at.db.read() as tx:
            due = due_publications(tx, self._at.clock)
            names = {each.id: each.name for each in projects(tx)} if due else {}
        if due:
            _load_publishing()
        for each in due:
            subject = ("publication", names[each.project_id], each.branch, each.target)
            if self._at.wake.stopping:
                return
            if self._at.troubles.is_due(*subject):
                self._at.troubles.attempt(subject, partial(self._publish_one, each, names[each.project_id]))

    def _publish_one(self, due: Due, name: str) -> None:
        at = self._at
        made = publish(at.db, at.store, at.clock, due.project_id, due.branch, target=due.target)
        if made is not None:
            at.news.publish("publication", project=name, repo=made.repo, branch=made.branch)
            at.wake.ring()

    def _expire(self) -> None:
        if expire_pages(self._at.db, self._at.clock):
            self._at.news.publish("page")
            self._at.wake.ring()

    def _run_jobs(self) -> None:
        while not self._at.wake.stopping and self._jobs.run_next():
            pass

    def _next_events(self, consumer: str) -> list[Event]:
        with self._at.db.read() as tx:
            return outbox.after(tx, outbox.cursor(tx, consumer), 100)

    def _advance(self, consumer: str, event: Event) -> None:
        self._at.db.write(lambda tx: outbox.advance(tx, consumer, event.seq))

    def _tell(self, event: Event) -> None:
        names = ("workspace", "repo", "branch", "kind")
        self._at.news.publish("ref", **{name: event.body.get(name) for name in names})


def _load_publishing() -> None:
    """Import what publications use: the time that takes would make the first look slow, and the next wait for long."""
    importlib.import_module("recension.consensus")
    # the first conversion of a list imports pandas where that is installed
    importlib.import_module("pyarrow.parquet")
    importlib.import_module("pyarrow").array([0])
