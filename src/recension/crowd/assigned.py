"""Tasks that are kept for one worker: a place of each is theirs, and it stands on their next page.

A place that is kept counts as reserved, so nobody is asked instead; ``recount`` verifies it.
"""

from __future__ import annotations

from typing import Final

from recension.crowd.places import free, take
from recension.crowd.workers import Membership
from recension.db import Tx

_KEPT: Final = """
    SELECT a.task, t.work_id FROM assigned a JOIN task t ON t.id = a.task
    WHERE a.project = :project AND a.worker = :worker AND t.wanted = 1 ORDER BY a.at_us, a.task LIMIT :count
"""
_SEEN: Final = """
    SELECT 1 FROM handed h JOIN task t ON t.project = h.project AND t.work_id = h.work_id
    WHERE t.id = :task AND h.worker = :worker AND h.state <> 'back'
"""
_INSERT: Final = """
    INSERT INTO assigned (project, task, worker, by_account, at_us) VALUES (:project, :task, :worker, :by, :now)
    ON CONFLICT (task, worker) DO NOTHING
"""


def assign(tx: Tx, now_us: int, project_id: int, task: int, worker: int, *, by: str) -> bool:
    """Keep a place of a task for a worker; False when it has none left."""
    if not take(tx, project_id, task, "real"):
        return False
    tx.execute(_INSERT, {"project": project_id, "task": task, "worker": worker, "by": by, "now": now_us})
    return True


def unassign(tx: Tx, project_id: int, task: int, worker: int) -> bool:
    """Give a kept place back; False when there was none."""
    sql = "DELETE FROM assigned WHERE task = :task AND worker = :worker"
    if not tx.execute(sql, {"task": task, "worker": worker}).rowcount:
        return False
    free(tx, project_id, task)
    return True


def unassign_all(tx: Tx, project_id: int, worker: int) -> None:
    """Give back every place that is kept for a worker."""
    rows = tx.execute(
        "SELECT task FROM assigned WHERE project = :project AND worker = :worker ORDER BY task",
        {"project": project_id, "worker": worker},
    )
    for (task,) in rows.all():
        unassign(tx, project_id, task, worker)


def assignees(tx: Tx, task: int) -> list[tuple[int, str]]:
    """For whom places of a task are kept: (worker, name), in the order of the names."""
    sql = "SELECT w.id, w.name FROM assigned a JOIN worker w ON w.id = a.worker WHERE a.task = :task ORDER BY w.name"
    return [(worker, name) for worker, name in tx.execute(sql, {"task": task})]


def has_seen(tx: Tx, task: int, worker: int) -> bool:
    """Whether a worker has the task in hand, or was done with it."""
    return tx.execute(_SEEN, {"task": task, "worker": worker}).first() is not None


def take_assigned(tx: Tx, member: Membership, count: int) -> list[tuple[int, str]]:
    """Up to ``count`` tasks that were kept for this worker, free to be handed to them: (task, work id)."""
    found: list[tuple[int, str]] = []
    values = {"project": member.project, "worker": member.worker}
    while len(found) < count:
        rows = tx.execute(_KEPT, values | {"count": count - len(found)}).all()
        for task, work in rows:
            unassign(tx, member.project, task, member.worker)
            # It may have been decided in the meantime, or brought in as theirs.
            need = tx.execute("SELECT need FROM task WHERE id = :task", {"task": task}).scalar()
            if need > 0 and not has_seen(tx, task, member.worker):
                found.append((task, work))
        if not rows:
            break
    return found
