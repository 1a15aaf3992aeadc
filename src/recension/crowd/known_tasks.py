"""Tasks with known answers in the database: written with their project, and again when their file changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from recension.crowd.identity import asking_of
from recension.crowd.readers import FAULTS, Means
from recension.crowd.registry import Project
from recension.crowd.sources import KnownTasks, read_source
from recension.crowd.spec import TaskSource
from recension.crowd.tasks import add_tasks, retarget, unwant
from recension.db import Tx
from recension.ids import Address

_DONE: Final = """
    INSERT INTO task_source (project, kind, commit_id) VALUES (:project, :kind, :commit)
    ON CONFLICT (project, kind) DO UPDATE SET commit_id = excluded.commit_id, error = NULL
"""
_COMPLAIN: Final = """
    INSERT INTO task_source (project, kind, commit_id, error) VALUES (:project, :kind, '', :error)
    ON CONFLICT (project, kind) DO UPDATE SET error = excluded.error
"""


def write_known(tx: Tx, now_us: int, project_id: int, known: Sequence[KnownTasks]) -> None:
    """Make these the tasks with known answers; others of their kinds are handed out no more."""
    for each in known:
        ids = add_tasks(tx, now_us, project_id, each.tasks, overlap=0)
        for task in each.tasks:
            retarget(tx, ids[task.kind, task.work_id], expected=task.expected or {}, hint=task.hint)
        _drop(tx, project_id, each.kind, set(ids.values()))
        tx.execute(_DONE, {"project": project_id, "kind": each.kind, "commit": each.commit})


def drop_other_kinds(tx: Tx, project_id: int, kept: Sequence[KnownTasks]) -> None:
    """Hand out no more tasks of kinds that the project does not have any more."""
    for kind in {"training", "exam", "control"} - {each.kind for each in kept}:
        _drop(tx, project_id, kind, set())
        values = {"project": project_id, "kind": kind}
        tx.execute("DELETE FROM task_source WHERE project = :project AND kind = :kind", values)


def sync_known(means: Means, found: Project, *, repo: str | None = None, branch: str | None = None) -> list[str]:
    """Read the files of tasks with known answers again, where they have changed.

    Args:
        means: store, readers and clock.
        found: the project.
        repo: only files of this repo.
        branch: only files of this branch.

    Returns:
        What is wrong with them, one line each; it is on the project's status too, and the old tasks stay.
    """
    problems = []
    for kind, source in found.spec.sources().items():
        if (repo is None or source.repo == repo) and (branch is None or source.branch == branch):
            problem = _sync(means, found, kind, source)
            problems += [] if problem is None else [problem]
    return problems


def _sync(means: Means, found: Project, kind: str, source: TaskSource) -> str | None:
    values = {"project": found.id, "kind": kind}
    sql = "SELECT commit_id FROM task_source WHERE project = :project AND kind = :kind AND error IS NULL"
    with means.db.read() as tx:
        stands_at = tx.execute(sql, values).scalar()
        asks = asking_of(tx, found)
    try:
        head = means.store.resolve(Address(found.workspace, source.repo, source.branch))
        if head.id == stands_at:
            return None
        read = read_source(means, found.workspace, kind, source, asks)
    except FAULTS as error:
        problem = str(error)
        means.db.write(lambda tx: tx.execute(_COMPLAIN, values | {"error": problem}))
        return problem
    means.db.write(lambda tx: write_known(tx, means.clock.now_us(), found.id, [read]))
    return None


def _drop(tx: Tx, project_id: int, kind: str, kept: set[int]) -> None:
    sql = "SELECT id FROM task WHERE project = :project AND kind = :kind AND wanted = 1"
    wanted = {task_id for (task_id,) in tx.execute(sql, {"project": project_id, "kind": kind})}
    unwant(tx, sorted(wanted - kept))
