"""Many changes as one commit: bytes are sent first, in any number of requests, then named by one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from recension.errors import Invalid
from recension.server.access import Identity, Need
from recension.server.deps import At, Caller, repo_name
from recension.server.editing import commit_changes
from recension.server.ownership import check_free
from recension.server.routes.shapes import commit_shape
from recension.server.site import Site
from recension.server.wire import changes as wire
from recension.server.wire.repos import Uploaded

router = APIRouter(prefix="/api/v1/repos/{repo}", tags=["repos"])
_PIECE = 1 << 20


@router.post("/blobs/upload", status_code=201)
async def send(repo: str, request: Request, who: Caller, at: At, *, sizes: str = "") -> wire.Stored:
    """Store bytes for a commit to come: one file, or with ``sizes`` (``3,12,0``) several behind one another."""
    workspace, name = repo_name(repo)
    who.require(Need.WRITE_DATA, workspace=workspace, repo=name)
    await run_in_threadpool(at.store.repo, name, workspace=workspace)
    with tempfile.TemporaryFile(dir=at.settings.home) as spool:
        async for piece in request.stream():
            await run_in_threadpool(spool.write, piece)
        receipts = await run_in_threadpool(_store, at, who, spool, sizes)
    return wire.Stored(receipts=receipts)


@router.post("/commits", status_code=201)
def commit(repo: str, body: wire.NewCommit, who: Caller, at: At) -> Uploaded:
    """Put uploaded bytes, delete and move, all in one commit."""
    workspace, name = repo_name(repo)
    who.require(Need.WRITE_DATA, workspace=workspace, repo=name)
    at.store.repo(name, workspace=workspace)
    check_free(at.store, workspace, name, body.branch)
    made = commit_changes(at, who, (workspace, name), body)
    at.wake.ring()
    return Uploaded(commit=commit_shape(at.store, made))


def _store(at: Site, who: Identity, spool: IO[bytes], sizes: str) -> list[str]:
    total = spool.tell()
    wanted = _sizes(sizes, total)
    spool.seek(0)
    with at.store.upload() as packed:
        stored = [packed.add_stream(_part(spool, size)) for size in wanted]
    return [at.receipts.issue(who.account, blob, size) for blob, size in stored]


def _part(spool: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0 and (piece := spool.read(min(size, _PIECE))):
        size -= len(piece)
        yield piece


def _sizes(text: str, total: int) -> list[int]:
    parts = text.split(",") if text else [str(total)]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise Invalid(f"{text!r} are no sizes", where="sizes", hint="numbers of bytes, with commas between")
    found = [int(part) for part in parts]
    if sum(found) != total:
        raise Invalid(f"the sizes add up to {sum(found):,} bytes, {total:,} came", where="sizes", hint="send it again")
    return found
