"""How a project goes: figures, workers, tasks, the answer log, its documents."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from recension.clock import iso
from recension.crowd.branches import home_branch, live_branch
from recension.crowd.export import export_documents
from recension.crowd.log import Logged
from recension.crowd.progress import TaskLine, WorkerLine, project_progress, tasks_report, worker_report
from recension.crowd.states import MemberState
from recension.server.access import Identity, Need
from recension.server.deps import At, needs
from recension.server.figures import PublishedConsensus, alpha, answer_log, throughput
from recension.server.people import find_project
from recension.server.routes.shapes import address_of
from recension.server.wire import projects as wire

router = APIRouter(prefix="/api/v1/projects/{project}", tags=["projects"])
Watcher = Annotated[Identity, Depends(needs(Need.SEE_PROJECTS))]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/progress")
def progress(project: str, _who: Watcher, at: At) -> wire.Progress:
    """The project at a glance."""
    found = find_project(at, project)
    with at.db.read() as tx:
        seen = project_progress(tx, found.id)
    passed = seen.workers[MemberState.WORKING]
    eta_us = None if seen.eta_s is None else at.clock.now_us() + round(seen.eta_s * 1_000_000)
    return wire.Progress(
        tasks=wire.Tasks(total=seen.tasks, settled=seen.settled, open=seen.open, stale=seen.stale),
        judgements=seen.judgements,
        overlap=seen.overlap,
        workers=wire.People(
            total=sum(seen.workers.values()),
            passed=passed,
            failed=seen.workers[MemberState.FAILED],
            banned=seen.workers[MemberState.BANNED],
        ),
        agreement=wire.Agreement(percent=seen.agreement_percent, alpha=alpha(at.db, found)),
        control_accuracy=None if seen.control_percent is None else seen.control_percent / 100,
        cost=wire.Money(amount=seen.cost, currency=seen.currency),
        eta=None if eta_us is None or not seen.open else iso(eta_us),
    )


@router.get("/workers")
def workers(project: str, _who: Watcher, at: At) -> list[wire.Worker]:
    """Everyone who took part, by name."""
    found = find_project(at, project)
    with at.db.read() as tx:
        lines = worker_report(tx, found.id)
    return [_worker(line, found.spec.pay.currency) for line in lines]


@router.get("/tasks")
def tasks(
    project: str,
    _who: Watcher,
    at: At,
    status: Literal["open", "settled", "stale", ""] = "",
    limit: Limit = 50,
    after: int = 0,
) -> wire.TaskPage:
    """Tasks with every answer to them, by id."""
    found = find_project(at, project)
    with at.db.read() as tx:
        lines = tasks_report(tx, found.id, status=status or None, after=after, limit=limit + 1)
    published = PublishedConsensus(at.store, found)
    more = lines[limit - 1].id if len(lines) > limit else None
    return wire.TaskPage(tasks=[_task(line, published) for line in lines[:limit]], next=more)


@router.get("/answers")
def answers(project: str, _who: Watcher, at: At, limit: Limit = 200, after: int = 0) -> wire.LogPage:
    """The answer log, in order."""
    found = find_project(at, project)
    with at.db.read() as tx:
        rows = answer_log(tx, found.id, after=after, limit=limit + 1)
    return wire.LogPage(answers=rows[:limit], next=rows[limit - 1].seq if len(rows) > limit else None)


@router.get("/throughput")
def speed(project: str, _who: Watcher, at: At, slices: Annotated[int, Query(ge=1, le=500)] = 40) -> wire.Throughput:
    """How many answers came when."""
    found = find_project(at, project)
    with at.db.read() as tx:
        return throughput(tx, found.id, slices)


@router.get("/export", response_class=StreamingResponse)
def export(project: str, _who: Watcher, at: At, ref: str | None = None) -> StreamingResponse:
    """The published documents, one JSON object per line; of the running answers unless ``ref`` says otherwise."""
    found = find_project(at, project)
    output = found.spec.output.repo
    commit = at.store.resolve(address_of(output, ref or live_branch(found.spec, home_branch(found.spec))))
    return StreamingResponse(export_documents(at.store, commit), media_type="application/x-ndjson")


def _worker(line: WorkerLine, currency: str) -> wire.Worker:
    return wire.Worker(
        name=line.worker.name,
        state=line.membership.state.value,
        reason=line.membership.reason,
        since=iso(line.membership.since_us),
        simulated=line.worker.simulated,
        answers=line.membership.answers,
        control_correct=line.control_right,
        control_total=line.control_total,
        pages=line.membership.pages,
        fast_pages=line.fast_pages,
        earned=wire.Money(amount=line.membership.earned, currency=currency),
    )


def _task(line: TaskLine, published: PublishedConsensus) -> wire.Task:
    return wire.Task(
        id=line.id,
        item_ids=list(line.items),
        data=dict(line.data),
        status=line.status,
        answers=[_answer(each) for each in line.answers],
        consensus=published.of(line.items),
    )


def _answer(each: Logged) -> wire.TaskAnswer:
    return wire.TaskAnswer(
        worker=each.worker_name,
        fields=dict(each.fields),
        at=None if each.simulated else iso(each.at_us),
        time_spent_s=None if each.spent_us is None else each.spent_us / 1_000_000,
        withdrawn=each.withdrawn,
        excluded=each.excluded,
        simulated=each.simulated,
    )
