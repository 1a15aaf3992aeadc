"""Code steps, wired: documents in, jobs planned, jobs run on this machine."""

from __future__ import annotations

import base64
import binascii
import logging
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from recension.db.outbox import Event
from recension.errors import Busy, Invalid
from recension.flow import (
    Created,
    Host,
    Job,
    Pipeline,
    cancel_job,
    create_pipeline,
    delete_pipeline,
    forget_old,
    job,
    on_ref,
    pause_pipeline,
    resume_pipeline,
    run_job,
    runnable,
)
from recension.flow.engines.local import LocalEngine
from recension.server.site import Site

logger = logging.getLogger(__name__)

_TIDY_S: Final = 3600.0


def save_pipeline(at: Site, document: bytes, files: Mapping[str, str], *, author: str, where: str) -> Created:
    """Create the pipeline of a document, or change the one of that name to it.

    Args:
        at: the site.
        document: YAML or JSON.
        files: declared files, base64, by path.
        author: who gives it.
        where: what to call the document in errors.

    Raises:
        Invalid: the document breaks a rule, or a file is no base64; nothing was written.
    """
    content = {path: _decoded(path, text) for path, text in files.items()}
    made = create_pipeline(at.store, at.db, at.clock, document, content, author=author, where=where)
    at.news.publish("pipeline", pipeline=made.pipeline.name)
    at.wake.ring()
    return made


def set_paused(at: Site, name: str, *, paused: bool) -> Pipeline:
    """Let no further job of a pipeline begin, or let them again.

    Raises:
        NotFound: there is no such pipeline.
    """
    found = pause_pipeline(at.db, at.clock, name) if paused else resume_pipeline(at.db, name)
    at.news.publish("pipeline", pipeline=name)
    at.wake.ring()
    return found


def remove_pipeline(at: Site, name: str, *, author: str) -> None:
    """Delete a pipeline; what it has written stays.

    Raises:
        NotFound: there is no such pipeline.
    """
    for ended in delete_pipeline(at.store, at.db, at.clock, name, author=author):
        at.news.publish("job", job=ended.id, pipeline=name)
    at.news.publish("pipeline", pipeline=name)
    at.wake.ring()


def _decoded(path: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("the content is no base64", where=f"files.{path}") from None


def plan_event(at: Site, event: Event) -> None:
    """Plan the jobs that a moved branch calls for; repeating it plans nothing more."""
    for job_id in on_ref(at.db, at.store, event):
        at.news.publish("job", job=job_id)
        at.wake.ring()


def engine_of(at: Site) -> LocalEngine:
    """The engine that runs steps on this machine."""
    home = at.settings.home
    host = Host(scratch=home / "scratch", environments=_environments(home), hidden=(home,))
    return LocalEngine(at.store, host, slots=os.cpu_count() or 1)


def _environments(home: Path) -> Path:
    """The cache of virtual environments: one for all homes of a user, or in the home where there is no user folder."""
    cache = os.environ.get("XDG_CACHE_HOME")
    user = os.environ.get("HOME")
    base = Path(cache) if cache else Path(user) / ".cache" if user else home / "cache"
    return base / "recension" / "environments"


class Jobs:
    """Picks jobs that may run and runs them; several threads may call ``run_next`` at a time."""

    def __init__(self, at: Site) -> None:
        self._at = at
        self._engine = engine_of(at)
        at.live.listen_to(self._engine.talking)
        self._stop = threading.Event()
        self._tidy_at = time.monotonic() + _TIDY_S
        self._taken: set[str] = set()
        self._lock = threading.Lock()

    def run_next(self) -> bool:
        """Run one job to its end; False when there is none to run."""
        chosen = self._take()
        if chosen is None:
            self._tidy()
            return False
        at = self._at
        at.news.publish("job", job=chosen.id, pipeline=chosen.pipeline)
        try:
            at.troubles.attempt(("job", chosen.pipeline, chosen.id), lambda: self._run(chosen))
        finally:
            with self._lock:
                self._taken.discard(chosen.id)
        at.news.publish("job", job=chosen.id, pipeline=chosen.pipeline)
        at.wake.ring()
        return True

    def _run(self, chosen: Job) -> None:
        try:
            run_job(self._at.store, self._at.db, self._at.clock, chosen.id, self._engine, stop=self._stop)
        except Busy:
            logger.info("job waits for an older one", extra={"job": chosen.id})

    def _tidy(self) -> None:
        """Once in a while, when there is nothing to run, forget what is too old."""
        with self._lock:
            if time.monotonic() < self._tidy_at:
                return
            self._tidy_at = time.monotonic() + _TIDY_S
        forget_old(self._at.db, self._at.clock)

    def stop(self) -> None:
        """Let running jobs be; they go on after the next start."""
        self._stop.set()

    def close(self) -> None:
        """Free the engine; processes that still run are ended."""
        self._engine.close()

    def _take(self) -> Job | None:
        with self._lock, self._at.db.read() as tx:
            for found in runnable(tx):
                if found.id not in self._taken and self._at.troubles.is_due("job", found.pipeline, found.id):
                    self._taken.add(found.id)
                    return found
        return None


def cancel(at: Site, job_id: str) -> None:
    """Ask a job to end; one that has ended stays as it is.

    Raises:
        NotFound: there is no such job.
    """
    cancel_job(at.db, at.clock, job_id)
    with at.db.read() as tx:
        found = job(tx, job_id)
    at.news.publish("job", job=job_id, pipeline=found.pipeline)
    at.wake.ring()
