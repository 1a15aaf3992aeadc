"""Single commits, their family tree, and everything that one change caused."""

from __future__ import annotations

from fastapi import APIRouter

from recension.errors import Invalid
from recension.flow import jobs_of_global_id
from recension.ids import CommitId, GlobalId, is_commit_id
from recension.server.access import Identity, Need
from recension.server.deps import At, Caller
from recension.server.lineage import lineage
from recension.server.routes.pipeline_shapes import job_shape
from recension.server.routes.shapes import commit_shape
from recension.server.wire import overview, repos
from recension.store import Commit, Store

router = APIRouter(prefix="/api/v1", tags=["commits"])


@router.get("/commits/{commit_id}")
def inspect(commit_id: str, who: Caller, at: At) -> repos.Commit:
    """One commit."""
    return commit_shape(at.store, _readable(at.store, who, commit_id))


@router.get("/commits/{commit_id}/lineage")
def family(commit_id: str, who: Caller, at: At) -> overview.Lineage:
    """What a commit was made from and what was made from it, with the steps between."""
    who.require(Need.READ_DATA)
    return lineage(at.store, _readable(at.store, who, commit_id).id)


@router.get("/global/{global_id}")
def cascade(global_id: str, who: Caller, at: At) -> repos.Cascade:
    """Every commit and job that one change caused."""
    who.require(Need.READ_DATA)
    _check(global_id)
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
