"""Pausing, resuming and deleting pipelines."""

from __future__ import annotations

from recension.clock import Clock
from recension.db import Database, Tx
from recension.errors import NotFound
from recension.flow.job_rows import Job, job, move, unfinished
from recension.flow.pipeline_rows import SPECS, Pipeline, pipeline
from recension.flow.planning import strand
from recension.flow.states import JobEvent, JobState
from recension.ids import DEFAULT_WORKSPACE
from recension.store import Commit, DeleteFolder, Store

_DELETED = "its pipeline was deleted"


def pause_pipeline(db: Database, clock: Clock, name: str, *, workspace: str = DEFAULT_WORKSPACE) -> Pipeline:
    """Run no further job of a pipeline until it is resumed; one that has begun goes on to its end.

    What calls for a run meanwhile is kept: nothing downstream mixes commits of different cascades because of a pause.

    Raises:
        NotFound: there is no such pipeline.
    """
    return _set_paused(db, name, workspace, clock.now_us())


def resume_pipeline(db: Database, name: str, *, workspace: str = DEFAULT_WORKSPACE) -> Pipeline:
    """Let a pipeline run again: first what was called for meanwhile, in that order.

    Raises:
        NotFound: there is no such pipeline.
    """
    return _set_paused(db, name, workspace, None)


def _set_paused(db: Database, name: str, workspace: str, paused_us: int | None) -> Pipeline:
    def write(tx: Tx) -> Pipeline:
        if (pipeline(tx, name, workspace=workspace).paused_us is None) != (paused_us is None):
            tx.execute(
                "UPDATE pipeline SET paused_us = :paused WHERE workspace = :workspace AND name = :name",
                {"paused": paused_us, "workspace": workspace, "name": name},
            )
        return pipeline(tx, name, workspace=workspace)

    return db.write(write)


def delete_pipeline(
    store: Store, db: Database, clock: Clock, name: str, *, author: str = "", workspace: str = DEFAULT_WORKSPACE
) -> list[Job]:
    """Delete a pipeline; return the jobs that came to nothing because of it.

    Its specification leaves the repo ``pipelines`` with a commit, so every version stays in its history. What it has
    written stays as a repo that anybody may write to, or delete; so does what is known of its jobs and datums.

    Raises:
        NotFound: there is no such pipeline.
    """
    with db.read() as tx:
        found = pipeline(tx, name, workspace=workspace)
    ended: list[Job] = []

    def remove(tx: Tx, _commit: Commit) -> None:
        row = {"workspace": workspace, "name": name}
        if tx.execute("DELETE FROM pipeline WHERE workspace = :workspace AND name = :name", row).rowcount != 1:
            raise NotFound(f"there is no pipeline {name!r}", where="pipeline", hint="somebody else has deleted it")
        ended[:] = _end_jobs(tx, found, clock.now_us())

    store.write(
        SPECS,
        "main",
        [DeleteFolder(f"/{name}")],
        message=f"delete pipeline {name}",
        author=author,
        workspace=workspace,
        meta={"pipeline": name},
        also=remove,
    )
    for one in ended:
        if one.finished:
            strand(db, store, clock, one)
    return ended


def _end_jobs(tx: Tx, of: Pipeline, at_us: int) -> list[Job]:
    """End the jobs that have not begun; those that run are told to end."""
    mine = [one for one in unfinished(tx) if (one.workspace, one.pipeline) == (of.workspace, of.name)]
    for one in mine:
        if one.state is JobState.CREATED:
            move(tx, one.id, JobEvent.KILL, at_us, reason=_DELETED)
        else:
            tx.execute("UPDATE job SET kill_wanted = 1 WHERE id = :id", {"id": one.id})
    return [job(tx, one.id) for one in mine]
