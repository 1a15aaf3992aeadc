"""The workbench: pages, answers, drafts. These routes are what people wait for, so each makes one trip to a thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from recension.clock import iso
from recension.crowd import answers, drafts, leases, pages, queue, undo
from recension.crowd.predictions import Prediction
from recension.crowd.registry import Project
from recension.crowd.remarks import Comment, checked_remarks
from recension.crowd.terms import terms_of
from recension.crowd.verdicts import Return
from recension.crowd.workers import Membership, membership
from recension.errors import Invalid
from recension.label import Schema, schema_to_json, task_schema
from recension.models.outline import finds_outlines
from recension.server.access import Identity
from recension.server.deps import At, Caller
from recension.server.guideline import render_guideline
from recension.server.people import find_project, worker_for, worker_if_any
from recension.server.site import Site
from recension.server.task_media import media_of
from recension.server.wire import workbench as wire
from recension.server.wire.people import Done
from recension.server.wire.projects import Money

router = APIRouter(prefix="/api/v1", tags=["workbench"])


@router.get("/projects/{project}/workbench")
async def workbench(project: str, who: Caller, at: At) -> wire.Workbench:
    """What surrounds the tasks: title, guideline, fields, the caller's standing and open pages."""
    return await run_in_threadpool(_workbench, project, who, at)


@router.post("/projects/{project}/pages")
async def next_page(project: str, who: Caller, at: At, body: wire.Holding | None = None) -> wire.PageAnswer:
    """The caller's next page; asking again gives the same page until it is worked on."""
    return await run_in_threadpool(_next_page, project, who, at, body or wire.Holding())


@router.post("/pages/{page}/answers")
async def answer(page: int, body: wire.NewAnswer, who: Caller, at: At) -> wire.Receipt:
    """Answer one task; when this returns, the answer is on disk. Sending it again gives the same receipt."""
    return await run_in_threadpool(_answer, page, body, who, at)


@router.post("/pages/{page}/skip")
async def skip(page: int, body: wire.Skip, who: Caller, at: At) -> wire.Receipt:
    """Leave one task to others."""
    return await run_in_threadpool(_skip, page, body, who, at)


@router.post("/undo")
async def take_back(body: wire.Undo, who: Caller, at: At) -> wire.Undone:
    """Take back one's own answer; its task is open again on its page."""
    return await run_in_threadpool(_undo, body, who, at)


@router.put("/pages/{page}/drafts/{task}")
async def draft(page: int, task: int, body: wire.Draft, who: Caller, at: At) -> Done:
    """Keep what the caller has begun to say about a task."""

    def work() -> Done:
        edited_us = _us(body.edited_ms)
        drafts.save_draft(at.db, worker_for(at, who).id, page, task, body.fields, edited_us=edited_us)
        return Done()

    return await run_in_threadpool(work)


@router.post("/pages/{page}/release")
async def release(page: int, who: Caller, at: At) -> Done:
    """Give a page back; what was answered on it counts."""

    def work() -> Done:
        leases.release_page(at.db, at.clock, worker_for(at, who).id, page)
        at.wake.ring()
        return Done()

    return await run_in_threadpool(work)


def _workbench(name: str, who: Identity, at: Site) -> wire.Workbench:
    project = find_project(at, name)
    worker = worker_if_any(at, who)
    opened: list[pages.Page] = []
    member = None
    with at.db.read() as tx:
        if worker is not None:
            member = membership(tx, project.id, worker.id)
            opened = [pages.read_page(tx, row.id) for row in pages.open_rows(tx, project.id, worker.id)]
        policy = terms_of(tx, project.id).policy
    return wire.Workbench(
        title=project.spec.title or project.name,
        state=project.state,
        guideline=render_guideline(project.guideline),
        schema_=_schema(project.schema),
        membership=wire.Membership(state="new", reason="") if member is None else _standing(member),
        progress=wire.Mine(
            answered=0 if member is None else member.answers,
            pages=0 if member is None else member.pages,
            earned=Money(amount="0" if member is None else member.earned, currency=policy.pay.currency),
        ),
        finds_outlines=finds_outlines(),
        open_pages=[_page(at, project, page) for page in opened],
    )


def _next_page(name: str, who: Identity, at: Site, holding: wire.Holding) -> wire.PageAnswer:
    project = find_project(at, name)
    worker = worker_for(at, who)
    found = queue.next_page(at.db, at.clock, project.id, worker.id, holding=holding.holding)
    schema = _schema(project.schema)
    if isinstance(found, queue.NoWork):
        standing = _standing(found.membership)
        return wire.PageAnswer(page=None, reason=found.reason, membership=standing, schema_=schema)
    with at.db.read() as tx:
        member = membership(tx, project.id, worker.id)
    assert member is not None, "who has a page is a member"
    at.news.publish("page", project=name)
    return wire.PageAnswer(page=_page(at, project, found), membership=_standing(member), schema_=schema)


def _answer(page: int, body: wire.NewAnswer, who: Identity, at: Site) -> wire.Receipt:
    done = answers.submit_answer(
        at.db,
        at.clock,
        worker_for(at, who).id,
        page,
        body.task,
        body.fields,
        answer_id=body.answer_id,
        spent_us=_us(body.spent_ms),
        sim_us=_sim_us(body.sim, who),
        remarks=checked_remarks(body.flags, [Comment(each.text, each.region) for each in body.comments]),
    )
    return _receipt(at, done)


def _skip(page: int, body: wire.Skip, who: Identity, at: Site) -> wire.Receipt:
    done = answers.skip(
        at.db,
        at.clock,
        worker_for(at, who).id,
        page,
        body.task,
        answer_id=body.answer_id,
        reason=body.reason,
        sim_us=_sim_us(body.sim, who),
    )
    return _receipt(at, done)


def _undo(body: wire.Undo, who: Identity, at: Site) -> wire.Undone:
    undone = undo.undo(at.db, at.clock, worker_for(at, who).id, answer_id=body.answer_id)
    with at.db.read() as tx:
        name = terms_of(tx, pages.page_row(tx, undone.page.id).project).name
    at.news.publish("answer", project=name)
    return wire.Undone(page=undone.page.id, task=undone.task, fields=_plain(undone.fields))


def _receipt(at: Site, done: answers.AnswerResult) -> wire.Receipt:
    with at.db.read() as tx:
        terms = terms_of(tx, done.membership.project)
    at.news.publish("answer", project=terms.name)
    if done.page_done:
        at.wake.ring()
    return wire.Receipt(
        seq=done.seq,
        page_done=done.page_done,
        correct=done.correct,
        expected=_plain(done.expected),
        hint=done.hint,
        membership=_standing(done.membership),
        earned=Money(amount=done.membership.earned, currency=terms.policy.pay.currency),
    )


def _page(at: Site, project: Project, page: pages.Page) -> wire.Page:
    return wire.Page(
        id=page.id,
        kind=page.kind,
        due=None if page.due_us is None else iso(page.due_us),
        clock_started=page.clock_us is not None,
        reward=Money(amount=page.reward, currency=page.currency),
        tasks=[
            wire.PageTask(
                id=task.id,
                position=task.position,
                data=dict(task.data),
                draft=_plain(task.draft),
                draft_ms=None if task.draft_us is None else task.draft_us // 1000,
                answer=_plain(task.answer),
                skipped=task.skipped,
                schema_=_schema(task_schema(project.schema, task.data)) if project.schema.varies else None,
                media=media_of(at.store, project.name, project.schema, task.id, task.data),
                predictions=[_prediction(each) for each in task.predictions],
                returned=_returned(task.returned),
            )
            for task in page.tasks
        ],
    )


def _prediction(said: Prediction) -> wire.PagePrediction:
    fields = dict(said.fields)
    return wire.PagePrediction(model=said.model, version=said.version, score=said.score, fields=fields, run=said.run)


def _returned(said: Return | None) -> wire.Returned | None:
    return None if said is None else wire.Returned(by=said.by, comment=said.comment, at=iso(said.at_us))


def _standing(member: Membership) -> wire.Membership:
    return wire.Membership(state=member.state.value, reason=member.reason)


def _schema(schema: Schema) -> dict[str, Any]:
    return dict(schema_to_json(schema))


def _plain(fields: Mapping[str, object] | None) -> dict[str, Any] | None:
    return None if fields is None else dict(fields)


def _us(time_ms: int | None) -> int | None:
    return None if time_ms is None else time_ms * 1000


def _sim_us(sim: wire.Sim | None, who: Identity) -> int | None:
    if sim is None:
        return None
    if not who.simulated:
        raise Invalid("only simulated workers have simulated time", where="sim", hint="leave it out")
    return sim.spent_ms * 1000
