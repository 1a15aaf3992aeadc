"""Files that tasks show, to those who see the task."""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import APIRouter, Header
from fastapi.responses import Response

from recension.crowd.registry import Project
from recension.errors import NotFound
from recension.ids import BlobId
from recension.server.access import Identity, Need
from recension.server.deps import At, Caller
from recension.server.people import find_project, worker_if_any
from recension.server.site import Site
from recension.server.stored_bytes import serve_bytes
from recension.server.task_media import KEPT, refs_in
from recension.store import Entry
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
    with at.db.read() as tx:
        text = tx.execute(_DATA, {"task": task, "project": project.id}).scalar()
    data = {} if text is None else json.loads(text)
    ref = next((each for each in refs_in(project.schema, data) if each.blob == blob), None)
    if ref is None:
        raise NotFound("no such file in this task", where=f"task {task}", hint="ask for the page again")
    entry = Entry(f"/{blob[:16]}", BlobId(bytes.fromhex(blob)), ref.size, content_type=ref.type)
    with damage_in(f"task {task}: {blob[:16]}"):
        return serve_bytes(at.store, entry, range_, cache=KEPT)


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
