"""Which items somebody means: those they picked, or all that pass a filter but a few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from recension.crowd.branches import home_branch
from recension.crowd.registry import Project
from recension.crowd.review_queue import review_ids
from recension.crowd.table import table_kinds
from recension.crowd.table_rows import Wanted
from recension.crowd.table_views import tasks_of_items
from recension.errors import Invalid
from recension.server.published_table import table_now
from recension.server.site import Site
from recension.server.wire import actions as wire

_CHUNK: Final = 500
_MANY: Final = 20_000
_ALL: Final = "SELECT item_id, task FROM item WHERE project = :project AND branch = :branch"


@dataclass(frozen=True, slots=True)
class Selected:
    """Items that are there, in the order of the table, and their tasks; equal items share one."""

    branch: str
    items: tuple[str, ...]
    tasks: tuple[int, ...]


def select(at: Site, project: Project, said: wire.Selection) -> Selected:
    """What a selection comes to now.

    Raises:
        Invalid: it names items and a filter, or neither; or the filter is none.
    """
    if sum(each is not None for each in (said.items, said.filter, said.tasks, said.review)) != 1:
        hint = "items, a filter (an empty one takes every item), tasks, or a review queue"
        raise Invalid("name what is meant in one way", where="selection", hint=hint)
    branch = said.branch or home_branch(project.spec)
    if said.tasks is not None or said.review is not None:
        return _of_tasks(at, project, branch, said)
    items = list(dict.fromkeys(said.items)) if said.items is not None else _passing(at, project, branch, said)
    tasks = _tasks(at, project, branch, items)
    there = tuple(item for item in items if item in tasks)
    return Selected(branch, there, tuple(dict.fromkeys(tasks[item] for item in there)))


def _of_tasks(at: Site, project: Project, branch: str, said: wire.Selection) -> Selected:
    with at.db.read() as tx:
        tasks = review_ids(tx, project.id, said.review) if said.review else list(dict.fromkeys(said.tasks or ()))
        wanted = set(tasks)
        rows = tx.stream(_ALL, {"project": project.id, "branch": branch})
        items = sorted(item for item, task in rows if task in wanted)
    return Selected(branch, tuple(items), tuple(tasks))


def _passing(at: Site, project: Project, branch: str, said: wire.Selection) -> list[str]:
    wanted = Wanted.read(said.filter, (), table_kinds(project.schema))
    left_out = set(said.without)
    table = table_now(at, project, branch, said.version)
    kinds = table_kinds(project.schema)
    found = [] if table is None else at.tables.matching(table.commit, kinds, wanted, live=table.live)
    return [item for item in found if item not in left_out]


def _tasks(at: Site, project: Project, branch: str, items: Sequence[str]) -> dict[str, int]:
    with at.db.read() as tx:
        if len(items) > _MANY:
            return dict(tx.execute(_ALL, {"project": project.id, "branch": branch}).all())
        found: dict[str, int] = {}
        for start in range(0, len(items), _CHUNK):
            found |= tasks_of_items(tx, project.id, branch, list(items[start : start + _CHUNK]))
        return found
