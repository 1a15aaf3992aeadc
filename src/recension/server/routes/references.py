"""Copying, moving and removing by reference; appending and archives."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from io import BufferedReader
from typing import cast

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from recension.ids import check_path, parse_address
from recension.server.access import Identity, Need
from recension.server.deps import At, Caller
from recension.server.routes.repos import writable
from recension.server.routes.shapes import commit_shape
from recension.server.site import Site
from recension.server.wire import edits as wire
from recension.server.wire.repos import Uploaded
from recension.store import Commit
from recension.store.appending import append
from recension.store.archives import put_archive
from recension.store.copying import copy, move, remove
from recension.store.on_head import Place

router = APIRouter(prefix="/api/v1/repos/{repo}", tags=["repos"])
_PIECE = 1 << 20


@router.post("/copy", status_code=201)
def copy_files(repo: str, body: wire.Copy, who: Caller, at: At) -> Uploaded:
    """Copy a file, what a folder holds, or what a glob matches, out of any commit."""
    place = _place(who, at, repo, body.branch)
    source = parse_address(body.source)
    who.require(Need.READ_DATA, workspace=source.workspace, repo=source.repo)
    seen = at.store.pin(source)
    message = f"Copy {source}" if body.message is None else body.message
    return _done(at, copy(at.store, seen, source.path or "/", place, body.to, message=message, author=who.name))


@router.post("/move", status_code=201)
def move_files(repo: str, body: wire.Move, who: Caller, at: At) -> Uploaded:
    """Move a file, what a folder holds, or what a glob matches, within a branch."""
    place = _place(who, at, repo, body.branch)
    message = f"Move {body.path} to {body.to}" if body.message is None else body.message
    return _done(at, move(at.store, place, body.path, body.to, message=message, author=who.name))


@router.post("/remove", status_code=201)
def remove_files(repo: str, body: wire.Remove, who: Caller, at: At) -> Uploaded:
    """Remove files, what globs match, and with `recursive` folders."""
    place = _place(who, at, repo, body.branch)
    message = f"Remove {', '.join(body.paths)}" if body.message is None else body.message
    made = remove(at.store, place, body.paths, recursive=body.recursive, message=message, author=who.name)
    return _done(at, made)


@router.post("/append/upload", status_code=201)
async def append_to_file(
    repo: str, request: Request, who: Caller, at: At, *, path: str, branch: str = "main", message: str = ""
) -> Uploaded:
    """Add the body to the end of a file, which is made when it is missing."""
    target = check_path(path)
    place = await run_in_threadpool(_place, who, at, repo, branch)

    def add(body: BufferedReader) -> Commit:
        parts = iter(lambda: body.read(_PIECE), b"")
        return append(at.store, place, target, parts, message=message or f"Append to {target}", author=who.name)

    return await _with_body(request, at, add)


@router.post("/archive/upload", status_code=201)
async def put_archive_of(
    repo: str,
    request: Request,
    who: Caller,
    at: At,
    *,
    path: str = "/",
    branch: str = "main",
    delete: bool = False,
    message: str = "",
) -> Uploaded:
    """Commit what a tar or zip archive holds; with `delete`, the folder then holds nothing else."""
    place = await run_in_threadpool(_place, who, at, repo, branch)

    def put(body: BufferedReader) -> Commit:
        told = message or f"Put an archive into {path}"
        return put_archive(at.store, place, body, into=path, delete=delete, message=told, author=who.name)

    return await _with_body(request, at, put)


async def _with_body(request: Request, at: Site, commit: Callable[[BufferedReader], Commit]) -> Uploaded:
    """Commit what ``commit`` makes of the body, which is spooled first: a slow sender holds nothing up."""
    with tempfile.TemporaryFile(dir=at.settings.home) as spool:
        async for piece in request.stream():
            await run_in_threadpool(spool.write, piece)

        def work() -> Uploaded:
            spool.seek(0)
            return _done(at, commit(cast("BufferedReader", spool)))

        return await run_in_threadpool(work)


def _place(who: Identity, at: Site, repo: str, branch: str) -> Place:
    workspace, name = writable(who, at, repo, branch)
    return Place(name, branch, workspace)


def _done(at: Site, commit: Commit) -> Uploaded:
    at.wake.ring()
    return Uploaded(commit=commit_shape(at.store, commit))
