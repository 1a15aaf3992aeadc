"""Backends that help to draw, and the files lent to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import Response

from recension.errors import NotFound
from recension.ids import BlobId
from recension.label import media_from_json, shape_to_json
from recension.models.outline import outline_between
from recension.server import backends
from recension.server.deps import At, Caller
from recension.server.people import find_project
from recension.server.routes.media import serve_media, shown_data
from recension.server.wire import brought_in as wire

router = APIRouter(prefix="/api/v1", tags=["workbench"])


@router.post("/projects/{project}/tasks/{task}/interactive")
def interactive(project: str, task: int, body: wire.Interactive, who: Caller, at: At) -> wire.Drawn:
    """Let a backend of the project go on from what was begun to be drawn; for those who have the task."""
    found = find_project(at, project)
    if shown_data(at, who, found.id, task) is None:
        raise NotFound("no such task", where=f"task {task}")
    return wire.Drawn(fields=backends.interactive(at, found, task, body.backend, body.fields))


@router.post("/projects/{project}/tasks/{task}/outline")
def outline(project: str, task: int, body: wire.FourPoints, who: Caller, at: At) -> wire.Outline:
    """Find the outline of what lies between its outermost points in an image; for those who have the task."""
    found = find_project(at, project)
    data = shown_data(at, who, found.id, task)
    if data is None:
        raise NotFound("no such task", where=f"task {task}")
    value = data.get(found.schema.object(body.object).field)
    held = value[body.item] if isinstance(value, list) and body.item < len(value) else value
    ref = media_from_json(held)
    if ref is None:
        raise NotFound("no stored image there", where=f"task {task}: {body.object}", hint="draw the outline by hand")
    image = b"".join(at.store.read_blob(BlobId(bytes.fromhex(ref.blob))))
    return wire.Outline(shape=dict(shape_to_json(outline_between(image, body.points))))


@router.get("/lent/{project}/{task}/{blob}", response_class=Response)
def lent(  # noqa: PLR0917  as they stand in the address
    project: str,
    task: int,
    blob: str,
    until: int,
    signature: str,
    at: At,
    *,
    range_: Annotated[str | None, Header(alias="range")] = None,
) -> Response:
    """A file of a task, by an address that was made for a backend."""
    at.backends.lending.check(project, task, blob, until, signature, now_s=at.clock.now_us() // 1_000_000)
    return serve_media(at, find_project(at, project), task, blob, range_)
