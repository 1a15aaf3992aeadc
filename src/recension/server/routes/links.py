"""Importing what lies elsewhere without copying it, and copying it after all."""

from __future__ import annotations

from fastapi import APIRouter

from recension.server.deps import At, Caller
from recension.server.routes.repos import writable
from recension.server.routes.shapes import commit_shape
from recension.server.wire import links as wire
from recension.store.link_import import import_links
from recension.store.link_materialise import materialise
from recension.store.link_place import allowed_place
from recension.store.on_head import Place
from recension.store.settings import read_settings

router = APIRouter(prefix="/api/v1/repos/{repo}", tags=["repos"])


@router.post("/import", status_code=201)
def import_place(repo: str, body: wire.Import, who: Caller, at: At) -> wire.Imported:
    """Commit an entry for every object of a place that the operator allows; no bytes are copied."""
    workspace, name = writable(who, at, repo, body.branch)
    # Read each time: what the operator allows or forbids counts at once.
    place = allowed_place(body.url, read_settings(at.settings.home).links)
    message = f"Import {place.plain_url}" if body.message is None else body.message
    done = import_links(
        at.store,
        place,
        Place(name, body.branch, workspace),
        body.path,
        delete=body.delete,
        hashed=body.hashed,
        skip_unfit=body.skip_unfit,
        message=message,
        author=who.name,
    )
    at.wake.ring()
    return wire.Imported(
        commit=commit_shape(at.store, done.commit),
        new=done.new,
        listed=done.listed,
        size=done.size,
        hashed=done.hashed,
        unfit_count=done.unfit_count,
        unfit=done.unfit,
    )


@router.post("/materialise", status_code=201)
def store_linked(repo: str, body: wire.Materialise, who: Caller, at: At) -> wire.Materialised:
    """Copy the bytes that a folder or file links to into the store."""
    workspace, name = writable(who, at, repo, body.branch)
    place = Place(name, body.branch, workspace)
    message = f"Materialise {body.path}" if body.message is None else body.message
    done = materialise(at.store, place, body.path, message=message, author=who.name)
    at.wake.ring()
    commit = commit_shape(at.store, done.commit)
    return wire.Materialised(commit=commit, new=done.new, files=done.files, size=done.size)
