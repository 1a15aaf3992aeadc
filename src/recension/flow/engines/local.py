"""The default engine: steps as processes of this machine, a fixed number at a time."""

from __future__ import annotations

import logging
import os
import queue
import shutil
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

from recension.errors import RecensionError
from recension.flow import environments
from recension.flow.engines import Session
from recension.flow.host import Host, python_version
from recension.flow.perform import Performer
from recension.flow.sandbox import Sandbox
from recension.flow.work import DatumRef, DatumState, Outcome, Step
from recension.store import Store

logger = logging.getLogger(__name__)

FLUSH_S: Final = 2.0
"""Outcomes of a batch that takes longer are made durable and reported in parts."""


class LocalEngine:
    """Runs each datum in a process of its own.

    A slot is a thread: it lays out a datum, starts the process, waits, and stores what came out. The threads spend
    their time waiting and in calls that release the interpreter.
    """

    def __init__(self, store: Store, host: Host, *, slots: int, sandbox: Sandbox | None = None) -> None:
        self.slots = slots
        self.python = python_version()
        self.sandbox = sandbox or Sandbox(host)
        self._store = store
        self._host = host
        self._pool = ThreadPoolExecutor(slots, thread_name_prefix="step")
        self._sessions: dict[str, LocalSession] = {}

    def prepare(
        self,
        requirements: Sequence[str] | None,
        lock: str | None,
        report: Callable[[str], None],
        stop: threading.Event,
    ) -> str | None:
        """Build the virtual environment when the cache lacks it; return its lock."""
        return environments.ensure(self._host, requirements, lock, report, stop).lock

    def open(self, step: Step) -> Session:
        """Begin to run datums of a job; its environment is in the cache by now, or built in silence."""
        stop = threading.Event()
        requirements = step.spec.transform.requirements
        environment = environments.ensure(self._host, requirements, step.lock, _ignore, stop)
        scratch = self._host.scratch / step.job
        performer = Performer(self._store, self._host, self.sandbox, step, environment, scratch)
        session = LocalSession(self._store, performer, scratch, self._pool, stop)
        live = {job: one for job, one in self._sessions.copy().items() if not one.closed}
        self._sessions = {**live, step.job: session}
        return session

    def talking(self, job: str) -> dict[str, bytes]:
        """What a job's running datums have said so far."""
        session = self._sessions.get(job)
        return {} if session is None or session.closed else session.talking()

    def close(self) -> None:
        """End all sessions; processes are killed."""
        for session in list(self._sessions.values()):
            session.close()
        self._pool.shutdown(wait=True)


def _ignore(_: str) -> None:
    """A build that was reported before is not reported again."""


class LocalSession:
    """One job on the local engine; its scratch folder lives as long as the session."""

    def __init__(
        self, store: Store, performer: Performer, scratch: Path, pool: ThreadPoolExecutor, stop: threading.Event
    ) -> None:
        self._store = store
        self._pool = pool
        self._stop = stop
        self._outcomes: queue.SimpleQueue[list[Outcome]] = queue.SimpleQueue()
        self._scratch = scratch
        self._performer = performer
        self._lock = threading.Lock()
        self._busy = 0
        self._idle = threading.Condition(self._lock)
        self.closed = False
        if scratch.exists():
            _end_leftovers(scratch)
            _remove(scratch)

    def submit(self, batch: Sequence[DatumRef]) -> None:
        """Queue a batch."""
        with self._lock:
            self._busy += 1
        self._pool.submit(self._run, list(batch))

    def poll(self, timeout_s: float) -> list[Outcome]:
        """The outcomes since the last call."""
        found: list[Outcome] = []
        try:
            found += self._outcomes.get(timeout=timeout_s)
            while True:
                found += self._outcomes.get_nowait()
        except queue.Empty:
            return found

    def close(self) -> None:
        """Kill what is running, wait for it to be gone, and remove the scratch folder."""
        self._stop.set()
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0)
        _remove(self._scratch)
        self.closed = True

    def talking(self) -> dict[str, bytes]:
        """What running datums have said so far."""
        return self._performer.talking()

    def _run(self, batch: list[DatumRef]) -> None:
        try:
            while batch:
                done = self._run_some(batch)
                self._outcomes.put(done)
                batch = batch[len(done) :]
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _run_some(self, batch: list[DatumRef]) -> list[Outcome]:
        """Run the first datums of a batch until it is time to report; what is reported is durable."""
        done: list[Outcome] = []
        started = time.monotonic()
        try:
            with self._store.upload() as upload:
                for datum in batch:
                    done.append(self._performer.run(datum, self._scratch / datum.id, upload, self._stop))
                    if time.monotonic() - started > FLUSH_S:
                        break
        except Exception as error:  # a defect too: a job whose datums never come back waits for ever
            text = str(error)
            if not isinstance(error, (RecensionError, OSError)):
                logger.exception("a batch of datums met a defect")
                text = f"{type(error).__name__}: {error}"
            # Nothing of it is durable: all of it is lost, the datum that was never begun included.
            return [Outcome(datum.id, datum.key, DatumState.LOST, error=text) for datum in batch]
        return done


def _end_leftovers(scratch: Path) -> None:
    """Kill what a killed engine left running for the job.

    A step ends with its engine, but for the first instants of its sandbox: bubblewrap starts the command a moment
    before it binds its own life to its parent's. Its command line names the job's folder.
    """
    mark = f"{scratch}/".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
