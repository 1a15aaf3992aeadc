"""Taking answers back: by their author for a while, in review at any time.

The log keeps both: what was said, and that it was taken back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from recension.clock import Clock
from recension.crowd.leases import own_page
from recension.crowd.log import append_word
from recension.crowd.pages import Page, PageRow, page_row, read_page, run_clock, set_page_state
from recension.crowd.pay import reverse_pay
from recension.crowd.places import Place, move, place_of_answer
from recension.crowd.settle import unsettle_page
from recension.crowd.states import MemberState, PageEvent, PageState, PlaceEvent, Standing
from recension.crowd.terms import Terms, terms_of
from recension.crowd.workers import join
from recension.db import Database, Tx
from recension.errors import Conflict, Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class Undone:
    """The page with the task in its place again; what was answered is the task's draft now."""

    page: Page
    task: int
    fields: Mapping[str, object] | None


def undo(db: Database, clock: Clock, worker_id: int, *, answer_id: str) -> Undone:
    """Take back an answer or a skip of one's own: the task returns to its place on its page.

    A page that was completed opens again, until ``undo_s`` after its completion; what it paid is reversed, and paid
    again when it is completed again. Asking twice changes nothing more.

    Raises:
        NotFound: there is no such answer.
        Forbidden: it is someone else's, or the worker is banned.
        Conflict: it is of a training or of a finished exam; the page is closed for good; review took it back; a
            skipped task was given to others in the meantime.
    """
    return db.write(lambda tx: _undo(tx, clock.now_us(), worker_id, answer_id))


def _undo(tx: Tx, now_us: int, worker_id: int, answer_id: str) -> Undone:
    sql = "SELECT seq, worker, page, task, fields FROM answer WHERE id = :id"
    row = tx.execute(sql, {"id": answer_id}).first()
    if row is None:
        raise NotFound("no such answer", where="answer_id", hint="take back an answer that was acknowledged")
    seq, author, page_id, task, text = row
    if author != worker_id:
        raise Forbidden("this answer is someone else's", where="answer_id", hint="ask a lead to withdraw it")
    page = own_page(tx, worker_id, page_id)
    place = place_of_answer(tx, seq, page_id, task)
    if place is not None:
        _take_back(tx, now_us, page, place, text)
    elif not _was_taken_back(tx, seq):
        raise Conflict("a training answer stands: the first one counts", where="undo", hint="go on")
    return Undone(read_page(tx, page_id), task, None if text is None else json.loads(text))


def _take_back(tx: Tx, now_us: int, page: PageRow, place: Place, text: str | None) -> None:
    terms = terms_of(tx, page.project)
    if join(tx, now_us, page.project, page.worker).state is MemberState.BANNED:
        raise Forbidden("you are banned from this project", where="undo", hint="ask a lead")
    if place.standing not in {Standing.ANSWERED, Standing.SKIPPED}:
        raise Conflict(f"the answer is {place.standing} already", where="undo", hint="ask a lead")
    _check_page(now_us, terms, page)
    append_word(tx, now_us, terms, place, "withdraw")
    if not move(tx, place, PlaceEvent.UNDO, draft=text):
        raise Conflict("others were asked about the skipped task meanwhile", where="undo", hint="go on")
    if page.state is PageState.SUBMITTED:
        reverse_pay(tx, now_us, page, "undone")
        unsettle_page(tx, page)
        set_page_state(tx, now_us, terms.policy, page, PageEvent.REOPEN)
    run_clock(tx, now_us, terms.policy, page_row(tx, page.id))


def _check_page(now_us: int, terms: Terms, page: PageRow) -> None:
    """Refuse what a worker may not change any more."""
    if page.kind == "training":
        raise Conflict("a training answer stands: the first one counts", where="undo", hint="go on")
    if page.state is PageState.ACTIVE:
        return
    if page.state is not PageState.SUBMITTED:
        raise Conflict(f"the page is {page.state}", where="undo", hint="ask a lead to withdraw the answer")
    if page.kind == "exam":
        raise Conflict("the exam is handed in", where="undo", hint="answers can be taken back before the page is done")
    assert page.finished_us is not None
    if now_us - page.finished_us > round(terms.policy.undo_s * 1_000_000):
        raise Conflict(
            f"the page was completed more than {terms.policy.undo_s:g} s ago",
            where="undo",
            hint="this needs review: ask a lead to withdraw the answer",
        )


def _was_taken_back(tx: Tx, seq: int) -> bool:
    sql = "SELECT 1 FROM answer WHERE of_seq = :seq AND verb = 'withdraw'"
    return tx.execute(sql, {"seq": seq}).first() is not None


def withdraw_answer(db: Database, clock: Clock, project_id: int, seq: int, *, by: str, reason: str = "") -> None:
    """Review: take back an answer to a real or control task, whenever it was given; someone else is asked instead.

    Its author keeps the pay. Withdrawing twice changes nothing more.

    Raises:
        NotFound: the project has no such answer.
        Conflict: it is of a training or exam, or its author took it back.
    """

    def work(tx: Tx) -> None:
        sql = "SELECT page, task FROM answer WHERE seq = :seq AND project = :project AND verb = 'answer'"
        row = tx.execute(sql, {"seq": seq, "project": project_id}).first()
        if row is None:
            raise NotFound(f"no answer {seq}", where="seq", hint="list the answers of the project")
        place = place_of_answer(tx, seq, row[0], row[1])
        if place is None or place.kind not in {"real", "control"}:
            raise Conflict(
                "the answer is no vote", where=f"answer {seq}", hint="its author took it back, or was tested"
            )
        if place.standing is not Standing.WITHDRAWN:
            now_us = clock.now_us()
            append_word(tx, now_us, terms_of(tx, project_id), place, "withdraw", frees=True, reason=reason, by=by)
            move(tx, place, PlaceEvent.WITHDRAW)

    db.write(work)
