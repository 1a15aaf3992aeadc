"""Labelling projects, for those who lead and watch them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from recension.crowd.bans import admit_worker, ban_worker, unban_worker
from recension.crowd.registry import projects, set_state
from recension.crowd.spec import Draft
from recension.crowd.states import MemberState
from recension.crowd.workers import membership, worker_named
from recension.db import Tx
from recension.errors import Conflict, NotFound
from recension.server import accounts
from recension.server.access import Identity, Need
from recension.server.deps import At, Caller, needs
from recension.server.people import find_project, publish_now, save_project, worker_if_any
from recension.server.routes.people import ensure_robot
from recension.server.routes.project_shapes import project_row, project_shape
from recension.server.wire import projects as wire
from recension.server.wire.people import Done

router = APIRouter(prefix="/api/v1/projects", tags=["projects"])
Watcher = Annotated[Identity, Depends(needs(Need.SEE_PROJECTS))]
Lead = Annotated[Identity, Depends(needs(Need.LEAD_PROJECTS))]


@router.get("")
def listing(who: Caller, at: At) -> list[wire.ProjectRow]:
    """Every project, by name. Annotators see those they may work on."""
    worker = worker_if_any(at, who)
    with at.db.read() as tx:
        found = projects(tx)
        if not who.may(Need.SEE_PROJECTS):
            found = [each for each in found if each.state != "closed"]
        return [project_row(tx, each, worker) for each in found]


@router.post("", status_code=201)
def save(body: wire.NewProject, who: Lead, at: At) -> wire.Project:
    """Create the project that the document describes, or change it to that; with ``new`` only create."""
    draft = Draft(body.yaml, body.files, author=who.name, name=body.file_name)
    found = save_project(at, draft, is_new=body.new)
    return project_shape(at, found)


@router.get("/{project}")
def inspect(project: str, _who: Watcher, at: At) -> wire.Project:
    """One project: its document, where its input stands and where its labels go."""
    return project_shape(at, find_project(at, project))


@router.post("/{project}/publish")
def publish(project: str, _who: Lead, at: At) -> wire.Published:
    """Publish what has been said so far, now, whatever the release rule is."""
    return wire.Published(commits=publish_now(at, find_project(at, project)))


@router.post("/{project}/state")
def change_state(project: str, body: wire.NewState, _who: Lead, at: At) -> Done:
    """Open, pause or close a project."""
    found = find_project(at, project)
    at.db.write(lambda tx: set_state(tx, found.id, body.state))
    at.news.publish("project", project=project)
    return Done()


@router.post("/{project}/workers/{name}")
def change_worker(project: str, name: str, body: wire.NewStanding, who: Lead, at: At) -> Done:
    """Ban a worker from the project, or let them work."""
    found = find_project(at, project)
    with at.db.read() as tx:
        worker = worker_named(tx, name)
        member = membership(tx, found.id, worker.id)
    if member is None:
        raise NotFound(f"{name} has no part in {project}", where="worker", hint=f"recension project status {project}")
    if body.state == "banned":
        ban_worker(at.db, at.clock, found.id, worker.id, reason=body.reason or f"by {who.name}", by=who.name)
    elif member.state is MemberState.BANNED:
        unban_worker(at.db, at.clock, found.id, worker.id, reason=body.reason, by=who.name)
    elif member.state is MemberState.WORKING:
        raise Conflict(f"{name} works already", where="worker", hint="there is nothing to change")
    else:
        admit_worker(at.db, at.clock, found.id, worker.id, reason=body.reason)
    at.news.publish("project", project=project)
    at.wake.ring()
    return Done()


@router.post("/{project}/simulated-workers", status_code=201)
def simulated_workers(project: str, body: wire.NewSimulated, _who: Lead, at: At) -> list[wire.Simulated]:
    """Make workers whose answers are marked as simulated for ever, each with a token of their own."""
    find_project(at, project)

    def work(tx: Tx) -> list[wire.Simulated]:
        made = []
        for name in dict.fromkeys(body.names):
            ensure_robot(tx, at, name, ["annotator"], simulated=True)
            made.append(wire.Simulated(name=name, token=accounts.new_token(tx, at.clock, name, label="simulation")))
        return made

    made = at.db.write(work)
    at.callers.forget()
    return made
