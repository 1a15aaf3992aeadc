"""Commits that several processes gather before anybody sees them."""

from __future__ import annotations

import tempfile

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from recension.clock import iso
from recension.ids import check_path
from recension.server.access import Identity, Need
from recension.server.deps import At, Caller
from recension.server.ownership import check_free
from recension.server.routes.repos import readable, writable
from recension.server.routes.shapes import commit_shape
from recension.server.site import Site
from recension.server.wire import open_commits as wire
from recension.server.wire.people import Done
from recension.store import Delete, DeleteFolder, Edit, Put
from recension.store.model import OpenCommit
from recension.store.on_head import Place
from recension.store.opening import add_changes, cancel, finish, open_commit, open_commits, opened

router = APIRouter(prefix="/api/v1", tags=["commits"])
_PIECE = 1 << 20


@router.get("/repos/{repo}/open-commits")
def listing(repo: str, who: Caller, at: At) -> list[wire.OpenCommit]:
    """The open commits of a repo, oldest first."""
    workspace, name = readable(who, repo)
    return [_shape(each) for each in open_commits(at.store, name, workspace=workspace)]


@router.post("/repos/{repo}/open-commits", status_code=201)
def begin(repo: str, body: wire.NewOpenCommit, who: Caller, at: At) -> wire.OpenCommit:
    """Begin to gather changes for a branch."""
    workspace, name = writable(who, at, repo, body.branch)
    place = Place(name, body.branch, workspace)
    return _shape(open_commit(at.store, place, message=body.message, author=who.name, meta=body.meta))


@router.post("/open-commits/{open_id}/upload", status_code=201)
async def put(open_id: str, request: Request, who: Caller, at: At, *, path: str) -> wire.OpenCommit:
    """Add the body as one file."""
    target = check_path(path)
    await run_in_threadpool(_mine, who, at, open_id)
    with tempfile.TemporaryFile(dir=at.settings.home) as spool:
        async for piece in request.stream():
            await run_in_threadpool(spool.write, piece)

        def add() -> wire.OpenCommit:
            spool.seek(0)
            with at.store.upload() as upload:
                change = Put(target, *upload.add_stream(iter(lambda: spool.read(_PIECE), b"")))
                return _shape(add_changes(at.store, open_id, [change], upload))

        return await run_in_threadpool(add)


@router.post("/open-commits/{open_id}/removals")
def remove(open_id: str, body: wire.Removals, who: Caller, at: At) -> wire.OpenCommit:
    """Remove files, and empty folders."""
    _mine(who, at, open_id)
    edits: list[Edit] = [Delete(path) for path in body.paths]
    edits += [DeleteFolder(folder) for folder in body.folders]
    return _shape(add_changes(at.store, open_id, edits))


@router.post("/open-commits/finish", status_code=201)
def finish_all(body: wire.Finish, who: Caller, at: At) -> wire.Finished:
    """Commit what was gathered, of all that are named in one transaction."""
    for each in body.ids:
        _mine(who, at, each)
    commits = finish(at.store, body.ids)
    at.wake.ring()
    return wire.Finished(commits=[commit_shape(at.store, commit) for commit in commits])


@router.delete("/open-commits/{open_id}")
def forget(open_id: str, who: Caller, at: At) -> Done:
    """Forget an open commit and what it gathered."""
    _mine(who, at, open_id)
    cancel(at.store, open_id)
    return Done()


def _mine(who: Identity, at: Site, open_id: str) -> OpenCommit:
    """The open commit, when the caller may write to its branch."""
    if not who.grants:
        who.require(Need.WRITE_DATA)  # before it is looked for: whether it exists is not everyone's business
    each = opened(at.store, open_id)
    who.require(Need.WRITE_DATA, workspace=each.workspace, repo=each.repo)
    check_free(at.store, each.workspace, each.repo, each.branch)
    return each


def _shape(each: OpenCommit) -> wire.OpenCommit:
    return wire.OpenCommit(
        id=each.id,
        workspace=each.workspace,
        repo=each.repo,
        branch=each.branch,
        author=each.author,
        message=each.message,
        meta=dict(each.meta),
        at=iso(each.at_us),
        changes=each.changes,
    )
