"""Which task a label from elsewhere is about: by the item's name, else by its content.

A name is the item's id with or without its first ``/``; where no item has it, the one item whose id ends in it, so
that labels of ``a.jpg`` find ``/images/a.jpg``. Content is that of the fields which the project shows: it finds its
task whatever the item is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from recension.crowd.identity import asking_of
from recension.crowd.registry import Project
from recension.db import Tx
from recension.errors import Invalid

_BY_ID: Final = """
    SELECT i.task, i.work_id FROM item i WHERE i.project = :project AND i.branch = :branch AND i.item_id = :item
"""
_BY_END: Final = """
    SELECT i.task, i.work_id, i.item_id FROM item i
    WHERE i.project = :project AND i.branch = :branch AND i.item_id LIKE :pattern ESCAPE '!' ORDER BY i.item_id LIMIT 8
"""
_BY_WORK: Final = """
    SELECT id, work_id FROM task
    WHERE project = :project AND kind IN ('real', :other) AND wanted = 1 AND work_id = :work ORDER BY kind DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class About:
    """What a label is about.

    Args:
        item: name of the item; may be empty when there is ``data``.
        data: the item's data, ``None`` when it is not known.
        work_id: the work itself, where it is known; of a control task too.
    """

    item: str
    data: Mapping[str, object] | None = None
    work_id: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """The task that is meant."""

    task: int
    work_id: str


def find_work(tx: Tx, project: Project, branch: str, about: About) -> Work | None:
    """The task of an item of one input branch; ``None`` when no item or several could be meant."""
    if about.work_id:
        return _of_work(tx, project, about.work_id, other="control")
    key = {"project": project.id, "branch": branch}
    if about.item:
        item = about.item if about.item.startswith("/") else f"/{about.item}"
        row = tx.execute(_BY_ID, key | {"item": item}).first()
        if row is not None:
            return Work(*row)
    by_content = _by_content(tx, project, about)
    if by_content is not None or not about.item:
        return by_content
    end = about.item if about.item.startswith("/") else f"/{about.item}"
    found = tx.execute(_BY_END, key | {"pattern": f"%{_escaped(end)}"}).all()
    whole = [(task, work) for task, work, item_id in found if item_id.endswith(end)]  # LIKE may ignore case
    return Work(*whole[0]) if len(whole) == 1 else None


def _by_content(tx: Tx, project: Project, about: About) -> Work | None:
    if about.data is None:
        return None
    try:
        work, _ = asking_of(tx, project).identify(about.data, about.item)
    except Invalid:  # the data lacks a field that is shown
        return None
    return _of_work(tx, project, work)


def _of_work(tx: Tx, project: Project, work: str, other: str = "real") -> Work | None:
    row = tx.execute(_BY_WORK, {"project": project.id, "work": work, "other": other}).first()
    return None if row is None else Work(*row)


def _escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
