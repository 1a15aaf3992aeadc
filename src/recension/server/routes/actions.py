"""Actions on many items of a project at once: foreseen, done, watched, ended and undone."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends

from recension.clock import iso
from recension.crowd import bulk
from recension.crowd.bulk_actions import PREDICT
from recension.crowd.registry import Project
from recension.crowd.task_words import Desk
from recension.crowd.terms import terms_of
from recension.crowd.workers import ensure_worker, worker_named
from recension.db import Tx
from recension.errors import NotFound
from recension.server import accounts
from recension.server.access import Identity, Need
from recension.server.deps import At, needs
from recension.server.people import find_project, worker_for
from recension.server.selection import select
from recension.server.site import Site
from recension.server.wire import actions as wire

router = APIRouter(prefix="/api/v1/projects/{project}/actions", tags=["projects"])
Watcher = Annotated[Identity, Depends(needs(Need.SEE_PROJECTS))]
Lead = Annotated[Identity, Depends(needs(Need.LEAD_PROJECTS))]

_LOOKED_AT: Final = 2000


@router.get("")
def actions(project: str, _who: Watcher, at: At) -> list[wire.ActionState]:
    """The last fifty, the newest first."""
    found = find_project(at, project)
    with at.db.read() as tx:
        return _states(tx, bulk.bulks(tx, found.id))


@router.post("/plan")
def plan(project: str, body: wire.PlannedAction, who: Lead, at: At) -> wire.ActionPlan:
    """What an action would come to, without doing it."""
    found = find_project(at, project)
    args = _args(at, found, body)
    new = bulk.NewBulk("plan", body.action, args)
    bulk.check_bulk(new)
    selected = select(at, found, body.selection)
    lead = worker_for(at, who)
    seen = selected.tasks[:_LOOKED_AT]
    with at.db.read() as tx:
        desk = Desk(tx, at.clock.now_us(), terms_of(tx, found.id), lead, new.id, dry=True)
        changes, left = bulk.foresee(desk, new, seen)
    return wire.ActionPlan(
        items=len(selected.items), tasks=len(selected.tasks), looked_at=len(seen), changes=changes, left_alone=left
    )


@router.post("", status_code=202)
def begin(project: str, body: wire.NewAction, who: Lead, at: At) -> wire.ActionState:
    """Begin an action; it goes on by itself. Sending it again changes nothing."""
    found = find_project(at, project)
    new = bulk.NewBulk(body.id, body.action, _args(at, found, body))
    bulk.check_bulk(new)
    selected = select(at, found, body.selection)
    lead, now_us = worker_for(at, who), at.clock.now_us()
    made = at.db.write(
        lambda tx: bulk.begin(tx, now_us, found.id, lead, new, selected.tasks, len(selected.items)),
    )
    return _told(at, found, made)


@router.get("/{action}")
def action(project: str, action: str, _who: Watcher, at: At) -> wire.ActionState:
    """One action."""
    found = find_project(at, project)
    with at.db.read() as tx:
        return _states(tx, [bulk.bulk(tx, found.id, action)])[0]


@router.post("/{action}/cancel")
def cancel(project: str, action: str, _who: Lead, at: At) -> wire.ActionState:
    """End an action where it is; what was done stays done."""
    found = find_project(at, project)
    return _told(at, found, at.db.write(lambda tx: bulk.cancel(tx, at.clock.now_us(), found.id, action)))


@router.post("/{action}/undo", status_code=202)
def undo(project: str, action: str, body: wire.UndoAction, who: Lead, at: At) -> wire.ActionState:
    """Undo what an action changed, where nobody has changed it since."""
    found = find_project(at, project)
    lead, now_us = worker_for(at, who), at.clock.now_us()
    made = at.db.write(lambda tx: bulk.begin_undo(tx, now_us, found.id, lead, body.id, action))
    return _told(at, found, made)


def _told(at: Site, project: Project, made: bulk.Bulk) -> wire.ActionState:
    at.news.publish("project", project=project.name)
    at.wake.ring()
    with at.db.read() as tx:
        return _states(tx, [bulk.bulk(tx, project.id, made.id)])[0]


def _args(at: Site, project: Project, body: wire.PlannedAction) -> dict[str, Any]:
    """The arguments that were given; who is named is a worker from now on.

    Raises:
        NotFound: there is nobody, or no backend, of the name.
    """
    args = body.args.model_dump(exclude_none=True)
    if "worker" in args:
        _worker(at, args["worker"])
    if body.action == PREDICT and args.get("backend") not in {each.name for each in project.spec.backends}:
        raise NotFound(
            f"no backend {args.get('backend', '')!r}",
            where="args.backend",
            hint="the project's document names its backends",
        )
    return args


def _worker(at: Site, name: str) -> None:
    with at.db.read() as tx:
        try:
            worker_named(tx, name)
        except NotFound:
            accounts.named(tx, name)
        else:
            return
    now_us = at.clock.now_us()
    at.db.write(lambda tx: ensure_worker(tx, now_us, name, account=name))


def _states(tx: Tx, found: list[bulk.Bulk]) -> list[wire.ActionState]:
    undone = bulk.undone(tx, [each.id for each in found])
    return [
        wire.ActionState(
            id=each.id,
            action=each.action,
            args=dict(each.args),
            by=each.by_account,
            undo_of=each.undo_of,
            undone=each.id in undone,
            undoable=bulk.can_undo(each) and each.state != "running" and each.id not in undone,
            state=each.state,
            items=each.items,
            total=each.total,
            done=each.done,
            changed=each.changed,
            left_alone=dict(each.left_alone),
            problem=each.problem,
            at=iso(each.started_us),
            ended=None if each.ended_us is None else iso(each.ended_us),
        )
        for each in found
    ]
