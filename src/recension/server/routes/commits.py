"""Single commits, their family tree, and everything that one change caused."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from recension.clock import iso
from recension.db import outbox
from recension.errors import Invalid
from recension.flow import JobState, jobs_of_global_id
from recension.flow.loop import CONSUMER
from recension.ids import CommitId, GlobalId, is_commit_id
from recension.server.access import Identity, Need
from recension.server.deps import At, Caller
from recension.server.lineage import lineage
from recension.server.routes.pipeline_shapes import job_shape
from recension.server.routes.shapes import commit_shape
from recension.server.site import Site
from recension.server.wire import overview, repos
from recension.store import Commit, Store
from recension.store.cascades import cascades

router = APIRouter(prefix="/api/v1", tags=["commits"])
Limit = Annotated[int, Query(ge=1, le=1000)]
_LOOK_S: Final = 0.2
_ENDED: Final = frozenset({JobState.SUCCESS, JobState.FAILURE, JobState.KILLED, JobState.UNRUNNABLE})


@router.get("/commits/{commit_id}")
def inspect(commit_id: str, who: Caller, at: At) -> repos.Commit:
    """One commit."""
    return commit_shape(at.store, _readable(at.store, who, commit_id))


@router.get("/commits/{commit_id}/lineage")
def family(commit_id: str, who: Caller, at: At) -> overview.Lineage:
    """What a commit was made from and what was made from it, with the steps between."""
    who.require(Need.READ_DATA)
    return lineage(at.store, _readable(at.store, who, commit_id).id)


@router.get("/commits/{commit_id}/provenance")
def provenance(
    commit_id: str, who: Caller, at: At, *, towards: Literal["sources", "results"] = "sources", direct: bool = True
) -> list[repos.Commit]:
    """The commits that a commit was made from, or that were made from it; of those, what the caller may read."""
    start = _readable(at.store, who, commit_id).id
    if towards == "sources":
        found = at.store.provenance(start) if direct else at.store.upstream(start)
    else:
        found = at.store.provenance_of(start) if direct else at.store.downstream(start)
    readable = [each for each in found if who.may(Need.READ_DATA, workspace=each.workspace, repo=each.repo)]
    return [commit_shape(at.store, each) for each in readable]


@router.get("/global/{global_id}")
def cascade(global_id: str, who: Caller, at: At) -> repos.Cascade:
    """Every commit and job that one change caused."""
    who.require(Need.READ_DATA)
    return _cascade(at, _check(global_id))


@router.get("/global")
def cascade_list(who: Caller, at: At, *, limit: Limit = 100, after: str | None = None) -> list[repos.CascadeRow]:
    """Cascades, newest first."""
    who.require(Need.READ_DATA)
    return [
        repos.CascadeRow(
            global_id=each.global_id,
            began=iso(each.began_us),
            at=iso(each.at_us),
            commits=each.commits,
            repos=each.repos,
        )
        for each in cascades(at.store, limit=limit, after=None if after is None else GlobalId(after))
    ]


@router.get("/global/{global_id}/wait")
async def wait(
    global_id: str, who: Caller, at: At, *, timeout_s: Annotated[float, Query(ge=0, le=60)] = 20.0
) -> repos.Waited:
    """Answer when every job that a commit caused has ended, or when the time is up."""
    who.require(Need.READ_DATA)
    _check(global_id)
    deadline = time.monotonic() + timeout_s
    # What moves on stands in the database, which rings nobody.
    while not (done := await run_in_threadpool(_settled, at, global_id)) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(_LOOK_S)
    seen = await run_in_threadpool(_cascade, at, global_id)
    return repos.Waited(commits=seen.commits, jobs=seen.jobs, done=done)


def _settled(at: Site, global_id: str) -> bool:
    """Whether pipelines have seen all that has happened, and no job of the cascade is under way."""
    with at.db.read() as tx:
        behind = outbox.cursor(tx, CONSUMER) < outbox.latest(tx)
        return not behind and all(job.state in _ENDED for job in jobs_of_global_id(tx, global_id))


def _cascade(at: Site, global_id: str) -> repos.Cascade:
    commits = at.store.by_global_id(GlobalId(global_id))
    with at.db.read() as tx:
        jobs = jobs_of_global_id(tx, global_id)
    return repos.Cascade(
        commits=[commit_shape(at.store, commit) for commit in commits], jobs=[job_shape(job) for job in jobs]
    )


def _readable(store: Store, who: Identity, commit_id: str) -> Commit:
    if not who.grants:
        who.require(Need.READ_DATA)  # before the commit is looked for: whether it exists is not everyone's business
    commit = store.commit(CommitId(_check(commit_id)))
    who.require(Need.READ_DATA, workspace=commit.workspace, repo=commit.repo)
    return commit


def _check(text: str) -> str:
    if not is_commit_id(text):
        raise Invalid(f"{text!r} is no commit id", where="id", hint="26 of 0-9 and a-z")
    return text
