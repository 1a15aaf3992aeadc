"""Drafts: what a worker has begun to say. They belong to the worker and the task, and outlive the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from recension.crowd.leases import own_page
from recension.crowd.pages import PageRow
from recension.crowd.places import Place, places_on
from recension.crowd.states import Standing
from recension.db import Database, Tx
from recension.errors import Conflict, NotFound, TooLarge

MAX_DRAFT_BYTES: Final = 8_000_000
"""As long as the answer that comes of it may be."""
_ALWAYS: Final = 2**63 - 1


def save_draft(
    db: Database,
    worker_id: int,
    page_id: int,
    task_id: int,
    fields: Mapping[str, object],
    *,
    edited_us: int | None = None,
) -> None:
    """Keep what a worker has begun to answer; it need not fit the schema yet.

    A draft of a page whose time ran out is kept as well: the worker finds it when they get the task again.
    ``edited_us`` is when it was last edited, as its client counts. What was edited before the draft that is kept comes
    too late, by a slow line or from a machine that slept, and changes nothing; what says no time is always kept.

    Raises:
        NotFound, Forbidden: there is no such page or task, or it is someone else's.
        Conflict: the task is answered.
        TooLarge: over ``MAX_DRAFT_BYTES``.
    """

    def work(tx: Tx) -> None:
        page = own_page(tx, worker_id, page_id)
        place = _place(tx, page, task_id)
        if place.standing not in {Standing.OPEN, Standing.RETURNED}:
            raise Conflict(f"the task is {place.standing}", where=f"task {task_id}", hint="undo the answer first")
        keep_draft(tx, place, fields, edited_us)

    db.write(work)


def keep_draft(tx: Tx, place: Place, fields: Mapping[str, object], edited_us: int | None = None) -> None:
    """Store the draft, unless the worker has answered the task since, or edited it later.

    Raises:
        TooLarge: over ``MAX_DRAFT_BYTES``.
    """
    text = json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > MAX_DRAFT_BYTES:
        raise TooLarge("the draft is too long", where=f"task {place.task}", hint=f"at most {MAX_DRAFT_BYTES} bytes")
    tx.execute(
        "UPDATE handed SET draft = :draft, draft_us = :edited"
        " WHERE project = :project AND worker = :worker AND work_id = :work"
        " AND state <> 'done' AND COALESCE(draft_us, 0) <= :upto",
        {
            "draft": text,
            "edited": edited_us,
            "upto": _ALWAYS if edited_us is None else edited_us,
            "project": place.project,
            "worker": place.worker,
            "work": place.work_id,
        },
    )


def drafts(tx: Tx, project_id: int, worker_id: int) -> dict[int, Mapping[str, object]]:
    """Every draft of a worker in a project, by task, on open pages and kept from closed ones."""
    rows = tx.execute(
        "SELECT task, draft FROM handed WHERE project = :project AND worker = :worker AND draft IS NOT NULL",
        {"project": project_id, "worker": worker_id},
    )
    return {task: json.loads(draft) for task, draft in rows}


def _place(tx: Tx, page: PageRow, task_id: int) -> Place:
    for place in places_on(tx, page.id):
        if place.task == task_id:
            return place
    raise NotFound("the task is not on this page", where=f"page {page.id}", hint="save drafts of the page's tasks")
