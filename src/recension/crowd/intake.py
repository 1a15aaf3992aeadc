"""Intake: new input commits become items and tasks, whole or not at all.

``sync_input`` brings one branch of a project to one input commit. The commit is read and compared first (``plans``);
then everything it changes is written in one transaction, which also moves the branch on: a replay finds the branch
there and does nothing, a kill leaves it where it was. A commit that cannot be read leaves the branch at its old input
and is reported on the project's status until a good one comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from recension.crowd.branches import check_input_branch
from recension.crowd.identity import asking_of
from recension.crowd.plans import FoundItem, Plan, Planner
from recension.crowd.readers import FAULTS, Means
from recension.crowd.registry import Project, project
from recension.crowd.staleness import set_former
from recension.crowd.tasks import add_tasks, unwant
from recension.db import Database, Tx
from recension.errors import Conflict, Damaged, Invalid, NotFound
from recension.ids import CommitId

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What an input commit brought.

    Args:
        commit_id: the input commit the branch stands at now; empty when it stands at none.
        changed: whether anything was written.
        new_tasks: tasks that were not there before.
        reused: pieces of work of new or edited items that had a task already.
        stale: edited items that wait for new labels.
        gone: items that are no longer there.
        error: why the commit could not be taken in: one line with place and remedy.
    """

    project_id: int
    branch: str
    commit_id: str
    changed: bool = False
    new_tasks: int = 0
    reused: int = 0
    stale: int = 0
    gone: int = 0
    error: str | None = None


def sync_input(
    means: Means, project_id: int, branch: str, commit_id: CommitId | None, *, event: int | None = None
) -> IntakeReport:
    """Bring a branch of a project to an input commit; does nothing when it is there.

    Args:
        means: store, readers and clock.
        project_id: the project.
        branch: the input branch.
        commit_id: ``None``: the branch was deleted; its items are forgotten, answers stay.
        event: number of the event that told of the commit; it and older ones are then known to be dealt with.
    """
    for _ in range(_ATTEMPTS):
        try:
            return _sync(means, project_id, branch, commit_id, event)
        except Conflict:
            continue
    raise Conflict("the input keeps moving", where=branch, hint="try again")


def _sync(means: Means, project_id: int, branch: str, commit_id: CommitId | None, event: int | None) -> IntakeReport:
    with means.db.read() as tx:
        found = project(tx, project_id)
        present = _present(tx, project_id, branch)
    if not found.spec.follows(branch) or _is_old(present, event):
        return IntakeReport(project_id, branch, present.commit_id)
    if present.commit_id == (commit_id or ""):
        return _confirm(means.db, project_id, present, event)
    if commit_id is None:
        return means.db.write(lambda tx: forget_branch(tx, project_id, branch))
    try:
        plan = plan_branch(means, found, branch, commit_id)
    except FAULTS as error:
        return _refuse(means.db, project_id, present, error)
    return means.db.write(lambda tx: apply_plan(tx, means.clock.now_us(), found, plan, event=event))


def plan_branch(means: Means, found: Project, branch: str, commit_id: CommitId) -> Plan:
    """What it takes to bring a branch to a commit.

    Raises:
        Invalid: a file breaks its format, or the branch's name is taken; with place and remedy.
    """
    check_input_branch(found.spec, branch)
    with means.db.read() as tx:
        asks = asking_of(tx, found)
    return Planner(means, asks, found.spec.input).following(found, branch, means.store.commit(commit_id))


def apply_plan(tx: Tx, now_us: int, found: Project, plan: Plan, *, event: int | None = None) -> IntakeReport:
    """Write a plan.

    Raises:
        Conflict: the project or the branch has moved on since the plan was made; nothing was written.
    """
    _check_current(tx, found, plan)
    of_branch = {"project": found.id, "branch": plan.branch}
    if plan.base is not None and plan.base.branch != plan.branch:
        tx.execute(_COPY, of_branch | {"like": plan.base.branch})
    before = tx.execute(_COUNT, of_branch).scalar()
    ids = add_tasks(tx, now_us, found.id, plan.tasks, overlap=found.spec.overlap)
    new_tasks = tx.execute(_COUNT, of_branch).scalar() - before
    commit = of_branch | {"commit": plan.commit.id}
    tx.executemany(_UPSERT, (commit | _item(each, ids["real", each.work_id]) for each in plan.found))
    tx.executemany(_DELETE, (of_branch | {"item": item_id} for item_id in plan.gone))
    _unwant_left(tx, found.id, plan.left)
    tx.execute(_MOVE, commit | {"global": plan.commit.global_id, "event": event})
    return IntakeReport(
        project_id=found.id,
        branch=plan.branch,
        commit_id=plan.commit.id,
        changed=True,
        new_tasks=new_tasks,
        reused=len(plan.tasks) - new_tasks,
        stale=tx.execute(_STALE, commit).scalar(),
        gone=len(plan.gone),
    )


def forget_branch(tx: Tx, project_id: int, branch: str) -> IntakeReport:
    """Forget the items of a branch that was deleted; what nobody else wants is handed out no more."""
    of_branch = {"project": project_id, "branch": branch}
    sql = "SELECT DISTINCT work_id FROM item WHERE project = :project AND branch = :branch"
    left = frozenset(work for (work,) in tx.execute(sql, of_branch))
    gone = tx.execute("DELETE FROM item WHERE project = :project AND branch = :branch", of_branch).rowcount
    _unwant_left(tx, project_id, left)
    tx.execute("DELETE FROM input WHERE project = :project AND branch = :branch", of_branch)
    return IntakeReport(project_id, branch, "", changed=True, gone=gone)


@dataclass(frozen=True, slots=True)
class _Present:
    """Where a branch stands; ``known`` is false for one that was never looked at."""

    branch: str
    known: bool
    commit_id: str = ""
    error: str | None = None
    event: int | None = None


def _present(tx: Tx, project_id: int, branch: str) -> _Present:
    sql = "SELECT commit_id, error, upto_event FROM input WHERE project = :project AND branch = :branch"
    row = tx.execute(sql, {"project": project_id, "branch": branch}).first()
    return _Present(branch, known=False) if row is None else _Present(branch, True, *row)


def _is_old(present: _Present, event: int | None) -> bool:
    return event is not None and present.event is not None and event <= present.event


def _confirm(db: Database, project_id: int, present: _Present, event: int | None) -> IntakeReport:
    """Nothing to take in: a complaint about a commit that was moved away from is settled by that."""
    if present.known and (present.error is not None or event is not None):
        values = {"project": project_id, "branch": present.branch, "commit": present.commit_id, "event": event}
        db.write(lambda tx: tx.execute(_CONFIRM, values))
    return IntakeReport(project_id, present.branch, present.commit_id)


def _refuse(db: Database, project_id: int, present: _Present, error: Invalid | NotFound | Damaged) -> IntakeReport:
    values = {"project": project_id, "branch": present.branch, "error": str(error)}
    db.write(lambda tx: tx.execute(_COMPLAIN, values))
    return IntakeReport(project_id, present.branch, present.commit_id, error=str(error))


def _check_current(tx: Tx, found: Project, plan: Plan) -> None:
    moved = Conflict(f"branch {plan.branch!r} of the input has moved on", where=found.name, hint="try again")
    if project(tx, found.id).spec_commit != found.spec_commit:
        raise moved
    is_new = plan.base is None or plan.base.branch != plan.branch
    if is_new and _present(tx, found.id, plan.branch).commit_id:
        raise moved
    if plan.base is not None and _present(tx, found.id, plan.base.branch).commit_id != plan.base.commit:
        raise moved


def _item(found: FoundItem, task_id: int) -> dict[str, object]:
    return {
        "item": found.item_id,
        "path": found.path,
        "key": found.key,
        "region": found.region,
        "work": found.work_id,
        "task": task_id,
    }


def _unwant_left(tx: Tx, project_id: int, left: frozenset[str]) -> None:
    found = (tx.execute(_UNWANTED, {"project": project_id, "work": work}).scalar() for work in sorted(left))
    unwant(tx, [task_id for task_id in found if task_id is not None])


_COUNT: Final = "SELECT COUNT(*) FROM task WHERE project = :project AND kind = 'real'"
_COPY: Final = """
    INSERT INTO item (project, branch, item_id, path, key, region, work_id, task, previous_work_id, stale, commit_id)
    SELECT project, :branch, item_id, path, key, region, work_id, task, previous_work_id, stale, commit_id
    FROM item WHERE project = :project AND branch = :like
"""
_UPSERT: Final = f"""
    INSERT INTO item (project, branch, item_id, path, key, region, work_id, task, commit_id)
    VALUES (:project, :branch, :item, :path, :key, :region, :work, :task, :commit)
    ON CONFLICT (project, branch, item_id) DO UPDATE SET {set_former("excluded.work_id")},
        path = excluded.path, key = excluded.key, region = excluded.region,
        work_id = excluded.work_id, task = excluded.task, commit_id = excluded.commit_id
"""
_DELETE: Final = "DELETE FROM item WHERE project = :project AND branch = :branch AND item_id = :item"
_UNWANTED: Final = """
    SELECT t.id FROM task t WHERE t.project = :project AND t.work_id = :work AND t.kind = 'real'
    AND NOT EXISTS (SELECT 1 FROM item i WHERE i.task = t.id)
"""
_MOVE: Final = """
    INSERT INTO input (project, branch, commit_id, global_id, upto_event) VALUES
    (:project, :branch, :commit, :global, :event)
    ON CONFLICT (project, branch) DO UPDATE SET commit_id = excluded.commit_id, global_id = excluded.global_id,
        upto_event = COALESCE(excluded.upto_event, input.upto_event), error = NULL
"""
_CONFIRM: Final = """
    UPDATE input SET error = NULL, upto_event = COALESCE(:event, upto_event)
    WHERE project = :project AND branch = :branch AND commit_id = :commit
"""
_COMPLAIN: Final = """
    INSERT INTO input (project, branch, commit_id, global_id, error) VALUES (:project, :branch, '', '', :error)
    ON CONFLICT (project, branch) DO UPDATE SET error = excluded.error
"""
_STALE: Final = """
    SELECT COUNT(*) FROM item i JOIN task t ON t.id = i.task
    WHERE i.project = :project AND i.branch = :branch AND i.commit_id = :commit AND i.stale = 1
    AND t.answered < t.overlap
"""
