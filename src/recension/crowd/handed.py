"""Who was handed which piece of work: nobody answers equal content twice."""

from __future__ import annotations

from typing import Final

from recension.db import Tx

_SEEN: Final = "SELECT state FROM handed WHERE project = :project AND worker = :worker AND work_id = :work"
_HAND: Final = """
    INSERT INTO handed (project, worker, work_id, task, kind, state)
    VALUES (:project, :worker, :work, :task, :kind, 'held')
    ON CONFLICT (project, worker, work_id) DO UPDATE SET state = 'held' WHERE handed.state = 'back'
"""


def has_seen(tx: Tx, project: int, worker: int, work: str) -> bool:
    """Whether the worker holds or has done this work; what was given back does not count."""
    state = tx.execute(_SEEN, {"project": project, "worker": worker, "work": work}).scalar()
    return state is not None and state != "back"


def note_handed(tx: Tx, project: int, worker: int, work: str, task: int, *, kind: str = "real") -> bool:
    """The worker holds this work from now on; False where they had it already."""
    values = {"project": project, "worker": worker, "work": work, "task": task, "kind": kind}
    return tx.execute(_HAND, values).rowcount == 1
