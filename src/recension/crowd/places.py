"""Places: one task on one page, in one person's hands.

``move`` is the only way in which a place changes. It keeps the counters of the task, what the worker has seen, and the
worker's own count in step, all in the caller's transaction, and it is where the overlap is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from recension.crowd.states import HOLDS, PLACE, PlaceEvent, Standing, advance
from recension.crowd.tasks import fresh_turns
from recension.db import Tx

_COLUMNS: Final = "p.page, p.position, p.project, p.worker, p.task, p.kind, p.standing, p.answer, t.work_id"

HANDED: Final = {
    Standing.OPEN: "held",
    Standing.RETURNED: "back",
    Standing.SENT_BACK: "again",
}
"""What ``handed`` says about work in each standing; in all others the worker is done with it."""


@dataclass(frozen=True, slots=True)
class Place:
    """One task on one page; ``answer`` is the place in the log of what was last said there."""

    page: int
    position: int
    project: int
    worker: int
    task: int
    kind: str
    standing: Standing
    answer: int | None
    work_id: str


def places_on(tx: Tx, page_id: int) -> list[Place]:
    """The places of a page in order."""
    sql = f"SELECT {_COLUMNS} FROM page_task p JOIN task t ON t.id = p.task WHERE p.page = :page ORDER BY p.position"
    return [_place(row) for row in tx.execute(sql, {"page": page_id})]


def answered_places(tx: Tx, project_id: int, worker_id: int, standings: Sequence[Standing]) -> list[Place]:
    """The places of a worker's real and control tasks in these standings, in the order of the log."""
    names = ", ".join(f"'{standing.value}'" for standing in standings)
    sql = (
        f"SELECT {_COLUMNS} FROM page_task p JOIN task t ON t.id = p.task WHERE p.project = :project"
        f" AND p.worker = :worker AND p.kind IN ('real', 'control') AND p.standing IN ({names}) ORDER BY p.answer"
    )
    return [_place(row) for row in tx.execute(sql, {"project": project_id, "worker": worker_id})]


def place_of_answer(tx: Tx, seq: int, page_id: int, task_id: int) -> Place | None:
    """The place that this entry of the log is the present word on."""
    sql = (
        f"SELECT {_COLUMNS} FROM page_task p JOIN task t ON t.id = p.task"
        " WHERE p.page = :page AND p.task = :task AND p.answer = :seq"
    )
    row = tx.execute(sql, {"page": page_id, "task": task_id, "seq": seq}).first()
    return None if row is None else _place(row)


def move(tx: Tx, place: Place, event: PlaceEvent, *, answer: int | None = None, draft: str | None = None) -> bool:
    """Let ``event`` happen to a place; False, with nothing changed, when its task has no room for it any more.

    ``answer`` is the entry of the log that says so, where it is an answer or a skip. ``draft`` is kept for the worker
    until they answer; of a place that is given back the draft that is there stays.

    Raises:
        IllegalMove: the place does not allow the event.
    """
    standing = advance(PLACE, place.standing, event)
    if not _count(tx, place, standing):
        return False
    word = None if standing is Standing.OPEN else answer or place.answer
    tx.execute(
        "UPDATE page_task SET standing = :standing, answer = :answer WHERE page = :page AND position = :position",
        {"standing": standing.value, "answer": word, "page": place.page, "position": place.position},
    )
    keeps_draft = event is PlaceEvent.GIVE_BACK
    tx.execute(
        "UPDATE handed SET state = :state, draft = CASE WHEN :keeps = 1 THEN draft ELSE :draft END"
        " WHERE project = :project AND worker = :worker AND work_id = :work",
        {
            "state": HANDED.get(standing, "done"),
            "keeps": int(keeps_draft),
            "draft": draft,
            "project": place.project,
            "worker": place.worker,
            "work": place.work_id,
        },
    )
    return True


def take(tx: Tx, project_id: int, task_id: int, kind: str) -> bool:
    """Reserve one place of a task; False when all are taken."""
    return _hold(tx, project_id, task_id, kind, reserved=1, answered=0)


def free(tx: Tx, project_id: int, task_id: int) -> None:
    """Give back one place of a real task that was reserved."""
    _hold(tx, project_id, task_id, "real", reserved=-1, answered=0)


def _count(tx: Tx, place: Place, standing: Standing) -> bool:
    before, after = HOLDS[place.standing], HOLDS[standing]
    reserved, answered = after[0] - before[0], after[1] - before[1]
    if (reserved or answered) and not _hold(
        tx, place.project, place.task, place.kind, reserved=reserved, answered=answered
    ):
        return False
    valid = int(standing is Standing.ANSWERED) - int(place.standing is Standing.ANSWERED)
    if valid and place.kind in {"real", "control"}:
        tx.execute(
            "UPDATE membership SET answers = answers + :valid WHERE project = :project AND worker = :worker",
            {"valid": valid, "project": place.project, "worker": place.worker},
        )
    return True


def _hold(tx: Tx, project_id: int, task_id: int, kind: str, *, reserved: int, answered: int) -> bool:
    """Change the counters of a task, unless that would ask more people than its overlap says."""
    more = reserved + answered
    values: dict[str, object] = {"task": task_id, "reserved": reserved, "answered": answered, "more": more}
    counters = "reserved = reserved + :reserved, answered = answered + :answered"
    if more and kind == "real":
        values["turn"] = fresh_turns(tx, project_id, 1)[0]
        sql = f"UPDATE task SET {counters}, turn = :turn WHERE id = :task AND (:more < 0 OR need >= :more)"
    else:
        # The need, and with it the place in the queue, stays as it is.
        sql = f"UPDATE task SET {counters} WHERE id = :task AND :more = :more"
    return tx.execute(sql, values).rowcount == 1


def _place(row: tuple[object, ...]) -> Place:
    page, position, project, worker, task, kind, standing, answer, work_id = row
    return Place(page, position, project, worker, task, kind, Standing(str(standing)), answer, work_id)  # type: ignore[arg-type]
