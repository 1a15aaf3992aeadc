"""Single puts that are committed in groups, and branches that others move."""

from __future__ import annotations

import tempfile

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from recension.clock import iso
from recension.ids import check_path
from recension.server.access import Identity, Need
from recension.server.deps import At, Caller
from recension.server.routes.repos import readable, writable
from recension.server.routes.shapes import commit_shape
from recension.server.site import Site
from recension.server.wire import staging as wire
from recension.server.wire.people import Done
from recension.store.on_head import Place
from recension.store.staging import (
    About,
    Staged,
    mode_of,
    set_mode,
    stage_delete,
    stage_put,
    staged_groups,
)
from recension.store.staging_rows import HELD_BYTES, StagingMode
from recension.store.trigger_rows import Trigger
from recension.store.triggers import told, trigger_remove, trigger_set, triggers

router = APIRouter(prefix="/api/v1/repos/{repo}", tags=["repos"])
_PIECE = 1 << 20
_UNTOLD = frozenset({"application/x-www-form-urlencoded", "application/octet-stream"})
"""What clients send when nobody has said what it is."""


@router.get("/staged")
def groups(repo: str, who: Caller, at: At) -> list[wire.StagedGroup]:
    """What is staged on the branches of a repo."""
    workspace, name = readable(who, repo)
    return [
        wire.StagedGroup(
            branch=group.branch,
            changes=group.changes,
            since=iso(group.first_us),
            at=iso(group.last_us),
            due=iso(group.due_us),
        )
        for group in staged_groups(at.store, name, workspace=workspace)
    ]


@router.post("/staged/upload", status_code=201)
async def put(
    repo: str, request: Request, who: Caller, at: At, *, path: str, branch: str = "main", message: str = ""
) -> wire.Staged:
    """Put the body as one file: on disk and on the branch when this returns, in a commit soon."""
    target = check_path(path)
    place = await run_in_threadpool(_place, who, at, repo, branch)
    kind = request.headers.get("content-type", "").partition(";")[0].strip() or None
    about = About(content_type=None if kind in _UNTOLD else kind, author=who.name, message=message)
    with tempfile.SpooledTemporaryFile(HELD_BYTES, dir=str(at.settings.home)) as spool:
        async for piece in request.stream():
            await run_in_threadpool(spool.write, piece)
        size = spool.tell()

        def put_body() -> wire.Staged:
            spool.seek(0)
            data = spool.read() if size <= HELD_BYTES else iter(lambda: spool.read(_PIECE), b"")
            return _done(at, stage_put(at.store, place, target, data, about))

        return await run_in_threadpool(put_body)


@router.post("/staged/delete", status_code=201)
def delete(repo: str, body: wire.StagedDelete, who: Caller, at: At) -> wire.Staged:
    """Delete one file as single puts are done; nothing happens when it is not there."""
    place = _place(who, at, repo, body.branch)
    return _done(at, stage_delete(at.store, place, check_path(body.path), author=who.name, message=body.message))


@router.post("/staged/commit", status_code=201)
def commit(repo: str, body: wire.CommitStaged, who: Caller, at: At) -> wire.CommittedStaged:
    """Commit what is staged on a branch now."""
    place = _place(who, at, repo, body.branch)
    made = at.store.close_staged(*place)
    at.wake.ring()
    return wire.CommittedStaged(commit=None if made is None else commit_shape(at.store, made))


@router.get("/branches/{branch}/staging")
def mode(repo: str, branch: str, who: Caller, at: At) -> wire.StagingMode:
    """How single puts to a branch are committed."""
    workspace, name = readable(who, repo)
    return _mode_shape(mode_of(at.store, Place(name, branch, workspace)))


@router.put("/branches/{branch}/staging")
def change_mode(repo: str, branch: str, body: wire.NewStagingMode, who: Caller, at: At) -> wire.StagingMode:
    """Say how single puts to a branch are to be committed."""
    place = _place(who, at, repo, branch)
    return _mode_shape(set_mode(at.store, place, alone=body.alone, idle_s=body.idle_s, changes=body.changes))


@router.get("/triggers")
def trigger_list(repo: str, who: Caller, at: At) -> list[wire.Trigger]:
    """The branches of a repo that others move, and when."""
    workspace, name = readable(who, repo)
    return [_trigger_shape(trigger) for trigger in triggers(at.store, name, workspace=workspace)]


@router.put("/branches/{branch}/trigger")
def set_trigger(repo: str, branch: str, body: wire.NewTrigger, who: Caller, at: At) -> wire.Trigger:
    """Let a branch be moved to the head of another when a condition holds."""
    place = _place(who, at, repo, branch)
    _run(who, place)
    made = trigger_set(
        at.store, place, body.source, size=body.size, commits=body.commits, cron=body.cron, whole=body.whole
    )
    at.wake.ring()
    return _trigger_shape(made)


@router.delete("/branches/{branch}/trigger")
def remove_trigger(repo: str, branch: str, who: Caller, at: At) -> Done:
    """Let a branch be moved by hand alone again."""
    place = _place(who, at, repo, branch)
    _run(who, place)
    trigger_remove(at.store, place)
    return Done()


def _run(who: Identity, place: Place) -> None:
    """What moves a branch by itself is set by who runs the repo, as its protection is."""
    who.require(Need.RUN_REPOS, workspace=place.workspace, repo=place.repo)


def _place(who: Identity, at: Site, repo: str, branch: str) -> Place:
    workspace, name = writable(who, at, repo, branch)
    return Place(name, branch, workspace)


def _done(at: Site, staged: Staged) -> wire.Staged:
    if staged.commit is not None:
        at.wake.ring()
    return wire.Staged(
        path=staged.path,
        blob=None if staged.blob is None else staged.blob.hex(),
        size=staged.size,
        waiting=staged.waiting,
        commit=None if staged.commit is None else commit_shape(at.store, staged.commit),
    )


def _mode_shape(found: StagingMode) -> wire.StagingMode:
    return wire.StagingMode(alone=found.alone, idle_s=found.idle_s, changes=found.changes)


def _trigger_shape(trigger: Trigger) -> wire.Trigger:
    return wire.Trigger(
        branch=trigger.branch,
        source=trigger.source,
        whole=trigger.whole,
        size=trigger.size,
        commits=trigger.commits,
        cron=trigger.cron,
        fired=None if trigger.fired_us is None else iso(trigger.fired_us),
        next=None if trigger.next_us is None else iso(trigger.next_us),
        told=told(trigger),
    )
