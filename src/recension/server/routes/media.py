"""Files that tasks show, to those who see the task."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Header
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from recension.crowd.registry import Project
from recension.errors import NotFound, TooLarge, Unavailable
from recension.ids import BlobId
from recension.label import MediaRef
from recension.server.access import Identity, Need
from recension.server.deps import At, Caller
from recension.server.people import find_project, worker_if_any
from recension.server.site import Site
from recension.server.stored_bytes import SANDBOX, serve_bytes
from recension.server.task_media import KEPT, refs_in, shown_size
from recension.server.tiles.pyramid import Pyramid, can_cut, is_large, too_large
from recension.store import Entry, Store
from recension.store.reading import damage_in

router = APIRouter(prefix="/api/v1", tags=["workbench"])


@router.get("/projects/{project}/tasks/{task}/media/{blob}", response_class=Response)
def task_media(
    project: str,
    task: int,
    blob: str,
    who: Caller,
    at: At,
    *,
    range_: Annotated[str | None, Header(alias="range")] = None,
) -> Response:
    """A file that a task shows, whole or one range; for those who had the task on a page, and who may see projects."""
    found = find_project(at, project)
    if shown_data(at, who, found.id, task) is None:
        raise NotFound("no such file in this task", where=f"task {task}", hint="ask for the page again")
    return serve_media(at, found, task, blob, range_)


def serve_media(at: Site, project: Project, task: int, blob: str, range_: str | None) -> Response:
    """A file of a task, to somebody who may see it.

    Raises:
        NotFound: the task shows no such file.
    """
    ref = _shown_ref(at, project, task, blob)
    entry = Entry(f"/{blob[:16]}", BlobId(bytes.fromhex(blob)), ref.size, content_type=ref.type)
    with damage_in(f"task {task}: {blob[:16]}"):
        return serve_bytes(at.store, entry, range_, cache=KEPT)


def _shown_ref(at: Site, project: Project, task: int, blob: str) -> MediaRef:
    with at.db.read() as tx:
        text = tx.execute(_DATA, {"task": task, "project": project.id}).scalar()
    data = {} if text is None else json.loads(text)
    ref = next((each for each in refs_in(project.schema, data) if each.blob == blob), None)
    if ref is None:
        raise NotFound("no such file in this task", where=f"task {task}", hint="ask for the page again")
    return ref


@router.get("/projects/{project}/tasks/{task}/media/{blob}/tiles/{level}/{x}_{y}", response_class=Response)
async def task_tile(project: str, task: int, blob: str, level: int, x: int, y: int, who: Caller, at: At) -> Response:  # noqa: PLR0917  as they stand in the address
    """A square of a large image; the first one asked for has the image cut, and waits for it."""
    large = await run_in_threadpool(_large, project, task, blob, who, at)
    if not large.pyramid.holds(level, x, y):
        raise NotFound("no such square", where=f"level {level}: {x}, {y}")
    for _ in range(2):
        if (tile := await run_in_threadpool(at.tiles.look, blob, level, x, y)) is not None:
            headers = {"cache-control": KEPT, "content-security-policy": SANDBOX, "x-content-type-options": "nosniff"}
            return Response(tile.content, headers=headers, media_type=tile.type)
        made = await run_in_threadpool(at.tiles.cut, blob, level, large.fetch)
        await asyncio.shield(asyncio.wrap_future(made))
    raise Unavailable("the square was thrown away as soon as it was made", where=blob[:16], hint="ask again")


@dataclass(frozen=True, slots=True)
class _Large:
    """A large image of a task."""

    store: Store
    ref: MediaRef
    pyramid: Pyramid

    def fetch(self, to: Path) -> None:
        """Write the image to a file."""
        with damage_in(self.ref.blob[:16]), to.open("wb") as file:
            for piece in self.store.read_blob(BlobId(bytes.fromhex(self.ref.blob)), 0, self.ref.size):
                file.write(piece)


def _large(project: str, task: int, blob: str, who: Identity, at: Site) -> _Large:
    found = find_project(at, project)
    if shown_data(at, who, found.id, task) is None:
        raise NotFound("no such file in this task", where=f"task {task}", hint="ask for the page again")
    ref = _shown_ref(at, found, task, blob)
    size = shown_size(at.store, ref)
    if size is None or not is_large(ref.type, size):
        raise NotFound("the image has no squares", where=blob[:16], hint="ask for the image itself")
    if why := too_large(size):
        raise TooLarge(why, where=blob[:16])
    if not can_cut():
        raise Unavailable("squares of images take pyvips", hint="pip install 'recension[images]'")
    return _Large(at.store, ref, Pyramid(size))


_DATA: Final = "SELECT data FROM task t WHERE t.id = :task AND t.project = :project"


def shown_data(at: Site, who: Identity, project_id: int, task: int) -> dict[str, object] | None:
    """The data of the task; ``None`` when there is no such task, or it is none of the caller's business."""
    values: dict[str, object] = {"task": task, "project": project_id}
    sql = _DATA
    if not who.may(Need.SEE_PROJECTS):
        worker = worker_if_any(at, who)
        if worker is None:
            return None
        sql += " AND EXISTS (SELECT 1 FROM page_task p WHERE p.task = t.id AND p.worker = :worker)"
        values["worker"] = worker.id
    with at.db.read() as tx:
        text = tx.execute(sql, values).scalar()
    return None if text is None else json.loads(text)
