"""Saved views of a project's table: a filter, an order and columns under a name, shared by all who see the project."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from recension.crowd.filters import Kind, kind_of
from recension.crowd.table_rows import SortKey, Wanted
from recension.db import Tx
from recension.errors import Invalid, NotFound

_MAX_NAME: Final = 80
_MAX_VIEWS: Final = 100

_PUT: Final = """
    INSERT INTO table_view (project, name, body, by_account, at_us) VALUES (:project, :name, :body, :by, :now)
    ON CONFLICT (project, name) DO UPDATE
    SET body = excluded.body, by_account = excluded.by_account, at_us = excluded.at_us
"""


@dataclass(frozen=True, slots=True)
class View:
    """A saved question.

    Args:
        name: what people call it.
        filter: as it was asked; ``None``: every row.
        sort: the order.
        columns: what is shown, in this order; empty: what pages show by themselves.
    """

    name: str
    filter: Mapping[str, object] | None
    sort: tuple[SortKey, ...] = ()
    columns: tuple[str, ...] = ()


def views(tx: Tx, project_id: int) -> list[View]:
    """The project's views, by name."""
    rows = tx.execute(
        "SELECT name, body FROM table_view WHERE project = :project ORDER BY name", {"project": project_id}
    )
    return [_view(name, json.loads(body)) for name, body in rows]


def save_view(tx: Tx, now_us: int, project_id: int, kinds: Mapping[str, Kind], view: View, *, by: str) -> None:
    """Keep a view, in the place of one of its name.

    Raises:
        Invalid: its name is no name, it asks for what the table does not have, or there are too many.
    """
    named = view.name == view.name.strip() and view.name.isprintable() and "/" not in view.name
    if not named or not 1 <= len(view.name) <= _MAX_NAME:
        raise Invalid("a view has a name", where="name", hint=f"1 to {_MAX_NAME} characters on one line, without /")
    Wanted.read(view.filter, view.sort, kinds)
    for column in view.columns:
        kind_of(column, kinds, "columns")
    there = {each.name for each in views(tx, project_id)}
    if view.name not in there and len(there) >= _MAX_VIEWS:
        raise Invalid(f"a project has at most {_MAX_VIEWS} views", where=view.name, hint="delete one first")
    body = {"filter": view.filter, "sort": [list(key) for key in view.sort], "columns": list(view.columns)}
    row = {"project": project_id, "name": view.name, "body": json.dumps(body, ensure_ascii=False)}
    tx.execute(_PUT, row | {"by": by, "now": now_us})


def delete_view(tx: Tx, project_id: int, name: str) -> None:
    """Forget a view.

    Raises:
        NotFound: there is none of that name.
    """
    sql = "DELETE FROM table_view WHERE project = :project AND name = :name"
    if not tx.execute(sql, {"project": project_id, "name": name}).rowcount:
        raise NotFound(f"no view {name!r}", where="views", hint="it may have been deleted by somebody else")


def tasks_of_items(tx: Tx, project_id: int, branch: str, item_ids: list[str]) -> dict[str, int]:
    """Item → its task, of those that are still there."""
    if not item_ids:
        return {}
    marks = ", ".join(f":i{at}" for at in range(len(item_ids)))
    rows = tx.execute(
        f"SELECT item_id, task FROM item WHERE project = :project AND branch = :branch AND item_id IN ({marks})",
        {"project": project_id, "branch": branch} | {f"i{at}": item for at, item in enumerate(item_ids)},
    )
    return dict(rows.all())


def _view(name: str, body: Mapping[str, Any]) -> View:
    return View(name, body["filter"], tuple(SortKey(*key) for key in body["sort"]), tuple(body["columns"]))
