"""What commits hold: logs, listings, bytes, differences, uploads."""

from __future__ import annotations

import tempfile
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from recension.ids import CommitId, check_path
from recension.server.access import Need
from recension.server.deps import At, Caller, repo_name
from recension.server.ownership import check_free
from recension.server.routes.shapes import commit_at, commit_shape, head_at, node_shapes, view_at
from recension.server.stored_bytes import preview, serve_bytes
from recension.server.wire import repos as wire
from recension.store import Change, Commit, Put
from recension.store.commit_filter import read_filter
from recension.store.reading import damage_in

router = APIRouter(prefix="/api/v1/repos/{repo}", tags=["repos"])
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/log")
def log(
    repo: str,
    who: Caller,
    at: At,
    *,
    ref: str = "main",
    path: str | None = None,
    where: Annotated[list[str] | None, Query()] = None,
    settle: bool = False,
    limit: Limit = 50,
    after: str | None = None,
) -> wire.Log:
    """Commits reachable from a ref, newest first; with ``path``, those that changed it; ``where`` is ``key=value``.

    With ``settle``, what is staged on the branch is committed first: the newest commit then holds all that is there.
    """
    start = (commit_at if settle else head_at)(at.store, who, repo, ref)
    below = None if after is None else CommitId(after)
    commits = at.store.log(
        start.repo,
        start.id,
        workspace=start.workspace,
        path=path,
        where=read_filter(where or ()),
        limit=limit + 1,
        after=below,
    )
    more = commits[limit - 1].id if len(commits) > limit else None
    return wire.Log(commits=[commit_shape(at.store, commit) for commit in commits[:limit]], next=more)


@router.get("/ls")
def ls(
    repo: str, who: Caller, at: At, *, ref: str = "main", path: str = "/", limit: Limit = 500, after: str | None = None
) -> wire.Listing:
    """What a folder holds, by name."""
    commit = view_at(at.store, who, repo, ref)
    nodes = at.store.ls(commit, path, after=after, limit=limit + 1)
    more = nodes[limit - 1].path if len(nodes) > limit else None
    whole = at.store.folder(commit, path) if at.store.is_folder(commit, path) else None
    return wire.Listing(
        commit=commit_shape(at.store, commit),
        entries=node_shapes(at.store, nodes[:limit]),
        files=len(nodes) if whole is None else whole.files,
        size=sum(node.size for node in nodes) if whole is None else whole.size,
        next=more,
    )


@router.get("/raw", response_class=Response)
def raw(
    repo: str,
    who: Caller,
    at: At,
    *,
    path: str,
    ref: str = "main",
    range_: Annotated[str | None, Header(alias="range")] = None,
) -> Response:
    """The bytes of a file, whole or one range."""
    commit = view_at(at.store, who, repo, ref)
    entry = at.store.stat(commit, check_path(path))
    with damage_in(f"{commit.address}:{entry.path}"):
        return serve_bytes(at.store, entry, range_)


@router.get("/preview")
def show(repo: str, path: str, who: Caller, at: At, ref: str = "main") -> wire.Preview:
    """The beginning of a file as text, rows or image."""
    commit = view_at(at.store, who, repo, ref)
    entry = at.store.stat(commit, check_path(path))
    with damage_in(f"{commit.address}:{entry.path}"):
        return preview(at.store, entry)


@router.get("/diff")
def diff(
    repo: str,
    who: Caller,
    at: At,
    *,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: str = "main",
    path: str = "/",
    root: bool = False,
    limit: Limit = 500,
    after: str | None = None,
) -> wire.Changes:
    """Paths that differ between two refs, in order; without `from` what `to` changed, or with `root` all it holds."""
    new = commit_at(at.store, who, repo, to)
    old: Commit | None = None
    if from_ is not None:
        old = commit_at(at.store, who, repo, from_)
    elif new.parents and not root:
        old = at.store.commit(new.parents[0])
    changes = list(islice(at.store.diff(old, new, prefix=path, skip_to=after), limit + 1))
    more = changes[limit - 1].path if len(changes) > limit else None
    return wire.Changes(changes=[_change_shape(change) for change in changes[:limit]], next=more)


@router.post("/upload", status_code=201)
async def upload(
    repo: str, request: Request, who: Caller, at: At, *, path: str, branch: str = "main", message: str = ""
) -> wire.Uploaded:
    """Commit the body as one file."""
    workspace, name = repo_name(repo)
    target = check_path(path)
    who.require(Need.WRITE_DATA, workspace=workspace, repo=name)
    await run_in_threadpool(at.store.repo, name, workspace=workspace)
    await run_in_threadpool(check_free, at.store, workspace, name, branch)
    kind = request.headers.get("content-type", "").partition(";")[0].strip() or None
    if kind in {"application/x-www-form-urlencoded", "application/octet-stream"}:
        kind = None  # what clients send when nobody has said what it is
    with tempfile.TemporaryFile(dir=at.settings.home) as spool:
        async for piece in request.stream():
            await run_in_threadpool(spool.write, piece)

        def commit() -> wire.Uploaded:
            spool.seek(0)
            with at.store.upload() as packed:
                blob, size = packed.add_stream(iter(lambda: spool.read(1 << 20), b""))
                made = at.store.write(
                    name,
                    branch,
                    [Put(target, blob, size, content_type=kind)],
                    upload=packed,
                    message=message or f"Put {target}",
                    author=who.name,
                    workspace=workspace,
                )
            return wire.Uploaded(commit=commit_shape(at.store, made))

        made = await run_in_threadpool(commit)
    at.wake.ring()
    return made


def _change_shape(change: Change) -> wire.Change:
    before, after = (
        None if side is None else wire.Side(blob=side.blob.hex(), size=side.size)
        for side in (change.before, change.after)
    )
    return wire.Change.model_validate({"path": change.path, "kind": change.kind, "before": before, "after": after})
