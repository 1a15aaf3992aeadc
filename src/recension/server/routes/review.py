"""Review: what there is to look at, and what reviewers say of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from recension.clock import iso
from recension.crowd.documents import VERDICT
from recension.crowd.log import Logged
from recension.crowd.registry import Project
from recension.crowd.review import NewVerdict, give_verdict
from recension.crowd.review_queue import ReviewStatus, ReviewTask, review_counts, review_page, review_task
from recension.crowd.verdicts import Verdict
from recension.label import schema_to_json, task_schema
from recension.server.access import Identity, Need
from recension.server.deps import At, needs
from recension.server.figures import PublishedConsensus, task_log
from recension.server.people import find_project, worker_for
from recension.server.site import Site
from recension.server.task_media import media_of
from recension.server.wire import review as wire
from recension.server.wire.workbench import PagePrediction

router = APIRouter(prefix="/api/v1/projects/{project}", tags=["review"])
Watcher = Annotated[Identity, Depends(needs(Need.SEE_PROJECTS))]
Lead = Annotated[Identity, Depends(needs(Need.LEAD_PROJECTS))]


@router.get("/review")
def queue(  # noqa: PLR0917  filters of a list
    project: str,
    _who: Watcher,
    at: At,
    status: ReviewStatus = "unreviewed",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    after: str = "",
    counts: bool = False,
) -> wire.ReviewPage:
    """Tasks to review: of those in dispute the least agreed first, others by id. ``counts`` looks at every task."""
    found = find_project(at, project)
    with at.db.read() as tx:
        page = review_page(tx, found.id, status, after=after, limit=limit)
        found_counts = wire.ReviewCounts(**review_counts(tx, found.id)) if counts else None
    published = PublishedConsensus(at.store, found)
    tasks = [_shape(at, found, task, published) for task in page.tasks]
    return wire.ReviewPage(tasks=tasks, next=page.after, counts=found_counts)


@router.post("/verdicts")
def verdict(project: str, body: wire.NewVerdict, who: Lead, at: At) -> wire.ReviewTask:
    """Give a verdict; the task as it is then. Sending it again changes nothing."""
    found = find_project(at, project)
    said = NewVerdict(body.id, body.verdict, body.task, body.answer, body.fields, body.comment)
    give_verdict(at.db, at.clock, found.id, worker_for(at, who), said)
    at.news.publish("answer", project=project)
    at.wake.ring()
    with at.db.read() as tx:
        task = review_task(tx, found.id, body.task)
    return _shape(at, found, task, PublishedConsensus(at.store, found))


@router.get("/tasks/{task}")
def history(project: str, task: int, _who: Watcher, at: At) -> wire.TaskHistory:
    """One task with everything said of it, and its log."""
    found = find_project(at, project)
    with at.db.read() as tx:
        seen = review_task(tx, found.id, task)
        log = task_log(tx, found.id, task)
    return wire.TaskHistory(task=_shape(at, found, seen, PublishedConsensus(at.store, found)), log=log)


def _shape(at: Site, project: Project, task: ReviewTask, published: PublishedConsensus) -> wire.ReviewTask:
    varies = project.schema.varies
    return wire.ReviewTask(
        id=task.id,
        item_ids=list(task.items),
        data=dict(task.data),
        schema_=dict(schema_to_json(task_schema(project.schema, task.data))) if varies else None,
        media=media_of(at.store, project.name, project.schema, task.id, task.data),
        overlap=task.overlap,
        answered=task.answered,
        answers=[_answer(each, task.verdicts.by_answer.get(each.seq)) for each in task.answers],
        predictions=[
            PagePrediction(model=p.model, version=p.version, score=p.score, fields=dict(p.fields), run=p.run)
            for p in task.predictions
        ],
        consensus=published.of(task.items),
        decision=_verdict(task.verdicts.decisions.get(task.id)),
        pairs=[
            wire.AgreeingPair(first=pair.first, second=pair.second, value=pair.value, fields=dict(pair.fields))
            for pair in task.pairs
        ],
        agreement=task.agreement,
    )


def _answer(each: Logged, said: Verdict | None) -> wire.ReviewAnswer:
    return wire.ReviewAnswer(
        seq=each.seq,
        worker=each.worker_name,
        fields=dict(each.fields),
        at=None if each.simulated else iso(each.at_us),
        time_spent_s=None if each.spent_us is None else each.spent_us / 1_000_000,
        withdrawn=each.withdrawn,
        excluded=each.excluded,
        simulated=each.simulated,
        flags=list(each.remarks.flags),
        comments=[wire.AnswerComment(text=said.text, region=said.region) for said in each.remarks.comments],
        review=_verdict(said),
    )


def _verdict(said: Verdict | None) -> wire.VerdictGiven | None:
    if said is None:
        return None
    return wire.VerdictGiven(
        seq=said.seq,
        id=said.id,
        verdict=VERDICT[said.verb],
        by=said.by,
        at=iso(said.at_us),
        comment=said.comment,
        fields=None if said.fields is None else dict(said.fields),
    )
