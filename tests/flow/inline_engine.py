"""A second engine: it computes outputs in the calling thread, and can lose what it was given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from recension.flow.engines import Session
from recension.flow.layout import entries_of
from recension.flow.work import DatumRef, DatumState, Outcome, Step
from recension.store import Entry, Store, Upload

Seen = dict[str, dict[str, bytes]]
"""Content by input name and path."""
Work = Callable[[Seen], dict[str, bytes]]


class InlineEngine:
    """Runs ``work`` instead of the step's command; every ``lose``-th datum is lost once."""

    slots = 2
    python = "3.11"

    def __init__(self, store: Store, work: Work, *, lose: int = 0) -> None:
        self.store = store
        self.work = work
        self.lose = lose
        self.ran = 0

    def prepare(
        self, requirements: Sequence[str] | None, lock: str | None, report: Callable[[str], None], stop: threading.Event
    ) -> str | None:
        return lock if requirements is None else "\n".join(requirements)

    def open(self, step: Step) -> Session:
        return InlineSession(self)

    def talking(self, job: str) -> dict[str, bytes]:
        return {}

    def close(self) -> None:
        pass


class InlineSession:
    def __init__(self, engine: InlineEngine) -> None:
        self.engine = engine
        self.pending: list[Outcome] = []
        self.lost: set[str] = set()

    def submit(self, batch: Sequence[DatumRef]) -> None:
        with self.engine.store.upload() as upload:
            done = [self.run(datum, upload) for datum in batch]
        self.pending += done

    def poll(self, timeout_s: float) -> list[Outcome]:
        found, self.pending = self.pending, []
        return found

    def close(self) -> None:
        pass

    def run(self, datum: DatumRef, upload: Upload) -> Outcome:
        engine = self.engine
        engine.ran += 1
        if engine.lose and engine.ran % engine.lose == 0 and datum.id not in self.lost:
            self.lost.add(datum.id)
            return Outcome(datum.id, datum.key, DatumState.LOST, error="the worker is gone")
        seen = {
            ref.name: {
                entry.path: engine.store.open_blob(entry.blob)
                for entry in entries_of(engine.store, ref, engine.store.commit)
            }
            for ref in datum.inputs
        }
        made = engine.work(seen)
        entries = [Entry(path, upload.add_bytes(body), len(body)) for path, body in made.items()]
        output = engine.store.tree.build(entries, upload)
        return Outcome(datum.id, datum.key, DatumState.SUCCESS, output=output, files=len(entries), attempts=1)
