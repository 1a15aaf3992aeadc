"""Bulk transfer for programs that hash and pack: ask, send what is missing, commit by reference; and back.

The order is upload, then reference: parcels are on disk when their requests are answered, and a commit names only what
is there. So every request may be repeated, and a program that starts again sends only the rest.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import IO, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from recension.errors import Invalid, TooLarge
from recension.ids import BlobId
from recension.server.access import Identity, Need
from recension.server.bulk_commits import commit_rows, read_about
from recension.server.claims import Target
from recension.server.deps import At, Caller, repo_name
from recension.server.receiving import Large, assemble, take_parcel
from recension.server.routes.repos import writable
from recension.server.routes.shapes import commit_at, commit_shape
from recension.server.sending import find_records, listing, parcel
from recension.server.site import Site
from recension.server.wire import bulk as wire
from recension.store.parcel import MOST_BLOBS, MOST_BYTES

router = APIRouter(prefix="/api/v1/repos/{repo}/bulk", tags=["bulk"])

_MOST_PARCEL: Final = MOST_BYTES + 64 * MOST_BLOBS
_MOST_ROWS_BYTES: Final = 4 << 30
_OPAQUE: Final = "application/octet-stream"
_LINES: Final = "application/x-ndjson"


@router.post("/have/upload")
async def have(repo: str, request: Request, who: Caller, at: At) -> wire.Have:
    """Which of some blobs (32 bytes each) need not be sent."""
    target = await run_in_threadpool(_writable_repo, who, at, repo)
    async with _spooled(request, at, 32 * MOST_BLOBS) as body:
        text = body.read()
    if len(text) % 32:
        raise Invalid("ids of blobs have 32 bytes each", where="body", hint="send the hashes as they are, not as text")
    ids = [text[start : start + 32] for start in range(0, len(text), 32)]
    known = await run_in_threadpool(at.claims.among, who, target, ids)
    return wire.Have(have="".join("01"[identity in known] for identity in ids))


@router.post("/parcel/upload", status_code=201)
async def send(repo: str, request: Request, who: Caller, at: At) -> wire.Taken:
    """Store the blobs of a parcel for a commit to come."""
    await run_in_threadpool(_writable_repo, who, at, repo)
    async with _spooled(request, at, _MOST_PARCEL) as body:
        return wire.Taken(blobs=await run_in_threadpool(take_parcel, at, who, body))


@router.post("/large", status_code=201)
def large(repo: str, body: wire.NewLarge, who: Caller, at: At) -> wire.Assembled:
    """Put large files together from chunks that were sent; each is read once and hashed."""
    target = _writable_repo(who, at, repo)
    files = [Large([_blob(chunk) for chunk in file.chunks], file.recut) for file in body.files]
    made = assemble(at, who, target, files)
    return wire.Assembled(
        files=[
            wire.Whole(blob=blob.hex(), size=size, receipt=at.receipts.issue(who.account, blob, size))
            for blob, size in made
        ]
    )


@router.post("/commit/upload", status_code=201)
async def commit(repo: str, request: Request, who: Caller, at: At) -> wire.BulkCommit:
    """Commit files by the hashes of what was sent: a line about the commit, then one for each file."""
    await run_in_threadpool(_writable_repo, who, at, repo)
    async with _spooled(request, at, _MOST_ROWS_BYTES) as body:
        made = await run_in_threadpool(_commit, repo, body, who, at)
    at.wake.ring()
    return made


@router.get("/files", response_class=Response)
def files(repo: str, who: Caller, at: At, *, ref: str = "main", path: str = "/") -> StreamingResponse:
    """A line for every file in a folder, at any depth, with its hash."""
    found = commit_at(at.store, who, repo, ref)
    if not at.store.is_folder(found, path):
        at.store.stat(found, path)
    return StreamingResponse(listing(at.store, found, path), media_type=_LINES)


@router.post("/read", response_class=Response)
def read(repo: str, body: wire.Paths, who: Caller, at: At, *, ref: str = "main") -> StreamingResponse:
    """The bytes of many small files of a commit as one parcel."""
    found = commit_at(at.store, who, repo, ref)
    records = find_records(at.store, found, body.paths)
    return StreamingResponse(parcel(at.store, records), media_type=_OPAQUE)


def _writable_repo(who: Identity, at: Site, repo: str) -> Target:
    """The repo that is named, when the caller may write to it."""
    workspace, name = repo_name(repo)
    who.require(Need.WRITE_DATA, workspace=workspace, repo=name)
    at.store.repo(name, workspace=workspace)
    return Target(workspace, name)


def _commit(repo: str, body: IO[bytes], who: Identity, at: Site) -> wire.BulkCommit:
    about = read_about(body.readline())
    target = Target(*writable(who, at, repo, about.branch))
    made, new = commit_rows(at, who, target, about, body)
    return wire.BulkCommit(
        commit=commit_shape(at.store, made), new=new, added=made.added, changed=made.changed, removed=made.removed
    )


def _blob(text: str) -> BlobId:
    try:
        identity = bytes.fromhex(text)
    except ValueError:
        identity = b""
    if len(identity) != 32:
        raise Invalid(f"{text!r} is no blob id", where="chunks", hint="64 hexadecimal digits")
    return BlobId(identity)


@asynccontextmanager
async def _spooled(request: Request, at: Site, most: int) -> AsyncIterator[IO[bytes]]:
    """The body as a file of its own, from its start: a slow line holds neither memory nor a thread."""
    with tempfile.TemporaryFile(dir=at.settings.home) as spool:
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                raise TooLarge(f"this takes at most {most:,} bytes at once", where="body", hint="send several")
            await run_in_threadpool(spool.write, piece)
        spool.seek(0)
        yield spool
