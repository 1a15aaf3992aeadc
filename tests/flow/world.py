"""A small world for tests of pipelines: a real home, a real engine, and few words to say what happens in it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import recension.store as storing
from recension import flow
from recension.clock import SystemClock
from recension.db import migrate
from recension.flow import Host, Job
from recension.flow.engines.local import LocalEngine
from recension.flow.sandbox import Sandbox
from recension.store import Commit, Delete, Put, Store


class World:
    """A home with an engine."""

    def __init__(self, home: Path, host: Host, *, slots: int = 2, sandbox: Sandbox | None = None) -> None:
        self.clock = SystemClock()
        self.store = Store.open(home, create=True, clock=self.clock)
        self.db = self.store.db
        migrate(self.db, [*storing.MIGRATIONS, *flow.MIGRATIONS])
        self.engine = LocalEngine(self.store, host, slots=slots, sandbox=sandbox)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()
        self.store.close()

    def put(self, address: str, files: Mapping[str, str | None], *, global_id: Any = None) -> Commit:
        """Commit files to ``repo@branch``; ``None`` deletes. The repo is made when it is missing."""
        repo, _, branch = address.partition("@")
        if repo not in {one.name for one in self.store.repos()}:
            self.store.create_repo(repo)
        with self.store.upload() as upload:
            edits = [
                Delete(path) if text is None else Put(path, upload.add_bytes(text.encode()), len(text.encode()))
                for path, text in files.items()
            ]
            return self.store.write(repo, branch or "main", edits, upload=upload, global_id=global_id)

    def pipeline(
        self, name: str, inputs: Mapping[str, Any], cmd: list[str], files: Mapping[str, str] | None = None, **top: Any
    ) -> flow.Created:
        """Create or change a pipeline; ``transform`` among ``top`` adds to the transform."""
        files = files or {}
        command = {"cmd": cmd} if cmd else {}
        transform = {**command, "files": sorted(files), **top.pop("transform", {})}
        spec = {"pipeline": {"name": name}, "input": inputs, "transform": transform, **top}
        bodies = {path: text.encode() for path, text in files.items()}
        return flow.create_pipeline(self.store, self.db, self.clock, json.dumps(spec).encode(), bodies)

    def drain(self) -> list[Job]:
        """Run everything that follows from what happened."""
        return flow.drain(self.store, self.db, self.clock, self.engine)

    def drain_well(self) -> list[Job]:
        """Like :meth:`drain`, when nothing may fail."""
        jobs = self.drain()
        assert [(job.state, job.reason) for job in jobs] == [("success", None)] * len(jobs)
        return jobs

    def files(self, address: str) -> dict[str, str]:
        """Every file of a commit as text."""
        commit = self.store.resolve(address)
        return {entry.path: self.store.open_blob(entry.blob).decode() for entry in self.store.walk(commit)}

    def jobs(self, pipeline: str | None = None) -> list[Job]:
        """Jobs, newest first."""
        with self.db.read() as tx:
            return flow.jobs(tx, pipeline)

    def job(self, job_id: str) -> Job:
        with self.db.read() as tx:
            return flow.job(tx, job_id)

    def logs(self, job_id: str, datum: str | None = None) -> list[str]:
        with self.db.read() as tx:
            return list(flow.logs(self.store, tx, job_id, datum))

    def explain(self, job_id: str) -> list[flow.Reason]:
        with self.db.read() as tx:
            return flow.explain(self.store, tx, job_id)


def pfs(repo: str, glob: str, **fields: Any) -> dict[str, Any]:
    """A pfs input."""
    return {"pfs": {"repo": repo, "glob": glob, **fields}}


UPPER = ["sh", "-c", 'cd /pfs; for f in texts/*; do tr a-z A-Z < "$f" > "out/$(basename "$f")"; done']
"""Copies the files of input ``texts`` in capitals."""


def wait_until(condition: Any, seconds: float = 20) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
