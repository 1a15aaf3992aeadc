"""One thing done to many tasks: kept until it is done, step by step, so that it goes on after a kill and can be ended.

What is to be done, by whom and to which tasks is one row (``bulk``). Each step does a few tasks and moves ``done`` on
in the same transaction: no task is done twice, and none is left out. A task that does not allow it is left alone and
counted under the reason. What was done stands in the log under ids that begin with the action's own, which is how it
is found again to be undone.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from recension.crowd.bulk_actions import ACTIONS, undo_one
from recension.crowd.task_words import Desk, task_row
from recension.crowd.terms import terms_of
from recension.crowd.workers import Worker, worker_of
from recension.db import Tx
from recension.errors import Conflict, Invalid, NotFound

State = Literal["running", "done", "cancelled", "failed"]

STEP: Final = 100
"""Tasks in one transaction: others write in between."""
UNDO: Final = "undo"
_LISTED: Final = 50
_WIDTH: Final = 8
_NAMES: Final = (
    *("id", "project", "action", "args", "by_account", "worker", "undo_of", "state", "items", "total", "done"),
    *("changed", "left_alone", "problem", "started_us", "ended_us"),
)
_COLUMNS: Final = ", ".join(_NAMES)
_INSERT: Final = """
    INSERT INTO bulk (id, project, action, args, by_account, worker, undo_of, state, targets, items, total, started_us)
    VALUES (:id, :project, :action, :args, :by, :worker, :undo_of, 'running', :targets, :items, :total, :now)
    ON CONFLICT (id) DO NOTHING
"""
_MOVE: Final = """
    UPDATE bulk SET done = done + :done, changed = changed + :changed, left_alone = :left,
        state = CASE WHEN done + :done >= total THEN 'done' ELSE state END,
        ended_us = CASE WHEN done + :done >= total THEN CAST(:now AS BIGINT) ELSE ended_us END
    WHERE id = :id
"""


@dataclass(frozen=True, slots=True)
class Bulk:
    """An action on many tasks, and how far it is.

    Args:
        by_account: the account that asked for it; ``worker`` is the same person as a worker.
        undo_of: the action that this one undoes.
        items: how many items were selected; equal ones share a task, so there may be fewer tasks (``total``).
        done: tasks looked at; ``changed`` of them were changed.
        left_alone: reason → how many tasks.
        problem: why it failed.
    """

    id: str
    project: int
    action: str
    args: Mapping[str, Any]
    by_account: str
    worker: int
    undo_of: str | None
    state: State
    items: int
    total: int
    done: int
    changed: int
    left_alone: Mapping[str, int]
    problem: str
    started_us: int
    ended_us: int | None


@dataclass(frozen=True, slots=True)
class NewBulk:
    """An action to be begun; ``id`` is made by the client, and the same id again is the same action."""

    id: str
    action: str
    args: Mapping[str, Any]


def check_bulk(new: NewBulk) -> None:
    """Do nothing when there is such an action and it has what it needs.

    Raises:
        Invalid: there is none, or an argument is missing, unknown or out of range.
    """
    if new.action not in ACTIONS:
        raise Invalid(f"there is no action {new.action!r}", where="action", hint=f"one of {', '.join(ACTIONS)}")
    ACTIONS[new.action].check(new.args)


def begin(  # noqa: PLR0917  who, what, to what: in the order it is said
    tx: Tx, now_us: int, project_id: int, lead: Worker, new: NewBulk, tasks: Sequence[int], items: int
) -> Bulk:
    """Begin an action on these tasks; it is done by ``step``.

    Raises:
        Conflict: the id was used for something else.
    """
    check_bulk(new)
    return _insert(tx, now_us, project_id, lead, new, array("q", tasks).tobytes(), (items, len(tasks)), None)


def begin_undo(  # noqa: PLR0917  as above
    tx: Tx, now_us: int, project_id: int, lead: Worker, name: str, of: str
) -> Bulk:
    """Begin to undo an action, on all of its tasks that it changed and nobody has changed since.

    Raises:
        NotFound: there is no such action.
        Conflict: it cannot be undone, is not over yet, or is being undone.
    """
    former = bulk(tx, project_id, of)
    if not can_undo(former):
        raise Conflict(f"{former.action} cannot be undone", where=of, hint="look at what came of it, task by task")
    if former.state == "running":
        raise Conflict("it is not over yet", where=of, hint="cancel it first")
    other = tx.execute("SELECT id FROM bulk WHERE undo_of = :of AND id <> :id", {"of": of, "id": name}).first()
    if other is not None:
        raise Conflict("it was undone already", where=of, hint="do it again instead")
    targets = tx.execute("SELECT targets FROM bulk WHERE id = :id", {"id": of}).scalar()
    new = NewBulk(name, UNDO, {"action": former.action})
    reached = bytes(targets)[: former.done * _WIDTH]
    return _insert(tx, now_us, project_id, lead, new, reached, (former.items, former.done), of)


def can_undo(each: Bulk) -> bool:
    """Whether an action is one that can be undone."""
    return each.action in ACTIONS and ACTIONS[each.action].undoable and each.done > 0


def _insert(  # noqa: PLR0917  as above
    tx: Tx,
    now_us: int,
    project_id: int,
    lead: Worker,
    new: NewBulk,
    targets: bytes,
    counts: tuple[int, int],
    undo_of: str | None,
) -> Bulk:
    args = json.dumps(dict(new.args), sort_keys=True, ensure_ascii=False)
    row = {"id": new.id, "project": project_id, "action": new.action, "args": args, "by": lead.name}
    row |= {"worker": lead.id, "undo_of": undo_of, "targets": targets, "items": counts[0], "total": counts[1]}
    made = tx.execute(_INSERT, row | {"now": now_us}).rowcount
    if made and counts[1] == 0:
        tx.execute(_MOVE, {"id": new.id, "done": 0, "changed": 0, "left": "{}", "now": now_us})
    found = tx.execute("SELECT project FROM bulk WHERE id = :id", {"id": new.id}).scalar()
    present = bulk(tx, found, new.id)
    same = (present.project, present.action, present.args, present.undo_of)
    if same != (project_id, new.action, json.loads(args), undo_of):
        raise Conflict("this id was used for something else", where="id", hint="make a new id per action")
    return present


def bulk(tx: Tx, project_id: int, name: str) -> Bulk:
    """One action.

    Raises:
        NotFound: the project has none of that id.
    """
    sql = f"SELECT {_COLUMNS} FROM bulk WHERE id = :id AND project = :project"
    row = tx.execute(sql, {"id": name, "project": project_id}).first()
    if row is None:
        raise NotFound(f"no action {name}", where="action", hint="list the project's actions")
    return _bulk(row)


def bulks(tx: Tx, project_id: int) -> list[Bulk]:
    """The project's last actions, the newest first."""
    sql = f"SELECT {_COLUMNS} FROM bulk WHERE project = :project ORDER BY started_us DESC, id LIMIT {_LISTED}"
    return [_bulk(row) for row in tx.execute(sql, {"project": project_id})]


def undone(tx: Tx, names: Sequence[str]) -> set[str]:
    """Those of these actions that were undone, or are being undone."""
    if not names:
        return set()
    marks = ", ".join(f":n{at}" for at in range(len(names)))
    rows = tx.execute(
        f"SELECT undo_of FROM bulk WHERE undo_of IN ({marks})", {f"n{at}": name for at, name in enumerate(names)}
    )
    return {name for (name,) in rows}


def running(tx: Tx) -> list[Bulk]:
    """Every action of any project that is not over, the oldest first."""
    return [
        _bulk(row) for row in tx.execute(f"SELECT {_COLUMNS} FROM bulk WHERE state = 'running' ORDER BY started_us")
    ]


def cancel(tx: Tx, now_us: int, project_id: int, name: str) -> Bulk:
    """End an action where it is: what was done stays, and can be undone. One that is over stays as it is."""
    bulk(tx, project_id, name)
    sql = "UPDATE bulk SET state = 'cancelled', ended_us = :now WHERE id = :id AND state = 'running'"
    tx.execute(sql, {"id": name, "now": now_us})
    return bulk(tx, project_id, name)


def fail(tx: Tx, now_us: int, name: str, problem: str) -> None:
    """End an action that cannot go on."""
    sql = "UPDATE bulk SET state = 'failed', problem = :problem, ended_us = :now WHERE id = :id AND state = 'running'"
    tx.execute(sql, {"id": name, "problem": problem, "now": now_us})


def next_tasks(tx: Tx, each: Bulk, count: int) -> list[int]:
    """The next tasks of an action, as far as it is in this transaction; none when it was ended."""
    sql = (
        "SELECT substr(targets, CAST(done * 8 + 1 AS INTEGER), CAST(:size AS INTEGER)) FROM bulk"
        " WHERE id = :id AND state = 'running'"
    )
    found = tx.execute(sql, {"id": each.id, "size": count * _WIDTH}).scalar()
    tasks: array[int] = array("q")
    tasks.frombytes(bytes(found or b""))
    return tasks.tolist()


def step(tx: Tx, now_us: int, each: Bulk, *, count: int = STEP) -> int:
    """Do the next few tasks of an action; how many they were."""
    tasks = next_tasks(tx, each, count)
    if tasks:
        terms = terms_of(tx, each.project)
        desk = Desk(tx, now_us, terms, worker_of(tx, each.worker), each.id)
        move_on(tx, now_us, each.id, [_do(desk, each, task) for task in tasks])
    return len(tasks)


def move_on(tx: Tx, now_us: int, name: str, told: Sequence[str | None]) -> None:
    """Note what came of the next tasks: changed (``None``), or why they were left alone."""
    left = Counter(json.loads(tx.execute("SELECT left_alone FROM bulk WHERE id = :id", {"id": name}).scalar()))
    left.update(each for each in told if each is not None)
    values = {"id": name, "done": len(told), "changed": sum(each is None for each in told), "now": now_us}
    tx.execute(_MOVE, values | {"left": json.dumps(left, sort_keys=True, ensure_ascii=False)})


def foresee(desk: Desk, new: NewBulk, tasks: Sequence[int]) -> tuple[int, dict[str, int]]:
    """What an action would come to: how many of these tasks it would change, and reason → how many not.

    ``desk`` has to be ``dry``.
    """
    check_bulk(new)
    told = Counter(_act(desk, new.action, new.args, task) for task in tasks)
    changed = told.pop(None, 0)
    return changed, {why: count for why, count in told.items() if why is not None}


def _do(desk: Desk, each: Bulk, task: int) -> str | None:
    if each.action != UNDO:
        return _act(desk, each.action, each.args, task)
    row = task_row(desk, task)
    return "no task any more" if row is None else undo_one(desk, row, each.undo_of or "")


def _act(desk: Desk, action: str, args: Mapping[str, Any], task: int) -> str | None:
    row = task_row(desk, task)
    return "no task any more" if row is None else ACTIONS[action].do(desk, row, args)


def _bulk(row: Sequence[Any]) -> Bulk:
    values = dict(zip(_NAMES, row, strict=True))
    return Bulk(**values | {name: json.loads(values[name]) for name in ("args", "left_alone")})
