"""Answers and skips: acknowledged means durable, and said once however often it is sent.

The client makes the id of an answer. Sending the same answer again, after a lost reply, gives the same result and
changes nothing. What comes too late, on a page whose time is up, is refused; what was typed is kept as the worker's
draft and given back to them with the task.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from recension.clock import Clock
from recension.crowd.control import is_right
from recension.crowd.drafts import keep_draft
from recension.crowd.exam import stage
from recension.crowd.leases import expire_own, own_page
from recension.crowd.log import Said, append_said
from recension.crowd.pages import PageRow, page_row, run_clock, set_page_state
from recension.crowd.places import Place, move, places_on
from recension.crowd.policy import money
from recension.crowd.remarks import NO_REMARKS, Remarks
from recension.crowd.settle import settle_page
from recension.crowd.states import PageEvent, PageState, PlaceEvent, Standing
from recension.crowd.terms import Terms, terms_of
from recension.crowd.workers import Membership, join, membership
from recension.db import Database, Tx
from recension.errors import Conflict, Invalid, NotFound
from recension.label import check_answer

_MAX_ID: Final = 200


@dataclass(frozen=True, slots=True)
class AnswerResult:
    """What came of an answer or a skip.

    Args:
        seq: its place in the log.
        page_done: it was the last of its page.
        correct: in training, whether it was right; otherwise nothing is told.
        expected: in training, the right answer after a wrong one.
        hint: in training, the hint after a wrong answer.
        paid: what the page earned, if this completed it.
    """

    seq: int
    page_done: bool
    correct: bool | None
    expected: Mapping[str, object] | None
    hint: str | None
    membership: Membership
    paid: str | None


def submit_answer(  # noqa: PLR0917  who, where, what: in the order it is said
    db: Database,
    clock: Clock,
    worker_id: int,
    page_id: int,
    task_id: int,
    fields: Mapping[str, object],
    *,
    answer_id: str,
    spent_us: int | None = None,
    sim_us: int | None = None,
    remarks: Remarks = NO_REMARKS,
) -> AnswerResult:
    """Answer a task on an open page.

    ``spent_us`` is the time on this task as the client measured it. Simulated workers, and only they, say in
    ``sim_us`` how long they pretend to have taken; that is what rules see of them.

    Raises:
        Invalid: the fields do not fit the schema, or a time is missing or out of place.
        NotFound: there is no such page, or the task is not on it.
        Forbidden: the page is someone else's.
        Conflict: the page is closed or the task is answered already; the answer id was used for something else.
    """
    spent = (_check_us("spent_us", spent_us), _check_us("sim_us", sim_us))
    said = Said(_check_id(answer_id), dict(fields), None, *spent, remarks)
    return _say(db, clock, worker_id, (page_id, task_id), said)


def skip(
    db: Database,
    clock: Clock,
    worker_id: int,
    page_id: int,
    task_id: int,
    *,
    answer_id: str,
    reason: str | None = None,
    sim_us: int | None = None,
) -> AnswerResult:
    """Leave a task of an open page to others; the worker does not see it again.

    Raises:
        NotFound, Forbidden: as for an answer.
        Conflict: as for an answer; or the task is one of training, which is corrected instead.
    """
    said = Said(_check_id(answer_id), None, reason or None, None, _check_us("sim_us", sim_us))
    return _say(db, clock, worker_id, (page_id, task_id), said)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where something is said: a place on an open page, and all its neighbours."""

    tx: Tx
    now_us: int
    terms: Terms
    page: PageRow
    place: Place
    is_last: bool

    def member(self) -> Membership:
        return join(self.tx, self.now_us, self.page.project, self.page.worker)


def _say(db: Database, clock: Clock, worker_id: int, at: tuple[int, int], said: Said) -> AnswerResult:
    # What a late answer changes must stay although it is refused: the refusal is raised outside of the transaction.
    result = db.write(lambda tx: _say_in(tx, clock.now_us(), worker_id, at, said))
    if isinstance(result, Conflict):
        raise result
    return result


def _say_in(tx: Tx, now_us: int, worker_id: int, at: tuple[int, int], said: Said) -> AnswerResult | Conflict:
    page_id, task_id = at
    page = own_page(tx, worker_id, page_id)
    terms = terms_of(tx, page.project)
    said = _checked(tx, terms, page, task_id, said)
    before = _said_before(tx, page, task_id, said)
    if before is not None:
        return before
    expire_own(tx, now_us, terms, worker_id)
    page = page_row(tx, page_id)
    places = places_on(tx, page_id)
    place = next((each for each in places if each.task == task_id), None)
    if place is None:
        raise NotFound("the task is not on this page", where=f"page {page_id}", hint="answer the tasks of the page")
    if page.state is not PageState.ACTIVE:
        return _too_late(tx, page, place, said)
    if place.standing is not Standing.OPEN:
        raise Conflict(f"the task is {place.standing} already", where=f"task {task_id}", hint="undo that first")
    run_clock(tx, now_us, terms.policy, page)
    is_last = sum(each.standing is Standing.OPEN for each in places) == 1
    desk = _Desk(tx, now_us, terms, page, place, is_last)
    return _train(desk, said) if page.kind == "training" else _record(desk, said)


def _record(desk: _Desk, said: Said) -> AnswerResult:
    seq = append_said(desk.tx, desk.now_us, desk.terms, desk.place, said, completes=desk.is_last)
    move(desk.tx, desk.place, PlaceEvent.SKIP if said.fields is None else PlaceEvent.ANSWER, answer=seq)
    return _after(desk, AnswerResult(seq, desk.is_last, None, None, None, desk.member(), None))


def _train(desk: _Desk, said: Said) -> AnswerResult:
    """Say whether an answer was right; after a wrong one the task stays until it is."""
    if said.fields is None:
        raise Conflict("a training task cannot be skipped", where="skip", hint="answer it: a hint follows a wrong one")
    sql = "SELECT expected, hint FROM task WHERE id = :task"
    expected, hint = desk.tx.execute(sql, {"task": desk.place.task}).one()
    right = is_right(expected, json.dumps(said.fields))
    done = right and desk.is_last
    seq = append_said(desk.tx, desk.now_us, desk.terms, desk.place, said, completes=done)
    if not right:
        return AnswerResult(seq, False, False, json.loads(expected), hint, desk.member(), None)
    move(desk.tx, desk.place, PlaceEvent.ANSWER, answer=seq)
    return _after(desk, AnswerResult(seq, done, True, None, None, desk.member(), None))


def _after(desk: _Desk, result: AnswerResult) -> AnswerResult:
    """Complete the page when this was its last task."""
    if not result.page_done:
        return result
    tx, now_us, terms, page = desk.tx, desk.now_us, desk.terms, page_row(desk.tx, desk.page.id)
    set_page_state(tx, now_us, terms.policy, page, PageEvent.FINISH)
    if page.kind != "work":
        return replace(result, membership=stage(tx, now_us, terms, result.membership))
    settled = settle_page(tx, now_us, terms, page.id)
    return replace(result, membership=settled.member, paid=settled.paid)


def _checked(tx: Tx, terms: Terms, page: PageRow, task_id: int, said: Said) -> Said:
    """The same in canonical form.

    Raises:
        Invalid: the fields do not fit the schema, or the simulated time is missing or out of place.
    """
    if said.sim_us is not None and not page.sim:
        raise Invalid("only simulated workers have simulated time", where="sim_us", hint="leave it out")
    if said.fields is None:
        return said
    if said.sim_us is None and page.sim:
        raise Invalid("a simulated answer needs its simulated time", where="sim_us", hint="say how long it took")
    # Of questions that can be answered without looking at the data, the data need not be read.
    data = None if terms.schema.is_plain else _data(tx, page, task_id)
    return replace(said, fields=check_answer(terms.schema, said.fields, data))


def _data(tx: Tx, page: PageRow, task_id: int) -> Mapping[str, object] | None:
    sql = "SELECT data FROM task WHERE id = :task AND project = :project"
    found = tx.execute(sql, {"task": task_id, "project": page.project}).scalar()
    return None if found is None else json.loads(found)


def _said_before(tx: Tx, page: PageRow, task_id: int, said: Said) -> AnswerResult | None:
    """The result of the same answer sent earlier, if it was.

    Raises:
        Conflict: the id was used for something else.
    """
    row = tx.execute(
        "SELECT a.seq, a.worker, a.page, a.task, a.fields, a.completes, t.expected, t.hint"
        " FROM answer a JOIN task t ON t.id = a.task WHERE a.id = :id",
        {"id": said.id},
    ).first()
    if row is None:
        return None
    seq, *where, text, completes, expected, hint = row
    if where != [page.worker, page.id, task_id] or (None if text is None else json.loads(text)) != said.fields:
        raise Conflict("this answer id was used for something else", where="answer_id", hint="make a new id per answer")
    member = membership(tx, page.project, page.worker)
    assert member is not None, "who has answered is a member"
    if page.kind == "training" and not is_right(expected, text):
        return AnswerResult(seq, False, False, json.loads(expected), hint, member, None)
    correct = True if page.kind == "training" else None
    paid = page.paid if completes and money(page.paid) else None
    return AnswerResult(seq, bool(completes), correct, None, None, member, paid)


def _too_late(tx: Tx, page: PageRow, place: Place, said: Said) -> Conflict:
    if page.state is PageState.SUBMITTED:
        return Conflict("the page is finished", where=f"page {page.id}", hint="undo an answer to change it")
    if said.fields is not None and place.standing is Standing.RETURNED:
        keep_draft(tx, place, said.fields)
    why = "its time is up" if page.state is PageState.EXPIRED else "it was given back"
    return Conflict(
        f"the page is closed: {why}",
        where=f"page {page.id}",
        hint="ask for the next page; what you typed is kept for when you get the task again",
    )


def _check_id(answer_id: str) -> str:
    if not answer_id or len(answer_id) > _MAX_ID:
        raise Invalid("an answer needs an id of its own", where="answer_id", hint="make a UUID for each answer")
    return answer_id


def _check_us(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise Invalid(f"{value!r} is no time", where=name, hint="give whole microseconds, not below 0")
    return value
