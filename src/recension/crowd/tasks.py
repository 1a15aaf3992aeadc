"""Tasks: how they come in, whether they are wanted, and their place in the queue.

The counters of a task change here and in ``places`` only. A task that becomes available gets a fresh turn: it joins
the end of its queue, behind every ``queue_mark`` (see ``schema``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from blake3 import blake3

from recension.db import Tx
from recension.label import canonical_json

TaskKind = Literal["real", "control", "training", "exam"]
_ID_BITS: Final = 53
"""Ids are exact in JSON numbers of every language."""


@dataclass(frozen=True, slots=True)
class NewTask:
    """Work to be done.

    Args:
        work_id: identity of the question and its content.
        data: what is shown.
        expected: right answer by field, of control, training and exam tasks.
        hint: shown after a wrong answer in training.
    """

    kind: TaskKind
    work_id: str
    data: Mapping[str, object]
    expected: Mapping[str, object] | None = None
    hint: str | None = None


def fresh_turns(tx: Tx, project_id: int, count: int) -> range:
    """``count`` turns that no task of the project had before.

    The row that is updated orders everything that changes this project's queue, on databases with many writers too.
    """
    sql = "UPDATE project SET turns = turns + :count WHERE id = :project RETURNING turns"
    last = tx.execute(sql, {"count": count, "project": project_id}).scalar()
    return range(last - count + 1, last + 1)


def add_tasks(
    tx: Tx, now_us: int, project_id: int, tasks: Sequence[NewTask], *, overlap: int
) -> dict[tuple[TaskKind, str], int]:
    """Make sure that these tasks exist and are wanted; the id of each by kind and work id.

    Work that is there already keeps its answers and is wanted again.
    """
    ids: dict[tuple[TaskKind, str], int] = {}
    found = (tx.execute(_FIND, {"project": project_id, "kind": each.kind, "work": each.work_id}) for each in tasks)
    known = [rows.scalar() for rows in found]
    fresh = [each for each, task_id in zip(tasks, known, strict=True) if task_id is None]
    ids = {(each.kind, each.work_id): task_id for each, task_id in zip(tasks, known, strict=True) if task_id}
    want(tx, project_id, ids.values())
    turns = iter(fresh_turns(tx, project_id, len(fresh))) if fresh else iter(())
    for each in fresh:
        if (each.kind, each.work_id) not in ids:
            row = _row(project_id, each, overlap) | {"turn": next(turns), "now": now_us}
            ids[each.kind, each.work_id] = _insert(tx, row)
    return ids


_FIND: Final = "SELECT id FROM task WHERE project = :project AND work_id = :work AND kind = :kind"
_INSERT: Final = """
    INSERT INTO task (id, project, work_id, kind, data, expected, hint, overlap, turn, created_us)
    VALUES (:id, :project, :work, :kind, :data, :expected, :hint, :overlap, :turn, :now)
    ON CONFLICT (id) DO NOTHING
"""


def _row(project_id: int, task: NewTask, overlap: int) -> dict[str, object]:
    return {
        "project": project_id,
        "work": task.work_id,
        "kind": task.kind,
        "data": json.dumps(task.data, ensure_ascii=False, separators=(",", ":")),
        "expected": None if task.expected is None else canonical_json(dict(task.expected)).decode(),
        "hint": task.hint,
        "overlap": overlap if task.kind == "real" else 0,
    }


def _insert(tx: Tx, row: dict[str, object]) -> int:
    """Insert under an id that tells nobody of what kind the task is, as a counter would."""
    for attempt in range(16):
        name = f"{row['project']}/{row['kind']}/{row['work']}/{attempt}"
        task_id = int.from_bytes(blake3(name.encode()).digest(length=8)) >> (64 - _ID_BITS)
        if tx.execute(_INSERT, row | {"id": task_id}).rowcount:
            return task_id
    raise AssertionError("sixteen collisions of 53-bit ids")


def want(tx: Tx, project_id: int, task_ids: Iterable[int]) -> None:
    """Ask for these tasks again; those that are wanted already keep their turn, those that are excluded stay so."""
    sql = "SELECT id FROM task WHERE id = :id AND wanted = 0 AND excluded = 0"
    asleep = [task_id for task_id in task_ids if tx.execute(sql, {"id": task_id}).first()]
    turns = fresh_turns(tx, project_id, len(asleep)) if asleep else ()
    tx.executemany(
        "UPDATE task SET wanted = 1, turn = :turn WHERE id = :id",
        [{"id": task_id, "turn": turn} for task_id, turn in zip(asleep, turns, strict=True)],
    )


def unwant(tx: Tx, task_ids: Iterable[int]) -> None:
    """Hand these tasks out no more. Their answers stay, and pages that hold them may still be finished."""
    tx.executemany("UPDATE task SET wanted = 0 WHERE id = :id", [{"id": task_id} for task_id in task_ids])


def set_overlap(tx: Tx, project_id: int, overlap: int) -> None:
    """Ask this many people about every real task from now on. More answers than that stay where they are.

    Tasks of which one answer more was asked keep that, and those that are decided ask for none.
    """
    values = {"project": project_id, "overlap": overlap}
    tx.execute(
        "UPDATE task SET overlap = CASE WHEN decided = 1 THEN 0 ELSE :overlap + extra END"
        " WHERE project = :project AND kind = 'real'",
        values,
    )
    # Every task may have moved to another queue without a fresh turn.
    tx.execute("DELETE FROM queue_mark WHERE project = :project", values)


def set_decided(tx: Tx, project_id: int, task_id: int, overlap: int, *, decided: bool) -> None:
    """A task that is decided asks for no answer; one that is decided no more asks for what the policy says again."""
    tx.execute(
        "UPDATE task SET decided = :decided, overlap = CASE WHEN :decided = 1 THEN 0 ELSE :overlap + extra END,"
        " turn = :turn WHERE id = :task AND decided <> :decided",
        {
            "decided": int(decided),
            "overlap": overlap,
            "turn": fresh_turns(tx, project_id, 1)[0],
            "task": task_id,
        },
    )


def retarget(tx: Tx, task_id: int, *, expected: Mapping[str, object], hint: str | None) -> None:
    """Correct what a control, training or exam task expects; earlier answers are judged by it from now on."""
    values = {"id": task_id, "expected": canonical_json(dict(expected)).decode(), "hint": hint}
    tx.execute("UPDATE task SET expected = :expected, hint = :hint WHERE id = :id AND kind <> 'real'", values)
